package apptest_test

import (
	"errors"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/terminal"
)

func noticesAt(b *terminal.Terminal) (out []string) {
	for _, n := range b.Board.Page().Notices {
		out = append(out, n.Zh)
	}
	return out
}

func TestANoticeIsOnEveryBoardWithinTwoSecondsAndOutlivesItsCounter(t *testing.T) {
	w := apptest.New(t)
	c, b1, b2 := w.Terminal(config.Counter, "c1"), w.Terminal(config.Board, "b1"), w.Terminal(config.Board, "b2")
	reached(t, c, b1, b2)
	if _, err := c.Counter.PostNotice("2 号电梯检修", "", 0); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("nobody is signed in, and posts: %v", err)
	}
	signIn(t, c, "wang", "246810", "A01", "A")
	began := time.Now()
	page, err := c.Counter.PostNotice("2 号电梯检修，请走楼梯", "Lift 2 is out of order. Please use the stairs.", 0)
	apptest.Must(t, err)
	if len(page.Notices) != 1 || page.Notices[0].Clerk != "王" {
		t.Fatalf("the counter shows %+v", page.Notices)
	}
	apptest.Eventually(t, "both boards show it", func() bool { return len(noticesAt(b1)) == 1 && len(noticesAt(b2)) == 1 })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the boards showed it after %s", took)
	}
	if n := b1.Board.Page().Notices[0]; n.En == "" {
		t.Errorf("the board has %+v: both languages are wanted", n)
	}
	before := position(c)
	_, err = c.Counter.PostNotice("2 号电梯检修，请走楼梯", "Lift 2 is out of order. Please use the stairs.", 0)
	apptest.Must(t, err)
	if position(c) != before {
		t.Error("a second tap noted the notice again")
	}

	// It does not hang on the counter that posted it, nor on a board's memory or on the hub.
	id := page.Notices[0].ID
	apptest.Must(t, c.Close())
	w.StopHub()
	apptest.Must(t, b1.Close())
	b1 = w.Terminal(config.Board, "b1")
	if got := noticesAt(b1); len(got) != 1 {
		t.Fatalf("after its restart, without hub and counter, the board shows %q", got)
	}
	w.StartHub()
	other := w.Terminal(config.Counter, "c2")
	reached(t, other, b1)
	apptest.Eventually(t, "a new counter knows the notice and the clerk", func() bool {
		p, err := other.Counter.Page()
		apptest.Must(t, err)
		return len(p.Notices) == 1 && knows(other, "li")
	})
	_, err = other.Counter.SignIn("li", "135790")
	apptest.Must(t, err)
	_, err = other.Counter.EndNotice(id)
	apptest.Must(t, err)
	apptest.Eventually(t, "another clerk has taken it down everywhere", func() bool { return len(noticesAt(b1)) == 0 && len(noticesAt(b2)) == 0 })
}
