// Package multicall holds the programs of the cluster that share sftkube's executable, as busybox does for small tools: one file to build, to ship and
// to keep in memory. Each runs as upstream's own main would.
package multicall

import (
	"context"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl: the login plugins a user's kubeconfig may name
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics, as upstream's mains have
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	"sftkube/internal/component"
)

var mains = map[string]func() int{
	component.Etcd:              func() int { etcdmain.Main(os.Args); return 0 },
	component.APIServer:         func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	component.ControllerManager: func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	component.Scheduler:         func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	component.Kubelet:           func() int { return cli.Run(kubelet.NewKubeletCommand(context.Background())) },
	component.Proxy:             func() int { return cli.Run(proxy.NewProxyCommand()) },
	component.Kubectl: func() int {
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			util.CheckErr(err) // prints and exits with kubectl's own codes
		}
		return 0
	},
}

// Main runs the component that the executable was called as (a link named kubelet, say) and returns its exit code; ok is false when argv[0] names none.
func Main() (code int, ok bool) {
	main, ok := mains[filepath.Base(os.Args[0])]
	if !ok {
		return 0, false
	}
	return main(), true
}
