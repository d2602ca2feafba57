//go:build bench

package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"onewindow/app/config"
)

// size is that of a virtual screen in dots.
type size struct{ width, height int }

// A kiosk's screen stands upright, a counter's lies.
var (
	upright = size{1080, 1920}
	lying   = size{1920, 1080}
)

const (
	// A picture has at least frameColours colours (the grey edges of letters alone
	// have more), and at least frameShare of its dots are not of the commonest one.
	// An empty window has one colour, a half-mapped one two.
	frameColours = 12
	frameShare   = 0.002
	frameEvery   = 2 * time.Millisecond
	frameLimit   = 60 * time.Second
	// settled is when memory is read after the start, idleFor how long the processors'
	// time is counted from then on, with nobody at the screen.
	settled = 10 * time.Second
	idleFor = 10 * time.Second
)

// benchWindow starts the production program as a kiosk on a virtual screen (Xvfb
// with openbox) and measures three things. The first frame: from starting the
// process until the screen's memory shows a picture and not one blank colour,
// looked at every 2 ms without asking the X server. The memory: proportional set
// size (PSS) of all its processes 10 s after the start. What it costs to stand there: the
// processor time of all of them in the 10 s after that, in percent of one processor, with
// nobody at the screen. The ceiling is WebKitGTK's
// own MiniBrowser with one line of text. Files are in the system's cache: the
// first start of each is not counted.
func benchWindow(y *bay) (out []figure, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := errors.Join(setup(ctx, needWindow, needDisplay), buildPages(ctx)); err != nil {
		return nil, err
	}
	if err := buildTerminal(ctx); err != nil {
		return nil, err
	}
	kiosk, err := y.kioskCommand()
	if err != nil {
		return nil, err
	}
	browser, err := y.browserCommand()
	if err != nil {
		return nil, err
	}
	var frame, memory, idle, bareFrame, bareMemory, bareIdle series
	for round := range y.rounds + 1 {
		own, err := y.show(ctx, "kiosk", kiosk)
		if err != nil {
			return nil, fmt.Errorf("show the kiosk: %w", err)
		}
		bare, err := y.show(ctx, "minibrowser", browser)
		if err != nil {
			return nil, fmt.Errorf("show the bare window: %w", err)
		}
		y.say("round %d: kiosk %.0f ms, %.0f MB, idle %.2f %%; bare window %.0f ms, %.0f MB, %.2f %%", round, own.ms, own.mb, own.idle, bare.ms, bare.mb, bare.idle)
		if round > 0 {
			frame, memory, idle = append(frame, own.ms), append(memory, own.mb), append(idle, own.idle)
			bareFrame, bareMemory, bareIdle = append(bareFrame, bare.ms), append(bareMemory, bare.mb), append(bareIdle, bare.idle)
		}
	}
	const bare = "WebKitGTK's MiniBrowser showing one line of text, same screen"
	standing := idle.against("idle_cpu_percent", "%", series{100}, "one processor; the bare window took "+fmt.Sprintf("%.2f %%", bareIdle.median()))
	return []figure{
		standing.must("value < 2", standing.Value < 2),
		frame.against("first_frame_ms", "ms", bareFrame, bare),
		memory.against("memory_pss_mb", "MB", bareMemory, bare),
	}, nil
}

// kioskCommand sets up a kiosk that stands alone, as it does before its hub is there.
func (y *bay) kioskCommand() ([]string, error) {
	s := config.Default(config.Kiosk)
	s.Hub, s.Data = "", filepath.Join(y.folder, "kiosk-data")
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(y.folder, "terminal.json")
	program, err := filepath.Abs(terminalProgram)
	if err != nil {
		return nil, err
	}
	return []string{program, "--settings", file}, os.WriteFile(file, raw, 0o600)
}

// browserCommand finds the MiniBrowser, which comes with WebKitGTK itself.
func (y *bay) browserCommand() ([]string, error) {
	found, err := filepath.Glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
	if err != nil || len(found) == 0 {
		return nil, errors.Join(err, errors.New("there is no MiniBrowser of WebKitGTK to compare with: install the package libwebkit2gtk-4.1-0"))
	}
	page := filepath.Join(y.folder, "page.html")
	text := `<!doctype html><meta charset="utf-8"><title>one line</title><p style="font-size:150px">One line</p>`
	return []string{found[0], "--full-screen", "file://" + page}, os.WriteFile(page, []byte(text), 0o644)
}

