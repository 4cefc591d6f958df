package gpu

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	api "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

func TestDevicesAreHealthyUnlessListed(t *testing.T) {
	p := &Plugin{Count: 3, UnhealthyFile: filepath.Join(t.TempDir(), UnhealthyFile)}
	expectHealth(t, p, api.Healthy, api.Healthy, api.Healthy)
	if err := os.WriteFile(p.UnhealthyFile, []byte("gpu-1\n gpu-2 \nnot-a-gpu\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	expectHealth(t, p, api.Healthy, api.Unhealthy, api.Unhealthy)
}

func expectHealth(t *testing.T, p *Plugin, want ...string) {
	t.Helper()
	devices, err := p.devices()
	if err != nil || len(devices) != len(want) {
		t.Fatalf("got %v, %v; want %d devices", devices, err, len(want))
	}
	for i, device := range devices {
		if device.Health != want[i] {
			t.Errorf("%s is %s, want %s", device.ID, device.Health, want[i])
		}
	}
}

func TestAllocateTellsEachContainerItsDevices(t *testing.T) {
	request := &api.AllocateRequest{ContainerRequests: []*api.ContainerAllocateRequest{{DevicesIds: []string{"gpu-0", "gpu-2"}}, {DevicesIds: []string{"gpu-1"}}}}
	response, err := (&Plugin{}).Allocate(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"gpu-0,gpu-2", "gpu-1"} {
		if got := response.ContainerResponses[i].Envs["NVIDIA_VISIBLE_DEVICES"]; got != want {
			t.Errorf("container %d: got %q, want %q", i, got, want)
		}
	}
}

func TestSameTellsAReusedInodeApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	stat := func() os.FileInfo {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first := stat()
	if !same(first, stat()) {
		t.Error("a file differs from itself")
	}
	later := first.ModTime().Add(1)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if same(first, stat()) || same(nil, first) {
		t.Error("a new socket passes for the old one")
	}
}
