package wire

import "onewindow/app/event"

// CaseKey is the key of a case on its way between keyrings, or the word that it was
// destroyed: then Key is empty, and By and Why tell who had it done and for what reason.
type CaseKey struct {
	Case string `json:"case"`
	Key  []byte `json:"key,omitempty"`
	// AtMS is when the key was made or destroyed.
	AtMS int64  `json:"at_ms"`
	By   string `json:"by,omitempty"`
	Why  string `json:"why,omitempty"`
}

// Erased tells that the key was destroyed.
func (k CaseKey) Erased() bool { return len(k.Key) == 0 }

// KeysAsk is what a keyring says to the one above it.
type KeysAsk struct {
	// Rows are keys and destructions that the ring above does not have yet.
	Rows []CaseKey `json:"rows,omitempty"`
	// Life is the ring above as it was met last, and After up to where its destructions are known.
	Life  string `json:"life,omitempty"`
	After int64  `json:"after,omitempty"`
	// Waiting are cases whose keys the ring above has and the centre perhaps not yet.
	Waiting []string `json:"waiting,omitempty"`
}

// KeysAnswer answers it, after the commit.
type KeysAnswer struct {
	// Life names the answering ring's file; another one than in the ask has nothing of what
	// was brought before.
	Life string `json:"life"`
	// Erased are destructions after KeysAsk.After, up to Upto.
	Erased []CaseKey `json:"erased,omitempty"`
	Upto   int64     `json:"upto"`
	// Above are those of KeysAsk.Waiting that the centre has.
	Above []string `json:"above,omitempty"`
}

// CaseAnswer is an application as the hall knows it, for a counter of the hall: its row
// (intake.Case as JSON; what it says of the person is sealed) and its key. Scans are those of its scans that
// have come to the hall.
type CaseAnswer struct {
	Row    []byte         `json:"row,omitempty"`
	Key    []byte         `json:"key,omitempty"`
	Scans  []ScanState    `json:"scans,omitempty"`
	Refuse *event.Refusal `json:"refuse,omitempty"`
}
