// Package host checks what the machine must bring along.
package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/util/wait"
)

// packages are Debian's for each program.
var packages = map[string]string{
	"containerd": "containerd",
	"ctr":        "containerd",
	"runc":       "runc",
	"iptables":   "iptables",
}

// Check returns an error that says in one line what the machine lacks, and the way out.
func Check() error {
	if os.Geteuid() != 0 {
		return errors.New("nodes need namespaces, mounts and links, which only root can make: run it with sudo")
	}
	for program := range packages {
		if _, err := Program(program); err != nil {
			return err
		}
	}
	if _, err := CNIPlugins(); err != nil {
		return err
	}
	if _, err := os.Stat("/proc/sys/net/bridge/bridge-nf-call-iptables"); err != nil {
		return errors.New("the kernel has no br_netfilter, without which Services fail: run `modprobe br_netfilter`")
	}
	return nil
}

// Inotify checks that a cluster of so many nodes will find enough inotify instances, of which each user has 128 by default. Where they run out the kubelet
// dies of "too many open files", which nobody takes for what it is.
func Inotify(nodes int) error {
	needed := 16 + 12*nodes // a one-node cluster was seen to hold 20
	for range needed {
		fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
		if err != nil {
			return fmt.Errorf("fewer than %d inotify instances are left (%w): run `sysctl fs.inotify.max_user_instances=1024`", needed, err)
		}
		defer unix.Close(fd)
	}
	return nil
}

// Program finds a program of the machine.
func Program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", missing(name, packages[name])
	}
	return path, nil
}

// CNIPlugins finds the folder of the network plugins: Debian's, or the upstream's usual one.
func CNIPlugins() (string, error) {
	for _, dir := range []string{"/usr/lib/cni", "/opt/cni/bin"} {
		if hasAll(dir, "bridge", "host-local", "portmap") {
			return dir, nil
		}
	}
	return "", missing("CNI plugin bridge, host-local or portmap", "containernetworking-plugins")
}

func hasAll(dir string, names ...string) bool {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func missing(what, debian string) error {
	return fmt.Errorf("%s is not installed: run `make cluster-deps`, or `apt-get install %s`", what, debian)
}

// Ports checks that nobody listens where the cluster is to listen. A cluster killed a moment ago may still be letting go, for which the kernel has no event.
func Ports(ports ...netip.AddrPort) error {
	for _, port := range ports {
		err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 5*time.Second, true, func(context.Context) (bool, error) {
			listener, err := net.Listen("tcp4", port.String())
			if err != nil {
				return false, nil
			}
			return true, listener.Close()
		})
		if err != nil {
			return fmt.Errorf("port %v is taken: end what listens there (`ss -ltnp sport = %d` shows it)", port, port.Port())
		}
	}
	return nil
}
