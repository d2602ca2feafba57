package apptest_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/badge"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/centre"
)

// opinions is a hall in which visits are served, rated and followed up: wang serves at c1, li
// sits at c2 and zhao at c3.
type opinions struct {
	t          *testing.T
	w          *apptest.World
	k          *terminal.Terminal
	c1, c2, c3 *terminal.Terminal
	visits     int
}

func newOpinions(t *testing.T) *opinions {
	t.Helper()
	w := apptest.New(t)
	verifier, err := badge.Seal("112233")
	apptest.Must(t, err)
	apptest.Must(t, w.Hub.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: "zhao", Name: "赵", Verifier: verifier})
		return err
	}))
	o := &opinions{t: t, w: w, k: w.Terminal(config.Kiosk, "k1"), c1: w.Terminal(config.Counter, "c1"), c2: w.Terminal(config.Counter, "c2"), c3: w.Terminal(config.Counter, "c3")}
	reached(t, o.k, o.c1, o.c2, o.c3)
	signIn(t, o.c1, "wang", "246810", "A01", "A")
	signIn(t, o.c2, "li", "135790", "A02", "A")
	signIn(t, o.c3, "zhao", "112233", "A03", "A")
	return o
}

// start takes a ticket and lets wang call and start it; it gives the slip.
func (o *opinions) start() (p screen.TicketPage, slip string) {
	o.t.Helper()
	o.visits++
	p = issue(o.t, o.k, "A", string(o.k.Machine.Guides.Now().ItemsIn("A")[0].Code))
	slip = codeOf(o.t, o.k, p)
	apptest.Eventually(o.t, "called", func() bool { _, err := o.c1.Counter.Next(p.Ticket); return err == nil })
	_, err := o.c1.Counter.Start()
	apptest.Must(o.t, err)
	return p, slip
}

// end ends the visit at wang's window and waits until a kiosk has heard of it.
func (o *opinions) end(kiosks ...*terminal.Terminal) {
	o.t.Helper()
	page, err := o.c1.Counter.Page()
	apptest.Must(o.t, err)
	ticket := page.Current.Ticket
	_, err = o.c1.Counter.Finish([]screen.Outcome{{Item: page.Current.Items[0].Code, Outcome: "accepted"}})
	apptest.Must(o.t, err)
	for _, k := range append(kiosks, o.k) {
		apptest.Eventually(o.t, "the kiosk has heard that the visit ended", func() (done bool) {
			k.Store.View("jiangnan", func(h *hall.Hall) {
				t := h.Ticket(hall.TicketID(ticket))
				done = t != nil && t.State == hall.Done
			})
			return done
		})
	}
}

func (o *opinions) rate(k *terminal.Terminal, request, shown string, level int, remark string, reasons ...string) screen.Rated {
	o.t.Helper()
	r, err := k.Kiosk.Rate(screen.RateRequest{Request: request, Visit: shown, Level: level, Reasons: reasons, Remark: intake.Personal(remark), Language: "zh"})
	apptest.Must(o.t, err)
	return r
}

// list waits until a counter lists so many follow-ups, and gives them.
func (o *opinions) list(c *terminal.Terminal, n int) (f screen.FollowUps) {
	o.t.Helper()
	apptest.Eventually(o.t, "the counter lists what is to be followed up", func() bool {
		var err error
		f, err = c.Counter.FollowUps()
		return err == nil && !f.Alone && len(f.Rows) == n
	})
	return f
}

func (o *opinions) centreSays() centre.Ratings {
	o.t.Helper()
	s := o.w.Centre.District.Survey(o.t.Context())
	at := slices.IndexFunc(s.Halls, func(h centre.HallState) bool { return h.ID == "jiangnan" })
	if at < 0 {
		o.t.Fatal("the centre knows no hall")
	}
	return s.Halls[at].Ratings
}

// wrote is what a person writes of their visit: it names somebody, and has a number in it.
const (
	wrote = "窗口的卫某让我跑了三趟，电话13800138000"
	kept  = "窗口的卫某让我跑了三趟，电话***"
)

