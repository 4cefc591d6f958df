// Package node is a machine of the cluster: a process in namespaces of its own that runs containerd, the kubelet and kube-proxy. With its end the kernel ends
// all its pods, mounts and links, so nothing needs to be cleaned up.
package node

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"text/template"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	componentconfig "k8s.io/component-base/config/v1alpha1"
	proxyconfig "k8s.io/kube-proxy/config/v1alpha1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
	"k8s.io/utils/ptr"

	"sftkube/internal/pki"
	"sftkube/internal/state"
)

// PauseImage is the image that holds a pod's namespaces. Its name has a registry, or else containerd would prefix one.
const PauseImage = "localhost/sftkube-pause:1"

const (
	containerdSocket = "/run/containerd/containerd.sock"
	kubeletDir       = "/var/lib/kubelet"
)

// file is the path of a configuration file.
func (n node) file(name string) string {
	return filepath.Join(n.cluster.NodeDir(n.index), "config", name)
}

type node struct {
	cluster state.Cluster
	index   int
}

func (n node) name() string { return n.cluster.NodeName(n.index) }

// writeConfigs writes the configuration files of all that runs on the node.
func (n node) writeConfigs(cniPlugins string) error {
	containerd, err := n.containerdConfig(cniPlugins)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.file("cni"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(n.file("containerd.toml"), containerd, 0o600); err != nil {
		return err
	}
	for name, config := range map[string]any{
		"cni/sftkube.conflist": n.cniConfig(),
		"kubelet.json":         n.kubeletConfig(),
		"kube-proxy.json":      n.proxyConfig(),
	} {
		data, err := json.MarshalIndent(config, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(n.file(name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// kubeletConfig departs from the defaults only where the comments say why.
func (n node) kubeletConfig() kubeletconfig.KubeletConfiguration {
	certificates, name := n.cluster.PKI(), pki.NodeName(n.name())
	return kubeletconfig.KubeletConfiguration{
		TypeMeta: metav1.TypeMeta{APIVersion: kubeletconfig.SchemeGroupVersion.String(), Kind: "KubeletConfiguration"},
		Address:  n.cluster.Slot.NodeIP(n.index).String(),
		Authentication: kubeletconfig.KubeletAuthentication{
			X509:      kubeletconfig.KubeletX509Authentication{ClientCAFile: certificates.CertificateFile(pki.ClusterCA)},
			Webhook:   kubeletconfig.KubeletWebhookAuthentication{Enabled: ptr.To(true)},
			Anonymous: kubeletconfig.KubeletAnonymousAuthentication{Enabled: ptr.To(false)},
		},
		Authorization:            kubeletconfig.KubeletAuthorization{Mode: kubeletconfig.KubeletAuthorizationModeWebhook},
		TLSCertFile:              certificates.CertificateFile(name),
		TLSPrivateKeyFile:        certificates.KeyFile(name),
		ContainerRuntimeEndpoint: "unix://" + containerdSocket,
		CgroupDriver:             "cgroupfs",
		CgroupRoot:               n.cluster.NodeCgroup(n.index),
		FailCgroupV1:             ptr.To(false),
		FailSwapOn:               ptr.To(false),
		// Lowering it takes CAP_SYS_RESOURCE, which containers and sandboxes often lack.
		OOMScoreAdj: ptr.To(int32(0)),
		// No DNS runs here. With the loopback as its server a lookup fails at once; without any, each pod would get a warning event.
		ClusterDNS:     []string{"127.0.0.1"},
		ClusterDomain:  "cluster.local",
		ResolverConfig: ptr.To(""),
		// Loaded images cannot be pulled again, so they are never collected, and pods are evicted only when the machine is really full.
		ImageGCHighThresholdPercent: ptr.To(int32(100)),
		ImageGCLowThresholdPercent:  ptr.To(int32(99)),
		EvictionHard:                map[string]string{"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
	}
}

func (n node) proxyConfig() proxyconfig.KubeProxyConfiguration {
	return proxyconfig.KubeProxyConfiguration{
		TypeMeta:         metav1.TypeMeta{APIVersion: proxyconfig.SchemeGroupVersion.String(), Kind: "KubeProxyConfiguration"},
		ClientConnection: componentconfig.ClientConnectionConfiguration{Kubeconfig: n.cluster.KubeconfigOf(pki.Proxy)},
		HostnameOverride: n.name(),
		Mode:             "iptables",
		ClusterCIDR:      n.cluster.Slot.Pods().String(),
		DetectLocalMode:  "ClusterCIDR",
		OOMScoreAdj:      ptr.To(int32(0)),
		IPTables:         proxyconfig.KubeProxyIPTablesConfiguration{LocalhostNodePorts: ptr.To(false)},
		// The connection tracker's limits are the machine's, not the node's, so they are left alone.
		Conntrack: proxyconfig.KubeProxyConntrackConfiguration{
			MaxPerCore: ptr.To(int32(0)), Min: ptr.To(int32(0)),
			TCPEstablishedTimeout: &metav1.Duration{}, TCPCloseWaitTimeout: &metav1.Duration{},
		},
	}
}

func (n node) cniConfig() map[string]any {
	return map[string]any{
		"cniVersion": "1.0.0",
		"name":       "sftkube",
		"plugins": []map[string]any{
			{
				"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
				"ipam": map[string]any{
					"type":    "host-local",
					"dataDir": "/var/lib/cni/networks",
					"ranges":  [][]map[string]string{{{"subnet": n.cluster.Slot.NodePods(n.index).String()}}},
					"routes":  []map[string]string{{"dst": "0.0.0.0/0"}},
				},
			},
			{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}},
		},
	}
}

// restrict_oom_score_adj is for machines without CAP_SYS_RESOURCE, where runc may not lower the score of the pause container and dies.
var containerdTemplate = template.Must(template.New("containerd").Parse(`version = 2
root = "{{.Root}}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
address = "{{.Socket}}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{{.PauseImage}}"
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{{.CNIPlugins}}"
conf_dir = "{{.CNIConfig}}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`))

func (n node) containerdConfig(cniPlugins string) ([]byte, error) {
	var config bytes.Buffer
	err := containerdTemplate.Execute(&config, map[string]string{
		"Root":       filepath.Join(n.cluster.NodeDir(n.index), "containerd"),
		"Socket":     containerdSocket,
		"PauseImage": PauseImage,
		"CNIPlugins": cniPlugins,
		"CNIConfig":  n.file("cni"),
	})
	return config.Bytes(), err
}
