package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"onewindow/app/keyring"
	"onewindow/app/store"
	"onewindow/sync/node"
)

type caseCommand struct {
	Erase caseErase `cmd:"" help:"Destroy the keys of applications and ratings: what they say of people can be read nowhere any more. The program may be running."`
}

type caseErase struct {
	Data    string   `required:"" help:"Data folder of a hub or the centre (for 'both': the folder hub or centre inside it)." type:"existingdir"`
	Why     string   `required:"" help:"The reason, which is kept: a decision, or the end of the time for which it had to be kept."`
	Numbers []string `arg:"" help:"Numbers of the applications, JN20261124-C07-0003, and names of ratings as counters show them, rating-…"`
}

// mostWhy bounds a reason in bytes: five hundred go in one message.
const mostWhy = 500

// Run destroys the keys here and in the copy of the keyring; the others hear of it over
// their lines. Nothing is destroyed when one of the numbers is unknown.
func (c *caseErase) Run() error {
	if len(c.Why) > mostWhy {
		return fmt.Errorf("the reason has %d bytes, more than %d: put it in fewer words; nothing was destroyed", len(c.Why), mostWhy)
	}
	path, err := node.Database(c.Data)
	if err != nil {
		return err
	}
	if strings.HasSuffix(path, "terminal.db") {
		return errors.New("a counter destroys no keys: name the data folder of the hub or the centre")
	}
	found, err := store.ApplicationsNumbered(context.Background(), path, c.Numbers)
	if err != nil {
		return err
	}
	rated, err := store.RatingsNamed(context.Background(), path, c.Numbers)
	if err != nil {
		return err
	}
	var unknown []string
	for _, n := range c.Numbers {
		if found[n] == nil && rated[n] == nil {
			unknown = append(unknown, n)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s is not here: look at the number, or name the folder of the hall where it was taken; nothing was destroyed", strings.Join(unknown, ", "))
	}
	by := "onewindowd"
	if who, err := user.Current(); err == nil {
		by = who.Username
	}
	ring, err := keyring.Open(c.Data, "")
	if err != nil {
		return err
	}
	var ids []string
	cases := 0
	for _, n := range c.Numbers {
		cases += max(1, len(found[n]))
		ids = append(append(ids, rated[n]...), found[n]...)
	}
	if err := errors.Join(ring.Erase(context.Background(), ids, by, c.Why, time.Now().UnixMilli()), ring.Close()); err != nil {
		return err
	}
	fmt.Printf("the keys of %d applications are destroyed here; every place that has one destroys it as soon as its line stands\n", cases)
	return nil
}
