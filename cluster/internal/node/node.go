package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"

	"sftkube/internal/apiserver"
	"sftkube/internal/component"
	"sftkube/internal/gpu"
	"sftkube/internal/host"
	"sftkube/internal/pki"
	"sftkube/internal/proc"
	"sftkube/internal/state"
)

// ready is the descriptor on which the supervisor says that the node's link is there.
const ready = 3

// linked is what the supervisor says.
const linked = "linked"

// Main is the node's first process: `sftkube-node DIR INDEX`. It returns when it is told to end.
func Main(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: sftkube-node DIR INDEX (the supervisor starts it)")
	}
	index, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("node index: %w", err)
	}
	c, err := state.Load(args[0])
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	word, err := io.ReadAll(os.NewFile(ready, "ready"))
	if err != nil || string(word) != linked {
		return fmt.Errorf("the supervisor gave the node no link (%v)", err)
	}
	return node{cluster: c, index: index}.run(ctx)
}

func (n node) run(ctx context.Context) error {
	dir := n.cluster.NodeDir(n.index)
	if err := n.prepare(dir); err != nil {
		return err
	}
	var services sync.WaitGroup
	start := func(s proc.Service) { services.Go(func() { s.Run(ctx) }) }
	containerd, err := n.containerd()
	if err != nil {
		return err
	}
	start(containerd)
	if err := n.importPause(); err != nil {
		return err
	}
	// Before the API server is there, the kubelet would only fail to register, and wait longer after each failure.
	if err := apiserver.WaitReady(ctx, n.cluster.KubeconfigOf(pki.NodeName(n.name()))); err != nil {
		return err
	}
	if err := gpu.RemoveStaleSocket(); err != nil {
		return err
	}
	start(n.kubelet())
	start(n.proxy())
	if n.cluster.FakeGPUs > 0 {
		plugin := gpu.Plugin{Count: n.cluster.FakeGPUs, UnhealthyFile: dir + "/" + gpu.UnhealthyFile}
		services.Go(func() { plugin.Run(ctx) })
	}
	<-ctx.Done()
	return nil // the services die with this first process of their namespace; there is nothing to save
}

func (n node) prepare(dir string) error {
	if err := mount(dir); err != nil {
		return err
	}
	if err := syscall.Sethostname([]byte(n.name())); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	if err := n.cluster.Slot.ConfigureNode(n.index, n.cluster.Nodes); err != nil {
		return err
	}
	plugins, err := host.CNIPlugins()
	if err != nil {
		return err
	}
	return n.writeConfigs(plugins)
}

func (n node) containerd() (proc.Service, error) {
	path, err := host.Program(component.Containerd)
	if err != nil {
		return proc.Service{}, err
	}
	log := n.log(component.Containerd)
	return proc.Service{Name: log, Start: func() (*proc.Process, error) {
		return component.Start(n.cluster, log, proc.Command{Path: path, Args: []string{component.Containerd, "--config", n.file("containerd.toml")}})
	}}, nil
}

func (n node) importPause() error {
	path, err := host.Program("ctr")
	if err != nil {
		return err
	}
	log.Printf("importing %s", PauseImage)
	// ctr itself waits for containerd's socket.
	ctr, err := component.Start(n.cluster, n.log("ctr"), proc.Command{
		Path: path,
		Args: []string{"ctr", "--address", containerdSocket, "--connect-timeout", "30s", "--namespace", "k8s.io", "images", "import", n.cluster.PauseArchive()},
	})
	if err != nil {
		return err
	}
	<-ctr.Done()
	if err := ctr.Err(); err != nil {
		return fmt.Errorf("import %s: %w; see %s", n.cluster.PauseArchive(), err, n.cluster.LogDir())
	}
	return nil
}

func (n node) kubelet() proc.Service {
	return component.Service(n.cluster, component.Kubelet, n.log(component.Kubelet), []string{
		"--config=" + n.file("kubelet.json"),
		"--kubeconfig=" + n.cluster.KubeconfigOf(pki.NodeName(n.name())),
		"--hostname-override=" + n.name(),
		"--node-ip=" + n.cluster.Slot.NodeIP(n.index).String(),
		"--root-dir=" + kubeletDir,
	})
}

func (n node) proxy() proc.Service {
	return component.Service(n.cluster, component.Proxy, n.log(component.Proxy), []string{"--config=" + n.file("kube-proxy.json")})
}

func (n node) log(component string) string { return component + "-" + n.name() }

// ContainerdAddress is containerd's socket as seen from the machine, for the node with this first process.
func ContainerdAddress(pid int) string { return fmt.Sprintf("/proc/%d/root%s", pid, containerdSocket) }
