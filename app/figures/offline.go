package figures

import (
	"cmp"
	"slices"

	"onewindow/app/hall"
)

// Offline is how long a device was offline on the day: a terminal from its hub, a hub from the centre.
type Offline struct {
	Device string `json:"device"`
	Hub    bool   `json:"hub,omitempty"`
	MS     int64  `json:"ms"`
}

// offline counts how long devices were offline on the day, which of its tickets were issued meanwhile, and how long
// after that the line was back. Outages of under a minute are in no event.
func (b *book) offline(h *hall.Hall, tickets []*hall.Ticket, begin, end int64) {
	list := slices.DeleteFunc(h.Outages(), func(o hall.DeviceOutage) bool { return o.FromMS >= end || o.ToMS <= begin })
	until := begin
	for i, o := range list {
		if i == 0 || o.Device != list[i-1].Device {
			until, b.away = begin, append(b.away, Offline{Device: o.Device.Device(), Hub: !o.Device.Terminal()})
		}
		device := &b.away[len(b.away)-1]
		for from := max(o.FromMS, until); from < min(o.ToMS, end); { // a clock that was put back tells a time twice
			to := min(o.ToMS, end, from-(from-begin)%hourMS+hourMS)
			if device.MS += to - from; !device.Hub {
				b.add(place{atMS: from}, func(r *tally) { r.OfflineMS += to - from })
			}
			from = to
		}
		until = max(until, o.ToMS)
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(b.away, func(x, y Offline) int { return cmp.Compare(y.MS, x.MS) })
	for _, t := range tickets {
		by := t.Issuer()
		at := slices.IndexFunc(list, func(o hall.DeviceOutage) bool { return o.Device == by && o.FromMS <= t.IssuedMS && t.IssuedMS < o.ToMS })
		if !t.Known || at < 0 {
			continue
		}
		b.add(place{queue: t.Service, class: t.Class, atMS: t.IssuedMS}, func(r *tally) {
			if r.OfflineIssued++; list[at].Back {
				r.lag = append(r.lag, list[at].ToMS-t.IssuedMS)
			}
		})
	}
}
