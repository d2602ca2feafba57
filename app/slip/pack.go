package slip

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// The body of a code. Every form begins with
//
//	form 1, origin (length 1, base 38), epoch 8, seq varint
//
// and goes on, in the compact form, with
//
//	flags 1, ticket id 16, [times], [hall], [day], service 1, number varint,
//	[evidence], ahead + 1, low + 1, high + 1, count of items, items
//
// form 4 the same and then, of each item that was checked,
//
//	its place among the items, version, bits of the lacking materials
//
// form 5 the same as form 1 and then, of an appointment or a return pass (see booked.go),
//
//	what there is 1, [slot varint], [reference], [what was checked as in form 4]
//
// or with ms varint, tick varint and the payload as it is or deflated. The compact
// form is taken only if it gives back the very bytes of the event, which pack tries
// out; so a payload with odd values or later fields is larger, but never changed.
const (
	formCompact  = 1
	formPlain    = 2
	formDeflated = 3
	// formChecked is the compact form of a ticket whose materials were checked before it.
	formChecked = 4
	// formBooked is the compact form of a ticket that refers to an appointment or is a return pass.
	formBooked = 5
)

// Flags of the compact form; the lowest two bits are the class.
const (
	flagClass    = 3
	flagEnglish  = 1 << 2
	flagClockOff = 1 << 3
	flagEvidence = 1 << 4
	// flagTimes: stamp, issue time and ticket id do not show one and the same millisecond.
	flagTimes = 1 << 5
	// flagHall: the hall is not the origin's.
	flagHall = 1 << 6
	// flagDay: the business day is not the one that the issue time suggests.
	flagDay = 1 << 7
)

const (
	dayMS = 24 * 60 * 60 * 1000
	// dayShiftMS puts the change of the business day (04:00, UTC+8) on midnight UTC.
	// It only suggests a day: another one is written out.
	dayShiftMS = 4 * 60 * 60 * 1000
	maxItems   = 64
)

var (
	errUnfit  = errors.New("payload does not fit the compact form")
	errBroken = errors.New("body of a code is broken")
)

// issued is the payload that the compact form can carry, in the order of its JSON.
// It is hall.Issued as it was when the form was made, and stays so: printed codes
// must open to the same bytes for ever. When hall.Issued grows, codes get larger
// (a plain form) until a new compact form is added here.
type issued struct {
	Ticket      string   `json:"ticket"`
	Hall        string   `json:"hall"`
	Date        string   `json:"date"`
	Service     string   `json:"service"`
	Number      string   `json:"number"`
	Class       string   `json:"class"`
	Evidence    string   `json:"evidence,omitempty"`
	Items       []string `json:"items,omitempty"`
	Language    string   `json:"language"`
	IssuedMS    int64    `json:"issued_at_ms"`
	Ahead       int      `json:"ahead"`
	LowMinutes  int      `json:"low_minutes"`
	HighMinutes int      `json:"high_minutes"`
	ClockOff    bool     `json:"clock_off,omitempty"`
}

// classes are the values of flagClass; the last one is in formBooked alone.
var classes = [...]string{"walk_in", "priority", "appointment", "return_pass"}

// pack writes the shortest body that unpack turns into the same bytes.
func pack(ev event.Event) ([]byte, error) {
	want := ev.Encode()
	if body, err := packCompact(ev); err == nil {
		if back, err := unpack(body); err == nil && bytes.Equal(back.Encode(), want) {
			return body, nil
		}
	}
	plain := packPlain(ev, formPlain, ev.Payload)
	if small, err := deflate(ev.Payload); err == nil && len(small) < len(ev.Payload) {
		plain = packPlain(ev, formDeflated, small)
	}
	back, err := unpack(plain)
	if err != nil || !bytes.Equal(back.Encode(), want) {
		return nil, fmt.Errorf("pack event %s: it does not come back the same", ev.ID)
	}
	return plain, nil
}

func packHead(ev event.Event, form byte) []byte {
	b := append([]byte{form, byte(len(ev.Origin))}, packOrigin(string(ev.Origin))...)
	b = binary.BigEndian.AppendUint64(b, uint64(ev.Epoch))
	return binary.AppendUvarint(b, uint64(ev.Seq))
}

