// Package gpu is a device plugin that offers GPUs which are not there. To Kubernetes they are real: scheduled, allocated, and reported unhealthy.
package gpu

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/apimachinery/pkg/util/wait"
	api "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// Resource is NVIDIA's, as pods that are to run on real GPUs ask for it.
const Resource = "nvidia.com/gpu"

// UnhealthyFile is a file in the node's folder that lists, one a line, the devices to report as unhealthy.
const UnhealthyFile = "unhealthy-gpus"

const socket = api.DevicePluginPath + "sftkube-gpu.sock"

// Plugin offers Count GPUs to the node's kubelet.
type Plugin struct {
	api.UnimplementedDevicePluginServer
	Count         int
	UnhealthyFile string
}

// RemoveStaleSocket removes the socket of a kubelet that died with its node; the folder is kept. To be called before the kubelet starts.
func RemoveStaleSocket() error {
	if err := os.Remove(api.KubeletSocket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Run serves until the context ends. It registers again whenever a kubelet makes its socket anew, since each kubelet starts without plugins.
func (p *Plugin) Run(ctx context.Context) {
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := p.serve(ctx); err != nil && ctx.Err() == nil {
			log.Printf("GPU device plugin: %v", err)
		}
	}, time.Second)
}

func (p *Plugin) serve(ctx context.Context) error {
	if err := os.MkdirAll(api.DevicePluginPath, 0o750); err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watcher.Add(api.DevicePluginPath); err != nil {
		return err
	}
	var served os.FileInfo
	// A new kubelet empties the folder, the plugin's socket included, so each registration starts with a new one.
	for {
		server, err := p.listen()
		if err != nil {
			return err
		}
		kubelet, err := register(ctx)
		if err != nil {
			log.Printf("GPU device plugin waits for the kubelet: %v", err)
		} else {
			served = kubelet
		}
		err = nextKubelet(ctx, watcher, served)
		server.Stop()
		if err != nil {
			return err
		}
	}
}

func (p *Plugin) listen() (*grpc.Server, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	server := grpc.NewServer()
	api.RegisterDevicePluginServer(server, p)
	go server.Serve(listener)
	return server, nil
}

// register tells the kubelet of the plugin, and returns the socket of the kubelet that knows it now.
func register(ctx context.Context) (os.FileInfo, error) {
	socketFile, err := os.Stat(api.KubeletSocket)
	if err != nil {
		return nil, err
	}
	connection, err := grpc.NewClient("unix://"+api.KubeletSocket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = api.NewRegistrationClient(connection).Register(ctx, &api.RegisterRequest{
		Version: api.Version, Endpoint: filepath.Base(socket), ResourceName: Resource,
	}, grpc.WaitForReady(true)) // a socket is there, and seen, before its kubelet listens
	return socketFile, err
}

// nextKubelet waits until a kubelet makes its socket, unless it is the served one. A second registration with the same kubelet would take the devices away:
// it notices the end of the first connection after the second has begun.
func nextKubelet(ctx context.Context, watcher *fsnotify.Watcher, served os.FileInfo) error {
	return await(ctx, watcher, func(event fsnotify.Event) bool {
		if event.Name != api.KubeletSocket || !event.Has(fsnotify.Create) {
			return false
		}
		now, err := os.Stat(api.KubeletSocket)
		return err == nil && !same(served, now)
	})
}

// await returns at the first event that is wanted.
func await(ctx context.Context, watcher *fsnotify.Watcher, wanted func(fsnotify.Event) bool) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-watcher.Errors:
			return err
		case event := <-watcher.Events:
			if wanted(event) {
				return nil
			}
		}
	}
}

// same also compares times, as the kernel gives a new file the inode of one just removed.
func same(a, b os.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.ModTime().Equal(b.ModTime())
}

// GetDevicePluginOptions asks for none.
func (p *Plugin) GetDevicePluginOptions(context.Context, *api.Empty) (*api.DevicePluginOptions, error) {
	return &api.DevicePluginOptions{}, nil
}

// ListAndWatch sends the devices, and again whenever UnhealthyFile changes.
func (p *Plugin) ListAndWatch(_ *api.Empty, stream grpc.ServerStreamingServer[api.ListAndWatchResponse]) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watcher.Add(filepath.Dir(p.UnhealthyFile)); err != nil { // the folder, since the file need not exist
		return err
	}
	for {
		devices, err := p.devices()
		if err != nil {
			return err
		}
		if err := stream.Send(&api.ListAndWatchResponse{Devices: devices}); err != nil {
			return err
		}
		if err := p.changed(stream.Context(), watcher); err != nil {
			return err
		}
	}
}

func (p *Plugin) changed(ctx context.Context, watcher *fsnotify.Watcher) error {
	return await(ctx, watcher, func(event fsnotify.Event) bool {
		return event.Name == p.UnhealthyFile && !event.Has(fsnotify.Chmod)
	})
}

func (p *Plugin) devices() ([]*api.Device, error) {
	unhealthy, err := p.unhealthy()
	if err != nil {
		return nil, err
	}
	var devices []*api.Device
	for i := range p.Count {
		id := fmt.Sprintf("gpu-%d", i)
		health := api.Healthy
		if unhealthy[id] {
			health = api.Unhealthy
		}
		devices = append(devices, &api.Device{ID: id, Health: health})
	}
	return devices, nil
}

func (p *Plugin) unhealthy() (map[string]bool, error) {
	file, err := os.Open(p.UnhealthyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	ids := map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		ids[strings.TrimSpace(lines.Text())] = true
	}
	return ids, lines.Err()
}

// Allocate tells containers their devices in the variable that NVIDIA's container runtime reads.
func (p *Plugin) Allocate(_ context.Context, request *api.AllocateRequest) (*api.AllocateResponse, error) {
	response := &api.AllocateResponse{}
	for _, container := range request.ContainerRequests {
		response.ContainerResponses = append(response.ContainerResponses, &api.ContainerAllocateResponse{
			Envs: map[string]string{"NVIDIA_VISIBLE_DEVICES": strings.Join(container.DevicesIds, ",")},
		})
	}
	return response, nil
}
