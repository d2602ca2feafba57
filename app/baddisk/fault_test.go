package baddisk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/baddisk"
	"onewindow/app/badge"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/slip"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

// station is a real terminal on a bad disk, with nothing else running, and the
// one thing that is tried on it.
type station struct {
	t    testing.TB
	disk *baddisk.Disk
	s    config.Settings
	opt  terminal.Options
	term *terminal.Terminal
	twin *device.Twin
	// do asks for something under a request and gives the number that it got.
	do func(request string) (number string, err error)
	// due is the number that the n-th success must get, from 1.
	due func(n int) string
	// ready brings the terminal to where do works, after each start.
	ready func()
	// papers tells how many sheets each success prints.
	papers    int
	successes int
	requests  int
	// platter holds the disk after done steps of the trace.
	platter *baddisk.Platter
	done    int
}

func newStation(t testing.TB, role string) *station {
	t.Helper()
	files, err := guide.ShippedFiles()
	must(t, err)
	guides, err := guide.Parse(files)
	must(t, err)
	ms := day0
	x := &station{t: t, disk: disk(t), platter: baddisk.NewPlatter(), s: config.Default(role), ready: func() {}}
	x.s.Data, x.s.Hub = filepath.Join(t.TempDir(), "data"), ""
	x.opt = terminal.Options{Now: func() int64 { ms++; return ms }, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Guides: guides, Index: guide.NewIndex(guides), VFS: x.disk.Name()}
	return x
}

// kiosk tries to issue tickets, with a printer.
func kiosk(t testing.TB) *station {
	t.Helper()
	x := newStation(t, config.Kiosk)
	var err error
	x.twin, err = device.StartTwin("127.0.0.1:0", "", nil)
	must(t, err)
	t.Cleanup(func() { x.twin.Close() })
	x.s.Printer = x.twin.Address()
	x.papers = 1
	x.do = func(request string) (string, error) {
		p, err := x.term.Kiosk.Issue(screen.TicketRequest{Request: request, Letter: "A"})
		return p.Number, err
	}
	x.due = func(n int) string { return fmt.Sprintf("A1-%03d", n) }
	x.start()
	return x
}

// counter tries to take applications, on a visit that was begun from paper.
func counter(t testing.TB) *station {
	t.Helper()
	x := newStation(t, config.Counter)
	x.start()
	verifier, err := badge.Seal("246810")
	must(t, err)
	var e event.Event
	var f hall.Issued
	must(t, x.term.Store.Write(context.Background(), func(tx *store.Tx) error {
		if _, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: "wang", Name: "王", Verifier: verifier}); err != nil {
			return err
		}
		f = tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(day0, 1), Origin: x.term.Store.Origin(), Digit: 1, Service: "A", Class: hall.WalkIn, Language: "zh", NowMS: day0})
		e, err = tx.Issue("tap", f)
		return err
	}))
	code, err := slip.Sign(e, x.term.Store.Key())
	must(t, err)
	x.ready = func() { _, err := x.term.Counter.SignIn("wang", "246810"); must(t, err) }
	x.ready()
	_, err = x.term.Counter.OpenWindow("A01", []string{"A"})
	must(t, err)
	_, err = x.term.Counter.StartByScan(code)
	must(t, err)
	item := x.opt.Guides.ItemsIn("A")[0]
	x.do = func(request string) (string, error) {
		r, err := x.term.Counter.TakeIntake(screen.Intake{Request: request, Ticket: string(f.Ticket), Item: string(item.Code), Applicant: "罗庆(样例)",
			DocumentType: "resident_id", DocumentNumber: "99010820000907755X"})
		return r.Number, err
	}
	first := ""
	x.due = func(n int) string {
		if first == "" {
			// The form of the number is the catalogue's business; here only counting is.
			list, err := x.term.Store.Cases(context.Background(), f.Ticket)
			must(t, err)
			first = list[0].Number
		}
		return fmt.Sprintf("%s%04d", first[:len(first)-4], n)
	}
	return x
}

func (x *station) start() {
	x.t.Helper()
	term, err := terminal.Open(x.s, x.opt)
	must(x.t, err)
	x.term = term
	x.t.Cleanup(func() { term.Close() })
	x.ready()
}

// standing is all that a refused attempt may not change.
type standing struct {
	hash     event.Hash
	position int64
	kept     int
	cases    int
	owing    event.Seq
}

// String is for reports.
func (s standing) String() string {
	return fmt.Sprintf("state %.8s… position %d, %d events, %d applications, %d to send", s.hash.String(), s.position, s.kept, s.cases, s.owing)
}

