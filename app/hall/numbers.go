package hall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"onewindow/app/event"
)

// zone is the civil time of the whole country: UTC+8 without summer time.
var zone = time.FixedZone("UTC+8", 8*3600)

// A business day begins at 04:00 local time, which is 20:00 UTC of the day before.
const (
	dayMS      = int64(24 * 3600_000)
	dayBeginMS = int64(20 * 3600_000)
)

// dayEnd gives the end of a moment's business day in ms.
func dayEnd(ms int64) int64 { return ms - (ms-dayBeginMS)%dayMS + dayMS }

// DateOf gives the business day of a moment: it changes at 04:00 local time.
func DateOf(ms int64) Date {
	y, m, d := time.UnixMilli(ms - dayBeginMS + dayMS).UTC().Date()
	if y < 0 || y > 9999 {
		return Date(time.UnixMilli(ms).In(zone).Add(-4 * time.Hour).Format(time.DateOnly))
	}
	return Date([]byte{digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-', digit(int(m) / 10), digit(int(m)), '-', digit(d / 10), digit(d)})
}

func digit(n int) byte { return byte('0' + n%10) }

// ClockOf gives the local clock time of a moment, "09:05".
func ClockOf(ms int64) string { return time.UnixMilli(ms).In(zone).Format("15:04") }

// LocalTime gives a moment in the halls' civil time.
func LocalTime(ms int64) time.Time { return time.UnixMilli(ms).In(zone) }

// At gives the moment of a clock time ("09:05" or "09:05:30") on a business day, in ms.
func At(d Date, clock string) (int64, error) {
	layout := "2006-01-02 15:04"
	if strings.Count(clock, ":") == 2 {
		layout += ":05"
	}
	t, err := time.ParseInLocation(layout, string(d)+" "+clock, zone)
	if err != nil {
		return 0, fmt.Errorf("read clock time: %w", err)
	}
	return t.UnixMilli(), nil
}

type series struct {
	date    Date
	service Letter
}

// blocks are the leased ranges of one series and what is known to be used of it.
type blocks struct {
	leased []Block
	voided []Block
	used   []bool      // by number
	left   map[int]int // first number of a leased block -> how many of it are unused
	own    map[int]int // kiosk digit -> highest number of its own series
	top    int         // highest number leased or seen
}

func (b *blocks) isUsed(n int) bool { return n < len(b.used) && b.used[n] }

func (b *blocks) use(n int) {
	if n >= len(b.used) {
		b.used = append(b.used, make([]bool, n+1-len(b.used))...)
	}
	b.used[n] = true
}

func (h *Hall) series(d Date, s Letter) *blocks {
	k := series{d, s}
	b := h.blocks[k]
	if b == nil {
		b = &blocks{left: map[int]int{}, own: map[int]int{}}
		h.blocks[k] = b
	}
	return b
}

func (h *Hall) lease(b Block, voided bool) {
	s := h.series(b.Date, b.Service)
	s.top = max(s.top, b.To)
	list := &s.leased
	if voided {
		list = &s.voided
	}
	if !slices.Contains(*list, b) {
		*list = append(*list, b)
		slices.SortFunc(*list, func(x, y Block) int { return x.From - y.From })
	}
	if !voided {
		s.left[b.From] = 0
		for n := b.From; n <= b.To; n++ {
			if !s.isUsed(n) {
				s.left[b.From]++
			}
		}
	}
}

// counted notes that a ticket carries its number.
func (h *Hall) counted(f Issued) {
	s := h.series(f.Date, f.Service)
	n, digit, ok := f.Number.parse(f.Service)
	switch {
	case !ok:
	case digit > 0:
		s.own[digit] = max(s.own[digit], n)
	default:
		if !s.isUsed(n) {
			s.use(n)
			for _, l := range s.leased {
				if l.From <= n && n <= l.To {
					s.left[l.From]--
				}
			}
		}
		s.top = max(s.top, n)
	}
}

// parse reads "B017" as (17, 0) and "B2-017" as (17, 2).
func (n Number) parse(s Letter) (count, digit int, ok bool) {
	rest, found := strings.CutPrefix(string(n), string(s))
	if !found {
		return 0, 0, false
	}
	if d, own, dashed := strings.Cut(rest, "-"); dashed {
		v, err := strconv.Atoi(d)
		if err != nil || v < 1 || v > 9 {
			return 0, 0, false
		}
		digit, rest = v, own
	}
	v, err := strconv.Atoi(rest)
	return v, digit, err == nil && v > 0 && v <= maxNumber
}

// maxNumber bounds what a display number may be: no hall gives out as many in a day,
// and a broken one must not ask for memory of its own size.
const maxNumber = 99_999

// OwnSeries tells whether a number is of a kiosk's own series, "B2-017".
func (n Number) OwnSeries() bool { return strings.Contains(string(n), "-") }

// BlockSize is how many numbers a terminal leases at a time; it asks for the
// next block when BlockLow or fewer are left. Small blocks keep the numbers of
// several kiosks close to the order of arrival.
const (
	BlockSize = 10
	BlockLow  = 5
)

// NumbersLeft counts the numbers of its blocks that a terminal has not used.
func (h *Hall) NumbersLeft(o event.Origin, e event.Epoch, d Date, s Letter) int {
	n := 0
	for range h.free(o, e, d, s) {
		n++
	}
	return n
}

// free yields the unused numbers of a terminal's blocks, smallest first.
func (h *Hall) free(o event.Origin, e event.Epoch, d Date, s Letter) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		b, ok := h.blocks[series{d, s}]
		if !ok {
			return
		}
		for _, l := range b.leased {
			if l.Terminal != o || l.Epoch != e || b.left[l.From] == 0 || b.isVoid(l) {
				continue
			}
			for n := l.From; n <= l.To; n++ {
				if !b.isUsed(n) && !yield(n) {
					return
				}
			}
		}
	}
}

