package supervisor

import (
	"fmt"
	"os"
	"syscall"

	"sftkube/internal/component"
	"sftkube/internal/state"
)

// Start starts a supervisor in the background, which takes over the locks. The returned function waits for its end.
func Start(c state.Cluster, held []*os.File) (wait func() error, err error) {
	output, err := os.OpenFile(c.SupervisorLog(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	process, err := os.StartProcess(c.Bin(component.Supervisor), []string{component.Supervisor, c.Dir}, &os.ProcAttr{
		Dir:   "/",
		Env:   os.Environ(),
		Files: append([]*os.File{null, output, output}, held...),
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return nil, fmt.Errorf("start the supervisor: %w", err)
	}
	return func() error {
		status, err := process.Wait()
		if err == nil {
			err = fmt.Errorf("the supervisor ended (%v)", status)
		}
		return err
	}, nil
}
