// Package state is what a cluster keeps on disk: its description, and where everything of it lies.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sftkube/internal/network"
	"sftkube/internal/pki"
)

// Cluster describes a cluster. It is kept over down and up, as etcd's content depends on it.
type Cluster struct {
	Dir      string       `json:"-"` // everything of this cluster; its last element is the cluster's name
	Slot     network.Slot `json:"slot"`
	Nodes    int          `json:"nodes"`
	FakeGPUs int          `json:"fakeGPUs"` // of each node
}

// hidden are the folders that a node has of its own, so that it does not see the machine's.
var hidden = []string{"/run", "/var/lib", "/var/log", "/proc"}

var validName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// Root is where clusters lie by default: $XDG_STATE_HOME/sftkube, or ~/.local/state/sftkube.
func Root() string {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "sftkube")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "/root"
	}
	return filepath.Join(home, ".local", "state", "sftkube")
}

// Dir is the folder of the cluster of this name. The name becomes part of host names, so it must be one itself.
func Dir(root, name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("cluster name %q: want at most 40 lower-case letters, digits and inner dashes", name)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	if resolved, err := filepath.EvalSymlinks(root); err == nil {
		root = resolved
	}
	for _, h := range hidden {
		if root == h || strings.HasPrefix(root, h+"/") {
			return "", fmt.Errorf("--dir %s: nodes have a %s of their own and would not see it; choose a folder elsewhere", root, h)
		}
	}
	return filepath.Join(root, name), nil
}

// Load reads the description of the cluster in dir; the error is fs.ErrNotExist where there is none.
func Load(dir string) (Cluster, error) {
	c := Cluster{Dir: dir}
	data, err := os.ReadFile(c.file())
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w; `sftkube down --purge` makes room for a new cluster", c.file(), err)
	}
	return c, nil
}

// Save writes the description.
func (c Cluster) Save() error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(c.file(), append(data, '\n'), 0o600)
}

// Neighbours are the slots of the other clusters below the same root, up or not.
func (c Cluster) Neighbours() (map[network.Slot]bool, error) {
	entries, err := os.ReadDir(filepath.Dir(c.Dir))
	if err != nil {
		return nil, err
	}
	slots := map[network.Slot]bool{}
	for _, entry := range entries {
		dir := filepath.Join(filepath.Dir(c.Dir), entry.Name())
		if dir == c.Dir || !entry.IsDir() {
			continue
		}
		other, err := Load(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		slots[other.Slot] = true
	}
	return slots, nil
}

// Name is the cluster's name.
func (c Cluster) Name() string { return filepath.Base(c.Dir) }

// NodeName is the name of the node with this index.
func (c Cluster) NodeName(node int) string { return fmt.Sprintf("%s-%d", c.Name(), node) }

// NodeNames are the names of all nodes.
func (c Cluster) NodeNames() []string {
	var names []string
	for i := range c.Nodes {
		names = append(names, c.NodeName(i))
	}
	return names
}

// NodeDir is what a node keeps: images, containers, logs.
func (c Cluster) NodeDir(node int) string { return filepath.Join(c.Dir, "nodes", c.NodeName(node)) }

// PKI are the cluster's certificates.
func (c Cluster) PKI() pki.Store { return pki.Store(filepath.Join(c.Dir, "pki")) }

// Kubeconfig is the administrator's.
func (c Cluster) Kubeconfig() string { return filepath.Join(c.Dir, "kubeconfig") }

// KubeconfigOf is that of the component with this certificate.
func (c Cluster) KubeconfigOf(certificate string) string {
	return filepath.Join(c.Dir, "pki", certificate+".kubeconfig")
}

// PauseArchive is the image of the pause container, which each node loads when it starts.
func (c Cluster) PauseArchive() string { return filepath.Join(c.Dir, "pause.tar") }

// EtcdDir is the database.
func (c Cluster) EtcdDir() string { return filepath.Join(c.Dir, "etcd") }

// LogDir has a log file for each component since the last up; those of the run before are in LogDir()+".previous".
func (c Cluster) LogDir() string { return filepath.Join(c.Dir, "logs") }

// SupervisorLog is what the supervisor, which starts all others, has to say.
func (c Cluster) SupervisorLog() string { return filepath.Join(c.LogDir(), "supervisor.log") }

// Bin is the link under which the executable acts as a component. Its name is what ps and killall show.
func (c Cluster) Bin(component string) string { return filepath.Join(c.Dir, "bin", component) }

// LockFile is locked while a supervisor lives, and holds its process id.
func (c Cluster) LockFile() string { return filepath.Join(c.Dir, "lock") }

// Cgroup is the cluster's group below the root of each cgroup hierarchy.
func (c Cluster) Cgroup() string { return fmt.Sprintf("/sftkube/%d", c.Slot) }

// NodeCgroup is the group of a node's pods.
func (c Cluster) NodeCgroup(node int) string { return fmt.Sprintf("%s/%d", c.Cgroup(), node) }

func (c Cluster) file() string { return filepath.Join(c.Dir, "cluster.json") }
