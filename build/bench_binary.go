//go:build bench

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// benchBinaries measures the two programs as they are shipped, in MB (10^6
// bytes), against a Go program that does nothing, built the same way. A size is
// the same in every round, so there is one.
func benchBinaries(y *bay) ([]figure, error) {
	ctx := context.Background()
	if err := errors.Join(setup(ctx, needWindow), buildPages(ctx)); err != nil {
		return nil, err
	}
	if err := errors.Join(buildTerminal(ctx), buildServer(ctx)); err != nil {
		return nil, err
	}
	empty := filepath.Join(y.folder, "empty.go")
	if err := os.WriteFile(empty, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return nil, err
	}
	bare := filepath.Join(y.folder, "empty")
	if _, err := quiet(goTool(ctx, "build", "-trimpath", "-ldflags", "-s -w", "-o", bare, empty)); err != nil {
		return nil, fmt.Errorf("build a program that does nothing: %w", err)
	}
	var out []figure
	nothing, err := megabytes(bare)
	if err != nil {
		return nil, err
	}
	for _, f := range []struct{ name, file string }{{"binary_mb", terminalProgram}, {"server_binary_mb", serverProgram}} {
		size, err := megabytes(f.file)
		if err != nil {
			return nil, err
		}
		out = append(out, series{size}.against(f.name, "MB", series{nothing}, "a Go program that does nothing, same flags"))
	}
	return out, nil
}

func megabytes(file string) (float64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}
