package apptest_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/screen"
	"onewindow/app/sealed"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/node"
	"onewindow/sync/vault"
)

// identityNumber makes a number that passes every check, of a region that does not exist.
func identityNumber(n int) string {
	s := fmt.Sprintf("99010819800101%03d", n)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * weight
	}
	return s + string("10X98765432"[sum%11])
}

// office takes applications of different people on one visit, for tests of what is said of them.
type office struct {
	w      *apptest.World
	k, c   *terminal.Terminal
	ticket string
	item   string
	said   []screen.Intake
}

func newOffice(t *testing.T, w *apptest.World) *office {
	t.Helper()
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	return officeAt(t, w, k, c)
}

// officeAt is an office at a counter of the test's own.
func officeAt(t *testing.T, w *apptest.World, k, c *terminal.Terminal) *office {
	t.Helper()
	signIn(t, c, "wang", "246810", "A01", "A")
	o := &office{w: w, k: k, c: c, item: string(k.Machine.Guides.Now().ItemsIn("A")[0].Code)}
	o.ticket = issue(t, k, "A", o.item).Ticket
	apptest.Eventually(t, "called", func() bool { _, err := c.Counter.Next("n"); return err == nil })
	_, err := c.Counter.Start()
	apptest.Must(t, err)
	return o
}

// take takes the next n applications.
func (o *office) take(t *testing.T, n int) {
	t.Helper()
	for range n {
		i := len(o.said)
		in := screen.Intake{Request: fmt.Sprint("i", i), Ticket: o.ticket, Item: o.item, Applicant: fmt.Sprintf("金丝雀%03d", i), DocumentType: "resident_id",
			DocumentNumber: identityNumber(i), Phone: fmt.Sprintf("1000077%04d", i), Note: fmt.Sprintf("备注%03d号 下午来取", i),
			Agent: fmt.Sprintf("代办人%03d", i), AgentNumber: identityNumber(500 + i), Address: fmt.Sprintf("金丝雀路%03d号", i)}
		_, err := o.c.Counter.TakeIntake(in)
		apptest.Must(t, err)
		o.said = append(o.said, in)
	}
}

func (o *office) itemCode() guide.Code { return guide.Code(o.item) }

// cases gives the events and ids of all applications, in the order in which they were taken.
func (o *office) cases(t *testing.T) []store.Case {
	t.Helper()
	list, err := o.c.Store.Cases(t.Context(), hall.TicketID(o.ticket))
	apptest.Must(t, err)
	if len(list) != len(o.said) {
		t.Fatalf("%d applications, %d were taken", len(list), len(o.said))
	}
	return list
}

