// Command onewindow is the terminal program: a kiosk, a counter or a calling
// board in a window, or over HTTP for a browser. It reads the settings, puts the
// terminal together and hands over; it holds no logic.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"onewindow/app/config"
	"onewindow/app/terminal"
	"onewindow/frontend"
)

// Exit statuses: 0 ended on request, 1 the terminal failed or its doctor found something, 2 wrong settings or arguments.
const (
	exitFailed   = 1
	exitSettings = 2
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "onewindow: %v\n", err)
		if errors.As(err, new(settingsError)) {
			os.Exit(exitSettings)
		}
		os.Exit(exitFailed)
	}
}

type settingsError struct{ error }

func run(args []string) error {
	doctor := len(args) > 0 && args[0] == "doctor"
	if doctor {
		args = args[1:]
	}
	flags := flag.NewFlagSet("onewindow", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), "onewindow [options]         runs the terminal\nonewindow doctor [options]  checks settings, folder, hub and every device, and prints a test slip\n\n")
		flags.PrintDefaults()
	}
	file := flags.String("settings", "", "settings `file` (default: terminal.json beside the program, then in the system's settings folder)")
	role := flags.String("role", "", "kiosk, counter or board, above the settings file")
	data := flags.String("data", "", "data `folder`, above the settings file")
	addr := flags.String("http", "", "serve the pages on this `address` for a browser instead of opening a window")
	key := flags.Bool("key", false, "print this terminal's name, role and public key, as \"onewindowd admit\" takes them on the hub, and end")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return settingsError{err}
	}
	if flags.NArg() > 0 {
		return settingsError{fmt.Errorf("%q is no option: see onewindow -h", flags.Arg(0))}
	}
	path, named := settingsFile(*file)
	settings, err := config.Load(path, named, *role, *data)
	if err != nil {
		return settingsError{err}
	}
	if doctor {
		return examine(settings, path)
	}
	if *key {
		line, err := terminal.Introduction(settings)
		if err == nil {
			fmt.Println(line)
		}
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	dist, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return fmt.Errorf("find the pages: %w", err)
	}
	if *addr != "" {
		return serve(*addr, settings, log, dist)
	}
	return window(settings, log, dist)
}

// examine prints what is well and what is not, a line each, with the next step below.
func examine(settings config.Settings, path string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if !exists(path) {
		path += " is not there: the usual settings of a " + settings.Role
	}
	fmt.Printf("ok    %-9s %s\n", "settings", path)
	well := terminal.Examine(ctx, settings, func(f terminal.Finding) {
		word := "ok"
		if !f.Well {
			word = "FAIL"
		}
		fmt.Printf("%-5s %-9s %s\n", word, f.Name, f.Text)
		if f.Next != "" {
			fmt.Printf("%16s%s\n", "", f.Next)
		}
	})
	if !well {
		return errors.New("something is not well; the lines marked FAIL tell what to do")
	}
	return nil
}

// settingsFile finds the settings: the named file, else one beside the program,
// else the system's.
func settingsFile(named string) (path string, mustExist bool) {
	if named != "" {
		return named, true
	}
	if exe, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(exe), "terminal.json"); exists(beside) {
			return beside, true
		}
	}
	if exists(systemSettings) {
		return systemSettings, true
	}
	return systemSettings, false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// serve shows the terminal over HTTP until it is told to end.
func serve(addr string, settings config.Settings, log *slog.Logger, dist fs.FS) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("serve pages on %s: %w: end the program that holds the port, or choose another with --http", addr, err)
	}
	t, err := terminal.Open(settings, terminal.Options{Logger: log})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: t.Bridge(dist), ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Printf("onewindow %s %s on http://%s\n", settings.Role, t.Store.Origin(), listener.Addr())
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = server.Close()
	}
	return errors.Join(err, t.Close())
}
