package apptest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/guide"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// person is one of the people who do not exist.
type person struct{ Name, ID, Phone string }

func people(t *testing.T) []person {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/data/identity/people.json")
	apptest.Must(t, err)
	var file struct{ People []person }
	apptest.Must(t, json.Unmarshal(raw, &file))
	return file.People
}

// written is an application as a clerk would write it into a book beside the program.
type written struct {
	in     screen.Intake
	state  intake.State
	due    string
	absent []string
	by     *terminal.Terminal
	left   []int // numbers of what is missing
}

// brings decides by chance what somebody brings of an item, and by the rules of intake.md
// (浙江省保障"最多跑一次"改革规定 11, 行政许可法 32), written down here once more, what comes of it.
func (w *written) brings(chance *rand.Rand, item *guide.Item) {
	w.state = intake.Accepted
	for _, m := range item.Materials {
		state := "received"
		switch n := chance.IntN(10); {
		case m.Need() == guide.Maybe:
			if n < 5 {
				continue
			}
		case m.WaivedBy != "" && n < 8:
			state = "unverified" // 待核验: this district's centre serves no shared data
		case m.Need() == guide.Later && n < 4:
			state = "later"
		case n == 0 && m.Need() != guide.Later:
			state = "missing"
		}
		w.in.Materials = append(w.in.Materials, screen.MaterialRow{No: m.No, State: state})
		if m.Need() == guide.Maybe || state != "missing" && state != "later" {
			continue
		}
		w.absent, w.left = append(w.absent, m.Name), append(w.left, m.No)
		if m.Need() != guide.Later {
			w.state = intake.Correction
		} else if w.state == intake.Accepted {
			w.state = intake.AcceptedLater
		}
	}
}

