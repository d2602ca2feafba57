package main

import (
	"context"
	"fmt"
	"time"

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
