//go:build !windows

package main

const systemSettings = "/etc/onewindow/terminal.json"
