package keyring

import (
	"strings"
	"testing"
)

// What is asked every few seconds for years goes by the indexes that hold what is on its
// way, and never through all keys.
func TestNoQuestionGoesThroughAllKeys(t *testing.T) {
	r, err := Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, query := range []string{"SELECT id FROM key " + unsentRows, "SELECT id FROM key " + waitingRows, "SELECT id FROM key " + erasedRows, owedRows} {
		args := []any{}
		for range strings.Count(query, "?") {
			args = append(args, 1)
		}
		rows, err := r.db.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(step, "SCAN key") && !strings.Contains(step, "USING INDEX key_") && !strings.Contains(step, "USING COVERING INDEX key_") || strings.Contains(step, "B-TREE") {
				t.Errorf("%s: %s", query, step)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
