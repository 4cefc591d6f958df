package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDir(t *testing.T) {
	for _, test := range []struct{ root, name, want, err string }{
		{root: "/srv/x", name: "sft", want: "/srv/x/sft"},
		{root: "/srv/x", name: "a-1", want: "/srv/x/a-1"},
		{root: "/srv/x", name: "../etc", err: "cluster name"},
		{root: "/srv/x", name: "-a", err: "cluster name"},
		{root: "/srv/x", name: "", err: "cluster name"},
		{root: "/srv/x", name: strings.Repeat("a", 41), err: "cluster name"},
		{root: "/var/lib/sftkube", name: "sft", err: "/var/lib of their own"},
		{root: "/var/library", name: "sft", want: "/var/library/sft"},
		{root: "/run", name: "sft", err: "/run of their own"},
	} {
		got, err := Dir(test.root, test.name)
		if got != test.want || (err == nil) != (test.err == "") || (err != nil && !strings.Contains(err.Error(), test.err)) {
			t.Errorf("Dir(%q, %q) = %q, %v; want %q, error with %q", test.root, test.name, got, err, test.want, test.err)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	root := t.TempDir()
	saved := Cluster{Dir: filepath.Join(root, "one"), Slot: 7, Nodes: 2, FakeGPUs: 4}
	if _, err := Load(saved.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("before: %v", err)
	}
	if err := os.Mkdir(saved.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := saved.Save(); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(saved.Dir)
	if err != nil || loaded != saved {
		t.Errorf("got %+v, %v; want %+v", loaded, err, saved)
	}
	if err := os.Mkdir(filepath.Join(root, "no-cluster"), 0o700); err != nil {
		t.Fatal(err)
	}
	slots, err := Cluster{Dir: filepath.Join(root, "two")}.Neighbours()
	if err != nil || len(slots) != 1 || !slots[7] {
		t.Errorf("neighbours: got %v, %v; want slot 7", slots, err)
	}
}
