//go:build bench

package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"

	_ "modernc.org/sqlite" // the engine of the stores, here without the store
)

// insertPack is how many rows one statement brings, as in the store.
const insertPack = 64

// rowPack is what one commit of rows inserts: events, and the tickets they touch.
type rowPack struct{ events, tickets []any }

// rows gives what SQLite alone takes of the same rows, in events per second: the
// same engine, tables, indexes and settings, packed statements, one commit for
// each push; nothing is decoded, checked, hashed or folded.
func (d *drain) rows() (perSecond float64, err error) {
	folder, err := d.fresh("rows")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	packs, err := d.packs()
	if err != nil {
		return 0, fmt.Errorf("read the rows: %w", err)
	}
	path := filepath.Join(folder, "hub.db")
	s, err := openStore(path, "jiangnan/hub", d.clock.now)
	if err != nil {
		return 0, err
	}
	if err := s.Close(); err != nil {
		return 0, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-4096)")
	if err != nil {
		return 0, err
	}
	defer closing(db, &err)
	db.SetMaxOpenConns(1)
	in := &inserter{db: db, prepared: map[string]*sql.Stmt{}}
	begin := time.Now()
	for _, p := range packs {
		if err := in.commit(p); err != nil {
			return 0, err
		}
	}
	return drainEvents / time.Since(begin).Seconds(), nil
}

// packs makes the rows that a receiver has in the end, in the order of the pushes.
func (d *drain) packs() (out []rowPack, err error) {
	s, err := openStore(d.full, drainOrigin, d.clock.now)
	if err != nil {
		return nil, err
	}
	defer closing(s, &err)
	pos := int64(1) // the receiver's own first event
	var tickets []any
	seen := map[string]bool{}
	for _, push := range d.pushes {
		var p rowPack
		for i, body := range push.Bodies {
			e, err := event.Decode(body)
			if err != nil {
				return nil, err
			}
			var of struct {
				Ticket string `json:"ticket"`
			}
			if err := json.Unmarshal(e.Payload, &of); err != nil {
				return nil, err
			}
			pos++
			sum := event.Sum(body)
			lasting := int64(0)
			if e.Kind == hall.KindDevice {
				lasting = 1
			}
			p.events = append(p.events, pos, 2, int64(push.From)+int64(i), string(e.Kind), lasting, nil, nil, sum[:], body)
			if of.Ticket == "" || seen[of.Ticket] {
				continue
			}
			seen[of.Ticket] = true
			if tickets, err = ticketRow(s, of.Ticket, tickets); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	// The store writes a ticket's row now and then, not at each step.
	return append(out, rowPack{tickets: tickets}), nil
}

func ticketRow(s *store.Store, id string, to []any) ([]any, error) {
	var number, service, state, date, place string
	var row []byte
	err := s.Reader().QueryRow("SELECT hall, date, number, service, state, row FROM ticket WHERE id = ?", id).Scan(&place, &date, &number, &service, &state, &row)
	return append(to, id, place, date, number, service, state, row), err
}

// inserter writes rows with statements that are prepared once.
type inserter struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt
}

func (in *inserter) commit(p rowPack) error {
	tx, err := in.db.Begin()
	if err != nil {
		return err
	}
	err = in.insert(tx, "INSERT INTO event (pos, chain, seq, kind, lasting, fault, request, hash, body) VALUES ", 9, p.events, "")
	if err == nil {
		err = in.insert(tx, "INSERT INTO ticket (id, hall, date, number, service, state, row) VALUES ", 7, p.tickets,
			" ON CONFLICT (id) DO UPDATE SET hall=excluded.hall, date=excluded.date, number=excluded.number, service=excluded.service, state=excluded.state, row=excluded.row")
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (in *inserter) insert(tx *sql.Tx, head string, width int, args []any, tail string) error {
	for len(args) > 0 {
		rows := min(insertPack, len(args)/width)
		if rows < insertPack {
			rows = 1
		}
		query := head + strings.Repeat(",(?"+strings.Repeat(",?", width-1)+")", rows)[1:] + tail
		st := in.prepared[query]
		if st == nil {
			var err error
			// Prepared inside the transaction: the pool has one connection.
			if st, err = tx.Prepare(query); err != nil {
				return err
			}
			in.prepared[query] = st
		}
		if _, err := tx.Stmt(st).Exec(args[:rows*width]...); err != nil {
			return err
		}
		args = args[rows*width:]
	}
	return nil
}
