package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sftkube/internal/component"
	"sftkube/internal/procfs"
	"sftkube/internal/state"
)

func status(t *target) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say where the cluster is and which processes it has; fail if it is not up",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, supervisor, err := t.load()
			if err != nil {
				return err
			}
			processes, err := procfs.Descendants(supervisor)
			if err != nil {
				return err
			}
			return describe(os.Stdout, c, supervisor, processes)
		},
	}
}

func describe(w io.Writer, c state.Cluster, supervisor int, processes []procfs.Process) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "cluster\t%s\n", c.Name())
	fmt.Fprintf(table, "kubeconfig\t%s\n", c.Kubeconfig())
	fmt.Fprintf(table, "API server\thttps://%v, for pods https://%v\n", c.Slot.API(), c.Slot.APIServiceIP())
	fmt.Fprintf(table, "pods\t%v\n", c.Slot.Pods())
	fmt.Fprintf(table, "logs\t%s\n", c.LogDir())
	for i, name := range c.NodeNames() {
		fmt.Fprintf(table, "node\t%s at %v, %d fake GPUs\n", name, c.Slot.NodeIP(i), c.FakeGPUs)
	}
	known := append(component.Names(), component.Containerd)
	for _, p := range append([]procfs.Process{{Pid: supervisor, Args: []string{component.Supervisor}}}, processes...) {
		if slices.Contains(known, p.Args[0]) {
			fmt.Fprintf(table, "process\t%d %s\n", p.Pid, p.Args[0])
		}
	}
	return table.Flush()
}
