package wire

import "onewindow/app/event"

// RatedAnswer tells a kiosk which ratings of a visit the hall has heard of: their names and
// what their givers showed, and nothing of what they said.
type RatedAnswer struct {
	Ratings []RatedRow `json:"ratings,omitempty"`
}

// RatedRow is one of them; Proof is feedback.Proof.
type RatedRow struct {
	Rating string `json:"rating"`
	Proof  string `json:"proof"`
}

// RatingsAnswer are the visits of a hall with a bad rating, for a counter of the hall; Keys,
// of the visit that was asked for alone, open what was written about it. One that was destroyed has an
// empty key, one that is at neither hub nor centre is missing.
type RatingsAnswer struct {
	Rows   []RatingsRow   `json:"rows,omitempty"`
	Keys   []CaseKey      `json:"keys,omitempty"`
	Refuse *event.Refusal `json:"refuse,omitempty"`
}

// RatingsRow is a visit (feedback.Visit as JSON; what was written is sealed) and who served it
// (feedback.Served as JSON).
type RatingsRow struct {
	Row    []byte `json:"row"`
	Served []byte `json:"served"`
}
