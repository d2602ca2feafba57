//go:build bench

package main

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/screen"
	"onewindow/app/slip"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

// slipsPerRound is how many tickets a round of benchPaper prints.
const slipsPerRound = 100

// paperLimit is how long a slip may take before the measurement is given up.
const paperLimit = 20 * time.Second

// benchPaper times a ticket from the page's call (Kiosk.Issue) until the printer
// has the last byte of the slip: decision, commit, signature, code, slip, and the
// questions to the printer before the job, with a hub at hand that takes the
// events. The ceiling is a slip's bytes sent to the same kind of printer by a bare
// connection.
func benchPaper(y *bay) (out []figure, err error) {
	p := &press{bay: y, sheets: make(chan device.Sheet, 8)}
	p.twin, err = device.StartTwin("127.0.0.1:0", "", func(s device.Sheet) { p.sheets <- s })
	if err != nil {
		return nil, err
	}
	defer closing(p.twin, &err)
	folder, err := y.fresh("hub")
	if err != nil {
		return nil, err
	}
	h, err := node.OpenHub(node.Options{Data: folder, Listen: "127.0.0.1:0", Open: true, Hall: benchHall, Logger: y.log})
	if err != nil {
		return nil, err
	}
	defer closing(h, &err)
	settings := config.Default(config.Kiosk)
	settings.Hub, settings.Printer = h.Broker.URL(), p.twin.Address()
	if settings.Data, err = y.fresh("kiosk"); err != nil {
		return nil, err
	}
	if p.kiosk, err = terminal.Open(settings, terminal.Options{Logger: y.log}); err != nil {
		return nil, err
	}
	defer closing(p.kiosk, &err)
	var p99, bare series
	for round := range y.rounds + 1 {
		slips, lines, err := p.round()
		if err != nil {
			return nil, err
		}
		y.say("round %d: ticket to paper p50 %.1f p99 %.1f ms, bare line p99 %.1f ms", round, slips.median(), slips.quantile(0.99), lines.quantile(0.99))
		if round > 0 { // the first round loads fonts and fills the caches
			p99, bare = append(p99, slips.quantile(0.99)), append(bare, lines.quantile(0.99))
		}
	}
	f := p99.against("issue_to_last_printer_byte_p99", "ms", bare, "the bytes of a slip over a bare connection to the same printer, p99")
	return []figure{f.must("value < 100", f.Value < 100)}, nil
}

// press is a kiosk with its printer.
type press struct {
	*bay
	kiosk  *terminal.Terminal
	twin   *device.Twin
	sheets chan device.Sheet
}

// round prints slips in turn by the kiosk and by a bare connection.
func (p *press) round() (slips, lines series, err error) {
	areas := p.kiosk.Kiosk.Home().Areas
	if len(areas) == 0 {
		return nil, nil, errors.New("the kiosk offers no area")
	}
	job, err := sampleSlip(p.kiosk)
	if err != nil {
		return nil, nil, err
	}
	for n := range slipsPerRound {
		area := areas[n%len(areas)].Letter
		items, err := p.kiosk.Kiosk.Items(area)
		if err != nil || len(items) == 0 {
			return nil, nil, errors.Join(err, fmt.Errorf("area %s has %d items", area, len(items)))
		}
		ask := screen.TicketRequest{Request: terminal.NewID(time.Now().UnixMilli()), Letter: area, Items: []string{items[n%len(items)].Code}}
		d, err := p.timed(func() error {
			page, err := p.kiosk.Kiosk.Issue(ask)
			if err == nil && page.Paper != "printed" {
				err = fmt.Errorf("the printer is %q", page.Paper)
			}
			return err
		})
		if err != nil {
			return nil, nil, fmt.Errorf("issue a ticket: %w", err)
		}
		slips = append(slips, inMS(d))
		if d, err = p.timed(func() error { return p.bare(job) }); err != nil {
			return nil, nil, fmt.Errorf("print over a bare connection: %w", err)
		}
		lines = append(lines, inMS(d))
	}
	return slips, lines, nil
}

// timed runs fn and gives the time from its begin to the last byte of its paper.
func (p *press) timed(fn func() error) (time.Duration, error) {
	begin := time.Now()
	if err := fn(); err != nil {
		return 0, err
	}
	select {
	case s := <-p.sheets:
		return s.Received.Sub(begin), nil
	case <-time.After(paperLimit):
		return 0, fmt.Errorf("no paper after %s", paperLimit)
	}
}

func (p *press) bare(job []byte) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.twin.Address(), "tcp://"))
	if err != nil {
		return err
	}
	_, err = conn.Write(job)
	return errors.Join(err, conn.Close())
}

// sampleSlip makes the bytes of a usual slip.
func sampleSlip(t *terminal.Terminal) ([]byte, error) {
	at := time.Now()
	f := hall.Issued{Ticket: hall.TicketID(terminal.NewID(at.UnixMilli())), Hall: benchHall, Date: hall.DateOf(at.UnixMilli()), Service: "B", Number: "B017",
		Class: hall.WalkIn, Language: "zh", Items: []hall.ItemCode{"11330100MB0000001X4000711001001"}, IssuedMS: at.UnixMilli(), Ahead: 7, LowMinutes: 11, HighMinutes: 24}
	e := event.Event{ID: event.ID{Origin: t.Store.Origin(), Epoch: t.Store.Epoch(), Seq: 1}, At: event.Stamp{MS: at.UnixMilli()}, Kind: hall.KindIssued, Payload: hall.Payload(f)}
	code, err := slip.Sign(e, t.Store.Key())
	if err != nil {
		return nil, err
	}
	return slip.Paper(slip.Slip{Issued: f, Code: code, Hall: "江南区政务服务中心", Area: "社会保障", Items: []string{"社会保障卡申领"}, Floor: 1, Windows: "B01-B20", At: at})
}
