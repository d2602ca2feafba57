package node

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
	"onewindow/sync/centre"
)

// agency is the desk of a centre with the catalogue that it ships, or with an empty one from which
// every item has gone, and with an officer of each of two agencies.
func agency(t *testing.T) (a agencies, shipped *guide.Catalogue, item *guide.Item, own, other centre.Officer) {
	t.Helper()
	dir := t.TempDir()
	c, err := OpenCentre(Options{Data: dir, Listen: "127.0.0.1:0", Open: true, Logger: slog.New(slog.DiscardHandler), BackupEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	files, err := guide.ShippedFiles()
	if err == nil {
		shipped, err = guide.Parse(files)
	}
	if err != nil {
		t.Fatal(err)
	}
	item = shipped.Items()[0]
	own, other = centre.Officer{ID: "chen", Agency: item.Department}, centre.Officer{ID: "zhou", Agency: "市住房保障局"}
	a = agencies{c: c, named: &places{}, list: OfficersOf(dir)}
	a.named.in.Store(shipped)
	for _, o := range []centre.Officer{own, other} {
		if err := a.list.Put(OfficerEntry{ID: o.ID, Name: o.ID, Agency: o.Agency}, "314159"); err != nil {
			t.Fatal(err)
		}
	}
	return a, shipped, item, own, other
}

// takenAs notes an application at the centre as it would come from a hall.
func takenAs(t *testing.T, a agencies, number string, change func(*intake.Taken)) {
	t.Helper()
	f := intake.Taken{Application: intake.ApplicationID("case-" + number), Number: number, Hall: "jiangnan", State: intake.Accepted, Materials: []intake.Material{}, Clock: &intake.Clock{Days: 20, Promised: 20}, AtMS: a.c.Store.Now(), Request: number}
	change(&f)
	if err := a.c.Store.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(intake.KindTaken, f); return err }); err != nil {
		t.Fatal(err)
	}
}

// An agency decides what was taken in its name also when its item has left the catalogue, has
// another code or is another agency's by now; what was taken before the name was noted is
// decided by whose item it is, and so is what another agency has taken over.
func TestAnAgencyKeepsWhatWasTakenInItsName(t *testing.T) {
	a, shipped, item, own, other := agency(t)
	takenAs(t, a, "N1", func(f *intake.Taken) { f.Item, f.Department = hall.ItemCode(item.Code), item.Department })
	takenAs(t, a, "N2", func(f *intake.Taken) { f.Item = hall.ItemCode(item.Code) })
	takenAs(t, a, "N3", func(f *intake.Taken) { f.Item, f.Department = "recoded", item.Department })
	takenAs(t, a, "N4", func(f *intake.Taken) { f.Item, f.Department = hall.ItemCode(item.Code), "市某局(已撤销)" })
	for _, w := range []struct {
		name      string
		catalogue *guide.Catalogue
		officer   centre.Officer
		want      []string
	}{
		{"as it was", shipped, own, []string{"N1", "N2", "N3", "N4"}},
		{"another agency", shipped, other, nil},
		{"the items have left the catalogue", &guide.Catalogue{}, own, []string{"N1", "N3"}},
		{"the items have left the catalogue, another agency", &guide.Catalogue{}, other, nil},
	} {
		a.named.in.Store(w.catalogue)
		list, err := a.Pending(t.Context(), w.officer)
		var got []string
		for _, p := range list {
			got = append(got, p.Number)
		}
		if err != nil || !slices.Equal(got, w.want) {
			t.Errorf("%s: %v, want %v, %v", w.name, got, w.want, err)
		}
		for _, number := range []string{"N1", "N2", "N3", "N4"} {
			if _, err := a.Find(t.Context(), w.officer, number); (err == nil) != slices.Contains(w.want, number) {
				t.Errorf("%s: %s: %v", w.name, number, err)
			}
		}
	}
	if err := a.Note(t.Context(), own, centre.Deed{Number: "N3", Step: "grant", Request: "r1"}); err != nil {
		t.Errorf("an item that left the catalogue cannot be decided: %v", err)
	}
	if p, err := a.Find(t.Context(), own, "N3"); err != nil || p.State != "granted" || p.Doubted {
		t.Errorf("%+v, %v", p, err)
	}
}

