// Command onewindowd is the server program: a hall's hub, the district's centre,
// or both, and the tools that IT staff run. It has no window and needs no cgo.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"onewindow/app/hall"
	"onewindow/sync/node"
	"onewindow/sync/wire"
)

// commands of the program. Exit status: 0 done, 1 it failed, 2 the command line is wrong.
type commands struct {
	Hub          hubCommand          `cmd:"" help:"Run a hall's hub."`
	Centre       centreCommand       `cmd:"" help:"Run the district's centre and its web page."`
	Both         bothCommand         `cmd:"" help:"Run hub and centre in one process, for one machine."`
	Key          keyCommand          `cmd:"" help:"Print the public key of a hub or the centre, so that others can know it."`
	Admit        admitCommand        `cmd:"" help:"Let a terminal connect to a hub, or a hub to the centre. They may be running."`
	Revoke       revokeCommand       `cmd:"" help:"Let a device connect no more."`
	Admitted     admittedCommand     `cmd:"" help:"List the devices that were admitted."`
	Restore      restoreCommand      `cmd:"" help:"Put a backup in the place of the database of a hub or the centre, which must not be running."`
	Export       exportCommand       `cmd:"" help:"Write what of a device the centre has not confirmed into a signed file. The program must not be running."`
	Import       importCommand       `cmd:"" help:"Take such a file in at a hub of the same hall, or at the centre, which must not be running."`
	Check        checkCommand        `cmd:"" help:"Read a database from end to end and name what is not as it was written."`
	Guide        guideCommand        `cmd:"" help:"Guides of the district."`
	Clerk        clerkCommand        `cmd:"" help:"Clerks of a hall."`
	Figures      figuresCommand      `cmd:"" help:"Print what a day of each hall was, at a hub or the centre."`
	Officer      officerCommand      `cmd:"" help:"Officers of the agencies, at the centre."`
	Appointments appointmentsCommand `cmd:"" help:"Appointments of other systems."`

	Case     caseCommand   `cmd:"" help:"Applications."`
	Shared   sharedCommand `cmd:"" help:"Shared data: who asked for what, and a sample of records."`
	Ticket   ticketCommand `cmd:"" help:"Tickets on paper."`
	Device   deviceCommand `cmd:"" help:"Machines at a terminal, and their virtual twins."`
	Simulate Simulate      `cmd:"" help:"Play a day of a hall through the real programs' code and check it."`
}

func main() {
	var c commands
	parser, err := kong.New(&c, kong.Name("onewindowd"), kong.Description("OneWindow's hub, centre and tools."), kong.UsageOnError())
	if err != nil {
		panic(err) // the commands above are malformed: no run can succeed
	}
	ctx, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "onewindowd: %v: see onewindowd --help\n", err)
		os.Exit(2)
	}
	if err := ctx.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "onewindowd: %v\n", err)
		var status interface{ ExitCode() int }
		if errors.As(err, &status) {
			os.Exit(status.ExitCode())
		}
		os.Exit(1)
	}
}

func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }

type hubCommand struct {
	Data      string `required:"" help:"Data folder." type:"path"`
	Hall      string `default:"jiangnan" help:"Id of the hall in the catalogue."`
	Nats      string `default:"127.0.0.1:4222" help:"Where terminals connect; 0.0.0.0:4222 for the whole hall."`
	Centre    string `help:"Where the centre listens, nats://host:4223; empty for a hall that stands alone."`
	CentreKey string `help:"The centre's public key, as 'onewindowd key' prints it there."`
	Device    string `default:"hub" enum:"hub,hub2" help:"Name of this hub: hub, or hub2 for the second one of a hall."`
	Peer      string `help:"Where the hall's other hub listens, nats://host:4222; empty for a hall with one hub."`
	PeerKey   string `help:"The other hub's public key, as 'onewindowd key' prints it there."`
	Open      bool   `help:"Let every program of this machine connect, without keys and TLS; for development."`
	Missed    int    `default:"2" help:"After how many missed appointments within 90 days nobody may book for a time; 0 for never."`
	MissedBan int    `default:"30" help:"For how many days after the last missed one nobody may book."`

	BackupEvery time.Duration `default:"1h" help:"Pause between verified backups into DATA/backups; -1s for none."`
}

