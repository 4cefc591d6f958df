package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"sftkube/internal/host"
)

// Load imports an image archive into the containerd of this address and returns the images' full names.
func Load(ctx context.Context, address, archive string) ([]string, error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	names, oci, err := Names(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archive, err)
	}
	err = importArchive(ctx, address, file, oci)
	if err != nil && lostSnapshot(err) {
		err = importArchive(ctx, address, file, oci)
	}
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", archive, err)
	}
	return names, nil
}

// lostSnapshot tells containerd's one known race: an image takes over another's name, whose layers are collected while the new ones build on them.
func lostSnapshot(err error) bool {
	return strings.Contains(err.Error(), "parent snapshot") && strings.Contains(err.Error(), "does not exist")
}

func importArchive(ctx context.Context, address string, archive *os.File, oci bool) error {
	ctr, err := host.Program("ctr")
	if err != nil {
		return err
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var output bytes.Buffer
	command := exec.CommandContext(ctx, ctr, "--address", address, "--namespace", "k8s.io", "images", "import", "-")
	command.Stdout, command.Stderr = &output, &output
	if !oci {
		command.Stdin = archive
		err = command.Run()
	} else {
		err = runWithNormalized(command, archive)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, lastLine(output.String()))
	}
	return nil
}

func runWithNormalized(command *exec.Cmd, archive io.Reader) error {
	stdin, err := command.StdinPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	copied := Normalize(stdin, archive)
	stdin.Close()
	if err := command.Wait(); err != nil { // says more than a broken pipe
		return err
	}
	return copied
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
