package screen

import (
	"context"
	"strconv"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Absence is a break of a clerk ("rest", "meal", "meeting", "fault") or work elsewhere
// ("back_office"): since when, and until when, 0 for not said.
type Absence struct {
	Why     string `json:"why"`
	SinceMS int64  `json:"sinceMs"`
	UntilMS int64  `json:"untilMs"`
}

// SignIn lets a clerk in by name and PIN; it works with nothing else running.
// Refusals: PINWrong, PINLocked (args seconds).
func (c *Counter) SignIn(name, pin string) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.m.Book.Now()
	if now < c.lockedUntil {
		return CounterPage{}, event.PINLocked.With("seconds", strconv.FormatInt((c.lockedUntil-now+999)/1000, 10))
	}
	var clerk hall.Clerk
	known := false
	var open hall.Window
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) {
		clerk, known = h.Clerk(hall.ClerkID(name))
		for _, w := range h.Windows() {
			if (w.Open || w.Absent(now)) && w.By == c.m.Book.Origin() && w.Clerk == hall.ClerkID(name) {
				open = w
			}
		}
	})
	if !known || !c.m.CheckPIN(pin, clerk.Verifier) {
		if c.wrong++; c.wrong >= pinTries {
			c.wrong, c.lockedUntil = 0, now+pinPause.Milliseconds()
		}
		return CounterPage{}, event.PINWrong
	}
	c.wrong = 0
	c.clerk, c.window, c.services = clerk, open.ID, open.Services
	c.followed, c.looked, c.reading = followed{}, lookedAt{}, ""
	return c.page()
}

// SignOut closes the window and lets the clerk go. A visit under way must be
// finished first: a log-out never ends one. Refusal: StillServing.
func (c *Counter) SignOut() (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.close(); err != nil {
		return CounterPage{}, err
	}
	c.clerk, c.followed, c.looked, c.reading = hall.Clerk{}, followed{}, lookedAt{}, ""
	return c.page()
}

// OpenWindow begins to serve the services at a window. Refusals: NotSignedIn,
// WindowUnknown, ServiceUnknown, WindowTaken (args clerk), StillServing.
func (c *Counter) OpenWindow(window string, letters []string) (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clerk.ID == "" {
		return CounterPage{}, event.NotSignedIn
	}
	services, err := c.profile(window, letters)
	if err != nil {
		return CounterPage{}, err
	}
	if c.window != "" && c.window != hall.WindowID(window) {
		if err := c.close(); err != nil {
			return CounterPage{}, err
		}
	}
	return c.open(hall.WindowID(window), services)
}

func (c *Counter) open(window hall.WindowID, services []hall.Letter) (CounterPage, error) {
	err := c.m.Book.Write(context.Background(), func(tx Tx) error {
		if w := tx.Hall(c.m.Hall).Window(window); w.Open && w.By != c.m.Book.Origin() {
			return event.WindowTaken.With("clerk", clerkName(tx.Hall(c.m.Hall), w.Clerk))
		}
		_, _, err := tx.Append(hall.KindWindowOpened, hall.WindowOpened{Hall: c.m.Hall, Window: window, Clerk: c.clerk.ID, Services: services, AtMS: c.m.Book.Now()})
		return err
	})
	if err != nil {
		return CounterPage{}, err
	}
	c.window, c.services = window, services
	return c.page()
}

// StepAway stops the calls to this window, which stays the clerk's: for some minutes, of a break for a
// reason, or as long as it takes in the back office. Applications and requests can be seen to meanwhile.
// Refusals: NotSignedIn, WindowClosed, StillServing, ReasonMissing, RequestUnusable.
func (c *Counter) StepAway(why string, minutes int) (CounterPage, error) {
	return c.write(func(tx Tx) error {
		f, no := tx.Hall(c.m.Hall).StepAway(c.window, c.clerk.ID, c.services, hall.Away(why), minutes, c.m.Book.Now())
		if no != nil {
			return no
		}
		_, _, err := tx.Append(hall.KindWindowClosed, f)
		return err
	})
}

// Reopen opens the window again as it was before StepAway. Refusals: NotSignedIn, WindowClosed,
// WindowTaken (args clerk).
func (c *Counter) Reopen() (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(); err != nil {
		return CounterPage{}, err
	}
	if c.absence() == nil {
		return CounterPage{}, event.WindowClosed
	}
	return c.open(c.window, c.services)
}

// absence is why and until when this clerk is away from the window, nil for not at all.
func (c *Counter) absence() (out *Absence) {
	c.m.Book.View(c.m.Hall, func(h *hall.Hall) { out = c.awayIn(h) })
	return out
}

// awayIn is absence as a hall has it. Whoever has a visit after all, given back by another place, is not away.
func (c *Counter) awayIn(h *hall.Hall) *Absence {
	if w := h.Window(c.window); w.By == c.m.Book.Origin() && h.AtWindow(c.window) == nil {
		return absenceOf(w, c.m.Book.Now())
	}
	return nil
}

// absenceOf is that of a window's clerk, nil for none.
func absenceOf(w hall.Window, nowMS int64) *Absence {
	if !w.Absent(nowMS) {
		return nil
	}
	return &Absence{Why: string(w.Away), SinceMS: w.SinceMS, UntilMS: w.UntilMS}
}

func (c *Counter) profile(window string, letters []string) ([]hall.Letter, error) {
	found := false
	known := map[string]bool{}
	for _, a := range c.m.Guides.Now().AreasOf(guide.HallID(c.m.Hall)) {
		known[string(a.Letter)] = true
		for _, w := range a.Windows {
			found = found || string(w) == window
		}
	}
	if !found {
		return nil, event.WindowUnknown.With("window", window)
	}
	if len(letters) == 0 {
		return nil, event.ServiceUnknown.With("service", "")
	}
	var out []hall.Letter
	for _, l := range letters {
		if !known[l] {
			return nil, event.ServiceUnknown.With("service", l)
		}
		out = append(out, hall.Letter(l))
	}
	return out, nil
}

// CloseWindow ends serving at the window. Refusal: StillServing.
func (c *Counter) CloseWindow() (CounterPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.close(); err != nil {
		return CounterPage{}, err
	}
	return c.page()
}

func (c *Counter) close() error {
	if c.window == "" {
		return nil
	}
	err := c.m.Book.Write(context.Background(), func(tx Tx) error {
		if t := tx.Hall(c.m.Hall).AtWindow(c.window); t != nil {
			return event.StillServing.With("number", string(t.Number))
		}
		_, _, err := tx.Append(hall.KindWindowClosed, hall.WindowClosed{Hall: c.m.Hall, Window: c.window, Services: c.services, AtMS: c.m.Book.Now()})
		return err
	})
	if err == nil {
		c.window, c.services = "", nil
	}
	return err
}