func packPlain(ev event.Event, form byte, payload []byte) []byte {
	b := packHead(ev, form)
	b = binary.AppendUvarint(b, uint64(ev.At.MS))
	b = binary.AppendUvarint(b, uint64(ev.At.Tick))
	return append(b, payload...)
}

// packCompact writes what JSON gives for the payload; what does not fit is either
// refused here or noticed by pack, which compares.
func packCompact(ev event.Event) ([]byte, error) {
	var whole booked
	if err := json.Unmarshal(ev.Payload, &whole); err != nil {
		return nil, err
	}
	f := whole.issued
	id, err := uuidBytes(f.Ticket)
	if err != nil {
		return nil, err
	}
	number, ok := numberCode(f)
	flags, known := flagsOf(f)
	if !ok || !known || len(f.Service) != 1 || len(f.Items) > maxItems || min(f.Ahead, f.LowMinutes, f.HighMinutes) < -1 {
		return nil, errUnfit
	}
	day, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return nil, errUnfit
	}
	days := day.UnixMilli()/dayMS - (f.IssuedMS+dayShiftMS)/dayMS

	var b []byte
	if f.IssuedMS != uuidMS(id) || ev.At.MS != f.IssuedMS || ev.At.Tick != 0 {
		flags |= flagTimes
		b = binary.AppendVarint(b, f.IssuedMS-uuidMS(id))
		b = binary.AppendVarint(b, ev.At.MS-f.IssuedMS)
		b = binary.AppendUvarint(b, uint64(ev.At.Tick))
	}
	if f.Hall != ev.Origin.Hall() {
		flags |= flagHall
		b = appendString(b, f.Hall)
	}
	if days != 0 {
		flags |= flagDay
		b = binary.AppendVarint(b, days)
	}
	b = append(b, f.Service[0])
	b = binary.AppendUvarint(b, number)
	if flags&flagEvidence != 0 {
		b = appendString(b, f.Evidence)
	}
	for _, n := range []int{f.Ahead, f.LowMinutes, f.HighMinutes, len(f.Items) - 1} {
		b = binary.AppendUvarint(b, uint64(n+1))
	}
	last := ""
	for _, item := range f.Items {
		b = appendItem(b, last, item)
		last = item
	}
	form := byte(formCompact)
	switch {
	case whole.refers():
		form = formBooked
		b, err = appendBooked(b, whole)
	case len(whole.Checked) > 0:
		form = formChecked
		b, err = appendChecked(b, whole)
	}
	if err != nil {
		return nil, err
	}
	head := append(packHead(ev, form), flags)
	return append(append(head, id[:]...), b...), nil
}

func flagsOf(f issued) (flags byte, ok bool) {
	class := -1
	for i, c := range classes {
		if c == f.Class {
			class = i
		}
	}
	if class < 0 || f.Language != "zh" && f.Language != "en" {
		return 0, false
	}
	flags = byte(class)
	if f.Language == "en" {
		flags |= flagEnglish
	}
	if f.ClockOff {
		flags |= flagClockOff
	}
	if f.Evidence != "" {
		flags |= flagEvidence
	}
	return flags, true
}

// originOf reads the origin of a body whose signature is not yet checked.
func originOf(body []byte) (event.Origin, bool) {
	r := reader{b: body}
	head, err := unpackHead(&r)
	return head.Origin, err == nil && head.Origin.Valid()
}

func unpackHead(r *reader) (event.Event, error) {
	ev := event.Event{Kind: hall.KindIssued}
	r.byte()
	n := int(r.byte())
	if n > event.MaxOrigin {
		return ev, errBroken
	}
	origin, ok := unpackOrigin(r.take(originBytes(n)), n)
	ev.Origin = event.Origin(origin)
	if e := r.take(8); len(e) == 8 {
		ev.Epoch = event.Epoch(binary.BigEndian.Uint64(e))
	}
	ev.Seq = event.Seq(r.uvarint())
	if r.bad || !ok {
		return ev, errBroken
	}
	return ev, nil
}

