package baddisk_test

import (
	"bytes"
	"database/sql"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"onewindow/app/baddisk"
)

func disk(t testing.TB) *baddisk.Disk {
	t.Helper()
	d, err := baddisk.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func database(t testing.TB, d *baddisk.Disk, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?vfs="+d.Name()+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t testing.TB, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// TestTheTraceMakesTheSameFiles proves that the trace has everything: replayed
// without a loss it gives the files as they lie there.
func TestTheTraceMakesTheSameFiles(t *testing.T) {
	dir, d := t.TempDir(), disk(t)
	db := database(t, d, filepath.Join(dir, "a.db"))
	exec(t, db, "CREATE TABLE x (n INTEGER PRIMARY KEY, b BLOB)")
	for range 3 {
		for range 30 {
			exec(t, db, "INSERT INTO x (b) VALUES (randomblob(3000))")
		}
		exec(t, db, "DELETE FROM x WHERE n % 3 = 0")
		exec(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
		exec(t, db, "VACUUM")
	}
	check := func(want ...string) {
		t.Helper()
		p := baddisk.NewPlatter()
		for _, s := range d.Trace() {
			p.Do(s)
		}
		files := p.Cut(baddisk.Everything, rand.New(rand.NewPCG(1, 1)))
		if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
			t.Fatalf("files %v, want %v", got, want)
		}
		for name, b := range files {
			if raw, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(raw, b) {
				t.Fatalf("%s: %d bytes by the trace, %d on the disk, %v", name, len(b), len(raw), err)
			}
		}
	}
	check("a.db", "a.db-wal")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	check("a.db")
}

func TestWhatIsSafeStaysAndTheRestMayGo(t *testing.T) {
	p := baddisk.NewPlatter()
	write := func(file string, at int, b byte) {
		p.Do(baddisk.Step{Kind: baddisk.Write, File: file, At: int64(at), Data: bytes.Repeat([]byte{b}, 512)})
	}
	p.Do(baddisk.Step{Kind: baddisk.Open, File: "a", Data: []byte{}, Lasting: true})
	p.Do(baddisk.Step{Kind: baddisk.Open, File: "b"})
	write("a", 0, 'a')
	p.Do(baddisk.Step{Kind: baddisk.Sync, File: "a"})
	write("a", 512, 'b')
	write("a", 0, 'c')
	write("b", 0, 'd')
	seen := map[string]bool{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		l := baddisk.AnyLuck(r)
		files := p.Cut(l, r)
		again := rand.New(rand.NewPCG(seed, 0))
		if l2 := baddisk.AnyLuck(again); l2 != l || !maps.EqualFunc(files, p.Cut(l2, again), bytes.Equal) {
			t.Fatalf("seed %d: not the same twice", seed)
		}
		a, made := files["a"], false
		if _, made = files["b"]; made {
			seen["b is there"] = true
		} else {
			seen["b is not there"] = true
		}
		if len(a) < 512 {
			t.Fatalf("seed %d, %s: a synced byte is gone: %d bytes", seed, l, len(a))
		}
		if l == baddisk.Nothing && (a[0] != 'a' || len(a) != 512 || made) {
			t.Fatalf("seed %d: nothing was to come: %q…, %d bytes, %t", seed, a[0], len(a), made)
		}
		if l == baddisk.Everything && (a[0] != 'c' || a[512] != 'b' || !made) {
			t.Fatalf("seed %d: everything was to come", seed)
		}
		if len(a) == 1024 && a[0] == 'a' && a[512] == 'b' {
			seen["only the first"] = true
		}
		if a[0] == 'c' && (len(a) == 512 || a[512] == 0) {
			seen["only the second"] = true
		}
		if a[0] == 'c' && a[511] == 'a' {
			seen["torn"] = true
		}
	}
	if len(seen) != 5 {
		t.Fatalf("not everything that can happen did: %v", seen)
	}
}

// TestAFailedSyncLosesItsWritesForGood is how Linux does it: the pages count as
// written after the error, so that the next sync says yes without them.
func TestAFailedSyncLosesItsWritesForGood(t *testing.T) {
	p := baddisk.NewPlatter()
	for _, s := range []baddisk.Step{
		{Kind: baddisk.Open, File: "a", Lasting: true},
		{Kind: baddisk.Write, File: "a", Data: []byte("lost")}, {Kind: baddisk.Sync, File: "a", Failed: true},
		{Kind: baddisk.Write, File: "a", At: 4, Data: []byte("kept")}, {Kind: baddisk.Sync, File: "a"},
		{Kind: baddisk.Write, File: "a", At: 8, Data: []byte("open")},
	} {
		p.Do(s)
	}
	r := rand.New(rand.NewPCG(0, 0))
	if got := string(p.Cut(baddisk.Nothing, r)["a"]); got != "\x00\x00\x00\x00kept" {
		t.Errorf("after a power cut %q", got)
	}
	if got := string(p.Cut(baddisk.Everything, r)["a"]); got != "lostkeptopen" {
		t.Errorf("programs read %q", got)
	}
}

func TestNthStepFailsAndOthersDoNot(t *testing.T) {
	d, other := disk(t), disk(t)
	db, calm := database(t, d, filepath.Join(t.TempDir(), "a.db")), database(t, other, filepath.Join(t.TempDir(), "b.db"))
	exec(t, db, "CREATE TABLE x (n INTEGER)")
	exec(t, calm, "CREATE TABLE x (n INTEGER)")
	for _, c := range []struct {
		name    string
		fault   baddisk.Fault
		query   string
		want    int
		failing int // tries that fail
	}{
		{"first write, once, full", baddisk.Fault{On: baddisk.Write, Nth: 1}, "INSERT INTO x VALUES (1)", sqlite3.SQLITE_FULL, 1},
		{"second write, torn", baddisk.Fault{On: baddisk.Write, Nth: 2, Trouble: baddisk.Broken, Torn: true}, "INSERT INTO x VALUES (1)", sqlite3.SQLITE_IOERR_WRITE, 1},
		{"sync from then on", baddisk.Fault{On: baddisk.Sync, Nth: 1, Trouble: baddisk.Broken, Lasting: true}, "INSERT INTO x VALUES (1)", sqlite3.SQLITE_IOERR_FSYNC, 4},
		{"truncation", baddisk.Fault{On: baddisk.Truncate, Nth: 1, Trouble: baddisk.Broken}, "PRAGMA wal_checkpoint(TRUNCATE)", sqlite3.SQLITE_IOERR_TRUNCATE, 1},
	} {
		d.Break(c.fault)
		for i := range c.failing {
			_, err := db.Exec(c.query)
			var e *sqlite.Error
			if !errors.As(err, &e) || e.Code() != c.want {
				t.Errorf("%s, try %d: %v, want code %d", c.name, i+1, err, c.want)
			}
			exec(t, calm, "INSERT INTO x VALUES (1)")
		}
		if !c.fault.Lasting {
			exec(t, db, c.query)
		}
		if failed := d.Heal(); len(failed) != c.failing || failed[0].Kind != c.fault.On {
			t.Errorf("%s: failed %+v", c.name, failed)
		}
		exec(t, db, c.query)
	}
	d.Break(baddisk.Fault{On: baddisk.Open, Nth: 1, Trouble: baddisk.Broken})
	second := database(t, d, filepath.Join(t.TempDir(), "c.db"))
	var e *sqlite.Error
	if err := second.Ping(); !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_CANTOPEN {
		t.Errorf("open: %v", err)
	}
	if err := second.Ping(); err != nil {
		t.Errorf("open again: %v", err)
	}
	if err := d.Close(); !errors.Is(err, baddisk.ErrInUse) {
		t.Errorf("closed under an open database: %v", err)
	}
}