// TestARatingGoesItsWholeWay rates a visit at two kiosks while the hub is away, and lets two
// other clerks follow it up afterwards; what was written is in clear nowhere, and the centre counts.
func TestARatingGoesItsWholeWay(t *testing.T) {
	t.Parallel()
	o := newOpinions(t)
	k2 := o.w.Terminal(config.Kiosk, "k2", func(s *config.Settings) { s.Series = 2 })
	reached(t, k2)
	p, slip := o.start()
	if _, err := o.k.Kiosk.Rate(screen.RateRequest{Request: "early", Visit: slip, Level: 1}); !errors.Is(err, event.RatingEarly) {
		t.Errorf("rated while it is served: %v", err)
	}
	if progress, err := o.k.Kiosk.Progress(slip); err != nil || !progress.Found || progress.Rate != "" {
		t.Errorf("while it is served: %q, %v", progress.Rate, err)
	}
	o.end(k2)
	if progress, err := o.k.Kiosk.Progress(slip); err != nil || progress.Rate != "open" {
		t.Errorf("after the end: %q, %v", progress.Rate, err)
	}

	o.w.StopHub()
	apptest.Eventually(t, "the kiosk is alone", func() bool { return !o.k.Machine.Hub.Line().Reached })
	first := o.rate(o.k, "r1", slip, 4, "")
	if first.Due != "2026-12-01" || first.Saved != "here" {
		t.Errorf("%+v", first)
	}
	if r := o.rate(o.k, "r1", slip, 5, wrote, "manner", "trips"); string(r.Remark) != kept {
		t.Errorf("it is kept as %q", string(r.Remark))
	}
	before := position(o.k)
	o.rate(o.k, "r1", slip, 5, wrote, "manner", "trips")
	if position(o.k) != before {
		t.Error("the same once more was noted once more")
	}
	if _, err := o.k.Kiosk.Rate(screen.RateRequest{Request: "r2", Visit: slip, Level: 1}); !errors.Is(err, event.RatedAlready) {
		t.Errorf("a second rating at this kiosk: %v", err)
	}
	if _, err := o.k.Kiosk.Rate(screen.RateRequest{Request: "r3", Visit: "A999", Level: 1}); !errors.Is(err, event.TicketUnknown) {
		t.Errorf("a number that is none: %v", err)
	}
	// Somebody who has read the number off the board praises the visit at the other kiosk.
	w2 := o.rate(k2, "r4", p.Number, 1, "")
	if w2.Due != "" {
		t.Errorf("a praise is followed up until %s", w2.Due)
	}
	if f, err := o.c2.Counter.FollowUps(); !errors.Is(err, event.HubUnreachable) {
		t.Errorf("without the hall the counter lists %+v, %v", f, err)
	}

	o.w.StartHub()
	row := o.list(o.c2, 1).Rows[0]
	if row.Number != p.Number || row.Window != "A01" || row.State != "open" || row.Next != "answer" || row.Level != 5 || row.Due != "2026-12-01" || row.Overdue {
		t.Errorf("%+v", row)
	}
	o.list(o.c1, 0)
	if _, err := o.c1.Counter.OpenFollowUp(row.Ticket); !errors.Is(err, event.FollowUpOwn) {
		t.Errorf("the clerk who was rated opens it: %v", err)
	}
	if _, err := o.c1.Counter.AnswerFollowUp("own", row.Ticket, "没有的事"); !errors.Is(err, event.FollowUpOwn) {
		t.Errorf("the clerk who was rated answers: %v", err)
	}
	var page screen.FollowUpPage
	apptest.Eventually(t, "both ratings and the key have come", func() bool {
		var err error
		page, err = o.c2.Counter.OpenFollowUp(row.Ticket)
		return err == nil && len(page.Ratings) == 2 && !page.Ratings[0].Shut
	})
	if r := page.Ratings[0]; !r.Counts || r.Level != 5 || string(r.Remark) != kept || r.Proof != "slip" || !slices.Equal(r.Reasons, []string{"manner", "trips"}) {
		t.Errorf("%+v, %q", r, string(r.Remark))
	}
	if r := page.Ratings[1]; r.Counts || r.Level != 1 || r.Proof != "number" {
		t.Errorf("the repeat: %+v", r)
	}
	o.followUp(row.Ticket)
	apptest.Eventually(t, "the centre counts it", func() bool {
		r := o.centreSays()
		return r.Today.Rated == 1 && r.Today.Levels[4] == 1 && r.Today.Repeats == 1 && r.Today.Share == 0 && r.Open == 0 && len(r.Windows) == 1 && r.Windows[0].Window == "A01"
	})
	if n := kinds(t, o.w.Centre.Store); n[feedback.KindRead] < 1 || n[feedback.KindRated] != 3 || n[feedback.KindAnswered] != 2 || n[feedback.KindChecked] != 2 {
		t.Errorf("the centre has %v", n)
	}
	// A kiosk that noted none of it hears that it was rated.
	k3 := o.w.Terminal(config.Kiosk, "k3", func(s *config.Settings) { s.Series = 3 })
	reached(t, k3)
	if progress, err := k3.Kiosk.Progress(slip); err != nil || progress.Rate != "rated" {
		t.Errorf("elsewhere: %q, %v", progress.Rate, err)
	}
	o.nothingInClear("卫某", "没收到通知", "请再打一次")
	// Once the key is destroyed it can be read nowhere, and the rest stays.
	apptest.Must(t, o.w.Hub.Keys.Erase(t.Context(), []string{page.Ratings[0].Rating}, "it", "decision 12", 1))
	if page, err := o.c2.Counter.OpenFollowUp(row.Ticket); err != nil || !page.Ratings[0].Shut || page.Ratings[0].Remark != "" || page.Row.State != "checked" || len(page.Answers) != 2 {
		t.Errorf("after an erasure: %+v, %v", page, err)
	}
}

