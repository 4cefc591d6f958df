package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sftkube/internal/lifecycle"
)

func up(t *target) *cobra.Command {
	var nodes, gpus int
	var timeout time.Duration
	command := &cobra.Command{
		Use:   "up",
		Short: "Bring the cluster up, wait until it takes pods, and print the path of its kubeconfig",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			dir, err := t.dir()
			if err != nil {
				return err
			}
			wanted := lifecycle.Wanted{Dir: dir, Timeout: timeout}
			if command.Flags().Changed("nodes") {
				wanted.Nodes = &nodes
			}
			if command.Flags().Changed("fake-gpus") {
				wanted.FakeGPUs = &gpus
			}
			c, err := lifecycle.Up(command.Context(), wanted)
			if err != nil {
				return err
			}
			fmt.Println(c.Kubeconfig())
			return nil
		},
	}
	command.Flags().IntVar(&nodes, "nodes", 0, "number of nodes (default as before, or 1)")
	command.Flags().IntVar(&gpus, "fake-gpus", 0, "number of nvidia.com/gpu that a device plugin pretends each node to have (default as before, or 0)")
	command.Flags().DurationVar(&timeout, "timeout", 3*time.Minute, "how long to wait for the cluster")
	return command
}

func down(t *target) *cobra.Command {
	var purge bool
	command := &cobra.Command{
		Use:   "down",
		Short: "End the cluster; the next up finds its objects and images again",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := t.dir()
			if err != nil {
				return err
			}
			return lifecycle.Down(dir, purge)
		},
	}
	command.Flags().BoolVar(&purge, "purge", false, "remove its objects, images and logs too")
	return command
}