// TakeNumber gives the next display number of a terminal: from its leased
// blocks, and when those are used up from its own series, which is marked by the
// kiosk's digit (1-9) and so unique by construction. The number is taken only
// when the event that carries it is folded.
func (h *Hall) TakeNumber(o event.Origin, e event.Epoch, digit int, d Date, s Letter) Number {
	for n := range h.free(o, e, d, s) {
		return Number(string(s) + itoa3(n))
	}
	if event.Broken("one-series") {
		digit = 1
	}
	return Number(fmt.Sprintf("%s%d-%s", s, digit, itoa3(h.series(d, s).own[digit]+1)))
}

// Lease decides the next block of a series for a terminal; by names the
// time of the hub that leads. The same request gives the same block. A hub that goes on in
// another life on the same day, or takes over, leaves a gap of a hundred numbers: what it leased at
// the very end of the last one may be known to a kiosk alone that is cut off. others tells
// that somebody else may have leased on this day of which nothing has been heard.
func (h *Hall) Lease(request string, by event.Epoch, o event.Origin, e event.Epoch, d Date, s Letter, others bool) Block {
	b := h.series(d, s)
	for _, l := range b.leased {
		if l.Request == request && l.Terminal == o {
			return l
		}
		others = others || l.By != by
	}
	top := b.top
	if others && !slices.ContainsFunc(b.leased, func(l Block) bool { return l.By == by }) {
		top = (top/100 + 2) * 100
	}
	return Block{Terminal: o, Epoch: e, Date: d, Service: s, From: top + 1, To: top + BlockSize, Request: request, By: by}
}

// isVoid tells whether a block's unused numbers are given up.
func (b *blocks) isVoid(l Block) bool {
	return slices.ContainsFunc(b.voided, func(v Block) bool { return v.Terminal == l.Terminal && v.Epoch == l.Epoch && v.From == l.From })
}

// Leftover lists the blocks of a terminal from days before today that still
// have unused numbers; they are voided, never issued again.
func (h *Hall) Leftover(o event.Origin, today Date) []Block {
	var out []Block
	for k, b := range h.blocks {
		if k.date >= today {
			continue
		}
		for _, l := range b.leased {
			if l.Terminal != o || b.isVoid(l) {
				continue
			}
			for n := l.From; n <= l.To; n++ {
				if !b.isUsed(n) {
					out = append(out, l)
					break
				}
			}
		}
	}
	slices.SortFunc(out, func(x, y Block) int {
		if c := strings.Compare(string(x.Date)+string(x.Service), string(y.Date)+string(y.Service)); c != 0 {
			return c
		}
		return x.From - y.From
	})
	return out
}
