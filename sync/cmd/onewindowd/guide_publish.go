package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/reading"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// centreFolder is the centre's data folder as the commands below take it.
type centreFolder struct {
	Data string `required:"" help:"The centre's data folder (for 'both': the folder centre inside it)." type:"existingdir"`
}

// key gives the key that signs what is published, and finds a folder that is not a centre's.
func (c centreFolder) key() (ed25519.PrivateKey, error) {
	if other, there := otherRole(c.Data, wire.Centre); there {
		return nil, fmt.Errorf("%s is the data folder of a %s, and guides are published at the centre: name its folder with --data", c.Data, other)
	}
	if _, err := os.Stat(filepath.Join(c.Data, wire.Centre, "device.key")); err == nil {
		return nil, fmt.Errorf("%s holds a hub and a centre: name %s with --data", c.Data, filepath.Join(c.Data, wire.Centre))
	}
	if _, err := folder.PublicKey(c.Data); err != nil { // made when there is none yet
		return nil, err
	}
	return folder.DeviceKey(c.Data)
}

type guidePublish struct {
	Folder string `arg:"" help:"Folder with items.json, street.json, halls.json and datasets.json, and names.jsonl where there is one; with any of policies.json, notices.json, disclosure.json and surveys.json; or with both." type:"existingdir"`
	centreFolder
}

// Run checks the files and makes them the next version; hubs and terminals take it from
// the running centre, or when it is started. Catalogue and what there is to read are one
// version; the one whose files are not in the folder stays as it is.
func (c *guidePublish) Run() error {
	files, err := partsIn(c.Folder)
	if err != nil {
		return fmt.Errorf("nothing is published: %w", err)
	}
	key, err := c.key()
	if err != nil {
		return err
	}
	if faults := faultsOf(files, inForce(c.Data)); len(faults) > 0 {
		return fmt.Errorf("nothing is published, %d to correct:\n%w", len(faults), errors.Join(faults...))
	}
	b, changed, err := shelf.Publish(c.Data, key, time.Now().UnixMilli(), files)
	if err != nil {
		return err
	}
	tell(b, changed)
	return nil
}

// inForce gives what is published; nothing where that is damaged, because publishing anew is
// what mends it.
func inForce(data string) shelf.Parts {
	s, err := shelf.Open(shelf.Options{Data: data, Kinds: []string{wire.KindGuide, wire.KindReading}})
	if err != nil {
		return shelf.Parts{}
	}
	files, err := s.Parts()
	if err != nil {
		return shelf.Parts{}
	}
	return files
}

// partsIn gathers the files of a folder by kind. A catalogue is there as a whole or not at
// all; what there is to read may be a single file, and then the others are gone.
func partsIn(dir string) (shelf.Parts, error) {
	out := shelf.Parts{}
	read := func(name string) ([]byte, error) { return folder.Read(filepath.Join(dir, name)) }
	list, err := reading.Files(read)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		out[wire.KindReading] = list
	}
	if list, err = filesIn(dir); len(list) > 0 || len(out) == 0 {
		out[wire.KindGuide] = list
		return out, err
	}
	return out, nil
}

// faultsOf lists everything for which files are not published. This is the one place where
// they are checked before they go to every hall, also against what is in force and what
// will stay so.
func faultsOf(files, inForce shelf.Parts) (out []error) {
	if list, ok := files[wire.KindGuide]; ok {
		out = append(out, catalogueFaults(list)...)
	}
	if list, ok := files[wire.KindReading]; ok {
		if _, err := reading.Check(list); err != nil {
			out = append(out, each(err)...)
		}
	}
	next := maps.Clone(inForce)
	maps.Copy(next, files)
	if len(out) > 0 || next[wire.KindReading] == nil {
		return out
	}
	e, err := reading.Parse(next[wire.KindReading])
	if err != nil {
		return []error{err}
	}
	if before, err := reading.Parse(inForce[wire.KindReading]); err == nil {
		out = e.Recounted(before)
	}
	if next[wire.KindGuide] == nil {
		return out
	}
	c, err := guide.Parse(next[wire.KindGuide])
	if err != nil {
		return []error{err}
	}
	return append(out, e.Unknown(c)...)
}

// each takes errors that were joined apart again.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func catalogueFaults(files map[string][]byte) []error {
	file := func(name string) guide.File { return guide.File{Name: name, Body: files[name]} }
	found, err := guide.Check(file(guide.FileHalls), file(guide.FileDataSets), file(guide.FileItems), file(guide.FileStreet))
	var out []error
	if err != nil {
		out = append(out, err)
	}
	for _, f := range found {
		if f.Severity == guide.SeverityError {
			out = append(out, fmt.Errorf("%s line %d, %s, %s: %s (%s)", f.File, f.Line, f.Code, f.Path, f.Zh, f.En))
		}
	}
	if len(out) > 0 {
		return out
	}
	if _, err := guide.Parse(files); err != nil {
		return []error{err}
	}
	return nil
}

// tell says what is in force now.
func tell(b wire.Bundle, changed bool) {
	if !changed {
		fmt.Printf("nothing is different from version %d, which stays in force\n", b.Version)
		return
	}
	fmt.Printf("version %d is published; a running centre gives it to its hubs within seconds\n", b.Version)
}

type guideRollback struct {
	Version int64 `arg:"" help:"The version to go back to, as 'guide versions' lists it."`
	centreFolder
}

// Run publishes old contents under a new number: nobody below ever goes back in numbers.
func (c *guideRollback) Run() error {
	key, err := c.key()
	if err != nil {
		return err
	}
	b, changed, err := shelf.Rollback(c.Data, key, time.Now().UnixMilli(), c.Version)
	if err != nil {
		return err
	}
	tell(b, changed)
	return nil
}

type guideVersions struct{ centreFolder }

// Run lists the versions, the newest first.
func (c *guideVersions) Run() error {
	list, err := shelf.Versions(c.Data)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Printf("nothing was published yet: onewindowd guide publish FOLDER --data %s\n", c.Data)
		return nil
	}
	now, err := shelf.Open(shelf.Options{Data: c.Data})
	if err != nil {
		return err
	}
	for _, b := range list {
		note := ""
		if b.BackTo > 0 {
			note = fmt.Sprintf("  back to version %d", b.BackTo)
		}
		if b.Name == now.Name() {
			note += "  in force"
		}
		var size int64
		for _, p := range b.Parts {
			size += p.Size
		}
		fmt.Printf("%4d  %s  %4d parts  %6d KiB%s\n", b.Version, time.UnixMilli(b.AtMS).Format("2006-01-02 15:04"), len(b.Parts), (size+1023)>>10, note)
	}
	return nil
}
