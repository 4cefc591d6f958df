package procfs

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

func TestDescendantsAreFoundWithTheirArguments(t *testing.T) {
	child := exec.Command("cat", "-") // ends with its input
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer input.Close()
	found, err := Descendants(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found {
		if p.Pid == child.Process.Pid && p.Parent == os.Getpid() && slices.Equal(p.Args, []string{"cat", "-"}) {
			return
		}
	}
	t.Errorf("cat is not among %v", found)
}

func TestParseStat(t *testing.T) {
	for _, test := range []struct {
		stat        string
		pid, parent int
		ok          bool
	}{
		{"12 (kubelet) S 7 12 12 0", 12, 7, true},
		{"12 (a) b) c) S 7 12", 12, 7, true},
		{"12", 0, 0, false},
		{"x (a) S 7", 0, 0, false},
	} {
		p, err := parseStat(test.stat)
		if p.Pid != test.pid || p.Parent != test.parent || (err == nil) != test.ok {
			t.Errorf("parseStat(%q) = %+v, %v", test.stat, p, err)
		}
	}
}
