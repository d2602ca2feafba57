package intake

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/sealed"

	"pgregory.net/rapid"
)

// noon is the middle of a day in ms.
func noon(t interface{ Fatal(...any) }, d hall.Date) int64 {
	at, err := time.Parse(layout, string(d))
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli() + 4*3600_000 // 12:00 in China
}

// stepEvent is a step as its event; its time is the noon of its day and its number.
func stepEvent(t interface{ Fatal(...any) }, origin event.Origin, seq event.Seq, kind event.Kind, s Step) event.Event {
	s.Application, s.Hall = "01a0", "jiangnan"
	if s.AtMS == 0 {
		s.AtMS = noon(t, s.Day) + int64(seq)
	}
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: kind, Payload: hall.Payload(s)}
}

func takenOn(t interface{ Fatal(...any) }, d hall.Date, s State, clock *Clock) event.Event {
	f := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: s, Materials: []Material{}, Clock: clock, AtMS: noon(t, d)}
	return event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: f.Payload()}
}

func foldAll(t interface{ Fatal(...any) }, events ...event.Event) (c *Case) {
	for _, e := range events {
		next, err := Fold(c, e)
		if err != nil {
			t.Fatal(err)
		}
		c = next
	}
	return c
}

// Whatever windows, agencies and the hub noted of an application, in any order, doubled,
// and contradicting each other: the same case, the same state, the same days.
func TestStepsKnowNoOrder(t *testing.T) {
	calendar := shippedCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		days := []hall.Date{"2026-03-02", "2026-03-04", "2026-03-06", "2026-03-16"}
		events := []event.Event{takenOn(t, "2026-03-02", rapid.SampledFrom([]State{Lodged, Accepted, Refused}).Draw(t, "taken"), &Clock{Days: 20, Promised: 10})}
		for n := range rapid.IntRange(0, 9).Draw(t, "count") {
			origin := rapid.SampledFrom([]event.Origin{"jiangnan/c1", "jiangnan/hub", "district/centre"}).Draw(t, "origin")
			day := rapid.SampledFrom(days).Draw(t, "day")
			if rapid.IntRange(0, 9).Draw(t, "back") == 0 {
				events = append(events, laterEvent(origin, event.Seq(n+2), KindWithdrawn, Later{AtMS: noon(t, day)}),
					laterEvent(origin, event.Seq(n+50), KindSupplied, Later{AtMS: noon(t, day), Materials: []int{1}}))
				continue
			}
			s := Step{Day: day, AtMS: noon(t, day) + rapid.Int64Range(0, 2).Draw(t, "at"), Request: rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "request")}
			kind := rapid.SampledFrom(stepKinds).Draw(t, "kind")
			switch kind {
			case KindAsked:
				s.Materials, s.Absent, s.AnswerBy = []int{1}, []string{"申请书"}, "2026-03-25"
			case KindDeclined:
				s.Outcome = rapid.SampledFrom([]State{Refused, NotOurs}).Draw(t, "declined")
			case KindDecided:
				s.Outcome = rapid.SampledFrom([]State{Granted, Denied, Returned, PassedOn}).Draw(t, "decided")
			case KindSuspended:
				s.Procedure = "hearing"
			case KindResumed:
				s.Of = rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "of")
			case KindCharged:
				s.Fen, s.Basis, s.Place, s.AnswerBy = 1000, "每证10元", "收费窗口", "2026-03-25"
			case KindPaid:
				s.Of, s.Receipt = rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "paid"), "3301"
			case KindExtended:
				s.Days = rapid.SampledFrom([]int{10, 15}).Draw(t, "days")
			}
			// A device that was copied uses a number twice.
			seq := event.Seq(2 + rapid.IntRange(0, n).Draw(t, "seq"))
			events = append(events, stepEvent(t, origin, seq, kind, s))
		}
		again := append(append([]event.Event{}, events...), rapid.SliceOf(rapid.SampledFrom(events)).Draw(t, "repeated")...)
		a, b := foldAll(t, events...), foldAll(t, rapid.Permutation(again).Draw(t, "order")...)
		if !bytes.Equal(a.Row(), b.Row()) {
			t.Fatalf("%s\n%s", a.Row(), b.Row())
		}
		if x, y := calendar.Next(a, "2026-03-20"), calendar.Next(b, "2026-03-20"); x != y || a.Standing() != b.Standing() {
			t.Fatalf("%s %+v, %s %+v", a.Standing(), x, b.Standing(), y)
		}
		if c, err := ReadRow(a.Row()); err != nil || c.Standing() != a.Standing() || !bytes.Equal(c.Row(), a.Row()) {
			t.Fatalf("the row is another one when read: %v", err)
		}
	})
}

