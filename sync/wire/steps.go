package wire

import "onewindow/app/event"

// StepsAsk asks the centre what its agencies have noted of a hall's applications, in a life
// of its database behind a number of its own chain. An unknown life means from the beginning.
type StepsAsk struct {
	Epoch event.Epoch `json:"epoch"`
	After int64       `json:"after"`
}

// StepsAnswer answers it: the events as the centre noted them, and up to where its chain was
// looked through. Where Epoch or Upto have moved there may be more. Unknown tells that nothing
// is left at the centre of the life that was asked for: its disk is another one, or an older copy.
type StepsAnswer struct {
	Epoch   event.Epoch `json:"epoch"`
	Upto    int64       `json:"upto"`
	Unknown bool        `json:"unknown,omitempty"`
	Bodies  [][]byte    `json:"bodies,omitempty"`
}

// Amending is an amendment of an application that a second person has yet to check, told to counters: which
// field, proposed by whom and when, and no value. Sum names it.
type Amending struct {
	Sum    string `json:"sum"`
	Number string `json:"number"`
	Item   string `json:"item"`
	Field  string `json:"field"`
	Clerk  string `json:"clerk"`
	AtMS   int64  `json:"at_ms"`
}

// DueRow is an application of the hall of which something is due soon or was, for a counter.
type DueRow struct {
	Number string `json:"number"`
	Item   string `json:"item"`
	State  string `json:"state"`
	// What is due, in the words of intake.Deadline; Day until when, and Left the working days left.
	What string `json:"what"`
	Day  string `json:"day"`
	Left int    `json:"left"`
}
