//go:build bench

package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/app/terminal"
)

const (
	// benchHall is the hall whose day the bench plays.
	benchHall = hall.ID("jiangnan")
	// benchStart is 2026-11-24 10:15 in UTC+8, two hours after the doors opened.
	benchStart = int64(1_795_486_500_000)
	// perRound is how many commits a round of benchCommit times, in runs of perTurn.
	perRound = 400
	perTurn  = 20
)

// benchCommit times the ticket's commit as the kiosk does it, one caller, through
// the real store, against overwriting 4 KiB of a file and syncing it. The two take
// turns of 20, so that both meet the same disk. Between turns, untimed, people are
// called and numbers are leased, or the queue would grow beyond any real one.
func benchCommit(y *bay) (out []figure, err error) {
	if err := onDisk(y.folder); err != nil {
		return nil, err
	}
	raw, err := newOverwriter(filepath.Join(y.folder, "raw"))
	if err != nil {
		return nil, err
	}
	defer closing(raw, &err)
	clock := newClock(benchStart)
	s, err := openStore(filepath.Join(y.folder, "terminal.db"), "jiangnan/k1", clock.now)
	if err != nil {
		return nil, err
	}
	defer closing(s, &err)
	k := &tickets{store: s, clock: clock, epoch: s.Epoch()}
	var p50, p99, raw50, raw99 series
	for round := range y.rounds + 1 {
		var issue, sync series
		var cpu time.Duration
		for range perRound / perTurn {
			for range perTurn {
				d, err := raw.once()
				if err != nil {
					return nil, err
				}
				sync = append(sync, inMS(d))
			}
			before := ownCPU()
			for range perTurn {
				d, err := k.issue()
				if err != nil {
					return nil, err
				}
				issue = append(issue, inMS(d))
			}
			cpu += ownCPU() - before
			if err := k.serve(); err != nil {
				return nil, err
			}
		}
		y.say("round %d: ticket %.3f ms (fastest tenth %.3f), raw sync %.3f ms (%.3f), %.0f us of processor time a ticket",
			round, issue.median(), issue.quantile(0.1), sync.median(), sync.quantile(0.1), float64(cpu.Microseconds())/perRound)
		if round == 0 {
			continue // the log file grows to its usual size first
		}
		p50, raw50 = append(p50, issue.median()), append(raw50, sync.median())
		p99, raw99 = append(p99, issue.quantile(0.99)), append(raw99, sync.quantile(0.99))
	}
	const ceiling = "overwrite 4 KiB of a preallocated file and fdatasync, same disk, taking turns"
	middle := p50.against("issue_commit_p50", "ms", raw50, ceiling+", p50")
	return []figure{
		middle.must("ratio <= 2.0", middle.Ratio <= 2.0),
		p99.against("issue_commit_p99", "ms", raw99, ceiling+", p99"),
	}, nil
}

// overwriter overwrites a file that is on the disk already, 4 KiB at a time.
type overwriter struct {
	file *os.File
	page []byte
	next int64
}

// overwriterBytes is the size of the file; a real log wanders over as much.
const overwriterBytes = 4 << 20

func newOverwriter(path string) (*overwriter, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	// Zeros are written, not only reserved: the first write into reserved room
	// would have to change the file's map too.
	if _, err = f.Write(make([]byte, overwriterBytes)); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &overwriter{file: f, page: make([]byte, 4096)}, nil
}

// once times one overwrite with its sync.
func (o *overwriter) once() (time.Duration, error) {
	o.page[0]++
	begin := time.Now()
	if _, err := o.file.WriteAt(o.page, o.next); err != nil {
		return 0, err
	}
	if err := syncWrites(o.file); err != nil {
		return 0, err
	}
	d := time.Since(begin)
	o.next = (o.next + int64(len(o.page))) % overwriterBytes
	return d, nil
}

// Close closes the file.
func (o *overwriter) Close() error { return o.file.Close() }