// followUp lets li answer twice and zhao check twice.
func (o *opinions) followUp(ticket string) {
	t := o.t
	t.Helper()
	if _, err := o.c2.Counter.AnswerFollowUp("a1", ticket, ""); !errors.Is(err, event.FieldMissing) {
		t.Errorf("an answer without a word: %v", err)
	}
	page, err := o.c2.Counter.AnswerFollowUp("a1", ticket, "已电话回访，本人说没收到通知")
	if err != nil || page.Row.State != "answered" || page.Row.Next != "" || len(page.Answers) != 1 || page.Answers[0].Clerk != "李" {
		t.Fatalf("%+v, %v", page, err)
	}
	if _, err := o.c2.Counter.CheckFollowUp("k0", ticket, true, ""); !errors.Is(err, event.FollowUpSame) {
		t.Errorf("who answered checks: %v", err)
	}
	if _, err := o.c1.Counter.CheckFollowUp("k0", ticket, true, ""); !errors.Is(err, event.FollowUpOwn) {
		t.Errorf("the clerk who was rated checks: %v", err)
	}
	var row screen.FollowUpRow
	apptest.Eventually(t, "the third clerk is asked to check it", func() bool {
		f, err := o.c3.Counter.FollowUps()
		if err != nil || len(f.Rows) != 1 {
			return false
		}
		row = f.Rows[0]
		return row.Next == "check"
	})
	if page, err = o.c3.Counter.CheckFollowUp("k1", ticket, false, "请再打一次"); err != nil || page.Row.State != "returned" || !page.Answers[0].Back {
		t.Fatalf("%+v, %v", page, err)
	}
	apptest.Eventually(t, "it is back", func() bool {
		page, err = o.c2.Counter.OpenFollowUp(ticket)
		return err == nil && page.Row.State == "returned" && page.Row.Next == "answer" && page.Answers[0].CheckNote == "请再打一次" && page.Answers[0].Checker == "赵"
	})
	for range 2 { // the second time is a repetition
		if page, err = o.c2.Counter.AnswerFollowUp("a2", ticket, "再次回访，已当面说明"); err != nil || page.Row.State != "answered" || len(page.Answers) != 2 {
			t.Fatalf("%+v, %v", page, err)
		}
	}
	apptest.Eventually(t, "it can be checked again", func() bool {
		page, err = o.c3.Counter.CheckFollowUp("k2", ticket, true, "")
		return err == nil && page.Row.State == "checked"
	})
}

// nothingInClear looks for words in every file of every place.
func (o *opinions) nothingInClear(words ...string) {
	o.t.Helper()
	files, err := walk(o.w.Dir, func(path string, raw []byte) {
		for _, word := range words {
			if bytes.Contains(raw, []byte(word)) {
				o.t.Errorf("%s stands in clear in %s", word, path)
			}
		}
	})
	apptest.Must(o.t, err)
	if files < 10 {
		o.t.Errorf("looked at %d files only", files)
	}
}

