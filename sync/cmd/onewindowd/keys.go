package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"onewindow/app/event"
	"onewindow/app/folder"
	"onewindow/app/store"
	"onewindow/sync/admit"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

type keyCommand struct {
	Data   string `required:"" help:"Data folder of the hub or the centre (for 'both': the folder hub or centre inside it)." type:"path"`
	Hall   string `help:"Id of the hub's hall." xor:"who" required:""`
	Centre bool   `help:"It is the centre's folder." xor:"who" required:""`
	Device string `default:"hub" enum:"hub,hub2" help:"Name of the hub: hub, or hub2 for the second one of a hall."`
}

// Run prints who this is, in the form that onewindowd admit takes. The key is made when there is none yet.
func (c *keyCommand) Run() error {
	role, origin := wire.RoleHub, event.Origin(c.Hall+"/"+c.Device)
	if c.Centre {
		role, origin = wire.Centre, node.CentreOrigin
	}
	if !origin.Valid() {
		return fmt.Errorf("%q is not a hall: name its id in the catalogue with --hall, such as jiangnan", c.Hall)
	}
	if other, there := otherRole(c.Data, role); there {
		return fmt.Errorf("%s is the data folder of a %s: name the right one with --data", c.Data, other)
	}
	key, err := folder.PublicKey(c.Data)
	if err != nil {
		return err
	}
	fmt.Printf("--origin %s --role %s --key %s\n", origin, role, admit.KeyText(key))
	return nil
}

// otherRole tells whether a folder belongs to a hub when a centre is meant, or the other way round.
func otherRole(dir, role string) (string, bool) {
	other := map[string]string{wire.RoleHub: wire.Centre, wire.Centre: wire.RoleHub}[role]
	_, err := os.Stat(filepath.Join(dir, other+".db"))
	return other, err == nil
}

type admitCommand struct {
	Data    string `required:"" help:"Data folder of the hub that gets a terminal (or the other hub of its hall), or of the centre that gets a hub." type:"path"`
	Origin  string `required:"" help:"The device: hall/name, such as jiangnan/k1."`
	Role    string `required:"" help:"kiosk, counter, board or hub."`
	Key     string `required:"" help:"Its public key, as 'onewindow --key' or 'onewindowd key' prints it there."`
	Expires string `help:"When the admission ends: a local time like 2027-01-31T18:00; for good when missing."`
}

// Run enters the device in the list; a running hub or centre sees it by itself.
func (c *admitCommand) Run() error {
	now := time.Now()
	e := admit.Entry{Origin: event.Origin(c.Origin), Role: c.Role, Key: c.Key, AdmittedMS: now.UnixMilli()}
	if c.Expires != "" {
		at, err := time.ParseInLocation("2006-01-02T15:04", c.Expires, time.Local)
		if err != nil {
			return fmt.Errorf("%q is not a time: write it like 2027-01-31T18:00", c.Expires)
		}
		e.ExpiresMS = at.UnixMilli()
	}
	if err := fits(c.Data, c.Role, e.Origin); err != nil {
		return err
	}
	if err := admit.Admit(c.Data, e); err != nil {
		return err
	}
	fmt.Printf("%s is admitted as %s, %s\n", e.Origin, e.Role, e.Until())
	return nil
}

// fits finds a folder that was mixed up with another: the centre knows hubs, a hub
// terminals and the other hub of its hall.
func fits(dir, role string, origin event.Origin) error {
	if role == wire.RoleHub {
		own, err := store.Whose(context.Background(), filepath.Join(dir, wire.RoleHub+".db"))
		if err == nil && wire.IsHub(own) && origin == wire.OtherHub(own) {
			return nil
		}
	}
	above := map[bool]string{true: wire.Centre, false: wire.RoleHub}[role == wire.RoleHub]
	if other, there := otherRole(dir, above); there {
		return fmt.Errorf("%s is the data folder of a %s, which knows no %ss: name the folder of the %s with --data", dir, other, role, above)
	}
	if _, err := os.Stat(filepath.Join(dir, above, "device.key")); err == nil {
		return fmt.Errorf("%s holds a hub and a centre: name %s with --data", dir, filepath.Join(dir, above))
	}
	return nil
}

type revokeCommand struct {
	Data   string `required:"" help:"Data folder of the hub or the centre." type:"existingdir"`
	Origin string `required:"" help:"The device: hall/name, such as jiangnan/k1."`
}

// Run takes the admission away.
func (c *revokeCommand) Run() error {
	if err := admit.Revoke(c.Data, event.Origin(c.Origin)); err != nil {
		return err
	}
	fmt.Printf("%s is revoked; a running hub or centre drops it within two seconds\n", c.Origin)
	return nil
}

type admittedCommand struct {
	Data string `required:"" help:"Data folder of the hub or the centre." type:"existingdir"`
}

// Run prints the list, one device a line.
func (c *admittedCommand) Run() error {
	list, err := admit.Open(c.Data)
	if err != nil {
		return err
	}
	all := list.Entries()
	if len(all) == 0 {
		fmt.Printf("nobody is admitted in %s; admit a device with: %s\n", c.Data, admit.Command(c.Data, "HALL/DEVICE", "ROLE", "KEY"))
		return nil
	}
	now := time.Now().UnixMilli()
	for _, e := range all {
		fmt.Printf("%-8s  %-24s  %-7s  %s  %s\n", e.State(now), e.Origin, e.Role, e.Key, e.Until())
	}
	return nil
}

// introduce makes the two ends of 'both' known to each other: they have one owner
// and one machine. A hub that was revoked stays so. It gives the centre's key.
func introduce(hubDir, centreDir, hall string) (string, error) {
	hub, err := folder.PublicKey(hubDir)
	if err != nil {
		return "", err
	}
	centre, err := folder.PublicKey(centreDir)
	if err != nil {
		return "", err
	}
	list, err := admit.Open(centreDir)
	if err != nil {
		return "", err
	}
	e := admit.Entry{Origin: event.Origin(hall + "/" + wire.HubDevice), Role: wire.RoleHub, Key: admit.KeyText(hub), AdmittedMS: time.Now().UnixMilli()}
	for _, old := range list.Entries() {
		if old.Origin == e.Origin && old.Key == e.Key {
			return admit.KeyText(centre), nil
		}
	}
	return admit.KeyText(centre), admit.Admit(centreDir, e)
}
