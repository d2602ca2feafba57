package slip

import (
	"encoding/binary"
)

// booked is the payload of formChecked and formBooked, in the order of its JSON; it stays as it
// is like issued.
type booked struct {
	issued
	SlotMS  int64         `json:"slot_ms,omitempty"`
	Ref     string        `json:"ref,omitempty"`
	Checked []checkedItem `json:"checked,omitempty"`
}

// refers tells whether the ticket says something that formBooked alone can.
func (f booked) refers() bool { return f.SlotMS != 0 || f.Ref != "" || f.Class == classes[flagClass] }

// What there is in formBooked. A reference is 16 bytes where it is written as a UUID, which
// those of tickets are and those of appointments; any other one is a text.
const (
	hasSlot = 1 << iota
	hasRef
	hasRefText
)

const minuteMS = 60 * 1000

// appendBooked writes the slot as whole minutes from the ticket's own minute on; slots begin at
// quarters of an hour.
func appendBooked(b []byte, f booked) ([]byte, error) {
	id, err := uuidBytes(f.Ref)
	text := f.Ref != "" && (err != nil || uuidText(id) != f.Ref)
	has := byte(0)
	if f.SlotMS != 0 {
		has |= hasSlot
	}
	switch {
	case text:
		has |= hasRefText
	case f.Ref != "":
		has |= hasRef
	}
	b = append(b, has)
	if has&hasSlot != 0 {
		if f.SlotMS%minuteMS != 0 {
			return nil, errUnfit
		}
		b = binary.AppendVarint(b, f.SlotMS/minuteMS-f.IssuedMS/minuteMS)
	}
	switch {
	case text:
		b = appendString(b, f.Ref)
	case f.Ref != "":
		b = append(b, id[:]...)
	}
	return appendChecked(b, f)
}

// readBooked reads to the end of the body.
func readBooked(r *reader, f *booked) {
	has := r.byte()
	if has&hasSlot != 0 {
		f.SlotMS = (f.IssuedMS/minuteMS + r.varint()) * minuteMS
	}
	switch {
	case has&hasRefText != 0:
		f.Ref = r.string()
	case has&hasRef != 0:
		var id [16]byte
		copy(id[:], r.take(len(id)))
		f.Ref = uuidText(id)
	}
	f.Checked = readChecked(r, f.Items)
	r.bad = r.bad || has >= hasRefText<<1 || !f.refers()
}
