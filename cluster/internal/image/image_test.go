package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestWriteStaticDescribesItsLayer(t *testing.T) {
	var archive, again bytes.Buffer
	for _, w := range []io.Writer{&archive, &again} {
		if err := WriteStatic(w, "localhost/app:1", "app", []byte("program")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archive.Bytes(), again.Bytes()) {
		t.Error("equal input gives different bytes")
	}
	files := untar(t, &archive)
	var manifest []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	var config struct {
		Config struct{ Entrypoint []string }
		Rootfs struct {
			DiffIDs []string `json:"diff_ids"`
		}
	}
	if err := json.Unmarshal(files[manifest[0].Config], &config); err != nil {
		t.Fatal(err)
	}
	layer := files[manifest[0].Layers[0]]
	if want := []string{"sha256:" + digest(layer)}; !slices.Equal(config.Rootfs.DiffIDs, want) {
		t.Errorf("diff ids: got %v, want %v", config.Rootfs.DiffIDs, want)
	}
	if !slices.Equal(config.Config.Entrypoint, []string{"/app"}) || string(untar(t, bytes.NewReader(layer))["app"]) != "program" {
		t.Errorf("entry point %v is not the program", config.Config.Entrypoint)
	}
}

func TestNames(t *testing.T) {
	docker := func(tags string) []byte { return archive(t, "manifest.json", `[{"RepoTags":[`+tags+`]}]`) }
	oci := func(annotations string) []byte {
		return archive(t, "index.json", `{"schemaVersion":2,"manifests":[{"digest":"sha256:00","annotations":{`+annotations+`}}]}`)
	}
	for _, test := range []struct {
		name    string
		archive []byte
		want    []string
		oci     bool
		err     string
	}{
		{name: "docker", archive: docker(`"localhost/app:1","app:2"`), want: []string{"localhost/app:1", "docker.io/library/app:2"}},
		{name: "gzip", archive: compress(t, docker(`"localhost/app:1"`)), want: []string{"localhost/app:1"}},
		{name: "docker without a tag", archive: docker(``), err: "has no name"},
		{name: "OCI with a full name", archive: oci(`"org.opencontainers.image.ref.name":"registry.test/app:1"`), want: []string{"registry.test/app:1"}, oci: true},
		{name: "OCI with containerd's name", archive: oci(`"io.containerd.image.name":"registry.test/app:1","org.opencontainers.image.ref.name":"1"`),
			want: []string{"registry.test/app:1"}, oci: true},
		{name: "OCI without a name", archive: oci(``), err: "has no name", oci: true},
		{name: "OCI with an impossible name", archive: oci(`"org.opencontainers.image.ref.name":"A B"`), err: `image name "A B"`, oci: true},
		{name: "another tar", archive: archive(t, "hello", "x"), err: "not an image archive"},
		{name: "no tar", archive: bytes.Repeat([]byte("x"), 1024), err: "not a tar archive"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, oci, err := Names(bytes.NewReader(test.archive))
			if !slices.Equal(got, test.want) || oci != test.oci || (err == nil) != (test.err == "") || (err != nil && !strings.Contains(err.Error(), test.err)) {
				t.Errorf("got %v, %v, %v", got, oci, err)
			}
		})
	}
}

func TestNormalizeNamesImagesAndKeepsTheRest(t *testing.T) {
	index := `{"manifests":[{"digest":"sha256:00","size":7,"annotations":{"org.opencontainers.image.ref.name":"app:1","other":"kept"}}],"schemaVersion":2}`
	var normalized bytes.Buffer
	if err := Normalize(&normalized, bytes.NewReader(archive(t, "index.json", index, "blobs/sha256/00", "content"))); err != nil {
		t.Fatal(err)
	}
	files := untar(t, &normalized)
	want := strings.Replace(index, `{"org.`, `{"io.containerd.image.name":"docker.io/library/app:1","org.`, 1)
	var got, expected any
	if json.Unmarshal(files["index.json"], &got) != nil || json.Unmarshal([]byte(want), &expected) != nil {
		t.Fatalf("not JSON: %s", files["index.json"])
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(expected)
	if !bytes.Equal(a, b) || string(files["blobs/sha256/00"]) != "content" {
		t.Errorf("got %s and %q", a, files["blobs/sha256/00"])
	}
}

func TestLostSnapshot(t *testing.T) {
	lost := errors.New(`ctr: failed to prepare: parent snapshot sha256:00 does not exist: not found`)
	if !lostSnapshot(lost) || lostSnapshot(errors.New("ctr: no space left on device")) {
		t.Error("only the known race may be tried again")
	}
}

func archive(t *testing.T, namesAndContents ...string) []byte {
	t.Helper()
	var files []file
	for pair := range slices.Chunk(namesAndContents, 2) {
		files = append(files, file{pair[0], 0o644, []byte(pair[1])})
	}
	data, err := tarball(files...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func compress(t *testing.T, data []byte) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func untar(t *testing.T, r io.Reader) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	entries := tar.NewReader(r)
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(entries); err != nil {
			t.Fatal(err)
		}
	}
}
