package screen

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/figures"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Wrong PINs before a pause, and the pause.
const (
	pinTries = 5
	pinPause = time.Minute
)

// Counter answers the pages of a counter PC. Who is signed in lives only here:
// after a restart the clerk signs in again and finds the visit where it was.
type Counter struct {
	m *Machine

	printing sync.Mutex // of documents, one after the other

	mu          sync.Mutex
	clerk       hall.Clerk
	window      hall.WindowID
	services    []hall.Letter
	followed    followed
	looked      lookedAt
	reading     intake.ApplicationID // the application that was opened last: its scans may be looked at
	settled     map[string]bool      // amendments that were checked here
	wrong       int
	lockedUntil int64
}

// NewCounter gives the counter of a machine.
func NewCounter(m *Machine) *Counter { return &Counter{m: m, settled: map[string]bool{}} }

// Page gives everything the counter shows.
func (c *Counter) Page() (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn()
	return c.page()
}

// turn puts newer guides in use while nobody is at the window: a checklist that is being
// ticked off stays as it began.
func (c *Counter) turn() {
	busy := false
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) { busy = c.window != "" && h.AtWindow(c.window) != nil })
	if !busy {
		c.m.Guides.turn()
	}
}

func (c *Counter) page() (CounterPage, error) {
	ctx := context.Background()
	p := CounterPage{Documents: c.m.Documents != nil, Place: c.m.place(), Standing: c.m.standing(ctx), Clerk: string(c.clerk.ID), ClerkName: c.clerk.Name, Window: string(c.window),
		Services: []string{}, Areas: c.m.areas(), AllWindows: []WindowShape{}, Parked: []ParkedVisit{}, Recent: []RecentVisit{}, Conflicts: []Conflict{}, Helps: c.m.helps(), Notices: c.m.notices(), Differing: []DifferingCase{}, Amending: c.amending()}
	if c.m.Differing != nil && c.clerk.ID != "" {
		p.Differing = c.m.Differing()
	}
	p.FollowUps, p.FollowUpsOverdue = c.followUps().counts()
	p.Tray = c.trayPage()
	for _, s := range c.services {
		p.Services = append(p.Services, string(s))
	}
	clerks := map[hall.WindowID]string{}
	var current *hall.Ticket
	var ended []hall.Ticket
	date := hall.DateOf(c.m.Book.Now())
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		for _, w := range h.Windows() {
			if w.Open {
				clerks[w.ID] = clerkName(h, w.Clerk)
			}
		}
		p.Parked = c.parked(h)
		p.Supervisor, p.MayWithdraw = supervises(h, c.clerk.ID), c.clerk.ID != "" && h.MayWithdraw(c.clerk.ID)
		for _, t := range h.Conflicts(date) {
			p.Conflicts = append(p.Conflicts, conflict(t))
		}
		if c.window == "" {
			return
		}
		ended, p.Away = endedAt(h, date, c.window), c.awayIn(h)
		if t := h.AtWindow(c.window); t != nil {
			copied := *t
			current = &copied
		}
	})
	for _, a := range c.m.Guides.Now().AreasOf(guide.HallID(c.m.Hall)) {
		for _, w := range a.Windows {
			p.AllWindows = append(p.AllWindows, WindowShape{ID: string(w), Letter: string(a.Letter), Clerk: clerks[hall.WindowID(w)]})
		}
	}
	for _, a := range p.Areas {
		if slices.Contains(p.Services, a.Letter) {
			p.Waiting += a.Waiting
		}
	}
	for i := range ended {
		t := &ended[i]
		if t.State == hall.Done {
			p.ServedToday++
		}
		if len(p.Recent) < recentVisits {
			p.Recent = append(p.Recent, RecentVisit{Number: string(t.Number), State: string(t.State), FinishedAt: hall.ClockOf(endMS(t)), Saved: c.m.savedOf(eventsOf(t)...)})
		}
	}
	if current != nil {
		t, err := c.ticket(ctx, current)
		if err != nil {
			return p, err
		}
		p.Current = t
	}
	return p, nil
}

// recentVisits is how many finished visits a counter lists.
const recentVisits = 10

func clerkName(h *hall.Hall, id hall.ClerkID) string {
	if known, ok := h.Clerk(id); ok {
		return known.Name
	}
	return string(id)
}

