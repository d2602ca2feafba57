//go:build bench

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// figure is one line of the bench: what was measured, and beside it what this
// machine could do at best in the same run. Value, Ceiling, Min and Max are in
// Unit; Value and Ceiling are medians of the rounds, Ratio is Value / Ceiling.
type figure struct {
	Name        string  `json:"name"`
	Value       float64 `json:"value"`
	Unit        string  `json:"unit"`
	Ceiling     float64 `json:"ceiling"`
	CeilingName string  `json:"ceiling_name"`
	Ratio       float64 `json:"ratio"`
	// Goal is what must hold, in words; OK tells whether it does. Both are left out where nothing is promised.
	Goal   string  `json:"goal,omitempty"`
	OK     *bool   `json:"ok,omitempty"`
	Rounds int     `json:"rounds"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// bench measures the figures of its names together, because they share a set-up.
type bench struct {
	names []string
	run   func(*bay) ([]figure, error)
	// long ones are measured only when they are named.
	long bool
}

var benches = []bench{
	{names: []string{"issue_commit_p50", "issue_commit_p99"}, run: benchCommit},
	{names: []string{"issue_to_last_printer_byte_p99"}, run: benchPaper},
	{names: []string{"allocator_claims_per_second", "allocator_claim_p99"}, run: benchClaims},
	{names: []string{"drain_events_per_second", "drain_two_hops_events_per_second", "drain_against_jetstream", "apply_events_per_second"}, run: benchDrain},
	{names: []string{"catchup_3_days_seconds", "catchup_call_ms_p99", "catchup_memory_mb", "resume_after_restart_ms"}, run: benchReturn},
	{names: []string{"backlog_3_days_hub_memory_mb", "backlog_3_days_centre_memory_mb"}, run: benchBacklog},
	{names: []string{"scale_1000_halls_events_per_second", "scale_1000_halls_ack_p99", "scale_memory_kib_per_hall"}, run: benchScale},
	{names: []string{"first_frame_ms", "memory_pss_mb", "idle_cpu_percent"}, run: benchWindow},
	{names: []string{"session_frame_ms_longest", "session_frame_ms_p99", "session_frames_over_50_ms", "session_memory_mb_per_1000"}, run: benchSessions, long: true},
	{names: []string{"keystroke_to_paint_ms_p95"}, run: benchTyped},
	{names: []string{"call_to_screen_ms_p99", "counter_keystroke_to_paint_ms_p99"}, run: benchDesk},
	{names: []string{"search_keystroke_p99_5000"}, run: benchSearch5000},
	{names: []string{"search_keystroke_p99_100000", "search_index_100000_seconds", "search_index_100000_mb"}, run: benchSearch100000},
	{names: []string{"search_index_ms"}, run: benchIndex},
	{names: []string{"ask_ms_p99"}, run: benchAsk},
	{names: []string{"binary_mb", "server_binary_mb"}, run: benchBinaries},
	{names: []string{"soak_30_days_events", "soak_30_days_lost", "soak_30_days_doubled", "soak_30_days_fault_share", "soak_30_days_minutes", "soak_30_days_hub_memory_mb",
		"soak_30_days_centre_memory_mb", "soak_30_days_growth_memory_resident", "soak_30_days_growth_memory", "soak_30_days_growth_goroutines", "soak_30_days_growth_descriptors", "soak_30_days_wal_mb"}, run: benchSoak, long: true},
}

// errBelowGoal says that every figure was measured and printed, and a goal is missed.
var errBelowGoal = errors.New("a figure is below its goal")

// runBench measures the named figures (all but the long ones without names) and prints each as one
// line of JSON on standard output; progress goes to standard error. The error is
// errBelowGoal when a goal is missed.
func runBench(args []string) error {
	if len(args) == 2 && args[0] == placeWord {
		return runPlace(args[1], os.Stdin, os.Stdout)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how many `times` each figure is measured")
	profile := flags.String("profile", "", "keep a processor profile of each measurement in this `folder`")
	days := flags.Int("days", soakDays, "how many `days` the soak lasts")
	tickets := flags.Int("tickets", soakTickets, "how many `tickets` each hall of the soak issues a day")
	seed := flags.Uint64("seed", uint64(time.Now().UnixMilli()), "`number` that the soak's faults follow from")
	plot := flags.String("plot", filepath.Join("build", "bin", "soak.png"), "`file` for the soak's plot")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if *rounds < 1 {
		return fmt.Errorf("bench: %d rounds: at least one is needed", *rounds)
	}
	wanted, err := chosen(flags.Args())
	if err != nil {
		return err
	}
	folder, err := benchFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	lines := json.NewEncoder(os.Stdout)
	lines.SetEscapeHTML(false) // goals are read by people: "<=", not an escape
	met := true
	var broken []error
	for _, b := range benches {
		if !slices.ContainsFunc(b.names, func(n string) bool { return wanted[n] }) {
			continue
		}
		y := &bay{folder: filepath.Join(folder, b.names[0]), rounds: *rounds, name: b.names[0], days: *days, tickets: *tickets, seed: *seed, plot: *plot}
		figures, err := measured(b, y, *profile)
		if err != nil {
			broken = append(broken, fmt.Errorf("measure %s: %w", b.names[0], err))
			continue
		}
		for _, f := range figures {
			if !wanted[f.Name] {
				continue
			}
			if err := lines.Encode(f); err != nil {
				return fmt.Errorf("print %s: %w", f.Name, err)
			}
			met = met && (f.OK == nil || *f.OK)
		}
	}
	if !met {
		broken = append(broken, errBelowGoal)
	}
	return errors.Join(broken...)
}

// chosen gives the figures of the names asked for: a name's own and those that begin with
// its words. No names mean all figures but the long ones.
func chosen(names []string) (map[string]bool, error) {
	var known []string
	wanted := map[string]bool{}
	for _, b := range benches {
		known = append(known, b.names...)
		for _, n := range b.names {
			wanted[n] = len(names) == 0 && !b.long
		}
	}
	for _, asked := range names {
		found := false
		for _, n := range known {
			if n == asked || strings.HasPrefix(n, asked+"_") {
				wanted[n], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("bench: there is no figure %q: known are %s", asked, strings.Join(known, ", "))
		}
	}
	return wanted, nil
}

// benchFolder makes the folder that everything is measured in. It lies in the
// checkout, on the disk that the programs would use, and not in a temporary
// folder that may be memory.
func benchFolder() (string, error) {
	parent, err := filepath.Abs(cacheDir)
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	folder, err := os.MkdirTemp(parent, "bench-")
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	return folder, nil
}

// measured runs one bench in a folder of its own.
func measured(b bench, y *bay, profile string) (out []figure, err error) {
	y.started = time.Now()
	y.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if err := os.MkdirAll(y.folder, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(y.folder)
	if profile != "" {
		if err := os.MkdirAll(profile, 0o755); err != nil {
			return nil, err
		}
		f, err := os.Create(filepath.Join(profile, b.names[0]+".pprof"))
		if err != nil {
			return nil, err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		defer func() {
			pprof.StopCPUProfile()
			err = errors.Join(err, f.Close())
		}()
	}
	own, all := ownCPU(), allCPU()
	out, err = b.run(y)
	// A figure taken while others compute says little: the reader is told how much they did.
	if took, mine := allCPU()-all, ownCPU()-own; took > 0 {
		share := float64(took-mine) / float64(runtime.NumCPU()) / float64(time.Since(y.started))
		y.say("%.1f s of processor time; other programs kept the processors busy for %.0f %% of the time", mine.Seconds(), 100*max(0, share))
	}
	return out, err
}

// bay is the place of one measurement: its folder, how many rounds, and where
// programs may complain.
type bay struct {
	name    string
	folder  string
	rounds  int
	log     *slog.Logger
	started time.Time
	made    int
	// of the soak: its days and a day's tickets, what its faults follow from, where its plot goes.
	days, tickets int
	seed          uint64
	plot          string
}

// say tells the operator how far the measurement is.
func (y *bay) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench %6.1fs %s: %s\n", time.Since(y.started).Seconds(), y.name, fmt.Sprintf(format, args...))
}

// fresh makes an empty folder.
func (y *bay) fresh(name string) (string, error) {
	y.made++
	path := filepath.Join(y.folder, fmt.Sprintf("%03d-%s", y.made, name))
	return path, os.MkdirAll(path, 0o755)
}

// series is what the rounds gave, in the figure's unit.
type series []float64

// median gives the middle value, the mean of the two middle ones for an even count.
func (s series) median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	c := slices.Clone(s)
	slices.Sort(c)
	return (c[(len(c)-1)/2] + c[len(c)/2]) / 2
}

// quantile gives the smallest value that at least a share q of all values does not exceed.
func (s series) quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	c := slices.Clone(s)
	slices.Sort(c)
	return c[max(0, int(math.Ceil(q*float64(len(c))))-1)]
}

// against makes a figure of what was measured and its ceiling.
func (s series) against(name, unit string, ceiling series, ceilingName string) figure {
	f := figure{Name: name, Unit: unit, CeilingName: ceilingName, Rounds: len(s), Value: s.median(), Ceiling: ceiling.median(), Min: slices.Min(s), Max: slices.Max(s)}
	f.Ratio = f.Value / f.Ceiling
	for _, v := range []*float64{&f.Value, &f.Ceiling, &f.Ratio, &f.Min, &f.Max} {
		*v = rounded(*v)
	}
	return f
}

// must enters what is promised of a figure.
func (f figure) must(goal string, ok bool) figure {
	f.Goal, f.OK = goal, &ok
	return f
}

// rounded keeps four digits: more would be noise.
func rounded(v float64) float64 {
	if math.Abs(v) >= 1000 {
		return math.Round(v)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return v
	}
	return short
}

// closing closes c and keeps its error beside the one that is under way.
func closing(c io.Closer, err *error) { *err = errors.Join(*err, c.Close()) }

// inMS gives a duration in milliseconds.
func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