// What an application has behind it gives its state and the next day that binds, each
// under the law that it follows from. The days were counted on a calendar of 2026.
func TestDeadlinesOfAnApplication(t *testing.T) {
	calendar := shippedCalendar(t)
	law20, promise3 := &Clock{Days: 20, Promised: 20, Unit: guide.WorkingDays}, &Clock{Days: 20, Promised: 3, Unit: guide.WorkingDays}
	step := func(kind event.Kind, s Step) func(seq event.Seq) event.Event {
		return func(seq event.Seq) event.Event { return stepEvent(t, "district/centre", seq, kind, s) }
	}
	decided := func(day hall.Date, s State) func(event.Seq) event.Event {
		return step(KindDecided, Step{Day: day, Outcome: s})
	}
	pause := func(day hall.Date) func(event.Seq) event.Event {
		return step(KindSuspended, Step{Day: day, Procedure: "hearing", Request: "p" + string(day)})
	}
	resume := func(of, day hall.Date) func(event.Seq) event.Event {
		return step(KindResumed, Step{Day: day, Of: "p" + string(of)})
	}
	ask := func(day hall.Date) func(event.Seq) event.Event {
		return step(KindAsked, Step{Day: day, Materials: []int{2}, Absent: []string{"户口簿"}, AnswerBy: "2026-03-27"})
	}
	bring := func(day hall.Date, no int) func(event.Seq) event.Event {
		return func(seq event.Seq) event.Event {
			return laterEvent("jiangnan/c2", seq, KindSupplied, Later{AtMS: noon(t, day), Materials: []int{no}})
		}
	}
	lapse := func(by hall.Date) func(event.Seq) event.Event {
		return func(seq event.Seq) event.Event {
			return laterEvent("jiangnan/hub", seq, KindOverdue, Later{AtMS: noon(t, "2026-03-30"), Reason: string(by)})
		}
	}
	for _, w := range []struct {
		law   string
		taken State
		clock *Clock
		steps []func(event.Seq) event.Event
		state State
		what  string
		day   hall.Date
		known TermState
	}{
		{"行政许可法 32: 收件，五日内告知", Lodged, law20, nil, Lodged, DueAccept, "2026-03-09", TermKnown},
		{"行政许可法 32: 逾期不告知，自收到之日起即为受理", Lodged, law20, []func(event.Seq) event.Event{step(KindDeemed, Step{Day: "2026-03-02", AtMS: noon(t, "2026-03-10")})}, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"行政许可法 32, 42: 受理之日起二十日", Lodged, law20, []func(event.Seq) event.Event{step(KindAccepted, Step{Day: "2026-03-05"})}, Accepted, DueDecide, "2026-04-02", TermKnown},
		{"行政许可法 32: 受理后又说不予受理，先到为准", Lodged, law20, []func(event.Seq) event.Event{step(KindAccepted, Step{Day: "2026-03-05"}), step(KindDeclined, Step{Day: "2026-03-06", Outcome: Refused})}, Accepted, DueDecide, "2026-04-02", TermKnown},
		{"行政许可法 32: 视为受理后不能再不予受理", Lodged, law20, []func(event.Seq) event.Event{step(KindDeemed, Step{Day: "2026-03-02", AtMS: noon(t, "2026-03-10")}), step(KindDeclined, Step{Day: "2026-03-11", Outcome: Refused})}, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"行政许可法 32: 期限内说过的，先于视为受理", Lodged, law20, []func(event.Seq) event.Event{step(KindDeemed, Step{Day: "2026-03-02", AtMS: noon(t, "2026-03-10")}), step(KindDeclined, Step{Day: "2026-03-09", Outcome: NotOurs})}, NotOurs, "", "", ""},
		{"行政许可法 32: 收件后一次告知补正", Lodged, law20, []func(event.Seq) event.Event{ask("2026-03-06")}, Correction, DueBring, "2026-03-27", TermKnown},
		{"行政许可法 32, 42: 补正齐全之日受理", Lodged, law20, []func(event.Seq) event.Event{ask("2026-03-06"), bring("2026-03-11", 2)}, Accepted, DueDecide, "2026-04-09", TermKnown},
		{"行政许可法 32: 告知之后不再视为受理", Lodged, law20, []func(event.Seq) event.Event{step(KindDeemed, Step{Day: "2026-03-02", AtMS: noon(t, "2026-03-10")}), ask("2026-03-06")}, Correction, DueBring, "2026-03-27", TermKnown},
		{"行政许可法 32: 视为受理之后的告知不算", Lodged, law20, []func(event.Seq) event.Event{step(KindDeemed, Step{Day: "2026-03-02", AtMS: noon(t, "2026-03-10")}), ask("2026-03-11")}, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"行政许可法 32: 逾期以后才说受理，仍自收到之日起算", Lodged, law20, []func(event.Seq) event.Event{step(KindAccepted, Step{Day: "2026-03-16"})}, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"行政许可法 32: 最后一日说受理，自该日起算", Lodged, law20, []func(event.Seq) event.Event{step(KindAccepted, Step{Day: "2026-03-09"})}, Accepted, DueDecide, "2026-04-07", TermKnown},
		{"申请人先撤回，后不予受理", Lodged, law20, []func(event.Seq) event.Event{back(t, "2026-03-03"), step(KindDeclined, Step{Day: "2026-03-04", Outcome: Refused})}, Withdrawn, "", "", ""},
		{"先不予受理，后撤回", Lodged, law20, []func(event.Seq) event.Event{back(t, "2026-03-05"), step(KindDeclined, Step{Day: "2026-03-04", Outcome: Refused})}, Refused, "", "", ""},
		{"先撤回，后不予受理，又告知补正", Lodged, law20, []func(event.Seq) event.Event{back(t, "2026-03-03"), step(KindDeclined, Step{Day: "2026-03-04", Outcome: Refused}), ask("2026-03-05")}, Withdrawn, "", "", ""},
		{"补正逾期，视为撤回", Lodged, law20, []func(event.Seq) event.Event{ask("2026-03-06"), lapse("2026-03-27")}, Lapsed, "", "", ""},
		{"告知补正以后仍可受理", Lodged, law20, []func(event.Seq) event.Event{ask("2026-03-06"), step(KindAccepted, Step{Day: "2026-03-09"})}, Accepted, DueDecide, "2026-04-07", TermKnown},
		{"行政许可法 32: 期限内已告知补正，以后受理的自受理之日起算", Lodged, law20, []func(event.Seq) event.Event{ask("2026-03-06"), step(KindAccepted, Step{Day: "2026-03-11"})}, Accepted, DueDecide, "2026-04-09", TermKnown},
		{"行政许可法 32: 不予受理", Refused, nil, nil, Refused, "", "", ""},
		{"行政许可法 42: 二十日", Accepted, law20, nil, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"浙江 12: 承诺时限短于法定", Accepted, promise3, nil, Accepted, DueDecide, "2026-03-05", TermKnown},
		{"行政许可法 42: 延长十日", Accepted, law20, []func(event.Seq) event.Event{step(KindExtended, Step{Day: "2026-03-20", Days: 10})}, Accepted, DueDecide, "2026-04-14", TermKnown},
		{"行政许可法 42: 只延长一次", Accepted, law20, []func(event.Seq) event.Event{step(KindExtended, Step{Day: "2026-03-20", Days: 10}), step(KindExtended, Step{Day: "2026-03-24", Days: 10})}, Accepted, DueDecide, "2026-04-14", TermKnown},
		{"行政许可法 42: 联合办理四十五日，延长十五日", Accepted, &Clock{Days: 45, Promised: 45}, []func(event.Seq) event.Event{step(KindExtended, Step{Day: "2026-03-20", Days: 15})}, Accepted, DueDecide, "2026-05-28", TermKnown},
		{"行政许可法 45: 听证期间不计，未结束", Accepted, law20, []func(event.Seq) event.Event{pause("2026-03-05")}, Suspended, DueDecide, "", TermSuspended},
		{"行政许可法 45: 听证期间不计", Accepted, law20, []func(event.Seq) event.Event{pause("2026-03-05"), resume("2026-03-05", "2026-03-12")}, Accepted, DueDecide, "2026-04-07", TermKnown},
		{"行政许可法 45: 结束先于开始送到", Accepted, law20, []func(event.Seq) event.Event{resume("2026-03-05", "2026-03-12"), pause("2026-03-05")}, Accepted, DueDecide, "2026-04-07", TermKnown},
		{"行政许可法 45: 结束说了两次，先到为准", Accepted, law20, []func(event.Seq) event.Event{pause("2026-03-05"), resume("2026-03-05", "2026-03-16"), resume("2026-03-05", "2026-03-12")}, Accepted, DueDecide, "2026-04-07", TermKnown},
		{"行政许可法 45: 先后两个特别程序", Accepted, law20, []func(event.Seq) event.Event{pause("2026-03-05"), resume("2026-03-05", "2026-03-12"), pause("2026-03-16"), resume("2026-03-16", "2026-03-18")}, Accepted, DueDecide, "2026-04-09", TermKnown},
		{"行政许可法 42, 45: 延长并听证，次序不论", Accepted, law20, []func(event.Seq) event.Event{step(KindExtended, Step{Day: "2026-03-20", Days: 10}), resume("2026-03-05", "2026-03-12"), pause("2026-03-05")}, Accepted, DueDecide, "2026-04-21", TermKnown},
		{"行政许可法 44: 十日内送达", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-10", Granted)}, Granted, DueDeliver, "2026-03-24", TermKnown},
		{"行政许可法 38, 44: 不予许可也要送达", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-10", Denied)}, Denied, DueDeliver, "2026-03-24", TermKnown},
		{"两个决定，先到为准", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-11", Granted), decided("2026-03-10", Denied)}, Denied, DueDeliver, "2026-03-24", TermKnown},
		{"送达", Accepted, law20, []func(event.Seq) event.Event{step(KindHandedOut, Step{Day: "2026-03-12", How: WaySigned}), decided("2026-03-10", Granted)}, HandedOut, "", "", ""},
		{"送达先于决定送到：没有决定，就没有送达", Accepted, law20, []func(event.Seq) event.Event{step(KindHandedOut, Step{Day: "2026-03-12", How: WaySigned})}, Accepted, DueDecide, "2026-03-30", TermKnown},
		{"归档", Accepted, law20, []func(event.Seq) event.Event{step(KindArchived, Step{Day: "2026-03-13"}), decided("2026-03-10", Granted)}, Archived, "", "", ""},
		{"决定之前撤回", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-10", Granted), back(t, "2026-03-09")}, Withdrawn, "", "", ""},
		{"决定之后不能撤回", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-10", Granted), back(t, "2026-03-11")}, Granted, DueDeliver, "2026-03-24", TermKnown},
		{"已签收的，不因后到的先前答复而改变", Lodged, law20, []func(event.Seq) event.Event{step(KindAccepted, Step{Day: "2026-03-04"}), decided("2026-03-05", Granted), step(KindHandedOut, Step{Day: "2026-03-06", How: WaySigned}), step(KindDeclined, Step{Day: "2026-03-03", Outcome: Refused})}, HandedOut, "", "", ""},
		{"已签收并归档的，不因后到的先前撤回而改变", Accepted, law20, []func(event.Seq) event.Event{decided("2026-03-05", Granted), step(KindHandedOut, Step{Day: "2026-03-06", How: WaySigned}), step(KindArchived, Step{Day: "2026-03-07"}), back(t, "2026-03-04")}, Archived, "", "", ""},
		{"以前未记时限的办件", Accepted, nil, nil, Accepted, DueDecide, "", TermUnknown},
	} {
		events := []event.Event{takenOn(t, "2026-03-02", w.taken, w.clock)}
		for n, s := range w.steps {
			events = append(events, s(event.Seq(n+2)))
		}
		c := foldAll(t, events...)
		got := calendar.Next(c, "2026-03-02")
		if c.Standing() != w.state || got.What != w.what || got.Day != w.day || got.State != w.known {
			t.Errorf("%s: %s, %+v; want %s, %s %s %s", w.law, c.Standing(), got, w.state, w.what, w.day, w.known)
		}
	}
	declined := foldAll(t, takenOn(t, "2026-03-02", Lodged, law20), step(KindDeclined, Step{Day: "2026-03-04", Outcome: Refused})(2), ask("2026-03-05")(3))
	if day, state := calendar.DecideBy(declined); day != "" || state != TermUnknown {
		t.Errorf("what was declined, and then asked to be corrected, has to be decided until %q", day)
	}
}

// A person has to look where somebody was told what does not count, and not where places
// merely said the same thing, or where the hub could not know yet what had been said.
func TestContradictionsAreTold(t *testing.T) {
	step := func(kind event.Kind, day hall.Date, outcome State) func(event.Seq) event.Event {
		return func(seq event.Seq) event.Event {
			return stepEvent(t, "district/centre", seq, kind, Step{Day: day, Outcome: outcome})
		}
	}
	accepted, declined, deemed := step(KindAccepted, "2026-03-04", ""), step(KindDeclined, "2026-03-03", Refused), step(KindDeemed, "2026-03-10", "")
	granted, denied, out := step(KindDecided, "2026-03-11", Granted), step(KindDecided, "2026-03-12", Denied), step(KindHandedOut, "2026-03-13", "")
	for _, w := range []struct {
		name  string
		steps []func(event.Seq) event.Event
		want  bool
	}{
		{"nothing but a decision that is handed out", []func(event.Seq) event.Event{accepted, granted, out}, false},
		{"the same decision from two places", []func(event.Seq) event.Event{accepted, granted, step(KindDecided, "2026-03-12", Granted)}, false},
		{"declined in time, and the hub had not heard", []func(event.Seq) event.Event{declined, deemed}, false},
		{"taken back before it was declined", []func(event.Seq) event.Event{back(t, "2026-03-02"), declined}, false},
		{"declined here and accepted there", []func(event.Seq) event.Event{declined, accepted}, true},
		{"declined when it counted as accepted", []func(event.Seq) event.Event{deemed, step(KindDeclined, "2026-03-11", Refused)}, true},
		{"declined, and handed out all the same", []func(event.Seq) event.Event{declined, granted, out}, true},
		{"taken back, and granted without knowing", []func(event.Seq) event.Event{accepted, back(t, "2026-03-05"), granted}, true},
		{"taken back, and handed out without knowing", []func(event.Seq) event.Event{accepted, back(t, "2026-03-05"), granted, out}, true},
		{"granted and denied", []func(event.Seq) event.Event{accepted, granted, denied}, true},
	} {
		events := []event.Event{takenOn(t, "2026-03-02", Lodged, &Clock{Days: 20})}
		for n, s := range w.steps {
			events = append(events, s(event.Seq(n+2)))
		}
		if got := foldAll(t, events...).Doubted(); got != w.want {
			t.Errorf("%s: %v", w.name, got)
		}
	}
}

// What may be shown to anybody has the day that the counter counts, and none where nobody
// knows it: what was told before a hearing moved it binds nobody (行政许可法 45).
func TestStatusHasTheDayThatTheHearingMoved(t *testing.T) {
	calendar := shippedCalendar(t)
	f := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: Accepted, Materials: []Material{}, DueDate: "2026-12-25", Clock: &Clock{Days: 20, Promised: 20}, AtMS: noon(t, "2026-11-27")}
	taken := event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: f.Payload()}
	hearing := func(from, until hall.Date) []event.Event {
		return []event.Event{taken, stepEvent(t, "district/centre", 2, KindSuspended, Step{Day: from, Procedure: "hearing", Request: "p1"}), stepEvent(t, "district/centre", 3, KindResumed, Step{Day: until, Of: "p1", Request: "p2"})}
	}
	for _, w := range []struct {
		name  string
		facts []event.Event
		day   hall.Date
	}{
		{"no hearing", []event.Event{taken}, "2026-12-25"},
		{"one that moves it within the year", hearing("2026-12-01", "2026-12-03"), "2026-12-29"},
		{"one that moves it into a year that nobody knows", hearing("2026-12-10", "2026-12-24"), ""},
		{"one that goes on", hearing("2026-12-10", "2026-12-24")[:2], ""},
	} {
		c := foldAll(t, w.facts...)
		if got, next := calendar.Status(c).DueDate, calendar.Next(c, "2026-12-24"); got != w.day || got != next.Day {
			t.Errorf("%s: shown %q, counted %q, want %q", w.name, got, next.Day, w.day)
		}
	}
	f.Clock = nil
	old := foldAll(t, event.Event{ID: taken.ID, Kind: KindTaken, Payload: f.Payload()})
	if got := calendar.Status(old).DueDate; got != "2026-12-25" {
		t.Errorf("of one that was noted before clocks were: %q", got)
	}
}

func back(t *testing.T, day hall.Date) func(event.Seq) event.Event {
	return func(seq event.Seq) event.Event {
		return laterEvent("jiangnan/c2", seq, KindWithdrawn, Later{AtMS: noon(t, day)})
	}
}

// lacking is an application of which must, later, or both are missing; see takenEvent.
func lacking(t *testing.T, steps ...event.Event) *Case {
	f := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: Correction, Materials: []Material{{1, Missing}, {2, Brought}, {3, Owed}},
		Absent: []string{"申请书", "体检报告"}, AbsentNo: []int{1, 3}, AnswerBy: "2026-03-23", Clock: &Clock{Days: 20, Promised: 20}, AtMS: noon(t, "2026-03-02")}
	taken := event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: f.Payload()}
	return foldAll(t, append([]event.Event{taken}, steps...)...)
}

// What had to be corrected is accepted on the day on which the last of what must be there
// came (行政许可法 32), and its time counts from then; what may follow does not move it. What is still
// owed ends it only where nothing was decided before.
func TestDeadlinesOfWhatWasMissing(t *testing.T) {
	calendar := shippedCalendar(t)
	brought := func(seq event.Seq, day hall.Date, no int) event.Event {
		return laterEvent("jiangnan/c1", seq, KindSupplied, Later{AtMS: noon(t, day), Materials: []int{no}})
	}
	over := laterEvent("jiangnan/hub", 8, KindOverdue, Later{AtMS: noon(t, "2026-03-24"), Reason: "2026-03-23"})
	decided := func(day hall.Date) event.Event {
		return stepEvent(t, "district/centre", 9, KindDecided, Step{Day: day, Outcome: Denied})
	}
	pause := stepEvent(t, "district/centre", 7, KindSuspended, Step{Day: "2026-03-06", Procedure: "hearing", Request: "p"})
	for _, w := range []struct {
		law   string
		facts []event.Event
		state State
		what  string
		day   hall.Date
		asks  bool
	}{
		{"行政许可法 32: 未补正，没有受理", nil, Correction, DueBring, "2026-03-23", true},
		{"行政许可法 32, 42: 补正之日受理", []event.Event{brought(2, "2026-03-05", 1)}, AcceptedLater, DueDecide, "2026-04-02", true},
		{"浙江 11: 后补的材料不改变受理之日", []event.Event{brought(2, "2026-03-05", 1), brought(3, "2026-03-12", 3)}, Accepted, DueDecide, "2026-04-02", false},
		{"行政许可法 45: 容缺的办件听证，材料还要补", []event.Event{brought(2, "2026-03-05", 1), pause}, Suspended, DueDecide, "", true},
		{"浙江 11: 逾期未补，撤销受理", []event.Event{brought(2, "2026-03-05", 1), over}, Revoked, "", "", false},
		{"撤销受理之前已有决定", []event.Event{brought(2, "2026-03-05", 1), over, decided("2026-03-20")}, Denied, DueDeliver, "2026-04-03", false},
		{"撤销受理之后的决定不算", []event.Event{brought(2, "2026-03-05", 1), over, decided("2026-03-24")}, Revoked, "", "", false},
	} {
		c := lacking(t, w.facts...)
		if got := calendar.Next(c, "2026-03-02"); c.Standing() != w.state || got.What != w.what || got.Day != w.day || c.Asks() != w.asks {
			t.Errorf("%s: %s %+v, asks %v", w.law, c.Standing(), got, c.Asks())
		}
	}
	owed := lacking(t, brought(2, "2026-03-05", 1))
	if _, refusal := (Deed{Kind: KindDecided, Outcome: Granted, Request: "r", NowMS: 1}).Decide(owed, calendar, "2026-03-06"); !errors.Is(refusal, event.CaseState) {
		t.Errorf("granted while something is owed: %v", refusal)
	}
	if _, refusal := (Deed{Kind: KindDecided, Outcome: Denied, Why: "x", Request: "r", NowMS: 1}).Decide(owed, calendar, "2026-03-06"); refusal != nil {
		t.Errorf("denied while something is owed: %v", refusal)
	}
}

// What was received counts as accepted on the day after the fifth working day, over a
// holiday, and not before (行政许可法 32).
func TestDeemedAccepted(t *testing.T) {
	calendar := shippedCalendar(t)
	c := foldAll(t, takenOn(t, "2026-09-28", Lodged, &Clock{Days: 20, Promised: 20}))
	for day, want := range map[hall.Date]bool{"2026-09-30": false, "2026-10-10": false, "2026-10-11": true, "2026-11-01": true} {
		s, over := calendar.Deem(c, day, 7)
		if over != want || over && (s.Day != "2026-09-28" || s.Application != "01a0" || s.Hall != "jiangnan") {
			t.Errorf("%s: %v %+v", day, over, s)
		}
	}
	for _, other := range []State{Accepted, Refused, Correction} {
		if _, over := calendar.Deem(foldAll(t, takenOn(t, "2026-09-28", other, nil)), "2026-11-01", 7); over {
			t.Errorf("%s is deemed accepted", other)
		}
	}
}

// A step is decided where it may be taken, and refused with its reason everywhere else.
func TestDeeds(t *testing.T) {
	calendar := shippedCalendar(t)
	const at = hall.Date("2026-03-04")
	clock := &Clock{Days: 20, Promised: 5}
	lodged, accepted := takenOn(t, "2026-03-02", Lodged, clock), takenOn(t, "2026-03-02", Accepted, clock)
	paused := stepEvent(t, "district/centre", 9, KindSuspended, Step{Day: "2026-03-03", Procedure: "hearing", Request: "p1"})
	granted := stepEvent(t, "district/centre", 9, KindDecided, Step{Day: "2026-03-03", Outcome: Granted})
	out := stepEvent(t, "jiangnan/c1", 9, KindHandedOut, Step{Day: "2026-03-03", How: WaySigned})
	proved := Taken{Application: "01a0", Number: "N1", Hall: "jiangnan", Item: "x", State: Accepted, Materials: []Material{{No: 2, State: Unverified}}, Shared: []Shared{{2, "hukou", "ask"}}, Clock: clock, AtMS: noon(t, "2026-03-02")}
	waited := event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 1}, Kind: KindTaken, Payload: proved.Payload()}
	said := func(o Outcome) event.Event {
		return event.Event{ID: event.ID{Origin: "jiangnan/hub", Epoch: 1, Seq: 2}, Kind: KindSharedAnswered, Payload: hall.Payload(Answered{Ask: "ask", Root: "ask", Application: "01a0", Set: "hukou", Outcome: o, AtMS: noon(t, "2026-03-03")})}
	}
	paper := laterEvent("jiangnan/c2", 3, KindSharedDisputed, Later{Materials: []int{2}, AtMS: noon(t, "2026-03-03")})
	longer := stepEvent(t, "district/centre", 9, KindExtended, Step{Day: "2026-03-03", Days: 10})
	for _, w := range []struct {
		name  string
		facts []event.Event
		deed  Deed
		day   hall.Date
		want  *event.Refusal
		arg   string
	}{
		{"accept what was received", []event.Event{lodged}, Deed{Kind: KindAccepted}, at, nil, ""},
		{"accept twice", []event.Event{accepted}, Deed{Kind: KindAccepted}, at, event.CaseState, "accepted"},
		{"decline with a reason", []event.Event{lodged}, Deed{Kind: KindDeclined, Outcome: Refused, Why: "不属于本窗口"}, at, nil, ""},
		{"decline without one", []event.Event{lodged}, Deed{Kind: KindDeclined, Outcome: Refused, Why: " "}, at, event.FieldMissing, "reason"},
		{"decline when it counts as accepted", []event.Event{lodged}, Deed{Kind: KindDeclined, Outcome: Refused, Why: "晚了"}, "2026-03-10", event.CaseLate, "2026-03-09"},
		{"not ours without saying whose", []event.Event{lodged}, Deed{Kind: KindDeclined, Outcome: NotOurs}, at, event.FieldMissing, "agency"},
		{"decline as something else", []event.Event{lodged}, Deed{Kind: KindDeclined, Outcome: Granted}, at, event.CaseState, "received"},
		{"ask for a correction", []event.Event{lodged}, Deed{Kind: KindAsked, Lacks: []Lack{{2, "户口簿"}}}, at, nil, ""},
		{"ask for nothing", []event.Event{lodged}, Deed{Kind: KindAsked}, at, event.FieldMissing, "materials"},
		{"ask twice for the same", []event.Event{lodged}, Deed{Kind: KindAsked, Lacks: []Lack{{2, "户口簿"}, {2, "户口簿"}}}, at, event.RequestUnusable, "materials"},
		{"ask when it counts as accepted", []event.Event{lodged}, Deed{Kind: KindAsked, Lacks: []Lack{{2, "户口簿"}}}, "2026-03-10", event.CaseLate, "2026-03-09"},
		{"ask of one that is accepted", []event.Event{accepted}, Deed{Kind: KindAsked, Lacks: []Lack{{2, "户口簿"}}}, at, event.CaseState, "accepted"},
		{"a hearing", []event.Event{accepted}, Deed{Kind: KindSuspended, Procedure: "hearing"}, at, nil, ""},
		{"a walk", []event.Event{accepted}, Deed{Kind: KindSuspended, Procedure: "walk"}, at, event.FieldMissing, "procedure"},
		{"a second hearing", []event.Event{accepted, paused}, Deed{Kind: KindSuspended, Procedure: "hearing"}, at, event.CaseState, "suspended"},
		{"the end of a hearing", []event.Event{accepted, paused}, Deed{Kind: KindResumed}, at, nil, ""},
		{"the end of none", []event.Event{accepted}, Deed{Kind: KindResumed}, at, event.CaseState, "accepted"},
		{"more time", []event.Event{accepted}, Deed{Kind: KindExtended, Why: "案情复杂"}, at, nil, ""},
		{"more time on the last day", []event.Event{accepted}, Deed{Kind: KindExtended, Why: "案情复杂"}, "2026-03-09", nil, ""},
		{"more time when it is over", []event.Event{accepted}, Deed{Kind: KindExtended, Why: "案情复杂"}, "2026-03-10", event.CaseLate, "2026-03-09"},
		{"more time without a reason", []event.Event{accepted}, Deed{Kind: KindExtended}, at, event.FieldMissing, "reason"},
		{"more time twice", []event.Event{accepted, longer}, Deed{Kind: KindExtended, Why: "案情复杂"}, at, event.CaseExtended, ""},
		{"grant", []event.Event{accepted}, Deed{Kind: KindDecided, Outcome: Granted}, at, nil, ""},
		{"grant without the proof that is waited for", []event.Event{waited}, Deed{Kind: KindDecided, Outcome: Granted}, at, event.CaseUnproved, ""},
		{"grant on a record in another name", []event.Event{waited, said(Mismatch)}, Deed{Kind: KindDecided, Outcome: Granted}, at, event.CaseUnproved, ""},
		{"grant on a record", []event.Event{waited, said(Found)}, Deed{Kind: KindDecided, Outcome: Granted}, at, nil, ""},
		{"grant on the paper", []event.Event{waited, said(Mismatch), paper}, Deed{Kind: KindDecided, Outcome: Granted}, at, nil, ""},
		{"deny for want of proof", []event.Event{waited, said(NotFound)}, Deed{Kind: KindDecided, Outcome: Denied, Why: "查无记录"}, at, nil, ""},
		{"grant in a hearing", []event.Event{accepted, paused}, Deed{Kind: KindDecided, Outcome: Granted}, at, event.CaseState, "suspended"},
		{"deny without a reason", []event.Event{accepted}, Deed{Kind: KindDecided, Outcome: Denied}, at, event.FieldMissing, "reason"},
		{"pass on to nobody", []event.Event{accepted}, Deed{Kind: KindDecided, Outcome: PassedOn}, at, event.FieldMissing, "agency"},
		{"decide twice", []event.Event{accepted, granted}, Deed{Kind: KindDecided, Outcome: Denied, Why: "x"}, at, event.CaseState, "granted"},
		{"hand out", []event.Event{accepted, granted}, Deed{Kind: KindHandedOut, How: WaySigned}, at, nil, ""},
		{"hand out nothing", []event.Event{accepted}, Deed{Kind: KindHandedOut, How: WaySigned}, at, event.CaseState, "accepted"},
		{"hand out somehow", []event.Event{accepted, granted}, Deed{Kind: KindHandedOut}, at, event.RequestUnusable, "how"},
		{"hand out twice", []event.Event{accepted, granted, out}, Deed{Kind: KindHandedOut, How: WaySigned}, at, event.CaseState, "handed_out"},
		{"archive", []event.Event{accepted, granted, out}, Deed{Kind: KindArchived}, at, nil, ""},
		{"archive what is not handed out", []event.Event{accepted, granted}, Deed{Kind: KindArchived}, at, event.CaseState, "granted"},
		{"deem by hand", []event.Event{lodged}, Deed{Kind: KindDeemed}, at, event.RequestUnusable, "step"},
	} {
		c := foldAll(t, w.facts...)
		before := string(c.Row())
		w.deed.Request, w.deed.NowMS = "r1", noon(t, w.day)
		s, refusal := w.deed.Decide(c, calendar, w.day)
		switch {
		case w.want == nil && refusal != nil, w.want != nil && (refusal == nil || !errors.Is(refusal, w.want)):
			t.Errorf("%s: %v", w.name, refusal)
		case refusal != nil && !strings.Contains(string(hall.Payload(refusal.Args)), w.arg):
			t.Errorf("%s: %v does not tell %s", w.name, refusal, w.arg)
		case refusal == nil:
			if _, err := ReadStep(event.Event{Kind: w.deed.Kind, Payload: hall.Payload(s)}); err != nil {
				t.Errorf("%s: what was decided is not read back: %v", w.name, err)
			}
		}
		if string(c.Row()) != before {
			t.Errorf("%s: deciding changed the case", w.name)
		}
	}
	for joint, days := range map[bool]int{false: 10, true: 15} {
		if s, refusal := (Deed{Kind: KindExtended, Why: "x", Joint: joint, Request: "r", NowMS: 1}).Decide(foldAll(t, accepted), calendar, at); refusal != nil || s.Days != days {
			t.Errorf("joint %v: %d days, %v (行政许可法 42)", joint, s.Days, refusal)
		}
	}
	if _, refusal := foldAll(t, accepted, granted).Withdraw("", "A01", "c1", "r", 1); !errors.Is(refusal, event.CaseState) {
		t.Errorf("what is decided is taken back: %v", refusal)
	}
	if _, refusal := foldAll(t, accepted, paused).Withdraw("", "A01", "c1", "r", 1); refusal != nil {
		t.Errorf("a suspended application cannot be taken back: %v", refusal)
	}
}

