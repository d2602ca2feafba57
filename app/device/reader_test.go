package device_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

const today = hall.Date("2026-11-24")

// full asks for the numbers of a release instead of a tenth of them.
func full() bool { return os.Getenv("ONEWINDOW_FULL") == "1" }

func tenth(n int) int {
	if full() {
		return n
	}
	return n / 10
}

// lay starts a twin at an address, with a card on it, and a quick driver.
func lay(t *testing.T, address string, card device.Card) (*device.ReaderTwin, *device.Reader) {
	t.Helper()
	twin, err := device.StartReaderTwin(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, twin) })
	twin.Lay(&card)
	r := device.NewReader(twin.Address())
	r.LayTime, r.FindEvery = 0, time.Millisecond
	return twin, r
}

// wantUnread checks the reason and that nothing of the card is in the error.
func wantUnread(t *testing.T, err error, reason string) {
	t.Helper()
	var no *event.Refusal
	if !errors.As(err, &no) || !errors.Is(err, event.ReaderFailed) || no.Args["reason"] != reason {
		t.Errorf("error %v, want %v for %s", err, event.ReaderFailed, reason)
	}
}

func TestACardIsRead(t *testing.T) {
	sample := device.SampleCard()
	forever := sample
	forever.To = ""
	foreign := sample
	for name, address := range map[string]string{"tcp": "127.0.0.1:0", "serial": "serial:" + filepath.Join(t.TempDir(), "reader")} {
		for _, card := range []device.Card{sample, forever} {
			twin, r := lay(t, address, card)
			if s, err := r.Status(background); s != device.OK || err != nil {
				t.Fatalf("%s: state %s, %v", name, s, err)
			}
			got, err := r.Read(background, today)
			if err != nil || got != card {
				t.Fatalf("%s: %v, the right one: %v", name, err, got == card)
			}
			twin.Lay(nil)
			_, err = r.Read(background, today)
			wantUnread(t, err, device.NoCard)
			foreign.Number = "990108200009077550" // the check character is wrong
			twin.Lay(&foreign)
			_, err = r.Read(background, today)
			wantUnread(t, err, device.Unreadable)
			if err := twin.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = r.Read(background, today)
			wantUnread(t, err, string(device.Off))
		}
	}
	none := device.NewReader("")
	_, err := none.Read(background, today)
	wantUnread(t, err, string(device.None))
	if s, err := none.Status(background); s != device.None || err != nil {
		t.Errorf("no reader is %s, %v", s, err)
	}
}

func TestACardThatContradictsItselfIsNotTaken(t *testing.T) {
	for name, change := range map[string]func(*device.Card){
		"another birth":    func(c *device.Card) { c.Birth = "20000908" },
		"another sex":      func(c *device.Card) { c.Sex = "2" },
		"no sex":           func(c *device.Card) { c.Sex = "7" },
		"no name":          func(c *device.Card) { c.Name = "" },
		"a control":        func(c *device.Card) { c.Address = "a\x1bb" },
		"no nation":        func(c *device.Card) { c.Nation = "x1" },
		"no day":           func(c *device.Card) { c.From = "2020-02-31" },
		"a small x":        func(c *device.Card) { c.Number = "99010820000907755x" },
		"born in tomorrow": func(c *device.Card) { c.Number, c.Birth = number("99010820261125", 755), "20261125" },
	} {
		card := device.SampleCard()
		change(&card)
		_, r := lay(t, "127.0.0.1:0", card)
		_, err := r.Read(background, today)
		wantUnread(t, err, device.Unreadable)
		if err != nil && strings.Contains(err.Error(), "9901") {
			t.Errorf("%s: the error tells of the card: %v", name, err)
		}
	}
}

// number completes an identity number by its check character.
func number(begin string, order int) intake.Personal {
	n := begin + fmt.Sprintf("%03d", order)
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(n[i]-'0')
	}
	return intake.Personal(n + string("10X98765432"[sum%11]))
}

// person makes the i-th person of a crowd; all differ in every field that matters.
func person(i int) device.Card {
	birth := fmt.Sprintf("%d%02d%02d", 1940+i%80, 1+i%12, 1+i%28)
	order := i % 1000
	return device.Card{Name: intake.Personal(fmt.Sprintf("样例%c%d", rune('一'+i%5000), i)), Number: number("990108"+birth, order), Birth: intake.Personal(birth),
		Sex: fmt.Sprint(2 - order%2), Nation: fmt.Sprintf("%02d", 1+i%56), Address: intake.Personal(fmt.Sprintf("样例路%d号", i)), Issuer: "样例局", From: "2020-01-01", To: "2040-01-01"}
}

