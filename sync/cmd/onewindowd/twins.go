package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"onewindow/app/device"
)

type deviceCommand struct {
	Twin twinCommand `cmd:"" help:"Run a virtual device, for tests, demos and teaching. What is typed while it runs changes its state; end ends it."`
}

type twinCommand struct {
	Printer   printerTwin   `cmd:"" help:"A ticket printer that draws each slip as a PNG. Type ok, paper_low, paper_out, cover_open or off."`
	Documents documentsTwin `cmd:"" help:"An office printer that keeps each document as a PDF. Type ok or off for its plug."`
	Reader    readerTwin    `cmd:"" help:"An identity card reader. Type card or take to lay a sample card on or take it away, ok or off for its plug."`
	Scanner   scannerTwin   `cmd:"" help:"A code scanner. Each line typed is a code; ok or off for its plug."`
	Strip     stripTwin     `cmd:"" help:"The strip above a window; prints what it shows. Type ok or off for its plug."`
	Signature signatureTwin `cmd:"" help:"A signature pad that signs by itself. Type ok or off for its plug."`
}

// on is where a twin of a serial device stands.
type on struct {
	Listen string `required:"" help:"serial:PATH makes a serial device at PATH (not on Windows); host:port listens for tcp://."`
}

type twin interface {
	Address() string
	Set(device.State)
	Close() error
}

// host runs a twin until it is told to end, by a signal or the word end. Each other line
// typed is a state, or else it is for obey, which tells whether it knew the word.
func host(name string, t twin, states []device.State, obey func(line string) (bool, error)) error {
	fmt.Printf("onewindowd device twin %s: set %q in the terminal's settings to %s\n", name, name, t.Address())
	ended, end := context.WithCancel(context.Background())
	defer end()
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			line := strings.TrimSpace(lines.Text())
			if line == "end" {
				end()
				return
			}
			if slices.Contains(states, device.State(line)) {
				t.Set(device.State(line))
				fmt.Println(name, "is", line)
				continue
			}
			if known, err := obey(line); err != nil {
				fmt.Fprintf(os.Stderr, "onewindowd: %v\n", err)
			} else if !known && line != "" {
				fmt.Fprintf(os.Stderr, "onewindowd: %q is no word of a %s: see onewindowd device twin %s --help\n", line, name, name)
			}
		}
	}()
	waitFor(ended)
	return t.Close()
}

var (
	plugStates    = []device.State{device.OK, device.Off}
	printerStates = []device.State{device.OK, device.PaperLow, device.PaperOut, device.CoverOpen, device.Off}
)

func nothingElse(string) (bool, error) { return false, nil }

// placed adds the next step to what went wrong with a twin's place.
func placed(err error) error {
	return fmt.Errorf("%w: end the program that holds it, or choose another with --listen", err)
}

type documentsTwin struct {
	Listen string `default:"127.0.0.1:9101" help:"Where the printer listens: host:port."`
	Out    string `required:"" help:"Folder for the documents." type:"path"`
}

// Run prints until it is told to end.
func (c *documentsTwin) Run() error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("make the folder for documents: %w", err)
	}
	t, err := device.StartPageTwin(c.Listen, c.Out, func(file string) { fmt.Println("document", file) })
	if err != nil {
		return placed(err)
	}
	return host("documents", t, plugStates, nothingElse)
}

type printerTwin struct {
	Listen string `default:"127.0.0.1:9100" help:"Where the printer listens: host:port, or file:PATH or serial:PATH, which is made (not on Windows)."`
	Out    string `required:"" help:"Folder for the slips." type:"path"`
}

// Run prints until it is told to end.
func (c *printerTwin) Run() error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("make the folder for slips: %w", err)
	}
	t, err := device.StartTwin(c.Listen, c.Out, func(s device.Sheet) { fmt.Printf("slip %d: %s\n", s.Number, s.File) })
	if err != nil {
		return placed(err)
	}
	if missing := t.Missing(); missing != "" {
		fmt.Fprintln(os.Stderr, "onewindowd:", missing)
	}
	return host("printer", t, printerStates, nothingElse)
}

type readerTwin struct{ on }

// Run plays a reader with a sample card on it until it is told to end.
func (c *readerTwin) Run() error {
	t, err := device.StartReaderTwin(c.Listen)
	if err != nil {
		return placed(err)
	}
	card := device.SampleCard()
	t.Lay(&card)
	return host("reader", t, plugStates, func(line string) (bool, error) {
		switch line {
		case "card":
			t.Lay(&card)
		case "take":
			t.Lay(nil)
		default:
			return false, nil
		}
		return true, nil
	})
}

type scannerTwin struct{ on }

// Run scans what is typed until it is told to end.
func (c *scannerTwin) Run() error {
	t, err := device.StartScannerTwin(c.Listen)
	if err != nil {
		return placed(err)
	}
	return host("scanner", t, plugStates, func(line string) (bool, error) { return true, t.Scan(line) })
}

type stripTwin struct{ on }

// Run prints what the strip shows until it is told to end.
func (c *stripTwin) Run() error {
	colours := map[device.Colour]string{device.Red: "red", device.Green: "green", device.Amber: "amber"}
	t, err := device.StartStripTwin(c.Listen, func(unit byte, colour device.Colour, text string) {
		fmt.Printf("strip %d %s: %s\n", unit, colours[colour], text)
	})
	if err != nil {
		return placed(err)
	}
	return host("strip", t, plugStates, nothingElse)
}

type signatureTwin struct {
	Listen string `default:"127.0.0.1:8090" help:"Where the pad's service listens, on this machine."`
}

// Run signs until it is told to end.
func (c *signatureTwin) Run() error {
	t, err := device.StartSignatureTwin(c.Listen, nil)
	if err != nil {
		return placed(err)
	}
	return host("signature", t, plugStates, nothingElse)
}
