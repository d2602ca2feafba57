package screen

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Kiosk answers the pages of a kiosk.
type Kiosk struct {
	m *Machine

	// papers keeps what became of the paper of the last requests, for a page that
	// asks again because the answer was lost. After a restart nobody knows.
	mu     sync.Mutex
	papers map[string]string
	away   bool // somebody has gone on from the first screen
}

// NewKiosk gives the kiosk of a machine.
func NewKiosk(m *Machine) *Kiosk { return &Kiosk{m: m, papers: map[string]string{}} }

// papersKept bounds the memory of papers.
const papersKept = 50

// printLimit is how long a ticket's page waits for the printer before it says
// that the slip is still being printed.
const printLimit = 1500 * time.Millisecond

// AtHome tells that the first screen is shown: nobody is reading a guide, and newer ones
// may take the place of those in use.
func (k *Kiosk) AtHome() {
	k.visited(false)
	k.m.Guides.turn()
}

// visited notes that somebody goes on from the first screen, or is back there.
func (k *Kiosk) visited(away bool) {
	k.mu.Lock()
	k.away = away
	k.mu.Unlock()
}

// Home is the first screen: areas with their queues and what people ask for most. A page
// asks for it on every screen, to know how the terminal stands.
func (k *Kiosk) Home() Home {
	k.mu.Lock()
	away := k.away
	k.mu.Unlock()
	if !away {
		k.m.Guides.turn()
	}
	h := Home{Place: k.m.place(), Standing: k.m.standing(context.Background()), Areas: k.m.areas(), Often: []ItemCard{}, Help: k.help(), Reading: !k.m.Guides.Now().Reading.Empty(k.today())}
	for _, i := range k.m.Guides.Now().Items() {
		if i.Top && k.m.here(i) && len(h.Often) < 12 {
			h.Often = append(h.Often, k.m.card(i))
		}
	}
	return h
}

// Items lists the items of an area. Refusal: ServiceUnknown.
func (k *Kiosk) Items(letter string) ([]ItemCard, error) {
	k.visited(true)
	if _, ok := k.m.Guides.Now().Area(guide.Letter(letter)); !ok {
		return nil, event.ServiceUnknown.With("service", letter)
	}
	return k.m.cards(k.m.Guides.Now().ItemsIn(guide.Letter(letter))), nil
}

// Guide gives the guide of an item. Refusal: ItemUnknown.
func (k *Kiosk) Guide(code string) (GuidePage, error) {
	k.visited(true)
	return k.m.guidePage(code)
}

// Issue gives a ticket. The number and the event are one commit, and only then
// come code and paper; a repeated request gives the same ticket and no second
// paper. Refusals: ServiceUnknown, ItemUnknown, ItemElsewhere, RequestUnusable,
// DiskFull, NotSaved.
func (k *Kiosk) Issue(r TicketRequest) (TicketPage, error) {
	k.visited(true)
	cmd, err := k.command(r)
	if err != nil {
		return TicketPage{}, err
	}
	return k.give(r.Request, cmd, func(_ Tx, h *hall.Hall, cmd hall.Issue) (hall.Issued, error) { return h.Issue(cmd), nil })
}

// give notes the ticket that decide makes of a wish, and prints it.
func (k *Kiosk) give(request string, cmd hall.Issue, decide func(Tx, *hall.Hall, hall.Issue) (hall.Issued, error)) (TicketPage, error) {
	ctx := context.Background()
	var e event.Event
	var before event.ID
	again := false
	cmd.Day = k.m.day()
	err := k.m.Book.Write(ctx, func(tx Tx) (err error) {
		if before, again = tx.IssuedFor(request); again {
			return nil
		}
		// One reading of the clock: it may be put right, or midnight pass, between two.
		cmd.NowMS = k.m.Book.Now()
		cmd.Ticket = hall.TicketID(k.m.NewID(cmd.NowMS))
		f, err := decide(tx, tx.Hall(k.m.Hall), cmd)
		if err != nil {
			return err
		}
		e, err = tx.Issue(request, f)
		return err
	})
	if err == nil && again {
		e, err = k.m.Book.Event(ctx, before)
	}
	if err != nil {
		return TicketPage{}, err
	}
	f, err := hall.ReadIssued(e)
	if err != nil {
		return TicketPage{}, err
	}
	code, err := k.m.Slips.Code(e)
	if err != nil {
		return TicketPage{}, fmt.Errorf("make the ticket's code: %w", err)
	}
	paper := k.paperOf(request)
	if !again {
		paper = k.print(f, code, 0)
		k.keepPaper(request, paper)
	}
	page, err := k.page(f.Ticket, code)
	page.Paper = paper
	return page, err
}

func (k *Kiosk) paperOf(request string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.papers[request]
}

func (k *Kiosk) keepPaper(request, paper string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.papers) >= papersKept {
		clear(k.papers)
	}
	k.papers[request] = paper
}

