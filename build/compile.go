package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The programs, where compile leaves them.
const (
	terminalProgram = binDir + "/onewindow"
	serverProgram   = binDir + "/onewindowd"
)

// Build tags of the window. Wails wants the first two; the third is the
// WebKitGTK of Debian 12.
const (
	linuxTags   = "desktop,production,webkit2_41"
	windowsTags = "desktop,production"
)

// compile builds the named things, all without a name.
func compile(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"pages", "clips", "terminal", "server"}
	}
	steps := map[string]func(context.Context) error{"pages": buildPages, "clips": buildClips, "terminal": buildTerminal, "server": buildServer}
	for _, a := range args {
		step, ok := steps[a]
		if !ok {
			return usageError{fmt.Errorf("compile knows pages, clips, terminal and server, not %q", a)}
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// timed runs a step and tells what it is and how long it took.
func timed(what string, step func() error) error {
	say("build: %s ...", what)
	began := time.Now()
	if err := step(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	say("build: %s: %.1f s", what, time.Since(began).Seconds())
	return nil
}

// buildPages builds frontend/dist, unless it was built from the same sources.
func buildPages(ctx context.Context) error {
	if err := setup(ctx, needPages); err != nil {
		return err
	}
	sum, err := pagesSum("frontend")
	if err != nil {
		return fmt.Errorf("look at the pages' sources: %w", err)
	}
	mark := filepath.Join(cacheDir, "pages.sum")
	if was, err := os.ReadFile(mark); err == nil && string(was) == sum && isThere("frontend/dist/index.html") {
		return nil
	}
	err = timed("pages", func() error {
		cmd := npmCommand(ctx, "npx", "--no-install", "vite", "build", "--logLevel", "warn")
		cmd.Dir = "frontend"
		_, err := quiet(cmd)
		return err
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(sum), 0o644)
}

// pagesSum is one hash over everything that the built pages are made of.
func pagesSum(dir string) (string, error) {
	all := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "dist" || name == "e2e" {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".test.ts") {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintf(all, "%s\n", path)
		_, err = io.Copy(all, f)
		return err
	})
	return hex.EncodeToString(all.Sum(nil)), err
}

// buildTerminal builds the terminal with its window for this machine.
func buildTerminal(ctx context.Context) error {
	if err := setup(ctx, needWindow); err != nil {
		return err
	}
	return timed(terminalProgram+" (the first time takes some minutes)", func() error {
		cmd := command(ctx, "go", "build", "-tags", linuxTags, "-trimpath", "-ldflags", "-s -w", "-o", terminalProgram, "./app")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
		_, err := quiet(cmd)
		return err
	})
}

// buildServer builds the server program: static, no cgo, runs on any Linux.
func buildServer(ctx context.Context) error {
	return timed(serverProgram, func() error {
		_, err := quiet(goTool(ctx, "build", "-trimpath", "-ldflags", "-s -w", "-o", serverProgram, "./sync/cmd/onewindowd"))
		return err
	})
}

// everything builds what demo and the tests of whole programs run.
func everything(ctx context.Context) error { return compile(ctx, nil) }

// freeBytes tells how much room the disk of a folder has.
func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