// spoiler breaks frames as bad lines do.
func spoiler(random *rand.Rand, whole, broken *int) func([]byte) [][]byte {
	noise := func() []byte {
		b := make([]byte, random.IntN(40))
		for i := range b {
			b[i] = []byte{0xaa, 0x96, 0x69, 0x00, byte(random.Uint32())}[random.IntN(5)]
		}
		return b
	}
	split := func(b []byte) (out [][]byte) {
		for len(b) > 0 {
			n := 1 + random.IntN(len(b))
			out, b = append(out, b[:n]), b[n:]
		}
		return out
	}
	return func(f []byte) [][]byte {
		f = append([]byte{}, f...)
		kind := random.IntN(16)
		if kind < 9 {
			*whole++
		} else {
			*broken++
		}
		switch kind {
		case 0, 1, 2, 3:
			return [][]byte{f}
		case 4, 5:
			return split(f)
		case 6:
			return split(append(noise(), f...))
		case 7: // the head of a frame that never comes, and then the right one
			return [][]byte{{0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x05, 0x08}, f}
		case 8:
			return [][]byte{f, noise()}
		case 9: // a wrong check
			f[len(f)-1] ^= byte(1 + random.IntN(255))
		case 10: // one to five wrong bytes
			for range 1 + random.IntN(5) {
				f[random.IntN(len(f))] ^= byte(1 + random.IntN(255))
			}
		case 11: // two wrong bytes that the check does not see, in the text if there is one
			flip := byte(1 + random.IntN(255))
			f[10+random.IntN(min(len(f)-10, 250))] ^= flip
			f[10+random.IntN(min(len(f)-10, 250))] ^= flip
		case 12: // bytes lost
			at := random.IntN(len(f))
			f = append(f[:at], f[min(len(f), at+1+random.IntN(20)):]...)
		case 13: // bytes twice
			at := random.IntN(len(f))
			f = append(f[:at:at], f[max(0, at-1-random.IntN(20)):]...)
		case 14: // another length
			f[6] ^= byte(1 + random.IntN(255))
		case 15: // nothing at all
			return nil
		}
		return [][]byte{f}
	}
}

// TestABadLineNeverGivesAnotherPerson counts what comes of many broken frames: the
// person on the reader or a clear error.
func TestABadLineNeverGivesAnotherPerson(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 4))
	twin, r := lay(t, "127.0.0.1:0", person(0))
	r.AnswerTime = 20 * time.Millisecond
	whole, broken := 0, 0
	twin.Spoil(spoiler(random, &whole, &broken))
	right, unread, wrong := 0, 0, 0
	for i := 1; whole+broken < tenth(10_000); i++ {
		card := person(i)
		twin.Lay(&card)
		got, err := r.Read(background, today)
		switch {
		case err == nil && got == card:
			right++
		case err == nil:
			wrong++
		case errors.Is(err, event.ReaderFailed):
			unread++
		default:
			t.Fatalf("seed %d: an error without a reason: %v", seed, err)
		}
	}
	t.Logf("seed %d: %d frames, %d of them broken: %d right, %d clear errors, %d wrong persons", seed, whole+broken, broken, right, unread, wrong)
	if wrong > 0 || right == 0 || unread == 0 || broken == 0 {
		t.Error("every reading must give the right person or an error, and this test must see both")
	}
}

// A late answer about the person before must not become the next person's.
func TestALateAnswerIsNotTheNextPersons(t *testing.T) {
	var late []byte
	twin, r := lay(t, "serial:"+filepath.Join(t.TempDir(), "reader"), person(1))
	r.AnswerTime = 50 * time.Millisecond
	twin.Spoil(func(f []byte) [][]byte {
		if len(f) > 1000 {
			late = f
			return nil
		}
		return [][]byte{f}
	})
	_, err := r.Read(background, today)
	wantUnread(t, err, string(device.Off))
	second := person(2)
	twin.Lay(&second)
	twin.Spoil(func(f []byte) [][]byte {
		defer func() { late = nil }()
		return [][]byte{late, f}
	})
	if got, err := r.Read(background, today); err != nil || got != second {
		t.Errorf("%v, the right one: %v", err, got == second)
	}
}

func TestAReaderThatIsPulledOutAndPutBack(t *testing.T) {
	twin, r := lay(t, "serial:"+filepath.Join(t.TempDir(), "reader"), device.SampleCard())
	for range 3 {
		if _, err := r.Read(background, today); err != nil {
			t.Fatal(err)
		}
		twin.Set(device.Off)
		_, err := r.Read(background, today)
		wantUnread(t, err, string(device.Off))
		twin.Set(device.OK)
		eventually(t, "the reader is back", func() bool { s, _ := r.Status(background); return s == device.OK })
	}
}

func TestAReaderThatNeverAnswers(t *testing.T) {
	twin, r := lay(t, "127.0.0.1:0", device.SampleCard())
	r.AnswerTime = 10 * time.Millisecond
	twin.Spoil(func([]byte) [][]byte { return nil })
	_, err := r.Read(background, today)
	wantUnread(t, err, string(device.Off))
	if s, err := r.Status(background); s != device.Off || err == nil {
		t.Errorf("state %s, %v", s, err)
	}
	ctx, cancel := context.WithTimeout(background, 10*time.Millisecond)
	defer cancel()
	r.AnswerTime = time.Minute
	_, err = r.Read(ctx, today)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error does not say that the time was over: %v", err)
	}
}

func TestACardPrintsMasked(t *testing.T) {
	card := device.SampleCard()
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("card", "number", card.Number, "name", card.Name)
	text := fmt.Sprintf("%v %+v %#v %s", card, card, card.Number, &card) + log.String()
	for _, secret := range []string{"9901082", "20000907", "罗庆", "样例路"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is printed: %s", secret, text)
		}
	}
}
