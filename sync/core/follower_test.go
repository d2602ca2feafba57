package core_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/core"
	"onewindow/sync/wire"
)

// source is a hub as its follower sees it: for each position of its log the business
// day that it is about, empty for what lasts.
type source struct {
	life event.Epoch
	days []hall.Date
	told int64
}

const modelTail, modelFrame = 5, 4

func (s *source) answer(a wire.FeedAsk) wire.Feed {
	if a.Epoch != s.life || a.After > int64(len(s.days)) {
		a.After = 0
	}
	f := wire.Feed{Epoch: s.life, From: a.After, Upto: a.After}
	if a.Since != "" && (a.Sifted || int64(len(s.days))-a.After > modelTail) {
		f.Since = min(a.Since, "2026-11-24")
	}
	for f.Upto < int64(len(s.days)) && len(f.Bodies) < modelFrame {
		day := s.days[f.Upto]
		f.Upto++
		if f.Since == "" || day == "" || string(day) >= f.Since {
			f.Bodies = append(f.Bodies, []byte(fmt.Sprint(s.life, f.Upto)))
		}
	}
	return f
}

func (s *source) news() wire.Feed {
	f := wire.Feed{Epoch: s.life, From: s.told, Upto: int64(len(s.days))}
	for p := s.told + 1; p <= f.Upto; p++ {
		f.Bodies = append(f.Bodies, []byte(fmt.Sprint(s.life, p)))
	}
	s.told = f.Upto
	return f
}

// follower is a terminal: what it has, and the cursor that is saved with it.
type follower struct {
	core.Follower
	now   int64
	since hall.Date
	saved core.Cursor
	has   map[string]bool
}

func (f *follower) take(n wire.Feed, fails bool) {
	if fails {
		f.Failed(f.now, f.saved)
		return
	}
	for _, b := range n.Bodies {
		f.has[string(b)] = true
	}
	f.saved = f.Reach(n)
	f.Taken(n)
}

// hole names a position before the saved cursor that is missing and not of a day of
// which the cursor says that it was left out.
func (f *follower) hole(lives map[event.Epoch]*source) string {
	s := lives[f.saved.Epoch]
	if s == nil {
		return ""
	}
	for p := int64(1); p <= f.saved.Pos; p++ {
		day := s.days[p-1]
		if !f.has[fmt.Sprint(s.life, p)] && (day == "" || day >= f.saved.Since) {
			return fmt.Sprintf("%d of life %d (%s) is missing behind %+v", p, s.life, day, f.saved)
		}
	}
	return ""
}

// TestNoFaultLeavesAHole follows a source by snapshot and tail while answers are lost,
// doubled and late, commits fail, the terminal starts again, its clock steps, the line
// breaks and the source begins another life: at no moment is the saved cursor behind
// something that is missing, and without faults the follower comes to the end.
func TestNoFaultLeavesAHole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dates := []hall.Date{"", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"}
		s := &source{}
		lives := map[event.Epoch]*source{}
		begin := func() {
			s = &source{life: s.life + 1, days: rapid.SliceOfN(rapid.SampledFrom(dates), 0, 30).Draw(t, "log")}
			lives[s.life], s.told = s, int64(len(s.days))
		}
		begin()
		f := &follower{Follower: core.Follower{AnswerMS: 50, RetryMS: 5, CheckMS: 100, Hands: true}, since: "2026-11-24", has: map[string]bool{}}
		f.Start(f.saved)
		f.Connect()
		var answers, news []wire.Feed
		handed := event.Epoch(0)
		step := func() {
			f.now += 3
			if ask, due := f.Ask(f.now, "jiangnan/c1", f.since); due {
				answers = append(answers, s.answer(ask))
			}
			if _, due := f.Hand(f.now); due {
				handed = s.life
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			step()
			switch rapid.IntRange(0, 13).Draw(t, "what") {
			case 0:
				s.days = append(s.days, rapid.SliceOfN(rapid.SampledFrom(dates), 1, 8).Draw(t, "more")...)
				news = append(news, s.news())
			case 1:
				begin()
			case 2:
				f.Start(f.saved)
				f.Connect()
			case 3:
				f.Break()
				f.Connect()
			case 4:
				f.since = rapid.SampledFrom(dates[1:]).Draw(t, "clock")
			case 5:
				answers, news = nil, nil
			case 6:
				f.now += 60
			case 7, 8:
				if len(news) > 0 {
					n := news[rapid.IntRange(0, len(news)-1).Draw(t, "news")]
					if f.News(f.now, n) {
						f.take(n, rapid.IntRange(0, 5).Draw(t, "disk") == 0)
					}
				}
			case 9:
				if handed != 0 {
					f.Handed(f.now, 0, true)
				}
			default:
				// Any answer, also one that came before: it stays in the list.
				if len(answers) > 0 {
					n := answers[rapid.IntRange(0, len(answers)-1).Draw(t, "answer")]
					if f.Answer(f.now, f.Asks(), n) {
						f.take(n, rapid.IntRange(0, 5).Draw(t, "disk") == 0)
					}
				}
			}
			if hole := f.hole(lives); hole != "" {
				t.Fatal(hole)
			}
		}
		f.Connect()
		for range 400 {
			answers = nil
			step()
			f.Handed(f.now, 0, true)
			for _, n := range answers {
				if f.Answer(f.now, f.Asks(), n) {
					f.take(n, false)
				}
			}
			if f.Level() && len(answers) > 0 {
				break
			}
		}
		if hole := f.hole(lives); hole != "" {
			t.Fatal(hole)
		}
		// Where the end brought nothing, it is known and not saved.
		if at := f.Reach(wire.Feed{Epoch: s.life}); !f.Level() || f.saved.Epoch == s.life && (f.saved.Pos != int64(len(s.days)) || at.Since > f.since) {
			t.Fatalf("not at the end of life %d, %d positions: saved %+v, since %q, level %v", s.life, len(s.days), f.saved, f.since, f.Level())
		}
	})
}

