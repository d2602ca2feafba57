package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// need is one thing that verbs stand on: what it is for, and what brings it.
type need struct {
	name string
	why  string
	// packages are Debian's; they are installed together when one is missing.
	packages []string
	// more brings what Debian's packages do not, and is told to only look when look is set.
	more func(ctx context.Context, look bool) (missing string, err error)
}

// The needs. Go itself is the one thing that a person installs beforehand.
var (
	needPages = need{name: "pages", why: "Node and the npm packages that build and check the pages", more: bringPages}
	// Compilers are taken by what they are for: libc6-dev does not come along without recommendations.
	needWindow    = need{name: "window", why: "GTK and WebKitGTK to compile the terminal's window", packages: []string{"libgtk-3-dev", "libwebkit2gtk-4.1-dev", "pkg-config", "gcc", "libc6-dev"}}
	needType      = need{name: "type", why: "Chinese type for the virtual printer's slips", packages: []string{"fonts-noto-cjk"}}
	needDisplay   = need{name: "display", why: "a virtual display, a window manager, hand, eye and reader for it, and Chinese type", packages: []string{"xvfb", "openbox", "xdotool", "x11-utils", "imagemagick", "dbus", "at-spi2-core", "fonts-noto-cjk"}}
	needBrowser   = need{name: "browser", why: "the browser that tests drive", packages: []string{"chromium", "fonts-noto-cjk"}}
	needInstaller = need{name: "installer", why: "NSIS, which makes the Windows installer", packages: []string{"nsis"}}
	needVoice     = need{name: "voice", why: "a free voice that speaks the words of the calling boards", packages: []string{"espeak-ng"}}
	needPaper     = need{name: "paper", why: "poppler, which draws documents as a printer would", packages: []string{"poppler-utils"}}
	needRoot      = need{name: "clean root", why: "debootstrap, which makes a fresh Debian in a folder", packages: []string{"debootstrap"}}
)

var needs = []need{needPages, needWindow, needType, needDisplay, needBrowser, needInstaller, needVoice, needPaper, needRoot}

// setup is what every verb calls first: it looks for the needs and brings what is
// missing, saying what and why. It changes nothing where nothing is missing.
func setup(ctx context.Context, wanted ...need) error {
	var missing []string
	for _, n := range wanted {
		lacking := lackingPackages(n.packages)
		if len(lacking) == 0 {
			continue
		}
		say("setup: %s is missing (%s): Debian packages %s", n.name, n.why, strings.Join(lacking, " "))
		for _, p := range lacking {
			if !slices.Contains(missing, p) {
				missing = append(missing, p)
			}
		}
	}
	if err := installPackages(ctx, missing); err != nil {
		return err
	}
	for _, n := range wanted {
		if n.more == nil {
			continue
		}
		if _, err := n.more(ctx, false); err != nil {
			return fmt.Errorf("set up %s: %w", n.name, err)
		}
	}
	return nil
}

// lackingPackages gives those of Debian's packages that are not installed whole.
func lackingPackages(packages []string) []string {
	if len(packages) == 0 {
		return nil
	}
	// dpkg-query fails when it knows one of them not at all; what it says of the others still counts.
	out, _ := exec.Command("dpkg-query", append([]string{"-W", "-f", "${binary:Package} ${db:Status-Status}\n"}, packages...)...).Output()
	there := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		name, state, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, _, _ = strings.Cut(name, ":")
		there[name] = state == "installed"
	}
	return slices.DeleteFunc(slices.Clone(packages), func(p string) bool { return there[p] })
}

// installPackages installs Debian packages as root or through sudo.
func installPackages(ctx context.Context, packages []string) error {
	if len(packages) == 0 {
		return nil
	}
	hint := "apt-get install --no-install-recommends " + strings.Join(packages, " ")
	if runtime.GOOS != "linux" || !inPath("apt-get") {
		return fmt.Errorf("this machine has no apt-get: build on Debian 12 or newer, or install by other means what these Debian packages hold: %s", strings.Join(packages, " "))
	}
	if os.Geteuid() != 0 && !inPath("sudo") {
		return fmt.Errorf("packages of Debian are missing, and this is neither root nor is there sudo: let root run: %s", hint)
	}
	if err := apt(ctx, "read the package lists", "update"); err != nil {
		return err
	}
	say("setup: %s", hint)
	return apt(ctx, "install", append([]string{"install", "--yes", "--no-install-recommends"}, packages...)...)
}

