package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"sftkube/internal/component"
	"sftkube/internal/lock"
	"sftkube/internal/procfs"
	"sftkube/internal/state"
	"sftkube/internal/supervisor"
)

// patience is how long a supervisor may take to end everything before it is killed, which ends everything too.
const patience = time.Minute

// Down ends the cluster in dir, if it is up, and removes what a killed one left. With purge its data goes too.
func Down(dir string, purge bool) error {
	if os.Geteuid() != 0 {
		return errors.New("only root can take a cluster down: run it with sudo")
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := end(dir)
	if err != nil {
		return err
	}
	defer held.Close()
	c, err := state.Load(dir)
	switch {
	case err == nil:
		if err := supervisor.Clean(c); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist) && !purge:
		return err
	}
	if purge {
		return os.RemoveAll(dir)
	}
	return nil
}

// end returns the cluster's lock, which its supervisor lets go of when everything has ended.
func end(dir string) (*os.File, error) {
	path := state.Cluster{Dir: dir}.LockFile()
	held, err := lock.File(path, false)
	if !errors.Is(err, lock.ErrHeld) {
		return held, err
	}
	pid, err := SupervisorPid(dir)
	if err != nil {
		return nil, fmt.Errorf("another `sftkube up` or `down` is at work in %s; try again when it is done", dir)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); err != nil && err != syscall.ESRCH {
			return nil, fmt.Errorf("signal supervisor %d: %w", pid, err)
		}
		released := make(chan result, 1)
		go func() {
			file, err := lock.File(path, true)
			released <- result{file, err}
		}()
		select {
		case r := <-released:
			return r.file, r.err
		case <-time.After(patience):
		}
	}
	return nil, fmt.Errorf("supervisor %d of %s does not end", pid, dir)
}

type result struct {
	file *os.File
	err  error
}

// ErrDown means that no supervisor runs.
var ErrDown = errors.New("the cluster is not up: `sftkube up` brings it up")

// SupervisorPid is the process id of the cluster's supervisor, or ErrDown. It leaves the lock alone, or an `up` at the same time could miss it.
func SupervisorPid(dir string) (int, error) {
	text, err := os.ReadFile(state.Cluster{Dir: dir}.LockFile())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, ErrDown
	}
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		return 0, ErrDown
	}
	p, err := procfs.Read(pid)
	if err != nil || !slices.Equal(p.Args, []string{component.Supervisor, dir}) { // gone, and the number perhaps another's by now
		return 0, ErrDown
	}
	return pid, nil
}