// TestFollowUpsAreOverdueByThemselves lets the last day go by, at counter and centre, and
// lets a counter go on with what it has open while the hall is away.
func TestFollowUpsAreOverdueByThemselves(t *testing.T) {
	t.Parallel()
	o := newOpinions(t)
	_, slip := o.start()
	o.end()
	o.rate(o.k, "r1", slip, 4, wrote)
	_, wordless := o.start()
	o.end()
	o.rate(o.k, "r2", wordless, 4, "")
	rows := o.list(o.c2, 2).Rows
	// What a clerk writes about it has a key of its own: nobody had to write anything before.
	if page, err := o.c2.Counter.AnswerFollowUp("a0", rows[1].Ticket, "已回访"); err != nil || page.Answers[0].Note != "已回访" {
		t.Fatalf("an answer to a rating without words: %+v, %v", page, err)
	}
	apptest.Eventually(t, "it passes", func() bool {
		page, err := o.c3.Counter.CheckFollowUp("k0", rows[1].Ticket, true, "")
		return err == nil && page.Answers[0].Note == "已回访"
	})
	apptest.Eventually(t, "one is left", func() bool { f, err := o.c2.Counter.FollowUps(); return err == nil && f.Open == 1 })
	row := rows[0]
	apptest.Eventually(t, "it is opened", func() bool {
		page, err := o.c2.Counter.OpenFollowUp(row.Ticket)
		return err == nil && string(page.Ratings[0].Remark) == kept
	})
	if page, err := o.c2.Counter.Page(); err != nil || page.FollowUps != 1 || page.FollowUpsOverdue != 0 {
		t.Errorf("the page counts %d, %d overdue, %v", page.FollowUps, page.FollowUpsOverdue, err)
	}
	o.w.Clock.Forward(8 * 24 * time.Hour)
	if f := o.list(o.c2, 1); !f.Rows[0].Overdue || f.Overdue != 1 {
		t.Errorf("eight days later: %+v", f)
	}
	if page, err := o.c2.Counter.Page(); err != nil || page.FollowUpsOverdue != 1 {
		t.Errorf("the page counts %d overdue, %v", page.FollowUpsOverdue, err)
	}
	if page, err := o.c1.Counter.Page(); err != nil || page.FollowUps != 0 {
		t.Errorf("the clerk who was rated sees %d, %v", page.FollowUps, err)
	}
	apptest.Eventually(t, "the centre counts it", func() bool { r := o.centreSays(); return r.Open == 1 && r.Overdue == 1 })
	o.w.StopHub()
	apptest.Eventually(t, "the counter is alone", func() bool { return !o.c2.Machine.Hub.Line().Reached })
	page, err := o.c2.Counter.AnswerFollowUp("a1", row.Ticket, "已回访")
	if err != nil || !page.Alone || page.Row.State != "answered" {
		t.Fatalf("%+v, %v", page.Row, err)
	}
	if f, err := o.c2.Counter.FollowUps(); err != nil || !f.Alone || len(f.Rows) != 1 || f.Rows[0].State != "answered" {
		t.Errorf("%+v, %v", f, err)
	}
	o.w.StartHub()
	apptest.Eventually(t, "the answer is at the other counter", func() bool {
		f, err := o.c3.Counter.FollowUps()
		return err == nil && len(f.Rows) == 1 && f.Rows[0].Next == "check"
	})
}

// TestAVisitIsRatedLater rates with the slip days later at a kiosk that knows nothing of the
// visit, with a document, and too late.
func TestAVisitIsRatedLater(t *testing.T) {
	t.Parallel()
	o := newOpinions(t)
	_, slip := o.start()
	o.end()
	p, _ := o.start()
	office := &office{w: o.w, k: o.k, c: o.c1, ticket: p.Ticket, item: string(o.k.Machine.Guides.Now().ItemsIn("A")[0].Code)}
	number := office.takeWith(t, "i1").Number
	o.end()
	var progress screen.Progress
	apptest.Eventually(t, "the document leads to its visit", func() (ok bool) {
		var err error
		progress, err = o.k.Kiosk.Progress(intake.CodePrefix + number)
		return err == nil && progress.Rate == "open"
	})
	o.rate(o.k, "d1", intake.CodePrefix+number, 2, "")
	apptest.Eventually(t, "the centre counts it", func() bool { r := o.centreSays(); return r.Today.Rated == 1 && r.Today.Share == 1000 })

	o.w.Clock.Forward(5 * 24 * time.Hour)
	nine := func(s *config.Settings) { s.Series = 9 }
	k9 := o.w.Terminal(config.Kiosk, "k9", nine)
	reached(t, k9)
	apptest.Eventually(t, "it follows the hall", func() bool { return knows(k9, "zhao") })
	apptest.Must(t, k9.Close())
	k9 = o.w.Terminal(config.Kiosk, "k9", nine) // it keeps the days of now
	reached(t, k9)
	progress, err := k9.Kiosk.Progress(slip)
	if err != nil || !progress.Found || progress.Rate != "open" || progress.Ticket.State != "past" || progress.Ticket.Number == "" {
		t.Fatalf("found %v, %q, ticket %s %s, %v", progress.Found, progress.Rate, progress.Ticket.Number, progress.Ticket.State, err)
	}
	if r := o.rate(k9, "late", slip, 5, ""); r.Due != "2026-12-04" {
		t.Errorf("given on Sunday the 29th, followed up until %s", r.Due)
	}
	if progress, err = k9.Kiosk.Progress(slip); err != nil || progress.Rate != "rated" {
		t.Errorf("%q, %v", progress.Rate, err)
	}
	o.w.Clock.Forward(40 * 24 * time.Hour)
	if progress, err = k9.Kiosk.Progress(slip); err != nil || progress.Found {
		t.Errorf("weeks later: %+v, %v", progress, err)
	}
	if _, err := k9.Kiosk.Rate(screen.RateRequest{Request: "weeks", Visit: slip, Level: 1}); !errors.Is(err, event.RatingLate) {
		t.Errorf("weeks later: %v", err)
	}
}