// TestWhatIsSaidOfPeopleIsReadAtTheCentreAndErasedEverywhere takes a hundred applications,
// half of them with the hub away. What was typed is read at the centre, field by field, and
// stands in clear in no file of any place, nor in a log. After one erasure at the hub no
// key is in any file, backups included, nothing can be read anywhere, and every chain verifies.
func TestWhatIsSaidOfPeopleIsReadAtTheCentreAndErasedEverywhere(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	log, err := os.Create(filepath.Join(w.Dir, "log"))
	apptest.Must(t, err)
	defer log.Close()
	w.LogTo(log)
	w.StopHub()
	w.StartHub()
	o := newOffice(t, w)
	o.take(t, 50)
	w.StopHub()
	o.take(t, 50)
	if own, err := o.c.Machine.Book.Cases(t.Context(), hall.TicketID(o.ticket)); err != nil || own[99].Saved != "here" {
		t.Errorf("with the hub away the last application is not said to be here alone: %v", err)
	}
	events, _, _, err := o.c.Store.Unsaved(t.Context())
	apptest.Must(t, err)
	if all, _, _, err := o.c.Machine.Book.Unsaved(t.Context()); err != nil || all < events+50 {
		t.Errorf("%d records and keys are said to be here alone, of %d events and 50 keys: %v", all, events, err)
	}
	w.StartHub()
	reached(t, o.c)
	converged(t, w, o.c)
	list := o.cases(t)
	keys := make([]sealed.Key, len(list))
	apptest.Eventually(t, "every key is at the centre, and the counter says so", func() bool {
		for n, c := range list {
			var err error
			if keys[n], err = w.Centre.Keys.Key(t.Context(), string(c.Application)); err != nil {
				return false
			}
		}
		own, err := o.c.Machine.Book.Cases(t.Context(), hall.TicketID(o.ticket))
		return err == nil && own[0].Saved == "centre" && own[len(own)-1].Saved == "centre"
	})
	for n, c := range list {
		if got, want := personAt(t, w.Centre.Store, c, keys[n]), o.said[n]; got != (intake.Person{Applicant: intake.Personal(want.Applicant), DocumentNumber: intake.Personal(want.DocumentNumber),
			Phone: intake.Personal(want.Phone), Note: intake.Personal(want.Note),
			Agent: intake.Personal(want.Agent), AgentNumber: intake.Personal(want.AgentNumber), Address: intake.Personal(want.Address)}) {
			t.Errorf("application %d is read at the centre as another one", n)
		}
	}
	backUp(t, w)

	if found := o.clear(t); len(found) > 0 {
		t.Errorf("what was said of people stands in clear in %v", found)
	}
	planted := filepath.Join(w.Dir, "centre", "planted")
	apptest.Must(t, os.WriteFile(planted, []byte("…"+identityNumber(99)+"…"), 0o600))
	if len(o.clear(t)) != 1 {
		t.Error("a number in clear is not found: this test finds nothing anywhere")
	}
	apptest.Must(t, os.Remove(planted))
	for place, want := range map[string]int{"c1": 100, "hub": 200, "centre": 200} { // the copies of two rings too
		if got := o.keysIn(t, place, keys); got < want {
			t.Errorf("%d keys are found at %s before anything is erased, not %d", got, place, want)
		}
	}

	ids := make([]string, len(list))
	for n, c := range list {
		ids[n] = string(c.Application)
	}
	apptest.Must(t, w.Hub.Keys.Erase(t.Context(), ids, "wang", "保存期满", w.Clock.Now()))
	apptest.Eventually(t, "every place has destroyed every key", func() bool {
		for _, r := range []*keyring.Ring{w.Hub.Keys, w.Centre.Keys} {
			if _, err := r.Key(t.Context(), ids[len(ids)-1]); !errors.Is(err, keyring.ErrErased) {
				return false
			}
		}
		return o.keysIn(t, "c1", keys)+o.keysIn(t, "hub", keys)+o.keysIn(t, "centre", keys) == 0
	})
	flawless := func(place, db string) {
		t.Helper()
		found, err := store.Check(context.Background(), filepath.Join(w.Dir, place, db))
		if err != nil || len(found.Flaws) > 0 || found.Events == 0 {
			t.Errorf("%s after the erasure: %+v, %v", place, found, err)
		}
	}
	flawless("c1", "terminal.db")
	flawless("hub", "hub.db")
	flawless("centre", "centre.db")
	apptest.Must(t, o.c.Close())
	w.StopHub()
	w.StopCentre()
	if found := o.clear(t); len(found) > 0 {
		t.Errorf("after everything has ended %v has something in clear", found)
	}
	t.Logf("T18 erased: 100 cases; 0 in clear in any file before and after, 0 keys left, chains verify; 0 wrong")
}

// personAt opens what an application says of a person at a place.
func personAt(t *testing.T, s *store.Store, c store.Case, key sealed.Key) intake.Person {
	t.Helper()
	e, err := s.Event(t.Context(), c.Facts[0])
	apptest.Must(t, err)
	taken, err := intake.Read(event.Event{Kind: e.Kind, Payload: e.Payload})
	apptest.Must(t, err)
	p, err := taken.Person(key)
	apptest.Must(t, err)
	return p
}

// backUp makes the backups that the hour would make.
func backUp(t *testing.T, w *apptest.World) {
	t.Helper()
	for _, v := range []*vault.Vault{w.Hub.Backups, w.Centre.Backups} {
		_, err := v.Keep(t.Context())
		apptest.Must(t, err)
	}
}

