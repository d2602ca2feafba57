package hall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onewindow/app/event"
)

// Window is a place that serves, as the hall last heard of it. Services are also those that it served before it
// was closed: forecasts for the time when it is open again rest on them.
type Window struct {
	ID       WindowID     `json:"id"`
	Clerk    ClerkID      `json:"clerk"`
	Services []Letter     `json:"services"`
	Open     bool         `json:"open"`
	SinceMS  int64        `json:"since_ms"`
	By       event.Origin `json:"by"`
	Absence
	last event.Stamp
}

// Hall is the fold of all events of one hall. It is not safe for concurrent
// use: its store guards it.
type Hall struct {
	ID      ID
	tickets map[TicketID]*Ticket
	queues  map[place]*line
	lines   map[series][]*line // the same, by service
	windows map[WindowID]*Window
	turns   turns
	// current is the open ticket of each window.
	current map[WindowID]map[TicketID]*Ticket
	// ended are the visits that ended at each window, disputes the tickets on
	// which two places disagreed: pages ask for both after every step.
	ended    map[WindowID]map[TicketID]*Ticket
	disputes map[TicketID]*Ticket
	parked   map[TicketID]*Ticket
	blocks   map[series]*blocks
	numbers  map[numberKey][]TicketID
	devices  map[event.Origin]Device
	deviceAt map[event.Origin]said
	keys     map[event.Origin][][]byte // all keys that a device has had
	clerks   map[ClerkID]Clerk
	clerkAt  map[ClerkID]said
	paces    map[Letter]*pace
	records  records
	granted  map[string]TicketID   // request -> the ticket that it was granted
	again    map[string][]TicketID // further ones, where a call was lost with its hub and granted again
	helps    helps
	notices  notices
	agenda   agenda
	pauses   pauses
	outages  outages
	words    words

	// Missing brings back a ticket that is not in memory, nil when there is none.
	Missing func(TicketID) *Ticket
}

type numberKey struct {
	date   Date
	number Number
}

// New gives the empty hall.
func New(id ID) *Hall {
	return &Hall{ID: id,
		tickets: map[TicketID]*Ticket{}, queues: map[place]*line{}, lines: map[series][]*line{}, windows: map[WindowID]*Window{}, turns: turns{},
		current: map[WindowID]map[TicketID]*Ticket{}, ended: map[WindowID]map[TicketID]*Ticket{}, disputes: map[TicketID]*Ticket{}, parked: map[TicketID]*Ticket{}, blocks: map[series]*blocks{}, numbers: map[numberKey][]TicketID{},
		devices: map[event.Origin]Device{}, deviceAt: map[event.Origin]said{}, keys: map[event.Origin][][]byte{}, clerks: map[ClerkID]Clerk{}, clerkAt: map[ClerkID]said{}, paces: map[Letter]*pace{}, granted: map[string]TicketID{}, again: map[string][]TicketID{}, helps: newHelps(), notices: newNotices(), agenda: newAgenda(), pauses: newPauses(), outages: outages{}, words: words{}}
}

// Touched names what an event changed, for the projections. At most one is set.
type Touched struct {
	Ticket *Ticket
	Window *Window
	Block  *Block
	Device *Device
	Clerk  *Clerk
}

// Apply folds one event. Kinds of other packages and kinds from the future
// change nothing. An error means that the payload is not of its kind: the event
// belongs into quarantine.
func (h *Hall) Apply(e event.Event) (Touched, error) {
	fact, err := Read(e)
	if err != nil {
		return Touched{}, err
	}
	return h.Fold(e, fact)
}

// Read decodes the fact of an event; nil for kinds that are not of this package. An
// error means that the payload is not of its kind.
func Read(e event.Event) (any, error) {
	switch e.Kind {
	case KindIssued:
		return quick(e, (*Issued).scan)
	case KindAdmitted:
		return decode[Admitted](e)
	case KindCalled:
		return quick(e, (*Called).scan)
	case KindRecalled, KindUncalled, KindStarted, KindMissed, KindReturned, KindFinished, KindReprinted, KindCameBack, KindParked, KindResumed,
		KindPassed, KindAdded, KindCancelled, KindWithdrawn, KindExpired, KindCarried, KindMerged:
		return quick(e, (*Moved).scan)
	case KindWindowOpened, KindWindowClosed:
		return decode[WindowOpened](e)
	case KindBlockLeased, KindBlockVoided:
		return decode[Block](e)
	case KindDevice:
		return decode[Device](e)
	case KindClerk:
		return decode[Clerk](e)
	case KindHelpAsked:
		return decode[HelpAsked](e)
	case KindHelpAnswered:
		return decode[HelpAnswered](e)
	case KindNoticePosted:
		return decode[NoticePosted](e)
	case KindNoticeEnded:
		return decode[NoticeEnded](e)
	case KindPaused:
		return decode[QueuePaused](e)
	case KindUnpaused:
		return decode[QueueResumed](e)
	case KindOffline:
		return decode[Outage](e)
	case KindBooked:
		return decode[Booked](e)
	case KindUnbooked:
		return decode[Unbooked](e)
	case KindSkipped:
		return decode[Skipped](e)
	case KindExcused:
		return decode[Excused](e)
	}
	return nil, nil
}