func conflict(t *hall.Ticket) Conflict {
	kind, windows := t.Conflict()
	row := Conflict{Number: string(t.Number), Kind: kind, Windows: []string{}}
	for _, w := range windows {
		row.Windows = append(row.Windows, string(w))
	}
	return row
}

// endedAt lists the visits that a window has ended today, the latest first.
func endedAt(h *hall.Hall, date hall.Date, w hall.WindowID) []hall.Ticket {
	var out []hall.Ticket
	for _, t := range h.EndedAt(date, w) {
		out = append(out, *t)
	}
	slices.SortStableFunc(out, func(a, b hall.Ticket) int { return cmp.Compare(endMS(&b), endMS(&a)) })
	return out
}

func endMS(t *hall.Ticket) int64 {
	if t.FinishedMS > 0 {
		return t.FinishedMS
	}
	return t.LastCallMS
}

func (c *Counter) ticket(ctx context.Context, t *hall.Ticket) (*CounterTicket, error) {
	area := c.m.areaOf(t.Queue())
	now := c.m.hallNow()
	out := &CounterTicket{Ticket: string(t.Ticket), Number: string(t.Number), Letter: string(t.Queue()), Area: area.Name, Class: string(t.Class),
		Language: t.Language, Items: []ItemCard{}, State: string(t.State), Recalls: t.Recalls, CalledMS: t.CalledMS, StartedMS: t.StartedMS,
		Saved: c.m.savedOf(eventsOf(t)...), RecallInSeconds: -1, Checked: c.m.lacked(t.Checked)}
	passes, back := t.Passes()
	out.Passes, out.PassWarning, out.Back, out.Reason = passes, passes >= hall.PassWarn, string(back), t.LastReason()
	if waited, known := figures.Waited(t); known {
		out.WaitMinutes = hall.Minutes(waited)
	}
	if t.SlotMS > 0 {
		out.Slot = hall.ClockOf(t.SlotMS)
	}
	if t.State == hall.CalledS && t.Recalls < hall.RecallLimit {
		out.RecallInSeconds = int((hall.Left(t.LastCallMS, hall.RecallAfterMS, now) + 999) / 1000)
	}
	for _, code := range t.AllItems() {
		if i, ok := c.m.Guides.Now().Item(guide.Code(code)); ok {
			out.Items = append(out.Items, c.m.card(i))
		}
	}
	list, err := c.m.Book.Cases(ctx, t.Ticket)
	out.Applications = c.m.caseList(list)
	return out, err
}

// Next calls the next ticket; the hub decides which. The page makes request once
// per intent and repeats it after a lost answer. Refusals: NotSignedIn, WindowClosed,
// StillServing, NobodyWaits, HubUnreachable (then a scanned slip still starts a visit).
func (c *Counter) Next(request string) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.calls(); err != nil {
		return CounterPage{}, err
	}
	return c.call(hall.Call{Request: request, Window: c.window, Clerk: c.clerk.ID, Services: c.services})
}

// call asks the hub for a ticket and keeps what it grants.
func (c *Counter) call(ask hall.Call) (CounterPage, error) {
	ctx := context.Background()
	bodies, err := c.m.Hub.Call(ctx, ask)
	if err != nil {
		return CounterPage{}, err
	}
	err = c.m.Book.Hear(ctx, func(tx Tx) error {
		for _, body := range bodies {
			if err := tx.Take(body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return CounterPage{}, err
	}
	return c.page()
}

func (c *Counter) ready() error {
	switch {
	case c.clerk.ID == "":
		return event.NotSignedIn
	case c.window == "":
		return event.WindowClosed
	}
	return nil
}

// calls is ready, and refuses also while the clerk is away from the window: everything but people can be seen to then.
func (c *Counter) calls() error {
	if err := c.ready(); err != nil {
		return err
	}
	if c.absence() != nil {
		return event.WindowClosed
	}
	return nil
}

// move decides a step on the window's ticket and notes it, in one commit.
func (c *Counter) move(kind event.Kind, decide func(h *hall.Hall, nowMS int64) (hall.Moved, *event.Refusal)) (CounterPage, error) {
	return c.write(func(tx Tx) error {
		m, no := decide(tx.Hall(c.m.Hall), c.m.hallNow())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(kind, m)
		return err
	})
}

// Recall calls the window's ticket once more. Refusals: NoTicket, TicketState, TooSoon, RecallLimit.
func (c *Counter) Recall() (CounterPage, error) {
	return c.move(hall.KindRecalled, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Recall(c.window, c.clerk.ID, now)
	})
}

// Start notes that the person called is at the window. Refusals: NoTicket, TicketState.
func (c *Counter) Start() (CounterPage, error) {
	return c.move(hall.KindStarted, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Start(c.window, c.clerk.ID, "button", now)
	})
}

// NoShow notes that nobody came. Refusals: NoTicket, TicketState, TooSoon.
func (c *Counter) NoShow() (CounterPage, error) {
	return c.move(hall.KindMissed, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Miss(c.window, c.clerk.ID, now)
	})
}

