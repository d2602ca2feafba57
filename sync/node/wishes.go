package node

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/centre"
	"onewindow/sync/roster"
	"onewindow/sync/wire"
)

// wishes are what people want of appointments who have asked the centre, for as long as somebody
// waits for the answer: in memory alone, because they hold numbers. The hubs come for them.
type wishes struct {
	mu      sync.Mutex
	waiting map[hall.ID]map[string]*wanted
	// moved is closed when a hall has a new wish, listens counts the hub's questions that stand,
	// and heard is when the last one ended.
	moved   map[hall.ID]chan struct{}
	listens map[hall.ID]int
	heard   map[hall.ID]time.Time
}

type wanted struct {
	wish wire.Wish
	told chan wire.Grant // holds one
}

func newWishes() *wishes {
	return &wishes{waiting: map[hall.ID]map[string]*wanted{}, moved: map[hall.ID]chan struct{}{}, listens: map[hall.ID]int{}, heard: map[hall.ID]time.Time{}}
}

const (
	// wishesHold is how long a hub's question waits here for a wish.
	wishesHold = 4 * time.Second
	// hubAsksWithin is the longest pause between two questions of a hub whose line stands.
	hubAsksWithin = 3 * time.Second
)

// answer is the centre's answer to a hub that asks for wishes.
func (w *wishes) answer(ctx context.Context, from event.Origin, body []byte) (any, error) {
	var ask wire.WishesAsk
	if err := json.Unmarshal(body, &ask); err != nil || !wire.IsHub(from) {
		return nil, fmt.Errorf("read a question for wishes: %w", cmp.Or(err, error(event.RequestUnusable)))
	}
	id := hall.ID(from.Hall())
	w.mu.Lock()
	defer w.mu.Unlock()
	for request, g := range ask.Granted {
		if one := w.waiting[id][request]; one != nil {
			one.told <- g
			delete(w.waiting[id], request)
		}
	}
	w.listens[id]++
	defer func() { w.listens[id]--; w.heard[id] = time.Now() }()
	hold := time.NewTimer(wishesHold)
	defer hold.Stop()
	for over := false; len(w.waiting[id]) == 0 && !over; {
		moved := w.change(id)
		w.mu.Unlock()
		select {
		case <-moved:
		case <-hold.C:
			over = true
		case <-ctx.Done():
			over = true
		}
		w.mu.Lock()
	}
	a := wire.WishesAnswer{}
	for _, one := range w.waiting[id] {
		a.Wishes = append(a.Wishes, one.wish)
	}
	return a, nil
}

// change gives what is closed at the hall's next wish. The caller holds the lock.
func (w *wishes) change(id hall.ID) chan struct{} {
	if w.moved[id] == nil {
		w.moved[id] = make(chan struct{})
	}
	return w.moved[id]
}

// ask waits for the hub of a hall to grant a wish. Refusals: HubUnreachable, with the argument
// field "answer" where the hub may have granted it, and those in the grant.
func (w *wishes) ask(ctx context.Context, id hall.ID, wish wire.Wish) (wire.Grant, error) {
	one := &wanted{wish, make(chan wire.Grant, 1)}
	w.mu.Lock()
	if w.listens[id] == 0 && time.Since(w.heard[id]) > hubAsksWithin {
		w.mu.Unlock()
		return wire.Grant{}, event.HubUnreachable
	}
	if w.waiting[id] == nil {
		w.waiting[id] = map[string]*wanted{}
	}
	w.waiting[id][wish.Request] = one
	if c := w.moved[id]; c != nil {
		close(c)
		w.moved[id] = nil
	}
	w.mu.Unlock()
	select {
	case g := <-one.told:
		if g.Refuse != nil {
			return wire.Grant{}, g.Refuse
		}
		return g, nil
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.waiting[id][wish.Request] == one {
			delete(w.waiting[id], wish.Request)
		}
		return wire.Grant{}, event.HubUnreachable.With("field", "answer")
	}
}

// booth makes appointments for officers of the centre.
type booth struct {
	c        *Centre
	named    *places
	list     *Officers
	wishes   *wishes
	calendar *intake.Calendar
	log      *slog.Logger
}

// Free lists the times as far as they are known here; the hub decides.
func (b booth) Free(id hall.ID, service hall.Letter) (out []centre.FreeDay) {
	now := b.c.Store.Now()
	guides := b.named.in.Load()
	b.c.Store.View(id, func(h *hall.Hall) {
		for n := range int64(hall.BookDays + 1) {
			ms := now + n*24*time.Hour.Milliseconds()
			if list := h.Slots(service, intake.HallDay(guides, b.calendar, id, ms), now); len(list) > 0 {
				out = append(out, centre.FreeDay{Date: hall.DateOf(ms), Times: list})
			}
		}
	})
	return out
}

// Of finds appointments by the last digits of a phone.
func (b booth) Of(id hall.ID, date hall.Date, phone string) (out []centre.Appointment) {
	now := b.c.Store.Now()
	b.c.Store.View(id, func(h *hall.Hall) {
		for _, one := range h.BookingsOf(date, phone) {
			out = append(out, centre.NewAppointment(one, now))
		}
	})
	return out
}

// Do asks the hub of the hall. What is logged names no caller.
func (b booth) Do(ctx context.Context, o centre.Officer, w centre.AppointmentWish) (a centre.Appointment, err error) {
	if now, known := b.list.Find(o.ID); !known || !now.Appointments {
		return a, event.NotSignedIn
	}
	if w.Request == "" || len(w.Request) > 64 || len(w.Cancel) > 64 {
		return a, event.RequestUnusable
	}
	now := b.c.Store.Now()
	if w.Cancel != "" {
		var was hall.Booking
		known := false
		b.c.Store.View(w.Hall, func(h *hall.Hall) { was, known = h.Booking(w.Cancel) })
		if !known {
			return a, event.BookingUnknown
		}
		if _, err = b.wishes.ask(ctx, w.Hall, wire.Wish{Request: w.Request, Cancel: w.Cancel}); err == nil {
			b.log.Info("an officer has given an appointment up", "officer", o.ID, "hall", w.Hall, "date", was.Date)
		}
		return centre.NewAppointment(was, now), err
	}
	name := appointmentName([]byte("onewindow telephone\x00" + w.Request))
	language := "zh"
	if w.Language == "en" {
		language = "en"
	}
	body, err := json.Marshal(hall.Book{Appointment: name, Service: w.Letter, SlotMS: w.AtMS, Number: w.Number, Language: language, Day: intake.HallDay(b.named.in.Load(), b.calendar, w.Hall, w.AtMS)})
	if err != nil {
		return a, fmt.Errorf("ask for an appointment: %w", err)
	}
	g, err := b.wishes.ask(ctx, w.Hall, wire.Wish{Request: name, Book: body})
	if err != nil {
		return a, err
	}
	f, err := roster.ReadBooked(g.Event)
	if err != nil {
		return a, err
	}
	b.log.Info("an officer has made an appointment", "officer", o.ID, "hall", w.Hall, "date", f.Date, "again", g.Known)
	return centre.NewAppointment(hall.Booking{Booked: f}, now), nil
}

// appointmentName makes the name of an appointment of what nobody can guess, in the form of a
// UUID, which is the smallest on a slip.
func appointmentName(secret []byte) string {
	sum := sha256.Sum256(secret)
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
