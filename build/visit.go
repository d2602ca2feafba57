package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// visitor plays a whole visit, as a person at the kiosk and a clerk at the
// counter see it, in the real windows.
type visitor struct {
	*stage
	shots                 string
	kiosk, counter, board *window
}

// playVisit runs a hall, plays one visit through its windows, and leaves pictures.
func playVisit(ctx context.Context, data, shots string) (err error) {
	if err := os.MkdirAll(shots, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	s, err := openStage(ctx, data, terminalProgram, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	v := &visitor{stage: s, shots: shots}
	if v.counter, err = s.show(ctx, "counter", "c1", 1, 1920, 1080); err != nil {
		return err
	}
	if v.board, err = s.show(ctx, "board", "b1", 1, 1920, 1080); err != nil {
		return err
	}
	if v.kiosk, err = s.show(ctx, "kiosk", "k1", 1, 1080, 1920); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"a queue is there already", v.others},
		{"the clerk signs in and opens a window", v.open},
		{"a person reads a guide and takes a ticket", v.take},
		{"the slip comes out of the printer", v.paperPicture},
		{"the kiosk in English", v.english},
		{"the clerk calls, the board shows it", v.call},
		{"the clerk takes an application", v.intake},
		{"the visit ends and is at the centre", v.finish},
	} {
		began := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, errors.Join(err, v.failed()))
		}
		say("visit: %-45s %5.1f s", step.what, time.Since(began).Seconds())
	}
	return v.allThere()
}

