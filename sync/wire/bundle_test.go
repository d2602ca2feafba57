package wire_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onewindow/sync/wire"
)

var centreKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func part(kind, name, text string) wire.Part {
	return wire.Part{Kind: kind, Name: name, Size: int64(len(text)), Sum: wire.SumOf([]byte(text))}
}

func TestABundleIsReadBackAndEveryChangedByteIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := wire.Manifest{Version: rapid.Int64Range(1, wire.MaxVersion).Draw(t, "version"), AtMS: rapid.Int64Range(0, 1<<41).Draw(t, "at")}
		for i := range rapid.IntRange(0, 5).Draw(t, "parts") {
			m.Parts = append(m.Parts, part("guide", fmt.Sprintf("part%d.json", i), rapid.String().Draw(t, "text")))
		}
		b, err := wire.SealBundle(centreKey, m)
		if err != nil || b.Version != m.Version || len(b.Parts) != len(m.Parts) {
			t.Fatalf("%+v %v", b, err)
		}
		frame := b.Encode()
		back, err := wire.DecodeBundle(frame)
		if err != nil || !reflect.DeepEqual(back, b) {
			t.Fatalf("%+v %v", back, err)
		}
		frame[rapid.IntRange(0, len(frame)-1).Draw(t, "where")] ^= byte(rapid.IntRange(1, 255).Draw(t, "what"))
		if _, err := wire.DecodeBundle(frame); !errors.Is(err, wire.ErrFrame) {
			t.Fatalf("a changed bundle: %v", err)
		}
	})
}

// signed is a frame whose manifest is a text that SealBundle would not write.
func signed(text string) []byte {
	frame := []byte{wire.Version}
	message := append([]byte("onewindow bundle 1\x00"), text...)
	for _, b := range [][]byte{centreKey.Public().(ed25519.PublicKey), ed25519.Sign(centreKey, message), []byte(text)} {
		frame = append(binary.AppendUvarint(frame, uint64(len(b))), b...)
	}
	return frame
}

func TestManifestsThatCannotBeKept(t *testing.T) {
	sum := wire.SumOf(nil)
	one := func(p string) string { return `{"version":3,"published_at_ms":1,"parts":[` + p + `]}` }
	whole := `{"kind":"guide","name":"items.json","size":0,"sha256":"` + sum + `"}`
	for _, c := range []struct {
		name, text string
		good       bool
	}{
		{"a plain one", one(whole), true},
		{"of nothing", `{"version":1,"parts":[]}`, true},
		{"a kind and a field of a later program", `{"version":3,"published_at_ms":1,"mood":"x","parts":[{"kind":"survey","name":"q1","size":9,"sha256":"` + sum + `","mime":"a/b"}]}`, true},
		{"that goes back", `{"version":3,"back_to":2,"parts":[]}`, true},
		{"that goes back to itself", `{"version":3,"back_to":3,"parts":[]}`, false},
		{"without a version", `{"parts":[]}`, false},
		{"with a version below one", `{"version":0,"parts":[]}`, false},
		{"with a version that leaves no next one", `{"version":9007199254740993,"parts":[]}`, false},
		{"from before 1970", `{"version":1,"published_at_ms":-1,"parts":[]}`, false},
		{"a part twice", one(whole + "," + whole), false},
		{"a way out of the folder", one(strings.Replace(whole, "items.json", "../items.json", 1)), false},
		{"a hidden file", one(strings.Replace(whole, "items.json", ".items", 1)), false},
		{"a sum that is a path", one(strings.Replace(whole, sum, "../../etc/passwd", 1)), false},
		{"a sum in capitals", one(strings.Replace(whole, sum, strings.ToUpper(sum), 1)), false},
		{"a kind with a blank", one(strings.Replace(whole, "guide", "a guide", 1)), false},
		{"a size below nothing", one(strings.Replace(whole, `"size":0`, `"size":-1`, 1)), false},
		{"a size that fills the disk", one(strings.Replace(whole, `"size":0`, `"size":9000000000`, 1)), false},
		{"something behind it", one(whole) + "{}", false},
		{"no JSON", "x", false},
		{"cut", one(whole)[:40], false},
	} {
		b, err := wire.DecodeBundle(signed(c.text))
		if (err == nil) != c.good || !c.good && !errors.Is(err, wire.ErrFrame) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.good && string(b.Encode()) != string(signed(c.text)) {
			t.Errorf("%s is not passed on as it came", c.name)
		}
	}
}

func FuzzBundle(f *testing.F) {
	b, err := wire.SealBundle(centreKey, wire.Manifest{Version: 2, Parts: []wire.Part{part("guide", "items.json", "x")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b.Encode(), []byte(`{"version":1,"parts":[]}`))
	f.Fuzz(func(t *testing.T, frame, text []byte) {
		_, _ = wire.DecodeBundle(frame)
		b, err := wire.DecodeBundle(signed(string(text)))
		if err != nil {
			return
		}
		if b.Version < 1 || b.Version > wire.MaxVersion || len(b.Parts) > wire.MaxParts {
			t.Fatalf("kept: %+v", b)
		}
		for _, p := range b.Parts {
			if !wire.IsSum(p.Sum) || p.Size < 0 || strings.ContainsAny(p.Name+p.Kind, "/\\ \x00") {
				t.Fatalf("kept: %+v", p)
			}
		}
	})
}
