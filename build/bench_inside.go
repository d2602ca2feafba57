//go:build bench

package main

import "context"

// measure runs the measurements of this program; they end when they are told to.
func measure(ctx context.Context, args []string) error {
	done := make(chan error, 1)
	go func() { done <- runBench(args) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
