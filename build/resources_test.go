package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"encoding/xml"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestResources reads the object back with a reader that is not ours, and walks
// the tree as Windows does.
func TestResources(t *testing.T) {
	list, err := windowsResources(product{Name: "OneWindow", Company: "OneWindow", Version: "1.2.3", About: "a terminal"})
	if err != nil {
		t.Fatal(err)
	}
	raw := coff(list)
	f, err := pe.NewFile(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Section(".rsrc")
	if f.Machine != pe.IMAGE_FILE_MACHINE_AMD64 || s == nil {
		t.Fatalf("machine %#x, section %v", f.Machine, s)
	}
	data, err := s.Data()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Relocs) != len(list) {
		t.Errorf("%d relocations for %d resources", len(s.Relocs), len(list))
	}
	le := binary.LittleEndian
	found := map[uint32][][]byte{}
	var walk func(at, depth int, kind uint32)
	walk = func(at, depth int, kind uint32) {
		for i := range int(le.Uint16(data[at+14:])) {
			id, to := le.Uint32(data[at+16+8*i:]), le.Uint32(data[at+20+8*i:])
			if depth == 0 {
				kind = id
			}
			if deeper := to&(1<<31) != 0; deeper != (depth < 2) {
				t.Fatalf("at depth %d an entry points to %#x", depth, to)
			}
			if depth < 2 {
				walk(int(to&^(1<<31)), depth+1, kind)
				continue
			}
			from, size := le.Uint32(data[to:]), le.Uint32(data[to+4:])
			found[kind] = append(found[kind], data[from:from+size])
		}
	}
	walk(0, 0, 0)
	for i, r := range found[resourceIcon] {
		img, err := png.Decode(bytes.NewReader(r))
		if err != nil || img.Bounds().Dx() != iconSides[i] {
			t.Errorf("icon %d: %v, want %d wide", i, err, iconSides[i])
		}
	}
	if len(found[resourceIcon]) != len(iconSides) || len(found[resourceIconGroup]) != 1 {
		t.Errorf("%d icons and %d groups", len(found[resourceIcon]), len(found[resourceIconGroup]))
	}
	if err := xml.Unmarshal(found[resourceManifest][0], new(struct{})); err != nil {
		t.Errorf("the manifest is no XML: %v", err)
	}
	version := found[resourceVersion][0]
	if int(le.Uint16(version)) != len(version) {
		t.Errorf("the version says it has %d bytes, and has %d", le.Uint16(version), len(version))
	}
	if at := bytes.Index(version, []byte{0xbd, 0x04, 0xef, 0xfe}); at%4 != 0 || le.Uint32(version[at+8:]) != 1<<16|2 || le.Uint32(version[at+12:]) != 3<<16 {
		t.Errorf("the version's numbers are not 1.2.3 on four bytes")
	}
}

func TestVersionMustBeThreeNumbers(t *testing.T) {
	for _, bad := range []string{"1.2.x", "1.2.3.4", "", "1.2.70000"} {
		if _, err := windowsResources(product{Version: bad}); err == nil {
			t.Errorf("version %q was taken", bad)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, c := range []struct {
		version, least string
		want           bool
	}{
		{"18.20.4", "20.19.0", true}, {"20.18.9", "20.19.0", true}, {"20.19.0", "20.19.0", false},
		{"24.1.0", "20.19.0", false}, {"9.2.0", "11.0.0", true}, {"2.9", "2.34", true}, {"", "1.0.0", true},
	} {
		if got := older(c.version, c.least); got != c.want {
			t.Errorf("older(%q, %q) = %v", c.version, c.least, got)
		}
	}
}

func TestPackagesLacking(t *testing.T) {
	const lock = `{"packages": {"": {}, "node_modules/a": {"version": "1.0.0", "integrity": "x"}, "node_modules/b": {"version": "2.0.0", "optional": true}}}`
	for name, c := range map[string]struct{ have, want string }{
		"nothing installed":      {"", "missing"},
		"all there":              {`{"packages": {"node_modules/a": {"version": "1.0.0", "integrity": "x"}}}`, ""},
		"another version":        {`{"packages": {"node_modules/a": {"version": "1.0.1", "integrity": "x"}}}`, "changed (a)"},
		"the same, other bytes":  {`{"packages": {"node_modules/a": {"version": "1.0.0", "integrity": "y"}}}`, "changed (a)"},
		"npm was stopped midway": {`{"packages": `, "cannot be read"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "package-lock.json"), lock)
		if c.have != "" {
			write(t, filepath.Join(dir, "node_modules", ".package-lock.json"), c.have)
		}
		got, err := packagesLacking(dir)
		if err != nil || (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	if _, err := packagesLacking(t.TempDir()); err == nil {
		t.Error("a missing lock file was taken for nothing lacking")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