// Why something was refused is read with the key of its application, and where it stands alone.
func TestWhyIsSealed(t *testing.T) {
	key, err := sealed.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const why = "申请人罗庆(样例)的住址不在本区"
	s := Step{Application: "01a0", Hall: "jiangnan", Day: "2026-03-04", AtMS: 1, Request: "r1", Outcome: Denied}
	if err := s.SealWhy(KindDecided, why, key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	n := Noted{Kind: KindDecided, Step: s}
	if got, err := n.Reason(key); err != nil || string(got) != why {
		t.Errorf("%q, %v", string(got), err)
	}
	if bytes.Contains(hall.Payload(n), []byte("罗庆")) {
		t.Error("the reason stands in clear in the event")
	}
	n.Request = "r2"
	if _, err := n.Reason(key); !errors.Is(err, sealed.ErrShut) {
		t.Errorf("a reason is read in another step: %v", err)
	}
	if none, err := (Noted{Kind: KindDecided}).Reason(key); none != "" || err != nil {
		t.Errorf("%q, %v", string(none), err)
	}
}

// What a window says at once counts over what the materials make of it.
func TestAnswersAtTheWindow(t *testing.T) {
	all := []Material{{1, Brought}, {2, Brought}, {3, Brought}}
	atOnce := func() *guide.Item { i := item(); i.Handling, i.PromisedDays = guide.AtOnce, 0; return i }
	for _, w := range []struct {
		name      string
		answer    Answer
		item      *guide.Item
		materials []Material
		reason    Personal
		agency    string
		state     State
		want      *event.Refusal
		arg       string
	}{
		{"received", AnswerReceive, item(), all, "", "", Lodged, nil, ""},
		{"received with something missing", AnswerReceive, item(), nil, "", "", Lodged, nil, ""},
		{"refused", AnswerRefuse, item(), nil, "不属于许可事项", "", Refused, nil, ""},
		{"refused without a reason", AnswerRefuse, item(), nil, "", "", "", event.FieldMissing, "reason"},
		{"not ours", AnswerNotOurs, item(), nil, "", " 市公安局 ", NotOurs, nil, ""},
		{"not ours and nobody's", AnswerNotOurs, item(), nil, "", " ", "", event.FieldMissing, "agency"},
		{"at once", AnswerAtOnce, atOnce(), all, "", "", Accepted, nil, ""},
		{"at once what takes days", AnswerAtOnce, item(), all, "", "", "", event.NotAtOnce, "accepted"},
		{"at once with something missing", AnswerAtOnce, atOnce(), nil, "", "", "", event.NotAtOnce, "correction"},
		{"at once with what shared data has not got", AnswerAtOnce, atOnce(), []Material{{1, Brought}, {2, Unverified}, {3, Brought}}, "", "", "", event.CaseUnproved, ""},
		{"an answer that does not exist", "perhaps", item(), all, "", "", "", event.RequestUnusable, "answer"},
	} {
		wish := wish(w.materials...)
		wish.Answer, wish.Reason, wish.Agency = w.answer, w.reason, w.agency
		f, who, refusal := wish.Decide(w.item, shippedCalendar(t), today)
		if w.want != nil {
			if refusal == nil || !errors.Is(refusal, w.want) || !strings.Contains(string(hall.Payload(refusal.Args)), w.arg) {
				t.Errorf("%s: %v", w.name, refusal)
			}
			continue
		}
		if refusal != nil || f.State != w.state || string(who.Reason) != string(w.reason) || f.Agency != strings.TrimSpace(w.agency) {
			t.Errorf("%s: %s %q, %v", w.name, f.State, f.Agency, refusal)
		}
		if ends := w.state == Refused || w.state == NotOurs; ends != (f.Clock == nil) || w.state != Accepted && f.DueDate != "" || w.state != Correction && f.AnswerBy != "" {
			t.Errorf("%s: clock %v, due %q, answer by %q", w.name, f.Clock, f.DueDate, f.AnswerBy)
		}
	}
	decided, out := Taken{Application: "01a0", Hall: "jiangnan", AtMS: noon(t, "2026-03-04")}.AtOnce()
	c := foldAll(t, takenOn(t, "2026-03-04", Accepted, nil),
		event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 3}, Kind: KindHandedOut, Payload: hall.Payload(out)},
		event.Event{ID: event.ID{Origin: "jiangnan/c1", Epoch: 1, Seq: 2}, Kind: KindDecided, Payload: hall.Payload(decided)})
	if c.Standing() != HandedOut {
		t.Errorf("decided at once: %s", c.Standing())
	}
}

