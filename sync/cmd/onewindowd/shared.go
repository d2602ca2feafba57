package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/store"
	"onewindow/sync/node"
	"onewindow/sync/registry"
)

type sharedCommand struct {
	Audit  sharedAudit  `cmd:"" help:"List who asked shared data, what for, and what was answered: a line of JSON each, the newest first."`
	Sample sharedSample `cmd:"" help:"Write records of people who do not exist into a folder, to see what 'centre --records' wants."`
}

type sharedAudit struct {
	Data string `required:"" help:"Data folder of a hub or the centre; the program may be running." type:"existingdir"`
	Days int    `default:"30" help:"How many days back."`
	Odd  bool   `help:"At the centre: only what a hall noted and the centre did not, or the other way round."`
}

// auditLine is one question as it is printed. Answer is empty as long as none came. Noted tells which
// of the two notes of a question are here, "hall", "centre" or "both": at the centre a question that the
// hall has not noted after its line came back is one to look into.
type auditLine struct {
	At      string         `json:"at"`
	Hall    hall.ID        `json:"hall"`
	By      event.Origin   `json:"by"`
	Clerk   hall.ClerkID   `json:"clerk"`
	Purpose string         `json:"purpose"`
	Case    string         `json:"case"`
	Set     string         `json:"set"`
	Answer  intake.Outcome `json:"answer"`
	Noted   string         `json:"noted"`
}

// Run prints the list. It says nothing of the people who were asked about: their cases name them
// to whoever may open these.
func (c *sharedAudit) Run() error {
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	if c.Odd && !strings.HasSuffix(path, "centre.db") {
		return errors.New("only the centre has both notes of a question: name its data folder")
	}
	list, err := store.SharedAsks(context.Background(), path, time.Now().AddDate(0, 0, -c.Days).UnixMilli())
	if err != nil {
		return fmt.Errorf("read the questions in %s: %w", path, err)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, a := range list {
		line := auditLine{At: hall.LocalTime(cmp.Or(a.AskedMS, a.GivenMS, a.AnsweredMS)).Format("2006-01-02 15:04:05"), Hall: a.Hall, By: cmp.Or(a.AskedBy, a.GivenTo), Clerk: a.Clerk, Purpose: a.Purpose,
			Case: cmp.Or(a.Number, string(a.Application)), Set: a.Set, Answer: cmp.Or(a.Outcome, a.Given), Noted: "hall"}
		switch {
		case a.AskedMS != 0 && a.GivenMS != 0:
			line.Noted = "both"
		case a.GivenMS != 0:
			line.Noted = "centre"
		}
		if c.Odd && line.Noted == "both" {
			continue
		}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("print a question: %w", err)
		}
	}
	return nil
}

type sharedSample struct {
	Folder string `arg:"" help:"A folder that does not exist yet, or is empty." type:"path"`
}

// Run writes the files of the sample.
func (c *sharedSample) Run() error {
	from, err := fs.Sub(registry.Sample, "sample")
	if err == nil {
		err = os.CopyFS(c.Folder, from)
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s has records already: name another folder; nothing of them was changed", c.Folder)
	}
	if err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	fmt.Printf("the sample is in %s: onewindowd centre --records %s serves it\n", c.Folder, c.Folder)
	return nil
}
