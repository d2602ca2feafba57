package apptest_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/guide"
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
		for _, i := range k.Kiosk.Search(query) {
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
