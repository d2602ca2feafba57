package apptest_test

import (
	"errors"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

func helpsAt(t *testing.T, c *terminal.Terminal) []screen.HelpAsk {
	t.Helper()
	p, err := c.Counter.Page()
	apptest.Must(t, err)
	return p.Helps
}

func position(k *terminal.Terminal) int64 { return k.Store.Position() }

func TestHelpIsAtEveryCounterWithinTwoSeconds(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Series = 1 })
	near, far := w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k, near, far)
	signIn(t, near, "wang", "246810", "A01", "A")
	apptest.Eventually(t, "the other clerk is known", func() bool { return knows(far, "li") })
	began := time.Now()
	s, err := k.Kiosk.Help()
	apptest.Must(t, err)
	if s.State != "sending" && s.State != "told" {
		t.Fatalf("asked with the hub there: %+v", s)
	}
	apptest.Eventually(t, "both counters show who wants help", func() bool { return len(helpsAt(t, near)) == 1 && len(helpsAt(t, far)) == 1 })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("a member of staff was told after %s", took)
	}
	if got := helpsAt(t, far)[0]; got.Terminal != "k1" || got.Clerk != "" {
		t.Errorf("the counter shows %+v", got)
	}
	apptest.Eventually(t, "the kiosk says that the hall has it", func() bool { return k.Kiosk.Home().Help.State == "told" })

	before := position(k)
	for range 5 {
		_, err = k.Kiosk.Help()
		apptest.Must(t, err)
	}
	if position(k) != before {
		t.Errorf("five more taps noted %d more events", position(k)-before)
	}

	if _, err := far.Counter.GoHelp("k1"); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("nobody is signed in, and goes: %v", err)
	}
	page, err := near.Counter.GoHelp("k1")
	apptest.Must(t, err)
	if len(page.Helps) != 1 || page.Helps[0].Clerk != "王" {
		t.Fatalf("after the answer: %+v", page.Helps)
	}
	apptest.Eventually(t, "the kiosk says that somebody comes", func() bool {
		h := k.Kiosk.Home().Help
		return h.State == "coming" && h.Window == "A01"
	})
	_, err = far.Counter.SignIn("li", "135790")
	apptest.Must(t, err)
	apptest.Eventually(t, "the other counter says who goes", func() bool { l := helpsAt(t, far); return len(l) == 1 && l[0].Clerk == "王" })
	before = position(far)
	_, err = far.Counter.GoHelp("k1")
	apptest.Must(t, err)
	if position(far) != before {
		t.Error("a second clerk answered what is answered")
	}

	w.Clock.Forward(3 * time.Minute)
	if h := k.Kiosk.Home().Help; h.State != "" || len(helpsAt(t, near)) != 0 {
		t.Errorf("three minutes later it still stands: %+v", h)
	}
	_, err = k.Kiosk.Help()
	apptest.Must(t, err)
	apptest.Eventually(t, "the next person's question is a new one", func() bool { l := helpsAt(t, near); return len(l) == 1 && l[0].Clerk == "" })
}

func TestHelpWithoutTheHallIsHonestAndArrivesLater(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	w.StopHub()
	apptest.Eventually(t, "the kiosk knows that it is alone", func() bool { return !k.Machine.Hub.Line().Reached })
	s, err := k.Kiosk.Help()
	apptest.Must(t, err)
	if s.State != "unreached" {
		t.Fatalf("nobody could be told, and the kiosk says %+v", s)
	}
	apptest.Must(t, k.Close())
	k = w.Terminal(config.Kiosk, "k1")
	if h := k.Kiosk.Home().Help; h.State != "unreached" {
		t.Fatalf("after a restart the question is %+v", h)
	}
	w.StartHub()
	apptest.Eventually(t, "the counter hears of it when the hub is back", func() bool { l := helpsAt(t, c); return len(l) == 1 && l[0].Terminal == "k1" })
	apptest.Eventually(t, "and the kiosk says so", func() bool { return k.Kiosk.Home().Help.State == "told" })
	apptest.Must(t, c.Close())
	c = w.Terminal(config.Counter, "c1")
	if l := helpsAt(t, c); len(l) != 1 {
		t.Errorf("after its restart the counter shows %+v", l)
	}
	fresh := w.Terminal(config.Counter, "c9")
	apptest.Eventually(t, "a new counter shows it", func() bool { return len(helpsAt(t, fresh)) == 1 })
	w.Clock.Forward(hall.HelpWaitsMS * time.Millisecond)
	apptest.Eventually(t, "a question of long ago is shown nowhere", func() bool { return len(helpsAt(t, c)) == 0 && k.Kiosk.Home().Help.State == "" })
}
