package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// httpTerminal is the terminal without a window: pure Go, built in seconds; it
// shows its pages over HTTP.
const httpTerminal = cacheDir + "/onewindow-http"

// buildHTTPTerminal builds it.
func buildHTTPTerminal(ctx context.Context) error {
	return timed(httpTerminal, func() error {
		_, err := quiet(goTool(ctx, "build", "-o", httpTerminal, "./app"))
		return err
	})
}

// dev runs Vite with live reload over a terminal's bridge, with a hub behind it.
func dev(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("dev", flag.ContinueOnError)
	role := flags.String("role", "kiosk", "kiosk, counter or board")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil || flags.NArg() > 0 {
		return usageError{errors.Join(err, fmt.Errorf("dev takes --role, not %q", flags.Args()))}
	}
	if *role != "kiosk" && *role != "counter" && *role != "board" {
		return usageError{fmt.Errorf("there is no role %q: kiosk, counter or board", *role)}
	}
	if err := setup(ctx, needPages, needType); err != nil {
		return err
	}
	if err := errors.Join(buildHTTPTerminal(ctx), buildServer(ctx)); err != nil {
		return err
	}
	s, err := openStage(ctx, filepath.Join(cacheDir, "dev"), httpTerminal, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	addr, err := address("127.0.0.1:7801", true)
	if err != nil {
		return err
	}
	bridge, _, err := s.serve(ctx, *role, (*role)[:1]+"1", 1, addr)
	if err != nil {
		return err
	}
	fmt.Printf("pages with live reload on http://127.0.0.1:34115, bridge of the %s on %s, centre on http://%s\n", *role, bridge, s.page)
	fmt.Printf("clerk %s, PIN %s; data and logs in %s; Ctrl-C ends all\n", stageClerks[0].id, stageClerks[0].pin, s.dir)
	vite := npmCommand(ctx, "npx", "--no-install", "vite")
	vite.Dir = "frontend"
	vite.Env = append(vite.Env, "BRIDGE="+bridge)
	vite.Stdout, vite.Stderr = os.Stdout, os.Stderr
	if err := vite.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("vite: %w", err)
	}
	return nil
}