func inPath(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// apt runs apt-get and tells how far it is; its own words are kept for the case that it fails.
func apt(ctx context.Context, what string, args ...string) error {
	args = append([]string{"-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"}, args...)
	name := "apt-get"
	if os.Geteuid() != 0 {
		name, args = "sudo", append([]string{"DEBIAN_FRONTEND=noninteractive", "apt-get"}, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...) // in our own group: sudo may have to ask for a password
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
	cmd.Stdin = os.Stdin
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	follow(out, &said)
	if err := cmd.Wait(); err != nil {
		return &failure{what: "apt-get could not " + what + " (is there a network? does another apt-get run?)", said: said.String(), err: err}
	}
	return nil
}

// aptCounts is where apt says how much there is to do; aptSteps are the beginnings
// of the lines that say that one package has come further.
var (
	aptCounts = regexp.MustCompile(`^(\d+) upgraded, (\d+) newly installed`)
	aptSteps  = []struct{ line, what string }{{"Get:", "downloaded"}, {"Unpacking ", "unpacked"}, {"Setting up ", "set up"}}
)

// follow keeps what apt says and tells every quarter of each of its ways. (Its
// own progress reports would take the place of its words, or need a file that
// sudo closes.)
func follow(out io.Reader, said *bytes.Buffer) {
	all := 0
	done := make([]int, len(aptSteps))
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		fmt.Fprintln(said, line)
		if m := aptCounts.FindStringSubmatch(line); m != nil {
			changed, _ := strconv.Atoi(m[1]) // both are digits
			added, _ := strconv.Atoi(m[2])
			all = changed + added
			say("setup:   %d packages", all)
		}
		for i, s := range aptSteps {
			if !strings.HasPrefix(line, s.line) || all == 0 {
				continue
			}
			done[i]++
			if quarter := max(1, all/4); done[i]%quarter == 0 || done[i] == all {
				say("setup:   %d of %d %s", done[i], all, s.what)
			}
		}
	}
}

// doctor tells what is there and what is missing, and brings nothing.
func doctor(ctx context.Context, args []string) error {
	if len(args) > 0 {
		return usageError{errors.New("doctor takes no arguments")}
	}
	lacking := 0
	line := func(name, missing, why string) {
		state := "ok"
		if missing != "" {
			state, why = "missing", fmt.Sprintf("%s: %s", why, missing)
			lacking++
		}
		fmt.Printf("%-8s %-12s %s\n", state, name, why)
	}
	line("go", "", fmt.Sprintf("%s on %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU()))
	for _, n := range needs {
		missing := strings.Join(lackingPackages(n.packages), " ")
		if n.more != nil {
			also, err := n.more(ctx, true)
			if err != nil {
				also = err.Error()
			}
			missing = strings.TrimSpace(missing + " " + also)
		}
		line(n.name, missing, n.why)
	}
	may := "as root"
	switch {
	case os.Geteuid() == 0:
	case inPath("sudo"):
		may = "through sudo"
	default:
		may = ""
	}
	room, err := freeBytes(".")
	switch {
	case err != nil:
		return fmt.Errorf("look at the disk: %w", err)
	case room < 6<<30:
		line("disk", "", fmt.Sprintf("%.1f GiB free: a whole test with its clean Debian wants 6", float64(room)/(1<<30)))
	default:
		line("disk", "", fmt.Sprintf("%.0f GiB free", float64(room)/(1<<30)))
	}
	for _, made := range []string{"onewindow", "onewindowd"} {
		if _, err := os.Stat(filepath.Join(binDir, made)); err == nil {
			line(made, "", "built, in "+binDir)
		}
	}
	switch {
	case lacking == 0:
		fmt.Println("\nEverything is here.")
	case may == "":
		return fmt.Errorf("something is missing, and this is neither root nor is there sudo: run a verb as root, or let root install the packages named above")
	default:
		fmt.Printf("\nThe verbs bring what they need by themselves, %s: demo, dev, test, dist.\n", may)
	}
	return nil
}
