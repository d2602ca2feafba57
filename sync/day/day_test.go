package day

import (
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// shortPlan is the short day of testdata: 60 tickets, 3 windows.
func shortPlan(t *testing.T, seed uint64, disturb ...string) *Plan {
	t.Helper()
	f, err := Read("testdata")
	must(t, err)
	files, err := guide.ShippedFiles()
	must(t, err)
	guides, err := guide.Parse(files)
	must(t, err)
	// The file's day is Jiangnan's; what only happens in Jiangbei happens here too.
	p, err := NewPlan(f, "jiangnan", "2026-11-24", seed, disturb, guides)
	must(t, err)
	if slices.Contains(disturb, "all") {
		p.Disturb = append(p.Disturb, f.Disturbances[slices.IndexFunc(f.Disturbances, func(d Disturbance) bool { return d.ID == NetCut })])
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestShortDayWithEveryDisturbance: whatever goes wrong, everybody with a ticket
// is served or counted as a no-show, and the centre has all of it once.
func TestShortDayWithEveryDisturbance(t *testing.T) {
	t.Parallel()
	plan := shortPlan(t, 7, "all")
	r, err := Run(t.Context(), plan, Options{Folder: t.TempDir()})
	must(t, err)
	must(t, r.Bad())
	if r.TicketsIssued != 60+busPeople || r.Served+r.NoShow != r.TicketsIssued {
		t.Errorf("issued %d, served %d, no-show %d: want %d issued and all accounted for", r.TicketsIssued, r.Served, r.NoShow, 60+busPeople)
	}
	if r.Scanned == 0 || r.Applications == 0 {
		t.Errorf("scanned %d, applications %d: the day did not go through what it should", r.Scanned, r.Applications)
	}
	var told []string
	for _, s := range r.Stories {
		told = append(told, s.ID)
	}
	slices.Sort(told)
	if want := []string{Bus, FastPC, HubCut, KioskOff, NetCut}; !slices.Equal(told, want) {
		t.Errorf("disturbances told of: %v, want %v", told, want)
	}
}

// TestCheckerSeesWhatIsPlanted is the control of the observer: it must find a
// lost ticket, a doubled one, a number given twice, a lost step and a node with
// another state, each planted after a day that went well.
func TestCheckerSeesWhatIsPlanted(t *testing.T) {
	t.Parallel()
	plan := shortPlan(t, 3)
	r := newRun(t.Context(), plan, Options{Folder: t.TempDir()}, &logCount{})
	defer func() { must(t, r.close()) }()
	must(t, r.open(t.Context()))
	must(t, r.morning())
	must(t, r.play())
	must(t, r.settle())
	sound, err := r.report()
	must(t, err)
	sound.DiskEqual = true // the databases are compared after the machines have ended
	must(t, sound.Bad())

	db, err := sql.Open("sqlite", filepath.Join(r.folder, "centre", "centre.db"))
	must(t, err)
	defer db.Close()
	plant := func(query string, args ...any) {
		t.Helper()
		done, err := db.Exec(query, args...)
		must(t, err)
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", query, n, err)
		}
	}
	first, second, third := r.notes[0], r.notes[1], r.notes[2]
	plant("DELETE FROM event WHERE pos = ?", position(t, db, hall.KindIssued, first))
	twice := func(n *note, change func(*hall.Issued)) {
		at := position(t, db, hall.KindIssued, n)
		var body []byte
		must(t, db.QueryRow("SELECT body FROM event WHERE pos = ?", at).Scan(&body))
		e, err := event.Decode(body)
		must(t, err)
		f, err := hall.ReadIssued(e)
		must(t, err)
		change(&f)
		e.Seq, e.Payload = e.Seq+1_000_000, hall.Payload(f)
		sum := event.Sum(e.Encode())
		plant("INSERT INTO event (chain, seq, kind, lasting, hash, body) SELECT id,?,?,0,?,? FROM chain WHERE origin = ? AND epoch = ?",
			int64(e.Seq), string(e.Kind), sum[:], e.Encode(), string(e.Origin), int64(e.Epoch))
	}
	twice(second, func(*hall.Issued) {})
	twice(third, func(f *hall.Issued) { f.Ticket = "00000000-0000-7000-8000-000000000000" })
	served := r.notes[slices.IndexFunc(r.notes, func(n *note) bool { return n.state == hall.Done })]
	plant("DELETE FROM event WHERE pos = ?", position(t, db, hall.KindFinished, served))
	must(t, r.board.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindReprinted, hall.Moved{Ticket: third.ticket, AtMS: r.clock.now()})
		return err
	}))

	bad, err := r.report()
	must(t, err)
	if bad.Lost != 2 || bad.Doubled != 1 || bad.NumbersDoubled != 1 || bad.Invented != 1 || bad.HashesEqual {
		t.Errorf("planted: 1 lost ticket, 1 lost step, 1 doubled ticket, 1 number twice on an invented ticket, 1 other state; found lost %d, doubled %d, numbers %d, invented %d, hashes equal %t",
			bad.Lost, bad.Doubled, bad.NumbersDoubled, bad.Invented, bad.HashesEqual)
	}
	if bad.Bad() == nil {
		t.Error("a day with lost and doubled tickets is called good")
	}
}

