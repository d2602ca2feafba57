package apptest_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/intake"
)

// autograph is what a person writes on the pad: transparent, with one stroke.
func autograph(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 300, 100))
	for x := 20; x < 280; x++ {
		img.Set(x, 50+x%17, color.NRGBA{A: 255})
	}
	var b bytes.Buffer
	apptest.Must(t, png.Encode(&b, img))
	return b.Bytes()
}

// TestADecisionIsSignedForOnThePad goes the way of a decision that is handed out: nothing can be signed before it is
// decided; a person who declines, and a pad that is off, leave everything to paper; what is signed is at the
// centre as it was written, stands on the proof of delivery, also when another counter prints it, and the handing out
// is recorded as before.
func TestADecisionIsSignedForOnThePad(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	written, declines := autograph(t), atomic.Bool{}
	twin, err := device.StartSignatureTwin("127.0.0.1:0", func(out http.ResponseWriter, _ *http.Request) {
		if declines.Load() {
			out.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = out.Write(written)
	})
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	took := make(chan string, 16)
	printer, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { printer.Close() })
	k := w.Terminal(config.Kiosk, "k1")
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Signature, s.Documents = twin.Address(), printer.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	r := o.takeWith(t, "i1")
	refused := func(want *event.Refusal, reason string) {
		t.Helper()
		var no *event.Refusal
		if _, err := c.Counter.SignCase("s", r.Number); !errors.As(err, &no) || no.Code != want.Code || no.Args["reason"] != reason {
			t.Errorf("not refused with %s %s: %v", want.Key, reason, err)
		}
	}
	refused(event.CaseState, "")
	item, _ := c.Machine.Guides.Now().Item(guide.Code(o.item))
	chen := atThePage(t, w, "chen", item.Department)
	apptest.Eventually(t, "granted", func() bool {
		if stateAt(t, w.Centre.Store, r.Number).State != intake.Accepted {
			return false
		}
		status, _ := chen.note(r.Number, "grant", url.Values{})
		return status == http.StatusOK
	})
	waits(t, k, r.Number, "granted")
	declines.Store(true)
	refused(event.PadFailed, "declined")
	declines.Store(false)
	twin.Set(device.Off)
	refused(event.PadFailed, "off")
	twin.Set(device.OK)
	if page, err := c.Counter.OpenCase(r.Number, "deliver"); err != nil || page.Signed || len(page.Scans) != 0 {
		t.Fatalf("what was not signed is said to be: %+v, %v", page, err)
	}
	proof := func(counter string) (pictures int) {
		t.Helper()
		at := c
		if counter != "c1" {
			at = secondCounter(t, w)
			apptest.Must(t, at.Close())
			at = w.Terminal(config.Counter, counter, func(s *config.Settings) { s.Documents = printer.Address() })
			reached(t, at)
			_, err := at.Counter.SignIn("li", "135790")
			apptest.Must(t, err)
		}
		_, err := at.Counter.PrintDocument(r.Number, "delivery")
		apptest.Must(t, err)
		raw, err := os.ReadFile(<-took)
		apptest.Must(t, err)
		return bytes.Count(raw, []byte("/Subtype /Image"))
	}
	plain := proof("c1")
	for range 2 { // the same wish twice is one signature
		list, err := c.Counter.SignCase("s1", r.Number)
		if err != nil || len(list) != 1 || list[0].Use != "signature" || list[0].Type != "image/png" {
			t.Fatalf("%+v, %v", list, err)
		}
	}
	apptest.Eventually(t, "it is at the centre", func() bool {
		at := centreOf(w.Centre).contents(t, r.Number)
		return len(at) == 1 && bytes.Equal(at[0], written)
	})
	page, err := c.Counter.OpenCase(r.Number, "deliver")
	if err != nil || !page.Signed {
		t.Fatalf("%+v, %v", page.Scans, err)
	}
	if p, err := c.Counter.OpenScan(r.Number, page.Scans[0].Scan); err != nil || p.Picture == "" {
		t.Errorf("nobody can look at it: %v", err)
	}
	if n := proof("c1"); n != plain+1 {
		t.Errorf("the proof has %d pictures, %d without the signature", n, plain)
	}
	if n := proof("c2"); n != plain+1 {
		t.Errorf("another counter's proof has %d pictures", n)
	}
	if out, err := c.Counter.StepCase("out", r.Number, "hand_out", "", "", nil); err != nil || out.State != "handed_out" {
		t.Errorf("%+v, %v", out, err)
	}
	refused(event.CaseState, "")
	for _, dir := range []string{"c1", "hub", "centre"} {
		holdsNot(t, w.Dir+"/"+dir, string(written[40:80]))
	}
}