// What agencies decide counts from the centre, and from a hub that notes it again; at a window nothing
// but what is decided at once where it was taken.
func TestWhoDecides(t *testing.T) {
	for _, w := range []struct {
		origin  event.Origin
		kind    event.Kind
		request string
		want    State
	}{
		{"district/centre", KindDecided, "d", Granted}, {"jiangnan/hub", KindDecided, "d", Granted}, {"jiangnan/hub2", KindDecided, "d", Granted},
		{"jiangnan/c1", KindDecided, "d", Accepted}, {"jiangnan/k1", KindDecided, "d", Accepted}, {"jiangnan/c2", KindDecided, ":decided", Accepted}, {"jiangnan/c1", KindDecided, ":decided", Granted},
		{"district/centre", KindSuspended, "s", Suspended}, {"jiangnan/c1", KindSuspended, "s", Accepted},
	} {
		s := Step{Application: "01a0", Hall: "jiangnan", Day: "2026-03-05", AtMS: noon(t, "2026-03-05"), Request: w.request, Procedure: Procedures[0]}
		if w.kind == KindDecided {
			s.Outcome = Granted
		}
		c := foldAll(t, takenOn(t, "2026-03-04", Accepted, nil), stepEvent(t, w.origin, 9, w.kind, s))
		if c.Standing() != w.want || len(c.Steps) != 1 {
			t.Errorf("%s by %s: %s, %d kept", w.kind, w.origin, c.Standing(), len(c.Steps))
		}
	}
}

