// Package baddisk is a disk for tests that fails, fills up and loses power. It
// stands as a SQLite VFS in front of the real one: it notes what a database
// writes and when that is safe, refuses what a test tells it to refuse, and makes
// from its notes the files that a power cut could have left behind. It knows
// nothing of halls and tickets; nothing of it is in the product.
package baddisk

import (
	"fmt"
	"slices"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// Kind is what is done to a file. Kinds can be joined with | in a Fault.
type Kind uint8

// The kinds of steps.
const (
	// Open is the opening of a file. In a trace it stands once for each file: empty
	// when it was made, with its content when it was there already.
	Open Kind = 1 << iota
	// Write puts bytes at an offset.
	Write
	// Truncate sets a file's size.
	Truncate
	// Sync returns when all earlier writes of its file are safe.
	Sync
	// Delete takes a name away.
	Delete
	// Mark is not about a file: a test noted something of its own.
	Mark
)

// String names a kind for reports.
func (k Kind) String() string {
	names := map[Kind]string{Open: "open", Write: "write", Truncate: "truncate", Sync: "sync", Delete: "delete", Mark: "mark"}
	if n := names[k]; n != "" {
		return n
	}
	return fmt.Sprintf("kinds %b", uint8(k))
}

// Step is one line of a trace.
type Step struct {
	Kind Kind
	// File is the name within the database's folder, "" for a temporary file.
	File string
	// At is the offset of a Write and the size after a Truncate.
	At int64
	// Data is what was written, or what an opened file held.
	Data []byte
	// Lasting tells that the names of the folder are safe as well: of a Sync, that
	// SQLite syncs the folder with it; of a Delete, that it waits for the folder; of
	// an Open, that the file was there before.
	Lasting bool
	// Failed marks a Sync that was refused: what it was to make safe may be lost for
	// good, because a system forgets such writes and says yes the next time.
	Failed bool
	// Note is the number that a test put in with a Mark.
	Note int
}

// Trouble is how a disk fails.
type Trouble uint8

const (
	// NoSpace is a disk that is full.
	NoSpace Trouble = iota
	// Broken is a disk that answers with I/O errors.
	Broken
)

// String names a trouble for reports.
func (t Trouble) String() string { return []string{"no space", "I/O error"}[t] }

// code is the answer that SQLite's own VFS gives in such trouble.
func (t Trouble) code(k Kind) int32 {
	if t == NoSpace && k != Open {
		return sqlite3.SQLITE_FULL
	}
	switch k {
	case Write:
		return sqlite3.SQLITE_IOERR_WRITE
	case Sync:
		return sqlite3.SQLITE_IOERR_FSYNC
	case Truncate:
		return sqlite3.SQLITE_IOERR_TRUNCATE
	case Delete:
		return sqlite3.SQLITE_IOERR_DELETE
	}
	return sqlite3.SQLITE_CANTOPEN
}

// Fault tells which steps fail from now on.
type Fault struct {
	// On are the kinds that are counted and can fail.
	On Kind
	// File is the one file whose steps count; all when empty.
	File string
	// Nth is which of them fails, from 1.
	Nth int
	// Trouble is how it fails.
	Trouble Trouble
	// Lasting lets every later one fail too, until Heal.
	Lasting bool
	// Torn brings the first half of a failing write to the disk, as a disk that
	// fills up in the middle of it does.
	Torn bool
}

// String tells a fault for reports.
func (f Fault) String() string {
	text := fmt.Sprintf("%s at step %d", f.Trouble, f.Nth)
	if f.File != "" {
		text += " of " + f.File
	}
	if f.Lasting {
		text += " and after it"
	}
	if f.Torn {
		text += ", torn"
	}
	return text
}

// Disk is a bad disk: every database that is opened with its name lies on it.
// Its methods are safe for concurrent use.
type Disk struct {
	name string

	mu      sync.Mutex
	steps   []Step
	known   map[string]bool // files whose Open is in the trace
	fault   *Fault
	counted int
	failed  []Step
	seen    map[Kind]int

	handle, vfs, cname uintptr
	open               int // files that SQLite holds
}

// Name is what a data source name must say as "vfs".
func (d *Disk) Name() string { return d.name }

// Break lets steps fail from now on. An earlier fault ends.
func (d *Disk) Break(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.counted, d.failed = &f, 0, nil
}

// Heal ends the fault and gives the steps that failed, without their bytes.
func (d *Disk) Heal() []Step {
	d.mu.Lock()
	defer d.mu.Unlock()
	failed := d.failed
	d.fault, d.failed = nil, nil
	return failed
}

// Count tells how many steps of the kinds the disk was asked for since it was made, failed ones too.
func (d *Disk) Count(on Kind) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for k, seen := range d.seen {
		if k&on != 0 {
			n += seen
		}
	}
	return n
}

// Mark puts a number into the trace: whatever a test knows at this moment.
func (d *Disk) Mark(note int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps = append(d.steps, Step{Kind: Mark, Note: note})
}

// Trace gives what was done since the disk was made. Of what failed it has the
// syncs and the halves of torn writes, because only these change anything.
func (d *Disk) Trace() []Step {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.steps)
}

// note adds a step that succeeded; the caller holds mu. Temporary files are
// gone after a power cut whatever was in them.
func (d *Disk) note(s Step) {
	if s.File != "" {
		d.steps = append(d.steps, s)
	}
}

// refuse tells whether a step fails now, and with which code; the caller holds mu.
func (d *Disk) refuse(k Kind, file string, at int64) (code int32, torn bool) {
	d.seen[k]++
	f := d.fault
	if f == nil || f.On&k == 0 || f.File != "" && f.File != file {
		return sqlite3.SQLITE_OK, false
	}
	d.counted++
	if d.counted != f.Nth && (d.counted < f.Nth || !f.Lasting) {
		return sqlite3.SQLITE_OK, false
	}
	d.failed = append(d.failed, Step{Kind: k, File: file, At: at})
	return f.Trouble.code(k), f.Torn
}
