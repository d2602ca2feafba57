package slip

import (
	"encoding/binary"
	"math"
	"slices"
)

// lacksMost is how many materials of an item have a bit in formChecked.
const lacksMost = 64

type checkedItem struct {
	Item    string `json:"item"`
	Version int    `json:"version"`
	Lacks   []int  `json:"lacks,omitempty"`
}

func appendChecked(b []byte, f booked) ([]byte, error) {
	for _, c := range f.Checked {
		at := slices.Index(f.Items, c.Item)
		if at < 0 || c.Version < 0 {
			return nil, errUnfit
		}
		bits := uint64(0)
		for _, no := range c.Lacks {
			if no < 0 || no >= lacksMost {
				return nil, errUnfit
			}
			bits |= 1 << no
		}
		b = binary.AppendUvarint(b, uint64(at))
		b = binary.AppendUvarint(b, uint64(c.Version))
		b = binary.AppendUvarint(b, bits)
	}
	return b, nil
}

// readChecked reads to the end of the body.
func readChecked(r *reader, items []string) (out []checkedItem) {
	for !r.bad && len(r.b) > 0 {
		at, version, bits := r.uvarint(), r.uvarint(), r.uvarint()
		if at >= uint64(len(items)) || version > math.MaxInt32 {
			r.bad = true
			return nil
		}
		c := checkedItem{Item: items[at], Version: int(version)}
		for no := range lacksMost {
			if bits>>no&1 == 1 {
				c.Lacks = append(c.Lacks, no)
			}
		}
		out = append(out, c)
	}
	return out
}
