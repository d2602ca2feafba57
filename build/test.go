package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// check is one thing that test looks at.
type check struct {
	part, name string
	run        func(ctx context.Context) error
}

// checks in the order of their price, so that a mistake is told early.
func checks() []check {
	return slices.Concat(unitChecks(), pagesChecks(), browserChecks(), a11yChecks(), faultChecks(), windowChecks(), rootChecks())
}

// elsewhere are parts that run only when they are named: a11y looks at every screen in every
// mode, language and profile, which takes a quarter of an hour; the others need root and
// pull a whole Debian.
var elsewhere = []string{"a11y", "deb", "fresh"}

// partNames lists the parts of test.
func partNames() string {
	var names []string
	for _, c := range checks() {
		if !slices.Contains(names, c.part) {
			names = append(names, c.part)
		}
	}
	return strings.Join(names, " ")
}

// test runs every check, or those of the named parts; it goes on after a failure,
// and its last line counts. --full asks the faults for the numbers of a release, which
// take hours; --shots keeps the pictures of the counter's screens.
func test(ctx context.Context, args []string) error {
	if at := slices.Index(args, "--full"); at >= 0 {
		args = slices.Delete(slices.Clone(args), at, at+1)
		if err := os.Setenv(fullFaults, "1"); err != nil {
			return err
		}
	}
	if at := slices.Index(args, "--shots"); at >= 0 {
		if at+1 == len(args) {
			return usageError{errors.New("test --shots needs a folder")}
		}
		keptShots = args[at+1]
		args = slices.Delete(slices.Clone(args), at, at+2)
	}
	known := strings.Fields(partNames())
	for _, a := range args {
		if !slices.Contains(known, a) {
			return usageError{fmt.Errorf("test has no part %q; it has %s", a, partNames())}
		}
	}
	if len(args) == 0 {
		args = slices.DeleteFunc(known, func(p string) bool { return slices.Contains(elsewhere, p) })
	}
	if err := setupFor(ctx, args); err != nil {
		return err
	}
	began := time.Now()
	var failed []string
	passed := 0
	for _, c := range checks() {
		if !slices.Contains(args, c.part) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		start := time.Now()
		err := c.run(ctx)
		took := time.Since(start).Seconds()
		if err != nil {
			failed = append(failed, c.part+": "+c.name)
			fmt.Printf("FAIL %7.1f s  %-8s %s\n%s\n", took, c.part, c.name, indent(err.Error()))
			continue
		}
		passed++
		fmt.Printf("ok   %7.1f s  %-8s %s\n", took, c.part, c.name)
	}
	fmt.Printf("\n%.0f s in all; parts: %s\n", time.Since(began).Seconds(), strings.Join(args, " "))
	if left := slices.DeleteFunc(strings.Fields(partNames()), func(p string) bool { return slices.Contains(args, p) }); len(left) > 0 {
		fmt.Printf("parts that were not asked for: %s\n", strings.Join(left, " "))
	}
	for _, f := range failed {
		fmt.Println("failed:", f)
	}
	fmt.Printf("%d passed, %d failed\n", passed, len(failed))
	if len(failed) > 0 {
		return errors.New("something failed; the lines above tell what")
	}
	return nil
}

// setupFor brings what the parts need before the first check runs, so that the
// times are those of the checks.
func setupFor(ctx context.Context, parts []string) error {
	wanted := map[string][]need{
		"unit":    {needType, needPaper},
		"pages":   {needPages},
		"browser": {needPages, needBrowser},
		"a11y":    {needPages, needBrowser},
		"faults":  {needType},
		"window":  {needPages, needWindow, needDisplay},
		"deb":     {needPages, needWindow, needRoot},
		"fresh":   {needRoot},
	}
	var all []need
	for _, p := range parts {
		all = append(all, wanted[p]...)
	}
	return setup(ctx, all...)
}

func unitChecks() []check {
	golang := func(name string, args ...string) check {
		return check{"unit", name, func(ctx context.Context) error {
			_, err := quiet(goTool(ctx, args...))
			return err
		}}
	}
	return []check{
		{"unit", "gofmt", func(ctx context.Context) error {
			out, err := quiet(command(ctx, "gofmt", "-l", "app", "build", "frontend/embed.go", "sync"))
			if err == nil && strings.TrimSpace(out) != "" {
				err = fmt.Errorf("not formatted; gofmt -w these:\n%s", out)
			}
			return err
		}},
		{"unit", "go.mod is tidy", func(ctx context.Context) error {
			_, err := quiet(goTool(ctx, "mod", "tidy", "-diff"))
			return err
		}},
		golang("go vet", "vet", "./..."),
		golang("go vet, the measurements", "vet", "-tags", "bench", "./build"),
		{"unit", "go vet, for Windows", func(ctx context.Context) error {
			cmd := goTool(ctx, "vet", "./app/...")
			cmd.Env = append(cmd.Env, "GOOS=windows")
			_, err := quiet(cmd)
			return err
		}},
		golang("staticcheck", "tool", "staticcheck", "./..."),
		// What is slow says so and is left to the part "faults", which prints its figures.
		golang("go test -short ./...", "test", "-short", "-timeout", "15m", "./..."),
	}
}

func pagesChecks() []check {
	script := func(name string, args ...string) check {
		return check{"pages", name, func(ctx context.Context) error {
			_, err := quiet(npm(ctx, "frontend", append([]string{"run", "--silent"}, args...)...))
			return err
		}}
	}
	return []check{
		script("eslint", "lint"),
		script("vue-tsc", "check"),
		script("vitest", "test"),
		{"pages", "the pages build", buildPages},
	}
}

// scratch gives a new folder for the data of a check. It is removed when the
// check passes and stays, named in the error, when it fails.
func scratch(name string, run func(dir string) error) error {
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(cacheDir, "test-"+name+"-")
	if err != nil {
		return err
	}
	if err := run(dir); err != nil {
		return fmt.Errorf("%w\n(data, logs and pictures are in %s)", err, dir)
	}
	return os.RemoveAll(dir)
}
