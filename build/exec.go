package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// cacheDir keeps what can be made again; binDir what is handed out.
const (
	cacheDir = "build/cache"
	binDir   = "build/bin"
)

// graceful is how long a program gets to end after it was asked to.
const graceful = 10 * time.Second

// command prepares a program that ends with ctx: asked first, killed after a while.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	// Its own group, so that Ctrl-C reaches us alone and we end everything in
	// order; and it must not outlive us when we are killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = graceful
	return cmd
}

// goTool prepares a go command. Without cgo nothing but Go is needed; the
// terminal's window is the one thing that turns it on.
func goTool(ctx context.Context, args ...string) *exec.Cmd {
	cmd := command(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd
}

// failure is a program that ended badly: what was run and what it said.
type failure struct {
	what string
	said string
	err  error
}

func (f *failure) Error() string {
	if f.said == "" {
		return fmt.Sprintf("%s: %v", f.what, f.err)
	}
	return fmt.Sprintf("%s: %v:\n%s", f.what, f.err, indent(lastLines(f.said, 60)))
}

func (f *failure) Unwrap() error { return f.err }

// quiet runs a command and keeps what it says for the case that it fails.
func quiet(cmd *exec.Cmd) (out string, err error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return said.String(), &failure{what: shown(cmd), said: said.String(), err: err}
	}
	return said.String(), nil
}

// shown is a command as a person would type it.
func shown(cmd *exec.Cmd) string {
	args := append([]string{filepath.Base(cmd.Path)}, cmd.Args[1:]...)
	line := strings.Join(args, " ")
	if len(line) > 160 {
		line = line[:160] + " ..."
	}
	return line
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if len(lines) > n {
		lines = append([]string{fmt.Sprintf("(%d lines before)", len(lines)-n)}, lines[len(lines)-n:]...)
	}
	return strings.Join(lines, "\n")
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// process is a program that runs beside us until it is stopped. What it says goes to a file.
type process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// launch starts a program beside us; logs is the folder of its log file.
func launch(ctx context.Context, name, logs string, cmd *exec.Cmd) (*process, error) {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, log: filepath.Join(logs, name+".log"), cmd: cmd, done: make(chan struct{})}
	// Appended to: a program that is started again tells its whole story in one file.
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop asks the program to end, and ends its whole group when it does not.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(graceful):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		return fmt.Errorf("%s did not end within %v and was killed: see %s", p.name, graceful, p.log)
	}
	return nil
}

// kill ends the program as a power cut would.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// ended tells what became of a program that should still be running.
func (p *process) ended() error {
	raw, _ := os.ReadFile(p.log)
	err := p.err
	if err == nil {
		err = errors.New("it ended by itself")
	}
	return &failure{what: p.name, said: string(raw), err: err}
}

// until asks again and again until ok, the time is over, or one of the programs has ended.
func until(ctx context.Context, limit time.Duration, what string, ok func() error, alive ...*process) error {
	deadline := time.After(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		last := ok()
		if last == nil {
			return nil
		}
		for _, p := range alive {
			select {
			case <-p.done:
				return fmt.Errorf("%s: %w", what, p.ended())
			default:
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		case <-deadline:
			return fmt.Errorf("%s: not within %v: %w", what, limit, last)
		case <-tick.C:
		}
	}
}

// copyTo copies a file, with the permissions given.
func copyTo(to, from string, mode os.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err = io.Copy(out, in); err != nil {
		return err
	}
	return out.Chmod(mode)
}
