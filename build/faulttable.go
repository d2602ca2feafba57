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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// faultRow is a row of the table of faults: what is done to the district, under the
// number that its tests print before their figures.
type faultRow struct{ number, fault string }

// faultRows is the table that a release is judged by. A row without figures fails.
var faultRows = []faultRow{
	{"T1", "whole districts under seeds"},
	{"T2", "programs killed at random"},
	{"T3", "power cut"},
	{"T4", "lines that lose, delay, stall and lie"},
	{"T6", "folders lost, copied and put back"},
	{"T7", "no space or I/O error at every step"},
	{"T8", "clocks that lie"},
	{"T9", "thirty counters call at once"},
	{"T10", "frames that nobody should send"},
	{"T14", "devices at other devices' subjects"},
	{"T15", "silence afterwards, canaries"},
	{"T20", "badges against the databases"},
	{"T21", "two hubs: the leading one lost, lines between them cut"},
}

// faultRun is one run of go test. In the short form it takes what `go test -short`
// leaves out: TestWhatIsLeftOutIsTaken holds the two together.
type faultRun struct {
	packages []string
	only     string // a pattern of tests; empty for all
	at       int    // how many tests at once where they wait for the disk; 0 for the usual number
}

var faultRuns = []faultRun{
	{packages: []string{"./sync/link", "./sync/node", "./sync/sim"}},
	{packages: []string{"./app/apptest"}, only: "^TestClocksThatLie", at: 5},
	{packages: []string{"./app/baddisk"}},
	{packages: []string{"./sync/shelf"}, only: "^TestKilled"},
	{packages: []string{"./sync/faulttest"}},
}

// fullFaults asks for the numbers of a release; the tests read it from the environment.
const fullFaults = "ONEWINDOW_FULL"

// faultTable runs the tests of all faults and prints what each row of the table did.
func faultTable(ctx context.Context) error {
	limit := 20 * time.Minute
	if os.Getenv(fullFaults) == "1" {
		limit = 12 * time.Hour
	}
	x := &faultFigures{lines: map[string][]string{}}
	for _, r := range faultRuns {
		args := []string{"test", "-count", "1", "-p", "1", "-v", "-timeout", limit.String()}
		if r.only != "" {
			args = append(args, "-run", r.only)
		}
		if r.at > 0 {
			args = append(args, "-parallel", strconv.Itoa(r.at))
		}
		cmd := goTool(ctx, append(args, r.packages...)...)
		say("faults: %s", strings.Join(r.packages, " "))
		if err := x.run(cmd); err != nil {
			x.failed = append(x.failed, fmt.Sprintf("%s: %v", strings.Join(r.packages, " "), err))
		}
	}
	fmt.Print(x.table())
	return x.verdict()
}

// faultFigures is what the tests said of themselves.
type faultFigures struct {
	lines  map[string][]string // by row: "kill: 100 terminal, ..."
	failed []string            // tests, packages and runs
	why    []string            // what failing tests said
}

// ofTest finds a test's line of figures, "kill_test.go:76: T2 kill: 100 terminal, ...".
var ofTest = regexp.MustCompile(`^\s+\w+_test\.go:\d+: (T\d+) ([^:]{2,80}: .*)$`)

// wrongs finds the counts that must be 0.
var wrongs = regexp.MustCompile(`(\d+) (?:wrong|lost|damaged|numbers twice|negative figures|violations|leaks)\b`)

// run runs one command and reads its lines as they come.
func (x *faultFigures) run(cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("run the tests: %w", err)
	}
	x.read(out)
	if err := cmd.Wait(); err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(said.String())))
	}
	return nil
}

func (x *faultFigures) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20)
	var since []string // what the test under way has said
	for lines.Scan() {
		line := lines.Text()
		if m := ofTest.FindStringSubmatch(line); m != nil {
			x.lines[m[1]] = append(x.lines[m[1]], m[2])
			continue
		}
		name, failed := strings.CutPrefix(line, "--- FAIL: ")
		switch {
		case failed:
			x.failed = append(x.failed, name)
			x.why = append(x.why, since[max(0, len(since)-20):]...)
			since = nil
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "=== RUN") && !strings.Contains(line, "/"):
			since = nil
		case strings.HasPrefix(line, "panic: "):
			x.failed = append(x.failed, line)
		default:
			since = append(since, line)
		}
	}
}

// table is for people: a line for each row and its figures below it.
func (x *faultFigures) table() string {
	var b strings.Builder
	for _, r := range faultRows {
		state := "NOT RUN"
		if len(x.lines[r.number]) > 0 {
			state = x.wrong(r.number)
		}
		fmt.Fprintf(&b, "%-4s %-42s %s\n", r.number, r.fault, state)
		controls := 0
		for _, l := range x.lines[r.number] {
			if strings.HasPrefix(l, "control") {
				controls++
				continue
			}
			fmt.Fprintf(&b, "       %s\n", l)
		}
		if controls > 0 {
			fmt.Fprintf(&b, "       and %d negative controls, which must fail, did\n", controls)
		}
	}
	return b.String()
}

// wrong sums up what the lines of a row call lost, twice or wrong; controls, which
// must lose something, are no part of it.
func (x *faultFigures) wrong(number string) string {
	sum, told := 0, false
	for _, l := range x.lines[number] {
		if strings.Contains(l, "could not run") {
			return "NOT RUN"
		}
		if strings.HasPrefix(l, "control") {
			continue
		}
		for _, m := range wrongs.FindAllStringSubmatch(l, -1) {
			n, _ := strconv.Atoi(m[1]) // the pattern lets only digits through
			sum, told = sum+n, true
		}
	}
	if !told {
		return "held"
	}
	return fmt.Sprintf("%d lost or twice", sum)
}

// verdict is nil when every row ran and nothing failed.
func (x *faultFigures) verdict() error {
	failed := slices.Clone(x.failed)
	for _, r := range faultRows {
		switch state := x.wrong(r.number); {
		case len(x.lines[r.number]) == 0 || state == "NOT RUN":
			failed = append(failed, fmt.Sprintf("%s (%s) did not run to its end", r.number, r.fault))
		case state != "held" && !strings.HasPrefix(state, "0 "):
			failed = append(failed, fmt.Sprintf("%s (%s): %s", r.number, r.fault, state))
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("%s\n%s", strings.Join(failed, "\n"), strings.Join(x.why, "\n"))
}
