package node

import (
	"encoding/json"
	"strings"
	"testing"

	"sftkube/internal/state"
)

var second = node{cluster: state.Cluster{Dir: "/state/sft", Slot: 3, Nodes: 2}, index: 1}

// TestConfigs looks at what differs between clusters and nodes; a mix-up of two would show only now and then in a real cluster.
func TestConfigs(t *testing.T) {
	containerd, err := second.containerdConfig("/usr/lib/cni")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, config string
		want         []string
	}{
		{"containerd", string(containerd), []string{
			`root = "/state/sft/nodes/sft-1/containerd"`, `sandbox_image = "localhost/sftkube-pause:1"`,
			`bin_dir = "/usr/lib/cni"`, `conf_dir = "/state/sft/nodes/sft-1/config/cni"`,
		}},
		{"cni", render(t, second.cniConfig()), []string{`"subnet":"10.163.129.0/24"`, `"hairpinMode":true`}},
		{"kubelet", render(t, second.kubeletConfig()), []string{
			`"address":"10.163.0.3"`, `"cgroupRoot":"/sftkube/3/1"`, `"clientCAFile":"/state/sft/pki/ca.crt"`,
			`"tlsCertFile":"/state/sft/pki/kubelet-sft-1.crt"`, `"anonymous":{"enabled":false}`, `"mode":"Webhook"`,
			`"oomScoreAdj":0`, `"failCgroupV1":false`, `"imageGCHighThresholdPercent":100`,
		}},
		{"kube-proxy", render(t, second.proxyConfig()), []string{
			`"clusterCIDR":"10.163.128.0/17"`, `"mode":"iptables"`, `"hostnameOverride":"sft-1"`, `"kubeconfig":"/state/sft/pki/proxy.kubeconfig"`,
			`"maxPerCore":0`, `"tcpEstablishedTimeout":"0s"`,
		}},
	} {
		for _, want := range test.want {
			if !strings.Contains(test.config, want) {
				t.Errorf("%s lacks %s:\n%s", test.name, want, test.config)
			}
		}
	}
}

func render(t *testing.T, config any) string {
	t.Helper()
	data, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
