package terminal

import "onewindow/app/binder"

// lowBytes is the room on the disk below which the terminal warns its staff; a scan leaves as much.
const lowBytes = binder.Reserve

// disk tells "ok", "low" or "full".
func (t *Terminal) disk() string {
	if t.Store.DiskFull() {
		return "full"
	}
	if free, err := t.free(); err == nil && free < lowBytes {
		return "low"
	}
	return "ok"
}
