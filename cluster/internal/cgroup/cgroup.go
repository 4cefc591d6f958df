// Package cgroup makes and removes control groups, in each hierarchy of version 1 or in the one of version 2. Paths are relative to a hierarchy's root.
package cgroup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/util/wait"
)

const mount = "/sys/fs/cgroup"

// Create makes a group and its parents, with all controllers of the machine.
func Create(path string) error {
	hierarchies, err := list()
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		parent := h.root
		for _, element := range strings.Split(strings.Trim(path, "/"), "/") {
			child := filepath.Join(parent, element)
			if err := h.createBelow(parent, child); err != nil {
				return fmt.Errorf("create cgroup %s: %w", child, err)
			}
			parent = child
		}
	}
	return nil
}

// Remove takes a group, all below it, and parents that are left empty away, once their processes, which must be dying, have ended. An absent group is no
// error.
func Remove(path string) error {
	hierarchies, err := list()
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		dir := filepath.Join(h.root, path)
		// The kernel has no event for the end of a killed process in someone else's group.
		err := wait.PollUntilContextTimeout(context.Background(), 20*time.Millisecond, 10*time.Second, true, func(context.Context) (bool, error) {
			err := removeTree(dir)
			if errors.Is(err, syscall.EBUSY) {
				return false, nil
			}
			return err == nil, err
		})
		if err != nil {
			return fmt.Errorf("remove cgroup %s: %w", dir, err)
		}
		for parent := filepath.Dir(dir); parent != h.root && syscall.Rmdir(parent) == nil; { // fails where another cluster's group is in it
			parent = filepath.Dir(parent)
		}
	}
	return nil
}

type hierarchy struct {
	root    string
	unified bool
}

// list finds the hierarchies: the one of version 2, or those of version 1, whose folders may have links as aliases (cpu for cpu,cpuacct). A hybrid machine
// also has a version 2 without controllers, in which runc makes groups too.
func list() ([]hierarchy, error) {
	if fileSystem(mount) == unix.CGROUP2_SUPER_MAGIC {
		return []hierarchy{{root: mount, unified: true}}, nil
	}
	entries, err := os.ReadDir(mount)
	if err != nil {
		return nil, err
	}
	var hierarchies []hierarchy
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		root := filepath.Join(mount, entry.Name())
		switch fileSystem(root) {
		case unix.CGROUP_SUPER_MAGIC:
			hierarchies = append(hierarchies, hierarchy{root: root})
		case unix.CGROUP2_SUPER_MAGIC:
			hierarchies = append(hierarchies, hierarchy{root: root, unified: true})
		}
	}
	if len(hierarchies) == 0 {
		return nil, fmt.Errorf("no cgroup hierarchy is mounted at %s", mount)
	}
	return hierarchies, nil
}

func fileSystem(path string) int64 {
	var stat unix.Statfs_t
	if unix.Statfs(path, &stat) != nil {
		return 0
	}
	return int64(stat.Type)
}

func (h hierarchy) createBelow(parent, child string) error {
	if h.unified {
		if err := enableControllers(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(child, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} { // in version 1 a group that lacks them takes no process
		if err := inherit(parent, child, file); err != nil {
			return err
		}
	}
	return nil
}

func enableControllers(dir string) error {
	controllers, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return err
	}
	var enable []string
	for _, controller := range strings.Fields(string(controllers)) {
		enable = append(enable, "+"+controller)
	}
	return os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte(strings.Join(enable, " ")), 0o644)
}

func inherit(parent, child, file string) error {
	own, err := os.ReadFile(filepath.Join(child, file))
	if errors.Is(err, fs.ErrNotExist) || len(bytes.TrimSpace(own)) > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	value, err := os.ReadFile(filepath.Join(parent, file))
	if err != nil || len(bytes.TrimSpace(value)) == 0 { // version 2: empty means the parent's
		return err
	}
	return os.WriteFile(filepath.Join(child, file), value, 0o644)
}

func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeTree(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	if err := syscall.Rmdir(dir); err != nil && err != syscall.ENOENT {
		return err
	}
	return nil
}
