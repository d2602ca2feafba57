//go:build bench

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/sync/wire"
)

// answerLimit ends a soak whose place does not answer any more.
const answerLimit = time.Minute

// worker is a place as the driver sees it: a process that comes and goes, and the folder
// that stays. One goroutine at a time speaks with it.
type worker struct {
	name string
	spec placeSpec
	line *soakLine // to the place above; nil for the centre

	cmd     *exec.Cmd
	in      io.WriteCloser
	reports chan report
	ended   chan error
	stderr  *bytes.Buffer
	last    report
	// issued and compared are of earlier lives, noted is what each life of the database
	// was last known to have saved.
	issued, compared int
	noted            map[event.Epoch]event.Seq
	startMS          float64 // of the last start
	peakMB           float64 // the most that any of its processes held
}

// running tells whether the process is there.
func (w *worker) running() bool { return w.cmd != nil }

// start starts the process and waits until it is ready.
func (w *worker) start(nowMS int64) error {
	w.spec.NowMS = nowMS
	spec, err := json.Marshal(w.spec)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	w.stderr = &bytes.Buffer{}
	cmd := exec.Command(self, "bench", placeWord, string(spec))
	cmd.Stderr = w.stderr
	if w.in, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", w.name, err)
	}
	w.cmd, w.reports, w.ended = cmd, make(chan report, 1), make(chan error, 1)
	go func(reports chan report, ended chan error) {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var r report
			if json.Unmarshal(lines.Bytes(), &r) == nil {
				reports <- r
			}
		}
		close(reports)
		ended <- cmd.Wait()
	}(w.reports, w.ended)
	w.last = report{}
	if err := w.hear(); err != nil {
		return fmt.Errorf("start %s: %w", w.name, err)
	}
	w.startMS = inMS(time.Since(begin))
	if w.last.URL != "" {
		w.spec.Listen = strings.TrimPrefix(w.last.URL, "nats://") // the same after each restart
	}
	return nil
}

// tell gives an order and takes the answer.
func (w *worker) tell(o order) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if _, err := w.in.Write(append(body, '\n')); err != nil {
		return fmt.Errorf("tell %s: %w: %s", w.name, err, w.stderr)
	}
	return w.hear()
}

func (w *worker) hear() error {
	limit := time.NewTimer(answerLimit)
	defer limit.Stop()
	select {
	case r, open := <-w.reports:
		if !open {
			return fmt.Errorf("%s has ended: %s", w.name, w.stderr)
		}
		if r.Fault != "" {
			return fmt.Errorf("%s: %s", w.name, r.Fault)
		}
		w.last = r
		w.noted[r.Epoch] = max(w.noted[r.Epoch], r.Noted)
		return nil
	case <-limit.C:
		return fmt.Errorf("%s has not answered for %s", w.name, answerLimit)
	}
}

// kill ends the process as a power switch does.
func (w *worker) kill() error {
	_, err := w.away(w.cmd.Process.Kill)
	return err
}

// end ends the process in order.
func (w *worker) end() error {
	if !w.running() {
		return nil
	}
	status, err := w.away(w.in.Close)
	if status != nil {
		err = errors.Join(err, fmt.Errorf("end %s: %w: %s", w.name, status, w.stderr))
	}
	return err
}

// away ends the process in some way and gives how it ended.
func (w *worker) away(how func() error) (status, err error) {
	w.measure()
	w.issued, w.compared = w.issued+w.last.Issued, w.compared+w.last.Compared
	err = how()
	late := time.AfterFunc(answerLimit, func() { _ = w.cmd.Process.Kill() })
	for range w.reports { // to the end: a report may be on its way
	}
	status = <-w.ended
	late.Stop()
	w.cmd, w.last = nil, report{}
	_ = w.in.Close()
	return status, err
}

// footprint is what a process holds of this machine.
type footprint struct{ memoryMB, descriptors float64 }

// measure looks at the process; zero when it is away.
func (w *worker) measure() (m footprint) {
	if !w.running() {
		return m
	}
	return w.look(fmt.Sprintf("/proc/%d", w.cmd.Process.Pid))
}

func (w *worker) look(proc string) (m footprint) {
	raw, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(raw)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			m.memoryMB = kb * 1024 / 1e6
		} else if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			w.peakMB = max(w.peakMB, kb*1024/1e6)
		}
	}
	if list, err := os.ReadDir(filepath.Join(proc, "fd")); err == nil {
		m.descriptors = float64(len(list))
	}
	return m
}

// database is the path of its file.
func (w *worker) database() string {
	name := "terminal"
	if w.spec.Role == wire.RoleHub || w.spec.Role == wire.Centre {
		name = w.spec.Role
	}
	return filepath.Join(w.spec.Folder, name+".db")
}

// backingUp tells whether the process is making a backup or proving it.
func (w *worker) backingUp() bool {
	list, err := filepath.Glob(filepath.Join(w.spec.Folder, "backups", "*.unproved"))
	return err == nil && len(list) > 0
}

// sizeMB is how large a file is, 0 when it is not there.
func sizeMB(path string) float64 {
	i, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return float64(i.Size()) / 1e6
}
