package proc

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asParent makes the test binary a process that starts a child and waits to be killed.
const asParent = "SFTKUBE_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) != "" {
		if err := Run(untilKilled(os.Stdout)); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// untilKilled says that it runs, and runs.
func untilKilled(output *os.File) Command {
	return Command{Path: "/bin/sh", Args: []string{"sh", "-c", "echo child runs; exec tail -f /dev/null"}, Files: []*os.File{nil, output}}
}

func TestRunReportsTheEnd(t *testing.T) {
	for _, test := range []struct {
		script, want string
	}{
		{"exit 0", ""},
		{"exit 3", "exit code 3"},
		{"kill -9 $$", "killed by killed"},
		{`test "$ADDED" = yes`, ""},
	} {
		err := Run(Command{Path: "/bin/sh", Args: []string{"sh", "-c", test.script}, Env: []string{"ADDED=yes"}})
		if got := text(err); got != test.want {
			t.Errorf("%s: got %q, want %q", test.script, got, test.want)
		}
	}
	if err := Run(Command{Path: "/no/such/program", Args: []string{"program"}}); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("a program that is not there: %v", err)
	}
}

func TestAChildEndsWithItsKilledParent(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent, err := Start(Command{Path: self, Args: []string{self}, Env: []string{asParent + "=1"}, Files: []*os.File{nil, write}})
	if err != nil {
		t.Fatal(err)
	}
	write.Close()
	output := bufio.NewReader(read)
	if line, err := output.ReadString('\n'); err != nil || line != "child runs\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	parent.Signal(syscall.SIGKILL)
	<-parent.Done()
	if err := read.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(output); err != nil { // ends when the child, too, has let go of the other end
		t.Errorf("the child lives on: %v", err)
	}
}

func TestAServiceRunsAgainUntilTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	starts, started := 0, make(chan *Process)
	service := Service{Name: "cat", Grace: 20 * time.Second, Start: func() (*Process, error) {
		if starts++; starts == 2 {
			return nil, errors.New("cannot start this once")
		}
		p, err := Start(untilKilled(nil))
		if err == nil {
			started <- p
		}
		return p, err
	}}
	ended := make(chan struct{})
	go func() { defer close(ended); service.Run(ctx) }()
	first := <-started
	first.Signal(syscall.SIGKILL)
	last := <-started // the third start
	cancel()
	<-ended
	select {
	case <-last.Done():
	default:
		t.Error("the service has returned before its process ended")
	}
	if last.Err() == nil || !strings.Contains(last.Err().Error(), "terminated") {
		t.Errorf("the process should have got SIGTERM: %v", last.Err())
	}
}

func TestAServiceKillsWhatIgnoresSIGTERM(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	var p *Process
	service := Service{Name: "stubborn", Grace: 10 * time.Millisecond, Start: func() (*Process, error) {
		p, err = Start(Command{Path: "/bin/sh", Args: []string{"sh", "-c", "trap '' TERM; echo; while :; do read -r line; done"}, Files: []*os.File{nil, write}})
		write.Close()
		return p, err
	}}
	ended := make(chan struct{})
	go func() { defer close(ended); service.Run(ctx) }()
	if _, err := bufio.NewReader(read).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-ended
	if p.Err() == nil || !strings.Contains(p.Err().Error(), "killed") {
		t.Errorf("got %v, want an end by SIGKILL", p.Err())
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
