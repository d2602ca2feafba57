// Package vault keeps backups of one database in a folder: when the next one is due,
// that only a proved one gets its name, and which old ones may go. What a backup is
// and what proves it is its maker's; putting one back is not done here.
package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options of Start.
type Options struct {
	// Dir is the folder of the backups, Name what their names begin with.
	Dir, Name string
	// Make writes a backup into a new file and proves it; the text tells what was proved.
	Make func(ctx context.Context, path string) (string, error)
	// Bytes is how large a backup will be at most, Free how much room the folder's disk
	// has: a backup may never take the room that tickets need.
	Bytes func() int64
	Free  func() (uint64, error)
	// Every is the pause between backups (0: an hour); Settle is how long a program that
	// has just started is left alone (0: 30 s).
	Every, Settle time.Duration
	// Now is the wall clock in ms: it dates the files.
	Now    func() int64
	Logger *slog.Logger
}

// What is kept: the newest Hourly, and of the days before them the newest of each of
// Daily days.
const (
	Hourly = 24
	Daily  = 7
)

// reserve is what a backup leaves free beside its own double size.
const reserve = 64 << 20

// unproved is the name of a backup until it is proved, behind the vault's own.
const unproved = ".unproved"

// layout is the time in a backup's name, in UTC, so that names sort by age.
const layout = "20060102T150405Z"

// Vault makes backups until Stop.
type Vault struct {
	opt    Options
	cancel context.CancelFunc
	done   sync.WaitGroup
	one    sync.Mutex // one backup at a time
}

// Start makes a backup whenever the newest is older than Every.
func Start(opt Options) *Vault {
	if opt.Every == 0 {
		opt.Every = time.Hour
	}
	if opt.Settle == 0 {
		opt.Settle = 30 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	v := &Vault{opt: opt, cancel: cancel}
	v.done.Go(func() { v.run(ctx) })
	return v
}

// Stop ends a backup under way and all further ones.
func (v *Vault) Stop() error {
	v.cancel()
	v.done.Wait()
	return nil
}

func (v *Vault) run(ctx context.Context) {
	pause := v.opt.Settle
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(v.opt.Every, time.Minute)
		if !v.due() {
			continue
		}
		if _, err := v.Keep(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			v.opt.Logger.Error("the backup is not good and does not count; the older ones are kept", "next", "look at the disk, and run onewindowd check", "error", err)
			pause = min(v.opt.Every, 10*time.Minute)
		}
	}
}

// due tells whether the newest backup is too old. One from the future says that the
// clock has changed: its age is not known, and another one is made.
func (v *Vault) due() bool {
	newest := v.NewestMS()
	age := v.opt.Now() - newest
	return newest == 0 || age < 0 || age >= v.opt.Every.Milliseconds()
}

// NewestMS is when the newest backup was made, in ms since 1970 by the clock of then; 0
// when there is none.
func (v *Vault) NewestMS() int64 {
	list := v.list()
	if len(list) == 0 {
		return 0
	}
	at, _ := timeOf(list[len(list)-1])
	return at.UnixMilli()
}

// Keep makes one backup now, proves it, gives it its name and lets the surplus of old
// ones go. It gives the path.
func (v *Vault) Keep(ctx context.Context) (string, error) {
	v.one.Lock()
	defer v.one.Unlock()
	if err := os.MkdirAll(v.opt.Dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of backups: %w", err)
	}
	draft := filepath.Join(v.opt.Dir, v.opt.Name+unproved)
	// What lies there is a try that was cut short or not good; the database itself is what counts.
	for _, suffix := range []string{"", "-journal"} {
		if err := os.Remove(draft + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("clear the last try: %w", err)
		}
	}
	need := uint64(2*v.opt.Bytes() + reserve)
	if free, err := v.opt.Free(); err == nil && free < need {
		return "", fmt.Errorf("there is no room for a backup: %d MB are free in %s and %d MB are needed: make room on the disk", free>>20, v.opt.Dir, need>>20)
	}
	began := time.Now()
	told, err := v.opt.Make(ctx, draft)
	if err != nil {
		return "", fmt.Errorf("back up %s: %w", v.opt.Name, err)
	}
	name := v.opt.Name + "-" + time.UnixMilli(v.opt.Now()).UTC().Format(layout) + ".db"
	path := filepath.Join(v.opt.Dir, name)
	if err := os.Rename(draft, path); err != nil {
		return "", fmt.Errorf("name the backup: %w", err)
	}
	if d, err := os.Open(v.opt.Dir); err == nil {
		_ = d.Sync() // where a folder cannot be synced the file system's own journal has to do
		_ = d.Close()
	}
	v.opt.Logger.Info("backup made and proved", "file", path, "took", time.Since(began).Round(time.Millisecond), "proved", told)
	for _, old := range Surplus(v.list()) {
		if old == name {
			continue // by a clock that went back it seems to be the oldest
		}
		if err := os.Remove(filepath.Join(v.opt.Dir, old)); err != nil {
			v.opt.Logger.Warn("an old backup could not be removed", "error", err)
		}
	}
	return path, nil
}

// list gives the names of the backups, the oldest first.
func (v *Vault) list() []string {
	entries, err := os.ReadDir(v.opt.Dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if _, ok := timeOf(e.Name()); ok && strings.HasPrefix(e.Name(), v.opt.Name+"-") {
			out = append(out, e.Name())
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		x, _ := timeOf(a)
		y, _ := timeOf(b)
		return x.Compare(y)
	})
	return out
}

// timeOf reads when a backup was made out of its name; false for every other file.
func timeOf(name string) (time.Time, bool) {
	base, ok := strings.CutSuffix(name, ".db")
	dash := strings.LastIndexByte(base, '-')
	if !ok || dash < 1 {
		return time.Time{}, false
	}
	at, err := time.Parse(layout, base[dash+1:])
	return at, err == nil
}

// Surplus tells which of the backups, the oldest first, need not be kept.
func Surplus(names []string) []string {
	if len(names) <= Hourly {
		return nil
	}
	older := names[:len(names)-Hourly]
	days := map[string]bool{}
	var out []string
	for i := len(older) - 1; i >= 0; i-- {
		at, _ := timeOf(older[i])
		day := at.Format(time.DateOnly)
		if days[day] || len(days) == Daily {
			out = append(out, older[i])
			continue
		}
		days[day] = true
	}
	return out
}
