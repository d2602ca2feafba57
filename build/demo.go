package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// demo builds everything and runs a small hall until it is told to end, or plays
// a visit by itself and keeps pictures of it.
func demo(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	shots := flags.String("shots", "", "play a whole visit, leave its pictures in this `folder`, and end")
	data := flags.String("data", "", "keep the hall's data in this `folder` (default "+cacheDir+"/demo; a new one for --shots)")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil || flags.NArg() > 0 {
		return usageError{errors.Join(err, fmt.Errorf("demo takes --shots and --data, not %q", flags.Args()))}
	}
	if *shots != "" {
		return demoShots(ctx, *shots, *data)
	}
	if *data == "" {
		*data = filepath.Join(cacheDir, "demo")
	}
	// All at once, so that what is brought is brought in one go.
	wanted := []need{needPages, needWindow, needType}
	if !haveScreen() {
		wanted = append(wanted, needDisplay)
	}
	if err := setup(ctx, wanted...); err != nil {
		return err
	}
	if err := everything(ctx); err != nil {
		return err
	}
	return demoHall(ctx, *data)
}

// demoShots plays the visit of visit.go.
func demoShots(ctx context.Context, shots, data string) (err error) {
	if err := setup(ctx, needWindow, needPages, needDisplay, needBrowser); err != nil {
		return err
	}
	if err := everything(ctx); err != nil {
		return err
	}
	if data == "" {
		// A visit begins with an empty hall, or the numbers would depend on the last demo.
		if err := os.MkdirAll(cacheDir, 0o755); err != nil {
			return err
		}
		if data, err = os.MkdirTemp(cacheDir, "shots-"); err != nil {
			return err
		}
		defer func() {
			if err == nil {
				err = os.RemoveAll(data)
			} else {
				err = fmt.Errorf("%w\nthe programs' logs are in %s/logs", err, data)
			}
		}()
	}
	if err := playVisit(ctx, data, shots); err != nil {
		return err
	}
	for _, name := range pictures {
		fmt.Println(filepath.Join(shots, name+".png"))
	}
	return nil
}

// demoHall runs hub, centre, printer, a window for each role, and the same pages
// for a browser, until ctx ends.
func demoHall(ctx context.Context, data string) (err error) {
	s, err := openStage(ctx, data, terminalProgram, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	roles := []struct {
		role, words, window, page, addr string
		width, height                   int
	}{
		{"kiosk", "kiosk  取号机", "k1", "k2", "127.0.0.1:7801", 1080, 1920},
		{"counter", "counter 窗口", "c1", "c2", "127.0.0.1:7802", 1920, 1080},
		{"board", "board  叫号屏", "b1", "b2", "127.0.0.1:7803", 1920, 1080},
	}
	fmt.Printf("\nOneWindow is running.\n\n")
	fmt.Printf("  %-16s http://%s  (nats://%s)\n", "hub and centre", s.page, s.nats)
	for i, r := range roles {
		addr, err := address(r.addr, true)
		if err != nil {
			return err
		}
		base, _, err := s.serve(ctx, r.role, r.page, 1+i, addr)
		if err != nil {
			return err
		}
		fmt.Printf("  %-16s %s\n", r.words, base)
	}
	for i, r := range roles {
		where := "its window is on your screen"
		if haveScreen() {
			settings, err := s.settings(r.role, r.window, 4+i, nil)
			if err != nil {
				return err
			}
			if _, err := s.start(r.window, terminalProgram, "--settings", settings); err != nil {
				return err
			}
		} else {
			w, err := s.show(ctx, r.role, r.window, 4+i, r.width, r.height)
			if err != nil {
				return err
			}
			where = fmt.Sprintf("its window is on the virtual display %s (%dx%d)", w.number, r.width, r.height)
		}
		fmt.Printf("  %-16s %s\n", r.words, where)
	}
	fmt.Printf("\n  clerk            sign in as %s with PIN %s\n", stageClerks[0].id, stageClerks[0].pin)
	fmt.Printf("  supervisor       sign in as %s with PIN %s\n", stageClerks[1].id, stageClerks[1].pin)
	fmt.Printf("  slips            %s\n", s.path("paper"))
	fmt.Printf("  data and logs    %s\n\nCtrl-C ends all of it; the data stays.\n", s.dir)
	select {
	case <-ctx.Done():
		say("\nending ...")
		return nil
	case <-s.server.done:
		return s.server.ended()
	}
}
