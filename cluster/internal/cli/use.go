package cli

import (
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"sftkube/internal/component"
	"sftkube/internal/lifecycle"
)

func load(t *target) *cobra.Command {
	return &cobra.Command{
		Use:   "load IMAGE.tar...",
		Short: "Load image archives (docker save or OCI, gzipped or not) into each node, and print the images' names",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, archives []string) error {
			c, supervisor, err := t.load()
			if err != nil {
				return err
			}
			for _, archive := range archives {
				names, err := lifecycle.LoadImages(command.Context(), c, supervisor, archive)
				if err != nil {
					return err
				}
				for _, name := range names {
					fmt.Println(name)
				}
			}
			return nil
		},
	}
}

func kubectl(t *target) *cobra.Command {
	return &cobra.Command{
		Use:                "kubectl [--] ARGUMENTS...",
		Short:              "Run kubectl as the cluster's administrator",
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			c, _, err := t.load()
			if err != nil {
				return err
			}
			if err := os.Setenv("KUBECONFIG", c.Kubeconfig()); err != nil {
				return err
			}
			if len(args) > 0 && args[0] == "--" {
				args = args[1:]
			}
			return syscall.Exec(c.Bin(component.Kubectl), append([]string{component.Kubectl}, args...), os.Environ())
		},
	}
}

func kubeconfig(t *target) *cobra.Command {
	return &cobra.Command{
		Use:   "kubeconfig",
		Short: "Print the path of the administrator's kubeconfig",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, _, err := t.load()
			if err != nil {
				return err
			}
			fmt.Println(c.Kubeconfig())
			return nil
		},
	}
}