// Return puts the window's ticket back to its old place. Refusals: NoTicket, TicketState.
func (c *Counter) Return(reason string) (CounterPage, error) {
	return c.move(hall.KindReturned, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		return h.Return(c.window, c.clerk.ID, reason, now)
	})
}

// Finish ends the visit. Refusals: NoTicket, TicketState, OutcomeMissing.
func (c *Counter) Finish(outcomes []Outcome) (CounterPage, error) {
	return c.move(hall.KindFinished, func(h *hall.Hall, now int64) (hall.Moved, *event.Refusal) {
		ended := make([]hall.Ending, 0, len(outcomes))
		for _, o := range outcomes {
			ended = append(ended, hall.Ending{Item: hall.ItemCode(o.Item), Outcome: hall.Outcome(o.Outcome)})
		}
		return h.Finish(c.window, c.clerk.ID, ended, now)
	})
}

// StartByScan serves the person whose slip was scanned. The signature is checked
// against the keys kept here, so it works with the hub away; a ticket that was
// never heard of is made again from its paper. Refusals: those of a code, CodeStale,
// CodeOtherHall, CodeUsed, StillServing, TicketState.
func (c *Counter) StartByScan(code string) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.calls(); err != nil {
		return CounterPage{}, err
	}
	f, e, err := c.m.slip(code)
	if err != nil {
		return CounterPage{}, err
	}
	reached := c.m.Hub.Line().Reached
	err = c.m.Book.Write(context.Background(), func(tx Tx) error {
		h := tx.Hall(c.m.Hall)
		if parkedSlip(h, f.Ticket) {
			return c.resume(tx, f.Ticket)
		}
		m, no := h.StartScanned(f, c.window, c.clerk.ID, c.m.Book.Now(), reached)
		if no != nil {
			return no
		}
		if t := h.Ticket(f.Ticket); t == nil || !t.Known {
			_, _, err := tx.Append(hall.KindAdmitted, hall.Admitted{Issued: f, Slip: code, Origin: e.Origin, Epoch: e.Epoch, Seq: e.Seq})
			if err != nil {
				return err
			}
		}
		_, _, err := tx.Append(hall.KindStarted, m)
		return err
	})
	if err != nil {
		return CounterPage{}, err
	}
	return c.page()
}

// ReadCard reads the identity card that the person lays on the counter's reader. Nothing
// of it is kept. Refusals: NotSignedIn, ReaderFailed (args reason: none, off, no_card,
// unreadable, other_card).
func (c *Counter) ReadCard() (IdentityCard, error) {
	c.mu.Lock()
	signedIn := c.clerk.ID != ""
	c.mu.Unlock()
	switch {
	case !signedIn:
		return IdentityCard{}, event.NotSignedIn
	case c.m.Reader == nil:
		return IdentityCard{}, event.ReaderFailed.With("reason", "none")
	}
	return c.m.Reader.Read(context.Background(), hall.DateOf(c.m.Book.Now()))
}

// Guide gives the guide of an item. Refusal: ItemUnknown.
func (c *Counter) Guide(code string) (GuidePage, error) { return c.m.guidePage(code) }

// Search finds items by characters, pinyin or its initials, best first.
func (c *Counter) Search(query string) []ItemCard {
	return c.m.search(c.m.Guides.Now(), query, guide.Filter{}, foundMost)
}

// TakeIntake notes an application on the visit under way. A repeated request
// gives the same application. Refusals: NoTicket, TicketState, ItemUnknown,
// FieldMissing (args field), IdentityWrong.
func (c *Counter) TakeIntake(in Intake) (IntakeResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return IntakeResult{}, err
	}
	item, ok := c.m.Guides.Now().Item(guide.Code(in.Item))
	switch {
	case !ok:
		return IntakeResult{}, event.ItemUnknown.With("code", in.Item)
	case in.Request == "", len(in.Request) > 64:
		return IntakeResult{}, event.RequestUnusable
	}
	var result IntakeResult
	var scans []intake.Scan
	err := c.m.Book.Write(context.Background(), func(tx Tx) error {
		return once(tx, "intake:"+in.Request, &result, func() (err error) {
			result, scans, err = c.takeIntake(tx, in, item)
			return err
		})
	})
	if err == nil {
		err = c.release(scans)
	}
	return result, err
}

