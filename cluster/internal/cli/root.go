// Package cli is the command line of sftkube.
package cli

import (
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"sftkube/internal/lifecycle"
	"sftkube/internal/state"
)

// target are the flags that say which cluster is meant.
type target struct{ root, name string }

func (t target) dir() (string, error) { return state.Dir(t.root, t.name) }

// load is the description of the cluster that is meant, with the process id of its supervisor, or an error that says how to bring it up.
func (t target) load() (state.Cluster, int, error) {
	dir, err := t.dir()
	if err != nil {
		return state.Cluster{}, 0, err
	}
	pid, err := lifecycle.SupervisorPid(dir)
	if err != nil {
		return state.Cluster{}, 0, fmt.Errorf("%s: %w", t.name, err)
	}
	c, err := state.Load(dir)
	return c, pid, err
}

// Run runs the command line and returns the exit code.
func Run() int {
	klog.SetLogger(logr.Discard())                          // the client library's own words; what matters of them is in the errors
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin") // where Debian has iptables and runc; a plain `su` leaves them out
	if err := root().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "sftkube:", err)
		return 1
	}
	return 0
}

func root() *cobra.Command {
	var t target
	command := &cobra.Command{
		Use:   "sftkube",
		Short: "A real Kubernetes in one executable, for tests and demos",
		Long: `sftkube runs a real Kubernetes (etcd, API server, controllers, scheduler; nodes with containerd, kubelet and kube-proxy)
as processes of this machine, without a container daemon, an image registry or a download.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// So that flags before `kubectl` are sftkube's, and all behind it kubectl's.
		TraverseChildren:  true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	command.PersistentFlags().StringVar(&t.name, "name", "sft", "name of the cluster; clusters of different names run side by side")
	command.PersistentFlags().StringVar(&t.root, "dir", state.Root(), "folder for the state of clusters")
	command.AddCommand(up(&t), down(&t), status(&t), load(&t), kubectl(&t), kubeconfig(&t))
	return command
}
