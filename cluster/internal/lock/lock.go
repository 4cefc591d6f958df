// Package lock keeps two supervisors apart. Both locks are the kernel's and end with the process that holds them, however it ends.
package lock

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrHeld means that a living process holds the lock.
var ErrHeld = errors.New("the lock is held")

// File locks a file, and creates it where absent. The lock lasts until the file and every duplicate of it that a child inherited are closed.
// Without wait, ErrHeld is returned at once if someone else has it.
func File(path string, wait bool) (*os.File, error) {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := flock(file, how); err != nil {
			file.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, ErrHeld
			}
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if isAt(file, path) {
			return file, nil
		}
		file.Close() // its holder removed it while we waited
	}
}

func flock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func isAt(file *os.File, path string) bool {
	mine, err1 := file.Stat()
	there, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(mine, there)
}

// Name locks a name that all processes of the machine's network namespace share, which is the scope of links and addresses too. It is the address of an
// abstract socket, so nothing is left to clean up. The lock lasts as File's does.
func Name(name string) (*os.File, error) {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: "@" + name, Net: "unix"})
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, fmt.Errorf("lock name %s: %w", name, err)
	}
	defer listener.Close()
	return listener.File()
}