// takeIntake decides an application and notes it, sealed, with the scans that wait for it.
func (c *Counter) takeIntake(tx Tx, in Intake, item *guide.Item) (r IntakeResult, scans []intake.Scan, err error) {
	if err := c.serving(tx, in.Ticket); err != nil {
		return r, nil, err
	}
	now := c.m.Book.Now()
	n, err := tx.CaseCount(hall.DateOf(now))
	if err != nil {
		return r, nil, fmt.Errorf("count the day's applications: %w", err)
	}
	w := c.wish(in, tx.Life(), n+1, now)
	if item.Bare() {
		return r, nil, event.ItemUnknown.With("code", in.Item)
	}
	key, err := c.evidence(tx, &w, item)
	if err != nil {
		return r, nil, err
	}
	f, who, no := w.Decide(item, c.m.Calendar, hall.DateOf(now))
	if no != nil {
		return r, nil, no
	}
	if scans, err = c.waiting(f.Application); err != nil {
		return r, nil, err
	}
	if err := f.Seal(who, key, rand.Reader); err != nil {
		return r, nil, err
	}
	if _, _, err := tx.Append(intake.KindTaken, f); err != nil {
		return r, nil, err
	}
	for _, s := range scans {
		if _, _, err := tx.Append(intake.KindAttached, s); err != nil {
			return r, nil, err
		}
	}
	if w.Answer != intake.AnswerAtOnce {
		return intakeResult(c.m.Calendar.Status(&intake.Case{Taken: f})), scans, nil
	}
	decided, out := f.AtOnce()
	if _, _, err := tx.Append(intake.KindDecided, decided); err != nil {
		return r, nil, err
	}
	if _, _, err := tx.Append(intake.KindHandedOut, out); err != nil {
		return r, nil, err
	}
	r = intakeResult((&intake.Case{Taken: f}).Status())
	r.State, r.DueDate = string(intake.HandedOut), ""
	return r, scans, nil
}

// intakeResult is what has just been noted here; the page hears of later acks.
func intakeResult(s intake.Status) IntakeResult {
	return IntakeResult{Number: s.Number, State: string(s.State), DueDate: string(s.DueDate), AnswerBy: string(s.AnswerBy), Missing: append([]string{}, s.Absent...), Agency: s.Agency, Saved: "here"}
}

// answered fills in the answer that a request had before.
func answered(tx Tx, request string, into any) (known bool, err error) {
	before, known, err := tx.Answered(request)
	if err != nil || !known {
		return false, err
	}
	return true, json.Unmarshal(before, into)
}

// once gives the answer that a request had before, or lets do make one and keeps it, so
// that the same request changes nothing twice. into points to the answer.
func once(tx Tx, request string, into any, do func() error) error {
	if known, err := answered(tx, request, into); known || err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	kept, err := json.Marshal(into)
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return tx.Answer(request, kept)
}

// wish turns the form of the page into the wish that is decided.
func (c *Counter) wish(in Intake, life string, count int, now int64) intake.Take {
	w := intake.Take{Request: in.Request, Application: intake.ApplicationID(c.m.NewID(now)), Number: intake.Number(c.m.Hall, hall.DateOf(now), c.m.Device, life, count),
		Ticket: hall.TicketID(in.Ticket), Hall: c.m.Hall, Window: c.window, Clerk: c.clerk.ID,
		Applicant: intake.Personal(in.Applicant), DocumentType: intake.DocumentType(in.DocumentType), DocumentNumber: intake.Personal(in.DocumentNumber),
		Agent: intake.Personal(in.Agent), AgentNumber: intake.Personal(in.AgentNumber), Representative: intake.Personal(in.Representative), Address: intake.Personal(in.Address),
		Phone: intake.Personal(in.Phone), Note: intake.Personal(in.Note), Answer: intake.Answer(in.Answer), Reason: intake.Personal(in.Reason), Agency: in.Agency, NowMS: now}
	for _, m := range in.Materials {
		w.Materials = append(w.Materials, intake.Material{No: m.No, State: intake.Received(m.State)})
	}
	return w
}
