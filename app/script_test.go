package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onewindow/app/device"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"onewindow": main}) }

// TestScripts runs what IT staff type, each file a session.
func TestScripts(t *testing.T) {
	r := &rig{}
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"twins": r.twins, "printer": r.set, "sheets": r.look,
	}})
}

// rig has a twin of every device, for the script that asks for them.
type rig struct {
	printer *device.Twin
	mu      sync.Mutex
	sheets  []device.Sheet
}

// twins starts them and writes well.json, which names them.
func (r *rig) twins(ts *testscript.TestScript, _ bool, _ []string) {
	var err error
	r.printer, err = device.StartTwin("127.0.0.1:0", "", func(s device.Sheet) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sheets = append(r.sheets, s)
	})
	ts.Check(err)
	reader, err := device.StartReaderTwin("serial:" + ts.MkAbs("reader"))
	ts.Check(err)
	scanner, err := device.StartScannerTwin("serial:" + ts.MkAbs("scanner"))
	ts.Check(err)
	strip, err := device.StartStripTwin("serial:"+ts.MkAbs("strip"), func(byte, device.Colour, string) {})
	ts.Check(err)
	pad, err := device.StartSignatureTwin("127.0.0.1:0", nil)
	ts.Check(err)
	for _, close := range []func() error{r.printer.Close, reader.Close, scanner.Close, strip.Close, pad.Close} {
		ts.Defer(func() { _ = close() })
	}
	raw, err := json.Marshal(map[string]string{"role": "kiosk", "hub": "", "printer": r.printer.Address(), "reader": reader.Address(),
		"scanner": scanner.Address(), "strip": strip.Address(), "signature": pad.Address()})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("well.json"), raw, 0o600))
}

// set puts the printer into a state.
func (r *rig) set(_ *testscript.TestScript, _ bool, args []string) {
	r.printer.Set(device.State(args[0]))
}

// look checks how many sheets were printed, and what stands on the last one.
func (r *rig) look(ts *testscript.TestScript, _ bool, args []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, err := strconv.Atoi(args[0]); err != nil || n != len(r.sheets) {
		ts.Fatalf("%d sheets were printed, want %s", len(r.sheets), args[0])
	}
	for _, words := range args[1:] {
		if text := r.sheets[len(r.sheets)-1].Text; !strings.Contains(text, words) {
			ts.Fatalf("the paper does not say %q: %s", words, text)
		}
	}
}