// TestAPositionThatTheSourceDoesNotHaveIsNotFollowed is a hub whose database was put
// back without its program's knowing: nothing of it is taken, the terminal says that it
// does not follow, and it does not ask without a pause.
func TestAPositionThatTheSourceDoesNotHaveIsNotFollowed(t *testing.T) {
	f := core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 10_000, Hands: true}
	f.Start(core.Cursor{Epoch: 7, Pos: 500})
	f.Connect()
	asked := 0
	for now := int64(1); now < 10_000; now++ {
		if _, due := f.Ask(now, "jiangnan/c1", "2026-11-24"); !due {
			continue
		}
		asked++
		if f.Answer(now, f.Asks(), wire.Feed{Epoch: 7, From: 0, Upto: 90, Bodies: [][]byte{{1}}}) {
			t.Fatal("what a cursor was ahead of is taken")
		}
		if f.Level() {
			t.Fatal("the terminal says that it follows")
		}
	}
	if asked < 5 || asked > 11 {
		t.Errorf("asked %d times in ten seconds", asked)
	}
}

// TestALateEndIsNoBeginning: whoever has saved nothing yet cannot be at the end.
func TestALateEndIsNoBeginning(t *testing.T) {
	f := core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 10_000, Hands: true}
	f.Start(core.Cursor{})
	f.Connect()
	f.Ask(1, "jiangnan/c1", "2026-11-24")
	if f.Answer(2, 1, wire.Feed{Epoch: 7, From: 61, Upto: 61, Marks: []wire.Mark{{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}}}) || f.Level() {
		t.Fatal("the end of a feed counts as read from its beginning")
	}
}

// TestTheFirstContactHandsBackToo: a hub may have granted a call to a terminal that had not
// read its feed yet, and lost its disk right afterwards.
func TestTheFirstContactHandsBackToo(t *testing.T) {
	f := core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 10_000, Hands: true}
	f.Start(core.Cursor{})
	f.Connect()
	f.Ask(1, "jiangnan/c1", "2026-11-24")
	if f.Answer(2, 1, wire.Feed{Epoch: 7, Upto: 1, Bodies: [][]byte{{1}}}) {
		t.Fatal("the feed is taken before the own log is handed back")
	}
	after, due := f.Hand(3)
	if !due || after != 0 {
		t.Fatalf("nothing is handed back: %d %v", after, due)
	}
	f.Handed(4, 9, false)
	if after, due = f.Hand(5); !due || after != 9 {
		t.Fatalf("the next portion begins at %d: %v", after, due)
	}
	f.Handed(6, 9, true)
	ask, due := f.Ask(7, "jiangnan/c1", "2026-11-24")
	if !due || ask.Epoch != 7 || ask.After != 0 || !f.Answer(8, f.Asks(), wire.Feed{Epoch: 7, Upto: 1, Bodies: [][]byte{{1}}}) {
		t.Errorf("the feed is not followed from its beginning: %+v %v", ask, due)
	}
}

// TestALateAnswerIsOfNoOtherHub: what was asked with a cursor that could not be saved is
// answered late, when the saved cursor is of another hub again.
func TestALateAnswerIsOfNoOtherHub(t *testing.T) {
	f := core.Follower{AnswerMS: 10_000, RetryMS: 1000, CheckMS: 10_000}
	f.Start(core.Cursor{Epoch: 7, Pos: 77})
	f.Connect()
	ask := func(now int64) int64 {
		t.Helper()
		if _, due := f.Ask(now, "jiangnan/k1", "2026-11-24"); !due {
			t.Fatal("nothing is asked")
		}
		return f.Asks()
	}
	late := ask(1)
	f.Failed(2, core.Cursor{Epoch: 7, Pos: 77})
	goesOn := wire.Feed{Epoch: 9, From: 90, Upto: 91, Bodies: [][]byte{{1}}}
	if f.Answer(3, late, goesOn) {
		t.Error("a late answer is taken for another hub's while nothing is asked")
	}
	ask(2000)
	if f.Answer(2001, late, goesOn) {
		t.Error("a late answer is taken for another hub's while something else is asked")
	}
	if own := ask(4000); !f.Answer(4001, own, goesOn) {
		t.Error("the other hub's own answer is not taken")
	}
}