func standingOf(s *store.Store) (st standing, err error) {
	ctx := context.Background()
	st.hash, st.position = hashOf(s), s.Position()
	for _, o := range s.Owing() {
		st.owing += o.Seq - o.Up
	}
	if st.kept, err = s.Kept(ctx); err != nil {
		return st, err
	}
	cases, err := s.Applications(ctx, "jiangnan", 0)
	st.cases = len(cases)
	return st, err
}

// crashed tells how it would stand after the program died at this moment.
func (x *station) crashed() (standing, error) {
	files := map[string][]byte{}
	for _, name := range []string{"terminal.db", "terminal.db-wal"} {
		if raw, err := os.ReadFile(filepath.Join(x.s.Data, name)); err == nil {
			files[name] = raw
		}
	}
	return x.opened(files)
}

// dark tells how it would stand after a power cut at this moment, with nothing on
// the disk that the disk did not confirm: a sync that failed has lost its writes,
// even when the next one succeeds.
func (x *station) dark() (standing, error) {
	steps := x.disk.Trace()
	for ; x.done < len(steps); x.done++ {
		x.platter.Do(steps[x.done])
	}
	return x.opened(x.platter.Cut(baddisk.Nothing, rand.New(rand.NewPCG(0, 0))))
}

// opened opens the store on copies of files in another folder.
func (x *station) opened(files map[string][]byte) (st standing, err error) {
	dir := filepath.Join(x.s.Data, "..", "opened")
	must(x.t, os.RemoveAll(dir))
	must(x.t, os.MkdirAll(dir, 0o700))
	for name, b := range files {
		must(x.t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	path := filepath.Join(dir, "terminal.db")
	s, err := store.Open(store.Options{Path: path, Origin: x.term.Store.Origin(), Key: x.term.Store.Key(), Now: x.opt.Now, Synchronous: "OFF"})
	if err != nil {
		return st, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if st, err = standingOf(s); err != nil {
		return st, err
	}
	return st, sound(path)
}

// trial is one fault at one step and what was seen of it.
type trial struct {
	fault baddisk.Fault
	// restart closes the terminal after the refusal and starts it anew.
	restart bool
	// reached tells that the fault came in this attempt at all, refused what the
	// person got, ghost that the refused commit would be there after a crash.
	reached, refused, ghost bool
	recovery                time.Duration
	wrong                   []string
}

func (r *trial) must(so bool, format string, args ...any) {
	if !so {
		r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
	}
}

// try makes one attempt with a fault and one after it.
func (x *station) try(r *trial) {
	x.t.Helper()
	x.requests++
	request := fmt.Sprintf("request-%d", x.requests)
	before, err := standingOf(x.term.Store)
	must(x.t, err)
	jobs := x.jobs()
	from := len(x.disk.Trace())
	x.disk.Break(r.fault)
	number, err := x.do(request)
	if err != nil {
		x.refused(r, request, err, before, jobs)
	}
	failed := x.disk.Heal()
	r.reached, r.refused = len(failed) > 0, err != nil
	if err == nil {
		x.successes++
		r.must(safe(x.disk.Trace()[from:]), "said to be saved before the disk said so")
		x.saved(r, request, number, before, jobs)
		return
	}
	r.must(r.reached, "refused without a fault: %v", err)
	if r.restart {
		must(x.t, x.term.Close())
		x.start()
		again, err := standingOf(x.term.Store)
		r.must(err == nil && again == before, "after a restart it stands at %v, before it was %v: %v", again, before, err)
	}
	begun := time.Now()
	number, err = x.do(request)
	r.recovery = time.Since(begun)
	r.must(err == nil, "with a good disk again: %v", err)
	r.must(r.recovery < 10*time.Second, "it took %s until it worked again", r.recovery)
	if err != nil {
		return
	}
	x.successes++
	r.must(!x.term.Store.DiskFull(), "still says that the disk is full")
	x.saved(r, request, number, before, jobs)
}

// safe tells whether all that was written to the WAL was synced afterwards. What
// may fail after that is a checkpoint, which is tried again with the next commit.
func safe(steps []baddisk.Step) bool {
	is := false
	for _, s := range steps {
		if strings.HasSuffix(s.File, "-wal") && !s.Failed {
			is = s.Kind == baddisk.Sync || is && s.Kind != baddisk.Write
		}
	}
	return is
}

// refused judges an attempt that was refused, while the disk is still bad.
func (x *station) refused(r *trial, request string, err error, before standing, jobs int) {
	want := map[baddisk.Trouble]*event.Refusal{baddisk.NoSpace: event.DiskFull, baddisk.Broken: event.NotSaved}[r.fault.Trouble]
	r.must(terminal.Refusal(err).Is(want), "the person reads %v of %v, not %v", terminal.Refusal(err), err, want)
	r.must(x.term.Store.DiskFull() == (r.fault.Trouble == baddisk.NoSpace), "the disk is said to be full: %t", x.term.Store.DiskFull())
	if r.fault.Lasting {
		for range 2 {
			_, err := x.do(request)
			r.must(err != nil && terminal.Refusal(err).Is(want), "tried again on a bad disk: %v", err)
		}
	}
	now, err := standingOf(x.term.Store)
	r.must(err == nil && now == before, "after a refusal it stands at %v, before it was %v: %v", now, before, err)
	r.must(x.jobs() == jobs, "%d sheets were printed for nothing", x.jobs()-jobs)
	// Where only the last sync failed, all of the commit may be in the file, and a
	// crash may bring it back: as a whole, under its request, or not at all.
	after, err := x.crashed()
	r.ghost = after.kept == before.kept+1
	r.must(err == nil && (after == before || r.ghost && after.owing == before.owing+1), "after a crash it would stand at %v, before it was %v: %v", after, before, err)
}

// saved judges an attempt that succeeded.
func (x *station) saved(r *trial, request, number string, before standing, jobs int) {
	due := x.due(x.successes)
	r.must(number == due, "number %s, due was %s", number, due)
	now, err := standingOf(x.term.Store)
	r.must(err == nil && now.kept == before.kept+1 && now.position == before.position+1, "saved, but it stands at %v after %v: %v", now, before, err)
	after, err := x.crashed()
	r.must(err == nil && after == now, "after a crash it would stand at %v, it is at %v: %v", after, now, err)
	after, err = x.dark()
	r.must(err == nil && after == now, "after a power cut it would stand at %v, it is at %v: %v", after, now, err)
	again, err := x.do(request)
	r.must(err == nil && again == number, "the same request again gives %s: %v", again, err)
	if x.twin != nil {
		apptest.Eventually(x.t, "the paper", func() bool { return x.jobs() >= jobs+x.papers })
		r.must(x.jobs() == jobs+x.papers, "%d sheets for one ticket", x.jobs()-jobs)
	}
}

func (x *station) jobs() int {
	if x.twin == nil {
		return 0
	}
	return x.twin.Jobs()
}

// tally counts trials.
type tally struct {
	faults, refused, ghosts, most int
	slowest                       time.Duration
}

// sweep lets each step of an attempt fail in turn, in one sort of trial, until an
// attempt has no more of them. next prepares the next trial and gives its step; nil
// is one after the other.
func (y *tally) sweep(t *testing.T, x *station, sort trial, next func(last trial, k int) int) {
	t.Helper()
	for k := 1; ; {
		r := sort
		r.fault.Nth = k
		x.try(&r)
		for _, w := range r.wrong {
			t.Errorf("%s: %s", r.fault, w)
		}
		if !r.reached {
			return
		}
		y.faults, y.most, y.slowest = y.faults+1, max(y.most, k), max(y.slowest, r.recovery)
		if r.refused {
			y.refused++
		}
		if r.ghost {
			y.ghosts++
		}
		if k > 5000 || t.Failed() && k > 50 {
			t.Fatalf("no end of steps at %d", k)
		}
		if k++; next != nil {
			k = next(r, k)
		}
	}
}

// every sweeps with all sorts of trouble.
func every(t *testing.T, x *station) {
	t.Helper()
	var y tally
	for _, trouble := range []baddisk.Trouble{baddisk.NoSpace, baddisk.Broken} {
		for _, lasting := range []bool{false, true} {
			for _, restart := range []bool{false, true} {
				// The short form has each sort of fault with and without a restart, not each pair of them.
				if os.Getenv(full) == "" && restart == (lasting == (trouble == baddisk.NoSpace)) {
					continue
				}
				f := baddisk.Fault{On: changing, Trouble: trouble, Lasting: lasting, Torn: trouble == baddisk.NoSpace}
				y.sweep(t, x, trial{fault: f, restart: restart}, nil)
				if os.Getenv(full) != "" {
					f.Torn = !f.Torn
					y.sweep(t, x, trial{fault: f, restart: restart}, nil)
				}
			}
		}
	}
	if y.refused == 0 {
		t.Error("nothing was ever refused: the faults do not reach the store")
	}
	t.Logf("T7 %s: %d faults at up to %d steps each, once and lasting: %d refused, %d sheets for %d successes, %d whole again after a crash, works again within %s",
		x.s.Role, y.faults, y.most, y.refused, x.jobs(), x.successes, y.ghosts, y.slowest.Round(time.Millisecond))
}

// changing are the steps that an attempt can fail at.
const changing = baddisk.Write | baddisk.Sync | baddisk.Truncate

// TestEveryStepOfAnIssueCanFail is the first half of T7.
func TestEveryStepOfAnIssueCanFail(t *testing.T) {
	if left(t, "T7") {
		return
	}
	t.Parallel()
	every(t, kiosk(t))
}

// TestEveryStepOfAnIntakeCanFail is the second half of T7.
func TestEveryStepOfAnIntakeCanFail(t *testing.T) {
	if left(t, "T7") {
		return
	}
	t.Parallel()
	every(t, counter(t))
}

// TestEveryStepOfACheckpointCanFail lets the WAL grow until each commit brings a
// checkpoint: whatever fails of that, the ticket is saved, printed and stays.
func TestEveryStepOfACheckpointCanFail(t *testing.T) {
	if left(t, "T7") {
		return
	}
	t.Parallel()
	x := kiosk(t)
	onDatabase := baddisk.Fault{On: changing, File: "terminal.db", Nth: 1, Trouble: baddisk.Broken, Lasting: true}
	long := func() {
		for n, failed := 0, 0; failed == 0; n++ {
			if n > 1000 {
				t.Fatal("a thousand catalogues and no checkpoint")
			}
			x.disk.Break(onDatabase)
			must(t, x.term.Store.KeepCatalogue(context.Background(), x.opt.Guides))
			failed = len(x.disk.Heal())
		}
	}
	var y tally
	for _, trouble := range []baddisk.Trouble{baddisk.NoSpace, baddisk.Broken} {
		long()
		y.sweep(t, x, trial{fault: baddisk.Fault{On: changing, Trouble: trouble, Torn: true}}, func(last trial, k int) int {
			if last.refused {
				long() // the attempt after the refusal has done the checkpoint
			}
			if k > 16 && os.Getenv(full) == "" {
				return k + 9 // beyond the commit's own steps and the first of the checkpoint
			}
			return k
		})
	}
	if y.refused == y.faults || y.most < 30 {
		t.Errorf("%d of %d faults refused, at up to %d steps: there was no checkpoint", y.refused, y.faults, y.most)
	}
	t.Logf("T7 checkpoint: %d faults at up to %d steps: %d refused, the others saved and printed", y.faults, y.most, y.refused)
}

// TestFaultsSeeMistakes are the negative controls: kiosks that each break one rule.
func TestFaultsSeeMistakes(t *testing.T) {
	if left(t, "T7") {
		return
	}
	count := 0
	for _, c := range []struct {
		name string
		make func(x *station, do func(string) (string, error)) func(string) (string, error)
	}{
		{"prints before it saves", func(x *station, do func(string) (string, error)) func(string) (string, error) {
			return func(request string) (string, error) {
				must(t, device.NewPrinter(x.twin.Address()).Print(context.Background(), []byte("A001\n\x1dV\x42\x18")))
				return do(request)
			}
		}},
		{"says that it is saved whatever the disk says", func(x *station, do func(string) (string, error)) func(string) (string, error) {
			return func(request string) (string, error) {
				number, err := do(request)
				if err != nil {
					return x.due(x.successes + 1), nil
				}
				return number, nil
			}
		}},
		{"burns a number", func(x *station, do func(string) (string, error)) func(string) (string, error) {
			n := 0
			return func(request string) (string, error) {
				n++
				_, err := do(request)
				return x.due(n), err
			}
		}},
		{"saves something of what it refuses", func(x *station, do func(string) (string, error)) func(string) (string, error) {
			return func(request string) (string, error) {
				number, err := do(request)
				if err != nil {
					_, _ = do(request + "-once-more")
				}
				return number, err
			}
		}},
		{"never tries again", func(x *station, do func(string) (string, error)) func(string) (string, error) {
			var last error
			return func(request string) (string, error) {
				if last != nil {
					return "", last
				}
				number, err := do(request)
				last = err
				return number, err
			}
		}},
	} {
		x := kiosk(t)
		x.do = c.make(x, x.do)
		r := &trial{fault: baddisk.Fault{On: changing, Nth: 2}}
		x.try(r)
		if count++; len(r.wrong) == 0 {
			t.Errorf("a kiosk that %s is not seen", c.name)
		}
		t.Logf("T7 control, a kiosk that %s: %.160s", c.name, strings.Join(r.wrong, "; "))
	}
}
