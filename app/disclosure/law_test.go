package disclosure

import (
	"errors"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

func calendar(t testing.TB) *intake.Calendar {
	t.Helper()
	c, err := intake.ShippedCalendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// request is a case that was asked for on a day, with what came after it.
func request(t testing.TB, day hall.Date, steps ...Noted) *Case {
	t.Helper()
	c, err := Fold(nil, requestedEvent("h/c1", 1, day))
	for n, s := range steps {
		s.Disclosure, s.AtMS = "01d0", int64(n+1)
		if err == nil {
			c, err = Fold(c, event.Event{ID: event.ID{Origin: "h/c1", Epoch: 1, Seq: event.Seq(n + 2)}, Kind: s.Kind, Payload: hall.Payload(s.Step)})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func requestedEvent(origin event.Origin, seq event.Seq, day hall.Date) event.Event {
	r := Requested{Disclosure: "01d0", Number: "JN-G0001", Hall: "jiangnan", Agency: "区财政局", By: Person, Channel: AtCounter, Day: day, AtMS: 1}
	return event.Event{ID: event.ID{Origin: origin, Epoch: 1, Seq: seq}, Kind: KindRequested, Payload: hall.Payload(r)}
}

func done(kind event.Kind, s Step) Noted { return Noted{Kind: kind, Step: s} }

// The clocks of the law in force on the day. The days were counted on the list of working days by another
// program than this one.
func TestClocks(t *testing.T) {
	cal := calendar(t)
	third := func(day, by hall.Date) Noted {
		return done(KindConsulted, Step{Day: day, By: by, Whom: ThirdParty})
	}
	agency := func(day, by hall.Date) Noted {
		return done(KindConsulted, Step{Day: day, By: by, Whom: OtherAgency})
	}
	heard := func(day hall.Date, whom string) Noted { return done(KindHeard, Step{Day: day, Whom: whom}) }
	for _, x := range []struct {
		law, name string
		day       hall.Date
		steps     []Noted
		today     hall.Date
		state     State
		due       hall.Date
		known     intake.TermState
		answerBy  hall.Date
	}{
		{"2007 第24条", "fifteen working days on the last day of the old law", "2019-05-14", nil, "2019-05-20", Open, "2019-06-04", "known", ""},
		{"2019 第33条", "twenty from the first day of the new one", "2019-05-15", nil, "2019-05-20", Open, "2019-06-13", "known", ""},
		{"2007 第24条", "who asked under the old law keeps its term", "2019-05-10", nil, "2019-05-20", Open, "2019-05-31", "known", ""},
		{"2007 第24条", "fifteen more", "2018-03-01", []Noted{done(KindExtended, Step{Day: "2018-03-20"})}, "2018-03-21", Open, "2018-04-13", "known", ""},
		{"2019 第33条", "twenty more", "2019-05-15", []Noted{done(KindExtended, Step{Day: "2019-06-10"})}, "2019-06-11", Open, "2019-07-11", "known", ""},
		{"2019 第30条", "a notice of correction stops the clock", "2026-04-28", []Noted{done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"})}, "2026-05-07", Correcting, "", "suspended", "2026-05-26"},
		{"2019 第30条", "a second notice, from another window, moves nothing", "2026-04-28", []Noted{done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"}), done(KindNotified, Step{Day: "2026-05-08", By: "2026-05-28"})}, "2026-05-09", Correcting, "", "suspended", "2026-05-26"},
		{"2019 第30条", "and it begins anew with the correction", "2026-04-28", []Noted{done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"}), done(KindCorrected, Step{Day: "2026-05-20"})}, "2026-05-21", Open, "2026-06-17", "known", ""},
		{"2019 第30条、第33条", "and may then be extended", "2026-04-28", []Noted{done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"}), done(KindCorrected, Step{Day: "2026-05-20"}), done(KindExtended, Step{Day: "2026-06-10"})}, "2026-06-11", Open, "2026-07-16", "known", ""},
		{"2007 第21条(四)", "under the old law a correction starts nothing anew", "2018-03-01", []Noted{done(KindNotified, Step{Day: "2018-03-05"}), done(KindCorrected, Step{Day: "2018-03-09"})}, "2018-03-10", Open, "2018-03-22", "known", ""},
		{"2019 第32条、第33条", "the time of a third party does not count", "2026-03-02", []Noted{third("2026-03-09", "2026-03-30"), heard("2026-03-16", ThirdParty)}, "2026-03-17", Open, "2026-04-07", "known", ""},
		{"2019 第32条", "while it is heard its last day is assumed", "2026-03-02", []Noted{third("2026-03-09", "2026-03-30")}, "2026-03-10", Consulting, "2026-04-21", "known", "2026-03-30"},
		{"2019 第32条", "one that is silent is not waited for", "2026-03-02", []Noted{third("2026-03-09", "2026-03-30")}, "2026-03-31", Open, "2026-04-21", "known", ""},
		{"2019 第32条", "what it says later moves nothing", "2026-03-02", []Noted{third("2026-03-09", "2026-03-30"), heard("2026-04-15", ThirdParty)}, "2026-04-16", Open, "2026-04-21", "known", ""},
		{"2007 第24条", "neither did it count before", "2018-03-01", []Noted{third("2018-03-05", ""), heard("2018-03-12", ThirdParty)}, "2018-03-13", Open, "2018-03-29", "known", ""},
		{"2007 第24条", "then it had no last day", "2018-03-01", []Noted{third("2018-03-05", "")}, "2018-03-13", Consulting, "", "suspended", ""},
		{"2019 第33条、第34条", "nor does the time of another agency", "2026-03-02", []Noted{agency("2026-03-09", "2026-03-30"), heard("2026-03-16", OtherAgency)}, "2026-03-17", Open, "2026-04-07", "known", ""},
		{"2007 第24条", "that of another agency did", "2018-03-01", []Noted{agency("2018-03-05", ""), heard("2018-03-12", OtherAgency)}, "2018-03-13", Open, "2018-03-22", "known", ""},
		{"109号", "a notice of a fee stops the clock", "2026-05-06", []Noted{done(KindCharged, Step{Day: "2026-05-11", By: "2026-06-10", Yuan: 100})}, "2026-05-12", Charged, "", "suspended", "2026-06-10"},
		{"109号", "and it begins anew with the payment", "2026-05-06", []Noted{done(KindCharged, Step{Day: "2026-05-11", By: "2026-06-10", Yuan: 100}), done(KindPaid, Step{Day: "2026-06-10"})}, "2026-06-11", Open, "2026-07-09", "known", ""},
		{"", "the calendar of the next year is not published", "2026-12-20", nil, "2026-12-21", Open, "", "unknown", ""},
	} {
		s := request(t, x.day, x.steps...).Stands(cal, x.today)
		if s.State != x.state || s.Due != x.due || s.Known != x.known || s.AnswerBy != x.answerBy {
			t.Errorf("%s %s: %s until %q (%s), others until %q; want %s until %q (%s), %q", x.law, x.name, s.State, s.Due, s.Known, s.AnswerBy, x.state, x.due, x.known, x.answerBy)
		}
	}
}

// 政府信息公开条例 2019 第30条: the notice is given within seven working days; the law of 2007 had no such term.
func TestNoticeWithinSevenDays(t *testing.T) {
	cal := calendar(t)
	if by := request(t, "2026-04-28").Stands(cal, "2026-04-28").NoticeBy; by != "2026-05-11" {
		t.Errorf("the notice is to be given by %s", by)
	}
	if by := request(t, "2019-05-14").Stands(cal, "2019-05-14").NoticeBy; by != "" {
		t.Errorf("under the law of 2007 by %s", by)
	}
}

// Every step is refused where the law has no place for it.
func TestStepsThatTheLawAllows(t *testing.T) {
	cal := calendar(t)
	notified := done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"})
	corrected := done(KindCorrected, Step{Day: "2026-05-20"})
	third := done(KindConsulted, Step{Day: "2026-05-07", By: "2026-05-28", Whom: ThirdParty})
	charged := done(KindCharged, Step{Day: "2026-05-11", By: "2026-06-10", Yuan: 100})
	answered := done(KindAnswered, Step{Day: "2026-05-08", Outcome: OutcomeGranted})
	for _, x := range []struct {
		law, name string
		steps     []Noted
		today     hall.Date
		do        Do
		want      *event.Refusal // nil: it is allowed
	}{
		{"第30条", "a notice within the seven days", nil, "2026-05-11", Do{Kind: KindNotified, Words: "请补充年份"}, nil},
		{"第30条", "no notice after them", nil, "2026-05-12", Do{Kind: KindNotified, Words: "请补充年份"}, event.TermOver},
		{"第30条", "no second notice", []Noted{notified, corrected}, "2026-05-21", Do{Kind: KindNotified, Words: "再说一次"}, event.StepOnce},
		{"第30条", "a notice says what is unclear", nil, "2026-05-06", Do{Kind: KindNotified, Words: " "}, event.FieldMissing},
		{"第30条", "no correction without a notice", nil, "2026-05-06", Do{Kind: KindCorrected, Words: "2019年的"}, event.CaseState},
		{"第30条", "who does not correct in time is not processed", []Noted{notified}, "2026-05-27", Do{Kind: KindAnswered, Outcome: OutcomeUncorrected}, nil},
		{"第30条", "and has time until the last day", []Noted{notified}, "2026-05-26", Do{Kind: KindAnswered, Outcome: OutcomeUncorrected}, event.NotOver},
		{"第30条", "unclear is an answer after a correction", []Noted{notified, corrected}, "2026-05-21", Do{Kind: KindAnswered, Outcome: OutcomeUnclear}, nil},
		{"第30条", "and not before", nil, "2026-05-06", Do{Kind: KindAnswered, Outcome: OutcomeUnclear}, event.StepMissing},
		{"第33条", "an extension before the end", nil, "2026-05-28", Do{Kind: KindExtended}, nil},
		{"第33条", "none after it", nil, "2026-05-29", Do{Kind: KindExtended}, event.TermOver},
		{"第33条", "and no second one", []Noted{done(KindExtended, Step{Day: "2026-05-08"})}, "2026-05-29", Do{Kind: KindExtended}, event.StepOnce},
		{"第32条", "a third party is heard before its interests are a reason", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeThirdParty}, event.StepMissing},
		{"第32条", "while it is heard nothing is answered", []Noted{third}, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeGranted}, event.CaseState},
		{"第32条", "after it was heard it is", []Noted{third, done(KindHeard, Step{Day: "2026-05-12", Whom: ThirdParty})}, "2026-05-13", Do{Kind: KindAnswered, Outcome: OutcomeThirdParty}, nil},
		{"第32条", "its silence is waited for no longer", []Noted{third}, "2026-05-29", Do{Kind: KindAnswered, Outcome: OutcomeThirdParty}, nil},
		{"第35条", "too many: not before reasons were asked for", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeExcessive}, event.StepMissing},
		{"第35条", "and after", []Noted{done(KindReasons, Step{Day: "2026-05-06"})}, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeExcessive}, nil},
		{"第36条(六)", "a repeat names the earlier request", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeRepeat}, event.FieldMissing},
		{"第36条(六)", "and not itself", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeRepeat, Earlier: "jn-g0001"}, event.FieldMissing},
		{"第36条(六)", "with it it is answered", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeRepeat, Earlier: " jn-g0007"}, nil},
		{"", "nothing else names an earlier one", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomeGranted, Earlier: "JN-G0007"}, event.RequestUnusable},
		{"第36条(一)", "what is public: where it is to be found", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomePublic}, event.FieldMissing},
		{"第36条(一)", "as it is said", nil, "2026-05-08", Do{Kind: KindAnswered, Outcome: OutcomePublic, Words: "区政府网站“财政预决算”栏目"}, nil},
		{"109号", "a fee that is one", nil, "2026-05-11", Do{Kind: KindCharged, Basis: ByItems, Nth: 11}, nil},
		{"109号", "nothing to pay", nil, "2026-05-11", Do{Kind: KindCharged, Basis: ByItems, Nth: 10}, event.NoFee},
		{"109号", "no second fee by the other basis", []Noted{charged, done(KindPaid, Step{Day: "2026-05-12"})}, "2026-05-13", Do{Kind: KindCharged, Basis: ByPages, Pages: 300}, event.StepOnce},
		{"109号", "nor one beside the first", []Noted{charged}, "2026-05-13", Do{Kind: KindCharged, Basis: ByPages, Pages: 300}, event.CaseState},
		{"109号", "who has not paid gets no answer", []Noted{charged}, "2026-05-13", Do{Kind: KindAnswered, Outcome: OutcomeGranted}, event.CaseState},
		{"109号", "has thirty days", []Noted{charged}, "2026-06-10", Do{Kind: KindAnswered, Outcome: OutcomeUnpaid}, event.NotOver},
		{"109号", "and is not processed afterwards", []Noted{charged}, "2026-06-11", Do{Kind: KindAnswered, Outcome: OutcomeUnpaid}, nil},
		{"", "it may be taken back at any time", []Noted{charged}, "2026-05-13", Do{Kind: KindAnswered, Outcome: OutcomeWithdrawn}, nil},
		{"", "what is answered is answered", []Noted{answered}, "2026-05-13", Do{Kind: KindAnswered, Outcome: OutcomePartly}, event.CaseState},
		{"", "an answer of another name", nil, "2026-05-13", Do{Kind: KindAnswered, Outcome: "maybe"}, event.FieldMissing},
		{"", "a kind of another name", nil, "2026-05-13", Do{Kind: KindOpened}, event.RequestUnusable},
	} {
		x.do.Request, x.do.NowMS = "r", 99
		s, refusal := x.do.Decide(request(t, "2026-04-28", x.steps...), cal, x.today)
		switch {
		case x.want == nil && refusal != nil, x.want != nil && !errors.Is(refusal, x.want):
			t.Errorf("%s %s: %v, want %v", x.law, x.name, refusal, x.want)
		case refusal == nil && (s.Day != x.today || s.Disclosure != "01d0"):
			t.Errorf("%s %s: %+v", x.law, x.name, s)
		}
	}
	s, _ := Do{Kind: KindCharged, Basis: ByItems, Nth: 35, Request: "r"}.Decide(request(t, "2026-05-06"), cal, "2026-05-11")
	if s.Yuan != 200 || s.By != "2026-06-10" {
		t.Errorf("a fee of %d by %s", s.Yuan, s.By)
	}
}

// Who does not correct a request in time, or does not pay, has given it up: it ends by itself. What the agency
// has not answered does not.
func TestWhatEndsByItself(t *testing.T) {
	cal := calendar(t)
	notified := done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"})
	charged := done(KindCharged, Step{Day: "2026-05-11", By: "2026-06-10", Yuan: 100})
	for _, x := range []struct {
		law, name string
		day       hall.Date
		steps     []Noted
		today     hall.Date
		want      Outcome // empty: it does not end
	}{
		{"第30条", "not corrected in time", "2026-04-28", []Noted{notified}, "2026-05-27", OutcomeUncorrected},
		{"第30条", "the last day is the applicant's", "2026-04-28", []Noted{notified}, "2026-05-26", ""},
		{"第30条", "corrected on the last day", "2026-04-28", []Noted{notified, done(KindCorrected, Step{Day: "2026-05-26"})}, "2026-05-27", ""},
		{"第30条", "a day that nobody knows is not over", "2026-12-14", []Noted{done(KindNotified, Step{Day: "2026-12-16"})}, "2027-12-31", ""},
		{"第30条", "one that was not known when it was told is, once it is known", "2026-04-28", []Noted{done(KindNotified, Step{Day: "2026-05-06"})}, "2026-05-28", OutcomeUncorrected},
		{"2007 第21条(四)", "the law of 2007 knew no such end", "2019-05-14", []Noted{done(KindNotified, Step{Day: "2019-05-20", By: "2019-06-11"})}, "2019-06-12", ""},
		{"109号", "not paid in thirty days", "2026-05-06", []Noted{charged}, "2026-06-11", OutcomeUnpaid},
		{"109号", "on the thirtieth it can be paid", "2026-05-06", []Noted{charged}, "2026-06-10", ""},
		{"第33条", "what the agency has not answered is late, and ends by no lapse of time", "2026-04-28", nil, "2027-04-28", ""},
		{"第32条", "nor while a third party is silent", "2026-04-28", []Noted{done(KindConsulted, Step{Day: "2026-05-07", By: "2026-05-28", Whom: ThirdParty})}, "2027-04-28", ""},
		{"", "what is answered has ended", "2026-04-28", []Noted{notified, done(KindAnswered, Step{Day: "2026-05-08", Outcome: OutcomeWithdrawn})}, "2026-05-27", ""},
	} {
		c := request(t, x.day, x.steps...)
		step, over := c.GiveUp(cal, x.today, 99)
		if step.Outcome != x.want || over != (x.want != "") {
			t.Errorf("%s %s: %q, %v", x.law, x.name, step.Outcome, over)
			continue
		}
		if !over {
			continue
		}
		if by := c.WaitsUntil(); by == "" || by >= x.today {
			t.Errorf("%s %s: looked for until %q", x.law, x.name, by)
		}
		ended := request(t, x.day, append(slices.Clone(x.steps), done(KindAnswered, step))...)
		s := ended.Stands(cal, x.today)
		if s.State != Answered || s.Answer.Outcome != x.want || s.Late(x.today) || ended.AnsweredOn() != x.today || ended.WaitsUntil() != "" {
			t.Errorf("%s %s: it stands as %+v", x.law, x.name, s)
		}
		if _, again := ended.GiveUp(cal, x.today, 100); again {
			t.Errorf("%s %s: it ends twice", x.law, x.name)
		}
		if table := Tabulate(2026, []*Case{ended}, "2026-12-31"); table.Check() != nil || table.row(RowID(x.want)).Sum != 1 {
			t.Errorf("%s %s: the table says %+v", x.law, x.name, table)
		}
	}
	if s := request(t, "2026-04-28").Stands(cal, "2027-01-04"); s.State != Open || !s.Late("2027-01-04") {
		t.Errorf("a request that nobody answers stands as %+v", s)
	}
}

func (t Table) row(id RowID) YearRow {
	return t.Rows[slices.IndexFunc(t.Rows, func(r YearRow) bool { return r.ID == id })]
}

// A hub that was cut off finds the time over, and then hears what had come in time at a window: it counts (第30条). And who has a
// good reason for being late comes back (无正当理由).
func TestWhoCorrectedInTimeHasNotGivenUp(t *testing.T) {
	cal := calendar(t)
	notified := done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"})
	over := done(KindAnswered, Step{Day: "2026-05-27", Outcome: OutcomeUncorrected})
	corrected := func(day hall.Date, excused bool) Noted {
		return done(KindCorrected, Step{Day: day, Excused: excused})
	}
	for _, x := range []struct {
		name  string
		steps []Noted
		state State
		due   hall.Date
		twice bool // a person is told
	}{
		{"heard of afterwards", []Noted{notified, over, corrected("2026-05-26", false)}, Open, "2026-06-24", true},
		{"and before", []Noted{notified, corrected("2026-05-26", false), over}, Open, "2026-06-24", true},
		{"late without a reason", []Noted{notified, over, corrected("2026-05-28", false)}, Answered, "", false},
		{"late with a good one", []Noted{notified, over, corrected("2026-05-28", true)}, Open, "2026-06-26", false},
		{"nothing to correct of one that was answered in the matter", []Noted{notified, corrected("2026-05-20", false), done(KindAnswered, Step{Day: "2026-05-21", Outcome: OutcomeGranted}), corrected("2026-05-28", true)}, Answered, "", false},
		{"and answered then", []Noted{notified, over, corrected("2026-05-28", true), done(KindAnswered, Step{Day: "2026-06-01", Outcome: OutcomeGranted})}, Answered, "", false},
		{"found over a day early by a wrong clock", []Noted{notified, done(KindAnswered, Step{Day: "2026-05-26", Outcome: OutcomeUncorrected})}, Correcting, "", true},
		{"taken back meanwhile", []Noted{notified, over, done(KindAnswered, Step{Day: "2026-05-20", Outcome: OutcomeWithdrawn})}, Answered, "", false},
	} {
		c := request(t, "2026-04-28", x.steps...)
		s := c.Stands(cal, "2026-06-02")
		if s.State != x.state || s.Twice != x.twice || x.due != "" && s.Due != x.due || (c.AnsweredOn() != "") != (x.state == Answered) {
			t.Errorf("%s: %+v, answered on %q", x.name, s, c.AnsweredOn())
		}
	}
	do := Do{Kind: KindCorrected, Words: "2019年的", Request: "r", NowMS: 99}
	for _, steps := range [][]Noted{{notified}, {notified, over}} {
		c := request(t, "2026-04-28", steps...)
		if _, no := do.Decide(c, cal, "2026-05-28"); !errors.Is(no, event.FieldMissing) || no.Args["field"] != "excused" || no.Args["by"] != "2026-05-26" {
			t.Errorf("late without a reason: %v", no)
		}
		excused := do
		excused.Excused = true
		if s, no := excused.Decide(c, cal, "2026-05-28"); no != nil || !s.Excused {
			t.Errorf("late with a good one: %+v, %v", s, no)
		}
		if s, no := excused.Decide(c, cal, "2026-05-26"); len(steps) == 1 && (no != nil || s.Excused) {
			t.Errorf("in time needs none: %+v, %v", s, no)
		}
	}
	if _, no := do.Decide(request(t, "2026-04-28", done(KindAnswered, Step{Day: "2026-05-08", Outcome: OutcomeGranted})), cal, "2026-05-28"); !errors.Is(no, event.CaseState) {
		t.Errorf("of one that was answered in the matter: %v", no)
	}
}

// 国办函〔2020〕109号, 按件计收 and 按量计收.
func TestFees(t *testing.T) {
	for _, x := range []struct {
		basis      Basis
		nth, pages int
		yuan       int
	}{
		{ByItems, 1, 999, 0}, {ByItems, 10, 999, 0}, {ByItems, 11, 999, 100}, {ByItems, 30, 0, 100}, {ByItems, 31, 0, 200}, {ByItems, 40, 0, 200},
		{ByItems, 41, 0, 300}, {ByItems, 50, 0, 300}, {ByItems, 51, 0, 400}, {ByItems, 91, 0, 800},
		{ByPages, 99, 0, 0}, {ByPages, 99, 30, 0}, {ByPages, 1, 31, 10}, {ByPages, 1, 100, 700}, {ByPages, 1, 101, 720}, {ByPages, 1, 200, 2700}, {ByPages, 1, 201, 2740}, {ByPages, 1, 300, 6700},
		{"both", 99, 999, 0},
	} {
		if got := Fee("2026-05-06", x.basis, x.nth, x.pages); got != x.yuan {
			t.Errorf("%s, the %d. of the month, %d pages: %d yuan, not %d", x.basis, x.nth, x.pages, got, x.yuan)
		}
	}
	if Fee("2020-12-31", ByItems, 50, 0) != 0 || Fee("2021-01-01", ByItems, 50, 0) != 300 {
		t.Error("109号 is in force from 2021-01-01")
	}
	sum := 0
	for nth := 1; nth <= 91; nth++ { // of one person in one month
		sum += Fee("2026-05-06", ByItems, nth, 0)
	}
	if want := 20*100 + 10*(200+300+400+500+600+700) + 800; sum != want {
		t.Errorf("91 requests of a month cost %d, not %d", sum, want)
	}
	earlier := []*Case{request(t, "2026-05-06"), request(t, "2026-05-31"), request(t, "2026-04-30"), request(t, "2025-05-06")}
	if n := Nth("2026-05-31", "区财政局", earlier); n != 3 {
		t.Errorf("it would be the %d. of May", n)
	}
	if n := Nth("2026-05-31", "区教育局", earlier); n != 1 {
		t.Errorf("another agency counts for itself: %d", n)
	}
}

// 政府信息公开条例 2019 第29条.
func TestWhatARequestNeeds(t *testing.T) {
	good := Ask{Request: "r", Disclosure: "01d0", Number: "N", Hall: "jiangnan", Window: "A01", Clerk: "wang", Agency: " 区财政局 ", By: Person, Channel: AtCounter, Form: "paper", Delivery: "collect",
		DocumentType: intake.ResidentID, Who: Who{Name: " 罗庆(样例) ", DocumentNumber: "99010820000907755x", Phone: "10000000000", Asked: "2019年  部门预算"}, NowMS: 5}
	r, w, refusal := good.Decide("2026-05-06")
	if refusal != nil || r.Day != "2026-05-06" || r.Agency != "区财政局" || w.Name != "罗庆(样例)" || string(w.DocumentNumber) != "99010820000907755X" || w.Asked != "2019年 部门预算" {
		t.Fatalf("%+v %v", r, refusal)
	}
	for _, x := range []struct {
		name  string
		today hall.Date
		spoil func(*Ask)
		want  *event.Refusal
		field string
	}{
		{"no name", "", func(a *Ask) { a.Who.Name = " " }, event.FieldMissing, "name"},
		{"no proof of identity", "", func(a *Ask) { a.Who.DocumentNumber = "" }, event.FieldMissing, "document_number"},
		{"none under the law of 2007 (第20条)", "2019-05-14", func(a *Ask) { a.Who.DocumentNumber = "" }, nil, ""},
		{"one that cannot be", "", func(a *Ask) { a.Who.DocumentNumber = "990108200009077551" }, event.IdentityWrong, ""},
		{"no way to be reached", "", func(a *Ask) { a.Who.Phone = "" }, event.FieldMissing, "phone"},
		{"an address is one", "", func(a *Ask) { a.Who.Phone, a.Who.Address = "", "江南区桂花路1号" }, nil, ""},
		{"by post without an address", "", func(a *Ask) { a.Delivery = "post" }, event.FieldMissing, "address"},
		{"nothing asked for", "", func(a *Ask) { a.Who.Asked = "\n" }, event.FieldMissing, "asked"},
		{"no form", "", func(a *Ask) { a.Form = "" }, event.FieldMissing, "form"},
		{"no way of delivery", "", func(a *Ask) { a.Delivery = "pigeon" }, event.FieldMissing, "delivery"},
		{"no agency", "", func(a *Ask) { a.Agency = "" }, event.FieldMissing, "agency"},
		{"no party", "", func(a *Ask) { a.By = "" }, event.FieldMissing, "by"},
		{"said, and not read back", "", func(a *Ask) { a.Oral = true }, event.FieldMissing, "read_back"},
		{"said, and read back", "", func(a *Ask) { a.Oral, a.ReadBack = true, true }, nil, ""},
		{"received tomorrow", "", func(a *Ask) { a.Channel, a.Day = ByPost, "2026-05-07" }, event.FieldMissing, "day"},
		{"received last week (第31条)", "", func(a *Ask) { a.Channel, a.Day = ByPost, "2026-04-29" }, nil, ""},
		{"no channel", "", func(a *Ask) { a.Channel = "" }, event.RequestUnusable, ""},
		{"no request", "", func(a *Ask) { a.Request = "" }, event.RequestUnusable, ""},
	} {
		a := good
		x.spoil(&a)
		if x.today == "" {
			x.today = "2026-05-06"
		}
		r, _, refusal := a.Decide(x.today)
		switch {
		case x.want == nil && refusal != nil, x.want != nil && !errors.Is(refusal, x.want), x.field != "" && refusal.Args["field"] != x.field:
			t.Errorf("%s: %v", x.name, refusal)
		case x.want == nil && a.Day != "" && r.Day != a.Day:
			t.Errorf("%s: received on %s", x.name, r.Day)
		}
	}
	a := good
	a.Day = "2026-04-01"
	if r, _, _ := a.Decide("2026-05-06"); r.Day != "2026-05-06" {
		t.Error("what is handed in is received on that day (第31条(一))")
	}
}

// Every outcome has its words and its line in the table, and every line but the four sums an outcome.
func TestOutcomesAndLines(t *testing.T) {
	lines := map[RowID]bool{}
	for _, o := range Outcomes() {
		zh, _ := o.Says()
		if zh == "" || !slices.Contains(Groups, o.Group()) {
			t.Errorf("%s has no words or no group", o)
		}
		lines[RowID(outcomes[o].row)] = true
	}
	if len(Outcomes()) != len(outcomes) {
		t.Error("an outcome is not offered")
	}
	for _, r := range yearRows {
		if sum := slices.Contains([]RowID{RowNew, RowCarried, RowTotal, RowForward}, r.id); sum == lines[r.id] {
			t.Errorf("the line %s has outcomes: %v", r.number, lines[r.id])
		}
		delete(lines, r.id)
	}
	if len(lines) > 0 || len(yearRows) != 25 {
		t.Errorf("%d lines, and outcomes without a line: %v", len(yearRows), lines)
	}
}

// The holidays of 2027 are not announced: whose time ends in that year has time until somebody knows
// when it ends, and it is counted anew then (第30条; 109号).
func TestNobodyIsOutOfTimeInAYearThatIsNotKnown(t *testing.T) {
	cal := calendar(t)
	for _, x := range []struct {
		do  Do
		out Outcome
	}{
		{Do{Kind: KindNotified, Words: "请补充年份"}, OutcomeUncorrected},
		{Do{Kind: KindCharged, Basis: ByItems, Nth: 11}, OutcomeUnpaid},
	} {
		x.do.Request, x.do.NowMS = "r", 5
		step, no := x.do.Decide(request(t, "2026-12-14"), cal, "2026-12-16")
		if no != nil || step.By != "" {
			t.Fatalf("%s: by %q, %v", x.do.Kind, step.By, no)
		}
		asked := request(t, "2026-12-14", done(x.do.Kind, step))
		for _, today := range []hall.Date{"2026-12-16", "2026-12-31", "2027-03-01"} {
			if _, no := (Do{Kind: KindAnswered, Outcome: x.out, Request: "q", NowMS: 6}).Decide(asked, cal, today); !errors.Is(no, event.TermUnknown) {
				t.Errorf("%s on %s: %v, not that nobody knows", x.out, today, no)
			}
		}
	}
	// The same step in a year that is known by now: its day is counted when it is asked for.
	asked := request(t, "2026-05-05", done(KindNotified, Step{Day: "2026-05-06"}))
	if s := asked.Stands(cal, "2026-05-07"); s.AnswerBy == "" {
		t.Error("a notice whose last day was not known stays without one")
	}
	silent := request(t, "2026-05-05", done(KindConsulted, Step{Day: "2026-05-06", Whom: ThirdParty}))
	if s := silent.Stands(cal, "2026-07-01"); s.State != Open || !s.Heard {
		t.Errorf("a third party whose last day was not known is waited for: %+v", s)
	}
}

// Who was silent in time was heard (第32条), whatever came after it.
func TestSilenceIsNotForgotten(t *testing.T) {
	asked := request(t, "2026-04-28", done(KindConsulted, Step{Day: "2026-05-07", By: "2026-05-28", Whom: ThirdParty}),
		done(KindConsulted, Step{Day: "2026-06-01", By: "2026-06-23", Whom: OtherAgency}), done(KindHeard, Step{Day: "2026-06-05", Whom: OtherAgency}))
	if _, no := (Do{Kind: KindAnswered, Outcome: OutcomeThirdParty, Request: "q", NowMS: 6}).Decide(asked, calendar(t), "2026-06-08"); no != nil {
		t.Errorf("the third party was silent until 05-28: %v", no)
	}
}

// An answer while the clock stands still is late in no case (第30条).
func TestAnAnswerWhileTheClockStandsStillIsNotLate(t *testing.T) {
	s := request(t, "2026-04-28", done(KindNotified, Step{Day: "2026-05-06", By: "2026-05-26"}),
		done(KindAnswered, Step{Day: "2026-06-01", Outcome: OutcomeUncorrected})).Stands(calendar(t), "2026-06-02")
	if s.Late("2026-06-02") || s.Twice {
		t.Errorf("due %s, late %v, twice %v", s.Due, s.Late("2026-06-02"), s.Twice)
	}
}

// A counter that was cut off took the correction, or the fee, in time: that the request was ended for want of
// it is for a person to look at.
func TestWhatWasDoneInTimeAndHeardOfLaterIsSeen(t *testing.T) {
	for _, x := range []struct {
		asked, did event.Kind
		out        Outcome
	}{{KindNotified, KindCorrected, OutcomeUncorrected}, {KindCharged, KindPaid, OutcomeUnpaid}} {
		ended := []Noted{done(x.asked, Step{Day: "2026-05-06", By: "2026-05-26"}), done(KindAnswered, Step{Day: "2026-05-27", Outcome: x.out})}
		if s := request(t, "2026-04-28", ended...).Stands(calendar(t), "2026-05-28"); s.Twice {
			t.Errorf("%s: rightly ended, and a person has to look", x.out)
		}
		if s := request(t, "2026-04-28", append(ended, done(x.did, Step{Day: "2026-05-25"}))...).Stands(calendar(t), "2026-05-28"); !s.Twice {
			t.Errorf("%s: done on the 25th, and nobody is told", x.out)
		}
	}
}
