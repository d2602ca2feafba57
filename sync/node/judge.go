package node

import (
	"onewindow/app/event"
	"onewindow/sync/admit"
	"onewindow/sync/broker"
	"onewindow/sync/wire"
)

// judge asks the list of the data folder who may connect to a place, and the wire
// what for. The list is read again whenever it has changed.
func judge(o *Options, place string) (broker.Judge, error) {
	list, err := admit.Open(o.Data)
	if err != nil {
		return nil, err
	}
	if len(list.Entries()) == 0 {
		o.Logger.Warn("nobody is admitted yet, so that nobody can connect", "next", admit.Command(o.Data, "HALL/DEVICE", "ROLE", "KEY"))
	}
	return func(key string, name event.Origin) (wire.Rights, error) {
		if err := list.Refresh(); err != nil {
			o.Logger.Error("the list of admitted devices stays as it was", "error", err)
		}
		e, err := list.Pass(key, name, o.Now())
		if err != nil {
			return wire.Rights{}, err
		}
		// No rights are no error here: the broker refuses whoever has none.
		r, _ := wire.RightsOf(place, e.Role, e.Origin)
		return r, nil
	}, nil
}
