package store

import (
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/app/hall"
	"onewindow/app/intake"
)

// listed opens a database with applications that end one after the other, as SQL alone: those
// behind the first few have a row that cannot be read.
func listed(t *testing.T, count, readable int, state string, due func(n int) string) *Store {
	t.Helper()
	s, err := Open(Options{Path: filepath.Join(t.TempDir(), "t.db"), Origin: "jiangnan/hub", Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Now: func() int64 { return 1 }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.Write(t.Context(), func(tx *Tx) error {
		for n := range count {
			id, row := fmt.Sprintf("%06d", n), []byte("{")
			if n < readable {
				row = (&intake.Case{Taken: intake.Taken{Application: intake.ApplicationID(id), Number: id}}).Row()
			}
			if err := tx.Exec(`INSERT INTO application (id, number, ticket, hall, item, department, state, date, due, answer_by, taken_at_ms, origin, epoch, seq, row)
				VALUES (?, ?, '', 'jiangnan', ?, 'agency', ?, '', ?, ?, 1, '', 1, 1, ?)`, id, id, "x"+id[5:], state, due(n), due(n), row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is asked every two seconds, and what officers and counters look at all day, goes by an
// index that has it in the order of the list, and never through all applications.
func TestNoListGoesThroughAllApplications(t *testing.T) {
	s := listed(t, 1, 1, "received", func(int) string { return "2026-03-02" })
	ctx := t.Context()
	_, e1 := s.Unanswered(ctx, "jiangnan", "2026-03-03")
	_, e2 := s.Overdue(ctx, "jiangnan", "2026-03-03")
	_, e3 := s.DueIn(ctx, "jiangnan", "2026-03-03", 9)
	_, e4 := s.PendingOf(ctx, "agency", []hall.ItemCode{"x0"}, 9)
	_, e5 := s.Unverified(ctx, "jiangnan", nil, 9)
	_, e6 := s.Differing(ctx, "jiangnan", 9)
	for _, err := range []error{e1, e2, e3, e4, e5, e6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	asked := 0
	for query := range s.reader.stmts {
		if !strings.Contains(query, "FROM application") {
			continue
		}
		asked++
		if !strings.Contains(query, " LIMIT ") && !strings.HasSuffix(query, "WHERE id = ?") {
			t.Errorf("%s: it has no bound", query)
		}
		args := make([]any, strings.Count(query, "?"))
		rows, err := s.pool.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(step, "SCAN") || strings.Contains(step, "B-TREE") {
				t.Errorf("%s: %s", query, step)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if asked < 7 {
		t.Errorf("only %d questions were looked at", asked)
	}
}

// A list reads as many applications as it shows, however many there are: those behind it
// cannot even be read here.
func TestAListReadsWhatItShows(t *testing.T) {
	day := func(n int) string { return fmt.Sprintf("2026-03-%02d", 1+n/2) }
	for _, state := range []string{"accepted", "handed_out"} {
		s := listed(t, 40, 6, state, day)
		list, err := s.PendingOf(t.Context(), "agency", []hall.ItemCode{"x0", "x1", "x2", "x3", "x4", "x5"}, 6)
		if err != nil || len(list) != 6 || list[0].Number != "000000" || list[5].Number != "000005" {
			t.Errorf("%s, an agency's: %d, %v", state, len(list), err)
		}
		list, err = s.DueIn(t.Context(), "jiangnan", "2026-03-31", 6)
		if want := map[string]int{"accepted": 6}[state]; err != nil || len(list) != want {
			t.Errorf("%s, a hall's: %d, %v", state, len(list), err)
		}
	}
	const more = unansweredMost + 40
	s := listed(t, more, more, "received", func(n int) string { return map[bool]string{true: "", false: "2026-03-02"}[n < 30] })
	list, err := s.Unanswered(t.Context(), "jiangnan", "2026-03-03")
	if err != nil || len(list) != unansweredMost {
		t.Fatalf("unanswered: %d, %v", len(list), err)
	}
	for _, c := range list {
		if c.Number < "000030" {
			t.Errorf("%s, whose day nobody knows, comes before others whose day is over", c.Number)
		}
	}
}
