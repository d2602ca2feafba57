//go:build bench

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// sessionsLived is how many people come one after another.
	sessionsLived = 2000
	// sessionsWarm is after how many the slope of memory begins: engines fill their caches first.
	sessionsWarm = 500
	// longFrame is the longest that a person may wait for a frame while navigating, in ms.
	longFrame    = 50
	sessionsStop = 3 * time.Minute // without a report
)

// told is what the page reports: how many frames came so many ms after the one before, where
// those were that took longer than longFrame, how many sessions are lived; calm is the report of the time before the first; why is what
// ended the run.
type told struct {
	Gaps map[int]int    `json:"gaps"`
	Slow map[string]int `json:"slow"`
	// Keys counts keys by how many ms passed until what they wrote, or found, was painted; Calls the same
	// of calls of the next ticket.
	Keys  map[int]int `json:"keys"`
	Calls map[int]int `json:"calls"`
	Done  int         `json:"done"`
	Calm  bool        `json:"calm"`
	Why   string      `json:"why"`
}

// frames counts frames by how long they took, in ms.
type frames map[int]int

func (f frames) add(gaps map[int]int) {
	for ms, n := range gaps {
		f[ms] += n
	}
}

// over counts the frames that took longer than ms.
func (f frames) over(ms int) (n int) {
	for gap, times := range f {
		if gap > ms {
			n += times
		}
	}
	return n
}

// quantile gives what at least a share q of all frames did not exceed.
func (f frames) quantile(q float64) float64 {
	all, seen := f.over(-1), 0
	for _, ms := range slices.Sorted(maps.Keys(f)) {
		if seen += f[ms]; float64(seen) >= q*float64(all) {
			return float64(ms)
		}
	}
	return 0
}

// benchSessions lives sessionsLived sessions in the production window on a virtual screen:
// the same program, with a script in its pages that taps, waits for what a person waits for
// and notes how long each frame took. The ceiling is the same window's first screen with
// nothing happening. Memory is the proportional set size of all its processes; its slope
// is the least squares' over what was read after sessionsWarm sessions.
func benchSessions(y *bay) ([]figure, error) {
	l, err := y.liveAtKiosk(sessionsLived, "")
	if err != nil {
		return nil, err
	}
	return l.figures(y), nil
}

// typedSessions is how many people type in the search: some 500 keys.
const typedSessions = 120

// benchTyped lets people type in the search of the production window and gives how long
// it takes from a key until the frame is over that shows what was found. The ceiling is
// two frames of the same window's first screen with nothing happening: less no page can do.
func benchTyped(y *bay) ([]figure, error) {
	l, err := y.liveAtKiosk(typedSessions, "search")
	if err != nil {
		return nil, err
	}
	y.say("%d keys: median %.0f ms, 95 %% within %.0f ms, longest %.0f ms", l.keys.over(-1), l.keys.quantile(0.5), l.keys.quantile(0.95), l.keys.quantile(1))
	typed := series{l.keys.quantile(0.95)}.against("keystroke_to_paint_ms_p95", "ms", series{2 * l.calm.quantile(0.95)}, "two frames of the same window with nothing happening")
	return []figure{typed.must("value <= 50", typed.Value <= 50)}, nil
}

// liveAtKiosk lives sessions at a kiosk that stands alone, all kinds by turns or only one.
func (y *bay) liveAtKiosk(sessions int, only string) (*lives, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := errors.Join(setup(ctx, needWindow, needDisplay), buildPages(ctx)); err != nil {
		return nil, err
	}
	args, err := y.kioskCommand()
	if err != nil {
		return nil, err
	}
	return y.live(ctx, upright, args, sessions, only)
}

// live lives sessions in the window of a terminal that args start, and gives what the page reported.
func (y *bay) live(ctx context.Context, screen size, args []string, sessions int, only string) (l *lives, err error) {
	reports := make(chan told)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var report told
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&report); err != nil {
			report.Why = "unreadable report: " + err.Error()
		}
		reports <- report
	}), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer closing(server, &err)
	program, err := y.selfTapping(ctx, "http://"+listener.Addr().String(), sessions, only)
	if err != nil {
		return nil, err
	}
	args = slices.Concat([]string{program}, args[1:])
	x, p, _, err := y.onScreen(ctx, "sessions", screen, args)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop(), x.close()) }()
	l = &lives{frames: frames{}, calm: frames{}, keys: frames{}, calls: frames{}, slow: map[string]int{}}
	for l.done() < sessions {
		select {
		case report := <-reports:
			err = l.take(y, report, p.cmd.Process.Pid)
		case <-p.done:
			err = p.ended()
		case <-time.After(sessionsStop):
			err = fmt.Errorf("the page has reported nothing for %s after %d sessions: see %s", sessionsStop, l.done(), p.log)
		}
		if err != nil {
			return nil, err
		}
	}
	return l, nil
}

