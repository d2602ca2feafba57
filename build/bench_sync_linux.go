//go:build bench

package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// tmpfsMagic marks a file system that lies in memory.
const tmpfsMagic = 0x01021994

// syncWrites asks the disk to keep what was overwritten in f, the cheapest way
// this system has: the times of the file need not be kept.
func syncWrites(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// onDisk is an error when a folder lies in memory, where nothing is ever synced.
func onDisk(folder string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return fmt.Errorf("look at %s: %w", folder, err)
	}
	if s.Type == tmpfsMagic {
		return fmt.Errorf("%s lies in memory: the bench needs a disk; put the checkout on one", folder)
	}
	return nil
}

// ownCPU is the processor time that this process has used so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// allCPU is the processor time that the whole machine has used since it started, 0 when unknown.
func allCPU() time.Duration {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	var user, nice, system, idle, wait, irq, soft int64
	if _, err := fmt.Sscanf(string(raw), "cpu %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &soft); err != nil {
		return 0
	}
	const tick = time.Second / 100 // the kernel tells hundredths on every architecture
	return time.Duration(user+nice+system+irq+soft) * tick
}
