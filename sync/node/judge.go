package node

import (
	"crypto/ed25519"

	"onewindow/app/event"
	"onewindow/sync/admit"
	"onewindow/sync/wire"
)

// access is the list of the data folder: who may connect to a place, and which keys
// its devices may have.
type access struct {
	o      *Options
	place  string
	origin event.Origin // this hub's own name, where it judges
	own    string       // and its key
	list   *admit.List
}

func openAccess(o *Options, place string) (*access, error) {
	list, err := admit.Open(o.Data)
	if err != nil {
		return nil, err
	}
	if len(list.Entries()) == 0 {
		o.Logger.Warn("nobody is admitted yet, so that nobody can connect", "next", admit.Command(o.Data, "HALL/DEVICE", "ROLE", "KEY"))
	}
	return &access{o: o, place: place, list: list}, nil
}

// judge tells what who connects may do. The list is read again whenever it has changed.
func (a *access) judge(key string, name event.Origin) (wire.Rights, error) {
	if err := a.list.Refresh(); err != nil {
		a.o.Logger.Error("the list of admitted devices stays as it was", "error", err)
	}
	if a.place != wire.Centre && key == a.own && name == a.origin {
		return wire.ToolRights(name), nil // a tool on this machine, which has read the key in the data folder
	}
	e, err := a.list.Pass(key, name, a.o.Now())
	if err != nil {
		return wire.Rights{}, err
	}
	// No rights are no error here: the broker refuses whoever has none, such as a hub at a
	// hub that has no other.
	if e.Role == wire.RoleHub && a.place != wire.Centre && (a.o.Peer == "" || e.Origin.Device() == a.o.Device) {
		return wire.Rights{}, nil
	}
	r, _ := wire.RightsOf(a.place, e.Role, e.Origin)
	return r, nil
}

// admits tells whether a device may have a key. The centre knows hubs alone: which keys
// the terminals of a hall have is the word of its hub, which has checked them.
func (a *access) admits(o event.Origin, key ed25519.PublicKey) bool {
	for _, e := range a.list.Entries() {
		switch {
		case a.place == wire.Centre && !wire.IsHub(o) && e.Role == wire.RoleHub && e.Origin.Hall() == o.Hall():
			return true
		case e.Origin == o && e.Key == admit.KeyText(key):
			return true
		}
	}
	return false
}

// roleOf tells as what a device is admitted. The centre has no terminals on its list.
func (a *access) roleOf(o event.Origin) string {
	for _, e := range a.list.Entries() {
		if e.Origin == o {
			return e.Role
		}
	}
	return ""
}
