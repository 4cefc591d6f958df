// Package controlplane runs etcd, the API server, the controllers and the scheduler as processes of the machine.
package controlplane

import (
	"fmt"

	"sftkube/internal/pki"
	"sftkube/internal/state"
)

// etcdArgs leave fsync out: the data outlives every process, though not a power cut, and tests want speed.
func etcdArgs(c state.Cluster) []string {
	certificates, url := c.PKI(), fmt.Sprintf("https://%v", c.Slot.Etcd())
	return []string{
		"--name=etcd",
		"--data-dir=" + c.EtcdDir(),
		"--listen-client-urls=" + url,
		"--advertise-client-urls=" + url,
		// A single member talks to no peer: any port will do, and the advertised one is never used.
		"--listen-peer-urls=http://127.0.0.1:0",
		"--initial-advertise-peer-urls=http://127.0.0.1:1",
		"--initial-cluster=etcd=http://127.0.0.1:1",
		"--client-cert-auth",
		"--trusted-ca-file=" + certificates.CertificateFile(pki.EtcdCA),
		"--cert-file=" + certificates.CertificateFile(pki.Etcd),
		"--key-file=" + certificates.KeyFile(pki.Etcd),
		"--unsafe-no-fsync",
		"--log-level=warn",
	}
}

// apiServerArgs bind the bridge's address: pods reach it there, and a Service may not have an endpoint on the loopback.
func apiServerArgs(c state.Cluster) []string {
	certificates := c.PKI()
	return []string{
		"--bind-address=" + c.Slot.HostIP().String(),
		"--advertise-address=" + c.Slot.HostIP().String(),
		fmt.Sprintf("--secure-port=%d", c.Slot.API().Port()),
		"--service-cluster-ip-range=" + c.Slot.Services().String(),
		fmt.Sprintf("--etcd-servers=https://%v", c.Slot.Etcd()),
		"--etcd-cafile=" + certificates.CertificateFile(pki.EtcdCA),
		"--etcd-certfile=" + certificates.CertificateFile(pki.APIServerEtcd),
		"--etcd-keyfile=" + certificates.KeyFile(pki.APIServerEtcd),
		"--tls-cert-file=" + certificates.CertificateFile(pki.APIServer),
		"--tls-private-key-file=" + certificates.KeyFile(pki.APIServer),
		"--client-ca-file=" + certificates.CertificateFile(pki.ClusterCA),
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		"--kubelet-certificate-authority=" + certificates.CertificateFile(pki.ClusterCA),
		"--kubelet-client-certificate=" + certificates.CertificateFile(pki.APIServerKubelet),
		"--kubelet-client-key=" + certificates.KeyFile(pki.APIServerKubelet),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + certificates.KeyFile(pki.ServiceAccountKey),
		"--service-account-signing-key-file=" + certificates.KeyFile(pki.ServiceAccountKey),
		"--requestheader-client-ca-file=" + certificates.CertificateFile(pki.FrontProxyCA),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + certificates.CertificateFile(pki.FrontProxy),
		"--proxy-client-key-file=" + certificates.KeyFile(pki.FrontProxy),
		"--profiling=false",
	}
}

// controllerManagerArgs raise the default 20 requests a second, with which the first ServiceAccount takes eight seconds to appear.
func controllerManagerArgs(c state.Cluster) []string {
	certificates := c.PKI()
	return append(clientArgs(c, pki.ControllerManager),
		"--kube-api-qps=300",
		"--kube-api-burst=500",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file="+certificates.KeyFile(pki.ServiceAccountKey),
		"--root-ca-file="+certificates.CertificateFile(pki.ClusterCA),
		"--cluster-signing-cert-file="+certificates.CertificateFile(pki.ClusterCA),
		"--cluster-signing-key-file="+certificates.KeyFile(pki.ClusterCA),
	)
}

// schedulerArgs raise the default 50 requests a second, which bound the pods that start each second.
func schedulerArgs(c state.Cluster) []string {
	return append(clientArgs(c, pki.Scheduler), "--kube-api-qps=500", "--kube-api-burst=1000")
}

// clientArgs are common to the components that only talk to the API server. They serve nothing, so clusters share the machine without a clash of ports,
// and elect no leader, as each is alone.
func clientArgs(c state.Cluster, certificate string) []string {
	kubeconfig := c.KubeconfigOf(certificate)
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig,
		"--authorization-kubeconfig=" + kubeconfig,
		"--bind-address=127.0.0.1",
		"--secure-port=0",
		"--leader-elect=false",
	}
}
