package apptest_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/slip"
	"onewindow/app/terminal"
)

// words writes a folder of clips, each another tone, and gives it with what an
// announcement must sound like.
func words(t *testing.T) (folder string, sounds func(number, window, language string, both bool) []byte) {
	t.Helper()
	folder = t.TempDir()
	for i, name := range slip.Clips() {
		sound := make([]int16, 800)
		for n := range sound {
			sound[n] = int16(9000 * math.Sin(2*math.Pi*float64(n*(i+3))/800))
		}
		apptest.Must(t, os.WriteFile(filepath.Join(folder, name+".wav"), device.WAV(8000, sound), 0o600))
	}
	clips, err := device.LoadClips(os.DirFS(folder))
	apptest.Must(t, err)
	return folder, func(number, window, language string, both bool) []byte {
		k := &hall.Ticket{Issued: hall.Issued{Number: hall.Number(number), Language: language}}
		wav, err := clips.Join(slip.Announcement(k, hall.WindowID(window), both))
		apptest.Must(t, err)
		return wav
	}
}

// slow is a speaker that is at work until it is let go.
type slow struct {
	device.SpeakerTwin
	let chan bool
}

func (s *slow) Play(ctx context.Context, wav []byte) error {
	select {
	case <-s.let:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.SpeakerTwin.Play(ctx, wav)
}

// A call is said at the board: once, again with a recall, in the ticket's language first; one
// that was answered while another was said is not said any more, nor is what a board
// that is switched on finds there.
func TestCallsAreSaid(t *testing.T) {
	folder, sounds := words(t)
	w := apptest.New(t)
	speaker := &device.SpeakerTwin{}
	w.Speaker = speaker
	speaks := func(s *config.Settings) { s.Speaker, s.Clips = "alsa:default", folder }
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	issue(t, k, "A")
	first := call(t, c)
	b := w.Terminal(config.Board, "b1", speaks)
	apptest.Eventually(t, "the board shows what stood there", func() bool { return len(b.Board.Page().Calls) == 1 })
	serve(t, c)
	finish(t, c)
	english := ask("A")
	english.Language = "en"
	p, err := k.Kiosk.Issue(english)
	apptest.Must(t, err)
	second := call(t, c)
	if second != p.Number {
		t.Fatalf("called %s, want %s", second, p.Number)
	}
	heard := func(want ...[]byte) {
		t.Helper()
		apptest.Eventually(t, "it is said", func() bool { return len(speaker.Played()) >= len(want) })
		for i, wav := range speaker.Played() {
			if i >= len(want) || !bytes.Equal(wav, want[i]) {
				t.Fatalf("number %d of %d that is said is another one (%s was there before, %s called)", i+1, len(speaker.Played()), first, second)
			}
		}
	}
	said := sounds(second, "A01", "en", true)
	heard(said)
	w.Clock.Forward(31 * time.Second)
	_, err = c.Counter.Recall()
	apptest.Must(t, err)
	heard(said, said)
}

// TestAnAnsweredCallIsNotSaid: while one call is said two others come, and it is recalled. The
// first of the others is answered before its turn; then the older goes before the newer.
func TestAnAnsweredCallIsNotSaid(t *testing.T) {
	folder, sounds := words(t)
	w := apptest.New(t)
	speaker := &slow{let: make(chan bool)}
	w.Speaker = speaker
	k, b := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Board, "b1", func(s *config.Settings) { s.Speaker, s.Clips = "alsa:default", folder })
	elsewhere := &device.SpeakerTwin{}
	w.Speaker = elsewhere
	other := w.Terminal(config.Board, "b2", func(s *config.Settings) { s.Speaker, s.Clips, s.Says = "alsa:default", folder, "BC" })
	c1, c2 := w.Terminal(config.Counter, "c1"), w.Terminal(config.Counter, "c2")
	reached(t, k, b, other, c1, c2)
	signIn(t, c1, "wang", "246810", "A01", "A")
	signIn(t, c2, "li", "135790", "A02", "A")
	for range 3 {
		issue(t, k, "A")
	}
	first := call(t, c1)
	apptest.Eventually(t, "the first is being said, and the page knows", func() bool { return b.Board.Page().Saying == first })
	call(t, c2)
	serve(t, c2)
	finish(t, c2)
	third := call(t, c2)
	apptest.Eventually(t, "the board shows all three", func() bool { return len(b.Board.Page().Calls) == 3 })
	w.Clock.Forward(31 * time.Second)
	_, err := c1.Counter.Recall()
	apptest.Must(t, err)
	recalled := func() (yes bool) {
		b.Store.View("jiangnan", func(h *hall.Hall) {
			for _, k := range h.Tickets(hall.DateOf(w.Clock.Now())) {
				yes = yes || string(k.Number) == first && k.Recalls == 1
			}
		})
		return yes
	}
	apptest.Eventually(t, "the board knows of the recall", recalled)
	for range 3 {
		speaker.let <- true
	}
	apptest.Eventually(t, "nothing is being said", func() bool { return b.Board.Page().Saying == "" && len(speaker.Played()) == 3 })
	got := speaker.Played()
	if !bytes.Equal(got[1], sounds(third, "A02", "zh", false)) {
		t.Errorf("after %s not %s was said, in one language, because the recall waits", first, third)
	}
	if !bytes.Equal(got[2], sounds(first, "A01", "zh", true)) {
		t.Errorf("last not the recall of %s was said, in both languages", first)
	}
	if n := len(elsewhere.Played()); n != 0 {
		t.Errorf("the board of windows B and C said %d calls to A", n)
	}
}

// TestABoardWithoutWordsShowsThem: recordings that are not whole are told of, and the
// calls are shown all the same.
func TestABoardWithoutWordsShowsThem(t *testing.T) {
	folder, _ := words(t)
	apptest.Must(t, os.Remove(filepath.Join(folder, "zh-7.wav")))
	w := apptest.New(t)
	var told bytes.Buffer
	w.LogTo(&told)
	w.Speaker = &device.SpeakerTwin{}
	b := w.Terminal(config.Board, "b1", func(s *config.Settings) { s.Speaker, s.Clips = "alsa:default", folder })
	reached(t, b)
	apptest.Must(t, b.Close())
	if !strings.Contains(told.String(), "zh-7.wav is missing") {
		t.Errorf("the log does not name the word: %s", told.String())
	}
}

// call calls the next ticket and gives its number.
func call(t *testing.T, c *terminal.Terminal) (number string) {
	t.Helper()
	request := fmt.Sprint("call-", asked.Add(1))
	apptest.Eventually(t, "a ticket can be called", func() bool {
		page, err := c.Counter.Next(request)
		if err == nil {
			number = page.Current.Number
		}
		return err == nil
	})
	return number
}

// serve begins to serve who was called.
func serve(t *testing.T, c *terminal.Terminal) {
	t.Helper()
	_, err := c.Counter.Start()
	apptest.Must(t, err)
}

// finish ends a visit.
func finish(t *testing.T, c *terminal.Terminal) {
	t.Helper()
	item := c.Machine.Guides.Now().ItemsIn("A")[0]
	_, err := c.Counter.Finish([]screen.Outcome{{Item: string(item.Code), Outcome: "accepted"}})
	apptest.Must(t, err)
}
