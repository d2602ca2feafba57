package terminal

import "onewindow/app/folder"

// lowBytes is the room on the disk below which the terminal warns its staff.
const lowBytes = 200 << 20

// disk tells "ok", "low" or "full".
func (t *Terminal) disk() string {
	if t.Store.DiskFull() {
		return "full"
	}
	if free, err := folder.FreeBytes(t.Settings.Data); err == nil && free < lowBytes {
		return "low"
	}
	return "ok"
}
