// Package store is one node's SQLite: the log of events, the chains, and the
// projections, with one writer and a pool of readers. Terminal, hub and centre
// use the same store. It decides nothing about queues and sends nothing.
package store

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/watch"
	"onewindow/sync/core"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our databases in SQLite's own header ("OWIN").
const applicationID = 0x4F57494E

// Options of Open.
type Options struct {
	// Path of the database file; its folder is made when missing.
	Path string
	// Origin of this node's own events.
	Origin event.Origin
	// Key signs the heads of this node's chain.
	Key ed25519.PrivateKey
	// Now gives the wall clock in ms; it is injected so that a day can be compressed.
	Now func() int64
	// Admits tells whether a device may have a key that was never heard of; nil admits
	// whatever comes.
	Admits func(o event.Origin, key ed25519.PublicKey) bool
	// RoleOf tells as what a device is admitted, nothing where that is not known; nil as for Admits.
	RoleOf func(o event.Origin) string
	// MaxBatch bounds how many waiting writes one commit takes; default 64.
	MaxBatch int
	// Synchronous is "FULL" unless a negative control of the tests says otherwise.
	Synchronous string
	// VFS names the SQLite VFS that the files go through; SQLite's own when empty.
	// Tests put a disk that fails in its place.
	VFS string
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	opt    Options
	conn   *sql.Conn
	writer *sql.DB
	pool   *sql.DB   // readers
	hand   *hand     // of conn
	reader *prepared // of pool
	sync   string    // what the next commit waits for

	calendar *intake.Calendar // by which the days of applications are counted

	// replica is the open transaction of what can be fetched again; lost tells
	// that one failed and its bringers do not know yet. Both are the writer's.
	replica *Tx
	lost    bool

	// mu guards everything below: the writer holds it from the first decision
	// of a batch until its commit, so that no reader sees what is not saved.
	mu    sync.RWMutex
	node  *core.Node
	ids   map[core.ChainID]int64 // the chains' rows
	rows  projection
	spans map[span]bool // stretches of time that have tickets' rows
	// settled is the day on which old number blocks were last looked for.
	settled hall.Date
	recent  []core.Row // the newest rows of the log, for whoever follows it closely
	broken  error      // a commit failed and memory is not what the disk holds

	lastBulk time.Time // when bulk was written last; the writer's

	turn    sync.Mutex // held by whoever writes: the writer, or a caller that found it idle
	jobs    chan job
	bulk    chan job // what nobody stands waiting for
	closed  chan struct{}
	ended   sync.WaitGroup
	once    sync.Once
	full    atomic.Bool
	replies atomic.Int64 // see Replies
	// followed tells that somebody reads this log as it grows.
	followed atomic.Bool

	// Watchers hear of every commit that changed something.
	watch.Watchers
}