// unpack reads a body. It must be called with signed bodies only: a deflated
// payload is inflated, though never beyond what an event may hold.
func unpack(body []byte) (event.Event, error) {
	r := &reader{b: body}
	ev, err := unpackHead(r)
	if err != nil {
		return ev, err
	}
	switch body[0] {
	case formCompact, formChecked, formBooked:
		return unpackCompact(ev, r, body[0])
	case formPlain, formDeflated:
		ev.At.MS = int64(r.uvarint())
		ev.At.Tick = uint16(r.uvarint())
		ev.Payload = r.b
		if r.bad {
			return ev, errBroken
		}
		if body[0] == formDeflated {
			ev.Payload, err = inflate(r.b)
		}
		return ev, err
	}
	return ev, fmt.Errorf("%w: form %d", errBroken, body[0])
}

func unpackCompact(ev event.Event, r *reader, form byte) (event.Event, error) {
	flags := r.byte()
	if flags&flagClass == flagClass && form != formBooked {
		return ev, errBroken
	}
	f := issued{Class: classes[flags&flagClass], Language: "zh", ClockOff: flags&flagClockOff != 0, Hall: ev.Origin.Hall()}
	if flags&flagEnglish != 0 {
		f.Language = "en"
	}
	var id [16]byte
	copy(id[:], r.take(len(id)))
	f.Ticket = uuidText(id)
	f.IssuedMS = uuidMS(id)
	ev.At.MS = f.IssuedMS
	if flags&flagTimes != 0 {
		f.IssuedMS += r.varint()
		ev.At.MS = f.IssuedMS + r.varint()
		ev.At.Tick = uint16(r.uvarint())
	}
	if flags&flagHall != 0 {
		f.Hall = r.string()
	}
	days := (f.IssuedMS + dayShiftMS) / dayMS
	if flags&flagDay != 0 {
		days += r.varint()
	}
	f.Date = time.UnixMilli(days * dayMS).UTC().Format(time.DateOnly)
	f.Service = string(rune(r.byte()))
	f.Number = numberText(f.Service, r.uvarint())
	if flags&flagEvidence != 0 {
		f.Evidence = r.string()
	}
	f.Ahead, f.LowMinutes, f.HighMinutes = r.count(), r.count(), r.count()
	items := r.count() + 1
	if r.bad || items > maxItems {
		return ev, errBroken
	}
	last := ""
	for range items {
		last = readItem(r, last)
		f.Items = append(f.Items, last)
	}
	whole := booked{issued: f}
	switch form {
	case formChecked:
		whole.Checked = readChecked(r, f.Items)
		r.bad = r.bad || len(whole.Checked) == 0
	case formBooked:
		readBooked(r, &whole)
	}
	if r.bad || len(r.b) != 0 {
		return ev, errBroken
	}
	ev.Payload = hall.Payload(whole)
	return ev, nil
}

// numberCode makes "B017" and "B2-017" a number: 10 x the running number and the
// kiosk's digit, which is 0 in the hall's own series.
func numberCode(f issued) (uint64, bool) {
	rest, ok := strings.CutPrefix(f.Number, f.Service)
	if !ok {
		return 0, false
	}
	digit := uint64(0)
	if len(rest) > 2 && rest[1] == '-' {
		if rest[0] < '1' || rest[0] > '9' {
			return 0, false
		}
		digit, rest = uint64(rest[0]-'0'), rest[2:]
	}
	n, err := strconv.ParseUint(rest, 10, 32)
	return 10*n + digit, err == nil
}

func numberText(service string, code uint64) string {
	if digit := code % 10; digit != 0 {
		return fmt.Sprintf("%s%d-%03d", service, digit, code/10)
	}
	return fmt.Sprintf("%s%03d", service, code/10)
}

func uuidBytes(s string) (id [16]byte, err error) {
	if len(s) != 36 {
		return id, errUnfit
	}
	_, err = hex.Decode(id[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:]))
	return id, err
}

func uuidText(id [16]byte) string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// uuidMS gives the milliseconds in a UUIDv7; of another one something harmless.
func uuidMS(id [16]byte) int64 {
	return int64(binary.BigEndian.Uint64(append([]byte{0, 0}, id[:6]...)))
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("deflate payload: %w", err)
	}
	if _, err := w.Write(b); err != nil {
		return nil, fmt.Errorf("deflate payload: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("deflate payload: %w", err)
	}
	return out.Bytes(), nil
}

func inflate(b []byte) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), event.MaxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("inflate payload: %w", err)
	}
	if len(out) > event.MaxPayload {
		return nil, fmt.Errorf("%w: payload of over %d bytes", errBroken, event.MaxPayload)
	}
	return out, nil
}
