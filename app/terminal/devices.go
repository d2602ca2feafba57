package terminal

import (
	"context"
	"strings"
	"sync"
	"time"

	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/sync/wire"
)

// Kinds of devices, as the pages and the hub know them.
const (
	kindPrinter   = "printer"
	kindReader    = "reader"
	kindScanner   = "scanner"
	kindStrip     = "strip"
	kindSignature = "signature"
	kindSpeaker   = "speaker"
)

// How often a device that has nothing to do is asked for its state: a sound one to
// see that it is, one in trouble so that whoever helps it sees that it worked.
const (
	askSound    = 15 * time.Second
	askTroubled = 2 * time.Second
)

// part is one device of this terminal with the state that it last told.
type part struct {
	terminal, kind string
	now            func() int64
	// changed is called when the state is another one, and turned receives.
	changed func()
	turned  chan struct{}
	// status asks the device; nil where it tells by itself. run works with it until ctx ends.
	status func(context.Context) (device.State, error)
	run    func(ctx context.Context)

	mu    sync.Mutex
	state device.State
	since int64
}

// State is what the device last told of itself.
func (p *part) State() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.state)
}

// device gives the part as pages see it.
func (p *part) device() screen.Device {
	p.mu.Lock()
	defer p.mu.Unlock()
	return screen.Device{Terminal: p.terminal, Kind: p.kind, State: string(p.state), SinceMS: p.since, Next: screen.NextStep(string(p.state))}
}

func (p *part) keep(s device.State) {
	p.mu.Lock()
	was := p.state
	if was != s {
		p.state, p.since = s, p.now()
	}
	p.mu.Unlock()
	if was == s {
		return
	}
	select {
	case p.turned <- struct{}{}:
	default:
	}
	p.changed()
}

// ask asks the device and keeps what it tells; one that does not answer is off.
func (p *part) ask(ctx context.Context) {
	s, err := p.status(ctx)
	if err != nil {
		s = device.Off
	}
	if ctx.Err() == nil {
		p.keep(s)
	}
}

// watch asks the device for its state until ctx ends.
func (p *part) watch(ctx context.Context) {
	for {
		p.ask(ctx)
		for waits := true; waits; {
			pause := askSound
			if p.State() != string(device.OK) {
				pause = askTroubled
			}
			select {
			case <-ctx.Done():
				return
			case <-p.turned: // a job found out before the watch: it may be mended soon
			case <-time.After(pause):
				waits = false
			}
		}
	}
}

// plugIn knows the devices that the settings name; nothing is asked yet.
func (t *Terminal) plugIn(opt Options) {
	s := t.Settings
	add := func(kind string, status func(context.Context) (device.State, error)) *part {
		p := &part{terminal: s.Device, kind: kind, now: opt.Now, changed: t.partChanged, turned: make(chan struct{}, 1), status: status, state: device.Off, since: opt.Now()}
		p.run = func(ctx context.Context) { p.watch(ctx) }
		t.parts = append(t.parts, p)
		return p
	}
	if s.Printer != "" {
		printer := device.NewPrinter(s.Printer)
		if opt.AskEvery > 0 {
			printer.AskEvery = opt.AskEvery
		}
		t.printer = &paper{printer, add(kindPrinter, printer.Status)}
	}
	if s.Reader != "" {
		reader := device.NewReader(s.Reader)
		t.reader = &cards{reader, add(kindReader, reader.Status)}
	}
	if s.Scanner != "" {
		scanner, p := device.NewScanner(s.Scanner), add(kindScanner, nil)
		p.run = func(ctx context.Context) { scanner.Run(ctx, t.scanned, p.keep) }
	}
	if s.Strip != "" {
		strip, p := device.NewStrip(s.Strip), add(kindStrip, nil)
		p.run = func(ctx context.Context) { t.light(ctx, strip, p) }
	}
	if s.Speaker != "" && s.Role == config.Board {
		speaker, p := opt.Speaker, add(kindSpeaker, nil)
		if speaker == nil {
			speaker = device.NewSpeaker(s.Speaker)
		}
		p.run = func(ctx context.Context) { t.announce(ctx, speaker, p) }
	}
	if s.Signature != "" {
		add(kindSignature, device.NewSignature(s.Signature).Status)
	}
}

// partChanged tells the pages, and the hub at once, that a device's state is another one.
func (t *Terminal) partChanged() {
	t.Signal()
	if t.link != nil {
		t.link.Nudge()
	}
}

// devices lists the devices that the settings name.
func (t *Terminal) devices() []screen.Device {
	out := make([]screen.Device, 0, len(t.parts))
	for _, p := range t.parts {
		out = append(out, p.device())
	}
	return out
}