// TestAVisitThatNeverWasIsNotRated gives a ticket up, and tries with its slip on the day and after the kiosk
// has forgotten it but for its row.
func TestAVisitThatNeverWasIsNotRated(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	slip := codeOf(t, k, issue(t, k, "A"))
	_, err := k.Kiosk.Cancel(slip)
	apptest.Must(t, err)
	try := func(request string) {
		t.Helper()
		if _, err := k.Kiosk.Rate(screen.RateRequest{Request: request, Visit: slip, Level: 5, Reasons: []string{"wait"}}); !errors.Is(err, event.RatingNone) {
			t.Errorf("nobody was served, and the rating of it: %v", err)
		}
	}
	try("r0")
	converged(t, w, k)
	apptest.Must(t, k.Close())
	w.StopHub()
	w.Clock.Forward(72 * time.Hour)
	w.StartHub()
	k = w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	try("r1")
}

// TestAnErasedRatingIsNotSaidAgain erases a rating while an answer to it, which quotes what the person
// wrote, lies at a counter that is cut off: the key of the answer goes as soon as it has come. Whoever
// answers afterwards can do so without words alone.
func TestAnErasedRatingIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	o := newOpinions(t)
	_, slip := o.start()
	o.end()
	o.rate(o.k, "r1", slip, 5, wrote, "manner")
	row := o.list(o.c2, 1).Rows[0]
	open := func(c *terminal.Terminal) (p screen.FollowUpPage) {
		apptest.Eventually(t, "it can be opened", func() bool {
			var err error
			p, err = c.Counter.OpenFollowUp(row.Ticket)
			return err == nil && !p.Alone && p.Ratings[0].Shut == p.Row.Erased
		})
		return p
	}
	name := open(o.c2).Ratings[0].Rating
	o.w.StopHub()
	apptest.Eventually(t, "the counter is alone", func() bool { return !o.c2.Machine.Hub.Line().Reached })
	if p, err := o.c2.Counter.AnswerFollowUp("a1", row.Ticket, kept); err != nil || p.Row.State != "answered" {
		t.Fatalf("%+v, %v", p, err)
	}
	ring, err := keyring.Open(filepath.Join(o.w.Dir, "hub"), "")
	apptest.Must(t, err)
	apptest.Must(t, errors.Join(ring.Erase(t.Context(), []string{name}, "it", "decision 12", 1), ring.Close()))
	o.w.StartHub()
	for where, ring := range map[string]*keyring.Ring{"hub": o.w.Hub.Keys, "centre": o.w.Centre.Keys} {
		apptest.Eventually(t, "the answer can be read no more at the "+where, func() bool {
			_, err := ring.Key(t.Context(), "answer-a1")
			return errors.Is(err, keyring.ErrErased)
		})
	}
	if p := open(o.c3); !p.Row.Erased || p.Row.State != "answered" || p.Answers[0].Note != "" {
		t.Errorf("%+v", p)
	}
	if _, err := o.c3.Counter.CheckFollowUp("k1", row.Ticket, false, kept); !errors.Is(err, event.RatingErased) {
		t.Errorf("sent back with words: %v", err)
	}
	if p, err := o.c3.Counter.CheckFollowUp("k1", row.Ticket, false, ""); err != nil || p.Row.State != "returned" {
		t.Fatalf("sent back without: %+v, %v", p, err)
	}
	apptest.Eventually(t, "it is back", func() bool { return open(o.c2).Row.State == "returned" })
	if _, err := o.c2.Counter.AnswerFollowUp("a2", row.Ticket, kept); !errors.Is(err, event.RatingErased) {
		t.Errorf("answered with words: %v", err)
	}
	if p, err := o.c2.Counter.AnswerFollowUp("a3", row.Ticket, ""); err != nil || p.Row.State != "answered" {
		t.Errorf("answered without: %+v, %v", p, err)
	}
	apptest.Eventually(t, "the answer has come", func() bool { return open(o.c3).Row.State == "answered" })
}

