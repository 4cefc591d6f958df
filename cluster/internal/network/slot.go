// Package network gives each cluster of a machine its own addresses, and makes the links that carry them.
package network

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
)

const (
	// Slots is how many clusters may exist side by side: slot s owns 10.(160+s).0.0/16.
	Slots = 32
	// MaxNodes keeps node addresses and pod networks of one cluster inside its /16.
	MaxNodes = 100
	// APIPort is the API server's port on HostIP.
	APIPort = 6443

	firstOctet = 160
	etcdPort   = 23790
)

// ErrNoSlot means that every slot is taken by a cluster or overlaps a network of the machine.
var ErrNoSlot = errors.New("no free network of 10.160.0.0/11 is left; take an old cluster away with `sftkube down --purge`")

// Slot numbers the /16 network that a cluster has to itself. The cluster keeps its slot for life, since etcd remembers addresses.
//
//	10.x.0.0/24    the bridge (.1, where the API server listens) and the nodes (.2 and up)
//	10.x.64.0/20   Services; .1 is the API server's
//	10.x.128.0/17  pods, a /24 for each node
type Slot int

// Network is all that the slot owns.
func (s Slot) Network() netip.Prefix { return s.prefix(0, 16) }

// Nodes is the network on the bridge.
func (s Slot) Nodes() netip.Prefix { return s.prefix(0, 24) }

// Services is the range of ClusterIPs.
func (s Slot) Services() netip.Prefix { return s.prefix(64, 20) }

// Pods is the network of all nodes' pods.
func (s Slot) Pods() netip.Prefix { return s.prefix(128, 17) }

// NodePods is the pod network of the node with this index.
func (s Slot) NodePods(node int) netip.Prefix { return s.prefix(128+node, 24) }

// HostIP is the machine's own address on the bridge.
func (s Slot) HostIP() netip.Addr { return s.addr(0, 1) }

// NodeIP is the address of the node with this index.
func (s Slot) NodeIP(node int) netip.Addr { return s.addr(0, 2+node) }

// APIServiceIP is the ClusterIP of the Service "kubernetes".
func (s Slot) APIServiceIP() netip.Addr { return s.addr(64, 1) }

// API is host:port of the API server.
func (s Slot) API() netip.AddrPort { return netip.AddrPortFrom(s.HostIP(), APIPort) }

// Etcd is host:port of etcd. It is on the loopback, out of the pods' reach, so the port tells the clusters apart.
func (s Slot) Etcd() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(etcdPort+int(s)))
}

// Bridge is the name of the machine's link to the nodes.
func (s Slot) Bridge() string { return fmt.Sprintf("sftk%d", int(s)) }

// Veth is the name of the machine's end of a node's link.
func (s Slot) Veth(node int) string { return fmt.Sprintf("sftk%dn%d", int(s), node) }

func (s Slot) addr(third, fourth int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(firstOctet + int(s)), byte(third), byte(fourth)})
}

func (s Slot) prefix(third, bits int) netip.Prefix { return netip.PrefixFrom(s.addr(third, 0), bits) }

// Choose returns a slot that no cluster has taken and whose network overlaps none in use. The search starts at a slot derived from key, so that clusters
// which do not know of each other rarely want the same one.
func Choose(key string, taken func(Slot) bool, inUse []netip.Prefix) (Slot, error) {
	hash := fnv.New32a()
	hash.Write([]byte(key))
	first := int(hash.Sum32() % Slots)
	for i := range Slots {
		slot := Slot((first + i) % Slots)
		if !taken(slot) && !overlaps(slot.Network(), inUse) {
			return slot, nil
		}
	}
	return 0, ErrNoSlot
}

func overlaps(network netip.Prefix, inUse []netip.Prefix) bool {
	for _, other := range inUse {
		if other.Bits() > 0 && other.Overlaps(network) { // a default route claims nothing
			return true
		}
	}
	return false
}
