package main

import (
	"os"
	"path/filepath"
)

var systemSettings = filepath.Join(os.Getenv("ProgramData"), "OneWindow", "terminal.json")
