package terminal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onewindow/app/device"
	"onewindow/app/hall"
	"onewindow/app/slip"
)

const (
	// sayWithin is how old a call may be and still be said: what a board that was cut off
	// learns later is on its screen, and long answered.
	sayWithin = 2 * time.Minute
	// speakerRetry is the pause after a speaker failed.
	speakerRetry = 2 * time.Second
)

// announce says the calls of the hall, one after the other, the oldest first. There is no
// queue to keep: what is to be said next is the oldest call that stands and was not said,
// so that one that was answered, or taken back, while others were said is not called
// any more. A recall is said again.
func (t *Terminal) announce(ctx context.Context, speaker device.Speaker, p *part) {
	clips, err := loadClips(t.Settings.Clips)
	if err != nil {
		t.log.Error("calls are shown and not said", "error", err)
		return
	}
	p.keep(device.OK)
	changes := t.Watch()
	defer t.Unwatch(changes)
	said := map[hall.TicketID]int64{}
	for next, _ := t.unsaid(said); next != nil; next, _ = t.unsaid(said) {
		said[next.Ticket] = next.LastCallMS // what stood there when the board was switched on is no news
	}
	for {
		next, others := t.unsaid(said)
		if next == nil {
			select {
			case <-ctx.Done():
				return
			case <-changes:
			}
			continue
		}
		said[next.Ticket] = next.LastCallMS
		wav, err := clips.Join(slip.Announcement(next, next.Window, !others))
		if err == nil {
			t.say(string(next.Number))
			err = speaker.Play(ctx, wav)
			t.say("")
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			p.keep(device.OK)
		default:
			t.log.Warn("a call was not said", "number", next.Number, "error", err)
			p.keep(device.Off)
			select {
			case <-ctx.Done():
				return
			case <-time.After(speakerRetry):
			}
		}
	}
}

// unsaid gives a copy of the oldest call that stands and was not said, and whether others
// wait as well. What is called no more is forgotten.
func (t *Terminal) unsaid(said map[hall.TicketID]int64) (next *hall.Ticket, others bool) {
	now := t.Machine.Book.Now()
	t.Store.View(hall.ID(t.Settings.Hall), func(h *hall.Hall) {
		for _, k := range h.Tickets(hall.DateOf(now)) {
			if !k.Known || k.State != hall.CalledS || k.Window == "" || !t.speaksFor(k.Window) || k.LastCallMS <= said[k.Ticket] || now-k.LastCallMS > sayWithin.Milliseconds() {
				continue
			}
			others = others || next != nil
			if next == nil || k.LastCallMS < next.LastCallMS {
				copied := *k
				next = &copied
			}
		}
		for id := range said {
			if k := h.Ticket(id); k == nil || k.State != hall.CalledS {
				delete(said, id)
			}
		}
	})
	return next, others
}

// speaksFor tells whether this board says the calls to a window.
func (t *Terminal) speaksFor(w hall.WindowID) bool {
	return t.Settings.Says == "" || strings.Contains(t.Settings.Says, string(w[:1]))
}

// say notes what is being announced, for the board's page.
func (t *Terminal) say(number string) {
	t.mu.Lock()
	t.saying = number
	t.mu.Unlock()
	t.Signal()
}

func (t *Terminal) announced() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.saying
}

// packagedClips is where the Debian package puts the recordings.
const packagedClips = "/usr/share/onewindow/clips"

// loadClips reads the recordings of a folder; without one the shipped ones, which lie
// beside the program or where the package put them.
func loadClips(folder string) (*device.Clips, error) {
	if folder == "" {
		folder = packagedClips
		if program, err := os.Executable(); err == nil {
			if beside := filepath.Join(filepath.Dir(program), "clips"); isFolder(beside) {
				folder = beside
			}
		}
	}
	clips, err := device.LoadClips(os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("%s: %w, or correct \"clips\" in the settings", folder, err)
	}
	if missing := clips.Missing(slip.Clips()); missing != nil {
		return nil, fmt.Errorf("%s: %s.wav is missing (%d of %d words): record it, or leave \"clips\" in the settings empty for the shipped ones", folder, missing[0], len(missing), len(slip.Clips()))
	}
	return clips, nil
}

func isFolder(path string) bool {
	at, err := os.Stat(path)
	return err == nil && at.IsDir()
}
