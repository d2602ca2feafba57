package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

func noteStep(t *testing.T, s *store.Store, h hall.ID, request string) {
	t.Helper()
	write(t, s, func(tx *store.Tx) error {
		_, _, err := tx.Append(intake.KindDecided, intake.Step{Application: "01a0", Hall: h, Day: "2026-11-24", Outcome: intake.Granted, AtMS: 1, Request: request})
		return err
	})
}

// requestsOf asks as a hub does, until nothing moves.
func requestsOf(t *testing.T, s *store.Store, h hall.ID, from wire.StepsAsk, most int) (requests []string, at wire.StepsAsk) {
	t.Helper()
	for {
		a, err := s.Steps(t.Context(), h, from, most)
		if err != nil {
			t.Fatal(err)
		}
		if a.Unknown != (from.Epoch == 99) {
			t.Errorf("asked for %+v: %+v", from, a)
		}
		for _, b := range a.Bodies {
			e, err := event.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			step, err := intake.ReadStep(e)
			if err != nil {
				t.Fatal(err)
			}
			requests = append(requests, step.Request)
		}
		if a.Epoch == from.Epoch && a.Upto == from.After {
			return requests, from
		}
		from = wire.StepsAsk{Epoch: a.Epoch, After: a.Upto}
	}
}

// A hub is given what the centre noted of its hall and nothing else, in pieces, from where it
// was, in the next life of the database too; and is told where the end of a life is lost.
func TestStepsOfAHall(t *testing.T) {
	s := open(t, t.TempDir(), "district/centre")
	for _, x := range []struct {
		hall    hall.ID
		request string
	}{{"jiangnan", "a"}, {"jiangbei", "b"}, {"jiangnan", "c"}, {"jiangnan", "d"}} {
		noteStep(t, s, x.hall, x.request)
	}
	for _, most := range []int{1, 2, 100} {
		if got, _ := requestsOf(t, s, "jiangnan", wire.StepsAsk{}, most); !slices.Equal(got, []string{"a", "c", "d"}) {
			t.Errorf("in pieces of %d: %v", most, got)
		}
	}
	if got, _ := requestsOf(t, s, "jiangxi", wire.StepsAsk{}, 100); len(got) != 0 {
		t.Errorf("another hall: %v", got)
	}
	_, at := requestsOf(t, s, "jiangnan", wire.StepsAsk{}, 100)
	noteStep(t, s, "jiangnan", "e")
	got, at := requestsOf(t, s, "jiangnan", at, 100)
	if !slices.Equal(got, []string{"e"}) {
		t.Errorf("from where it was: %v", got)
	}
	if a, err := s.Steps(t.Context(), "jiangnan", wire.StepsAsk{Epoch: at.Epoch, After: at.After + 7}, 100); err != nil || a.Epoch != at.Epoch || a.Upto != at.After || len(a.Bodies) != 0 {
		t.Errorf("the end of a life that is lost: %+v, %v", a, err)
	}
	if err := s.Relive(t.Context()); err != nil {
		t.Fatal(err)
	}
	noteStep(t, s, "jiangnan", "f")
	if got, _ := requestsOf(t, s, "jiangnan", at, 100); !slices.Equal(got, []string{"f"}) {
		t.Errorf("in the next life: %v", got)
	}
	if got, _ := requestsOf(t, s, "jiangnan", wire.StepsAsk{Epoch: 99}, 2); !slices.Equal(got, []string{"a", "c", "d", "e", "f"}) {
		t.Errorf("from a life that nobody knows: %v", got)
	}
}