// TestFiveHundredApplicationsAreTheSameAtTheCentre takes applications for every item of the
// catalogue, of all the people, at four counters, half of them with the hub away. Of what lacks
// something some is brought, some is taken back, some runs out of time. Then every
// field of every application, the person's included, is what was typed.
func TestFiveHundredApplicationsAreTheSameAtTheCentre(t *testing.T) {
	t.Parallel()
	const many = 500
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	visits, counters := map[*terminal.Terminal]string{}, []*terminal.Terminal{}
	for n, c := range []struct{ id, pin, window string }{{"wang", "246810", "A01"}, {"li", "135790", "A02"}} {
		at := w.Terminal(config.Counter, fmt.Sprintf("c%d", n+1))
		reached(t, at)
		signIn(t, at, c.id, c.pin, c.window, "A")
		p := issue(t, k, "A")
		apptest.Eventually(t, "called", func() bool { _, err := at.Counter.Next(fmt.Sprint("n", n)); return err == nil })
		_, err := at.Counter.Start()
		apptest.Must(t, err)
		visits[at], counters = p.Ticket, append(counters, at)
	}
	items, who, chance := k.Machine.Guides.Now().Items(), people(t), rand.New(rand.NewPCG(6, 1))
	book := map[string]*written{}
	for n := range many {
		if n == many/2 {
			w.StopHub()
		}
		item, p, at := items[n%len(items)], who[n%len(who)], counters[n%len(counters)]
		x := &written{by: at, in: screen.Intake{Request: fmt.Sprint("i", n), Ticket: visits[at], Item: string(item.Code), Applicant: p.Name, DocumentType: "resident_id",
			DocumentNumber: p.ID, Phone: p.Phone, Note: fmt.Sprintf("第%d件", n)}}
		if n%5 == 0 { // a neighbour comes for the person
			agent := who[(n+1)%len(who)]
			x.in.Agent, x.in.AgentNumber, x.in.Address = agent.Name, agent.ID, fmt.Sprintf("样例路%d号", n)
		}
		x.brings(chance, item)
		r, err := at.Counter.TakeIntake(x.in)
		if err != nil {
			t.Fatalf("application %d for %s: %v", n, item.Name, err)
		}
		if r.State != string(x.state) || !slices.Equal(r.Missing, x.absent) || r.DueDate != "" && x.state == intake.Correction {
			t.Fatalf("application %d for %s: %+v, and %s without %v was due", n, item.Name, r, x.state, x.absent)
		}
		x.due = r.DueDate
		book[r.Number] = x
	}
	if len(book) != many {
		t.Fatalf("%d numbers for %d applications", len(book), many)
	}
	late := 0
	for n, number := range slices.Sorted(maps.Keys(book)) {
		x := book[number]
		if len(x.left) == 0 {
			continue
		}
		switch n % 3 {
		case 0:
			r, err := x.by.Counter.SupplyCase("s"+number, number, x.left)
			apptest.Must(t, err)
			x.state, x.absent, x.due = intake.Accepted, nil, r.DueDate
		case 1:
			_, err := x.by.Counter.WithdrawCase("w"+number, number)
			apptest.Must(t, err)
			x.state, x.due, x.absent = intake.Withdrawn, "", nil
		default:
			late++
			x.absent = nil // nobody has to bring anything any more
			x.state, x.due = map[intake.State]intake.State{intake.Correction: intake.Lapsed, intake.AcceptedLater: intake.Revoked}[x.state], ""
		}
	}
	w.StartHub()
	reached(t, append(counters, k)...)
	w.Clock.Forward(40 * 24 * time.Hour)
	issue(t, k, "A") // the day has begun: no clock alone ends an application
	apptest.Eventually(t, "the centre has all, and what ran out of time has ended", func() bool {
		ended := 0
		for number, x := range book {
			c, err := w.Centre.Store.Numbered(t.Context(), number)
			if err != nil || c == nil {
				return false
			}
			if _, err := w.Centre.Keys.Key(t.Context(), string(c.Application)); err != nil {
				return false
			}
			if s := c.Status(); s.State == x.state && (x.state == intake.Lapsed || x.state == intake.Revoked) {
				ended++
			}
		}
		return ended == late
	})
	wrong := 0
	states := map[intake.State]int{}
	for number, x := range book {
		if d := x.differs(t, w, number); d != "" {
			wrong++
			t.Errorf("%s: %s", number, d)
		}
		states[x.state]++
	}
	t.Logf("%d applications for %d items of %d people at %d counters, half of them with the hub away: %d differ at the centre; states %v", many, min(many, len(items)), len(who), len(counters), wrong, states)
}

// differs compares an application at the centre with the book.
func (x *written) differs(t *testing.T, w *apptest.World, number string) string {
	t.Helper()
	c, err := w.Centre.Store.Numbered(t.Context(), number)
	apptest.Must(t, err)
	s := c.Status()
	key, err := w.Centre.Keys.Key(t.Context(), string(c.Application))
	apptest.Must(t, err)
	p, err := c.Person(key)
	if err != nil {
		return err.Error()
	}
	var rows []screen.MaterialRow
	for _, m := range c.Materials {
		rows = append(rows, screen.MaterialRow{No: m.No, State: string(m.State)})
	}
	for _, f := range []struct{ name, have, want string }{
		{"state", string(s.State), string(x.state)}, {"due", string(s.DueDate), x.due}, {"item", string(s.Item), x.in.Item}, {"ticket", string(s.Ticket), x.in.Ticket},
		{"absent", fmt.Sprint(s.Absent), fmt.Sprint(x.absent)}, {"materials", fmt.Sprint(rows), fmt.Sprint(x.in.Materials)}, {"applicant", string(p.Applicant), x.in.Applicant},
		{"number", string(p.DocumentNumber), x.in.DocumentNumber}, {"phone", string(p.Phone), x.in.Phone}, {"note", string(p.Note), x.in.Note},
		{"agent", string(p.Agent), x.in.Agent}, {"agent's number", string(p.AgentNumber), x.in.AgentNumber}, {"address", string(p.Address), x.in.Address}, {"request", c.Request, x.in.Request},
	} {
		if f.have != f.want {
			return fmt.Sprintf("%s is %q, %q was due", f.name, f.have, f.want)
		}
	}
	return ""
}
