package apptest_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/screen"
	"onewindow/app/terminal"
)

// TestTheCatalogueInUseIsTheLastGoodOne starts a kiosk with a catalogue, with a changed one
// and with one that cannot be read: what was taken last is used, and was kept.
func TestTheCatalogueInUseIsTheLastGoodOne(t *testing.T) {
	files, err := guide.ShippedFiles()
	apptest.Must(t, err)
	dir := t.TempDir()
	s := config.Default(config.Kiosk)
	s.Data, s.Hub, s.Catalogue = t.TempDir(), "", dir
	write := func(name string, raw []byte) { apptest.Must(t, os.WriteFile(filepath.Join(dir, name), raw, 0o644)) }
	for name, raw := range files {
		write(name, raw)
	}
	found := func(query string) (n int) {
		k, err := terminal.Open(s, terminal.Options{Logger: slog.New(slog.DiscardHandler)})
		apptest.Must(t, err)
		defer func() { apptest.Must(t, k.Close()) }()
		for _, i := range finds(t, k, query) {
			if i.Name.Zh == query {
				n++
			}
		}
		return n
	}
	const old, changed = "社会保障卡(市民卡)申领", "社会保障卡(市民卡)申领与换发"
	for range 2 { // at its first start, and again from what was kept
		if found(old) != 1 || found(changed) != 0 {
			t.Fatal("the catalogue as it is shipped is not the one in use")
		}
	}
	write("items.json", bytes.Replace(files["items.json"], []byte(`"`+old+`"`), []byte(`"`+changed+`"`), 1))
	if found(changed) != 1 || found(old) != 0 {
		t.Fatal("a changed catalogue is not taken")
	}
	write("items.json", []byte("{"))
	if found(changed) != 1 {
		t.Fatal("with a catalogue that cannot be read the last good one is gone")
	}
}

// TestANameWithoutAGuideIsFoundAndGetsNoTicket puts names.jsonl beside the catalogue:
// a kiosk finds the item and tells who handles it, and offers nothing that it does not know.
func TestANameWithoutAGuideIsFoundAndGetsNoTicket(t *testing.T) {
	files, err := guide.ShippedFiles()
	apptest.Must(t, err)
	const code, name = "511Z-1-00", "拖拉机驾驶证换证"
	files[guide.FileNames] = []byte(`{"name": "` + name + `", "department": "区农业农村局", "group": "未分类", "item_code": "` + code + `", "type": "行政许可"}`)
	dir := t.TempDir()
	for file, raw := range files {
		apptest.Must(t, os.WriteFile(filepath.Join(dir, file), raw, 0o644))
	}
	s := config.Default(config.Kiosk)
	s.Data, s.Hub, s.Catalogue = t.TempDir(), "", dir
	for range 2 { // as it was read, and from what was kept
		k, err := terminal.Open(s, terminal.Options{Logger: slog.New(slog.DiscardHandler)})
		apptest.Must(t, err)
		found := finds(t, k, "tljjszhz")
		if len(found) == 0 || found[0].Code != code || found[0].Name.Zh != name || found[0].Department != "区农业农村局" || found[0].Letter != "" || found[0].Here {
			t.Errorf("found: %+v", found)
		}
		if page, err := k.Kiosk.Guide(code); err != nil || len(page.Materials)+len(page.Places) > 0 {
			t.Errorf("guide: %+v %v", page, err)
		}
		for letter, refusal := range map[string]error{"": event.ServiceUnknown, "A": event.ItemElsewhere} {
			if _, err := k.Kiosk.Issue(screen.TicketRequest{Request: "r", Letter: letter, Items: []string{code}}); !errors.Is(err, refusal) {
				t.Errorf("a ticket of area %q: %v, want %v", letter, err, refusal)
			}
		}
		apptest.Must(t, k.Close())
	}
}
