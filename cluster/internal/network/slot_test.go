package network

import (
	"errors"
	"net/netip"
	"testing"
)

func TestNetworksOfASlotAreApartAndInsideIt(t *testing.T) {
	for s := range Slot(Slots) {
		parts := []netip.Prefix{s.Nodes(), s.Services(), s.Pods()}
		for i, part := range parts {
			if !s.Network().Contains(part.Addr()) || part.Bits() < s.Network().Bits() {
				t.Errorf("slot %d: %v is outside %v", s, part, s.Network())
			}
			for _, other := range parts[i+1:] {
				if part.Overlaps(other) {
					t.Errorf("slot %d: %v overlaps %v", s, part, other)
				}
			}
		}
		if !s.Services().Contains(s.APIServiceIP()) || !s.Nodes().Contains(s.HostIP()) {
			t.Errorf("slot %d: API addresses %v, %v are outside their networks", s, s.APIServiceIP(), s.HostIP())
		}
		if next := s + 1; s.Network().Overlaps(next.Network()) || s.Etcd() == next.Etcd() || s.Bridge() == next.Bridge() {
			t.Errorf("slots %d and %d share something", s, next)
		}
	}
}

func TestEveryNodeHasItsOwnAddressAndPods(t *testing.T) {
	s := Slot(Slots - 1)
	seen := map[netip.Addr]bool{s.HostIP(): true}
	for i := range MaxNodes {
		ip, pods := s.NodeIP(i), s.NodePods(i)
		if !s.Nodes().Contains(ip) || seen[ip] {
			t.Errorf("node %d: address %v is outside %v or taken", i, ip, s.Nodes())
		}
		if !s.Pods().Overlaps(pods) || seen[pods.Addr()] {
			t.Errorf("node %d: pods %v are outside %v or taken", i, pods, s.Pods())
		}
		seen[ip], seen[pods.Addr()] = true, true
		if name := s.Veth(i); len(name) > 15 {
			t.Errorf("link name %q is longer than the kernel's 15", name)
		}
	}
}

func TestChoose(t *testing.T) {
	free := func(Slot) bool { return false }
	first, err := Choose("/state/sft", free, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := (first + 1) % Slots
	for _, test := range []struct {
		name  string
		taken func(Slot) bool
		inUse []string
		want  Slot
		err   error
	}{
		{name: "the same key gives the same slot", taken: free, want: first},
		{name: "a taken slot is passed over", taken: func(s Slot) bool { return s == first }, want: next},
		{name: "a network in use is passed over", taken: free, inUse: []string{first.NodePods(3).String()}, want: next},
		{name: "a default route claims nothing", taken: free, inUse: []string{"0.0.0.0/0"}, want: first},
		{name: "all taken", taken: func(Slot) bool { return true }, err: ErrNoSlot},
		{name: "10/8 in use", taken: free, inUse: []string{"10.0.0.0/8"}, err: ErrNoSlot},
	} {
		t.Run(test.name, func(t *testing.T) {
			var inUse []netip.Prefix
			for _, p := range test.inUse {
				inUse = append(inUse, netip.MustParsePrefix(p))
			}
			got, err := Choose("/state/sft", test.taken, inUse)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %d, %v; want %d, %v", got, err, test.want, test.err)
			}
		})
	}
}
