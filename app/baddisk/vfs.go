package baddisk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite calls a VFS through two tables of C functions. Ours are Go functions
// with the same shapes as the transpiled ones; whatever this disk does not look
// at goes on to the VFS beneath with its own pointers.

// file lies in front of the real file in the memory that SQLite gives for one.
type file struct {
	methods uintptr
	handle  uintptr
}

// head is the size of what lies in front, a multiple of what C aligns to.
const head = 16

// opened is what is known of an open file. A trace knows it by its name.
type opened struct {
	disk *Disk
	name string
	// folder tells that SQLite syncs the folder with this file's first sync, as it
	// does for a journal and a WAL that it may have made.
	folder bool
}

// things are the disks and open files by the handles that C memory has of them:
// Go pointers may not lie there.
var things = struct {
	sync.Mutex
	last uintptr
	by   map[uintptr]any
}{by: map[uintptr]any{}}

func keep(x any) uintptr {
	things.Lock()
	defer things.Unlock()
	things.last++
	things.by[things.last] = x
	return things.last
}

func drop(handle uintptr) {
	things.Lock()
	defer things.Unlock()
	delete(things.by, handle)
}

func thing[T any](handle uintptr) T {
	things.Lock()
	defer things.Unlock()
	return things.by[handle].(T)
}

// at makes a pointer of an address in C memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// code is a Go function as C code calls it; only functions of the package's top
// level have a fixed place.
func code[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the opposite of code.
func function[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&address)) }

// beneath gives the file beneath and its table.
func beneath(f uintptr) (uintptr, *sqlite3.Tsqlite3_io_methods) {
	r := f + head
	return r, at[sqlite3.Tsqlite3_io_methods](at[file](r).methods)
}

func of(f uintptr) *opened { return thing[*opened](at[file](f).handle) }

// ErrInUse says that a database on the disk is still open.
var ErrInUse = errors.New("a database on this disk is still open")

// New makes a disk that works until it is told otherwise, in front of the VFS
// that databases have by default. Close it when its databases are closed.
func New() (*Disk, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	d := &Disk{seen: map[Kind]int{}, known: map[string]bool{}}
	base := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if base == 0 {
		return nil, errors.New("make a bad disk: SQLite has no VFS")
	}
	d.handle = keep(d)
	d.name = fmt.Sprintf("baddisk%d", d.handle)
	var err error
	if d.cname, err = libc.CString(d.name); err != nil {
		drop(d.handle)
		return nil, fmt.Errorf("make a bad disk: %w", err)
	}
	d.vfs = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if d.vfs == 0 {
		d.free(tls)
		return nil, errors.New("make a bad disk: out of memory")
	}
	// The rest of the table asks nothing of the VFS that it is called for.
	v := at[sqlite3.Tsqlite3_vfs](d.vfs)
	*v = *at[sqlite3.Tsqlite3_vfs](base)
	v.FszOsFile += head
	v.FpNext, v.FzName, v.FpAppData = 0, d.cname, d.handle
	v.FxOpen, v.FxDelete = code(vfsOpen), code(vfsDelete)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, d.vfs, 0); rc != sqlite3.SQLITE_OK {
		d.free(tls)
		return nil, fmt.Errorf("make a bad disk: SQLite answers %d", rc)
	}
	return d, nil
}

func (d *Disk) free(tls *libc.TLS) {
	drop(d.handle)
	libc.Xfree(tls, d.cname)
	libc.Xfree(tls, d.vfs)
}

// Close takes the disk away from SQLite. ErrInUse while a database lies on it:
// SQLite would go on through memory that is gone.
func (d *Disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open > 0 {
		return fmt.Errorf("close %s: %w: %d files", d.name, ErrInUse, d.open)
	}
	tls := libc.NewTLS()
	defer tls.Close()
	rc := sqlite3.Xsqlite3_vfs_unregister(tls, d.vfs)
	d.free(tls)
	if rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("close %s: SQLite answers %d", d.name, rc)
	}
	return nil
}

// below finds the VFS that ours stands in front of.
func below(tls *libc.TLS) uintptr { return sqlite3.Xsqlite3_vfs_find(tls, 0) }

func vfsOpen(tls *libc.TLS, vfs, zName, f uintptr, flags int32, out uintptr) int32 {
	d := thing[*Disk](at[sqlite3.Tsqlite3_vfs](vfs).FpAppData)
	o := &opened{disk: d, folder: flags&sqlite3.SQLITE_OPEN_CREATE != 0 && flags&(sqlite3.SQLITE_OPEN_MAIN_JOURNAL|sqlite3.SQLITE_OPEN_WAL) != 0}
	path := ""
	if zName != 0 {
		path = libc.GoString(zName)
		o.name = filepath.Base(path)
	}
	mine := at[file](f)
	*mine = file{}
	at[file](f + head).methods = 0
	d.mu.Lock()
	defer d.mu.Unlock()
	if rc, _ := d.refuse(Open, o.name, 0); rc != sqlite3.SQLITE_OK {
		return rc
	}
	step := Step{Kind: Open, File: o.name}
	if !d.known[o.name] && path != "" {
		if raw, err := os.ReadFile(path); err == nil {
			step.Data, step.Lasting = raw, true
		}
	}
	base := below(tls)
	rc := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[sqlite3.Tsqlite3_vfs](base).FxOpen)(tls, base, zName, f+head, flags, out)
	// A file whose table is set is closed by SQLite even when it could not be opened.
	if at[file](f+head).methods != 0 {
		mine.methods, mine.handle = methods, keep(o)
		d.open++
	}
	if rc == sqlite3.SQLITE_OK && !d.known[o.name] {
		d.known[o.name] = true
		d.note(step)
	}
	return rc
}

