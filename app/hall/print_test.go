package hall

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// fill puts something into every field, also into those that a later version adds: the
// zero value in one case of three, and words that JSON has to escape.
func fill(r *rand.Rand, v reflect.Value) {
	words := []string{"B012", "jiangnan/k1", "不动产交易登记", "a\"b", "<&>", "line\u2028end", "tab\t", "\xff", "…", "\x7f"}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(r, v.Field(i))
			}
		}
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Slice:
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n))
		}
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.String:
		if r.IntN(3) > 0 {
			v.SetString(words[r.IntN(3)])
		}
		if r.IntN(40) == 0 {
			v.SetString(words[r.IntN(len(words))])
		}
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	default:
		if r.IntN(3) > 0 {
			v.SetInt(r.Int64N(1<<62) - 1<<61)
		}
	}
}

// A row is, byte for byte, what encoding/json writes.
func TestRowIsWhatJSONWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	quick := 0
	for range 20_000 {
		var x Ticket
		fill(r, reflect.ValueOf(&x).Elem())
		want, err := json.Marshal(&x)
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Row(); !bytes.Equal(got, want) {
			t.Fatalf("a row is\n%s\nand not\n%s", got, want)
		}
		if !strings.ContainsAny(string(want), `\`) {
			quick++
		}
	}
	if quick < 2000 {
		t.Errorf("only %d rows without escapes were tried", quick)
	}
}

func BenchmarkRow(b *testing.B) {
	var x Ticket
	fill(rand.New(rand.NewPCG(1, 1)), reflect.ValueOf(&x).Elem())
	b.Run("row", func(b *testing.B) {
		for range b.N {
			x.Row()
		}
	})
	b.Run("json", func(b *testing.B) {
		for range b.N {
			if _, err := json.Marshal(&x); err != nil {
				b.Fatal(err)
			}
		}
	})
}
