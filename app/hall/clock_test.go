package hall

import "testing"

// A pause of half a minute is never one of years: where a clock was put back the clerk
// may go on.
func TestAClockThatWentBackHoldsNobodyUp(t *testing.T) {
	const at = int64(1_795_485_600_000)
	for _, c := range []struct {
		name      string
		now, want int64
	}{
		{"at once", at, RecallAfterMS},
		{"half of it", at + RecallAfterMS/2, RecallAfterMS / 2},
		{"over", at + RecallAfterMS, 0},
		{"long over", at + 3_600_000, 0},
		{"a counter a minute behind its hub", at - 60_000, RecallAfterMS + 60_000},
		{"back by an hour", at - 3_600_000, 0},
		{"back by ten years", at - 10*365*86_400_000, 0},
		{"back to 1970", 0, 0},
	} {
		if left := Left(at, RecallAfterMS, c.now); left != c.want {
			t.Errorf("%s: %d ms are left, not %d", c.name, left, c.want)
		}
	}
}
