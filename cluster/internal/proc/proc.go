// Package proc starts processes that end when the starting process does, and keeps them running.
package proc

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

// Command is a program to start.
type Command struct {
	Path string   // the file; its last element is the name that ps and killall know
	Args []string // with the program's name as the first
	Env  []string // besides the environment of this process
	// Files become the child's descriptors 0, 1, 2, ...; nil ones are /dev/null.
	Files []*os.File
	// Cloneflags are the namespaces that the child gets for itself, such as CLONE_NEWNET.
	Cloneflags uintptr
}

// Process is a started Command.
type Process struct {
	Pid    int
	done   chan struct{}
	status syscall.WaitStatus
}

// Done is closed when the process has ended and was reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is nil if the process, which must be done, has exited with 0.
func (p *Process) Err() error {
	switch {
	case p.status.Signaled():
		return fmt.Errorf("killed by %v", p.status.Signal())
	case p.status.ExitStatus() != 0:
		return fmt.Errorf("exit code %d", p.status.ExitStatus())
	}
	return nil
}

// Signal sends a signal, or does nothing if the process has ended.
func (p *Process) Signal(signal syscall.Signal) {
	parent().do(func(children map[int]*Process) {
		if children[p.Pid] == p { // not reaped yet, so the number is still its own
			syscall.Kill(p.Pid, signal)
		}
	})
}

// Start starts a command. The kernel kills the child when this process ends.
func Start(c Command) (*Process, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	files := make([]uintptr, max(3, len(c.Files)))
	for i := range files {
		files[i] = null.Fd()
		if i < len(c.Files) && c.Files[i] != nil {
			files[i] = c.Files[i].Fd()
		}
	}
	attributes := &syscall.ProcAttr{
		Env:   append(os.Environ(), c.Env...),
		Files: files,
		Sys:   &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Cloneflags: c.Cloneflags},
	}
	p := &Process{done: make(chan struct{})}
	parent().do(func(children map[int]*Process) {
		if p.Pid, err = syscall.ForkExec(c.Path, c.Args, attributes); err == nil {
			children[p.Pid] = p
		}
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Path, err)
	}
	return p, nil
}

// Run starts a command and waits for its end.
func Run(c Command) error {
	p, err := Start(c)
	if err != nil {
		return err
	}
	<-p.Done()
	return p.Err()
}

// forker forks and reaps all children on one thread. One, because the kernel sends Pdeathsig when the thread that forked ends, not the process. And it reaps
// whatever ends, not only what it started: the first process of a pid namespace gets everyone's orphans.
type forker struct{ requests chan func(map[int]*Process) }

var parent = sync.OnceValue(func() forker {
	f := forker{requests: make(chan func(map[int]*Process))}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		runtime.LockOSThread() // for good
		children := map[int]*Process{}
		for {
			select {
			case request := <-f.requests:
				request(children)
			case <-ended:
				reap(children)
			}
		}
	}()
	return f
})

func (f forker) do(request func(map[int]*Process)) {
	done := make(chan struct{})
	f.requests <- func(children map[int]*Process) { defer close(done); request(children) }
	<-done
}

func reap(children map[int]*Process) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid == 0 {
			return
		}
		if p := children[pid]; p != nil {
			delete(children, pid)
			p.status = status
			close(p.done)
		}
	}
}
