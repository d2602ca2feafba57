package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// stage is a small hall on this machine made of the real programs: hub and
// centre, a ticket printer, and as many terminals as somebody asks for.
type stage struct {
	dir, logs string
	// nats, page, paper and documents are host:port of the hub, the centre's page, the ticket
	// printer and the counters' printer.
	nats, page, paper, documents string
	terminal                     string // the terminal program
	programs                     context.Context
	running                      []*process
	displays                     []*display
	server                       *process
}

// clerk is somebody who can sign in at the counters of a stage.
type clerk struct {
	id, name, pin string
	supervisor    bool
}

var stageClerks = []clerk{{"demo", "演示柜员", "246810", false}, {"demo2", "演示主管", "135790", true}}

const stageHall = "jiangnan"

// openStage starts hub, centre and printer with their data below dir. The usual
// addresses are taken where they are free and usual is set, others otherwise.
// Nothing on the stage ends with ctx: close ends it, last things first.
func openStage(ctx context.Context, dir, terminal string, usual bool) (s *stage, err error) {
	s = &stage{logs: filepath.Join(dir, "logs"), terminal: terminal, programs: context.WithoutCancel(ctx)}
	if s.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	wanted := []string{"127.0.0.1:4222", "127.0.0.1:8470", "127.0.0.1:9100", "127.0.0.1:9101"}
	for i, to := range []*string{&s.nats, &s.page, &s.paper, &s.documents} {
		if *to, err = address(wanted[i], usual); err != nil {
			return s, err
		}
	}
	for _, c := range stageClerks {
		cmd := command(ctx, serverProgram, "clerk", "add", "--data", s.path("server", "hub"), "--hall", stageHall, "--id", c.id, "--name", c.name, "--pin", "-")
		if c.supervisor {
			cmd.Args = append(cmd.Args, "--supervisor")
		}
		cmd.Stdin = strings.NewReader(c.pin)
		if _, err := quiet(cmd); err != nil {
			return s, fmt.Errorf("make the clerk %s known: %w", c.id, err)
		}
	}
	if _, err := os.Stat(s.path("records")); errors.Is(err, os.ErrNotExist) {
		if _, err := quiet(command(ctx, serverProgram, "shared", "sample", s.path("records"))); err != nil {
			return s, fmt.Errorf("make the sample of shared data: %w", err)
		}
	}
	if err := s.startServer(ctx); err != nil {
		return s, err
	}
	printer, err := s.start("printer", serverProgram, "device", "twin", "printer", "--listen", s.paper, "--out", s.path("paper"))
	if err != nil {
		return s, err
	}
	office, err := s.start("documents", serverProgram, "device", "twin", "documents", "--listen", s.documents, "--out", s.path("documents"))
	if err != nil {
		return s, err
	}
	return s, until(ctx, 20*time.Second, "wait for the printers", func() error { return errors.Join(listens(s.paper), listens(s.documents)) }, printer, office)
}

// startServer starts hub and centre, also again after they were ended.
func (s *stage) startServer(ctx context.Context) (err error) {
	s.server, err = s.start("server", serverProgram, "both", "--open", "--data", s.path("server"), "--hall", stageHall, "--nats", s.nats, "--http", s.page, "--records", s.path("records"))
	if err != nil {
		return err
	}
	return until(ctx, 30*time.Second, "wait for hub and centre", func() error {
		return errors.Join(listens(s.nats), answers("http://"+s.page+"/healthz"))
	}, s.server)
}

func (s *stage) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s *stage) start(name, program string, args ...string) (*process, error) {
	p, err := launch(s.programs, name, s.logs, command(s.programs, program, args...))
	if err == nil {
		s.running = append(s.running, p)
	}
	return p, err
}

// scans is the folder into which a counter's office scanner would put its files.
func (s *stage) scans(device string) string { return s.path("scans", device) }

// settings writes the settings file of one terminal and gives its path.
func (s *stage) settings(role, device string, series int, more map[string]any) (string, error) {
	file := map[string]any{"role": role, "hall": stageHall, "device": device, "series": series, "hub": "nats://" + s.nats, "data": s.path(device)}
	switch role {
	case "kiosk":
		file["printer"] = "tcp://" + s.paper
	case "counter":
		file["documents"] = "tcp://" + s.documents
		file["scans"] = s.scans(device)
		if err := os.MkdirAll(s.scans(device), 0o700); err != nil {
			return "", err
		}
	}
	for k, v := range more {
		file[k] = v
	}
	raw, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return "", err
	}
	path := s.path(device + ".json")
	return path, os.WriteFile(path, append(raw, '\n'), 0o644)
}