// clear lists the files in which something stands that was said of a person.
func (o *office) clear(t *testing.T) (found []string) {
	t.Helper()
	files, err := walk(o.w.Dir, func(path string, raw []byte) {
		for _, in := range o.said {
			for _, secret := range []string{in.Applicant, in.DocumentNumber, in.Phone, in.Note, in.Agent, in.AgentNumber, in.Address} {
				if bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, utf16le(secret)) {
					found = append(found, path)
					return
				}
			}
		}
	})
	apptest.Must(t, err)
	if files < 10 {
		t.Errorf("looked at %d files only", files)
	}
	return found
}

// keysIn counts how often the keys stand in the files of a place.
func (o *office) keysIn(t *testing.T, place string, keys []sealed.Key) (n int) {
	t.Helper()
	_, err := walk(filepath.Join(o.w.Dir, place), func(_ string, raw []byte) {
		for _, k := range keys {
			if bytes.Contains(raw, k[:]) {
				n++
			}
		}
	})
	if errors.Is(err, os.ErrNotExist) { // SQLite's journal went while we looked
		return o.keysIn(t, place, keys)
	}
	apptest.Must(t, err)
	return n
}

// TestAnApplicationTravelsByFileWithItsKey empties a counter whose hub never came back: at
// the new hub what was said of people can be read, when the file was sealed to it.
func TestAnApplicationTravelsByFileWithItsKey(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	w.StopHub()
	apptest.Must(t, os.Rename(filepath.Join(w.Dir, "hub"), filepath.Join(w.Dir, "hub-that-died")))
	o.take(t, 3)
	list := o.cases(t)
	apptest.Must(t, o.c.Close())
	w.StartHub()
	apptest.Eventually(t, "the new hub is ready", func() bool { return w.Hub.Store.Ready() })
	hub, now := filepath.Join(w.Dir, "hub"), time.UnixMilli(w.Clock.Now())
	key, err := folder.PublicKey(hub)
	apptest.Must(t, err)
	out, err := node.Export(t.Context(), filepath.Join(w.Dir, "c1"), true, []ed25519.PublicKey{key}, now)
	apptest.Must(t, err)
	w.StopHub()
	_, err = node.Import(t.Context(), hub, out.File, true, now)
	apptest.Must(t, err)
	w.StartHub()
	apptest.Eventually(t, "the keys are at the centre", func() bool { _, err := w.Centre.Keys.Key(t.Context(), string(list[2].Application)); return err == nil })
	converged(t, w)
	for n, c := range list {
		key, err := w.Centre.Keys.Key(t.Context(), string(c.Application))
		apptest.Must(t, err)
		if p := personAt(t, w.Centre.Store, c, key); string(p.DocumentNumber) != o.said[n].DocumentNumber {
			t.Errorf("application %d is of somebody else", n)
		}
	}
}

// TestAFileOfACounterDestroysNoKey brings a counter's word that a key was destroyed by
// file: the hub, which would not take it over the line, does not take it so either.
func TestAFileOfACounterDestroysNoKey(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	o.take(t, 1)
	id := string(o.cases(t)[0].Application)
	apptest.Eventually(t, "the key is at the hub", func() bool { _, err := w.Hub.Keys.Key(t.Context(), id); return err == nil })
	apptest.Must(t, o.c.Close())
	hub, counter := filepath.Join(w.Dir, "hub"), filepath.Join(w.Dir, "c1")
	ring, err := keyring.Open(counter, "")
	apptest.Must(t, err)
	apptest.Must(t, errors.Join(ring.Erase(t.Context(), []string{id}, "evil", "", 1), ring.Close()))
	key, err := folder.PublicKey(hub)
	apptest.Must(t, err)
	now := time.UnixMilli(w.Clock.Now())
	out, err := node.Export(t.Context(), counter, true, []ed25519.PublicKey{key}, now)
	apptest.Must(t, err)
	w.StopHub()
	_, err = node.Import(t.Context(), hub, out.File, true, now)
	apptest.Must(t, err)
	ring, err = keyring.Open(hub, "")
	apptest.Must(t, err)
	defer ring.Close()
	if _, err := ring.Key(t.Context(), id); err != nil {
		t.Errorf("a counter's file destroyed a key: %v", err)
	}
}
