package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func rootChecks() []check {
	return []check{
		{"deb", "the packages build", distDeb},
		{"deb", "the terminal installs, runs and goes on a clean Debian; its data stays", debInstalls},
		{"deb", "the server installs and serves on a clean Debian", serverInstalls},
		{"fresh", "demo --shots on a clean Debian with Go alone", freshDemo},
	}
}

// inRoot makes a clean root for a check and removes it afterwards.
func inRoot(ctx context.Context, name string, run func(r *cleanRoot) error) (err error) {
	r, err := openRoot(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	return run(r)
}

// debInstalls installs the package with apt, which brings its dependencies, runs
// the terminal over HTTP and in its window, removes it, purges it, and looks for
// the data after each.
func debInstalls(ctx context.Context) error {
	if err := setup(ctx, needDisplay); err != nil {
		return err
	}
	const hubKey = "UA5WUJ54Z23KILLCUOUNAKTPBVZWKMQVO4O6EQ5GHLAERIMLLHNCTYM5" // of a seed of zeros: no hub has it
	return inRoot(ctx, "deb", func(r *cleanRoot) error {
		if err := r.install(ctx, "onewindow", "onewindow onewindow/role select kiosk\nonewindow onewindow/data string /srv/onewindow\nonewindow onewindow/hub_key string "+hubKey+"\n"); err != nil {
			return err
		}
		settings, err := os.ReadFile(r.inside("/etc/onewindow/terminal.json"))
		if err != nil || !strings.Contains(string(settings), `"data": "/srv/onewindow"`) || !strings.Contains(string(settings), `"hub_key": "`+hubKey+`"`) {
			return fmt.Errorf("the settings lack what was answered at the installation (%v):\n%s", err, settings)
		}
		if err := r.terminalAnswers(ctx); err != nil {
			return err
		}
		if err := r.windowAnswers(ctx); err != nil {
			return err
		}
		for _, how := range []string{"remove", "purge"} {
			if _, err := r.run(ctx, "apt-get", how, "--yes", "onewindow"); err != nil {
				return err
			}
			if isThere(r.inside("/usr/bin/onewindow")) {
				return fmt.Errorf("after %s the program is still there", how)
			}
			head, err := os.ReadFile(r.inside("/srv/onewindow/terminal.db"))
			if err != nil || !strings.HasPrefix(string(head), "SQLite format 3") {
				return fmt.Errorf("after %s the data is gone (%v)", how, err)
			}
			if kept := isThere(r.inside("/etc/onewindow/terminal.json")); kept != (how == "remove") {
				return fmt.Errorf("after %s: settings there: %v", how, kept)
			}
		}
		return nil
	})
}

// install installs a built package with its dependencies; answers are debconf's.
func (r *cleanRoot) install(ctx context.Context, name, answers string) error {
	p, err := readProduct()
	if err != nil {
		return err
	}
	if err := copyTo(r.inside("/tmp/"+name+".deb"), (debPackage{name: name}).file(p), 0o644); err != nil {
		return err
	}
	if _, err := r.run(ctx, "apt-get", "update"); err != nil {
		return err
	}
	if answers != "" {
		cmd, err := r.command(ctx, nil, "debconf-set-selections")
		if err != nil {
			return err
		}
		cmd.Stdin = strings.NewReader(answers)
		if _, err := quiet(cmd); err != nil {
			return err
		}
	}
	_, err = r.run(ctx, "apt-get", "install", "--yes", "--no-install-recommends", "/tmp/"+name+".deb")
	return err
}

// terminalAnswers runs the terminal as its own user, without a window.
func (r *cleanRoot) terminalAnswers(ctx context.Context) error {
	addr, err := address("", false)
	if err != nil {
		return err
	}
	cmd, err := r.command(ctx, nil, "setpriv", "--reuid", "onewindow", "--regid", "onewindow", "--clear-groups", "onewindow", "--http", addr)
	if err != nil {
		return err
	}
	p, err := launch(ctx, "installed", r.dir+"/tmp", cmd)
	if err != nil {
		return err
	}
	err = until(ctx, 30*time.Second, "wait for the installed terminal", func() error {
		place, err := ask[struct {
			Role string `json:"role"`
		}]("http://"+addr, "Terminal.Place")
		if err == nil && place.Role != "kiosk" {
			err = fmt.Errorf("its role is %q", place.Role)
		}
		return errors.Join(err, answers("http://"+addr+"/"))
	}, p)
	return errors.Join(err, p.stop())
}

// windowAnswers opens the installed terminal's window on a display of this
// machine and takes a ticket in it, so that the root holds nothing but the
// package and what it depends on.
func (r *cleanRoot) windowAnswers(ctx context.Context) (err error) {
	d, err := openDisplay(ctx, "deb", 1080, 1920, filepath.Join(r.dir, "tmp"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	r.binds["/tmp/.X11-unix"] = "/tmp/.X11-unix"
	r.binds[d.runtime] = d.runtime
	defer func() { clear(r.binds) }()
	cmd, err := r.command(ctx, d.env(), "onewindow")
	if err != nil {
		return err
	}
	w, err := openWindow(ctx, d, "installed-window", filepath.Join(r.dir, "tmp"), cmd)
	if err != nil {
		return err
	}
	return errors.Join(w.takeTicket(ctx), w.close())
}

// serverInstalls installs the server's package and starts what its unit would start.
func serverInstalls(ctx context.Context) error {
	return inRoot(ctx, "server", func(r *cleanRoot) error {
		if err := r.install(ctx, "onewindowd", ""); err != nil {
			return err
		}
		page, err := address("", false)
		if err != nil {
			return err
		}
		cmd, err := r.command(ctx, nil, "setpriv", "--reuid", "onewindowd", "--regid", "onewindowd", "--clear-groups",
			"onewindowd", "both", "--data", "/var/lib/onewindowd", "--nats", "127.0.0.1:0", "--http", page)
		if err != nil {
			return err
		}
		p, err := launch(ctx, "installed", r.dir+"/tmp", cmd)
		if err != nil {
			return err
		}
		err = until(ctx, 30*time.Second, "wait for the installed server", func() error { return answers("http://" + page + "/healthz") }, p)
		return errors.Join(err, p.stop())
	})
}

// freshDemo does what a newcomer does: a clean Debian, Go, the sources, and one
// command, which must bring everything else by itself.
func freshDemo(ctx context.Context) error {
	return inRoot(ctx, "fresh", func(r *cleanRoot) error {
		// What comes with any way of getting the sources.
		if _, err := r.run(ctx, "sh", "-c", "apt-get update && apt-get install --yes --no-install-recommends ca-certificates git"); err != nil {
			return err
		}
		if err := r.clone(ctx); err != nil {
			return err
		}
		goroot, err := command(ctx, "go", "env", "GOROOT").Output()
		if err != nil {
			return err
		}
		r.binds["/usr/local/go"] = strings.TrimSpace(string(goroot))
		cmd, err := r.command(ctx, nil, "sh", "-c", "cd /src/onewindow && exec go run ./build demo --shots /src/shots")
		if err != nil {
			return err
		}
		began := time.Now()
		said, err := quiet(cmd)
		if err != nil {
			return err
		}
		for _, name := range pictures {
			to := filepath.Join(cacheDir, "test", "fresh", name+".png")
			if err := copyTo(to, r.inside("/src/shots/"+name+".png"), 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("%s\n", indent(said))
		fmt.Printf("    from nothing to the pictures in %.0f s\n", time.Since(began).Seconds())
		return nil
	})
}

// clone brings the sources into the root: those that are committed, and what is
// changed or new besides, so that a mistake is found before it is committed.
func (r *cleanRoot) clone(ctx context.Context) error {
	if _, err := quiet(command(ctx, "git", "clone", "--quiet", "--no-hardlinks", ".", r.inside("/src/onewindow"))); err != nil {
		return err
	}
	out, err := command(ctx, "git", "ls-files", "-z", "--modified", "--others", "--deleted", "--exclude-standard").Output()
	if err != nil {
		return fmt.Errorf("list what is not committed: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		to := r.inside("/src/onewindow/" + name)
		s, err := os.Stat(name)
		switch {
		case name == "":
		case err != nil:
			// Deleted here and not yet committed: it must not be there either.
			if err := os.RemoveAll(to); err != nil {
				return err
			}
		default:
			if err := copyTo(to, name, s.Mode().Perm()); err != nil {
				return err
			}
		}
	}
	return nil
}
