package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"time"

	"onewindow/app/folder"
	"onewindow/app/store"
	"onewindow/sync/admit"
	"onewindow/sync/node"
)

type restoreCommand struct {
	Data string `required:"" help:"Data folder of the hub or the centre (for 'both': the folder hub or centre inside it)." type:"path"`
	From string `required:"" help:"The backup, such as DIR/backups/hub-20261126T080000Z.db." type:"existingfile"`
}

// Run puts the backup in place; the program finds the rest again from the others when it starts.
func (c *restoreCommand) Run() error {
	r, err := node.Restore(context.Background(), c.Data, c.From, time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("%s is restored as %s, with %d events in %d chains\n", r.Proof.Origin, r.Database, r.Proof.Events, r.Proof.Chains)
	if r.Aside != "" {
		fmt.Printf("the database that was there is kept as %s\n", r.Aside)
	}
	fmt.Println("start the program: what the backup lacks comes from the other machines")
	return nil
}

type exportCommand struct {
	Data  string   `required:"" help:"Data folder of a terminal, a hub or the centre." type:"existingdir"`
	Out   string   `required:"" help:"The file to write." type:"path"`
	For   []string `help:"Public key of who may read the file, as 'onewindowd key' prints it at the hub; may be given more than once. Without one everybody can read it."`
	Whole bool     `help:"From the first event of each chain on, for a hub that has nothing of it."`
}

// Run writes the file, in full or not at all.
func (c *exportCommand) Run() error {
	var receivers []ed25519.PublicKey
	for _, text := range c.For {
		key, err := admit.ParseKey(text)
		if err != nil {
			return err
		}
		receivers = append(receivers, key)
	}
	if _, err := os.Stat(c.Out); err == nil {
		return fmt.Errorf("%s is there already: name another file with --out; nothing was written", c.Out)
	}
	out, err := node.Export(context.Background(), c.Data, c.Whole, receivers, time.Now())
	if err != nil {
		return err
	}
	for _, line := range out.Unreadable {
		fmt.Fprintf(os.Stderr, "onewindowd: not in the file, because it cannot be read here: %s\n", line)
	}
	if len(out.File) == 0 {
		fmt.Println("the centre has confirmed everything: there is nothing to export, and no file was written")
		return nil
	}
	if err := folder.WriteWhole(c.Out, out.File, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", c.Out, err)
	}
	fmt.Printf("%d events%s are in %s; they stay here too, and may come twice\n", out.Events, andScans(out.Scans), c.Out)
	if out.Left > 0 {
		fmt.Printf("%d more scans would make the file larger than %d MB: bring this machine to a line of the hall for them\n", out.Left, node.ParcelScans>>20)
	}
	if len(receivers) == 0 {
		fmt.Fprintln(os.Stderr, "onewindowd: everybody who has the file can read it, so the keys of applications are left out, and what those say of people stays shut; seal it with --for KEY")
	}
	return nil
}

// andScans goes on with scans, where there are any.
func andScans(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d scans", n)
}

type importCommand struct {
	Data string `required:"" help:"Data folder of a hub of the same hall, or of the centre." type:"existingdir"`
	Open bool   `help:"Take a device at its word that was never heard of, as a hub with --open does; for development."`
	File string `arg:"" help:"The file that 'onewindowd export' wrote." type:"existingfile"`
}

// Run takes the file in and says what came of it.
func (c *importCommand) Run() error {
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	r, err := node.Import(context.Background(), c.Data, raw, c.Open, time.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Printf("%d events%s of %s are saved here, %d were here already\n", r.Events, andScans(r.Scans), r.Head.Origin, r.Known)
	if r.Gone > 0 {
		fmt.Printf("%d scans were erased or taken off meanwhile, and are not kept\n", r.Gone)
	}
	for _, line := range r.Refused {
		fmt.Printf("not taken as it is: %s\n", line)
	}
	if len(r.Refused) > 0 {
		return fmt.Errorf("%d parts of the file contradict what is here: events are kept in quarantine, and a person has to look", len(r.Refused))
	}
	return nil
}

type checkCommand struct {
	Data string `required:"" help:"Data folder of a terminal, a hub or the centre; the program may be running." type:"existingdir"`
}

// Run prints every flaw; exit status 1 when there is one.
func (c *checkCommand) Run() error {
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	began := time.Now()
	found, err := store.Check(context.Background(), path)
	if err != nil {
		return fmt.Errorf("%s: %w: restore it from a backup with onewindowd restore", path, err)
	}
	for _, f := range found.Flaws {
		fmt.Println(f)
	}
	fmt.Printf("%d events in %d chains were read in %v: %d flaws\n", found.Events, found.Chains, time.Since(began).Round(time.Millisecond), len(found.Flaws))
	if len(found.Flaws) > 0 {
		return errors.New("the database is damaged: a hub fetches what it can from the centre by itself; else restore a backup with onewindowd restore")
	}
	return nil
}
