package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/vishvananda/netlink"
)

// InUse lists the networks that the machine has addresses or routes in.
func InUse() ([]netip.Prefix, error) {
	addresses, err := netlink.AddrList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("list the machine's addresses: %w", err)
	}
	routes, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("list the machine's routes: %w", err)
	}
	var networks []netip.Prefix
	add := func(n *net.IPNet) {
		if n == nil {
			return
		}
		if ip, ok := netip.AddrFromSlice(n.IP.To4()); ok {
			bits, _ := n.Mask.Size()
			networks = append(networks, netip.PrefixFrom(ip, bits).Masked())
		}
	}
	for _, address := range addresses {
		add(address.IPNet)
	}
	for _, route := range routes {
		add(route.Dst)
	}
	return networks, nil
}

// CreateBridge makes the machine's link to the nodes. Its address exists from here on, so the API server can listen before any node is there.
func (s Slot) CreateBridge() error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name = s.Bridge()
	bridge := &netlink.Bridge{LinkAttrs: attributes}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("create bridge %s: %w", s.Bridge(), err)
	}
	if err := netlink.AddrAdd(bridge, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(s.HostIP(), s.Nodes().Bits()))}); err != nil {
		return fmt.Errorf("give bridge %s its address: %w", s.Bridge(), err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return fmt.Errorf("set bridge %s up: %w", s.Bridge(), err)
	}
	return nil
}

// RemoveLinks takes away the bridge, with it all routes, and node links whose network namespace the kernel has not ended yet. Absent links are no error.
func (s Slot) RemoveLinks(nodes int) error {
	names := []string{s.Bridge()}
	for i := range nodes {
		names = append(names, s.Veth(i))
	}
	for _, name := range names {
		link, err := netlink.LinkByName(name)
		if errors.As(err, &netlink.LinkNotFoundError{}) {
			continue
		}
		if err == nil {
			err = netlink.LinkDel(link)
		}
		if err != nil && !errors.Is(err, syscall.ENODEV) {
			return fmt.Errorf("remove link %s: %w", name, err)
		}
	}
	return nil
}

// Attach links the network namespace of the node's first process to the bridge, and routes the node's pods (through the first node, Services too) there.
func (s Slot) Attach(node, pid int) error {
	bridge, err := netlink.LinkByName(s.Bridge())
	if err != nil {
		return fmt.Errorf("find bridge %s: %w", s.Bridge(), err)
	}
	if old, err := netlink.LinkByName(s.Veth(node)); err == nil { // of a node that died a moment ago
		if err := netlink.LinkDel(old); err != nil && !errors.Is(err, syscall.ENODEV) {
			return fmt.Errorf("remove old link %s: %w", s.Veth(node), err)
		}
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = s.Veth(node)
	attributes.MasterIndex = bridge.Attrs().Index
	ip := s.NodeIP(node).As4()
	veth := &netlink.Veth{
		LinkAttrs:     attributes,
		PeerName:      nodeLink,
		PeerNamespace: netlink.NsPid(pid),
		// A restarted node keeps its hardware address: neighbours would send to the old one until their ARP entries expire.
		PeerHardwareAddr: net.HardwareAddr{2, 0, ip[0], ip[1], ip[2], ip[3]},
	}
	if err := netlink.LinkAdd(veth); err != nil {
		return fmt.Errorf("link node %d to %s: %w", node, s.Bridge(), err)
	}
	if err := netlink.LinkSetUp(veth); err != nil {
		return fmt.Errorf("set link %s up: %w", s.Veth(node), err)
	}
	destinations := []netip.Prefix{s.NodePods(node)}
	if node == 0 {
		destinations = append(destinations, s.Services())
	}
	return addRoutes(bridge, destinations, s.NodeIP(node))
}

// nodeLink is the node's end of its link, inside its network namespace.
const nodeLink = "eth0"

// ConfigureNode gives the calling process's network namespace, which Attach has linked, the addresses and routes of a node. There is no default route:
// pods reach the cluster and the API server, not the world.
func (s Slot) ConfigureNode(node, nodes int) error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("find the loopback: %w", err)
	}
	eth, err := netlink.LinkByName(nodeLink)
	if err != nil {
		return fmt.Errorf("find %s: %w", nodeLink, err)
	}
	if err := netlink.AddrAdd(eth, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(s.NodeIP(node), s.Nodes().Bits()))}); err != nil {
		return fmt.Errorf("give %s its address: %w", nodeLink, err)
	}
	for _, link := range []netlink.Link{loopback, eth} {
		if err := netlink.LinkSetUp(link); err != nil {
			return fmt.Errorf("set %s up: %w", link.Attrs().Name, err)
		}
	}
	for other := range nodes {
		if other == node {
			continue
		}
		if err := addRoutes(eth, []netip.Prefix{s.NodePods(other)}, s.NodeIP(other)); err != nil {
			return err
		}
	}
	// kube-proxy rewrites the destination after the kernel has looked up a route, so one must exist; on the link itself, an unknown ClusterIP goes nowhere.
	if err := netlink.RouteReplace(&netlink.Route{LinkIndex: eth.Attrs().Index, Dst: ipNet(s.Services()), Scope: netlink.SCOPE_LINK}); err != nil {
		return fmt.Errorf("route Services: %w", err)
	}
	for _, setting := range []string{"ipv4/ip_forward", "bridge/bridge-nf-call-iptables"} { // both are the namespace's own
		if err := os.WriteFile("/proc/sys/net/"+setting, []byte("1"), 0o644); err != nil {
			return fmt.Errorf("forward the pods' traffic: %w", err)
		}
	}
	return nil
}

func addRoutes(link netlink.Link, destinations []netip.Prefix, via netip.Addr) error {
	for _, destination := range destinations {
		route := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: ipNet(destination), Gw: via.AsSlice()}
		if err := netlink.RouteReplace(route); err != nil {
			return fmt.Errorf("route %v via %v: %w", destination, via, err)
		}
	}
	return nil
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
