package sim

import (
	"onewindow/app/event"
	"onewindow/sync/core"
)

// plan draws what will go wrong, and when.
func (w *world) plan() {
	for range 3 + w.upto(9) {
		w.after(w.upto(w.lives), w.breakSomething)
	}
	if w.ages {
		for range 2 + w.upto(4) {
			w.after(w.upto(w.lives), w.age)
		}
	}
}

// age lets nights pass, after which tickets are old, or puts a new machine at a window:
// it knows nothing, its disk is empty.
func (w *world) age() {
	if w.quiet {
		return
	}
	if w.chance(400) {
		w.count("nights", w.centre)
		w.nights += 1 + w.upto(3)
		return
	}
	for {
		if n := w.terminal(); n.role == "counter" && !n.copied {
			w.wipe(n)
			return
		}
	}
}

// any gives a random node, the centre and the hubs more often than one in thirty.
func (w *world) any() *node {
	switch {
	case w.chance(120):
		return w.centre
	case w.chance(250):
		return w.hubs[w.rng.IntN(len(w.hubs))]
	}
	return w.nodes[w.rng.IntN(len(w.nodes))]
}

func (w *world) terminal() *node {
	for {
		if n := w.nodes[w.rng.IntN(len(w.nodes))]; n.follows() {
			return n
		}
	}
}

func (w *world) count(fault string, n *node) {
	w.faults[fault]++
	w.tell("fault: %s %s", fault, n.name)
}

// breakSomething is one fault.
func (w *world) breakSomething() {
	if w.quiet {
		return
	}
	n := w.any()
	switch kind := w.rng.IntN(100); {
	case kind < 22:
		w.part()
	case kind < 40:
		w.count("power cut", n)
		n.stop(true)
		w.after(500+w.upto(w.lives/4), n.revive)
	case kind < 52:
		w.count("kill", n)
		n.stop(false)
		w.after(200+w.upto(w.lives/10), n.revive)
	case kind < 62:
		w.count("clock step", n)
		steps := []int64{1000, 61_000, 3600_000, 24 * 3600_000, 3650 * 24 * 3600_000}
		step := steps[w.rng.IntN(len(steps))]
		if w.chance(500) {
			step = -step
		}
		n.skew += step
		if w.chance(700) {
			w.after(w.upto(w.lives/3), func() { n.skew -= step })
		}
	case kind < 70:
		w.count("disk full", n)
		n.full = true
		w.after(w.upto(w.lives/8), func() { n.full = false; n.pump() })
	case kind < 76:
		w.count("bad network", n)
		old := [2]int{w.loss, w.double}
		w.loss, w.double = 50+int(w.upto(150)), 200
		w.after(w.upto(w.lives/4), func() { w.loss, w.double = old[0], old[1] })
	case kind < 82:
		w.rollBack(w.terminal())
	case kind < 86:
		w.clone(w.terminal())
	case kind < 91:
		w.oldBackup(w.hubs[w.rng.IntN(len(w.hubs))])
	case kind < 95:
		w.wipe(w.hubs[w.rng.IntN(len(w.hubs))])
	default:
		w.oldBackup(w.centre)
	}
}

// part cuts the lines of some nodes.
func (w *world) part() {
	var cut []*line
	switch kind := w.rng.IntN(4); kind {
	case 0: // a hall from the centre
		cut = append(cut, w.hubs[w.rng.IntN(len(w.hubs))].parent)
	case 1: // a hub from its hall
		cut = append(cut, w.hubs[w.rng.IntN(len(w.hubs))].children...)
	default: // any
		for _, n := range w.nodes {
			if n.parent != nil && w.chance(200) {
				cut = append(cut, n.parent)
			}
		}
	}
	for _, l := range cut {
		w.count("cut", l.child)
		l.cut = true
		l.turn()
	}
	w.after(1000+w.upto(w.lives/2), func() {
		for _, l := range cut {
			l.cut = false
			l.turn()
		}
	})
}

func (n *node) revive() {
	if !n.up {
		n.start()
	}
}

// rollBack puts a terminal's disk to an earlier image, as a virtual machine or a disk
// image does, without anybody telling the program.
func (w *world) rollBack(n *node) {
	image := n.disk.copy()
	w.after(w.upto(w.lives/3), func() {
		if w.quiet {
			return
		}
		w.count("roll-back", n)
		n.stop(false)
		w.seen.destroyed(n, n.disk, image)
		n.disk, n.copied = image, true
		w.after(w.upto(5000), n.revive)
	})
}

// clone starts a second machine on a copy of a terminal's disk. It stays until the end.
func (w *world) clone(n *node) {
	if n.twin || n.copied {
		return
	}
	w.count("clone", n)
	c := &node{w: w, name: n.name + "'", origin: n.origin, place: n.place, role: n.role, key: n.key, disk: n.disk.copy(), digit: n.digit,
		window: n.window, service: n.service, copied: true, twin: true}
	c.parent = &line{w: w, child: c, parent: n.parent.parent}
	n.parent.parent.children = append(n.parent.parent.children, c.parent)
	n.copied = true
	w.nodes = append(w.nodes, c)
	w.after(w.upto(20_000), c.revive)
}

// oldBackup puts a hub or the centre to an earlier image by the program's own
// restore, which begins a new life of the database.
func (w *world) oldBackup(n *node) {
	image := n.disk.copy()
	w.after(w.upto(w.lives/2), func() {
		if w.quiet {
			return
		}
		w.count("old backup", n)
		n.stop(false)
		w.seen.destroyed(n, n.disk, image)
		if !broken("no-epoch") {
			image.restored(n, w)
		}
		n.disk, n.granted = image, true
		w.after(w.upto(20_000), n.revive)
	})
}

// wipe is a hub or a counter with an empty disk.
func (w *world) wipe(n *node) {
	w.count("wiped disk", n)
	n.stop(false)
	fresh := newDisk(w.epoch())
	w.seen.destroyed(n, n.disk, fresh)
	n.disk, n.granted = fresh, true
	w.after(w.upto(30_000), n.revive)
}

// restored begins a new life on a restored image: the own chain ends where the image
// ends, as a chain like any other's.
func (d *disk) restored(n *node, w *world) {
	own := core.ChainID{Origin: n.origin, Epoch: d.epoch}
	c := d.chains[own]
	c.ID = own
	for {
		i, there := d.index[own][c.Seq+1]
		if !there {
			break
		}
		c.Seq++
		c.Head = event.Chain(c.Head, d.rows[i].Hash)
	}
	d.chains[own] = c
	d.epoch = w.epoch()
}

// heal ends all faults and everybody's work.
func (w *world) heal() {
	w.quiet = true
	w.tell("heal")
	w.loss, w.double = 0, 0
	for _, n := range w.nodes {
		n.full, n.skew = false, 0
		if n.parent != nil && n.parent.cut {
			n.parent.cut = false
			n.parent.turn()
		}
	}
	for _, n := range w.nodes {
		n.revive()
		n.pump()
	}
}
