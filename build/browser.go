package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// script is one of frontend/e2e: which terminal it is played on, with what.
type script struct {
	file string
	role string // of the terminal whose address is BASE; "" for a script that brings its own
	part string // of test; "browser" when empty
	env  func(s *stage, kiosk string) ([]string, error)
	args func(dir string) []string
}

// scripts are all that are played; a file of frontend/e2e that is neither here
// nor imported by one that is fails the check, so that none is forgotten.
var scripts = []script{
	{file: "kiosk.mjs", role: "kiosk"},
	{file: "gallery.mjs", args: func(dir string) []string { return []string{dir} }},
	{file: "board.mjs", args: func(dir string) []string { return []string{dir} }},
	{file: "fonts.mjs"},
	{file: "counter.mjs", role: "counter", env: func(s *stage, kiosk string) ([]string, error) {
		// Two people have to wait for a service of the window, the first one for an item with seven materials.
		var errs []error
		for n, items := range [][]string{{sevenMaterials}, {}} {
			request := map[string]any{"request": fmt.Sprint("e2e-counter-", n), "letter": "A", "items": items, "class": "walk_in", "language": "zh"}
			_, err := ask[map[string]any](kiosk, "Kiosk.Issue", request)
			errs = append(errs, err)
		}
		return []string{"CLERK=" + stageClerks[0].id, "PIN=" + stageClerks[0].pin, "CLERK2=" + stageClerks[1].id, "PIN2=" + stageClerks[1].pin, "WINDOW=A03", "SCANS=" + s.scans("c1")}, errors.Join(errs...)
	}},
	{file: "a11y.mjs", part: "a11y"},
	{file: "keys.mjs", part: "a11y"},
	{file: "parts.mjs", part: "a11y", args: func(dir string) []string { return []string{dir} }},
}

// sevenMaterials is an item of area A with seven materials: the transfer of a house that was owned before.
const sevenMaterials = "119901080000X0019K4990701001000"

func browserChecks() []check {
	list := []check{
		{"browser", "every script is played", everyScriptIsPlayed},
		{"browser", "the programs build", func(ctx context.Context) error {
			return errors.Join(buildPages(ctx), buildHTTPTerminal(ctx), buildServer(ctx))
		}},
	}
	return append(list, scriptsOf("browser")...)
}

// a11yChecks measure the pages for people: every screen and part in every mode by our own
// rules and by axe, every flow by keys alone, the taps to a ticket.
func a11yChecks() []check {
	return append([]check{{"a11y", "the pages build", buildPages}}, scriptsOf("a11y")...)
}

func scriptsOf(part string) (list []check) {
	for _, sc := range scripts {
		if cmp.Or(sc.part, "browser") == part {
			list = append(list, check{part, sc.file, sc.play})
		}
	}
	return list
}

// keptShots is a folder for pictures of the counter's screens in both languages and on both kinds of screen, "" for none.
var keptShots string

// play runs real programs, and the script in a real browser against them.
func (sc script) play(ctx context.Context) error {
	return scratch(strings.TrimSuffix(sc.file, ".mjs"), func(dir string) (err error) {
		if dir, err = filepath.Abs(dir); err != nil {
			return err
		}
		node := npmCommand(ctx, "node", "e2e/"+sc.file)
		node.Dir = "frontend"
		if sc.args != nil {
			node.Args = append(node.Args, sc.args(filepath.Join(dir, "pictures"))...)
		}
		shots := "SHOTS=" + dir
		if keptShots != "" && sc.role == "counter" {
			to, err := filepath.Abs(keptShots)
			if err = errors.Join(err, os.MkdirAll(to, 0o755)); err != nil {
				return err
			}
			shots = "SHOTS=" + to
			node.Env = append(node.Env, "VIEWS=all")
		}
		node.Env = append(node.Env, shots, "CHROMIUM=/usr/bin/chromium")
		if sc.role == "" {
			return tell(node, sc.part != "")
		}
		s, err := openStage(ctx, dir, httpTerminal, false)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		base := map[string]string{}
		for _, role := range slices.Compact([]string{"kiosk", sc.role}) {
			addr, err := address("", false)
			if err != nil {
				return err
			}
			if base[role], _, err = s.serve(ctx, role, role[:1]+"1", 1, addr); err != nil {
				return err
			}
		}
		node.Env = append(node.Env, "BASE="+base[sc.role], "KIOSK="+base["kiosk"])
		if sc.env != nil {
			more, err := sc.env(s, base["kiosk"])
			if err != nil {
				return err
			}
			node.Env = append(node.Env, more...)
		}
		return tell(node, true)
	})
}

// tell runs a script; what it counted is told when it went well.
func tell(node *exec.Cmd, counts bool) error {
	said, err := quiet(node)
	if err == nil && counts {
		fmt.Println(indent(strings.TrimSpace(said)))
	}
	return err
}

func everyScriptIsPlayed(context.Context) error {
	files, err := filepath.Glob("frontend/e2e/*.mjs")
	if err != nil || len(files) == 0 {
		return errors.Join(err, errors.New("frontend/e2e has no script"))
	}
	var all strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		all.Write(raw)
	}
	for _, f := range files {
		name := filepath.Base(f)
		played := slices.ContainsFunc(scripts, func(s script) bool { return s.file == name })
		if !played && !strings.Contains(all.String(), "from './"+name+"'") {
			err = errors.Join(err, fmt.Errorf("%s is not played: enter it in build/test_browser.go", f))
		}
	}
	return err
}
