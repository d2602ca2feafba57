//go:build bench && !linux

package main

import (
	"os"
	"time"
)

// syncWrites asks the disk to keep what was written to f.
func syncWrites(f *os.File) error { return f.Sync() }

// onDisk trusts that folders lie on a disk here.
func onDisk(string) error { return nil }

// ownCPU and allCPU are not known here.
func ownCPU() time.Duration { return 0 }
func allCPU() time.Duration { return 0 }