// TestAChangedRatingKeepsItsKey changes a rating while its key is still at the kiosk, and when it is
// gone: then no other key is drawn, under which nobody could read the words.
func TestAChangedRatingKeepsItsKey(t *testing.T) {
	t.Parallel()
	o := newOpinions(t)
	_, slip := o.start()
	o.end()
	o.rate(o.k, "r1", slip, 5, wrote)
	o.rate(o.k, "r1", slip, 5, "")
	ring, err := keyring.Open(filepath.Join(o.w.Dir, "k1"), "")
	apptest.Must(t, err)
	defer ring.Close()
	apptest.Eventually(t, "the key is at the centre, and not at the kiosk", func() bool {
		apptest.Must(t, ring.Forget(t.Context(), o.w.Clock.Now()+1))
		_, err := ring.Key(t.Context(), "rating-r1")
		return errors.Is(err, keyring.ErrNone)
	})
	if _, err := o.k.Kiosk.Rate(screen.RateRequest{Request: "r1", Visit: slip, Level: 5, Remark: "又想起一件事", Language: "zh"}); !errors.Is(err, event.RatedAlready) {
		t.Errorf("words that nobody can read were taken: %v", err)
	}
	if k, err := ring.Key(t.Context(), "rating-r1"); !errors.Is(err, keyring.ErrNone) {
		t.Errorf("a second key was drawn: %x, %v", k, err)
	}
}

// TestAKioskClosesNoComplaint writes with the key of a kiosk what only clerks, or the hub alone, note:
// it is kept at hub and centre with its fault, closes nothing, bars nobody, and what the kiosk notes
// afterwards comes through.
func TestAKioskClosesNoComplaint(t *testing.T) {
	o := newOpinions(t)
	p, slip := o.start()
	o.end()
	o.rate(o.k, "r1", slip, 5, "")
	o.list(o.c2, 1)
	apptest.Must(t, o.k.Store.Write(t.Context(), func(tx *store.Tx) error {
		for _, x := range []struct {
			kind event.Kind
			fact any
		}{
			{feedback.KindAnswered, feedback.AnsweredRating{Answer: "x", Ticket: hall.TicketID(p.Ticket), Rating: "rating-r1", Note: "AA", Clerk: "li", AtMS: 1}},
			{feedback.KindChecked, feedback.CheckedRating{Check: "y", Answer: "x", Ticket: hall.TicketID(p.Ticket), Rating: "rating-r1", Good: true, Clerk: "zhao", AtMS: 2}},
			{hall.KindSkipped, hall.Skipped{Appointment: "a1", Hall: "jiangnan", Date: "2026-11-23", Person: "p", AtMS: 3}},
		} {
			if _, _, err := tx.Append(x.kind, x.fact); err != nil {
				return err
			}
		}
		return nil
	}))
	issue(t, o.k, "A")
	converged(t, o.w, o.k)
	for where, s := range map[string]*store.Store{"hub": o.w.Hub.Store, "centre": o.w.Centre.Store} {
		apptest.Eventually(t, "the three are kept with their faults at the "+where, func() bool {
			n := 0
			apptest.Must(t, s.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM event WHERE fault IS NOT NULL AND kind IN ('rating.answered', 'rating.checked', 'appointment.missed')").Scan(&n))
			return n == 3
		})
		v, ok, err := s.Visit(t.Context(), "jiangnan", hall.TicketID(p.Ticket))
		apptest.Must(t, err)
		if state, _ := v.Standing(nil); !ok || state != feedback.Open || len(v.Answers)+len(v.Checks) > 0 {
			t.Errorf("at the %s it is %s", where, state)
		}
	}
	if f, err := o.c2.Counter.FollowUps(); err != nil || f.Open != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}