// command checks a request against the catalogue.
func (k *Kiosk) command(r TicketRequest) (cmd hall.Issue, err error) {
	if r.Request == "" || len(r.Request) > 64 || len(r.Items) > 9 {
		return hall.Issue{}, event.RequestUnusable
	}
	if _, ok := k.m.Guides.Now().AreaOf(guide.HallID(k.m.Hall), guide.Letter(r.Letter)); !ok {
		return hall.Issue{}, event.ServiceUnknown.With("service", r.Letter)
	}
	cmd = k.wish(r.Language)
	cmd.Service = hall.Letter(r.Letter)
	switch c := hall.Class(r.Class); c {
	case hall.Priority:
		cmd.Class = c
	case hall.WalkIn, "":
	default:
		return hall.Issue{}, event.RequestUnusable
	}
	for _, code := range r.Items {
		i, ok := k.m.Guides.Now().Item(guide.Code(code))
		if !ok {
			return hall.Issue{}, event.ItemUnknown.With("code", code)
		}
		if string(i.Letter) != r.Letter || !k.m.here(i) {
			return hall.Issue{}, event.ItemElsewhere.With("item", i.Name)
		}
		cmd.Items = append(cmd.Items, hall.ItemCode(code))
	}
	if r.TookMS > 0 && r.TookMS <= tookMost {
		cmd.TookMS = r.TookMS
	}
	cmd.Checked, err = k.checked(r)
	return cmd, err
}

// tookMost is the longest that a page says somebody took for a ticket, in ms; more is a page's mistake.
const tookMost = 30 * 60_000

// wish is what this kiosk tells of every ticket that it gives.
func (k *Kiosk) wish(language string) hall.Issue {
	return hall.Issue{Origin: k.m.Book.Origin(), Epoch: k.m.Book.Epoch(), Digit: k.m.Series, Class: hall.WalkIn, Language: languageOf(language), ClockOff: k.m.clockOff()}
}

func languageOf(wanted string) string {
	if wanted == "en" {
		return "en"
	}
	return "zh"
}

// print brings the paper; the ticket is valid whatever comes of it. The answer
// is TicketPage.Paper.
func (k *Kiosk) print(f hall.Issued, code string, reprint int) string {
	if k.m.Printer == nil {
		return "none"
	}
	job, err := k.m.Slips.Paper(k.paper(f, code, reprint))
	if err != nil {
		return "off"
	}
	return k.send(job)
}

// send gives a job to the printer; what comes of it is TicketPage.Paper.
func (k *Kiosk) send(job []byte) string {
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		done <- k.m.Printer.Print(ctx, job)
	}()
	select {
	case err := <-done:
		if err == nil {
			return "printed"
		}
		var no *event.Refusal
		if errors.As(err, &no) && no.Args["reason"] != "" {
			return no.Args["reason"]
		}
		return "off"
	case <-time.After(printLimit):
		return "printing"
	}
}

func (k *Kiosk) paper(f hall.Issued, code string, reprint int) Paper {
	h, _ := k.m.Guides.Now().Hall(guide.HallID(k.m.Hall))
	a := k.m.areaOf(f.Service)
	pick := func(t Text) string {
		if f.Language == "en" {
			return t.En
		}
		return t.Zh
	}
	p := Paper{Issued: f, Code: code, Hall: pick(text(h.Name, h.NameEn)), Area: pick(a.Name), Floor: a.Floor, Windows: k.m.windowsText(f.Service),
		At: hall.LocalTime(f.IssuedMS), Reprint: reprint, OwnSeries: f.Number.OwnSeries(),
		Late: k.m.dayOf(f.IssuedMS).Late(hall.Range{Known: f.HighMinutes >= 0, High: f.HighMinutes}, f.IssuedMS)}
	for _, name := range k.itemNames(f.Items) {
		p.Items = append(p.Items, pick(name))
	}
	return p
}

func (k *Kiosk) itemNames(codes []hall.ItemCode) []Text {
	out := []Text{}
	for _, c := range codes {
		if i, ok := k.m.Guides.Now().Item(guide.Code(c)); ok {
			out = append(out, text(i.Name, i.NameEn))
		}
	}
	return out
}

// page shows a ticket as it stands now.
func (k *Kiosk) page(id hall.TicketID, code string) (TicketPage, error) {
	var p TicketPage
	var events []string
	found := false
	now, day := k.m.hallNow(), k.m.day()
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
		t := h.Ticket(id)
		if t == nil || !t.Known {
			return
		}
		found = true
		events = eventsOf(t)
		p = TicketPage{Ticket: string(id), Number: string(t.Number), Windows: k.m.windowsText(t.Queue()), Items: k.itemNames(t.AllItems()),
			Class: string(t.Class), IssuedMS: t.IssuedMS, IssuedAt: hall.ClockOf(t.IssuedMS), Date: string(t.Date),
			State: string(t.State), Window: string(t.Window), OwnSeries: t.Number.OwnSeries(), Pass: t.Pass() && t.Date < hall.DateOf(now)}
		if t.State == hall.Waiting {
			p.Ahead = h.AheadOf(t.Date, t.Queue(), t.Key(), id)
			p.Wait = wait(h.Forecast(t.Waiter(), now, day))
		}
		p.Area.Letter = string(t.Queue())
	})
	if !found {
		return TicketPage{}, event.TicketUnknown
	}
	p.Area = k.m.areaOf(hall.Letter(p.Area.Letter))
	p.Saved = k.m.savedOf(events...)
	if code != "" {
		png, err := k.m.Slips.Picture(code, 360)
		if err != nil {
			return TicketPage{}, fmt.Errorf("draw the ticket's code: %w", err)
		}
		p.QR = "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
	}
	return p, nil
}

