package lock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestLocksExcludeUntilClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	name := fmt.Sprintf("sftkube-test-%d", os.Getpid())
	for _, test := range []struct {
		name    string
		acquire func() (*os.File, error)
	}{
		{"file", func() (*os.File, error) { return File(path, false) }},
		{"name", func() (*os.File, error) { return Name(name) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, err := test.acquire()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := test.acquire(); !errors.Is(err, ErrHeld) {
				t.Fatalf("second: got %v, want %v", err, ErrHeld)
			}
			first.Close()
			second, err := test.acquire()
			if err != nil {
				t.Fatalf("after release: %v", err)
			}
			second.Close()
		})
	}
}

func TestALockOnARemovedFileDoesNotCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := File(path, false)
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() {
		second, err := File(path, true)
		if err == nil {
			if !isAt(second, path) {
				err = errors.New("holds a lock on a file that is gone")
			}
			second.Close()
		}
		waited <- err
	}()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if err := <-waited; err != nil {
		t.Error(err)
	}
}
