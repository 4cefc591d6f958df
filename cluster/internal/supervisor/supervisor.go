// Package supervisor runs a cluster: the process that everything of it is a child of, and does not outlive.
package supervisor

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"sftkube/internal/apiserver"
	"sftkube/internal/cgroup"
	"sftkube/internal/controlplane"
	"sftkube/internal/node"
	"sftkube/internal/state"
)

// locks are the descriptors from which the supervisor holds its two locks, inherited from `up`.
var locks = []int{3, 4}

// Main is the supervisor's process: `sftkube-supervisor DIR`. It returns when it is told to end and everything has.
func Main(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: sftkube-supervisor DIR (sftkube up starts it)")
	}
	for _, descriptor := range locks {
		syscall.CloseOnExec(descriptor) // or each child would hold the locks too
	}
	c, err := state.Load(args[0])
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.LockFile(), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log.Printf("cluster %s comes up at %v", c.Name(), c.Slot.API())
	err = run(ctx, c)
	return errors.Join(err, Clean(c))
}

// run starts the layers from etcd up, and stops them from the nodes down, so that none loses what it depends on before its own end.
func run(ctx context.Context, c state.Cluster) error {
	if err := c.Slot.CreateBridge(); err != nil {
		return err
	}
	etcd, api, controllers, nodes := newLayer(), newLayer(), newLayer(), newLayer()
	defer etcd.stop()
	defer api.stop()
	defer controllers.stop()
	defer nodes.stop()

	etcd.start(controlplane.Etcd(c))
	api.start(controlplane.APIServer(c))
	for i := range c.Nodes {
		nodes.start(node.Service(c, i))
	}
	if err := apiserver.WaitReady(ctx, c.Kubeconfig()); err != nil {
		return nil // told to end before it was up
	}
	controllers.start(controlplane.Controllers(c)...)
	<-ctx.Done()
	return nil
}

// Clean takes away what a supervisor leaves on the machine, also one that was killed.
func Clean(c state.Cluster) error {
	for i := range c.Nodes {
		if err := cgroup.Remove(c.NodeCgroup(i)); err != nil {
			return err
		}
	}
	if err := cgroup.Remove(c.Cgroup()); err != nil {
		return err
	}
	return c.Slot.RemoveLinks(c.Nodes)
}
