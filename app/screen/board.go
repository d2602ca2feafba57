package screen

import (
	"cmp"
	"context"
	"slices"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Board answers the page of a calling board.
type Board struct{ m *Machine }

// NewBoard gives the board of a machine.
func NewBoard(m *Machine) *Board { return &Board{m} }

// boardCalls is how many calls a board keeps on show.
const boardCalls = 12

// Page gives the last calls, the newest first, and the queues. No names of people.
func (b *Board) Page() BoardPage {
	b.m.Guides.turn()
	p := BoardPage{Place: b.m.place(), Standing: b.m.standing(context.Background()), Calls: []BoardCall{}, Areas: b.m.areas(), Notices: []Text{}}
	floors := map[hall.Letter]int{}
	for _, a := range b.m.Guides.Now().AreasOf(guide.HallID(b.m.Hall)) {
		floors[hall.Letter(a.Letter)] = a.Floor
	}
	b.m.Book.View(b.m.Hall, func(h *hall.Hall) {
		for _, t := range h.Tickets(hall.DateOf(b.m.Book.Now())) {
			if t.Known && t.LastCallMS > 0 && t.Window != "" {
				p.Calls = append(p.Calls, BoardCall{Number: string(t.Number), Window: string(t.Window), Floor: floors[hall.Letter(t.Window[:1])],
					Letter: string(t.Queue()), AtMS: t.LastCallMS, State: string(t.State), Recalls: t.Recalls})
			}
		}
	})
	slices.SortFunc(p.Calls, func(x, y BoardCall) int {
		return cmp.Or(cmp.Compare(y.AtMS, x.AtMS), cmp.Compare(x.Number, y.Number))
	})
	p.Calls = p.Calls[:min(len(p.Calls), boardCalls)]
	for _, n := range b.m.notices() {
		p.Notices = append(p.Notices, Text{Zh: n.Zh, En: n.En})
	}
	if b.m.Saying != nil {
		p.Saying = b.m.Saying()
	}
	return p
}
