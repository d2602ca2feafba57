package main

import (
	"context"
	"fmt"
)

// dist leaves what is handed out in build/bin.
func dist(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"deb", "windows"}
	}
	steps := map[string]func(context.Context) error{"deb": distDeb, "windows": distWindows}
	for _, a := range args {
		step, ok := steps[a]
		if !ok {
			return usageError{fmt.Errorf("dist makes deb and windows, not %q", a)}
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
