// Package smoke brings up real clusters with the built sftkube.
package smoke

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const sftkube = "../build/sftkube"

// cluster is one that a test may do everything to.
type cluster struct {
	t    *testing.T
	root string // of its state
}

const name = "smoke"

func newCluster(t *testing.T) cluster {
	if os.Geteuid() != 0 {
		t.Skip("nodes need root")
	}
	if _, err := os.Stat(sftkube); err != nil {
		t.Fatalf("%v: build it with `make cluster`", err)
	}
	c := cluster{t: t, root: t.TempDir()}
	t.Cleanup(func() {
		if t.Failed() {
			c.showLogs()
		}
		c.sftkube("down", "--purge")
	})
	return c
}

func (c cluster) dir() string { return filepath.Join(c.root, name) }

// sftkube runs a subcommand and returns its output; a failure ends the test.
func (c cluster) sftkube(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c cluster) kubectl(args ...string) string {
	c.t.Helper()
	return c.sftkube(append([]string{"kubectl", "--"}, args...)...)
}

func (c cluster) try(args ...string) (string, error) { return c.tryWithInput("", args...) }

func (c cluster) tryWithInput(input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, sftkube, append([]string{"--dir", c.root, "--name", name}, args...)...)
	var errors bytes.Buffer
	command.Stderr, command.Stdin = &errors, strings.NewReader(input)
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("sftkube %s: %w: %s", strings.Join(args, " "), err, errors.String())
	}
	return strings.TrimSpace(string(out)), nil
}

func (c cluster) apply(manifest string) {
	c.t.Helper()
	if _, err := c.tryWithInput(manifest, "kubectl", "apply", "-f", "-"); err != nil {
		c.t.Fatal(err)
	}
}

// pid is the process id of a component.
func (c cluster) pid(component string) int {
	c.t.Helper()
	for line := range strings.Lines(c.sftkube("status")) {
		var pid int
		var of string
		if n, _ := fmt.Sscanf(line, "process %d %s", &pid, &of); n == 2 && of == component {
			return pid
		}
	}
	c.t.Fatalf("no process %s", component)
	return 0
}

func (c cluster) showLogs() {
	logs, _ := filepath.Glob(filepath.Join(c.dir(), "logs", "*.log"))
	for _, log := range logs {
		data, _ := os.ReadFile(log)
		c.t.Logf("%s ends with\n%s", log, data[max(0, len(data)-1500):])
	}
}
