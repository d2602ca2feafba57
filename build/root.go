package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// cleanRoot is a fresh Debian in a folder, with nothing of this machine in it but
// what says how to reach the network. It shows what a new machine lacks.
type cleanRoot struct {
	dir string
	// binds are folders of this machine that are seen inside, by their path inside.
	binds map[string]string
}

// debian is the release that halls run.
const debian = "bookworm"

// baseAge is how long a made base is used again before it is made anew.
const baseAge = 3 * 24 * time.Hour

// openRoot makes a clean root. close removes it.
func openRoot(ctx context.Context, name string) (r *cleanRoot, err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("a clean Debian root needs root: run this part as root")
	}
	if room, err := freeBytes("."); err != nil || room < 6<<30 {
		return nil, errors.Join(err, fmt.Errorf("a clean Debian root with everything in it wants 6 GiB of disk; %d MiB are free", room>>20))
	}
	if err := setup(ctx, needRoot); err != nil {
		return nil, err
	}
	base, err := debianBase(ctx)
	if err != nil {
		return nil, err
	}
	if err := removeOldRoots(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(cacheDir, "root-"+name+"-")
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	r = &cleanRoot{dir: dir, binds: map[string]string{}}
	if _, err := quiet(command(ctx, "tar", "--extract", "--file", base, "--directory", dir, "--same-owner", "--numeric-owner", "--preserve-permissions")); err != nil {
		return r, errors.Join(err, r.close())
	}
	if err := r.introduce(ctx); err != nil {
		return r, errors.Join(err, r.close())
	}
	return r, nil
}

// removeOldRoots removes what runs that were killed have left. Nothing can be
// mounted in it: the mounts went with the run.
func removeOldRoots() error {
	left, err := filepath.Glob(filepath.Join(cacheDir, "root-*"))
	for _, dir := range left {
		if time.Since(modified(dir)) > time.Hour {
			err = errors.Join(err, (&cleanRoot{dir: dir}).close())
		}
	}
	return err
}

// debianBase makes the archive that every root begins from: a minute the first time.
func debianBase(ctx context.Context) (path string, err error) {
	path = filepath.Join(cacheDir, "debian-"+debian+".tar")
	if s, err := os.Stat(path); err == nil && time.Since(s.ModTime()) < baseAge {
		return path, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", err
	}
	err = timed("a clean Debian by debootstrap", func() (err error) {
		dir, err := os.MkdirTemp(cacheDir, "base-")
		if err != nil {
			return err
		}
		// debootstrap mounts nothing that outlives it: it works in a mount namespace of its own.
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
		// The mirror is the one that debootstrap, an ordinary client, takes by itself.
		if _, err := quiet(apart(ctx, "debootstrap", "--variant=minbase", debian, dir)); err != nil {
			return err
		}
		if _, err := quiet(command(ctx, "tar", "--create", "--file", path+".new", "--directory", dir, "--numeric-owner", ".")); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	})
	return path, err
}

// apart runs a program in mount and process namespaces of its own: whatever it
// mounts or starts is gone when it ends, also when it is killed.
func apart(ctx context.Context, args ...string) *exec.Cmd {
	return command(ctx, "unshare", append([]string{"--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"}, args...)...)
}

// introduce tells the root how this machine reaches the network: names, the
// certificate authorities of the house, apt's proxy. It also keeps packages from
// starting daemons.
func (r *cleanRoot) introduce(ctx context.Context) error {
	for _, name := range []string{"/etc/resolv.conf", "/etc/hosts"} {
		if err := copyTo(r.inside(name), name, 0o644); err != nil {
			return err
		}
	}
	own, err := filepath.Glob("/usr/local/share/ca-certificates/*.crt")
	if err != nil {
		return err
	}
	for _, name := range own {
		if err := copyTo(r.inside(name), name, 0o644); err != nil {
			return err
		}
	}
	if out, err := command(ctx, "apt-config", "dump", "--format", "%F \"%v\";%n", "Acquire").Output(); err == nil {
		var proxy strings.Builder
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "::Proxy ") {
				proxy.WriteString(line)
			}
		}
		if err := os.WriteFile(r.inside("/etc/apt/apt.conf.d/00proxy"), []byte(proxy.String()), 0o644); err != nil {
			return err
		}
	}
	// The root lives for minutes: dpkg need not wait for the disk after each file.
	if err := os.WriteFile(r.inside("/etc/dpkg/dpkg.cfg.d/unsafe-io"), []byte("force-unsafe-io\n"), 0o644); err != nil {
		return err
	}
	return os.WriteFile(r.inside("/usr/sbin/policy-rc.d"), []byte("#!/bin/sh\nexit 101\n"), 0o755)
}

// inside is where a path of the root lies on this machine.
func (r *cleanRoot) inside(path string) string { return filepath.Join(r.dir, path) }

// passed are the variables that say how this machine reaches Go's and npm's worlds.
var passed = []string{"GOPROXY", "GOFLAGS", "GOSUMDB", "GONOSUMDB", "GONOSUMCHECK", "GOPRIVATE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
	"http_proxy", "https_proxy", "no_proxy", "NPM_CONFIG_REGISTRY", "npm_config_registry"}

// command prepares a program inside the root. Its mounts live and die with it.
func (r *cleanRoot) command(ctx context.Context, env []string, args ...string) (*exec.Cmd, error) {
	script := `set -e
mount -t proc proc "$0/proc"
mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"
mount -t devpts devpts "$0/dev/pts"
`
	for inside, outside := range r.binds {
		if err := os.MkdirAll(r.inside(inside), 0o755); err != nil {
			return nil, err
		}
		script += fmt.Sprintf("mount --rbind '%s' \"$0%s\"\n", outside, inside)
	}
	script += `exec chroot "$0" "$@"`
	cmd := apart(ctx, append([]string{"sh", "-c", script, r.dir}, args...)...)
	cmd.Env = append([]string{"PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
		"DEBIAN_FRONTEND=noninteractive", "TERM=dumb"}, env...)
	for _, name := range passed {
		if value, set := os.LookupEnv(name); set {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd, nil
}

// run runs a program inside and waits for it.
func (r *cleanRoot) run(ctx context.Context, args ...string) (string, error) {
	cmd, err := r.command(ctx, nil, args...)
	if err != nil {
		return "", err
	}
	return quiet(cmd)
}

// close removes the root. Nothing is mounted in it any more: every command took
// its mounts along.
func (r *cleanRoot) close() error {
	mounted, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	if r.dir, err = filepath.Abs(r.dir); err != nil {
		return err
	}
	if strings.Contains(string(mounted), " "+r.dir) {
		return fmt.Errorf("something is still mounted below %s: unmount it before the folder is removed", r.dir)
	}
	return os.RemoveAll(r.dir)
}