// An officer sees what the proof of an application waits for, and what contradicts itself; the
// grant is neither offered nor taken before.
func TestAnOfficerSeesWhatIsNotProved(t *testing.T) {
	a, _, item, own, _ := agency(t)
	takenAs(t, a, "N1", func(f *intake.Taken) {
		f.Item, f.Department = hall.ItemCode(item.Code), item.Department
		f.Materials = []intake.Material{{No: item.Materials[0].No, State: intake.Unverified}, {No: 99, State: intake.Unverified}}
		f.Shared = []intake.Shared{{No: item.Materials[0].No, Set: "hukou", Ask: "a1"}, {No: 99, Set: "birth", Ask: "a2"}}
	})
	note := func(kind event.Kind, fact any) {
		t.Helper()
		if err := a.c.Store.Write(t.Context(), func(tx *store.Tx) error { _, _, err := tx.Append(kind, fact); return err }); err != nil {
			t.Fatal(err)
		}
	}
	note(intake.KindSharedAnswered, intake.Answered{Ask: "a2", Root: "a2", Application: "case-N1", Set: "birth", Outcome: intake.Mismatch, AtMS: 1})
	p, err := a.Find(t.Context(), own, "N1")
	if want := []centre.Unproved{{Name: item.Materials[0].Name, Said: "pending"}, {Name: "№ 99", Said: "mismatch"}}; err != nil || !slices.Equal(p.Unproved, want) || slices.Contains(p.May, "grant") || !slices.Contains(p.May, "deny") || p.Doubted {
		t.Errorf("%+v, %v", p, err)
	}
	if err := a.Note(t.Context(), own, centre.Deed{Number: "N1", Step: "grant", Request: "r1"}); !errors.Is(err, event.CaseUnproved) {
		t.Errorf("granted without proof: %v", err)
	}
	note(intake.KindSharedDisputed, intake.Later{Application: "case-N1", Materials: []int{99, item.Materials[0].No}, AtMS: 2})
	if err := a.Note(t.Context(), own, centre.Deed{Number: "N1", Step: "grant", Request: "r2"}); err != nil {
		t.Errorf("not granted on the paper: %v", err)
	}
	note(intake.KindDecided, intake.Step{Application: "case-N1", Hall: "jiangnan", Day: "2099-01-01", AtMS: a.c.Store.Now() + 1, Outcome: intake.Denied, Request: "r3"})
	if p, err := a.Find(t.Context(), own, "N1"); err != nil || len(p.Unproved) > 0 || !p.Doubted {
		t.Errorf("%+v, %v", p, err)
	}
}

// What a counter decided by itself counts for nothing, and an officer reads that beside it.
func TestAnOfficerReadsWhatIsVoid(t *testing.T) {
	a, _, item, own, _ := agency(t)
	takenAs(t, a, "N1", func(f *intake.Taken) {
		f.Item, f.Department = hall.ItemCode(item.Code), own.Agency
	})
	c, err := a.c.Store.Numbered(t.Context(), "N1")
	if err != nil {
		t.Fatal(err)
	}
	said := intake.Step{Application: c.Application, Hall: c.Hall, Day: hall.DateOf(c.AtMS), Outcome: intake.Granted, Request: "r", AtMS: c.AtMS + 1}
	for n, by := range []event.Origin{"jiangnan/c1", CentreOrigin} {
		if c, err = intake.Fold(c, event.Event{ID: event.ID{Origin: by, Epoch: 1, Seq: event.Seq(n + 2)}, Kind: intake.KindDecided, Payload: hall.Payload(said)}); err != nil {
			t.Fatal(err)
		}
	}
	h := a.pending(c).History
	if len(h) != 2 || h[0].Void == h[1].Void {
		t.Errorf("the history: %+v", h)
	}
}