// Steps that say nothing usable are none.
func TestBrokenSteps(t *testing.T) {
	good := Step{Application: "01a0", Hall: "jiangnan", Day: "2026-03-04", AtMS: 1, Outcome: Granted}
	for name, spoil := range map[string]func(*Step){
		"no application": func(s *Step) { s.Application = "" }, "no hall": func(s *Step) { s.Hall = "" }, "no day": func(s *Step) { s.Day = "2026-02-30" },
		"no time": func(s *Step) { s.AtMS = 0 }, "no outcome": func(s *Step) { s.Outcome = "" }, "another outcome": func(s *Step) { s.Outcome = Refused }, "days": func(s *Step) { s.Days = -1 }, "names without numbers": func(s *Step) { s.Absent = []string{"户口簿"} },
	} {
		s := good
		spoil(&s)
		if _, err := Fold(nil, event.Event{Kind: KindDecided, Payload: hall.Payload(s)}); !errors.Is(err, ErrNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Fold(nil, event.Event{Kind: KindDecided, Payload: []byte("{")}); !errors.Is(err, ErrNotOurs) {
		t.Error(err)
	}
	if _, err := Fold(nil, event.Event{Kind: KindDecided, Payload: hall.Payload(good)}); err != nil {
		t.Errorf("a good one: %v", err)
	}
}
