package controlplane

import (
	"slices"
	"testing"

	"sftkube/internal/state"
)

func TestArgs(t *testing.T) {
	c := state.Cluster{Dir: "/state/sft", Slot: 3, Nodes: 1}
	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"etcd", etcdArgs(c), []string{"--listen-client-urls=https://127.0.0.1:23793", "--client-cert-auth", "--trusted-ca-file=/state/sft/pki/etcd-ca.crt"}},
		{"kube-apiserver", apiServerArgs(c), []string{
			"--bind-address=10.163.0.1", "--advertise-address=10.163.0.1", "--secure-port=6443", "--service-cluster-ip-range=10.163.64.0/20",
			"--etcd-servers=https://127.0.0.1:23793", "--authorization-mode=Node,RBAC", "--requestheader-client-ca-file=/state/sft/pki/front-proxy-ca.crt",
		}},
		{"kube-controller-manager", controllerManagerArgs(c), []string{
			"--kubeconfig=/state/sft/pki/controller-manager.kubeconfig", "--secure-port=0", "--use-service-account-credentials=true",
		}},
		{"kube-scheduler", schedulerArgs(c), []string{"--kubeconfig=/state/sft/pki/scheduler.kubeconfig", "--secure-port=0"}},
	} {
		for _, want := range test.want {
			if !slices.Contains(test.args, want) {
				t.Errorf("%s lacks %s: %v", test.name, want, test.args)
			}
		}
	}
}
