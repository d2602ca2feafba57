//go:build !bench

package main

import (
	"context"
	"os"
)

// measure starts this program again with the measurements in it. They import
// the programs' own packages; without this detour every verb would have to
// compile those first, and none would run while one of them is broken.
func measure(ctx context.Context, args []string) error {
	cmd := goTool(ctx, append([]string{"run", "-tags", "bench", "./build", "bench"}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
