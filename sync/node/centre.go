package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
	"onewindow/sync/centre"
	"onewindow/sync/inlet"
	"onewindow/sync/registry"
	"onewindow/sync/wire"
)

// Centre is a running centre.
type Centre struct {
	base
	District *centre.Centre

	records       *registry.Registry // of shared data; nil where none are served
	windows, hubs *registry.Limit
	began         time.Time
}

// CentreOrigin is the centre's own name.
const CentreOrigin = event.Origin("district/centre")

// OpenCentre starts the district's end.
func OpenCentre(o Options) (opened *Centre, err error) {
	c := &Centre{windows: windowLimit(), hubs: hubLimit(), began: time.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if err := c.open(&o, CentreOrigin, wire.Centre, wire.Centre); err != nil {
		return nil, err
	}
	if o.Records != "" {
		if c.records, err = registry.Open(o.Records, o.Logger); err != nil {
			return nil, err
		}
	}
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	catalogue, err := guide.Parse(files)
	if err != nil {
		return nil, err
	}
	named := &places{}
	named.in.Store(catalogue)
	if err := c.shelve(&o, wire.Centre); err != nil {
		return nil, err
	}
	named.read(c.Shelf, o.Logger)
	calendar, err := intake.ShippedCalendar()
	if err != nil {
		return nil, err
	}
	officers, wanted := OfficersOf(o.Data), newWishes()
	c.District, err = centre.Start(centre.Options{Appointments: booth{c, named, officers, wanted, calendar, o.Logger}, Conn: c.conn, Log: archive{c.Store}, Places: named, Agencies: agencies{c, named, officers}, Disclosures: c.Store, Figures: c.Store, Calendar: calendar, Bundle: c.Shelf.Name, Logger: o.Logger, Now: o.Now})
	if err != nil {
		return nil, fmt.Errorf("start the centre: %w", err)
	}
	c.closers = append(c.closers, c.District.Stop)
	ctx, stop := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { c.publishing(ctx, named, o.Logger) })
	c.closers = append(c.closers, func() error { stop(); watching.Wait(); return nil })
	in, err := inlet.Serve(c.conn, wire.Centre, c.Store, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("start the centre: %w", err)
	}
	c.closers = append(c.closers, in.Stop)
	err = c.answer(inlet.Answers{
		wire.VerbKey:    func(ctx context.Context, _ event.Origin, id []byte) (any, error) { return c.keyOf(ctx, string(id)) },
		wire.VerbShared: func(ctx context.Context, hub event.Origin, body []byte) (any, error) { return c.shared(ctx, hub, body) },
		wire.VerbSteps:  c.stepsFor,
		wire.VerbChunk:  c.chunkFor,
	}, wire.Centre, o.Logger)
	if err != nil {
		return nil, err
	}
	stopWishes, err := inlet.Answers{wire.VerbWishes: wanted.answer}.ServeWaiting(c.conn, wire.Centre, o.Logger)
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, stopWishes)
	return c, nil
}

// Page is the centre's web page.
func (c *Centre) Page() http.Handler { return c.District.Handler() }

// archive lets the console read the store.
type archive struct{ *store.Store }

func (a archive) Applications(ctx context.Context, id hall.ID, sinceMS int64) ([]centre.Application, error) {
	list, err := a.Store.Applications(ctx, id, sinceMS)
	out := make([]centre.Application, 0, len(list))
	for _, c := range list {
		out = append(out, centre.Application{Number: c.Number, Hall: id, Item: c.Item, State: string(c.State), TakenMS: c.TakenMS, Due: string(c.DueDate)})
	}
	return out, err
}

// FollowUps counts the bad ratings of a hall that are not settled, and those overdue.
func (a archive) FollowUps(ctx context.Context, id hall.ID, today hall.Date) (open, overdue int, err error) {
	list, err := a.Complaints(ctx, id, today)
	for _, v := range list {
		if state, _ := v.Standing(v.Served.Clerks); state != feedback.Checked && state != feedback.Unneeded {
			open++
		}
		if v.Overdue(v.Served.Clerks, today) {
			overdue++
		}
	}
	return open, overdue, err
}

// Places lists the halls.
func (p *places) Places() []centre.Place {
	var out []centre.Place
	c := p.in.Load()
	for _, h := range c.Halls() {
		place := centre.Place{ID: hall.ID(h.ID), Name: centre.Name{Zh: h.Name, En: h.NameEn}}
		for _, a := range c.AreasOf(h.ID) {
			place.Areas = append(place.Areas, centre.Area{Letter: hall.Letter(a.Letter), Name: centre.Name{Zh: a.Name, En: a.NameEn}, Windows: len(a.Windows)})
		}
		if len(place.Areas) > 0 {
			out = append(out, place)
		}
	}
	return out
}

// Item names an item.
func (p *places) Item(code hall.ItemCode) centre.Name {
	if i, ok := p.in.Load().Item(guide.Code(code)); ok {
		return centre.Name{Zh: i.Name, En: i.NameEn}
	}
	return centre.Name{}
}
