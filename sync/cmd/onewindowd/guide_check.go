package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"onewindow/app/guide"
	"onewindow/app/reading"
)

type guideCheckCommand struct {
	Datasets string   `help:"The shared data sets, as datasets.json; the shipped ones when missing." placeholder:"FILE"`
	Halls    string   `help:"The halls, areas and departments, as halls.json; the shipped ones when missing." placeholder:"FILE"`
	File     []string `arg:"" help:"Files of items: as items.json, a list of items, or one item a line. A code may be in all of them only once. Files that are called policies.json, notices.json, disclosure.json or surveys.json are checked as such."`
}

// Run prints one finding a line as JSON, and what they come to on standard error.
// Exit status 1 when one of them is an error or a file cannot be read; warnings alone are 0.
// What is wrong with a file that is read and not applied for stands on standard error.
func (c *guideCheckCommand) Run() error {
	shipped, err := guide.ShippedFiles()
	if err != nil {
		return err
	}
	halls := guide.File{Name: guide.FileHalls, Body: shipped[guide.FileHalls]}
	sets := guide.File{Name: guide.FileDataSets, Body: shipped[guide.FileDataSets]}
	if c.Halls != "" {
		if halls, err = guideFile(c.Halls); err != nil {
			return err
		}
	}
	if c.Datasets != "" {
		if sets, err = guideFile(c.Datasets); err != nil {
			return err
		}
	}
	var files []guide.File
	var unread []error
	for _, path := range c.File {
		f, err := guideFile(path)
		name := filepath.Base(path)
		switch {
		case err != nil:
			unread = append(unread, err)
		case slices.Contains(reading.FileNames, name):
			_, err := reading.Check(map[string][]byte{name: f.Body})
			unread = append(unread, err)
		default:
			files = append(files, f)
		}
	}
	var found []guide.Finding
	if len(files) > 0 {
		found, err = guide.Check(halls, sets, files...)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, f := range found {
		if err := out.Encode(f); err != nil {
			return fmt.Errorf("print the findings: %w", err)
		}
	}
	if err = errors.Join(errors.Join(unread...), err); err != nil {
		return err
	}
	wrong, doubtful := guide.Count(found)
	if wrong > 0 {
		return fmt.Errorf("%d errors and %d warnings: correct the errors, and check again", wrong, doubtful)
	}
	fmt.Fprintf(os.Stderr, "no errors and %d warnings\n", doubtful)
	return nil
}

// guideFile reads a file whose name the person typed.
func guideFile(path string) (guide.File, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return guide.File{}, fmt.Errorf("read the catalogue: %w: correct the file's name", err)
	}
	return guide.File{Name: path, Body: body}, nil
}
