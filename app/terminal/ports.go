package terminal

import (
	"context"
	"crypto/ed25519"

	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/slip"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// book lets the pages write through the store.
type book struct{ *store.Store }

func (b book) Write(ctx context.Context, fn func(screen.Tx) error) error {
	return b.Store.Write(ctx, func(tx *store.Tx) error { return fn(tx) })
}

func (b book) Cases(ctx context.Context, ticket hall.TicketID) ([]screen.Case, error) {
	list, err := b.Store.Cases(ctx, ticket)
	out := make([]screen.Case, 0, len(list))
	for _, c := range list {
		out = append(out, screen.Case{Number: c.Number, Item: c.Item, State: c.State, DueDate: c.DueDate, Saved: screen.Saved(b.Saved(c.Event))})
	}
	return out, err
}

// line is the way to the hub; without one every question is answered "not reached".
type line struct{ t *Terminal }

func (l line) Line() screen.Line {
	if l.t.link == nil {
		return screen.Line{Since: l.t.began} // alone since it runs
	}
	return screen.Line(l.t.link.Line())
}

func (l line) Call(ctx context.Context, c hall.Call) ([][]byte, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	return l.t.link.Call(ctx, c)
}

func (l line) Cases(ctx context.Context, ticket hall.TicketID) ([]screen.Case, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	list, err := l.t.link.Cases(ctx, ticket)
	out := make([]screen.Case, 0, len(list))
	for _, c := range list {
		out = append(out, screen.Case{Number: c.Number, Item: hall.ItemCode(c.Item), State: c.State, DueDate: c.DueDate, Saved: screen.Saved(c.Saved)})
	}
	return out, err
}

func (l line) Block(ctx context.Context, request string, date hall.Date, service hall.Letter) ([]byte, error) {
	if l.t.link == nil {
		return nil, event.HubUnreachable
	}
	return l.t.link.Block(ctx, wire.BlockAsk{Request: request, Origin: l.t.Store.Origin(), Epoch: l.t.Store.Epoch(), Date: string(date), Service: string(service)})
}

// voice is the terminal's voice as the pages know it.
type voice struct{ device.Voice }

func (v voice) Say(text string, english bool, volume, speed int) error {
	return v.Voice.Say(device.Speech{Text: text, English: english, Volume: volume, Speed: speed})
}

// slips makes tickets into codes and paper with this device's key, and with the fonts
// of this machine what the printer's own lack.
type slips struct {
	key ed25519.PrivateKey
	pen slip.Pen
}

func (s slips) Code(e event.Event) (string, error) { return slip.Sign(e, s.key) }

func (s slips) Picture(code string, minPx int) ([]byte, error) { return slip.PNG(code, minPx) }

func (s slips) Paper(p screen.Paper) ([]byte, error) { return slip.PaperBy(s.pen, slip.Slip(p)) }

func (s slips) ChecklistPaper(c screen.Checklist) []byte { return slip.Checklist(c).Paper(s.pen) }

func (s slips) ChecklistText(c screen.Checklist) string { return slip.Checklist(c).Text() }

func (s slips) Open(text string, keys func(event.Origin) []ed25519.PublicKey) (event.Event, error) {
	return slip.Open(text, keys)
}