// showing is what a program on a screen took: ms to its first frame, MB (10^6 bytes) of
// memory later, percent of one processor while nothing happens.
type showing struct{ ms, mb, idle float64 }

// show starts a program on a screen of its own and measures it.
func (y *bay) show(ctx context.Context, name string, args []string) (got showing, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	x, p, begin, err := y.onScreen(ctx, name, upright, args)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, p.stop(), x.close()) }()
	for {
		there, err := x.shows()
		if err != nil {
			return got, err
		}
		if there {
			got.ms = inMS(time.Since(begin))
			break
		}
		select {
		case <-p.done:
			return got, p.ended()
		case <-time.After(frameEvery):
		}
		if time.Since(begin) > frameLimit {
			return got, fmt.Errorf("nothing is to be seen after %s: see %s", frameLimit, p.log)
		}
	}
	select {
	case <-p.done:
		return got, p.ended()
	case <-time.After(settled - time.Since(begin)):
	}
	bytes, err := treePSS(p.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	got.mb = float64(bytes) / 1e6
	before, err := treeTicks(p.cmd.Process.Pid)
	if err != nil {
		return got, err
	}
	select {
	case <-p.done:
		return got, p.ended()
	case <-time.After(idleFor):
	}
	after, err := treeTicks(p.cmd.Process.Pid)
	got.idle = float64(after-before) / idleFor.Seconds() // a tick is 10 ms: so many in a second are so many percent
	return got, err
}

// onScreen starts a program on a screen of its own, with a home of its own; begin is when.
func (y *bay) onScreen(ctx context.Context, name string, of size, args []string) (x *virtualScreen, p *process, begin time.Time, err error) {
	folder, err := y.fresh(name)
	if err != nil {
		return nil, nil, begin, err
	}
	if x, err = openScreen(ctx, folder, of); err != nil {
		return nil, nil, begin, err
	}
	cmd := command(ctx, args[0], args[1:]...)
	cmd.Env = append(x.env(), "HOME="+folder, "XDG_CACHE_HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder,
		"NO_AT_BRIDGE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1")
	begin = time.Now()
	if p, err = launch(ctx, name, folder, cmd); err != nil {
		return nil, nil, begin, errors.Join(err, x.close())
	}
	return x, p, begin, nil
}

// virtualScreen is a display whose memory lies in a file.
type virtualScreen struct {
	*display
	size
	memory *os.File
	// picture is the folder of that file. It is in memory: written back to a disk, it would slow down what is measured.
	picture string
	// line is the length of a picture line in bytes, begin where the first begins.
	line, begin int
}

// openScreen starts a display without a pointer, whose grey edges would be the
// first picture, with a bus and a window manager.
func openScreen(ctx context.Context, folder string, of size) (x *virtualScreen, err error) {
	x = &virtualScreen{display: &display{programs: ctx}, size: of}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.close())
		}
	}()
	if x.runtime, err = os.MkdirTemp("", "ow-"); err != nil {
		return x, err
	}
	if x.picture, err = os.MkdirTemp("/dev/shm", "ow-"); err != nil {
		return x, err
	}
	told, tell, err := os.Pipe()
	if err != nil {
		return x, err
	}
	defer told.Close()
	server := command(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", x.width, x.height),
		"-fbdir", x.picture, "-nocursor", "-noreset", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{tell}
	if _, err = x.start(server, "xvfb", folder); err != nil {
		return x, errors.Join(err, tell.Close())
	}
	if err := tell.Close(); err != nil {
		return x, err
	}
	// The pipe ends when Xvfb does, so this never waits for ever.
	number, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		return x, errors.Join(err, errors.New("Xvfb did not start"))
	}
	x.number = ":" + strings.TrimSpace(number)
	if x.memory, err = os.Open(filepath.Join(x.picture, "Xvfb_screen0")); err != nil {
		return x, err
	}
	if err := x.readHead(); err != nil {
		return x, err
	}
	return x, errors.Join(x.openBus(ctx, "screen", folder), x.manage(ctx, "screen", folder))
}

