package smoke

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sftkube/internal/state"
)

const probeImage = "localhost/probe:1"

// TestCluster is the life of one cluster: the order matters, and each step is what a user relies on.
func TestCluster(t *testing.T) {
	c := newCluster(t)

	kubeconfig := c.sftkube("up", "--nodes", "2", "--fake-gpus", "2")
	if again := c.sftkube("up"); again != kubeconfig || c.sftkube("kubeconfig") != kubeconfig {
		t.Errorf("up of a cluster that is up: got kubeconfig %s, want %s", again, kubeconfig)
	}
	if out, err := c.try("up", "--nodes", "1"); err == nil || !strings.Contains(err.Error(), "up with --nodes 2") {
		t.Errorf("up with another number of nodes: %s, %v", out, err)
	}
	description, err := state.Load(c.dir())
	if err != nil {
		t.Fatal(err)
	}
	slot := description.Slot
	archive := probeArchive(t, probeImage)
	if out, err := c.try("load", c.dir()+"/cluster.json"); err == nil || !strings.Contains(err.Error(), "not a tar archive") {
		t.Errorf("load of a file that is no image: %s, %v", out, err)
	}
	if got := c.sftkube("load", archive); got != probeImage {
		t.Errorf("load: got %q, want %s", got, probeImage)
	}

	volume := filepath.Join(c.root, "volume")
	if err := os.Mkdir(volume, 0o755); err != nil {
		t.Fatal(err)
	}
	c.apply(localVolume(volume))
	runPod(c, "first", 0)
	runPod(c, "second", 1)
	t.Run("volume", func(t *testing.T) { checkVolume(t, c, volume) })
	t.Run("network", func(t *testing.T) { checkNetwork(t, c) })
	t.Run("GPUs", func(t *testing.T) { checkGPUs(t, c) })
	t.Run("kubectl", func(t *testing.T) { checkKubectl(t, c) })
	t.Run("admission", func(t *testing.T) { checkAdmission(t, c) })

	for _, component := range []string{"kubelet", "kube-apiserver", "etcd", "containerd", "kube-scheduler"} {
		t.Run("kill "+component, func(t *testing.T) {
			kill(t, c.pid(component))
			c.sftkube("up") // waits until it is usable again
			runPod(c, "after-"+component, 0)
		})
	}

	c.sftkube("down")
	expectNothingLeft(t, slot, c.dir())
	c.sftkube("up")
	runPod(c, "from-kept-image", 1)

	var ends []func()
	for _, component := range []string{"etcd", "kube-apiserver", "kubelet", "sftkube-node", "containerd"} {
		ends = append(ends, watchEnd(t, c.pid(component)))
	}
	kill(t, c.pid("sftkube-supervisor"))
	for _, ended := range ends {
		ended()
	}
	if _, err := c.try("status"); err == nil || !strings.Contains(err.Error(), "not up") {
		t.Errorf("status of a killed cluster: %v", err)
	}
	c.sftkube("up", "--nodes", "1", "--fake-gpus", "0")
	if nodes := c.kubectl("get", "nodes", "-o", "name"); nodes != "node/smoke-0" {
		t.Errorf("up with fewer nodes: got %q", nodes)
	}
	runPod(c, "after-crash", 0)

	c.sftkube("down", "--purge")
	expectNothingLeft(t, slot, c.dir())
	if _, err := os.Stat(c.dir()); !os.IsNotExist(err) {
		t.Errorf("down --purge left %s (%v)", c.dir(), err)
	}
}

// checkVolume: a local volume is the machine's own folder, and fsGroup lets a pod without root write to it.
func checkVolume(t *testing.T, c cluster, volume string) {
	if got := get(t, c.url("first", "/write?file=/work/file")); got != "done" {
		t.Errorf("write to the volume: %s", got)
	}
	info, err := os.Stat(filepath.Join(volume, "file"))
	if err != nil {
		t.Fatal(err)
	}
	if stat := info.Sys().(*syscall.Stat_t); stat.Uid != 1000 || stat.Gid != 2000 {
		t.Errorf("the file belongs to %d:%d, want 1000:2000", stat.Uid, stat.Gid)
	}
}

// checkNetwork: the machine reaches pods on every node, and pods reach the API server by its Service.
func checkNetwork(t *testing.T, c cluster) {
	for _, pod := range []string{"first", "second"} {
		if got := get(t, c.url(pod, "/api")); got != "done" {
			t.Errorf("pod %s asks the API server: %s", pod, got)
		}
	}
}

func checkGPUs(t *testing.T, c cluster) {
	if got := get(t, c.url("first", "/gpus")); got != "gpu-0" && got != "gpu-1" {
		t.Errorf("a pod with one GPU sees %q", got)
	}
	unhealthy := filepath.Join(c.dir(), "nodes", "smoke-1", "unhealthy-gpus")
	if err := os.WriteFile(unhealthy, []byte("gpu-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.kubectl("wait", "node/smoke-1", `--for=jsonpath={.status.allocatable.nvidia\.com/gpu}=1`, "--timeout=60s")
	if err := os.Remove(unhealthy); err != nil {
		t.Fatal(err)
	}
	c.kubectl("wait", "node/smoke-1", `--for=jsonpath={.status.allocatable.nvidia\.com/gpu}=2`, "--timeout=60s")
}

func checkKubectl(t *testing.T, c cluster) {
	if got := c.kubectl("logs", "first"); got != "probe is listening" {
		t.Errorf("logs: %q", got)
	}
	if got := c.kubectl("exec", "second", "--", "/probe", "hello"); got != "echo hello" {
		t.Errorf("exec: %q", got)
	}
	out, err := c.try("kubectl", "auth", "can-i", "create", "pods", "--as=system:serviceaccount:default:default") // its "no" is an exit code
	if err == nil {
		t.Errorf("RBAC lets an account without a role create pods: %q", out)
	}
}

func checkAdmission(t *testing.T, c cluster) {
	c.apply("{apiVersion: v1, kind: Namespace, metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}}")
	c.kubectl("wait", "--for=create", "--namespace=strict", "serviceaccount/default", "--timeout=30s")
	_, err := c.try("kubectl", "run", "--namespace=strict", "--image="+probeImage, "loose")
	if err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted`) {
		t.Errorf("a pod without a security context in a restricted namespace: %v", err)
	}
}

func (c cluster) url(pod, path string) string {
	c.t.Helper()
	return fmt.Sprintf("http://%s:8080%s", c.kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}"), path)
}

// runPod runs the probe on a node and waits until it is ready. Pod "first" has the volume and a GPU.
func runPod(c cluster, pod string, node int) {
	c.t.Helper()
	extra := ""
	if pod == "first" {
		extra = `
    resources: {limits: {nvidia.com/gpu: 1}}
    volumeMounts: [{name: work, mountPath: /work}]
  volumes: [{name: work, persistentVolumeClaim: {claimName: work}}]`
	}
	c.apply(fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  nodeSelector: {kubernetes.io/hostname: smoke-%d}
  terminationGracePeriodSeconds: 1
  securityContext: {runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: probe
    image: %s
    imagePullPolicy: IfNotPresent
    readinessProbe: {httpGet: {path: /gpus, port: 8080}, periodSeconds: 1}%s
`, pod, node, probeImage, extra))
	c.kubectl("wait", "--for=condition=Ready", "pod/"+pod, "--timeout=120s")
}

func localVolume(path string) string {
	return fmt.Sprintf(`
apiVersion: v1
kind: PersistentVolume
metadata: {name: work}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: %s}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [smoke-0]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: work}
spec:
  storageClassName: local
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
`, path)
}
