package apiserver

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"

	"sftkube/internal/gpu"
)

// WaitUsable waits until a pod can be created and will run: each node is ready, with its GPUs, and the ServiceAccount that pods get by default exists.
// A node's word from before started is about an earlier life of it.
func WaitUsable(ctx context.Context, client *kubernetes.Clientset, nodes []string, gpus int, started time.Time) error {
	for _, name := range nodes {
		ready := func(n *corev1.Node) bool { return nodeReady(n, gpus, started) }
		if err := until(ctx, client, "nodes", metav1.NamespaceAll, name, &corev1.Node{}, ready); err != nil {
			return fmt.Errorf("node %s is not ready: %w", name, err)
		}
	}
	exists := func(*corev1.ServiceAccount) bool { return true }
	if err := until(ctx, client, "serviceaccounts", metav1.NamespaceDefault, "default", &corev1.ServiceAccount{}, exists); err != nil {
		return fmt.Errorf("the default ServiceAccount is not there: %w", err)
	}
	return nil
}

func nodeReady(n *corev1.Node, gpus int, started time.Time) bool {
	offered := n.Status.Allocatable[gpu.Resource]
	ready := slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue && !c.LastHeartbeatTime.Time.Before(started.Truncate(time.Second))
	})
	return ready && offered.Value() == int64(gpus)
}

// until watches one object until it is as wanted.
func until[T runtime.Object](ctx context.Context, client *kubernetes.Clientset, resource, namespace, name string, kind T, wanted func(T) bool) error {
	one := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), resource, namespace, fields.OneTermEqualSelector("metadata.name", name))
	_, err := watchtools.UntilWithSync(ctx, one, kind, nil, func(event watch.Event) (bool, error) {
		object, ok := event.Object.(T)
		return ok && event.Type != watch.Deleted && wanted(object), nil
	})
	return err
}

// DeleteNodesExcept removes nodes that the cluster no longer has, or the scheduler would wait for them.
func DeleteNodesExcept(ctx context.Context, client *kubernetes.Clientset, names []string) error {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, n := range nodes.Items {
		if slices.Contains(names, n.Name) {
			continue
		}
		if err := client.CoreV1().Nodes().Delete(ctx, n.Name, metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("remove former node %s: %w", n.Name, err)
		}
	}
	return nil
}
