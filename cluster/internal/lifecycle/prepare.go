package lifecycle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sftkube/internal/component"
	"sftkube/internal/image"
	"sftkube/internal/kubeconfig"
	"sftkube/internal/node"
	"sftkube/internal/pki"
	"sftkube/internal/state"
)

// pauseProgram lies beside the executable; it is a file of its own because an image of the executable would be a hundred times its size.
const pauseProgram = "sftkube-pause"

// prepare writes what the components read. What is there from an earlier up stays valid, so only links, logs and kubeconfigs are made anew.
func prepare(c state.Cluster) error {
	program, err := executable()
	if err != nil {
		return err
	}
	if err := writePause(c, filepath.Join(filepath.Dir(program), pauseProgram)); err != nil {
		return err
	}
	if err := linkComponents(c, program); err != nil {
		return err
	}
	if err := rotateLogs(c); err != nil {
		return err
	}
	certificates := c.PKI()
	if err := certificates.Ensure(pki.Plan(c.Slot, c.NodeNames())); err != nil {
		return err
	}
	files := map[string]string{c.Kubeconfig(): pki.Admin}
	for _, certificate := range []string{pki.ControllerManager, pki.Scheduler, pki.Proxy} {
		files[c.KubeconfigOf(certificate)] = certificate
	}
	for _, name := range c.NodeNames() {
		files[c.KubeconfigOf(pki.NodeName(name))] = pki.NodeName(name)
	}
	for file, certificate := range files {
		if err := kubeconfig.Write(file, c.Name(), c.Slot.API(), certificates, certificate); err != nil {
			return err
		}
	}
	return nil
}

func writePause(c state.Cluster, path string) error {
	program, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing beside sftkube: build it with `make cluster`", path)
	}
	if err != nil {
		return err
	}
	archive, err := os.Create(c.PauseArchive())
	if err != nil {
		return err
	}
	return errors.Join(image.WriteStatic(archive, node.PauseImage, "pause", program), archive.Close())
}

func linkComponents(c state.Cluster, program string) error {
	for _, name := range component.Names() {
		link := c.Bin(name)
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return err
		}
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Symlink(program, link); err != nil {
			return err
		}
	}
	return nil
}

func rotateLogs(c state.Cluster) error {
	previous := c.LogDir() + ".previous"
	if err := os.RemoveAll(previous); err != nil {
		return err
	}
	if err := os.Rename(c.LogDir(), previous); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Mkdir(c.LogDir(), 0o700)
}
