package node

import (
	"os"
	"strconv"
	"syscall"
	"time"

	"sftkube/internal/cgroup"
	"sftkube/internal/component"
	"sftkube/internal/proc"
	"sftkube/internal/state"
)

// namespaces are what makes a process a machine. The user namespace is not among them: the kubelet and containerd must be root.
const namespaces = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC

// Service is the node as the supervisor sees it.
func Service(c state.Cluster, index int) proc.Service {
	log := component.Node + "-" + c.NodeName(index)
	return proc.Service{Name: log, Grace: 5 * time.Second, Start: func() (*proc.Process, error) {
		// Old groups of containers must not be left: the kubelet spends seconds on each before it works.
		if err := cgroup.Remove(c.NodeCgroup(index)); err != nil {
			return nil, err
		}
		if err := cgroup.Create(c.NodeCgroup(index)); err != nil {
			return nil, err
		}
		return startLinked(c, index, log)
	}}
}

// startLinked starts the node's first process, links its network namespace, which exists only from then on, and tells it so.
func startLinked(c state.Cluster, index int, log string) (*proc.Process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer write.Close()
	p, err := component.Start(c, log, proc.Command{
		Path:       c.Bin(component.Node),
		Args:       []string{component.Node, c.Dir, strconv.Itoa(index)},
		Files:      []*os.File{read},
		Cloneflags: namespaces,
	})
	read.Close()
	if err != nil {
		return nil, err
	}
	err = c.Slot.Attach(index, p.Pid)
	if err == nil {
		_, err = write.WriteString(linked)
	}
	if err != nil {
		p.Signal(syscall.SIGKILL)
		<-p.Done()
		return nil, err
	}
	return p, nil
}
