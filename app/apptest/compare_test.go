package apptest_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/store"
)

// TestDamagedRowsAreFetchedFromTheOtherPlace damages a row of the hub's log, one of the
// centre's and one of both, and lets the hub compare: what one place has whole is mended
// at the other, and the third is named.
func TestDamagedRowsAreFetchedFromTheOtherPlace(t *testing.T) {
	w := apptest.New(t)
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1")
	reached(t, k, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	for range 40 {
		issue(t, k, "A")
	}
	visit(t, c)
	converged(t, w, k, c)
	r, err := w.Hub.Allocator.Compare(t.Context())
	apptest.Must(t, err)
	if r.Events < 45 || len(r.Here)+len(r.Above)+len(r.Left) > 0 {
		t.Fatalf("whole logs: %+v", r)
	}
	w.StopHub()
	w.StopCentre()
	spoil := func(name string, seqs ...int) {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+filepath.Join(w.Dir, name, name+".db"))
		apptest.Must(t, err)
		defer db.Close()
		for _, seq := range seqs {
			_, err := db.Exec("UPDATE event SET body = CAST(substr(body, 1, length(body)-1) || x'7e' AS BLOB) WHERE seq = ? AND chain = (SELECT id FROM chain WHERE origin = 'jiangnan/k1')", seq)
			apptest.Must(t, err)
		}
	}
	spoil("hub", 11, 30)
	spoil("centre", 20, 30)
	w.StartCentre()
	w.StartHub()
	apptest.Eventually(t, "hub and centre are reached", func() bool { return w.Hub.CentreReached() && len(w.Hub.Store.Owing()) == 0 })
	r, err = w.Hub.Allocator.Compare(t.Context())
	apptest.Must(t, err)
	if len(r.Here) != 1 || r.Here[0].Seq != 11 || len(r.Above) != 1 || r.Above[0].Seq != 20 || r.Questions == 0 {
		t.Errorf("mended %+v", r)
	}
	// The same damage at both places is not seen by comparing; each place's scrub sees it.
	for _, at := range []*store.Store{w.Hub.Store, w.Centre.Store} {
		found, err := at.Scrub(t.Context())
		apptest.Must(t, err)
		if len(found.Flaws) != 1 || found.Flaws[0].ID.Seq != 30 {
			t.Errorf("%s has %v, not the one that both have", at.Origin(), found.Flaws)
		}
	}
	t.Logf("%d events in %d chains: %d questions, %d digests", r.Events, r.Chains, r.Questions, r.Digests)
}