// Fold is Apply for whoever has the fact at hand that the payload of e encodes,
// which spares decoding what was encoded a moment ago. A fact that is not of the
// event's kind changes nothing.
func (h *Hall) Fold(e event.Event, fact any) (Touched, error) {
	switch f := fact.(type) {
	case Issued:
		return h.learn(f, e.ID.String())
	case Admitted:
		return h.learn(f.Issued, event.ID{Origin: f.Origin, Epoch: f.Epoch, Seq: f.Seq}.String())
	case Called:
		return h.step(f.Ticket, Step{Kind: e.Kind, Round: f.Round, Window: f.Window, Clerk: f.Clerk, AtMS: f.AtMS, Request: f.Request, Reason: f.Reason, By: e.ID.String()})
	case Moved:
		return h.step(f.Ticket, Step{Kind: e.Kind, Round: f.Round, Window: f.Window, Clerk: f.Clerk, AtMS: f.AtMS, How: f.How,
			Recall: f.Recall, Ended: f.Ended, Reason: f.Reason, Detail: f.Detail, By: e.ID.String()})
	case WindowOpened:
		return h.window(e, f)
	case WindowClosed:
		return h.window(e, WindowOpened(f))
	case Block:
		h.lease(f, e.Kind == KindBlockVoided)
		return Touched{Block: &f}, nil
	case Device:
		h.device(e, f)
		return Touched{Device: &f}, nil
	case Clerk:
		if known, ok := h.clerkAt[f.ID]; !ok || known.less(e) {
			h.clerks[f.ID], h.clerkAt[f.ID] = f, said{e.At, e.Origin}
		}
		return Touched{Clerk: &f}, nil
	case HelpAsked:
		return Touched{}, h.ask(e, f)
	case HelpAnswered:
		return Touched{}, h.answer(e, f)
	case NoticePosted:
		return Touched{}, h.post(e, f)
	case NoticeEnded:
		return Touched{}, h.unpost(e, f)
	case QueuePaused:
		return Touched{}, h.pause(e, f)
	case QueueResumed:
		return Touched{}, h.unpause(e, f)
	case Outage:
		return Touched{}, h.offline(e, f)
	case Booked:
		return Touched{}, h.book(e, f)
	case Unbooked:
		return Touched{}, h.unbook(e, f)
	case Skipped:
		return Touched{}, h.skip(e, f)
	case Excused:
		return Touched{}, h.excuse(e, f)
	}
	return Touched{}, nil
}

// said is when and by whom something was said; where two events say different
// things of the same, the later one counts everywhere, in whatever order they came.
type said struct {
	at event.Stamp
	by event.Origin
}

func (s said) less(e event.Event) bool {
	return s.at.Less(e.At) || s.at == e.At && s.by <= e.Origin
}

// device keeps the key of a device's latest life.
func (h *Hall) device(e event.Event, d Device) {
	if !slices.ContainsFunc(h.keys[e.Origin], func(k []byte) bool { return bytes.Equal(k, d.Key) }) {
		h.keys[e.Origin] = append(h.keys[e.Origin], d.Key)
	}
	if known, ok := h.deviceAt[e.Origin]; !ok || known.less(e) {
		h.devices[e.Origin], h.deviceAt[e.Origin] = d, said{e.At, e.Origin}
	}
}

// quick is decode for kinds that come most often: see scan.
func quick[T any](e event.Event, scan func(*T, []byte) bool) (T, error) {
	var f T
	if scan(&f, e.Payload) {
		return f, nil
	}
	return decode[T](e)
}

func decode[T any](e event.Event) (T, error) {
	var f T
	if err := json.Unmarshal(e.Payload, &f); err != nil {
		return f, fmt.Errorf("decode %s: %w", e.Kind, err)
	}
	return f, nil
}

