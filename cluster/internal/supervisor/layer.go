package supervisor

import (
	"context"
	"sync"

	"sftkube/internal/proc"
)

// layer is a group of services that start and stop together.
type layer struct {
	ctx    context.Context
	cancel context.CancelFunc
	wait   sync.WaitGroup
}

func newLayer() *layer {
	ctx, cancel := context.WithCancel(context.Background())
	return &layer{ctx: ctx, cancel: cancel}
}

func (l *layer) start(services ...proc.Service) {
	for _, s := range services {
		l.wait.Go(func() { s.Run(l.ctx) })
	}
}

func (l *layer) stop() {
	l.cancel()
	l.wait.Wait()
}
