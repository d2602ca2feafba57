package hall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"onewindow/app/event"
)

// KindOffline tells how long a device was without the place above it, when that is over.
const KindOffline event.Kind = "device.offline"

// OutageLeast is from how long on that is told, OutageMost how long one can be, in ms.
const (
	OutageLeast = 60_000
	OutageMost  = 31 * dayMS
)

// Outage is a time in which the device that notes it did not reach its hub; a hub, the centre. Times are
// those of the device's own clock.
type Outage struct {
	Hall   ID    `json:"hall"`
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
	// Back tells that the line was back then; else the program ended.
	Back bool `json:"back,omitempty"`
}

// outages are those that were told, by the events' ids.
type outages map[string]DeviceOutage

// DeviceOutage is an outage of a device.
type DeviceOutage struct {
	Device event.Origin
	Outage
}

func (h *Hall) offline(e event.Event, f Outage) error {
	if f.Hall != h.ID || f.ToMS <= f.FromMS || f.length() > OutageMost || f.ToMS > e.At.MS+dayMS {
		return fmt.Errorf("%s: hall or time of the outage is missing, or it cannot be", e.ID)
	}
	id := e.ID.String()
	// Two histories of one device may use an id twice: the longer outage counts everywhere.
	if was, known := h.outages[id]; !known || was.length() < f.length() || was.length() == f.length() && string(Payload(was.Outage)) < string(Payload(f)) {
		h.outages[id] = DeviceOutage{word(h.words, e.Origin), f}
	}
	return nil
}

func (f Outage) length() int64 { return f.ToMS - f.FromMS }

// forget drops the outages of business days before one.
func (o outages) forget(from Date) {
	maps.DeleteFunc(o, func(_ string, f DeviceOutage) bool { return DateOf(f.ToMS) < from })
}

// Outages lists what is known of devices that were offline on the days in memory, by device and time.
func (h *Hall) Outages() []DeviceOutage {
	return slices.SortedFunc(maps.Values(h.outages), func(a, b DeviceOutage) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.FromMS, b.FromMS), cmp.Compare(a.ToMS, b.ToMS), cmp.Compare(btoi(a.Back), btoi(b.Back)))
	})
}

// Issuer is the device that issued a ticket; "" while that is not known.
func (t *Ticket) Issuer() event.Origin {
	id, err := event.ParseID(t.Source)
	if err != nil {
		return ""
	}
	return id.Origin
}