// learn takes the facts of a ticket, from the kiosk or from its paper.
func (h *Hall) learn(f Issued, source string) (Touched, error) {
	if f.Ticket == "" || f.Number == "" || f.Date == "" || f.Service == "" {
		return Touched{}, fmt.Errorf("ticket from %s: id, number, date or service is missing", source)
	}
	if f.Hall != h.ID {
		return Touched{}, fmt.Errorf("ticket from %s: it is of %q, and not of %s", source, f.Hall, h.ID)
	}
	t := h.ticket(f.Ticket)
	if t.Known && t.Source == source {
		t.TookMS = max(t.TookMS, f.TookMS) // a slip does not say
		return Touched{Ticket: t}, nil
	}
	h.before(t)
	f.Ticket = t.Ticket
	f = h.words.ofTicket(f)
	switch {
	case !t.Known:
		t.Issued, t.Known, t.Source = f, true, source
		h.pace(f.Service).arrived(&f)
		h.agenda.refers(&f)
		k := numberKey{f.Date, f.Number}
		h.numbers[k] = append(h.numbers[k], f.Ticket)
		h.counted(f)
	default:
		// Another event claims the same ticket: the smaller source wins everywhere.
		t.Disputed = t.Disputed || !f.same(t.Issued)
		if source < t.Source {
			t.Issued, t.Source = f, source
		}
	}
	t.derive()
	h.after(t)
	return Touched{Ticket: t}, nil
}

func (h *Hall) step(id TicketID, s Step) (Touched, error) {
	if id == "" || s.Round < 0 {
		return Touched{}, fmt.Errorf("%s: ticket or round is missing", s.By)
	}
	t := h.ticket(id)
	h.before(t)
	s = h.words.ofStep(s)
	t.add(s)
	h.after(t)
	if s.Request != "" {
		h.grant(s.Request, t.Ticket)
	}
	switch {
	case s.Kind == KindFinished && t.StartedMS > 0:
		h.spent(t)
	case s.Kind == KindMissed:
		h.pace(t.Queue()).missed++
	case s.Kind == KindCalled:
		if named, kept := t.Promise(); named && t.Round == 0 { // later rounds tell nothing new of it
			h.records[size(t.LowMinutes)].hold(kept)
		}
	}
	return Touched{Ticket: t}, nil
}

func (h *Hall) ticket(id TicketID) *Ticket {
	t := h.Bring(id)
	if t == nil {
		t = &Ticket{Issued: Issued{Ticket: own(id), Hall: h.ID}}
		h.tickets[t.Ticket] = t
	}
	return t
}

// before and after keep the indexes true around a change of t.
func (h *Hall) before(t *Ticket) {
	if t.Open() {
		delete(h.current[t.Window], t.Ticket)
	}
	if t.ended() {
		delete(h.ended[t.Window], t.Ticket)
	}
	if t.State == Waiting {
		h.line(t.waitsAt()).count--
	}
}

func (h *Hall) after(t *Ticket) {
	if t.Open() {
		at := h.current[t.Window]
		if at == nil {
			at = map[TicketID]*Ticket{}
			h.current[t.Window] = at
		}
		at[t.Ticket] = t
	}
	if t.ended() {
		at := h.ended[t.Window]
		if at == nil {
			at = map[TicketID]*Ticket{}
			h.ended[t.Window] = at
		}
		at[t.Ticket] = t
	}
	if kind, _ := t.Conflict(); kind != "" {
		h.disputes[t.Ticket] = t
	} else {
		delete(h.disputes, t.Ticket)
	}
	if t.State == Waiting {
		h.line(t.waitsAt()).push(t)
	}
	if t.State == Parked {
		h.parked[t.Ticket] = t
	} else {
		delete(h.parked, t.Ticket)
	}
}

func (h *Hall) window(e event.Event, f WindowOpened) (Touched, error) {
	if f.Window == "" {
		return Touched{}, fmt.Errorf("%s: window is missing", e.ID)
	}
	w := h.windows[f.Window]
	if w == nil {
		w = &Window{ID: f.Window}
		h.windows[f.Window] = w
	}
	h.turns.add(Turn{Window: word(h.words, f.Window), Clerk: word(h.words, f.Clerk), Services: f.Services, Open: e.Kind != KindWindowClosed, Away: word(h.words, f.Away), AtMS: f.AtMS, By: word(h.words, e.Origin), at: e.At})
	// Only one origin speaks for a window at a time; where two do, the later stamp shows.
	if !(said{w.last, w.By}).less(e) {
		return Touched{Window: w}, nil
	}
	*w = Window{ID: f.Window, Clerk: f.Clerk, Services: f.Services, Open: e.Kind != KindWindowClosed, SinceMS: f.AtMS, By: e.Origin, Absence: f.Absence, last: e.At}
	return Touched{Window: w}, nil
}

