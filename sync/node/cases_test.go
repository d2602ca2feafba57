package node

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
)

// A hub gives what its own hall took, once it has read its history back, and nothing else.
func TestAHubGivesTheApplicationsOfItsHallAlone(t *testing.T) {
	o := Options{Data: t.TempDir(), Listen: "127.0.0.1:0", Open: true, Hall: "jiangnan", Logger: slog.New(slog.DiscardHandler), BackupEvery: -1, Gather: time.Hour}
	h, err := OpenHub(o)
	if err != nil {
		t.Fatal(err)
	}
	take := func(number string, of hall.ID) {
		t.Helper()
		id := intake.ApplicationID("case-" + number)
		key, err := h.Keys.New(string(id), 1)
		f := intake.Taken{Application: id, Number: number, Hall: of, Item: "x", State: intake.Accepted, Request: number}
		if err == nil {
			err = f.Seal(intake.Person{Applicant: "罗庆(样例)"}, key, zeros{})
		}
		if err == nil {
			err = h.Store.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(intake.KindTaken, f); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	take("JN-1", "jiangnan")
	take("JB-1", "jiangbei")
	refused := func(number string, want *event.Refusal) {
		t.Helper()
		a, err := h.caseFor(t.Context(), "jiangnan", number)
		if err != nil || !errors.Is(a.Refuse, want) || len(a.Row)+len(a.Key) > 0 {
			t.Errorf("%s: %v, %v, %d bytes", number, a.Refuse, err, len(a.Row)+len(a.Key))
		}
	}
	refused("JN-1", event.HubGathers)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	o.Gather = time.Millisecond
	if h, err = OpenHub(o); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for limit := time.Now().Add(20 * time.Second); !h.Store.Ready(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the hub never grants")
		}
	}
	a, err := h.caseFor(t.Context(), "jiangnan", "JN-1")
	if err != nil || a.Refuse != nil || len(a.Key) == 0 {
		t.Errorf("its own: %v, %v", a.Refuse, err)
	}
	// Without its key an application is readable at its counter alone, wherever its event is.
	if at, err := (ledger{h.Store, h.Keys}).saved(t.Context(), store.Case{Application: "case-without-a-key", Facts: []event.ID{{Origin: "jiangnan/c9", Epoch: 1, Seq: 1}}}); err != nil || at != "here" {
		t.Errorf("an application without its key is said to be saved %q: %v", at, err)
	}
	refused("JB-1", event.CaseUnknown)
	refused("JN-2", event.CaseUnknown)
}

// zeros is chance enough where nothing is secret.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