// readHead reads where the picture lies: the file is an X window dump (XWD).
func (x *virtualScreen) readHead() error {
	var head [100]byte
	if _, err := x.memory.ReadAt(head[:], 0); err != nil {
		return fmt.Errorf("read the screen: %w", err)
	}
	field := func(n int) int { return int(binary.BigEndian.Uint32(head[4*n:])) }
	if width, height, bits := field(4), field(5), field(11); width != x.width || height != x.height || bits != 32 {
		return fmt.Errorf("read the screen: it has %d x %d dots of %d bits", width, height, bits)
	}
	x.line, x.begin = field(12), field(0)+12*field(19)
	return nil
}

// shows tells whether there is a picture, from every sixteenth line of the screen.
func (x *virtualScreen) shows() (bool, error) {
	dots := map[uint32]int{}
	row := make([]byte, x.line)
	for y := 0; y < x.height; y += 16 {
		if _, err := x.memory.ReadAt(row, int64(x.begin+y*x.line)); err != nil {
			return false, fmt.Errorf("read the screen: %w", err)
		}
		for i := 0; i+4 <= len(row); i += 4 {
			dots[binary.NativeEndian.Uint32(row[i:])&0xffffff]++
		}
	}
	all, most := 0, 0
	for _, n := range dots {
		all, most = all+n, max(most, n)
	}
	return len(dots) >= frameColours && float64(all-most) >= frameShare*float64(all), nil
}

// close ends the display and lets go of its memory.
func (x *virtualScreen) close() error {
	err := x.display.close()
	if x.memory != nil {
		err = errors.Join(err, x.memory.Close())
	}
	if x.picture != "" {
		err = errors.Join(err, os.RemoveAll(x.picture))
	}
	return err
}

// treePSS adds up the proportional set size of a process and all below it, in bytes.
func treePSS(root int) (int64, error) {
	return sumTree(root, "smaps_rollup", func(raw string) (int64, error) {
		_, rest, found := strings.Cut(raw, "\nPss:")
		fields := strings.Fields(rest)
		if !found || len(fields) < 2 || fields[1] != "kB" {
			return 0, errors.New("no Pss in kB")
		}
		kb, err := strconv.ParseInt(fields[0], 10, 64)
		return kb << 10, err
	})
}

// treeTicks adds up the processor time of a process and all below it, in ticks of 10 ms.
func treeTicks(root int) (int64, error) {
	return sumTree(root, "stat", func(raw string) (int64, error) {
		// Fields 14 and 15 are its time in user and in kernel mode; the third stands behind the name.
		fields := strings.Fields(raw[strings.LastIndexByte(raw, ')')+1:])
		if len(fields) < 13 {
			return 0, errors.New("too few fields")
		}
		user, err := strconv.ParseInt(fields[11], 10, 64)
		kernel, err2 := strconv.ParseInt(fields[12], 10, 64)
		return user + kernel, errors.Join(err, err2)
	})
}

// sumTree adds up what read finds in a file of /proc for a process and all below it.
func sumTree(root int, file string, read func(raw string) (int64, error)) (sum int64, err error) {
	children, err := processTree()
	if err != nil {
		return 0, err
	}
	for next := []int{root}; len(next) > 0; {
		pid := next[0]
		next = append(next[1:], children[pid]...)
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			return 0, fmt.Errorf("read %s of process %d: %w", file, pid, err)
		}
		n, err := read(string(raw))
		if err != nil {
			return 0, fmt.Errorf("read %s of process %d: %w", file, pid, err)
		}
		sum += n
	}
	return sum, nil
}

// processTree gives the children of every process.
func processTree() (map[int][]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	out := map[int][]int{}
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since
		}
		// "pid (name) state parent ...": the name may hold anything but ends at the last ")".
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			out[parent] = append(out[parent], pid)
		}
	}
	return out, nil
}