func vfsDelete(tls *libc.TLS, vfs, zName uintptr, folder int32) int32 {
	d := thing[*Disk](at[sqlite3.Tsqlite3_vfs](vfs).FpAppData)
	name := filepath.Base(libc.GoString(zName))
	d.mu.Lock()
	defer d.mu.Unlock()
	if rc, _ := d.refuse(Delete, name, 0); rc != sqlite3.SQLITE_OK {
		return rc
	}
	base := below(tls)
	rc := function[func(*libc.TLS, uintptr, uintptr, int32) int32](at[sqlite3.Tsqlite3_vfs](base).FxDelete)(tls, base, zName, folder)
	if rc == sqlite3.SQLITE_OK {
		delete(d.known, name)
		d.note(Step{Kind: Delete, File: name, Lasting: folder != 0})
	}
	return rc
}

// methods is the table of our files. Its version is below the one with which
// SQLite maps files into memory: such writes would pass unseen.
var methods = func() uintptr {
	m := &table
	m.FiVersion = 2
	m.FxClose, m.FxRead, m.FxWrite, m.FxTruncate, m.FxSync = code(fileClose), code(fileRead), code(fileWrite), code(fileTruncate), code(fileSync)
	m.FxFileSize, m.FxLock, m.FxUnlock, m.FxCheckReservedLock = code(fileSize), code(fileLock), code(fileUnlock), code(fileCheckReservedLock)
	m.FxFileControl, m.FxSectorSize, m.FxDeviceCharacteristics = code(fileControl), code(fileSectorSize), code(fileDeviceCharacteristics)
	m.FxShmMap, m.FxShmLock, m.FxShmBarrier, m.FxShmUnmap = code(shmMap), code(shmLock), code(shmBarrier), code(shmUnmap)
	return *(*uintptr)(unsafe.Pointer(&m))
}()

// table stays where it is, because Go does not move what is global.
var table sqlite3.Tsqlite3_io_methods

func fileClose(tls *libc.TLS, f uintptr) int32 {
	r, m := beneath(f)
	rc := function[func(*libc.TLS, uintptr) int32](m.FxClose)(tls, r)
	d := of(f).disk
	drop(at[file](f).handle)
	d.mu.Lock()
	d.open--
	d.mu.Unlock()
	return rc
}

func fileWrite(tls *libc.TLS, f, bytes uintptr, n int32, offset int64) int32 {
	r, m := beneath(f)
	o := of(f)
	o.disk.mu.Lock()
	defer o.disk.mu.Unlock()
	refused, torn := o.disk.refuse(Write, o.name, offset)
	if refused != sqlite3.SQLITE_OK {
		if n /= 2; !torn || n == 0 {
			return refused
		}
	}
	rc := function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](m.FxWrite)(tls, r, bytes, n, offset)
	if rc == sqlite3.SQLITE_OK && o.name != "" {
		o.disk.note(Step{Kind: Write, File: o.name, At: offset, Data: slices.Clone(unsafe.Slice(at[byte](bytes), n))})
	}
	if refused != sqlite3.SQLITE_OK {
		return refused
	}
	return rc
}

func fileTruncate(tls *libc.TLS, f uintptr, size int64) int32 {
	r, m := beneath(f)
	o := of(f)
	o.disk.mu.Lock()
	defer o.disk.mu.Unlock()
	if rc, _ := o.disk.refuse(Truncate, o.name, size); rc != sqlite3.SQLITE_OK {
		return rc
	}
	rc := function[func(*libc.TLS, uintptr, int64) int32](m.FxTruncate)(tls, r, size)
	if rc == sqlite3.SQLITE_OK {
		o.disk.note(Step{Kind: Truncate, File: o.name, At: size})
	}
	return rc
}

func fileSync(tls *libc.TLS, f uintptr, flags int32) int32 {
	r, m := beneath(f)
	o := of(f)
	o.disk.mu.Lock()
	defer o.disk.mu.Unlock()
	if rc, _ := o.disk.refuse(Sync, o.name, 0); rc != sqlite3.SQLITE_OK {
		o.disk.note(Step{Kind: Sync, File: o.name, Failed: true})
		return rc
	}
	rc := function[func(*libc.TLS, uintptr, int32) int32](m.FxSync)(tls, r, flags)
	if rc == sqlite3.SQLITE_OK {
		o.disk.note(Step{Kind: Sync, File: o.name, Lasting: o.folder})
		o.folder = false
	}
	return rc
}
