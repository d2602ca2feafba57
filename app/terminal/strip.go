package terminal

import (
	"context"
	"time"

	"onewindow/app/device"
	"onewindow/app/hall"
	"onewindow/app/slip"
)

// Pauses of a strip: a text that stands is sent again so that a strip that lost its
// power shows it soon after, one that was not shown sooner.
const (
	stripAgain = 15 * time.Second
	stripRetry = 2 * time.Second
)

// light keeps the strip above the window at what this counter does. It follows the
// hall's state and not the clicks, so that it is right after a restart and a replug, too.
// A strip that fails holds nobody up: its state is shown, and the board calls as well.
func (t *Terminal) light(ctx context.Context, strip *device.Strip, p *part) {
	changes := t.Watch()
	defer t.Unwatch(changes)
	shown, pause, well := slip.Notice{}, time.Duration(0), true
	last := time.Now()
	for {
		if want := t.notice(); well && want != shown || time.Since(last) >= pause {
			colour := device.Red
			switch want.Light {
			case slip.Go:
				colour = device.Green
			case slip.Busy:
				colour = device.Amber
			case slip.Closed:
			}
			err := strip.Show(ctx, want.Text, colour)
			last, well = time.Now(), err == nil
			switch {
			case well:
				shown, pause = want, stripAgain
				p.keep(device.OK)
			case ctx.Err() == nil:
				pause = stripRetry
				p.keep(device.Off)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-changes:
		case <-time.After(pause - time.Since(last)):
		}
	}
}

// notice is what the strip should say now.
func (t *Terminal) notice() (n slip.Notice) {
	t.Store.View(hall.ID(t.Settings.Hall), func(h *hall.Hall) {
		for _, w := range h.Windows() {
			if w.Open && w.By == t.Store.Origin() {
				n = slip.NoticeOf(w.ID, h.AtWindow(w.ID))
				return
			}
		}
		n = slip.NoticeClosed()
	})
	return n
}
