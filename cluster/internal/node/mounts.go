package node

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// wantedSettings are what the kubelet would set for the whole machine. Small files mounted over them satisfy it, and leave the machine as it is.
var wantedSettings = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// mount gives the node the usual folders of its own, so that standard paths never meet a containerd or kubelet of the machine, and keeps what must
// outlive it in dir. Everything else of the machine stays visible, also what is mounted later: hostPath and local volumes work with the machine's paths.
func mount(dir string) error {
	if err := unix.Mount("", "/", "", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("keep the node's mounts from the machine: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_SHARED|unix.MS_REC, ""); err != nil { // the kubelet's volumes must reach containers
		return fmt.Errorf("share the node's mounts with its pods: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	for _, path := range []string{"/run", "/var/lib", "/var/log"} {
		if err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			return fmt.Errorf("mount %s: %w", path, err)
		}
	}
	for kept, path := range map[string]string{"kubelet": kubeletDir, "pod-logs": "/var/log/pods", "cni": "/var/lib/cni"} {
		if err := keep(filepath.Join(dir, kept), path); err != nil {
			return err
		}
	}
	return hideSettings()
}

func keep(source, path string) error {
	for _, dir := range []string{source, path} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount(source, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s at %s: %w", source, path, err)
	}
	for _, propagation := range []uintptr{unix.MS_PRIVATE, unix.MS_SHARED} { // in a group of its own, or each volume would also appear below source
		if err := unix.Mount("", path, "", propagation, ""); err != nil {
			return fmt.Errorf("share %s: %w", path, err)
		}
	}
	return nil
}

func hideSettings() error {
	dir := "/run/sftkube-settings"
	for setting, value := range wantedSettings {
		file := filepath.Join(dir, setting)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(file, filepath.Join("/proc/sys", setting), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount over setting %s: %w", setting, err)
		}
	}
	return nil
}