// tickets issues tickets as screen.Kiosk does, and lets people be served.
type tickets struct {
	store *store.Store
	clock *clock
	epoch event.Epoch
	count int
	open  []hall.Called
}

// letters are the queues that tickets are spread over, about as a day does.
const letters = "BABECBEGBACBEDBGAEFCBBEAGHBCE"

// issue times one ticket: the same steps in the same commit as Kiosk.Issue.
func (k *tickets) issue() (time.Duration, error) {
	k.count++
	k.clock.step(9_600)
	cmd := hall.Issue{Ticket: hall.TicketID(terminal.NewID(k.store.Now())), Origin: k.store.Origin(), Epoch: k.epoch, Digit: 1,
		Service: hall.Letter(letters[k.count%len(letters)]), Class: hall.WalkIn, Language: "zh",
		Items: []hall.ItemCode{"11330100MB0000001X4000711001001"}}
	request := fmt.Sprintf("issue:%s", cmd.Ticket)
	again := false
	begin := time.Now()
	err := k.store.Write(context.Background(), func(tx *store.Tx) error {
		if _, again = tx.IssuedFor(request); again {
			return nil
		}
		cmd.NowMS = k.store.Now()
		_, err := tx.Issue(request, tx.Hall(benchHall).Issue(cmd))
		return err
	})
	d := time.Since(begin)
	if again {
		return 0, fmt.Errorf("request %s was answered before it was asked", request)
	}
	return d, err
}

// serve lets the windows call and finish what waits, and leases numbers, in one
// commit that nobody times.
func (k *tickets) serve() error {
	return k.store.Write(context.Background(), func(tx *store.Tx) error {
		h := tx.Hall(benchHall)
		today := hall.DateOf(k.store.Now())
		for _, c := range k.open {
			m, no := h.Finish(c.Window, c.Clerk, []hall.Ending{{Item: "11330100MB0000001X4000711001001", Outcome: hall.Accepted}}, k.store.Now())
			if no != nil {
				return no
			}
			if _, _, err := tx.Append(hall.KindFinished, m); err != nil {
				return err
			}
		}
		k.open = k.open[:0]
		for i, l := range "ABCDEFGH" {
			service, window := hall.Letter(l), hall.WindowID(fmt.Sprintf("%c%02d", l, i+1))
			for h.NumbersLeft(k.store.Origin(), k.epoch, today, service) <= hall.BlockLow {
				if _, _, err := tx.Append(hall.KindBlockLeased, h.Lease(terminal.NewID(k.store.Now()), 1, k.store.Origin(), k.epoch, today, service, false)); err != nil {
					return err
				}
			}
			for n := h.WaitingAt(today, service); n > 8; n-- {
				w := hall.WindowID(fmt.Sprintf("%s%d", window, n))
				if err := k.call(tx, hall.Call{Request: fmt.Sprintf("%d-%s", k.count, w), Window: w, Clerk: "c1", Services: []hall.Letter{service}}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (k *tickets) call(tx *store.Tx, ask hall.Call) error {
	h := tx.Hall(benchHall)
	called, no := h.Call(ask, k.store.Now())
	if no != nil {
		return no
	}
	if _, _, err := tx.Append(hall.KindCalled, called.Called); err != nil {
		return err
	}
	started, no := h.Start(called.Window, called.Clerk, "scan", k.store.Now())
	if no != nil {
		return no
	}
	if _, _, err := tx.Append(hall.KindStarted, started); err != nil {
		return err
	}
	k.open = append(k.open, called.Called)
	return nil
}

// openStore opens a store as a terminal or a hub does, with its first event.
func openStore(path string, origin event.Origin, now func() int64) (*store.Store, error) {
	key := ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%-32.32s", origin)))
	s, err := store.Open(store.Options{Path: path, Origin: origin, Key: key, Now: now})
	if err != nil {
		return nil, err
	}
	if err := s.Announce(hall.Device{Role: "bench", Key: key.Public().(ed25519.PublicKey), Program: "bench", Series: 1}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
