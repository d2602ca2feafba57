//go:build bench

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	natsgo "github.com/nats-io/nats.go" // the tidy test has a constant "nats"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/broker"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

const (
	claimCallers   = 50
	claimsPerRound = 15_000
	claimService   = hall.Letter("B")
)

// benchClaims lets 50 counters call the next ticket of one queue at once, each
// over its own connection to a real hub on loopback, against one writer that
// commits the same grants 50 at a time without any network. Every claim names a
// window of its own, so that no visit has to be ended before the next call.
func benchClaims(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	var rate, p99, bare, bare99 series
	for round := range y.rounds {
		bareRate, batch99, err := y.bareClaims()
		if err != nil {
			return nil, fmt.Errorf("bare grants: %w", err)
		}
		perSecond, claim99, err := y.claims()
		if err != nil {
			return nil, fmt.Errorf("claims: %w", err)
		}
		y.say("round %d: %.0f claims/s, p99 %.1f ms; bare %.0f/s", round+1, perSecond, claim99, bareRate)
		rate, p99 = append(rate, perSecond), append(p99, claim99)
		bare, bare99 = append(bare, bareRate), append(bare99, batch99)
	}
	claimed := rate.against("allocator_claims_per_second", "1/s", bare, "the same grants by one writer, 50 a commit, no network")
	waited := p99.against("allocator_claim_p99", "ms", bare99, "p99 of one commit of 50 such grants, no network")
	return []figure{
		claimed.must("value >= 5000, 0 doubled", claimed.Value >= 5000),
		waited.must("value <= 40", waited.Value <= 40),
	}, nil
}

