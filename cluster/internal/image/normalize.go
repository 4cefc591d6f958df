package image

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/distribution/reference"
)

const (
	dockerManifest = "manifest.json"
	ociIndex       = "index.json"
	// nameAnnotation is what containerd takes an image's name from; the one of the specification is only a tag to it.
	nameAnnotation    = "io.containerd.image.name"
	refNameAnnotation = "org.opencontainers.image.ref.name"
)

// Names returns the full names of the images in an archive as `docker save` or an OCI tool writes it, gzipped or not; oci tells which of the two it is.
func Names(archive io.Reader) (names []string, oci bool, err error) {
	plain, err := decompress(archive)
	if err != nil {
		return nil, false, err
	}
	var index []byte
	entries := tar.NewReader(plain)
	for {
		header, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, false, fmt.Errorf("not a tar archive: %w", err)
		}
		switch path.Clean(header.Name) {
		case dockerManifest: // also in archives that are both
			manifest, err := io.ReadAll(entries)
			if err != nil {
				return nil, false, err
			}
			names, err = dockerNames(manifest)
			return names, false, err
		case ociIndex:
			if index, err = io.ReadAll(entries); err != nil {
				return nil, false, err
			}
		}
	}
	if index == nil {
		return nil, false, fmt.Errorf("not an image archive: it has neither %s (docker save) nor %s (OCI)", dockerManifest, ociIndex)
	}
	_, names, err = nameIndex(index)
	return names, true, err
}

// Normalize copies an OCI archive and gives each image its full name in the form that containerd understands.
func Normalize(w io.Writer, archive io.Reader) error {
	plain, err := decompress(archive)
	if err != nil {
		return err
	}
	entries, copied := tar.NewReader(plain), tar.NewWriter(w)
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return copied.Close()
		}
		if err != nil {
			return fmt.Errorf("not a tar archive: %w", err)
		}
		var content io.Reader = entries
		if path.Clean(header.Name) == ociIndex {
			if content, err = renamed(entries, header); err != nil {
				return err
			}
		}
		if err := copied.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(copied, content); err != nil {
			return err
		}
	}
}

func dockerNames(manifest []byte) ([]string, error) {
	var images []struct{ RepoTags []string }
	if err := json.Unmarshal(manifest, &images); err != nil {
		return nil, fmt.Errorf("%s: %w", dockerManifest, err)
	}
	var names []string
	for _, image := range images {
		for _, tag := range image.RepoTags {
			name, err := fullName(tag)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, errUnnamed
	}
	return names, nil
}

var errUnnamed = errors.New("an image in the archive has no name, so no pod could refer to it: write the archive with a name such as localhost/app:1")

// nameIndex returns the index with names, and the names.
func nameIndex(index []byte) ([]byte, []string, error) {
	var document map[string]any // whatever else it holds stays
	if err := json.Unmarshal(index, &document); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", ociIndex, err)
	}
	manifests, _ := document["manifests"].([]any)
	var names []string
	for _, entry := range manifests {
		manifest, _ := entry.(map[string]any)
		annotations, _ := manifest["annotations"].(map[string]any)
		given, _ := annotations[nameAnnotation].(string)
		if given == "" {
			given, _ = annotations[refNameAnnotation].(string)
		}
		if given == "" {
			return nil, nil, errUnnamed
		}
		name, err := fullName(given)
		if err != nil {
			return nil, nil, err
		}
		annotations[nameAnnotation] = name
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("%s lists no image", ociIndex)
	}
	named, err := json.Marshal(document)
	return named, names, err
}

func fullName(name string) (string, error) {
	parsed, err := reference.ParseDockerRef(name)
	if err != nil {
		return "", fmt.Errorf("image name %q: %w", name, err)
	}
	return parsed.String(), nil
}

func renamed(index io.Reader, header *tar.Header) (io.Reader, error) {
	data, err := io.ReadAll(index)
	if err != nil {
		return nil, err
	}
	named, _, err := nameIndex(data)
	if err != nil {
		return nil, err
	}
	header.Size = int64(len(named))
	return bytes.NewReader(named), nil
}

func decompress(archive io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(archive)
	magic, err := buffered.Peek(2)
	if err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(buffered)
	}
	if seeker, ok := archive.(io.Seeker); ok { // a seeker lets tar skip layers unread
		if _, err := seeker.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return archive, nil
	}
	return buffered, nil
}