// position finds the row of a person's event in a log.
func position(t *testing.T, db *sql.DB, kind event.Kind, n *note) int64 {
	t.Helper()
	rows, err := db.Query("SELECT pos, body FROM event WHERE kind = ?", string(kind))
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var pos int64
		var body []byte
		must(t, rows.Scan(&pos, &body))
		e, err := event.Decode(body)
		must(t, err)
		if f, err := decode[hall.Moved](e); err == nil && f.Ticket == n.ticket {
			return pos
		}
	}
	must(t, rows.Err())
	t.Fatalf("the log has no %s of %s", kind, n.number)
	return 0
}

// TestJudgeCountsAnswers: what a page said twice or in two ways is found from the notes alone.
func TestJudgeCountsAnswers(t *testing.T) {
	o := newObserver()
	a := &note{person: &Person{}, request: "a", moves: map[event.Kind]int{}}
	b := &note{person: &Person{}, request: "b", moves: map[event.Kind]int{}}
	c := &note{person: &Person{}, request: "c", moves: map[event.Kind]int{}}
	o.issued(a, "t1", "B001", 1)
	o.issued(a, "t1", "B001", 1) // the same answer to a repeated request is right
	if o.doubled != 0 || len(o.notes) != 1 {
		t.Fatalf("a repeated answer counts as %d doubled, %d notes", o.doubled, len(o.notes))
	}
	o.issued(a, "t2", "B002", 2) // another ticket for the same tap
	o.issued(b, "t1", "B003", 3) // one ticket for two people
	o.issued(c, "t3", "B001", 4) // one number for two people
	v := o.judge(newEvidence())
	if v.Doubled != 2 || v.NumbersDoubled != 1 {
		t.Errorf("doubled %d, numbers doubled %d: want 2 and 1", v.Doubled, v.NumbersDoubled)
	}
	if v.Lost != 2 || v.WrongState != 2 {
		t.Errorf("of 2 tickets the centre has none: lost %d, in a wrong state %d", v.Lost, v.WrongState)
	}
}

// TestSameSeedSameDay: what happens follows from the seed, whatever the machine does.
func TestSameSeedSameDay(t *testing.T) {
	t.Parallel()
	figures := func() string {
		r, err := Run(t.Context(), shortPlan(t, 11), Options{Folder: t.TempDir()})
		must(t, err)
		must(t, r.Bad())
		return fmt.Sprint(r.TicketsIssued, r.TicketsCalled, r.Served, r.NoShow, r.Applications, r.Areas)
	}
	if first, again := figures(), figures(); first != again {
		t.Errorf("seed 11 gave\n%s\nand then\n%s", first, again)
	}
}

func TestLogCountKeepsLevels(t *testing.T) {
	logs := &logCount{}
	log := slog.New(logs).With("origin", "jiangnan/k1")
	log.Info("not counted")
	log.Warn("push", "error", "away")
	log.Warn("push", "error", "still away")
	log.Error("broken")
	warnings, errs, lines := logs.sum()
	if warnings != 2 || errs != 1 || len(lines) != 2 || lines[1] != "warn 2 times: push, first error=away" {
		t.Errorf("%d warnings, %d errors, %q", warnings, errs, lines)
	}
}

func TestQuantile(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(i+1))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(100, func(i, j int) { hundred[i], hundred[j] = hundred[j], hundred[i] })
	for _, c := range []struct {
		list  []float64
		share float64
		want  float64
	}{{nil, 0.5, 0}, {[]float64{7}, 0.99, 7}, {hundred, 0.5, 50}, {hundred, 0.99, 99}, {hundred, 1, 100}, {[]float64{1, 2}, 0.5, 1}} {
		if got := quantile(c.list, c.share); got != c.want {
			t.Errorf("quantile %.2f of %d values: %v, want %v", c.share, len(c.list), got, c.want)
		}
	}
}