// prepare notes tickets that wait for one service, as many as a round claims, at a hub
// that may grant.
func prepare(s *store.Store, now func() int64) error {
	today := hall.DateOf(now())
	if err := s.Write(context.Background(), func(tx *store.Tx) error { return tx.BecomeReady(benchHall) }); err != nil {
		return err
	}
	for from := 0; from < claimsPerRound; from += 500 {
		err := s.Write(context.Background(), func(tx *store.Tx) error {
			for n := from; n < min(from+500, claimsPerRound); n++ {
				at := now() - int64(claimsPerRound-n)*100 // ids rise with the time of issue, as they do in a hall
				f := hall.Issued{Ticket: hall.TicketID(terminal.NewID(at)), Hall: benchHall, Date: today, Service: claimService,
					Number: hall.Number(fmt.Sprintf("%s1-%03d", claimService, n+1)), Class: hall.WalkIn, Language: "zh",
					Items: []hall.ItemCode{"11330100MB0000001X4000711001001"}, IssuedMS: at, Ahead: n, LowMinutes: -1, HighMinutes: -1}
				if _, _, err := tx.Append(hall.KindIssued, f); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("prepare tickets: %w", err)
		}
	}
	return nil
}

// claim is a counter's question; its request is named as a counter names it.
func claim(caller, n int, nowMS int64) hall.Call {
	return hall.Call{Request: terminal.NewID(nowMS), Window: hall.WindowID(fmt.Sprintf("B%02d%05d", caller, n)),
		Clerk: "c01", Services: []hall.Letter{claimService}}
}

// bareClaims gives how many grants a second one writer commits, and the p99 of its commits in ms.
func (y *bay) bareClaims() (perSecond, p99 float64, err error) {
	folder, err := y.fresh("bare")
	if err != nil {
		return 0, 0, err
	}
	now := running(benchStart)
	s, err := openStore(folder+"/hub.db", "jiangnan/hub", now)
	if err != nil {
		return 0, 0, err
	}
	defer closing(s, &err)
	if err := prepare(s, now); err != nil {
		return 0, 0, err
	}
	var commits series
	begin, cpu := time.Now(), ownCPU()
	for n := range claimsPerRound / claimCallers {
		one := time.Now()
		err := s.Write(context.Background(), func(tx *store.Tx) error {
			for caller := range claimCallers {
				if err := grant(tx, claim(caller, n, now())); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
		commits = append(commits, inMS(time.Since(one)))
	}
	y.say("%.0f us of processor time a bare grant", float64((ownCPU()-cpu).Microseconds())/claimsPerRound)
	return claimsPerRound / time.Since(begin).Seconds(), commits.quantile(0.99), nil
}

// grant does what a hub does inside its commit.
func grant(tx *store.Tx, c hall.Call) error {
	g, err := tx.Call(benchHall, c)
	if err == nil && g.Refuse != nil {
		err = g.Refuse
	}
	return err
}

// claims gives how many claims a second 50 callers are granted, and their p99 in
// ms. It is an error when a ticket is granted twice or a claim is not answered.
func (y *bay) claims() (perSecond, p99 float64, err error) {
	folder, err := y.fresh("hub")
	if err != nil {
		return 0, 0, err
	}
	now := running(benchStart)
	h, err := node.OpenHub(node.Options{Data: folder, Listen: "127.0.0.1:0", Open: true, Hall: benchHall, Now: now, Logger: y.log})
	if err != nil {
		return 0, 0, err
	}
	defer closing(h, &err)
	if err := prepare(h.Store, now); err != nil {
		return 0, 0, err
	}
	callers := make([]*caller, claimCallers)
	for i := range callers {
		conn, err := broker.Connect(h.Broker.URL(), fmt.Sprintf("%s/c%d", benchHall, i), y.log)
		if err != nil {
			return 0, 0, err
		}
		defer conn.Close()
		if err := conn.FlushTimeout(5 * time.Second); err != nil {
			return 0, 0, fmt.Errorf("connect: %w", err)
		}
		callers[i] = &caller{conn: conn, number: i, now: now}
	}
	var all sync.WaitGroup
	begin, cpu := time.Now(), ownCPU()
	for _, c := range callers {
		all.Add(1)
		go func() { defer all.Done(); c.run(claimsPerRound / claimCallers) }()
	}
	all.Wait()
	took := time.Since(begin)
	y.say("%.0f us of processor time a claim, callers included", float64((ownCPU()-cpu).Microseconds())/claimsPerRound)
	waits, err := checkGrants(callers)
	if err != nil {
		return 0, 0, err
	}
	return claimsPerRound / took.Seconds(), waits.quantile(0.99), nil
}

// caller is one counter: it asks, waits for the grant, and asks again.
type caller struct {
	conn    *natsgo.Conn
	number  int
	now     func() int64
	waits   series
	answers [][]byte
	err     error
}

func (c *caller) run(claims int) {
	for n := range claims {
		ask, err := json.Marshal(claim(c.number, n, c.now()))
		if err != nil {
			c.err = err
			return
		}
		begin := time.Now()
		m, err := c.conn.Request(wire.AskSubject(string(benchHall), wire.VerbCall, event.Origin(c.conn.Opts.Name)), ask, 10*time.Second)
		if err != nil {
			c.err = fmt.Errorf("claim %d of caller %d: %w", n, c.number, err)
			return
		}
		c.waits = append(c.waits, inMS(time.Since(begin)))
		c.answers = append(c.answers, m.Data)
	}
}

// checkGrants reads every answer: each must grant a ticket that no other grants.
func checkGrants(callers []*caller) (series, error) {
	var waits series
	granted := map[hall.TicketID]bool{}
	for _, c := range callers {
		if c.err != nil {
			return nil, c.err
		}
		waits = append(waits, c.waits...)
		for _, b := range c.answers {
			var g wire.Grant
			if err := json.Unmarshal(b, &g); err != nil {
				return nil, fmt.Errorf("read a grant: %w", err)
			}
			if g.Refuse != nil {
				return nil, fmt.Errorf("a claim was refused: %w", g.Refuse)
			}
			e, err := event.Decode(g.Event)
			if err != nil {
				return nil, fmt.Errorf("read a grant: %w", err)
			}
			var f hall.Called
			if err := json.Unmarshal(e.Payload, &f); err != nil {
				return nil, fmt.Errorf("read a grant: %w", err)
			}
			if granted[f.Ticket] {
				return nil, fmt.Errorf("ticket %s was granted twice", f.Ticket)
			}
			granted[f.Ticket] = true
		}
	}
	if len(granted) != claimsPerRound {
		return nil, fmt.Errorf("%d tickets were granted, not %d", len(granted), claimsPerRound)
	}
	return waits, nil
}
