package day

import "testing"

// TestIDsOfOneMomentKeepTheirOrder: of two kiosks that issue in the same millisecond the same
// one is first, however often either wanted an id for something else, and one kiosk's own
// tickets stay in the order in which they were issued.
func TestIDsOfOneMomentKeepTheirOrder(t *testing.T) {
	const at = 1_795_485_600_000
	made := func(name string, before int) string {
		x := ids{seed: 11, stream: streamOf(name)}
		for range before {
			x.next(at)
		}
		return x.next(at)
	}
	first := made("k1", 0) < made("k2", 0)
	for n := range 50 {
		for m := range 50 {
			if (made("k1", n) < made("k2", m)) != first {
				t.Fatalf("after %d and %d other ids the order is another one", n, m)
			}
		}
	}
	x := ids{seed: 11, stream: streamOf("k1")}
	last := ""
	for range 1000 {
		id := x.next(at)
		if id <= last {
			t.Fatalf("%s came after %s", id, last)
		}
		last = id
	}
}