// What an office has to do is listed by its day; what has none comes behind it and what is only
// to be put away last; what is over and what is the citizen's is not there.
func TestPending(t *testing.T) {
	s := open(t, t.TempDir(), "jiangnan/hub")
	for n, x := range []struct {
		number string
		hall   hall.ID
		item   hall.ItemCode
		state  intake.State
		days   int
	}{{"N3", "jiangnan", "x", intake.Accepted, 9}, {"N1", "jiangnan", "x", intake.Accepted, 2}, {"N2", "jiangbei", "y", intake.Lodged, 9}, {"N4", "jiangnan", "x", intake.Refused, 0},
		{"N5", "jiangnan", "x", intake.Correction, 5}, {"N6", "jiangnan", "y", intake.Accepted, 400}, {"N7", "jiangnan", "x", intake.Accepted, 3}, {"N8", "jiangnan", "x", intake.Accepted, 10}} {
		write(t, s, func(tx *store.Tx) error {
			f := intake.Taken{Application: intake.ApplicationID(x.number), Number: x.number, Hall: x.hall, Item: x.item, State: x.state, Materials: []intake.Material{}, AtMS: 1772424000000 + int64(n), Clock: &intake.Clock{Days: x.days, Promised: x.days}}
			if x.state == intake.Correction {
				f.Materials, f.Absent, f.AbsentNo = []intake.Material{{No: 1, State: intake.Missing}}, []string{"申请书"}, []int{1}
			}
			switch x.number {
			case "N7": // handed out, and not put away
				decided, out := f.AtOnce()
				_, _, err := tx.Append(intake.KindDecided, decided)
				if err == nil {
					_, _, err = tx.Append(intake.KindHandedOut, out)
				}
				if err != nil {
					return err
				}
			case "N8":
				f.Department = "市民政局"
			}
			_, _, err := tx.Append(intake.KindTaken, f)
			return err
		})
	}
	pending := func(department string, most int, items ...hall.ItemCode) func() ([]*intake.Case, error) {
		return func() ([]*intake.Case, error) { return s.PendingOf(t.Context(), department, items, most) }
	}
	dueIn := func(id hall.ID, until hall.Date, most int) func() ([]*intake.Case, error) {
		return func() ([]*intake.Case, error) { return s.DueIn(t.Context(), id, until, most) }
	}
	for name, w := range map[string]struct {
		ask  func() ([]*intake.Case, error)
		want []string
	}{
		"all items":              {pending("", 9, "x", "y"), []string{"N1", "N2", "N3", "N8", "N6", "N7"}},
		"two":                    {pending("", 2, "x", "y"), []string{"N1", "N2"}},
		"an item":                {pending("", 9, "y", "z"), []string{"N2", "N6"}},
		"nobody's":               {pending("市公安局", 9), nil},
		"in an agency's name":    {pending("市民政局", 9), []string{"N8"}},
		"in its name, and items": {pending("市民政局", 9, "y", "x"), []string{"N1", "N2", "N3", "N8", "N6", "N7"}},
		"a hall":                 {dueIn("jiangnan", "2026-12-31", 9), []string{"N1", "N3", "N8"}},
		"a hall, one":            {dueIn("jiangnan", "2026-12-31", 1), []string{"N1"}},
		"a hall until the 4th":   {dueIn("jiangnan", "2026-03-04", 9), []string{"N1"}},
	} {
		list, err := w.ask()
		var got []string
		for _, c := range list {
			got = append(got, c.Number)
		}
		if err != nil || !slices.Equal(got, w.want) {
			t.Errorf("%s: %v, want %v, %v", name, got, w.want, err)
		}
	}
	for day, want := range map[hall.Date]int{"2026-03-09": 0, "2026-03-10": 1} {
		if list, err := s.Unanswered(t.Context(), "jiangbei", day); err != nil || len(list) != want {
			t.Errorf("unanswered on %s: %v, %v", day, list, err)
		}
	}
}

// What was received when nobody knew next year's holidays is looked at all the same, and has its
// day once a program with a calendar of that year has been started (行政许可法 32).
func TestDaysAreCountedAnewOnAnotherCalendar(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "jiangnan/hub")
	const count = 603 // more than one commit of it
	write(t, s, func(tx *store.Tx) error {
		for n := range count {
			f := intake.Taken{Application: intake.ApplicationID(fmt.Sprintf("%04d", n)), Number: fmt.Sprintf("N%04d", n), Hall: "jiangnan", Item: "x", State: intake.Lodged, Materials: []intake.Material{}, AtMS: 1772424000000}
			if n == 0 {
				f.AtMS = time.Date(2026, 12, 29, 4, 0, 0, 0, time.UTC).UnixMilli()
			}
			if _, _, err := tx.Append(intake.KindTaken, f); err != nil {
				return err
			}
		}
		return nil
	})
	if list, err := s.Unanswered(t.Context(), "jiangnan", "2026-03-09"); err != nil || len(list) != 1 || list[0].Number != "N0000" {
		t.Errorf("on the last day: %d, %v", len(list), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// As a program whose calendar had no such year left it.
	path := filepath.Join(dir, "t.db")
	damage(t, path, "UPDATE application SET due = ''")
	damage(t, path, "UPDATE node SET calendar = 'another'")
	s = open(t, dir, "jiangnan/hub")
	due := func() (days int) {
		t.Helper()
		if err := s.Reader().QueryRow("SELECT count(*) FROM application WHERE todo = 1 AND due = '2026-03-09'").Scan(&days); err != nil {
			t.Fatal(err)
		}
		return days
	}
	if got := due(); got != count-1 {
		t.Errorf("%d of %d have their day", got, count-1)
	}
	if list, err := s.DueIn(t.Context(), "jiangnan", "2026-03-09", 5000); err != nil || len(list) != count-1 {
		t.Errorf("the counters' list: %d, %v", len(list), err)
	}
	// On the same calendar nothing is counted again.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, path, "UPDATE application SET due = ''")
	s = open(t, dir, "jiangnan/hub")
	if got := due(); got != 0 {
		t.Errorf("%d were counted again on the same calendar", got)
	}
}
