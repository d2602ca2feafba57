package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// pageProcess tells whether WebKitGTK's process of this program's page lives. Where it
// cannot be told, it does: the longer limit decides.
func pageProcess() bool {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return true
	}
	self := []byte(strconv.Itoa(os.Getpid()))
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		// "4711 (WebKitWebProces) S 4700 ...": name, state, parent (proc(5)).
		_, rest, found := bytes.Cut(raw, []byte("(WebKitWebProces) "))
		if fields := bytes.Fields(rest); found && len(fields) > 1 && bytes.Equal(fields[1], self) && fields[0][0] != 'Z' {
			return true
		}
	}
	return false
}
