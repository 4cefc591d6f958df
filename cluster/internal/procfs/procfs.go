// Package procfs reads which processes a cluster consists of from /proc, the one source that is right whatever was killed.
package procfs

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// Process is a running process.
type Process struct {
	Pid    int
	Parent int
	Args   []string
}

// Descendants lists the children of a process, theirs, and so on, by process id.
func Descendants(pid int) ([]Process, error) {
	paths, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	children := map[int][]Process{}
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			return nil, err
		}
		if p, err := Read(pid); err == nil { // else it has ended
			children[p.Parent] = append(children[p.Parent], p)
		}
	}
	var found []Process
	for next := children[pid]; len(next) > 0; {
		found = append(found, next...)
		var below []Process
		for _, p := range next {
			below = append(below, children[p.Pid]...)
		}
		next = below
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Pid < found[j].Pid })
	return found, nil
}

// Read reads about one process.
func Read(pid int) (Process, error) {
	path := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(path, "stat"))
	if err != nil {
		return Process{}, err
	}
	p, err := parseStat(string(stat))
	if err != nil {
		return p, err
	}
	command, err := os.ReadFile(filepath.Join(path, "cmdline"))
	p.Args = strings.Split(strings.TrimSuffix(string(command), "\x00"), "\x00")
	return p, err
}

// parseStat reads `pid (name) state parent ...`; the name may hold blanks and parentheses.
func parseStat(stat string) (Process, error) {
	pid, _, ok1 := strings.Cut(stat, " ")
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if !ok1 || len(fields) < 2 {
		return Process{}, fmt.Errorf("unexpected process status %q", stat)
	}
	var p Process
	var err1, err2 error
	p.Pid, err1 = strconv.Atoi(pid)
	p.Parent, err2 = strconv.Atoi(fields[1])
	if err1 != nil || err2 != nil {
		return Process{}, fmt.Errorf("unexpected process status %q", stat)
	}
	return p, nil
}
