package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"onewindow/sync/node"
)

type officerCommand struct {
	Add    officerAdd    `cmd:"" help:"Let an officer of an agency note its decisions on the centre's page, or give one a new PIN. The centre may be running."`
	Remove officerRemove `cmd:"" help:"Take an officer out, at once. The centre may be running."`
	List   officerList   `cmd:"" help:"List the officers."`
}

type officerAdd struct {
	Data         string `required:"" help:"The centre's data folder (for 'both': the folder centre inside it)." type:"path"`
	ID           string `required:"" name:"id" help:"Sign-in name."`
	Name         string `required:"" help:"Name as colleagues read it."`
	Agency       string `help:"The agency, exactly as the guides name it as department; may be missing with --appointments."`
	Appointments bool   `help:"The officer makes appointments for people on the telephone, on /appointments of the centre's page."`
	PIN          string `required:"" name:"pin" help:"At least 6 digits; '-' reads it from standard input." env:"ONEWINDOW_PIN"`
}

// Run puts the officer into the list.
func (c *officerAdd) Run() error {
	if c.PIN == "-" {
		raw, err := io.ReadAll(io.LimitReader(os.Stdin, 64))
		if err != nil {
			return fmt.Errorf("read the PIN: %w", err)
		}
		c.PIN = strings.TrimSpace(string(raw))
	}
	for _, text := range []*string{&c.ID, &c.Name, &c.Agency} {
		*text = strings.TrimSpace(*text)
	}
	if c.ID == "" || c.Name == "" || c.Agency == "" && !c.Appointments {
		return errors.New("--id, --name and --agency have to say something; --appointments can stand in the place of --agency")
	}
	if err := node.OfficersOf(c.Data).Put(node.OfficerEntry{ID: c.ID, Name: c.Name, Agency: c.Agency, Appointments: c.Appointments}, c.PIN); err != nil {
		return err
	}
	if c.Agency != "" {
		fmt.Printf("officer %s (%s) can note decisions of %s\n", c.ID, c.Name, c.Agency)
	}
	if c.Appointments {
		fmt.Printf("officer %s (%s) can make appointments for people on the telephone\n", c.ID, c.Name)
	}
	return nil
}

type officerRemove struct {
	Data string `required:"" help:"The centre's data folder." type:"existingdir"`
	ID   string `required:"" name:"id" help:"Sign-in name."`
}

// Run takes the officer out of the list.
func (c *officerRemove) Run() error {
	known, err := node.OfficersOf(c.Data).Remove(c.ID)
	if err == nil && !known {
		err = fmt.Errorf("there is no officer %s: see 'onewindowd officer list'", c.ID)
	}
	if err == nil {
		fmt.Printf("officer %s is taken out\n", c.ID)
	}
	return err
}

type officerList struct {
	Data string `required:"" help:"The centre's data folder." type:"existingdir"`
}

// Run prints an officer a line.
func (c *officerList) Run() error {
	list, err := node.OfficersOf(c.Data).All()
	slices.SortFunc(list, func(a, b node.OfficerEntry) int { return strings.Compare(a.Agency+a.ID, b.Agency+b.ID) })
	for _, o := range list {
		fmt.Printf("%s\t%s\t%s\n", o.Agency, o.ID, o.Name)
	}
	return err
}
