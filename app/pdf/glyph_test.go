package pdf

import "testing"

// A character that the fonts lack leaves a mark to be written over, and no gap.
func TestACharacterThatIsMissingLeavesAMark(t *testing.T) {
	s, err := newSheet("test")
	if err != nil {
		t.Fatal(err)
	}
	for text, mark := range map[string]string{"𬭊": "〓", "Ж": "?"} {
		if got, want := s.measure(text, 12), s.measure(mark, 12); got != want || got == 0 || got == s.measure(" ", 12) {
			t.Errorf("%s is %.2f wide, its mark %.2f", text, got, want)
		}
	}
}