// lives is what the page has reported so far, and the memory of all processes after so many
// sessions.
type lives struct {
	frames, calm frames
	keys, calls  frames
	slow         map[string]int
	at, mb       series
}

func (l *lives) done() int {
	if len(l.at) == 0 {
		return 0
	}
	return int(l.at[len(l.at)-1])
}

// take enters a report.
func (l *lives) take(y *bay, report told, pid int) error {
	if report.Why != "" {
		return fmt.Errorf("after %d sessions: %s", report.Done, report.Why)
	}
	if report.Calm {
		l.calm.add(report.Gaps)
		y.say("with nothing happening: %d frames, median %.0f ms, longest %.0f ms", l.calm.over(-1), l.calm.quantile(0.5), l.calm.quantile(1))
		return nil
	}
	l.frames.add(report.Gaps)
	l.keys.add(report.Keys)
	l.calls.add(report.Calls)
	for at, n := range report.Slow {
		l.slow[at] += n
	}
	bytes, err := treePSS(pid)
	if err != nil {
		return err
	}
	l.at, l.mb = append(l.at, float64(report.Done)), append(l.mb, float64(bytes)/1e6)
	if report.Done%200 == 0 {
		y.say("%d sessions: %.0f MB; %d frames, 99 %% within %.0f ms, %d over %d ms, longest %.0f ms", report.Done, float64(bytes)/1e6,
			l.frames.over(-1), l.frames.quantile(0.99), l.frames.over(longFrame), longFrame, l.frames.quantile(1))
	}
	return nil
}

func (l *lives) figures(y *bay) []figure {
	for _, at := range slices.SortedFunc(maps.Keys(l.slow), func(a, b string) int { return l.slow[b] - l.slow[a] }) {
		y.say("%d frames over %d ms after %s", l.slow[at], longFrame, at)
	}
	from := slices.IndexFunc(l.at, func(n float64) bool { return n >= sessionsWarm })
	const still = "the same window's first screen with nothing happening"
	worst := series{l.frames.quantile(1)}.against("session_frame_ms_longest", "ms", series{l.calm.quantile(1)}, still)
	growth := slope(l.at[from:], l.mb[from:]) * 1000
	return []figure{
		worst.must(fmt.Sprintf("value <= %d", longFrame), worst.Value <= longFrame),
		series{l.frames.quantile(0.99)}.against("session_frame_ms_p99", "ms", series{l.calm.quantile(0.99)}, still),
		series{float64(l.frames.over(longFrame))}.against("session_frames_over_50_ms", "frames", series{float64(l.frames.over(-1))}, "all frames of the sessions"),
		series{growth}.against("session_memory_mb_per_1000", "MB", series{l.mb[from:].median()}, "its memory at the median"),
	}
}

// slope is the least squares' of y over x.
func slope(x, y series) float64 {
	var mx, my, up, down float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(y))
	}
	for i := range x {
		up, down = up+(x[i]-mx)*(y[i]-my), down+(x[i]-mx)*(x[i]-mx)
	}
	return up / down
}

// selfTapping builds the terminal's program as it is shipped, but for a script in its pages
// that lives sessions and reports to an address. Pages and program of the product stay as they are.
func (y *bay) selfTapping(ctx context.Context, to string, sessions int, only string) (string, error) {
	index, err := os.ReadFile("frontend/dist/index.html")
	if err != nil {
		return "", err
	}
	page := strings.Replace(string(index), "connect-src ", "connect-src "+to+" ", 1)
	page = strings.Replace(page, "</head>", fmt.Sprintf(`<script defer src="/sessions.js" data-to="%s" data-sessions="%d" data-only="%s"></script></head>`, to, sessions, only), 1)
	if strings.Count(page, to) != 2 {
		return "", errors.New("the script finds no place in index.html")
	}
	changed := filepath.Join(y.folder, "index.html")
	if err := os.WriteFile(changed, []byte(page), 0o644); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, by := range map[string]string{"frontend/dist/index.html": changed, "frontend/dist/sessions.js": "frontend/e2e/sessions.js"} {
		from, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		if replace[from], err = filepath.Abs(by); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay, program := filepath.Join(y.folder, "overlay.json"), filepath.Join(y.folder, "onewindow")
	if err := os.WriteFile(overlay, raw, 0o644); err != nil {
		return "", err
	}
	cmd := command(ctx, "go", "build", "-overlay", overlay, "-tags", linuxTags, "-trimpath", "-ldflags", "-s -w", "-o", program, "./app")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	_, err = quiet(cmd)
	return program, err
}
