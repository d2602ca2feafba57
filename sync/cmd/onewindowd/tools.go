package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onewindow/app/badge"
	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/hall"
	"onewindow/app/slip"
	"onewindow/app/store"
)

type clerkCommand struct {
	Add clerkAdd `cmd:"" help:"Make a clerk known to a hall, or give one a new PIN. The hub must not be running."`
}

type clerkAdd struct {
	Data   string `required:"" help:"The hub's data folder (for 'both': the folder hub inside it)." type:"path"`
	Hall   string `default:"jiangnan" help:"Id of the hall."`
	Device string `default:"hub" enum:"hub,hub2" help:"Name of the hub whose folder it is."`
	ID     string `required:"" name:"id" help:"Sign-in name."`
	Name   string `required:"" help:"Name as colleagues read it."`
	PIN    string `required:"" name:"pin" help:"At least 6 digits; '-' reads it from standard input." env:"ONEWINDOW_PIN"`

	Supervisor bool `help:"The clerk sees to the whole hall (主管): its figures, its pauses, tickets taken back. Without it an earlier word is taken back."`
}

// Run notes the clerk in the hub's log; the terminals hear of it through the feed.
func (c *clerkAdd) Run() error {
	if c.PIN == "-" {
		raw, err := io.ReadAll(io.LimitReader(os.Stdin, 64))
		if err != nil {
			return fmt.Errorf("read the PIN: %w", err)
		}
		c.PIN = strings.TrimSpace(string(raw))
	}
	verifier, err := badge.Seal(c.PIN)
	if err != nil {
		return fmt.Errorf("%w: choose another with --pin", err)
	}
	if err := folder.Make(c.Data); err != nil {
		return err
	}
	unlock, err := folder.Lock(c.Data)
	if err != nil {
		return err
	}
	key, err := folder.DeviceKey(c.Data)
	if err != nil {
		return errors.Join(err, unlock())
	}
	s, err := store.Open(store.Options{Path: filepath.Join(c.Data, "hub.db"), Origin: event.Origin(c.Hall + "/" + c.Device), Key: key,
		Now: func() int64 { return time.Now().UnixMilli() }})
	if err != nil {
		return errors.Join(err, unlock())
	}
	err = s.Announce(hall.Device{Role: "hub", Key: key.Public().(ed25519.PublicKey), Program: "onewindowd"})
	if err == nil {
		err = s.Write(context.Background(), func(tx *store.Tx) error {
			_, _, err := tx.Append(hall.KindClerk, hall.Clerk{ID: hall.ClerkID(c.ID), Name: c.Name, Verifier: verifier, Supervisor: c.Supervisor})
			return err
		})
	}
	if err = errors.Join(err, s.Close(), unlock()); err == nil {
		what := "clerk"
		if c.Supervisor {
			what = "supervisor"
		}
		fmt.Printf("%s %s (%s) can sign in at %s\n", what, c.ID, c.Name, c.Hall)
	}
	return err
}

type ticketCommand struct {
	Verify ticketVerify `cmd:"" help:"Check the text of a scanned code against a device's public key."`
	Key    ticketKey    `cmd:"" help:"Print the public key of a device, for ticket verify."`
}

type ticketVerify struct {
	Key  string `required:"" help:"Public key file, as 'onewindowd ticket key' prints it." type:"existingfile"`
	Text string `arg:"" optional:"" help:"Text of the code; standard input when missing."`
}

// notValid is a code that is not valid: the report is printed already.
type notValid struct{ error }

// ExitCode is 3, so that a script tells "not valid" from "could not check".
func (notValid) ExitCode() int { return 3 }

// Run prints "valid" and the ticket, or why it is not.
func (c *ticketVerify) Run() error {
	raw, err := os.ReadFile(c.Key)
	if err != nil {
		return fmt.Errorf("read the key: %w", err)
	}
	key, _, err := slip.ParsePublicKey(string(raw))
	if err != nil {
		return fmt.Errorf("read the key %s: %w", c.Key, err)
	}
	text := c.Text
	if text == "" {
		b, err := io.ReadAll(io.LimitReader(os.Stdin, 16<<10))
		if err != nil {
			return fmt.Errorf("read the code: %w", err)
		}
		text = string(b)
	}
	report, err := slip.Report(strings.TrimRight(text, "\r\n"), key)
	fmt.Print(report)
	if err != nil {
		return notValid{err}
	}
	return nil
}

type ticketKey struct {
	Data string `required:"" help:"The device's data folder." type:"existingdir"`
	Hall string `required:"" help:"Id of its hall."`
	Name string `required:"" help:"The device's name in the settings, such as k1."`
}

// Run prints the key as a file that ticket verify reads.
func (c *ticketKey) Run() error {
	if _, err := os.Stat(filepath.Join(c.Data, "device.key")); err != nil {
		return fmt.Errorf("there is no device in %s: %w", c.Data, err)
	}
	key, err := folder.DeviceKey(c.Data)
	if err != nil {
		return err
	}
	fmt.Print(slip.FormatPublicKey(event.Origin(c.Hall+"/"+c.Name), key.Public().(ed25519.PublicKey)))
	return nil
}