// Restore puts a ticket back that a projection kept, without replaying its events.
func (h *Hall) Restore(t *Ticket) {
	if old := h.tickets[t.Ticket]; old != nil {
		return
	}
	t.Ticket, t.Source = own(t.Ticket), own(t.Source)
	t.Issued = h.words.ofTicket(t.Issued)
	for i := range t.Steps {
		t.Steps[i] = h.words.ofStep(t.Steps[i])
		t.Steps[i].By = own(t.Steps[i].By)
	}
	h.tickets[t.Ticket] = t
	if t.Known {
		k := numberKey{t.Date, t.Number}
		h.numbers[k] = append(h.numbers[k], t.Ticket)
		if !event.Broken("numbers-by-memory") {
			h.counted(t.Issued)
		}
		h.agenda.refers(&t.Issued)
	}
	t.derive()
	h.after(t)
	for i := range t.Steps {
		if r := t.Steps[i].Request; r != "" {
			h.grant(r, t.Ticket)
		}
	}
	if t.State == Done && t.StartedMS > 0 {
		h.spent(t)
	}
}

// grant keeps which ticket a request was granted.
func (h *Hall) grant(request string, id TicketID) {
	switch was, known := h.granted[request]; {
	case !known:
		h.granted[request] = id
	case was != id && !slices.Contains(h.again[request], id):
		h.again[request] = append(h.again[request], id)
	}
}

// Granted gives the event and the ticket of the call that a request was granted.
func (h *Hall) Granted(request string) (event.ID, TicketID, bool) {
	if id, known := h.granted[request]; known && request != "" {
		for _, id := range append([]TicketID{id}, h.again[request]...) {
			if by, ok := h.tickets[id].grantedBy(request); ok {
				return by, id, true
			}
		}
	}
	return event.ID{}, "", false
}

// grantedBy gives the event that granted a ticket to a request.
func (t *Ticket) grantedBy(request string) (event.ID, bool) {
	if t == nil {
		return event.ID{}, false
	}
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Request == request && !t.uncalled(s) {
			id, err := event.ParseID(s.By)
			return id, err == nil
		}
	}
	return event.ID{}, false
}

// Forget drops the tickets of business days before from, their numbers, the number
// blocks, the calls for help, the notices, the pauses, the outages, the turns of windows and the appointments of those days: tickets are in their rows, and
// Missing brings back one that an event speaks of; numbers of a day that is over are never given out. Tickets of which
// keep is true stay; it may be nil.
func (h *Hall) Forget(from Date, keep func(TicketID) bool) {
	for id, t := range h.tickets {
		if day := IssueDate(id); day == "" || day >= from || t.Open() || keep != nil && keep(id) {
			continue // who holds a window stays until it ends, however long that takes
		}
		h.before(t)
		t.forgotten = true
		delete(h.tickets, id)
		delete(h.disputes, id)
		delete(h.parked, id)
		delete(h.numbers, numberKey{t.Date, t.Number})
		for i := range t.Steps {
			delete(h.granted, t.Steps[i].Request)
			delete(h.again, t.Steps[i].Request)
		}
	}
	for k := range h.queues {
		if k.date < from {
			delete(h.queues, k)
			delete(h.lines, k.series)
		}
	}
	for k := range h.blocks {
		if k.date < from {
			delete(h.blocks, k)
		}
	}
	h.helps.forget(from)
	h.notices.forget(from)
	h.agenda.forget(from)
	h.pauses.forget(from)
	h.outages.forget(from)
	h.turns.forget(from)
}

// ReadRow reads what Row writes.
func ReadRow(b []byte) (*Ticket, error) {
	t := new(Ticket)
	if !t.scan(b) {
		*t = Ticket{} // scan may have begun to fill it
		if err := json.Unmarshal(b, t); err != nil {
			return nil, fmt.Errorf("decode ticket row: %w", err)
		}
	}
	t.arrange()
	return t, nil
}

// Minutes gives ms as whole minutes, rounded, never below 0.
func Minutes(ms int64) int { return int(max(0, ms+30_000) / 60_000) }

func itoa3(n int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 3-len(s))) + s
}

// IssueDate reads the business day of a ticket out of its id (a UUIDv7 begins
// with 48 bits of milliseconds); "" when the id is none.
func IssueDate(id TicketID) Date {
	if len(id) != 36 || id[14] != '7' {
		return ""
	}
	ms, err := strconv.ParseInt(string(id[:8])+string(id[9:13]), 16, 64)
	if err != nil {
		return ""
	}
	return DateOf(ms)
}
