package store_test

import (
	"bytes"
	"testing"

	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// TestRatingsAreTheSameWhereverTheyCome lets two kiosks rate one visit without knowing of each
// other, and the counter's side come before and after them: two places that hear it in
// different orders have the same rows, one rating counts, and rows that are made again from
// the log are the same.
func TestRatingsAreTheSameWhereverTheyCome(t *testing.T) {
	k1, k2, c2 := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/k2"), open(t, t.TempDir(), "jiangnan/c2")
	f := issue(t, k1, 1)
	rate := func(s *store.Store, id feedback.RatingID, level int, proof feedback.Proof, at int64) {
		write(t, s, func(tx *store.Tx) error {
			_, _, err := tx.Append(feedback.KindRated, feedback.Rating{Rating: id, Edition: 1, Hall: "jiangnan", Ticket: f.Ticket, Level: level, Proof: proof, Due: "2026-12-01", Language: "zh", AtMS: at})
			return err
		})
	}
	write(t, c2, func(tx *store.Tx) error {
		if _, _, err := tx.Append(hall.KindStarted, hall.Moved{Ticket: f.Ticket, Window: "B01", Clerk: "wang", AtMS: day0}); err != nil {
			return err
		}
		if _, _, err := tx.Append(hall.KindFinished, hall.Moved{Ticket: f.Ticket, Window: "B01", Clerk: "wang", AtMS: day0, Ended: []hall.Ending{{Outcome: "advice"}}}); err != nil {
			return err
		}
		_, _, err := tx.Append(feedback.KindAnswered, feedback.AnsweredRating{Answer: "a", Ticket: f.Ticket, Rating: "r1", Note: "1.x", Clerk: "li", AtMS: day0})
		return err
	})
	rate(k1, "r1", 5, feedback.BySlip, day0+9)
	rate(k2, "r2", 1, feedback.ByNumber, day0+1)
	one, two := open(t, t.TempDir(), "jiangnan/hub"), open(t, t.TempDir(), "jiangnan/hub2")
	for _, s := range []*store.Store{k1, k2, c2} {
		drain(t, s, one)
	}
	for _, s := range []*store.Store{c2, k2, k1} {
		feedTo(t, s, two)
	}
	a, ok, err := one.Visit(t.Context(), "jiangnan", f.Ticket)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	b, _, err := two.Visit(t.Context(), "jiangnan", f.Ticket)
	if err != nil || !bytes.Equal(a.Row(), b.Row()) {
		t.Fatalf("%v\n%s\n%s", err, a.Row(), b.Row())
	}
	if r, _ := a.Counts(); r.Rating.Rating != "r1" || len(a.Repeats()) != 1 {
		t.Errorf("%+v counts, %d repeat", r.Rating, len(a.Repeats()))
	}
	if a.Served.Window != "B01" || len(a.Served.Clerks) != 1 || a.Served.Clerks[0] != "wang" || a.Served.Number != f.Number {
		t.Errorf("served by %+v", a.Served)
	}
	list, err := one.Complaints(t.Context(), "jiangnan", "2027-01-01")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d complaints, %v", len(list), err)
	}
	if s, _ := list[0].Standing(list[0].Served.Clerks); s != feedback.Answered {
		t.Errorf("it stands at %q", s)
	}
	write(t, one, func(tx *store.Tx) error {
		_, _, err := tx.Append(feedback.KindChecked, feedback.CheckedRating{Check: "k", Answer: "a", Ticket: f.Ticket, Rating: "r1", Good: true, Clerk: "zhao", AtMS: day0})
		return err
	})
	for _, c := range []struct {
		since hall.Date
		want  int
	}{{"2027-01-01", 0}, {"2026-11-24", 1}} {
		if list, err = one.Complaints(t.Context(), "jiangnan", c.since); err != nil || len(list) != c.want {
			t.Errorf("settled, since %s: %d, %v", c.since, len(list), err)
		}
	}
	if rated, err := one.Rated(t.Context(), "jiangnan", "2026-11-24"); err != nil || len(rated) != 1 || rated[0] != (feedback.Rated{Hall: "jiangnan", Date: "2026-11-24", Window: "B01", Level: 5, Repeats: 1}) {
		t.Errorf("%+v, %v", rated, err)
	}
	if rated, err := one.Rated(t.Context(), "jiangnan", "2026-11-25"); err != nil || len(rated) != 0 {
		t.Errorf("rated on the day after: %d, %v", len(rated), err)
	}
	before, _, err := one.Visit(t.Context(), "jiangnan", f.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, ok, err := one.Visit(t.Context(), "jiangnan", f.Ticket)
	if err != nil || !ok || !bytes.Equal(before.Row(), after.Row()) {
		t.Errorf("made again it is another one: %v %v", ok, err)
	}
	if n, err := one.Left(t.Context(), feedback.KindRated, 0); err != nil || n != 0 {
		t.Errorf("%d ratings lie among the questions, %v", n, err)
	}
}

// feedTo gives a log to another place event by event, as a hub that was lost is filled.
func feedTo(t testing.TB, from, to *store.Store) {
	t.Helper()
	f, err := from.History(t.Context(), "jiangnan", 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, func(tx *store.Tx) error {
		for _, body := range f.Bodies {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	})
}
