package faulttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver with which databases are read from outside

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// view is what a database holds, read from a copy that its owner does not notice.
type view struct {
	name         string
	tickets      map[hall.TicketID]hall.Ticket
	hashes       map[hall.Date]event.Hash
	applications map[string]hall.TicketID // by number
	twice        []hall.Number
	twiceTaken   []string // application numbers that stand there twice
}

// reader opens a database for reading beside the process that owns it.
func reader(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// copyTo writes what is committed into another file; the owner may go on.
func copyTo(from, to string) error {
	db, err := reader(from)
	if err != nil {
		return err
	}
	_, err = db.Exec("VACUUM INTO ?", to)
	return errors.Join(err, db.Close())
}

// look copies the database and reads the copy with the product's own store.
func (n *node) look() (v *view, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(n.data), "look-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, filepath.Base(n.database()))
	if err := copyTo(n.database(), path); err != nil {
		return nil, fmt.Errorf("copy the database of %s: %w", n.name, err)
	}
	key, err := folder.DeviceKey(n.data)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(store.Options{Path: path, Origin: n.origin, Key: key, Now: func() int64 { return time.Now().UnixMilli() }})
	if err != nil {
		return nil, fmt.Errorf("open the copy of %s: %w", n.name, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	v = &view{name: n.name, tickets: map[hall.TicketID]hall.Ticket{}, hashes: map[hall.Date]event.Hash{}, applications: map[string]hall.TicketID{}}
	db.View(hallID, func(h *hall.Hall) {
		for _, t := range h.Tickets("") {
			v.tickets[t.Ticket] = *t
			v.hashes[t.Date] = event.Hash{}
		}
		for date := range v.hashes {
			v.hashes[date] = h.Hash(date)
		}
		v.twice = h.Doubled()
	})
	return v, v.readApplications(path)
}

func (v *view) readApplications(path string) error {
	db, err := reader(path)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query("SELECT number, ticket FROM application")
	if err != nil {
		return fmt.Errorf("read the applications of %s: %w", v.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var number, ticket string
		if err := rows.Scan(&number, &ticket); err != nil {
			return err
		}
		if _, known := v.applications[number]; known {
			v.twiceTaken = append(v.twiceTaken, number)
		}
		v.applications[number] = hall.TicketID(ticket)
	}
	return rows.Err()
}

// differs tells where two states are not the same.
func (v *view) differs(o *view) error {
	if len(v.tickets) != len(o.tickets) {
		return fmt.Errorf("%d tickets here, %d there", len(v.tickets), len(o.tickets))
	}
	for date, h := range v.hashes {
		if o.hashes[date] != h {
			return fmt.Errorf("the states of %s differ%s", date, v.firstDifference(o))
		}
	}
	return nil
}

func (v *view) firstDifference(o *view) string {
	for id, t := range v.tickets {
		other, known := o.tickets[id]
		if !known {
			return fmt.Sprintf(": %s is only at %s", t.Number, v.name)
		}
		if string(t.Row()) != string(other.Row()) {
			return fmt.Sprintf(": %s is %q after %d steps at %s and %q after %d steps at %s", t.Number, t.State, len(t.Steps), v.name, other.State, len(other.Steps), o.name)
		}
	}
	return ""
}

// ticketState tells the state of a ticket by its number as it is committed this very
// moment; "" when it is not there. It is made from the log: the tickets' own rows are
// written a minute later.
func (n *node) ticketState(number string) (state string, err error) {
	err = n.read(func(db *sql.DB) error {
		h := hall.New(hallID)
		if err := foldAbout(db, h, fmt.Sprintf(`"number":%q`, number)); err != nil {
			return err
		}
		state = ""
		for _, t := range h.Tickets("") {
			if string(t.Number) != number {
				continue
			}
			if err := foldAbout(db, h, string(t.Ticket)); err != nil {
				return err
			}
			state = string(h.Ticket(t.Ticket).State)
		}
		return nil
	})
	return state, err
}

// foldAbout folds the events of a log whose bytes hold a text.
func foldAbout(db *sql.DB, h *hall.Hall, text string) error {
	rows, err := db.Query("SELECT body FROM event WHERE fault IS NULL AND instr(body, ?) > 0 ORDER BY pos", []byte(text))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		e, err := event.Decode(body)
		if err == nil {
			e, err = e.Inner()
		}
		if err == nil {
			_, err = h.Apply(e)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

// applicationState reads the state of an application likewise.
func (n *node) applicationState(number string) (state string, err error) {
	return n.one("SELECT state FROM application WHERE number = ?", number)
}

// one reads a value, "" when there is none.
func (n *node) one(query string, args ...any) (text string, err error) {
	err = n.read(func(db *sql.DB) error {
		err := db.QueryRowContext(context.Background(), query, args...).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	return text, err
}

// read looks into the database; one whose owner was just killed may need a moment until
// somebody has recovered it.
func (n *node) read(look func(*sql.DB) error) error {
	_, err := within(10*time.Second, "read "+n.name, func() error {
		db, err := reader(n.database())
		if err != nil {
			return err
		}
		return errors.Join(look(db), db.Close())
	})
	return err
}
