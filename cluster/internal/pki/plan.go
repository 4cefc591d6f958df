// Package pki makes the certificates and keys of a cluster. Everyone has only the identity that a real cluster gives them, so RBAC and NodeRestriction mean
// what they mean there.
package pki

import (
	"fmt"
	"net/netip"

	"sftkube/internal/network"
)

// The certificate authorities. Etcd's and the front proxy's are apart, as with kubeadm: a client of the API server is not one of etcd, nor may it speak for
// other users.
const (
	ClusterCA    = "ca"
	EtcdCA       = "etcd-ca"
	FrontProxyCA = "front-proxy-ca"
)

// The names of certificates; NodeName gives those of nodes.
const (
	Admin             = "admin"
	APIServer         = "apiserver"
	APIServerEtcd     = "apiserver-etcd-client"
	APIServerKubelet  = "apiserver-kubelet-client"
	ControllerManager = "controller-manager"
	Etcd              = "etcd"
	FrontProxy        = "front-proxy-client"
	Proxy             = "proxy"
	Scheduler         = "scheduler"
)

// ServiceAccountKey is the name of the key that signs ServiceAccount tokens.
const ServiceAccountKey = "service-account"

// NodeName is the name of the certificate of a node's kubelet.
func NodeName(node string) string { return "kubelet-" + node }

const masters = "system:masters"

// Certificate says what a certificate is to be.
type Certificate struct {
	Name      string // of its files, NAME.crt and NAME.key
	Authority string // the name of the CA that signs it
	User      string // common name: the user it authenticates as
	Group     string // organization: the user's group, or none
	// Hosts are the names and addresses it serves; none make it a client's only.
	Hosts []string
}

// Plan lists the certificates of a cluster with these nodes.
func Plan(slot network.Slot, nodes []string) []Certificate {
	certificates := []Certificate{
		{Name: APIServer, Authority: ClusterCA, User: "kube-apiserver", Hosts: apiServerHosts(slot)},
		{Name: APIServerKubelet, Authority: ClusterCA, User: "kube-apiserver-kubelet-client", Group: masters},
		{Name: Admin, Authority: ClusterCA, User: "sftkube-admin", Group: masters},
		{Name: ControllerManager, Authority: ClusterCA, User: "system:kube-controller-manager"},
		{Name: Scheduler, Authority: ClusterCA, User: "system:kube-scheduler"},
		{Name: Proxy, Authority: ClusterCA, User: "system:kube-proxy"},
		{Name: Etcd, Authority: EtcdCA, User: "etcd", Hosts: []string{slot.Etcd().Addr().String(), "localhost"}},
		{Name: APIServerEtcd, Authority: EtcdCA, User: "kube-apiserver-etcd-client"},
		{Name: FrontProxy, Authority: FrontProxyCA, User: "front-proxy-client"},
	}
	for i, node := range nodes {
		certificates = append(certificates, Certificate{
			Name: NodeName(node), Authority: ClusterCA, User: "system:node:" + node, Group: "system:nodes",
			Hosts: []string{node, slot.NodeIP(i).String()},
		})
	}
	return certificates
}

func apiServerHosts(slot network.Slot) []string {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	hosts := []string{"localhost", loopback.String(), slot.HostIP().String(), slot.APIServiceIP().String()}
	name := "kubernetes"
	for _, domain := range []string{"default", "svc", "cluster", "local"} {
		hosts = append(hosts, name)
		name = fmt.Sprintf("%s.%s", name, domain)
	}
	return append(hosts, name)
}
