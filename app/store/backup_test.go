package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/store"
)

// fill notes n tickets, fifty in a commit.
func fill(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for at := 0; at < n; at += 50 {
		write(t, s, func(tx *store.Tx) error {
			for i := at; i < min(n, at+50); i++ {
				f := tx.Hall("jiangnan").Issue(hall.Issue{Ticket: ticketID(s.Now(), i), Origin: s.Origin(), Digit: 1, Service: "B", Class: hall.WalkIn, Language: "zh", NowMS: s.Now()})
				if _, _, err := tx.Append(hall.KindIssued, f); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// damage runs a statement on a database file that no program has open.
func damage(t testing.TB, path, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

// TestABackupIsProved backs a database up while it is written to, opens the copy as a
// database, and measures how long a commit has to wait meanwhile.
func TestABackupIsProved(t *testing.T) {
	k, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	fill(t, k, 5000)
	drain(t, k, hub)
	if os.Getenv("ONEWINDOW_FULL") == "1" {
		note(t, hub, 195_000)
	}
	want := hashOf(hub)
	ctx, stop := context.WithCancel(context.Background())
	var worst time.Duration
	var commits int
	var people sync.WaitGroup
	people.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			began := time.Now()
			write(t, hub, func(tx *store.Tx) error {
				_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: "wang", Name: "王"})
				return err
			})
			worst = max(worst, time.Since(began))
			commits++
		}
	})
	path := filepath.Join(t.TempDir(), "copy.db")
	began := time.Now()
	p, err := hub.Backup(context.Background(), path)
	took := time.Since(began)
	stop()
	people.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if p.Origin != "jiangnan/hub" || p.Epoch != hub.Epoch() || p.Events < 5002 || p.Chains != 2 || len(p.Days) != 1 || p.State == (event.Hash{}) {
		t.Errorf("proof %+v", p)
	}
	t.Logf("%d events backed up and proved in %v; %d commits meanwhile, the longest took %v", p.Events, took, commits, worst)
	if worst > time.Second {
		t.Errorf("a commit waited %v for the backup", worst)
	}
	again, err := store.Verify(context.Background(), path)
	if err != nil || again.State != p.State {
		t.Errorf("proved again: %v, state %s, not %s", err, again.State, p.State)
	}
	back, err := store.Open(store.Options{Path: path, Origin: "jiangnan/hub", Key: hub.Key(), Now: hub.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if hashOf(back) != want {
		t.Error("the copy gives other tickets")
	}
}

// TestADamagedCopyIsNotABackup damages one thing at a time: each is found and named.
func TestADamagedCopyIsNotABackup(t *testing.T) {
	k, hub := open(t, t.TempDir(), "jiangnan/k1"), open(t, t.TempDir(), "jiangnan/hub")
	fill(t, k, 300)
	drain(t, k, hub)
	if err := hub.Close(); err != nil { // its tickets' rows are written now
		t.Fatal(err)
	}
	hub = open(t, filepath.Dir(hub.Path()), "jiangnan/hub")
	for name, c := range map[string]struct{ statement, want string }{
		"nothing":          {"UPDATE node SET origin = origin", ""},
		"a body":           {"UPDATE event SET body = CAST(body || x'00' AS BLOB) WHERE pos = 77", "does not have its hash"},
		"body and hash":    {"UPDATE event SET body = (SELECT body FROM event WHERE pos = 78), hash = (SELECT hash FROM event WHERE pos = 78) WHERE pos = 77", "the kept head differs"},
		"a row is gone":    {"DELETE FROM event WHERE pos = 77", "is missing"},
		"a head":           {"UPDATE chain SET head = zeroblob(32) WHERE origin = 'jiangnan/k1'", "the kept head differs"},
		"a chain is gone":  {"DELETE FROM chain WHERE origin = 'jiangnan/k1'", "belongs to no chain"},
		"a chain is short": {"UPDATE chain SET seq = 400 WHERE origin = 'jiangnan/k1'", "the chain reaches 400"},
		"a ticket's row":   {`UPDATE ticket SET row = CAST(replace(CAST(row AS TEXT), 'zh', 'en') AS BLOB) WHERE id = (SELECT max(id) FROM ticket)`, "are not those that the log gives"},
		"a ticket is gone": {"DELETE FROM ticket WHERE id = (SELECT max(id) FROM ticket)", "are not those that the log gives"},
	} {
		path := filepath.Join(t.TempDir(), "copy.db")
		if _, err := hub.Backup(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		damage(t, path, c.statement)
		_, err := store.Verify(context.Background(), path)
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, not %q", name, err, c.want)
		}
	}
}

// TestABackupOfBeforeAnUpdateIsProved takes the tables of later versions out of a backup,
// as the program before them would have left it, and proves and opens it.
func TestABackupOfBeforeAnUpdateIsProved(t *testing.T) {
	s := open(t, t.TempDir(), "jiangnan/hub")
	fill(t, s, 200)
	to := filepath.Join(t.TempDir(), "backup.db")
	proved, err := s.Backup(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"DROP TABLE disclosure", "DROP TABLE shared", "DROP INDEX application_pending", "DROP INDEX application_differing", "DROP INDEX application_taken_off", "ALTER TABLE application DROP COLUMN taken_off", "DROP INDEX application_amending", "ALTER TABLE application DROP COLUMN amending", "ALTER TABLE application DROP COLUMN pending", "ALTER TABLE application DROP COLUMN differing", "DROP TABLE rating", "DROP TABLE feedback", "DROP INDEX application_due", "DROP INDEX application_received", "DROP INDEX application_item", "DROP INDEX application_department", "ALTER TABLE application DROP COLUMN department", "ALTER TABLE application DROP COLUMN todo", "ALTER TABLE node DROP COLUMN calendar", "DROP INDEX application_number", "DROP INDEX application_answer", "ALTER TABLE application DROP COLUMN answer_by", "DROP INDEX event_call", "DROP TABLE ticket_span", "DROP TABLE day", "ALTER TABLE cursor DROP COLUMN since", "DELETE FROM schema_version WHERE version_id > 3"} {
		damage(t, to, step)
	}
	before, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	again, err := store.Verify(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if again.State != proved.State || again.Events != proved.Events {
		t.Errorf("the older backup holds %d events in state %s, it was made with %d in %s", again.Events, again.State, proved.Events, proved.State)
	}
	if after, err := os.ReadFile(to); err != nil || string(after) != string(before) {
		t.Errorf("the backup was changed: %v", err)
	}
	damage(t, to, "UPDATE event SET body = zeroblob(length(body)) WHERE pos = 100")
	if _, err := store.Verify(t.Context(), to); err == nil {
		t.Error("a damaged older backup is called good")
	}
}
