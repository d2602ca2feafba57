//go:build !linux

package main

// pageProcess: elsewhere the engine starts a page's process again by itself, or the
// longer limit decides.
func pageProcess() bool { return true }