// Open opens or makes a database. A file that is not ours, or is of a newer
// program, is an error with a next step; nothing is changed then, and nothing is
// ever deleted or reset.
func Open(opt Options) (*Store, error) {
	if opt.MaxBatch == 0 {
		opt.MaxBatch = 64
	}
	if opt.Synchronous == "" {
		opt.Synchronous = "FULL"
	}
	if !opt.Origin.Valid() {
		return nil, fmt.Errorf("open database: origin %q is not \"hall/device\" in lower-case letters, digits and '-'", opt.Origin)
	}
	if err := os.MkdirAll(filepath.Dir(opt.Path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := ours(opt.Path); err != nil {
		return nil, err
	}
	lockOnce.Do(openLocks)
	calendar, err := shippedCalendar()
	if err != nil {
		return nil, err
	}
	s := &Store{opt: opt, calendar: calendar, jobs: make(chan job, 4*opt.MaxBatch), bulk: make(chan job, 4*opt.MaxBatch), closed: make(chan struct{}),
		sync: opt.Synchronous}
	if err := s.open(); err != nil {
		s.shut()
		return nil, err
	}
	s.ended.Add(1)
	go s.write()
	if err := s.recount(context.Background()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

var (
	lockOnce        sync.Once
	shippedCalendar = sync.OnceValues(intake.ShippedCalendar)
)

// openLocks asks for locks that belong to the open file, not to the process, so
// that closing one handle does not drop the locks of another. Where the kernel
// has none the ordinary locks serve.
func openLocks() { _, _ = sqlite.OFDLocking(true) }

// ErrForeign says that a file is not a database of this program.
var ErrForeign = errors.New("not a OneWindow database")

// ours looks at the file's header without opening it as a database. Where a log or
// journal lies beside it, the header may be torn until SQLite has recovered it: what
// it says of itself is asked afterwards then (see migrate).
func ours(path string) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if i, err := os.Stat(path + suffix); err == nil && i.Size() > 0 {
			return nil
		}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer f.Close()
	var head [72]byte
	n, err := f.Read(head[:])
	if n == 0 {
		return nil // empty: SQLite made it and was stopped before the first page
	}
	if err != nil || n < len(head) || string(head[:15]) != "SQLite format 3" {
		return fmt.Errorf("%s is %w: it is left as it is; name another data folder with --data, or move the file away", path, ErrForeign)
	}
	if id := binary.BigEndian.Uint32(head[68:72]); id != applicationID && id != 0 {
		return fmt.Errorf("%s is %w (its mark is %08x): it is left as it is; name another data folder with --data", path, ErrForeign, id)
	}
	return nil
}

// logKept is how large SQLite's own log stays in bytes once it is in the database: a
// backup of a large database lets it grow, and it would stay so for ever.
const logKept = 16 << 20

func (s *Store) open() error {
	q := url.Values{}
	q.Set("_txlock", "immediate")
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + s.opt.Synchronous + ")", "cache_size(-16000)",
		fmt.Sprintf("journal_size_limit(%d)", logKept)} {
		q.Add("_pragma", p)
	}
	ro := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(1)", "cache_size(-2048)"}}
	if s.opt.VFS != "" {
		q.Set("vfs", s.opt.VFS)
		ro.Set("vfs", s.opt.VFS)
	}
	var err error
	if s.writer, err = sql.Open("sqlite", "file:"+s.opt.Path+"?"+q.Encode()); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.writer.SetMaxOpenConns(1)
	if err := migrate(s.writer, s.opt.Path); err != nil {
		return err
	}
	if s.pool, err = sql.Open("sqlite", "file:"+s.opt.Path+"?"+ro.Encode()); err != nil {
		return fmt.Errorf("open readers: %w", err)
	}
	s.pool.SetMaxOpenConns(4)
	s.pool.SetMaxIdleConns(1)
	s.reader = prepare(s.pool)
	if s.conn, err = s.writer.Conn(context.Background()); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.hand = newHand(s.conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load()
}

// migrate marks a new database as ours and brings an older one to this program's version.
func migrate(db *sql.DB, path string) error {
	ctx := context.Background()
	var id int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("read database %s: %w: it is left as it is; restore it from a backup, or name another data folder with --data", path, err)
	}
	if id == 0 {
		var tables int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
			return fmt.Errorf("read database: %w", err)
		}
		if tables > 0 {
			return fmt.Errorf("%s is %w: it has tables of another program and is left as it is; name another data folder with --data", path, ErrForeign)
		}
		if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return fmt.Errorf("mark database: %w", err)
		}
	}
	p, err := steps(db)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("%s was written by a newer program (version %d, this one knows %d): install the newer program again; nothing was changed", path, have, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the database to this program's version: %w", err)
	}
	return nil
}

// steps are the versions of the database, one after the other.
func steps(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithTableName("schema_version"))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// Close waits for the write under way and closes the database.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closed) })
	s.ended.Wait()
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.shut()
}

func (s *Store) shut() error {
	errs := []error{s.hand.close(), s.reader.close()}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.pool != nil {
		errs = append(errs, s.pool.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	return errors.Join(errs...)
}

// Origin is whose store this is.
func (s *Store) Origin() event.Origin { return s.opt.Origin }

// Path is the database file.
func (s *Store) Path() string { return s.opt.Path }

// Key signs for this node.
func (s *Store) Key() ed25519.PrivateKey { return s.opt.Key }

// Epoch is the life of this database. It changes only after a fork (see Renew).
func (s *Store) Epoch() event.Epoch {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Epoch()
}

// Now gives the injected wall clock in ms.
func (s *Store) Now() int64 { return s.opt.Now() }

// DiskFull tells whether the last write failed for lack of space.
func (s *Store) DiskFull() bool { return s.full.Load() }

// View lets a reader look at a hall as it is saved. The hall must not be
// changed or kept after fn returns.
func (s *Store) View(id hall.ID, fn func(*hall.Hall)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := s.node.Hall(id)
	if h == nil {
		h = hall.New(id)
	}
	fn(h)
}

// Halls lists the halls heard of.
func (s *Store) Halls() []hall.ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.node.Halls()
}

// Reader is the read-only pool, for pages that list what lies in the tables.
func (s *Store) Reader() *sql.DB { return s.pool }

func newEpoch() (event.Epoch, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, fmt.Errorf("draw an epoch: %w", err)
	}
	// SQLite's integers are signed: the highest bit stays free.
	return event.Epoch(binary.BigEndian.Uint64(b[:])>>1 | 1), nil
}
