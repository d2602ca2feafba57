package wire

import (
	"encoding/json"

	"onewindow/app/event"
)

// DisclosureAsk is what a counter asks its hub about requests for information: for the one of
// a number, what the same person asked for before (disclosure.Look as JSON), or those that are
// not answered. One of the three.
type DisclosureAsk struct {
	Number string          `json:"number,omitempty"`
	Look   json.RawMessage `json:"look,omitempty"`
	// Since lists what is not answered, or was since that day.
	Since string `json:"since,omitempty"`
}

// DisclosureAnswer answers it: Row and Key of the one (disclosure.Case as JSON, sealed), Found
// (disclosure.Before as JSON), or Rows of the list without keys.
type DisclosureAnswer struct {
	Row    []byte          `json:"row,omitempty"`
	Key    []byte          `json:"key,omitempty"`
	Found  json.RawMessage `json:"found,omitempty"`
	Rows   [][]byte        `json:"rows,omitempty"`
	Refuse *event.Refusal  `json:"refuse,omitempty"`
}
