package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// mistake is something that people do to a terminal, and what it must answer: an
// exit status and a sentence with the next step.
type mistake struct {
	name string
	// make prepares the folder and gives the arguments of the terminal.
	make   func(dir string) (args []string, err error)
	status int
	says   []string
}

// settingsText is a settings file of the given text, given by --settings.
func settingsText(text string) func(dir string) ([]string, error) {
	return func(dir string) ([]string, error) {
		path := filepath.Join(dir, "terminal.json")
		return []string{"--settings", path, "--data", filepath.Join(dir, "data"), "--http", "127.0.0.1:0"}, os.WriteFile(path, []byte(text), 0o644)
	}
}

var mistakes = []mistake{
	{"a typo in the settings", settingsText(`{"rolle": "kiosk"}`), 2, []string{"rolle", `did you mean "role"?`}},
	{"an unknown role", settingsText(`{"role": "kisok"}`), 2, []string{"kisok", "kiosk"}},
	{"settings written only half", settingsText(`{"role": "kiosk", "hall": `), 2, []string{"written only half"}},
	{"a hall that is not in the catalogue", settingsText(`{"role": "kiosk", "hall": "atlantis"}`), 1, []string{"atlantis", "settings"}},
	{"settings that are not there", func(dir string) ([]string, error) {
		return []string{"--settings", filepath.Join(dir, "none.json")}, nil
	}, 2, []string{"none.json", "--settings"}},
	{"a database that is not ours", func(dir string) ([]string, error) {
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			return nil, err
		}
		return []string{"--data", filepath.Join(dir, "data"), "--http", "127.0.0.1:0"},
			os.WriteFile(filepath.Join(dir, "data", "terminal.db"), []byte(notOurs), 0o600)
	}, 1, []string{"terminal.db"}},
	{"a catalogue written only half", func(dir string) ([]string, error) {
		raw, err := os.ReadFile("app/guide/shipped/items.json")
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"street.json", "halls.json", "datasets.json"} {
			if err := copyTo(filepath.Join(dir, "catalogue", name), "app/guide/shipped/"+name, 0o644); err != nil {
				return nil, err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "catalogue", "items.json"), raw[:len(raw)/2], 0o644); err != nil {
			return nil, err
		}
		return settingsText(fmt.Sprintf(`{"role": "kiosk", "catalogue": %q}`, filepath.Join(dir, "catalogue")))(dir)
	}, 1, []string{"items.json"}},
}

const notOurs = "These are somebody's holiday notes and no database.\n"

func faultChecks() []check {
	list := []check{{"faults", "the programs build", func(ctx context.Context) error {
		// Without pages an embedded folder would be empty, which is another fault.
		return errors.Join(buildHTTPTerminal(ctx), buildServer(ctx))
	}}}
	for _, m := range mistakes {
		list = append(list, check{"faults", m.name, func(ctx context.Context) error {
			return scratch("fault", func(dir string) error { return m.answered(ctx, dir) })
		}})
	}
	return append(list,
		check{"faults", "a port in use, a data folder in use", busy},
		check{"faults", "a full disk: refused in words, nothing lost, and on it goes when there is room", diskFull},
		check{"faults", "hub and centre killed: the kiosk goes on, and all is there afterwards", hubKilled},
		check{"faults", "every row of the table of faults holds", faultTable},
	)
}

// answered makes the mistake and looks at the answer.
func (m mistake) answered(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	args, err := m.make(dir)
	if err != nil {
		return err
	}
	if err := refused(ctx, m.status, m.says, args...); err != nil {
		return err
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "data", "terminal.db")); strings.HasPrefix(m.name, "a database") && (err != nil || string(raw) != notOurs) {
		return fmt.Errorf("the file that is not ours was touched (%v)", err)
	}
	return nil
}

