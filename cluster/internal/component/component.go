// Package component knows the programs that make up a cluster by name, and how each is started.
package component

import (
	"os"
	"path/filepath"
	"time"

	"sftkube/internal/proc"
	"sftkube/internal/state"
)

// The names under which the executable acts as a component.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kubelet           = "kubelet"
	Proxy             = "kube-proxy"
	Kubectl           = "kubectl"
	Supervisor        = "sftkube-supervisor"
	Node              = "sftkube-node"
)

// Containerd is the one component that is a program of the machine.
const Containerd = "containerd"

// Names are all that the executable acts as.
func Names() []string {
	return []string{Etcd, APIServer, ControllerManager, Scheduler, Kubelet, Proxy, Kubectl, Supervisor, Node}
}

// grace is enough for the slowest, the API server, which takes a second.
const grace = 15 * time.Second

// lessGarbage trades processor time for memory, of which a test machine has less to spare.
const lessGarbage = "GOGC=50"

// Service is a component that should always run, with its output in LOGDIR/log.log.
func Service(c state.Cluster, name, log string, args []string) proc.Service {
	return proc.Service{
		Name:  log,
		Grace: grace,
		Start: func() (*proc.Process, error) {
			return Start(c, log, proc.Command{Path: c.Bin(name), Args: append([]string{name}, args...)})
		},
	}
}

// Start starts a command with its output in LOGDIR/log.log.
func Start(c state.Cluster, log string, command proc.Command) (*proc.Process, error) {
	output, err := os.OpenFile(filepath.Join(c.LogDir(), log+".log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	command.Files = append([]*os.File{nil, output, output}, command.Files...)
	command.Env = append(command.Env, lessGarbage)
	return proc.Start(command)
}
