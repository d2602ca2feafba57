package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"onewindow/app/guide"
	"onewindow/app/intake"
	"onewindow/sync/node"
	"onewindow/sync/roster"
	"onewindow/sync/wire"
)

type appointmentsCommand struct {
	Import appointmentsImport `cmd:"" help:"Bring the appointments of another system to a hall's hub, which must be running."`
}

type appointmentsImport struct {
	File string `arg:"" help:"CSV with a first line of column names, or an object of JSON a line: hall, service or item, date, time, phone (11 digits or the last four), identity, hash, reference, language; Chinese names as in 业务, 日期, 时间, 手机号. UTF-8 or GBK." type:"existingfile"`
	Data string `required:"" help:"The hub's data folder (for 'both': the folder hub inside it)." type:"existingdir"`

	out io.Writer    // standard output when nil
	now func() int64 // this machine's clock when nil
}

// mostList bounds a list in bytes.
const mostList = 32 << 20

// Run asks the hub for each line and prints what became of it. Nothing of a person is printed.
func (c *appointmentsImport) Run() error {
	if c.out == nil {
		c.out = os.Stdout
	}
	if c.now == nil {
		c.now = func() int64 { return time.Now().UnixMilli() }
	}
	if i, err := os.Stat(c.File); err == nil && i.Size() > mostList {
		return fmt.Errorf("%s has more than 32 MiB: bring it in parts; nothing was booked", c.File)
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the list: %w", err)
	}
	rows, unread, err := roster.Read(raw)
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was booked", c.File, err)
	}
	hub, err := node.OpenTool(c.Data)
	if err != nil {
		return fmt.Errorf("%w; nothing was booked", err)
	}
	defer hub.Close()
	guides, err := guidesOf(c.Data)
	if err != nil {
		return err
	}
	calendar, err := intake.ShippedCalendar()
	if err != nil {
		return err
	}
	if len(unread) > 0 {
		fmt.Fprintf(c.out, "columns that are not read: %s\n", strings.Join(unread, ", "))
	}
	count := map[roster.Outcome]int{}
	desk := roster.Desk{Hall: hub.Hall, Guides: guides, Calendar: calendar, NowMS: c.now()}
	desk.Bring(context.Background(), rows, hub, func(r roster.Result) {
		count[r.Outcome]++
		fmt.Fprintf(c.out, "line %d: %s: %s\n", r.No, r.Outcome, r.Words)
	})
	fmt.Fprintf(c.out, "%d booked, %d already there, %d refused\n", count[roster.Booked], count[roster.There], count[roster.Refused])
	switch {
	case count[roster.Undone] > 0:
		return fmt.Errorf("%d lines were not done: bring the same file once more, nothing is booked twice", count[roster.Undone])
	case count[roster.Refused] > 0:
		return fmt.Errorf("%d lines were refused: correct them and bring the file once more, nothing is booked twice", count[roster.Refused])
	}
	return nil
}

// guidesOf gives the guides that are in force at a hub: the published ones, or the shipped sample.
func guidesOf(data string) (*guide.Catalogue, error) {
	if files := inForce(data)[wire.KindGuide]; len(files) > 0 {
		return guide.Parse(files)
	}
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	return guide.Parse(files)
}
