package lifecycle

import (
	"context"
	"fmt"
	"strconv"

	"sftkube/internal/component"
	"sftkube/internal/image"
	"sftkube/internal/node"
	"sftkube/internal/procfs"
	"sftkube/internal/state"
)

// LoadImages imports an image archive into each node and returns the images' full names.
func LoadImages(ctx context.Context, c state.Cluster, supervisor int, archive string) ([]string, error) {
	processes, err := procfs.Descendants(supervisor)
	if err != nil {
		return nil, err
	}
	pids := map[string]int{}
	for _, p := range processes {
		if len(p.Args) == 3 && p.Args[0] == component.Node {
			pids[p.Args[2]] = p.Pid
		}
	}
	var names []string
	for i, name := range c.NodeNames() {
		pid, ok := pids[strconv.Itoa(i)]
		if !ok {
			return nil, fmt.Errorf("node %s does not run at the moment; see %s", name, c.SupervisorLog())
		}
		if names, err = image.Load(ctx, node.ContainerdAddress(pid), archive); err != nil {
			return nil, fmt.Errorf("node %s: %w", name, err)
		}
	}
	return names, nil
}
