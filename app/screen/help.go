package screen

import (
	"context"

	"onewindow/app/event"
	"onewindow/app/hall"
)

// Help calls a member of staff to this kiosk. A further tap while the call stands notes
// nothing new; without the hall the call is kept and the answer says that nobody could be
// told yet. Refusals: DiskFull, NotSaved.
func (k *Kiosk) Help() (HelpState, error) {
	err := k.m.Book.Write(context.Background(), func(tx Tx) error {
		f, ask := tx.Hall(k.m.Hall).AskHelp(k.m.Book.Origin(), k.m.hallNow())
		if !ask {
			return nil
		}
		_, _, err := tx.Append(hall.KindHelpAsked, f)
		return err
	})
	if err != nil {
		return HelpState{}, err
	}
	return k.help(), nil
}

func (k *Kiosk) help() HelpState {
	var asked hall.Help
	stands := false
	now := k.m.hallNow()
	k.m.Book.View(k.m.Hall, func(h *hall.Hall) { asked, stands = h.HelpAt(k.m.Book.Origin(), now) })
	s := HelpState{AtMS: asked.AtMS}
	switch {
	case !stands:
		return HelpState{}
	case asked.Answered:
		s.State, s.Window = "coming", string(asked.Answer.Window)
	case k.m.Book.Saved(asked.ID) != "here":
		s.State = "told"
	case k.m.Hub.Line().Reached:
		s.State = "sending"
	default:
		s.State = "unreached"
	}
	return s
}

// helps lists where help is wanted, by the names of the terminals within the hall.
func (m *Machine) helps() []HelpAsk {
	out := []HelpAsk{}
	now := m.hallNow()
	m.Book.View(m.Hall, func(h *hall.Hall) {
		for _, a := range h.Helps(now) {
			row := HelpAsk{Terminal: a.ID.Origin.Device(), AtMS: a.AtMS}
			if a.Answered {
				row.Clerk = clerkName(h, a.Answer.Clerk)
			}
			out = append(out, row)
		}
	})
	return out
}

// GoHelp tells that the clerk goes to the terminal where help is wanted. When somebody
// else was first nothing is noted, and the page says who. Refusal: NotSignedIn.
func (c *Counter) GoHelp(terminal string) (CounterPage, error) {
	at := event.Origin(string(c.m.Hall) + "/" + terminal)
	return c.told(func(tx Tx) error {
		f, first := tx.Hall(c.m.Hall).AnswerHelp(at, c.window, c.clerk.ID, c.m.hallNow())
		if !first {
			return nil
		}
		_, _, err := tx.Append(hall.KindHelpAnswered, f)
		return err
	})
}
