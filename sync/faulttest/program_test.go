package faulttest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The programs are built once, at their first use.
var (
	buildOnce   sync.Once
	buildDir    string
	errBuilding error
)

func TestMain(m *testing.M) {
	status := m.Run()
	if buildDir != "" {
		_ = os.RemoveAll(buildDir) // a folder below the system's temporary one; who fails to remove it loses nothing
	}
	os.Exit(status)
}

// built gives the path of a program, "onewindow" or "onewindowd".
func built(t *testing.T, name string) string {
	t.Helper()
	buildOnce.Do(func() {
		if buildDir, errBuilding = os.MkdirTemp("", "faulttest-"); errBuilding != nil {
			return
		}
		for out, from := range map[string]string{"onewindow": "onewindow/app", "onewindowd": "onewindow/sync/cmd/onewindowd"} {
			cmd := exec.Command("go", "build", "-o", filepath.Join(buildDir, out), from)
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			if text, err := cmd.CombinedOutput(); err != nil {
				errBuilding = fmt.Errorf("build %s: %w\n%s", out, err, text)
				return
			}
		}
	})
	must(t, errBuilding)
	return filepath.Join(buildDir, name)
}

// program is one real process that can be killed and started again with the
// same arguments.
type program struct {
	name, path string
	args       []string
	log        string // file that takes what it writes for operators
	inside     *space // the network that it sees; nil for the test's own

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
}

// readyLimit is how long a program may take until it says that it serves.
const readyLimit = 30 * time.Second

// start runs the program and returns when it has printed that it serves.
func (p *program) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s runs already", p.name)
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Stderr = log
	// If the test itself is killed nobody is left behind.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.inside.do(cmd.Start); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for said := false; lines.Scan(); {
			if !said && strings.Contains(lines.Text(), " on ") {
				said = true
				close(ready)
			}
		}
		_ = cmd.Wait() // killed is how most of them end
		close(ended)
	}()
	p.cmd, p.ended = cmd, ended
	select {
	case <-ready:
		return nil
	case <-ended:
		p.cmd = nil
		return fmt.Errorf("%s ended at its start:\n%s", p.name, p.tail())
	case <-time.After(readyLimit):
		return fmt.Errorf("%s does not serve after %v:\n%s", p.name, readyLimit, p.tail())
	}
}

// signal sends a signal to the process, by its own id.
func (p *program) signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s does not run", p.name)
	}
	return p.cmd.Process.Signal(s)
}

// kill ends the process as a power switch would and waits until it is gone.
func (p *program) kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	err := p.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = fmt.Errorf("%s had ended by itself:\n%s", p.name, p.tail())
	}
	<-p.ended
	p.cmd = nil
	return err
}

// tail gives the end of what the program wrote for operators.
func (p *program) tail() string {
	raw, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-3000):])
}
