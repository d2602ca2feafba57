package device

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// FuzzPrinterStatus feeds what a printer may send to the sorter and the summing up.
func FuzzPrinterStatus(f *testing.F) {
	for _, s := range []string{"", "\x12\x12\x12\x12", "\x1a\x32\x12\x7e", "\x1a\x16\x12\x12", "\x10\x00\x00\x0f\x12", "\x37\x25\x00\x12", "\x00", "\x37\x10\x37"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s sorter
		answers := []byte{}
		for _, c := range b {
			switch s.take(c) {
			case realTime:
				if answers = append(answers, c); c&0x93 != 0x12 {
					t.Errorf("%02x counts as an answer about the state", c)
				}
			case paperSensor:
				if c&0x90 != 0 {
					t.Errorf("%02x counts as the answer to a barrier", c)
				}
			case other:
			}
			if s.skip < 0 || s.skip > 3 {
				t.Fatalf("skips %d", s.skip)
			}
		}
		for ; len(answers) >= 4; answers = answers[4:] {
			state := stateOf(answers[0], answers[1], answers[2], answers[3])
			if state.Prints() && (answers[0]&bitOffline != 0 || answers[1]&(bitCover|bitPaperStop|bitFault) != 0 || answers[3]&bitsPaperEnd != 0) {
				t.Errorf("% x counts as %s", answers[:4], state)
			}
		}
	})
}

// FuzzReaderFrames feeds what a card reader may send, in pieces: no frame counts
// whose check is wrong, and no card that contradicts itself.
func FuzzReaderFrames(f *testing.F) {
	body := append([]byte{0, 0, 0x90, 1, 0, 4, 0}, textOf(SampleCard())...)
	whole := frameOf(append(body, make([]byte, photoBytes)...)...)
	for _, s := range [][]byte{{}, frameHead, frameOf(0, 0, 0x9f, 0, 0, 0, 0), frameOf(0, 0, 0x80), whole, append([]byte{0xaa, 0xaa, 0xaa, 0x96, 0x69, 5, 8}, whole...), whole[:700]} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		var u unframer
		piece = 1 + max(0, piece)%1400
		for rest := b; len(rest) > 0; {
			n := min(piece, len(rest))
			u.add(rest[:n])
			rest = rest[n:]
			for frame := u.next(); frame != nil; frame = u.next() {
				if !bytes.Contains(b, frameOf(frame...)) {
					t.Fatal("a frame that was not sent")
				}
				for _, c := range []command{askState, findCard, selectCard, readCard} {
					body, mine, err := c.judge(frame)
					if mine && err == nil && c.done == statusDone && c.ask == readCard.ask {
						if card, err := cardOf(body[4:4+textBytes], "2026-11-24"); err == nil && !card.agrees("2026-11-24") {
							t.Fatal("a card that contradicts itself")
						}
					}
				}
			}
			if len(u.b) > 2*longestFrame+piece {
				t.Fatalf("%d bytes are kept", len(u.b))
			}
		}
	})
}

// FuzzCard feeds texts of cards.
func FuzzCard(f *testing.F) {
	f.Add(textOf(SampleCard()))
	f.Add(make([]byte, textBytes))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, text []byte) {
		card, err := cardOf(text, "2026-11-24")
		if err == nil && (!card.agrees("2026-11-24") || card.Name == "") {
			t.Error("a card that contradicts itself")
		}
	})
}

// FuzzScanner feeds what a scanner may send.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{"", "OW1:A\r\n", "\n\r\n", "~OW1:A\r", "\xff\xfe\r", "\x00\n"} {
		f.Add("", []byte(s))
		f.Add("~", []byte(s))
	}
	f.Fuzz(func(t *testing.T, prefix string, b []byte) {
		l := scanLines{prefix: prefix}
		for _, c := range b {
			text, ok := l.take(c)
			if !ok {
				continue
			}
			if text == "" || len(text) > longestScan || !utf8.ValidString(text) || bytes.ContainsAny([]byte(text), "\r\n\x00\x1b") || !bytes.Contains(b, []byte(prefix+text)) {
				t.Errorf("%q counts as a code", text)
			}
		}
		if len(l.b) > longestScan {
			t.Errorf("%d bytes are kept", len(l.b))
		}
	})
}

// FuzzStrip feeds what may come to a strip.
func FuzzStrip(f *testing.F) {
	f.Add(stripFrame(1, Red, "请 A012 号到 B07 号窗口"))
	f.Add([]byte{2, 1, 0, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		twin := &StripTwin{shown: func(byte, Colour, string) {}}
		for len(b) > 0 {
			used, _ := twin.obey(b)
			if used == 0 {
				return
			}
			b = b[used:]
		}
	})
}
