// Package lifecycle brings clusters up and down.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sftkube/internal/apiserver"
	"sftkube/internal/host"
	"sftkube/internal/lock"
	"sftkube/internal/network"
	"sftkube/internal/state"
	"sftkube/internal/supervisor"
)

// Wanted is what the user asks of a cluster. Without a number it stays as it was, or is the default: one node, no GPU.
type Wanted struct {
	Dir      string
	Nodes    *int
	FakeGPUs *int
	Timeout  time.Duration
}

// Up brings the cluster up, or finds that it is, and returns once it is usable.
func Up(ctx context.Context, w Wanted) (state.Cluster, error) {
	if err := errors.Join(w.check(), host.Check()); err != nil {
		return state.Cluster{}, err
	}
	if err := os.MkdirAll(w.Dir, 0o700); err != nil {
		return state.Cluster{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, w.Timeout, fmt.Errorf("waited %v", w.Timeout))
	defer cancel()
	held, err := lock.File(state.Cluster{Dir: w.Dir}.LockFile(), false)
	if errors.Is(err, lock.ErrHeld) {
		return alreadyUp(ctx, w)
	}
	if err != nil {
		return state.Cluster{}, err
	}
	defer held.Close()
	if err := held.Truncate(0); err != nil { // the former supervisor's number
		return state.Cluster{}, err
	}
	return start(ctx, w, held)
}

func alreadyUp(ctx context.Context, w Wanted) (state.Cluster, error) {
	c, err := state.Load(w.Dir)
	if err != nil {
		return c, fmt.Errorf("another `sftkube up` is at work (%w); try again when it is done", err)
	}
	if changed := w.changes(c); changed != "" {
		return c, fmt.Errorf("cluster %s is up with %s; `sftkube down` first, then up with another number", c.Name(), changed)
	}
	since, err := os.Stat(c.LockFile()) // its supervisor's start
	if err != nil {
		return c, err
	}
	return c, await(ctx, c, since.ModTime())
}

// changes says what the user wants otherwise than c has it.
func (w Wanted) changes(c state.Cluster) string {
	var changed []string
	if w.Nodes != nil && *w.Nodes != c.Nodes {
		changed = append(changed, fmt.Sprintf("--nodes %d", c.Nodes))
	}
	if w.FakeGPUs != nil && *w.FakeGPUs != c.FakeGPUs {
		changed = append(changed, fmt.Sprintf("--fake-gpus %d", c.FakeGPUs))
	}
	return strings.Join(changed, " and ")
}

func (w Wanted) apply(c state.Cluster) state.Cluster {
	if w.Nodes != nil {
		c.Nodes = *w.Nodes
	}
	if w.FakeGPUs != nil {
		c.FakeGPUs = *w.FakeGPUs
	}
	return c
}

func (w Wanted) check() error {
	if w.Nodes != nil && (*w.Nodes < 1 || *w.Nodes > network.MaxNodes) {
		return fmt.Errorf("--nodes %d: want 1 to %d", *w.Nodes, network.MaxNodes)
	}
	if w.FakeGPUs != nil && *w.FakeGPUs < 0 {
		return fmt.Errorf("--fake-gpus %d: want 0 or more", *w.FakeGPUs)
	}
	return nil
}

// start brings up a cluster whose lock is held.
func start(ctx context.Context, w Wanted, held *os.File) (state.Cluster, error) {
	c, slot, err := describe(w)
	defer slot.Close() // the supervisor has a duplicate
	if err != nil {
		return c, err
	}
	if err := prepare(c); err != nil {
		return c, err
	}
	if err := errors.Join(host.Ports(c.Slot.Etcd()), host.Inotify(c.Nodes)); err != nil {
		return c, err
	}
	started := time.Now()
	ended, err := supervisor.Start(c, []*os.File{held, slot})
	if err != nil {
		return c, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(fmt.Errorf("%w: %s", ended(), lastLine(c.SupervisorLog()))) }()
	return c, await(ctx, c, started)
}

// describe finds or makes the cluster's description, and locks its slot; the lock may be held beside an error.
func describe(w Wanted) (state.Cluster, *os.File, error) {
	c, err := state.Load(w.Dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return c, nil, err
	}
	var held *os.File
	if fresh {
		c.Nodes = 1
		held, err = chooseSlot(&c)
	} else {
		held, err = lock.Name(slotName(c.Slot))
		if errors.Is(err, lock.ErrHeld) {
			err = fmt.Errorf("network %v of cluster %s is used by another cluster that is up; take that down, or `sftkube down --purge` this one to give it another",
				c.Slot.Network(), c.Name())
		}
	}
	if err != nil {
		return c, nil, err
	}
	if err := supervisor.Clean(c); err != nil { // with the nodes as they were
		return c, held, err
	}
	c = w.apply(c)
	return c, held, c.Save()
}

// chooseSlot locks the slots it looks at, since clusters below other roots are known by their locks only.
func chooseSlot(c *state.Cluster) (*os.File, error) {
	neighbours, err := c.Neighbours()
	if err != nil {
		return nil, err
	}
	inUse, err := network.InUse()
	if err != nil {
		return nil, err
	}
	var held *os.File
	taken := func(slot network.Slot) bool {
		if neighbours[slot] {
			return true
		}
		if held != nil {
			held.Close() // of a slot whose network was in use
		}
		held, err = lock.Name(slotName(slot))
		return err != nil
	}
	c.Slot, err = network.Choose(c.Dir, taken, inUse)
	if err != nil && held != nil {
		held.Close()
	}
	return held, err
}

func slotName(slot network.Slot) string { return fmt.Sprintf("sftkube/slot/%d", slot) }

// await waits until the cluster is usable.
func await(ctx context.Context, c state.Cluster, started time.Time) error {
	err := apiserver.WaitReady(ctx, c.Kubeconfig())
	if err == nil {
		err = waitUsable(ctx, c, started)
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return fmt.Errorf("cluster %s did not come up: %v (%w); logs are in %s, `sftkube down` ends it", c.Name(), short(err), cause, c.LogDir())
		}
		return err
	}
	return nil
}

func waitUsable(ctx context.Context, c state.Cluster, started time.Time) error {
	client, err := apiserver.Client(c.Kubeconfig())
	if err != nil {
		return err
	}
	if err := apiserver.WaitUsable(ctx, client, c.NodeNames(), c.FakeGPUs, started); err != nil {
		return err
	}
	return apiserver.DeleteNodesExcept(ctx, client, c.NodeNames())
}

// short is what was waited for, without the library's words for the end of the wait.
func short(err error) string {
	text, _, _ := strings.Cut(err.Error(), ": ")
	return text
}

func lastLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return lines[len(lines)-1]
}

// executable is the file that this process runs, wherever links to it lie.
func executable() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}