// serve runs a terminal that shows its pages over HTTP, and gives their address.
func (s *stage) serve(ctx context.Context, role, device string, series int, addr string) (base string, p *process, err error) {
	settings, err := s.settings(role, device, series, nil)
	if err != nil {
		return "", nil, err
	}
	if p, err = s.start(device, s.terminal, "--settings", settings, "--http", addr); err != nil {
		return "", nil, err
	}
	base = "http://" + addr
	return base, p, until(ctx, 30*time.Second, "wait for "+device, func() error { return answers(base + "/") }, p)
}

// show runs a terminal in its window on a virtual display of its own, in pixels; a
// supervisor gets the command as its arguments.
func (s *stage) show(ctx context.Context, role, device string, series, width, height int, supervisor ...string) (*window, error) {
	settings, err := s.settings(role, device, series, nil)
	if err != nil {
		return nil, err
	}
	d, err := openDisplay(ctx, device, width, height, s.logs)
	if err != nil {
		return nil, err
	}
	s.displays = append(s.displays, d)
	words := append(supervisor, s.terminal, "--settings", settings)
	w, err := openWindow(ctx, d, device, s.logs, command(s.programs, words[0], words[1:]...))
	if err == nil {
		s.running = append(s.running, w.program)
	}
	return w, err
}

// close ends everything in the order in which a hall is switched off.
func (s *stage) close() error {
	var errs []error
	for _, p := range slices.Backward(s.running) {
		errs = append(errs, p.stop())
	}
	for _, d := range slices.Backward(s.displays) {
		errs = append(errs, d.close())
	}
	s.running, s.displays = nil, nil
	return errors.Join(errs...)
}

// address gives the wanted address when it is free, else any free one on loopback.
func address(wanted string, usual bool) (string, error) {
	if usual {
		if l, err := net.Listen("tcp", wanted); err == nil {
			return wanted, l.Close()
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// listens tells whether somebody takes connections there.
func listens(addr string) error {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}

var browser = &http.Client{Timeout: 30 * time.Second}

// answers tells whether an address gives a page.
func answers(url string) error {
	_, err := fetch(url)
	return err
}

func fetch(url string) ([]byte, error) {
	r, err := browser.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, r.Status)
	}
	return body, err
}

// ask calls a method of a terminal over its HTTP bridge, as its pages do.
func ask[T any](base, method string, args ...any) (value T, err error) {
	if args == nil {
		args = []any{}
	}
	body, err := json.Marshal(args)
	if err != nil {
		return value, err
	}
	r, err := browser.Post(base+"/rpc/"+method, "application/json", bytes.NewReader(body))
	if err != nil {
		return value, err
	}
	defer r.Body.Close()
	var answer struct {
		Value   T `json:"value"`
		Refusal *struct {
			Key  string         `json:"key"`
			Args map[string]any `json:"args"`
		} `json:"refusal"`
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		return value, fmt.Errorf("%s: %s: %w", method, r.Status, err)
	}
	if answer.Refusal != nil {
		return value, fmt.Errorf("%s: refused: %s %v", method, answer.Refusal.Key, answer.Refusal.Args)
	}
	return answer.Value, nil
}

// centreState is the part of the centre's state.json that checks look at.
type centreState struct {
	Tickets struct {
		Issued int `json:"issued"`
		Done   int `json:"done"`
	} `json:"tickets"`
	Doubled int `json:"numbers_doubled"`
	Unsaved struct {
		OnTerminals int `json:"on_terminals_only"`
		InHalls     int `json:"in_halls_only"`
	} `json:"unsaved"`
}

func (s *stage) centre() (c centreState, err error) {
	raw, err := fetch("http://" + s.page + "/state.json")
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(raw, &c)
}

// centreHas tells whether the centre has so many tickets, each once, and nobody owes it any.
func (s *stage) centreHas(issued int) error {
	c, err := s.centre()
	switch {
	case err != nil:
		return err
	case c.Tickets.Issued != issued:
		return fmt.Errorf("the centre has %d tickets of %d", c.Tickets.Issued, issued)
	case c.Doubled != 0:
		return fmt.Errorf("%d numbers are doubled", c.Doubled)
	}
	return nil
}