// failed keeps what the windows show when a step fails. It has its own time:
// the visit's may be over.
func (v *visitor) failed() error {
	ctx, stop := context.WithTimeout(v.programs, 20*time.Second)
	defer stop()
	var errs []error
	for name, w := range map[string]*window{"kiosk": v.kiosk, "counter": v.counter, "board": v.board} {
		_, raw, err := w.seen(ctx)
		if err == nil {
			err = os.WriteFile(filepath.Join(v.shots, "failed-"+name+".png"), raw, 0o644)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (v *visitor) shot(name string) string { return filepath.Join(v.shots, name+".png") }

// visitWindow is where the visit is served, and otherWindow where the others are.
const (
	visitWindow = "B03"
	otherWindow = "A02"
)

// others brings a few more people into the hall, through a kiosk and a counter in
// a browser: a board with one call and a queue of nobody would look like no hall.
func (v *visitor) others(ctx context.Context) error {
	var base [2]string
	for i, role := range []string{"kiosk", "counter"} {
		addr, err := address("", false)
		if err != nil {
			return err
		}
		if base[i], _, err = v.serve(ctx, role, role[:1]+"9", 9, addr); err != nil {
			return err
		}
	}
	for i, letter := range strings.Split("AAACDDAEC", "") {
		request := map[string]any{"request": fmt.Sprintf("others-%d", i), "letter": letter, "items": []string{}, "class": "walk_in", "language": "zh"}
		if _, err := ask[map[string]any](base[0], "Kiosk.Issue", request); err != nil {
			return err
		}
	}
	other := stageClerks[1]
	if err := until(ctx, 20*time.Second, "wait for the clerks at the counter", func() error {
		_, err := ask[map[string]any](base[1], "Counter.SignIn", other.id, other.pin)
		return err
	}); err != nil {
		return err
	}
	if _, err := ask[map[string]any](base[1], "Counter.OpenWindow", otherWindow, []string{"A"}); err != nil {
		return err
	}
	return until(ctx, 20*time.Second, "call somebody else", func() error {
		_, err := ask[map[string]any](base[1], "Counter.Next", "others-next")
		return err
	})
}

func (v *visitor) open(ctx context.Context) error {
	c := v.counter
	if _, err := c.see(ctx, anything, "窗口登录"); err != nil {
		return err
	}
	// The name field has the focus: a clerk needs no mouse.
	me := stageClerks[0]
	if err := errors.Join(c.write(ctx, me.id), c.key(ctx, "Tab"), c.write(ctx, me.pin), c.key(ctx, "Return")); err != nil {
		return err
	}
	if _, err := c.see(ctx, anything, "选择窗口"); err != nil {
		return err
	}
	if err := c.write(ctx, visitWindow); err != nil {
		return err
	}
	if _, err := c.see(ctx, button, "开窗 "+visitWindow); err != nil {
		return err
	}
	if err := c.key(ctx, "Return"); err != nil {
		return err
	}
	_, err := c.see(ctx, anything, "窗口空闲")
	return err
}

func (v *visitor) take(ctx context.Context) error {
	k := v.kiosk
	if _, err := k.see(ctx, button, "办事指南"); err != nil {
		return err
	}
	if err := k.picture(ctx, v.shot("kiosk-home")); err != nil {
		return err
	}
	for _, name := range []string{"办事指南", "社保医保"} {
		if err := k.press(ctx, button, name); err != nil {
			return err
		}
	}
	if _, err := k.see(ctx, button, "直接取"); err != nil {
		return err
	}
	item, err := v.firstItem(ctx)
	if err != nil {
		return err
	}
	if err := k.press(ctx, button, item); err != nil {
		return err
	}
	if _, err := k.see(ctx, button, "取这个事项的号"); err != nil {
		return err
	}
	if err := k.picture(ctx, v.shot("kiosk-guide")); err != nil {
		return err
	}
	if err := k.press(ctx, button, "取这个事项的号"); err != nil {
		return err
	}
	if _, err := k.see(ctx, heading, "取号成功"); err != nil {
		return err
	}
	return k.picture(ctx, v.shot("kiosk-ticket"))
}

// firstItem gives the name of the first item in the list of the kiosk's window.
func (v *visitor) firstItem(ctx context.Context) (name string, err error) {
	err = until(ctx, 20*time.Second, "find an item", func() error {
		all, err := v.kiosk.parts()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(p part) bool { return p.role == listItem && p.h > 0 })
		if at < 0 {
			return errors.New("no list of items")
		}
		for _, p := range all[at:] {
			if p.role == button {
				name = p.name
				return nil
			}
		}
		return errors.New("no item in the list")
	}, v.kiosk.program)
	return name, err
}

// paperPicture keeps the newest slip of the printer's folder: the visit's.
func (v *visitor) paperPicture(ctx context.Context) error {
	return until(ctx, 20*time.Second, "wait for the slip", func() error {
		slips, err := filepath.Glob(v.path("paper", "*.png"))
		if err != nil || len(slips) < 10 { // nine others, and ours
			return fmt.Errorf("%d slips: %w", len(slips), errors.Join(err, errors.New("ours is missing")))
		}
		slices.SortFunc(slips, func(a, b string) int { return modified(a).Compare(modified(b)) })
		return copyTo(v.shot("paper"), slips[len(slips)-1], 0o644)
	})
}

func modified(path string) time.Time {
	s, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return s.ModTime()
}

func (v *visitor) english(ctx context.Context) error {
	k := v.kiosk
	if err := k.press(ctx, button, "完成"); err != nil {
		return err
	}
	if _, err := k.see(ctx, button, "办事指南"); err != nil {
		return err
	}
	if err := k.press(ctx, toggle, "English"); err != nil {
		return err
	}
	if _, err := k.see(ctx, button, "Guides"); err != nil {
		return err
	}
	return k.picture(ctx, v.shot("kiosk-home-en"))
}

func (v *visitor) call(ctx context.Context) error {
	c := v.counter
	if err := c.key(ctx, "F2"); err != nil {
		return err
	}
	if _, err := c.see(ctx, anything, "已呼叫"); err != nil {
		return err
	}
	if err := c.picture(ctx, v.shot("counter-call")); err != nil {
		return err
	}
	if _, err := v.board.see(ctx, anything, visitWindow); err != nil {
		return err
	}
	return v.board.picture(ctx, v.shot("board"))
}

func (v *visitor) intake(ctx context.Context) error {
	c := v.counter
	if err := c.key(ctx, "F9"); err != nil {
		return err
	}
	if _, err := c.see(ctx, anything, "申请人姓名"); err != nil {
		return err
	}
	for _, f := range []struct{ label, text string }{{"申请人姓名", "罗庆(样例)"}, {"证件号码", "99010820000907755X"}, {"联系电话", "10000000000"}} {
		if err := c.fill(ctx, entry, f.label, f.text); err != nil {
			return err
		}
	}
	if err := c.key(ctx, "F7"); err != nil {
		return err
	}
	if err := c.picture(ctx, v.shot("counter-intake")); err != nil {
		return err
	}
	if err := c.key(ctx, "ctrl+Return"); err != nil {
		return err
	}
	_, err := c.see(ctx, anything, "办件编号")
	return err
}

func (v *visitor) finish(ctx context.Context) error {
	c := v.counter
	if err := c.key(ctx, "F10"); err != nil {
		return err
	}
	if _, err := c.see(ctx, button, "确认办结"); err != nil {
		return err
	}
	if err := c.key(ctx, "Return"); err != nil {
		return err
	}
	if _, err := c.see(ctx, anything, "窗口空闲"); err != nil {
		return err
	}
	err := until(ctx, 30*time.Second, "wait for the centre", func() error {
		state, err := v.centre()
		if err == nil && state.Tickets.Done == 0 {
			err = errors.New("no visit is done there")
		}
		return errors.Join(err, v.centreHas(10))
	}, v.server)
	if err != nil {
		return err
	}
	return photograph(ctx, "http://"+v.page+"/", v.shot("centre"), 1920, 1080)
}

// photograph takes a picture of a page with the browser.
func photograph(ctx context.Context, url, path string, width, height int) error {
	profile, err := os.MkdirTemp("", "ow-browser-")
	if err != nil {
		return err
	}
	_, err = quiet(command(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile,
		"--screenshot="+path, fmt.Sprintf("--window-size=%d,%d", width, height), url))
	return errors.Join(err, os.RemoveAll(profile))
}

// pictures are what a played visit leaves.
var pictures = strings.Fields("kiosk-home kiosk-guide kiosk-ticket kiosk-home-en paper counter-call counter-intake board centre")

func (v *visitor) allThere() error {
	for _, name := range pictures {
		if s, err := os.Stat(v.shot(name)); err != nil || s.Size() < 1000 {
			return fmt.Errorf("the picture %s is missing or empty", v.shot(name))
		}
	}
	return nil
}
