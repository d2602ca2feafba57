// Command build is the one door to everything that is done with the source:
// it brings what a machine lacks, builds, tests, shows and packs. It needs Go
// and nothing else, and holds nothing that runs in a hall.
//
//	go run ./build <verb>
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// verb is one word behind `go run ./build`.
type verb struct {
	name, args, about string
	run               func(ctx context.Context, args []string) error
}

// verbs in the order a newcomer meets them.
func verbs() []verb {
	return []verb{
		{"doctor", "", "tell what this machine has, what is missing and which verb brings it", doctor},
		{"demo", "[--shots DIR] [--data DIR]", "build everything and run hub, centre, kiosk, counter and board; --shots plays a visit and leaves its pictures", demo},
		{"dev", "[--role ROLE]", "run the pages of a kiosk, counter or board with live reload over a terminal's HTTP bridge", dev},
		{"test", "[PART...] [--full] [--shots DIR]", "check everything (--full: the faults in the numbers of a release; --shots: keep pictures of every counter screen, with part browser); parts: " + partNames(), test},
		{"compile", "[pages|clips|terminal|server...]", "build the pages and the programs into build/bin", compile},
		{"dist", "[deb|windows...]", "leave the .deb, the exe and the installer in build/bin", dist},
		{"sim", "[--seeds N] [--from S] | --seed S [--trace] | --mutants", "live simulated districts under seeds and check what must hold", simulate},
		{"eval", "[--catalogue DIR] [--search FILE] [--ask FILE]", "ask the catalogue what people ask and count what it finds and answers; exits 1 below a floor", evaluate},
		{"bench", "[--rounds N] [--profile DIR] [FIGURE...]", "measure, one JSON line per figure", measure},
	}
}

// usageError is a mistake on the command line: exit status 2.
type usageError struct{ error }

func main() {
	// The first Ctrl-C asks everything to end in order; the second ends at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	switch {
	case err == nil:
	case errors.As(err, new(usageError)):
		fmt.Fprintf(os.Stderr, "build: %v\n\n%s", err, usage())
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "build: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Print(usage())
		return nil
	}
	if err := toTop(); err != nil {
		return err
	}
	useOwnNode()
	for _, v := range verbs() {
		if v.name != args[0] {
			continue
		}
		if len(args) == 2 && (args[1] == "-h" || args[1] == "--help") {
			fmt.Printf("usage: go run ./build %s\n\n%s\n", strings.TrimSpace(v.name+" "+v.args), v.about)
			return nil
		}
		return v.run(ctx, args[1:])
	}
	return usageError{fmt.Errorf("there is no verb %q", args[0])}
}

func usage() string {
	var b strings.Builder
	b.WriteString("usage: go run ./build <verb>\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-47s %s\n", strings.TrimSpace(v.name+" "+v.args), v.about)
	}
	return b.String()
}

// toTop goes to the top of the checkout, so that every path below can be relative to it.
func toTop() error {
	at, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the checkout: %w", err)
	}
	for dir := at; ; dir = filepath.Dir(dir) {
		raw, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(raw), "module onewindow\n") {
			return os.Chdir(dir)
		}
		if dir == filepath.Dir(dir) {
			return fmt.Errorf("%s is not in a OneWindow checkout: go to its top folder and try again", at)
		}
	}
}

// say prints a line of progress. Standard output is kept for what a verb is asked for.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
