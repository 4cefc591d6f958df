// Sftkube is a real Kubernetes in one executable, for tests and demos on a machine without a container daemon or an image registry.
package main

import (
	"log"
	"os"
	"path/filepath"

	"sftkube/internal/cli"
	"sftkube/internal/component"
	"sftkube/internal/multicall"
	"sftkube/internal/node"
	"sftkube/internal/supervisor"
)

func main() {
	if code, ok := multicall.Main(); ok {
		os.Exit(code)
	}
	switch filepath.Base(os.Args[0]) {
	case component.Supervisor:
		run(supervisor.Main)
	case component.Node:
		run(node.Main)
	default:
		os.Exit(cli.Run())
	}
}

func run(main func([]string) error) {
	if err := main(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}
