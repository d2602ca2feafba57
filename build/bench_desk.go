//go:build bench

package main

import (
	"context"
	"errors"
	"fmt"
)

// deskVisits is how many visits a clerk serves, one call and some 50 keys each.
const deskVisits = 120

// benchDesk lets a clerk serve visits in the counter's production window, with a hub and a centre, and
// gives two times as the page sees them. Call to screen: from the key that calls the next person until the
// frame is over that shows the number, with the hub's grant and the counter's commit in
// between. Key to paint: from a key in the fields of an application until the frame is over that shows the letter, while each
// state of the form is kept on the disk. The ceiling is two frames of the same window
// with nothing happening: less no page can do.
func benchDesk(y *bay) (out []figure, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := errors.Join(setup(ctx, needWindow, needDisplay), buildPages(ctx), buildHTTPTerminal(ctx), buildServer(ctx)); err != nil {
		return nil, err
	}
	folder, err := y.fresh("desk")
	if err != nil {
		return nil, err
	}
	s, err := openStage(ctx, folder, httpTerminal, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	addr, err := address("", false)
	if err != nil {
		return nil, err
	}
	kiosk, _, err := s.serve(ctx, "kiosk", "k1", 1, addr)
	if err != nil {
		return nil, err
	}
	for n := range deskVisits {
		request := map[string]any{"request": fmt.Sprint("desk-", n), "letter": "A", "items": []string{sevenMaterials}, "class": "walk_in", "language": "zh"}
		if _, err := ask[map[string]any](kiosk, "Kiosk.Issue", request); err != nil {
			return nil, err
		}
	}
	settings, err := s.settings("counter", "c1", 0, nil)
	if err != nil {
		return nil, err
	}
	l, err := y.live(ctx, lying, []string{"", "--settings", settings}, deskVisits, "desk "+stageClerks[0].id+" "+stageClerks[0].pin+" A03")
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		what string
		ms   frames
	}{{"calls", l.calls}, {"keys", l.keys}} {
		y.say("%d %s: median %.0f ms, 99 %% within %.0f ms, longest %.0f ms", x.ms.over(-1), x.what, x.ms.quantile(0.5), x.ms.quantile(0.99), x.ms.quantile(1))
	}
	still := series{2 * l.calm.quantile(0.99)}
	const ceiling = "two frames of the same window with nothing happening"
	call := series{l.calls.quantile(0.99)}.against("call_to_screen_ms_p99", "ms", still, ceiling)
	typed := series{l.keys.quantile(0.99)}.against("counter_keystroke_to_paint_ms_p99", "ms", still, ceiling)
	return []figure{call.must("value < 100", call.Value < 100), typed.must("value < 50", typed.Value < 50)}, nil
}
