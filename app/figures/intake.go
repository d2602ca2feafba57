package figures

import (
	"slices"

	"onewindow/app/intake"
)

// Intake are the applications that were taken on a day, by what the window answered then; what became
// of them later is in no figure of that day. Accepted to Received make up Taken.
type Intake struct {
	// Taken is -1 where applications are not known.
	Taken    int `json:"taken"`
	Accepted int `json:"accepted"`
	// Later are those accepted with missing parts (容缺受理), Corrections those to be corrected.
	Later       int `json:"accepted_later"`
	Corrections int `json:"corrections"`
	Refused     int `json:"refused"`
	NotOurs     int `json:"not_ours"`
	Received    int `json:"received"`
	// AtOnce are those of the accepted that were decided in the same step (即办件), Unverified those
	// taken with materials that shared data had not answered for (待核验).
	AtOnce     int `json:"at_once"`
	Unverified int `json:"unverified"`
}

// Count counts the applications that were taken on a day.
func Count(taken []*intake.Case) (n Intake) {
	for _, c := range taken {
		if !c.Known() {
			continue
		}
		n.Taken++
		switch c.State {
		case intake.AcceptedLater:
			n.Later++
		case intake.Correction:
			n.Corrections++
		case intake.Refused:
			n.Refused++
		case intake.NotOurs:
			n.NotOurs++
		case intake.Lodged:
			n.Received++
		default:
			n.Accepted++
		}
		n.AtOnce += count(slices.ContainsFunc(c.Steps, func(s intake.Noted) bool { return s.Kind == intake.KindDecided && s.AtMS == c.AtMS }))
		n.Unverified += count(slices.ContainsFunc(c.Materials, func(m intake.Material) bool { return m.State == intake.Unverified }))
	}
	return n
}
