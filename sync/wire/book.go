package wire

import (
	"fmt"

	"onewindow/app/event"
)

// CardKeyPrefix begins the names of the keys with which the numbers of identity cards are marked
// that check in to appointments.
const CardKeyPrefix = "card:"

// CardKey names the key of a business day that a hub has drawn. Each hub of a hall draws its
// own, so that none has to wait for the other one's.
func CardKey(hub event.Origin, date string) string {
	return fmt.Sprintf("%s%s:%s", CardKeyPrefix, date, hub)
}

// Wish is what somebody wants of appointments who has asked the centre: Book, a hall.Book, or
// Cancel, the name of the appointment that is given up. Request makes it safe to repeat.
type Wish struct {
	Request string `json:"request"`
	Book    []byte `json:"book,omitempty"`
	Cancel  string `json:"cancel,omitempty"`
}

// WishesAsk is a hub's question for wishes. It brings the answers to those of the last one.
type WishesAsk struct {
	Granted map[string]Grant `json:"granted,omitempty"`
}

// WishesAnswer is what the people of a hall want who have asked the centre; empty when nobody
// has for some seconds.
type WishesAnswer struct {
	Wishes []Wish `json:"wishes,omitempty"`
}