// Run serves until it is told to end.
func (c *hubCommand) Run() error {
	node.BoundHub()
	h, err := node.OpenHub(node.Options{Data: c.Data, Listen: c.Nats, Hall: hall.ID(c.Hall), Device: c.Device, Peer: c.Peer, PeerKey: c.PeerKey,
		Centre: c.Centre, CentreKey: c.CentreKey, Open: c.Open, Logger: logger(), BackupEvery: c.BackupEvery,
		BookRules: hall.BookRules{Missed: c.Missed, Days: c.MissedBan}})
	if err != nil {
		return err
	}
	fmt.Printf("onewindowd hub %s on %s\n", h.Store.Origin(), h.Broker.URL())
	waitForEnd()
	return h.Close()
}

type centreCommand struct {
	Data string `required:"" help:"Data folder." type:"path"`
	Nats string `default:"127.0.0.1:4223" help:"Where hubs connect."`
	HTTP string `default:"127.0.0.1:8470" name:"http" help:"Where the web page is served."`
	Open bool   `help:"Let every program of this machine connect, without keys and TLS; for development."`

	Records     string        `help:"Folder with the records of shared data, a file for each set; empty for none." type:"existingdir"`
	BackupEvery time.Duration `default:"1h" help:"Pause between verified backups into DATA/backups; -1s for none."`
}

// Run serves until it is told to end.
func (c *centreCommand) Run() error {
	n, stop, err := c.open(logger())
	if err != nil {
		return err
	}
	fmt.Printf("onewindowd centre on %s, page on %s\n", n.Broker.URL(), c.HTTP)
	waitForEnd()
	return stop()
}

func (c *centreCommand) open(log *slog.Logger) (*node.Centre, func() error, error) {
	listener, err := net.Listen("tcp", c.HTTP)
	if err != nil {
		return nil, nil, fmt.Errorf("serve the page on %s: %w: end the program that holds the port, or choose another with --http", c.HTTP, err)
	}
	n, err := node.OpenCentre(node.Options{Data: c.Data, Listen: c.Nats, Open: c.Open, Records: c.Records, Logger: log, BackupEvery: c.BackupEvery})
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	c.HTTP = "http://" + listener.Addr().String()
	server := &http.Server{Handler: n.Page(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("the page has ended", "error", err)
		}
	}()
	return n, func() error { return errors.Join(server.Close(), n.Close()) }, nil
}

type bothCommand struct {
	Data string `required:"" help:"Data folder; hub and centre have one each inside." type:"path"`
	Hall string `default:"jiangnan" help:"Id of the hall in the catalogue."`
	Nats string `default:"127.0.0.1:4222" help:"Where terminals connect."`
	HTTP string `default:"127.0.0.1:8470" name:"http" help:"Where the centre's web page is served."`
	Open bool   `help:"Let every program of this machine connect, without keys and TLS; for development."`

	Records     string        `help:"Folder with the records of shared data, a file for each set; empty for none." type:"existingdir"`
	BackupEvery time.Duration `default:"1h" help:"Pause between verified backups into the backups folders of hub and centre; -1s for none."`
}

// Run serves until it is told to end.
func (c *bothCommand) Run() error {
	log := logger()
	hubDir, centreDir := filepath.Join(c.Data, wire.RoleHub), filepath.Join(c.Data, wire.Centre)
	centreKey := ""
	if !c.Open {
		var err error
		if centreKey, err = introduce(hubDir, centreDir, c.Hall); err != nil {
			return err
		}
	}
	cc := centreCommand{Data: centreDir, Nats: "127.0.0.1:0", HTTP: c.HTTP, Open: c.Open, Records: c.Records, BackupEvery: c.BackupEvery}
	n, stop, err := cc.open(log)
	if err != nil {
		return err
	}
	h, err := node.OpenHub(node.Options{Data: hubDir, Listen: c.Nats, Hall: hall.ID(c.Hall), Centre: n.Broker.URL(), CentreKey: centreKey, Open: c.Open, Logger: log, BackupEvery: c.BackupEvery})
	if err != nil {
		return errors.Join(err, stop())
	}
	fmt.Printf("onewindowd hub %s on %s, centre's page on %s\n", h.Store.Origin(), h.Broker.URL(), cc.HTTP)
	waitForEnd()
	return errors.Join(h.Close(), stop())
}

func waitForEnd() { waitFor(context.Background()) }

// waitFor waits until the program is told to end, or ctx ends.
func waitFor(ctx context.Context) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
}