// told is what the hub told last; nothing while the line is away: what was true when it broke may be mended.
func (t *Terminal) told() (r wire.BeatReply) {
	if t.link != nil && t.link.Line().Reached {
		r = t.link.Told()
	}
	return r
}

// alerts lists the devices of the hall that need somebody.
func (t *Terminal) alerts() []screen.Device {
	out := []screen.Device{}
	for _, x := range t.told().Troubles {
		out = append(out, screen.Device{Terminal: x.Origin.Device(), Kind: x.Kind, State: x.State, SinceMS: x.SinceMS, Next: screen.NextStep(x.State)})
	}
	return out
}

// differing lists the hall's applications of which shared data has said something else, as
// the hub told last; a line that is away tells of none.
func (t *Terminal) differing() []screen.DifferingCase {
	out := []screen.DifferingCase{}
	for _, d := range t.told().Differing {
		row := screen.DifferingCase{Number: d.Number, Window: d.Window, Sets: []screen.Text{}}
		for _, id := range d.Sets {
			if set, ok := t.guides.Now().DataSet(id); ok {
				row.Sets = append(row.Sets, screen.Text{Zh: set.Name, En: set.NameEn})
			}
		}
		out = append(out, row)
	}
	return out
}

// amending lists the hall's amendments that wait for a second person: as the hub told last, and, where the hub is
// away, those that this counter knows of.
func (t *Terminal) amending() []screen.Amending {
	out := []screen.Amending{}
	if t.link != nil && t.link.Line().Reached {
		for _, a := range t.told().Amending {
			out = append(out, screen.Amending{Sum: a.Sum, Number: a.Number, Item: hall.ItemCode(a.Item), Field: a.Field, Clerk: hall.ClerkID(a.Clerk), AtMS: a.AtMS})
		}
		return out
	}
	list, err := t.Store.Amending(context.Background(), t.Machine.Hall, amendingMost)
	if err != nil {
		t.log.Error("list the amendments that wait", "error", err)
	}
	for _, c := range list {
		for _, a := range c.Waiting() {
			out = append(out, screen.Amending{Sum: a.Sum, Number: c.Number, Item: c.Item, Field: string(a.Field), Clerk: a.Clerk, AtMS: a.AtMS})
		}
	}
	return out
}

// silent tells for how many minutes the hub has not heard of which counters; nothing while it is away.
func (t *Terminal) silent() map[event.Origin]int {
	out := map[event.Origin]int{}
	for _, s := range t.told().Silent {
		out[s.Origin] = s.Minutes
	}
	return out
}

// amendingMost bounds the applications whose amendments are listed.
const amendingMost = 50

// paper is the ticket printer as the pages know it.
type paper struct {
	*device.Printer
	*part
}

// Print sends a slip; the state afterwards is kept.
func (p *paper) Print(ctx context.Context, job []byte) error {
	err := p.Printer.Print(ctx, job)
	switch {
	case err != nil:
		p.ask(ctx)
	case p.State() != string(device.PaperLow): // a job that went well says nothing about paper running low
		p.keep(device.OK)
	}
	return err
}

// cards is the card reader as the pages know it.
type cards struct {
	reader *device.Reader
	part   *part
}

// Read reads a card; that the reader does not answer is kept.
func (c *cards) Read(ctx context.Context, today hall.Date) (screen.IdentityCard, error) {
	card, err := c.reader.Read(ctx, today)
	if err != nil {
		if no := Refusal(err); no.Code == event.ReaderFailed.Code && no.Args["reason"] == string(device.Off) {
			c.part.keep(device.Off)
		}
		return screen.IdentityCard{}, err
	}
	c.part.keep(device.OK)
	birth := string(card.Birth)
	return screen.IdentityCard{Name: card.Name, Number: card.Number, Birth: intake.Personal(strings.Join([]string{birth[:4], birth[4:6], birth[6:]}, "-")),
		Address: card.Address, ValidTo: string(card.To), Expired: card.To != "" && card.To < today}, nil
}

// WatchScans gives a channel that receives the texts of codes that the scanner reads.
func (t *Terminal) WatchScans() chan string {
	c := make(chan string, 4)
	t.mu.Lock()
	t.scans[c] = true
	t.mu.Unlock()
	return c
}

// UnwatchScans ends what WatchScans began.
func (t *Terminal) UnwatchScans(c chan string) {
	t.mu.Lock()
	delete(t.scans, c)
	t.mu.Unlock()
}

// scanned passes a code on to the pages. A page that does not keep up has lost it: the
// person sees nothing happen and holds the slip there again.
func (t *Terminal) scanned(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.scans {
		select {
		case c <- text:
		default:
		}
	}
}
