package controlplane

import (
	"sftkube/internal/component"
	"sftkube/internal/proc"
	"sftkube/internal/state"
)

// Etcd is the database.
func Etcd(c state.Cluster) proc.Service {
	return component.Service(c, component.Etcd, component.Etcd, etcdArgs(c))
}

// APIServer waits for etcd by itself.
func APIServer(c state.Cluster) proc.Service {
	return component.Service(c, component.APIServer, component.APIServer, apiServerArgs(c))
}

// Controllers are those that need an API server to start.
func Controllers(c state.Cluster) []proc.Service {
	return []proc.Service{
		component.Service(c, component.ControllerManager, component.ControllerManager, controllerManagerArgs(c)),
		component.Service(c, component.Scheduler, component.Scheduler, schedulerArgs(c)),
	}
}
