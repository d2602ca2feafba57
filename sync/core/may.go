package core

import (
	"fmt"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// hubsAlone are the kinds that a hub notes by itself and no terminal ever does: what it grants, and
// what time alone brings.
var hubsAlone = map[event.Kind]bool{
	hall.KindCalled: true, hall.KindUncalled: true, hall.KindCarried: true, hall.KindBlockLeased: true, hall.KindReady: true,
	hall.KindBooked: true, hall.KindSkipped: true, hall.KindExcused: true, "application.deemed": true, "application.overdue": true, "shared.given": true,
}

// clerks are the families of kinds that somebody notes who has signed in: at a counter, or above it.
// A kiosk and a board stand where anybody may carry their keys away.
var clerks = []string{"application.", "amendment.", "scan.", "shared.", "disclosure.", "rating.answered", "rating.checked", "rating.opened", "clerk.",
	"window.", "queue.", "notice.", "help.answered", string(hall.KindAdmitted), string(hall.KindRecalled), string(hall.KindStarted), string(hall.KindMissed), string(hall.KindReturned), string(hall.KindFinished),
	string(hall.KindParked), string(hall.KindResumed), string(hall.KindPassed), string(hall.KindAdded), string(hall.KindWithdrawn)}

// misplaced tells why what an event says does not count where it was noted: it is kept in its chain
// with this fault and changes nothing. nil for everything that its device may note, and for kinds that
// are not known here.
//
// It is the same at every place and in every order: a hub and the centre are known by their names, the
// role of a terminal is the one with which the chain begins that the event belongs to, and whether that
// is true the hub has checked against its list (see unsigned).
func (n *Node) misplaced(r read) error {
	by, what := r.outer.Origin, r.inner
	if !by.Terminal() && !what.Origin.Terminal() {
		return nil
	}
	if by.Terminal() && what.Origin != by {
		return fmt.Errorf("%s may not carry what %s noted", by, what.Origin)
	}
	if hubsAlone[what.Kind] {
		return fmt.Errorf("%s may not note %s: only a hub does", what.Origin, what.Kind)
	}
	role, known := n.roles[ChainID{what.Origin, what.Epoch}]
	if !known && by == what.Origin {
		role = n.roles[ChainID{by, r.outer.Epoch}] // of an earlier life of the device
	}
	if role != wire.RoleKiosk && role != wire.RoleBoard {
		return nil
	}
	for _, family := range clerks {
		if strings.HasPrefix(string(what.Kind), family) {
			return fmt.Errorf("%s is a %s and may not note %s", what.Origin, role, what.Kind)
		}
	}
	return nil
}

// begins keeps the role with which a chain begins.
func (n *Node) begins(r read) {
	if d, ok := r.fact.(hall.Device); ok && r.outer.Kind == hall.KindDevice && r.outer.Seq == 1 {
		n.roles[ChainID{r.outer.Origin, r.outer.Epoch}] = d.Role
	}
}

// pretends tells why a chain may not begin so: its device says that it is more than the list of this
// place has it as, or nothing of what it is.
func (n *Node) pretends(p wire.Push) string {
	if n.RoleOf == nil || p.From != 1 {
		return ""
	}
	role := n.RoleOf(p.Origin)
	if role == "" || role == wire.RoleCounter || role == wire.RoleHub {
		return ""
	}
	e, err := event.Decode(p.Bodies[0])
	if err != nil || e.Kind != hall.KindDevice {
		return "device unknown: its first event does not tell what it is"
	}
	if d, err := hall.ReadDevice(e); err != nil || d.Role != role {
		return fmt.Sprintf("device unknown: it says that it is a %s and is admitted as a %s", d.Role, role)
	}
	return ""
}