// refused runs the terminal, which must end at once with the status, and say all of says in one line.
func refused(ctx context.Context, status int, says []string, args ...string) error {
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	out, err := quiet(command(ctx, httpTerminal, args...))
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("it did not refuse: %v\n%s", err, out)
	}
	if exit.ExitCode() != status {
		return fmt.Errorf("it ended with status %d, not %d:\n%s", exit.ExitCode(), status, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	sentence := lines[len(lines)-1]
	for _, word := range says {
		if !strings.Contains(sentence, word) {
			return fmt.Errorf("its sentence lacks %q:\n%s", word, out)
		}
	}
	if strings.Contains(out, "goroutine ") {
		return fmt.Errorf("it panicked:\n%s", out)
	}
	return nil
}

// busy starts a second terminal on the port, and then on the folder, of a first.
func busy(ctx context.Context) error {
	return scratch("busy", func(dir string) (err error) {
		s, err := openStage(ctx, dir, httpTerminal, false)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		addr, err := address("", false)
		if err != nil {
			return err
		}
		if _, _, err := s.serve(ctx, "kiosk", "k1", 1, addr); err != nil {
			return err
		}
		return errors.Join(
			refused(ctx, 1, []string{addr, "--http"}, "--data", s.path("other"), "--http", addr),
			refused(ctx, 1, []string{"k1", "--data"}, "--data", s.path("k1"), "--http", "127.0.0.1:0"),
		)
	})
}

// issueOne takes a ticket at a kiosk and gives its number.
func issueOne(kiosk, request string) (string, error) {
	page, err := ask[struct {
		Number string `json:"number"`
	}](kiosk, "Kiosk.Issue", map[string]any{"request": request, "letter": "B", "items": []string{}, "class": "walk_in", "language": "zh"})
	return page.Number, err
}

// diskFull gives a kiosk a small disk of its own, fills it, and makes room again.
func diskFull(ctx context.Context) error {
	return scratch("full", func(dir string) (err error) {
		s, err := openStage(ctx, dir, httpTerminal, false)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		settings, err := s.settings("kiosk", "k1", 1, nil)
		if err != nil {
			return err
		}
		addr, err := address("", false)
		if err != nil {
			return err
		}
		program, err := filepath.Abs(httpTerminal)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(s.path("k1"), 0o700); err != nil {
			return err
		}
		// The disk is seen by this program alone, and goes with it. (In a chroot "/" is
		// no mount whose spreading could be turned off, and need not be.)
		args := []string{"--mount", "--propagation", "unchanged", "sh", "-c", `mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o size=48m,mode=700 tmpfs "$0" && exec "$@"`, s.path("k1"), program, "--settings", settings, "--http", addr}
		if os.Geteuid() != 0 {
			args = append([]string{"--user", "--map-root-user"}, args...)
		}
		p, err := s.start("k1", "unshare", args...)
		if err != nil {
			return err
		}
		kiosk := "http://" + addr
		if err := until(ctx, 30*time.Second, "wait for the kiosk", func() error { return answers(kiosk + "/") }, p); err != nil {
			return err
		}
		first, err := issueOne(kiosk, "before")
		if err != nil {
			return err
		}
		filler := fmt.Sprintf("/proc/%d/root%s/filler", p.cmd.Process.Pid, s.path("k1"))
		if err := fill(filler); err != nil {
			return err
		}
		if err := untilFull(ctx, kiosk, p); err != nil {
			return err
		}
		if err := os.Remove(filler); err != nil {
			return err
		}
		return until(ctx, 20*time.Second, "take a ticket when there is room again", func() error {
			number, err := issueOne(kiosk, "after")
			if err == nil && number == first {
				err = fmt.Errorf("number %s was given out twice", number)
			}
			return err
		}, p)
	})
}

// fill writes a file until its disk has no room left.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for _, size := range []int{1 << 20, 4 << 10} {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			break
		}
		err = nil
	}
	return errors.Join(err, f.Close())
}

// untilFull takes tickets until the kiosk refuses, as it must, because of the
// disk; it may find room inside its files for some.
func untilFull(ctx context.Context, kiosk string, p *process) error {
	n := 0
	return until(ctx, 60*time.Second, "wait for a refusal", func() error {
		n++
		_, err := issueOne(kiosk, fmt.Sprintf("full-%d", n))
		if err != nil && strings.Contains(err.Error(), "disk_full") {
			return nil
		}
		return fmt.Errorf("ticket %d on a full disk: %v", n, err)
	}, p)
}

// hubKilled kills hub and centre while a kiosk gives out tickets, starts them
// again, and looks for every ticket at the centre.
func hubKilled(ctx context.Context) error {
	return scratch("hub", func(dir string) (err error) {
		s, err := openStage(ctx, dir, httpTerminal, false)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		addr, err := address("", false)
		if err != nil {
			return err
		}
		kiosk, _, err := s.serve(ctx, "kiosk", "k1", 1, addr)
		if err != nil {
			return err
		}
		numbers := map[string]bool{}
		issue := func(from, to int) error {
			for i := from; i < to; i++ {
				number, err := issueOne(kiosk, fmt.Sprintf("fault-%d", i))
				if err != nil {
					return err
				}
				if numbers[number] {
					return fmt.Errorf("number %s was given out twice", number)
				}
				numbers[number] = true
			}
			return nil
		}
		if err := issue(0, 20); err != nil {
			return err
		}
		s.server.kill()
		if err := issue(20, 60); err != nil {
			return fmt.Errorf("without hub and centre: %w", err)
		}
		if err := s.startServer(ctx); err != nil {
			return err
		}
		if err := issue(60, 80); err != nil {
			return err
		}
		return until(ctx, 60*time.Second, "wait for every ticket at the centre", func() error { return s.centreHas(len(numbers)) }, s.server)
	})
}
