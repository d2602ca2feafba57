package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/wire"
)

// TestAStartGrowsByNoBlockOfLongAgo leases number blocks on forty days: those of the last
// month are folded at a start, older ones are not, and a hub whose clock is put back by days
// leases no number of such a day twice.
func TestAStartGrowsByNoBlockOfLongAgo(t *testing.T) {
	const dayMS = int64(24 * 3600_000)
	folder := t.TempDir()
	lease := func(ms int64, request string) (from int) {
		s := at(t, folder, ms)
		write(t, s, func(tx *store.Tx) error { return tx.BecomeReady("jiangnan") })
		var g wire.Grant
		life := s.Epoch()
		write(t, s, func(tx *store.Tx) (err error) {
			g, err = tx.Block("jiangnan", wire.BlockAsk{Request: request, Origin: "jiangnan/k1", Epoch: 7, Date: string(hall.DateOf(ms)), Service: "B", Life: life})
			return err
		})
		from = blockOf(t, g).From
		issue(t, s, int(ms/dayMS)) // tickets make the rows that are written when a store closes
		must(t, s.Close())
		return from
	}
	for n := range 40 {
		if from := lease(day0+int64(n)*dayMS, fmt.Sprint("r", n)); from != 1 {
			t.Fatalf("day %d begins with number %d", n, from)
		}
	}
	folded := func() (n int) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "t.db"))
		must(t, err)
		defer db.Close()
		must(t, db.QueryRow("SELECT count(*) FROM event WHERE lasting = 1 AND kind = 'block.leased'").Scan(&n))
		return n
	}
	if n := folded(); n < 30 || n > 32 {
		t.Errorf("%d of 40 blocks are folded at a start", n)
	}
	for _, n := range []int64{39, 38, 30, 15} {
		if from := lease(day0+n*dayMS, fmt.Sprint("again", n)); from == 1 {
			t.Errorf("the clock is put back to day %d, and the hub leases number 1 again", n)
		}
	}
}