// Progress tells how a ticket stands: by its number of today ("B012") or by the
// text of its code, or an application by the code of its document (the ticket is then
// empty). Refusals: those of a code (foreign, torn, forged, key unknown), HubUnreachable
// for an application.
func (k *Kiosk) Progress(query string) (Progress, error) {
	query = strings.TrimSpace(query)
	if id, is := strings.CutPrefix(query, hall.BookingPrefix); is {
		return k.bookingProgress(id)
	}
	if number, is := strings.CutPrefix(query, intake.CodePrefix); is {
		return k.caseProgress(number)
	}
	var id hall.TicketID
	code := ""
	if strings.Contains(query, ":") {
		f, _, err := k.m.slip(query)
		if err != nil {
			return Progress{}, err
		}
		id, code = f.Ticket, query
	} else {
		k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
			if t := h.ByNumber(hall.DateOf(k.m.Book.Now()), hall.Number(strings.ToUpper(query))); t != nil {
				id = t.Ticket
			}
		})
	}
	none := Progress{Applications: []CaseStatus{}}
	if id == "" {
		return none, nil
	}
	page, err := k.page(id, code)
	if errors.Is(err, event.TicketUnknown) {
		if code != "" {
			return k.pastProgress(code)
		}
		return none, nil
	}
	if err != nil {
		return Progress{}, err
	}
	// With the hub away the ticket's own progress is still an answer.
	list, err := k.m.Hub.Cases(context.Background(), id)
	if err != nil && !errors.Is(err, event.HubUnreachable) {
		return Progress{}, err
	}
	p := Progress{Found: true, Ticket: page, Applications: k.m.caseList(list)}
	p.Rate, err = k.ratable(visitRated{id, proofOf(code)})
	return p, err
}

// caseProgress answers for the number of an application, which the hub alone can.
func (k *Kiosk) caseProgress(number string) (Progress, error) {
	list, err := k.m.Hub.CasesNumbered(context.Background(), number)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Found: len(list) > 0, Ticket: TicketPage{Items: []Text{}}, Applications: k.m.caseList(list)}
	if p.Found {
		p.Rate, err = k.ratable(visitRated{list[0].Ticket, feedback.ByDocument})
	}
	return p, err
}

// Reprint prints the same ticket again; the reprint is counted and stands on the
// paper. Only the kiosk that issued a ticket has its code. Refusal: TicketUnknown.
func (k *Kiosk) Reprint(ticket string) (TicketPage, error) {
	var f hall.Issued
	var source string
	round, count := 0, 0
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) {
		if t := h.Ticket(hall.TicketID(ticket)); t != nil && t.Known {
			f, source, round, count = t.Issued, t.Source, t.Round, t.Reprints
		}
	})
	id, err := event.ParseID(source)
	if err != nil || id.Origin != k.m.Book.Origin() {
		return TicketPage{}, event.TicketUnknown
	}
	e, err := k.m.Book.Event(context.Background(), id)
	if err != nil {
		return TicketPage{}, fmt.Errorf("read the ticket: %w", err)
	}
	code, err := k.m.Slips.Code(e)
	if err != nil {
		return TicketPage{}, fmt.Errorf("make the ticket's code: %w", err)
	}
	err = k.m.Book.Write(context.Background(), func(tx Tx) error {
		_, _, err := tx.Append(hall.KindReprinted, hall.Moved{Ticket: f.Ticket, Round: round, AtMS: k.m.Book.Now(), Recall: count + 1})
		return err
	})
	if err != nil {
		return TicketPage{}, err
	}
	paper := k.print(f, code, count+1)
	page, err := k.page(f.Ticket, code)
	page.Paper = paper
	return page, err
}

// slip reads a slip's code. Refusals: those of a code.
func (m *Machine) slip(code string) (hall.Issued, event.Event, error) {
	e, err := m.Slips.Open(code, m.keys)
	if err != nil {
		return hall.Issued{}, e, err
	}
	f, err := hall.ReadIssued(e)
	if err != nil {
		return f, e, event.CodeForged
	}
	return f, e, nil
}

// keys finds the public keys with which a device's tickets are checked.
func (m *Machine) keys(o event.Origin) (out []ed25519.PublicKey) {
	m.Book.View(m.Hall, func(h *hall.Hall) {
		for _, k := range h.DeviceKeys(o) {
			out = append(out, ed25519.PublicKey(k))
		}
	})
	return out
}
