package baddisk

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// inode is the content of a file apart from its name.
type inode struct {
	safe  []byte
	later []Step // writes and truncations since the last sync
	// seen is what programs read, kept only after a failed sync: that has forgotten
	// writes which programs still see, and which no later sync makes safe.
	seen []byte
}

// entry is a name of the folder. The last of later is what programs see now, nil
// where the name was taken away.
type entry struct {
	safe  *inode
	later []*inode
}

func (e *entry) now() *inode {
	if n := len(e.later); n > 0 {
		return e.later[n-1]
	}
	return e.safe
}

// Platter is what a disk holds at one moment of a trace: what is safe, and what
// the system has taken but may still lose.
type Platter struct {
	names map[string]*entry
}

// NewPlatter gives an empty one.
func NewPlatter() *Platter { return &Platter{names: map[string]*entry{}} }

// Do moves it on by one step of a trace. A step on a file that was never opened
// is a broken trace, and it panics.
func (p *Platter) Do(s Step) {
	switch s.Kind {
	case Mark:
		return
	case Open:
		e := p.names[s.File]
		if e == nil {
			e = &entry{}
			p.names[s.File] = e
		}
		if s.Lasting {
			e.safe, e.later = &inode{safe: slices.Clone(s.Data)}, nil
		} else {
			e.later = append(e.later, &inode{})
		}
		return
	case Delete:
		e := p.names[s.File]
		if e == nil {
			return // SQLite also deletes what it never opened here
		}
		e.later = append(e.later, nil)
		if s.Lasting {
			p.settle()
		}
		return
	}
	f := p.names[s.File].now()
	if s.Kind != Sync {
		if f.later = append(f.later, s); f.seen != nil {
			f.seen = change(f.seen, s)
		}
		return
	}
	if s.Failed {
		f.seen, f.later = f.now(), nil
		return
	}
	for _, w := range f.later {
		f.safe = change(f.safe, w)
	}
	f.later = nil
	if s.Lasting {
		p.settle()
	}
}

// now gives what programs read.
func (f *inode) now() []byte {
	if f.seen != nil {
		return slices.Clone(f.seen)
	}
	b := slices.Clone(f.safe)
	for _, s := range f.later {
		b = change(b, s)
	}
	return b
}

// settle makes the names safe, as the sync of a folder does.
func (p *Platter) settle() {
	for _, e := range p.names {
		e.safe, e.later = e.now(), nil
	}
}

func change(b []byte, s Step) []byte {
	switch s.Kind {
	case Truncate:
		if int64(len(b)) > s.At {
			return b[:s.At]
		}
		return append(b, make([]byte, s.At-int64(len(b)))...)
	case Write:
		if end := s.At + int64(len(s.Data)); int64(len(b)) < end {
			b = append(b, make([]byte, end-int64(len(b)))...)
		}
		copy(b[s.At:], s.Data)
	}
	return b
}

// Luck is what becomes of the writes that are not safe when the power goes.
type Luck uint8

// The sorts of luck. What is safe stays in each of them.
const (
	// Nothing of them is on the disk.
	Nothing Luck = iota
	// Everything is, as when only the program dies.
	Everything
	// Some sectors are, each as it was after some write or before all of them.
	Some
	// Torn is Some, and sectors on which the power went hold a part of the new
	// bytes or rubbish where they were written.
	Torn
	// Reordered is that whole writes come out of order, and only the first of them.
	Reordered
	lucks
)

// String names a luck for reports.
func (l Luck) String() string {
	return []string{"nothing", "everything", "some sectors", "torn sectors", "reordered"}[l]
}

// AnyLuck draws one.
func AnyLuck(r *rand.Rand) Luck { return Luck(r.IntN(int(lucks))) }

// Cut gives the files that a power cut could leave at this moment, by name. The
// platter itself stays as it is, so that one run through a trace serves for every
// moment of it. The same r gives the same files.
func (p *Platter) Cut(l Luck, r *rand.Rand) map[string][]byte {
	sector := []int64{512, 4096}[r.IntN(2)]
	out := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(p.names)) {
		e := p.names[name]
		f := e.safe
		switch {
		case l == Everything:
			f = e.now()
		case l != Nothing:
			if n := r.IntN(len(e.later) + 1); n > 0 {
				f = e.later[n-1]
			}
		}
		if f != nil {
			out[name] = f.cut(l, sector, r)
		}
	}
	return out
}

func (f *inode) cut(l Luck, sector int64, r *rand.Rand) []byte {
	b := slices.Clone(f.safe)
	switch {
	case l == Everything:
		return f.now()
	case l == Nothing || len(f.later) == 0:
		return b
	case l == Reordered:
		for _, i := range r.Perm(len(f.later))[:r.IntN(len(f.later)+1)] {
			b = change(b, f.later[i])
		}
		return b
	}
	return f.sectors(l, sector, r)
}

// sectors puts a file together from sectors that each came as far as they came,
// and of a size that the file had at some time.
func (f *inode) sectors(l Luck, sector int64, r *rand.Rand) []byte {
	size := int64(len(f.safe))
	sizes := []int64{size}
	touched := map[int64][]Step{} // what was done to each sector, in order
	for _, s := range f.later {
		from, upto := s.At, s.At+int64(len(s.Data))
		if s.Kind == Truncate {
			upto = max(size, s.At) // what lies behind the new end is gone
			size = s.At
		}
		size = max(size, from+int64(len(s.Data)))
		sizes = append(sizes, size)
		for n := from / sector; n*sector < upto; n++ {
			touched[n] = append(touched[n], s)
		}
	}
	end := size
	if r.IntN(2) == 0 {
		end = sizes[r.IntN(len(sizes))]
	}
	arrives := []float64{0.1, 0.5, 0.9}[r.IntN(3)]
	b := make([]byte, end)
	copy(b, f.safe)
	for _, n := range slices.Sorted(maps.Keys(touched)) {
		if n*sector >= end || r.Float64() > arrives {
			continue
		}
		steps := touched[n]
		if r.IntN(3) == 0 {
			steps = steps[:r.IntN(len(steps)+1)]
		}
		torn := l == Torn && r.IntN(4) == 0
		for i, s := range steps {
			apply(b, s, n*sector, min(end, (n+1)*sector), torn && i == len(steps)-1, r)
		}
	}
	return b
}

// apply does one step to the bytes of one sector. A torn write keeps the old
// bytes behind some point or before it, or leaves rubbish: only where it wrote,
// because SQLite counts on disks that leave alone what is beside a write.
func apply(b []byte, s Step, from, upto int64, torn bool, r *rand.Rand) {
	if s.Kind == Truncate {
		if s.At < upto {
			clear(b[max(from, s.At):upto])
		}
		return
	}
	first, last := max(from, s.At), min(upto, s.At+int64(len(s.Data)))
	if first >= last {
		return
	}
	if torn {
		switch at := first + r.Int64N(last-first); r.IntN(3) {
		case 0:
			last = at
		case 1:
			first = at
		default:
			for i := first; i < last; i++ {
				b[i] = byte(r.Uint32())
			}
			return
		}
	}
	copy(b[first:last], s.Data[first-s.At:last-s.At])
}
