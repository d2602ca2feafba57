package main

import (
	"context"
	"crypto/md5"
	"debug/elf"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// packaged holds what goes into packages as it stands: maintainer scripts, units,
// the installer's script.
//
//go:embed debian windows
var packaged embed.FS

// terminalNeeds are the Debian packages that the terminal does not run without.
// Without Chinese type no word can be read, so a font is among them.
var terminalNeeds = []string{"libwebkit2gtk-4.1-0", "libgtk-3-0 | libgtk-3-0t64", "adduser", "debconf (>= 0.5) | debconf-2.0",
	"fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei"}

// distDeb makes the Debian package of the terminal, and that of the server.
func distDeb(ctx context.Context) error {
	p, err := readProduct()
	if err != nil {
		return err
	}
	if err := everything(ctx); err != nil {
		return err
	}
	glibc, err := leastGlibc(terminalProgram)
	if err != nil {
		return fmt.Errorf("read %s: %w", terminalProgram, err)
	}
	stamp := sourceTime(ctx)
	return timed("packages for Debian", func() error {
		for _, d := range []debPackage{
			{name: "onewindow", depends: append([]string{"libc6 (>= " + glibc + ")"}, terminalNeeds...), recommends: "alsa-utils, espeak-ng, xserver-xorg, xinit, openbox, dbus",
				about: "terminal of a service hall: kiosk, counter or calling board\n Takes tickets, calls them and notes applications; works on when the\n network is away. The role is chosen at installation.",
				fill:  terminalFiles},
			{name: "onewindowd", about: "hub of a service hall, and the district's centre\n Collects what terminals have saved and passes calls on. Static, without\n a window; also holds the tools for IT staff.",
				fill: serverFiles},
		} {
			if err := d.build(ctx, p, stamp); err != nil {
				return err
			}
		}
		return nil
	})
}

// debPackage is one package: what it is called, needs and holds.
type debPackage struct {
	name       string
	depends    []string
	recommends string
	about      string
	fill       func(root string) error
}

// file is where the package of this version lies once it is built.
func (d debPackage) file(p product) string {
	return filepath.Join(binDir, fmt.Sprintf("%s_%s_amd64.deb", d.name, p.Version))
}

func (d debPackage) build(ctx context.Context, p product, stamp time.Time) error {
	root := filepath.Join(cacheDir, "deb", d.name)
	if err := os.RemoveAll(root); err != nil {
		return err
	}
	if err := d.fill(root); err != nil {
		return fmt.Errorf("put %s together: %w", d.name, err)
	}
	if err := copyPackaged(filepath.Join(root, "DEBIAN"), "debian/"+d.name); err != nil {
		return err
	}
	if err := d.documents(root, p, stamp); err != nil {
		return err
	}
	if err := d.control(root, p); err != nil {
		return err
	}
	cmd := command(ctx, "dpkg-deb", "--root-owner-group", "--build", root, d.file(p))
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(stamp.Unix(), 10))
	if _, err := quiet(cmd); err != nil {
		return err
	}
	fmt.Println(d.file(p))
	return nil
}

// control writes what dpkg reads: the package's card and the sums of its files.
func (d debPackage) control(root string, p product) error {
	var sums strings.Builder
	var bytes int64
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path) // both begin with root
		if err != nil || e.IsDir() || strings.HasPrefix(rel, "DEBIAN") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		bytes += int64(len(raw))
		sum := md5.Sum(raw)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), rel)
		return nil
	})
	if err != nil {
		return err
	}
	var card strings.Builder
	for _, f := range [][2]string{{"Package", d.name}, {"Version", p.Version}, {"Architecture", "amd64"}, {"Maintainer", p.Company + " <root@localhost>"},
		{"Installed-Size", strconv.FormatInt(bytes/1024, 10)}, {"Depends", strings.Join(d.depends, ", ")}, {"Recommends", d.recommends},
		{"Section", "misc"}, {"Priority", "optional"}, {"Description", d.about}} {
		if f[1] != "" {
			fmt.Fprintf(&card, "%s: %s\n", f[0], f[1])
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(root, "DEBIAN", "md5sums"), []byte(sums.String()), 0o644),
		os.WriteFile(filepath.Join(root, "DEBIAN", "control"), []byte(card.String()), 0o644))
}

// documents writes what Debian wants beside every program.
func (d debPackage) documents(root string, p product, stamp time.Time) error {
	dir := filepath.Join(root, "usr/share/doc", d.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := copyTo(filepath.Join(dir, "NEWS"), "build/CHANGES.md", 0o644); err != nil {
		return err
	}
	text := fmt.Sprintf("%s %s, built from sources of %s.\n\nIts pages carry Noto Sans SC:\n\n", p.Name, p.Version, stamp.UTC().Format("2006-01-02"))
	licence, err := os.ReadFile("frontend/src/style/fonts/OFL-noto-sans-sc.txt")
	if err != nil {
		return err
	}
	text += string(licence)
	return os.WriteFile(filepath.Join(dir, "copyright"), []byte(text), 0o644)
}

func terminalFiles(root string) error {
	if err := copyTo(filepath.Join(root, "usr/bin/onewindow"), terminalProgram, 0o755); err != nil {
		return err
	}
	if err := copyPackaged(root, "debian/onewindow-files"); err != nil {
		return err
	}
	if err := copyClips(filepath.Join(root, "usr/share/onewindow/clips")); err != nil {
		return err
	}
	icon, err := iconPNG(256)
	if err != nil {
		return err
	}
	path := filepath.Join(root, "usr/share/icons/hicolor/256x256/apps/onewindow.png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, icon, 0o644)
}

// copyClips copies the recorded words.
func copyClips(to string) error {
	names, err := filepath.Glob(clipsDir + "/*.wav")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := copyTo(filepath.Join(to, filepath.Base(name)), name, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func serverFiles(root string) error {
	if err := copyTo(filepath.Join(root, "usr/bin/onewindowd"), serverProgram, 0o755); err != nil {
		return err
	}
	return copyPackaged(root, "debian/onewindowd-files")
}

// copyPackaged copies a folder of what is packaged. What begins with #! can be executed.
func copyPackaged(to, from string) error {
	return fs.WalkDir(packaged, from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		raw, err := packaged.ReadFile(path)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(string(raw), "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(target, raw, mode); err != nil {
			return err
		}
		return os.Chmod(target, mode)
	})
}

// leastGlibc reads which C library a program wants at least.
func leastGlibc(program string) (string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return "", err
	}
	defer f.Close()
	symbols, err := f.ImportedSymbols()
	if err != nil {
		return "", err
	}
	var versions []string
	for _, s := range symbols {
		if v, ok := strings.CutPrefix(s.Version, "GLIBC_"); ok && v[0] >= '0' && v[0] <= '9' {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 {
		return "", fmt.Errorf("%s names no version of the C library", program)
	}
	return slices.MaxFunc(versions, func(a, b string) int {
		if older(a, b) {
			return -1
		}
		return 1
	}), nil
}

// sourceTime is when the sources were last committed, so that the same sources
// give the same package; now, where git cannot tell.
func sourceTime(ctx context.Context) time.Time {
	out, err := command(ctx, "git", "log", "-1", "--format=%ct").Output()
	if seconds, bad := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64); err == nil && bad == nil {
		return time.Unix(seconds, 0)
	}
	return time.Now()
}
