package main

import (
	"context"
	"os"
	"slices"
	"strings"
)

// simulate lives whole districts in one goroutine each, under seeds. With --mutants
// it is built with the rules that can be broken.
func simulate(ctx context.Context, args []string) error {
	run := []string{"run"}
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--mutant") }) {
		run = append(run, "-tags", "mutants")
	}
	cmd := goTool(ctx, append(append(run, "./sync/sim/cmd"), args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
