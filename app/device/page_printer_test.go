package device_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"onewindow/app/device"
	"onewindow/app/event"
)

// A document arrives whole, and a printer that is not there, or off, says so.
func TestADocumentArrivesWholeOrNotAtAll(t *testing.T) {
	took := make(chan string, 1)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	if err != nil {
		t.Fatal(err)
	}
	defer twin.Close()
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 300_000)...)
	p := device.NewPagePrinter(twin.Address())
	if err := p.Print(t.Context(), pdf); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(<-took); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("%d of %d bytes arrived: %v", len(got), len(pdf), err)
	}
	twin.Set(device.Off)
	p.JobTime = time.Second
	if err := p.Print(t.Context(), bytes.Repeat(pdf, 20)); !errors.Is(err, event.PrinterFailed) {
		t.Errorf("a printer that is off: %v", err)
	}
	twin.Close()
	if err := p.Print(t.Context(), pdf); !errors.Is(err, event.PrinterFailed) {
		t.Errorf("a printer that is gone: %v", err)
	}
	if err := device.NewPagePrinter("").Print(t.Context(), pdf); !errors.Is(err, event.PrinterFailed) {
		t.Errorf("no printer: %v", err)
	}
}
