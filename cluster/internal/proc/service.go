package proc

import (
	"context"
	"log"
	"syscall"
	"time"
)

const (
	firstDelay = 100 * time.Millisecond
	longDelay  = 5 * time.Second
	// steady is how long a program runs before its next end counts as a first one again.
	steady = 10 * time.Second
)

// Service is a program that should always run.
type Service struct {
	Name string
	// Start is called for each start; it prepares what the program needs and starts it.
	Start func() (*Process, error)
	// Grace is how long the program has between SIGTERM and SIGKILL when the context ends.
	Grace time.Duration
}

// Run starts the program, and again whenever it ends, until the context does; then it stops the program and returns.
func (s Service) Run(ctx context.Context) {
	delay := firstDelay
	for ctx.Err() == nil {
		started := time.Now()
		p, err := s.Start()
		if err == nil {
			select {
			case <-p.Done():
				err = p.Err()
			case <-ctx.Done():
				s.stop(p)
				return
			}
		}
		if time.Since(started) > steady {
			delay = firstDelay
		}
		log.Printf("%s ended (%v), starts again in %v", s.Name, err, delay)
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
		delay = min(2*delay, longDelay)
	}
}

func (s Service) stop(p *Process) {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.Done():
	case <-time.After(s.Grace):
		log.Printf("%s did not end within %v of SIGTERM and is killed", s.Name, s.Grace)
		p.Signal(syscall.SIGKILL)
		<-p.Done()
	}
}
