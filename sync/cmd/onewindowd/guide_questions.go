package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/store"
	"onewindow/sync/node"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

type guideQuestions struct {
	Data string `required:"" help:"Data folder of the centre or a hub; the program may be running." type:"existingdir"`
	Days int    `default:"30" help:"How many days back."`
}

// Run prints a line of JSON for each question, the newest first. Answered tells that the guides
// published from this folder, or the shipped ones, have an answer: the rest is what to write next.
func (c *guideQuestions) Run() error {
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	list, err := store.Questions(context.Background(), path, time.Now().AddDate(0, 0, -c.Days).UnixMilli())
	if err != nil {
		return fmt.Errorf("read the questions in %s: %w", path, err)
	}
	published, err := publishedIn(c.Data)
	if err != nil {
		return err
	}
	x := guide.NewIndex(published)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, q := range list {
		a := x.Ask(q.Text)
		line := struct {
			At       string     `json:"at"`
			Hall     hall.ID    `json:"hall"`
			Language string     `json:"language"`
			Question string     `json:"question"`
			Answered bool       `json:"answered"`
			Code     guide.Code `json:"code,omitempty"`
		}{hall.LocalTime(q.AtMS).Format("2006-01-02 15:04"), q.Hall, q.Language, q.Text, !a.Refused, a.Code}
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("print a question: %w", err)
		}
	}
	return nil
}

// publishedIn gives the catalogue in force in a data folder, the shipped one where there is none.
func publishedIn(data string) (*guide.Catalogue, error) {
	s, err := shelf.Open(shelf.Options{Data: data})
	if err != nil {
		return nil, err
	}
	files, err := s.Files(wire.KindGuide)
	if err == nil && len(files) == 0 {
		files, err = guide.ShippedFiles()
	}
	if err != nil {
		return nil, err
	}
	return guide.Parse(files)
}
