package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"syscall"

	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/sync/day"
)

// Simulate plays a day of a hall through the real terminal code and checks the
// records. Exit statuses: 0 all right, 1 the day went wrong, 2 wrong input.
type Simulate struct {
	Data     string   `help:"Folder that holds day.json." default:"../shared/data" placeholder:"FOLDER"`
	Hall     string   `help:"Hall of the day: jiangnan or jiangbei." default:"jiangbei"`
	Seed     uint64   `help:"Everything that chance decides follows from it." default:"1"`
	Date     string   `help:"Business day, like 2026-11-24." default:"2026-11-24"`
	Disturb  []string `help:"What goes wrong: net-cut, kiosk-off, clock, bus, hub-cut, or all." placeholder:"NAME"`
	JSON     bool     `help:"Print the line of figures only."`
	Compress float64  `help:"At most so many seconds of the day in one real second; 0 for as many as the machine can." default:"0" placeholder:"X"`
	Folder   string   `help:"Where the machines' databases are made and kept; a temporary folder that is removed when not named." placeholder:"FOLDER"`
	Profile  string   `name:"cpuprofile" help:"Write a CPU profile to this file." placeholder:"FILE"`
}

// Run plays the day and prints the table and the line of figures.
func (s *Simulate) Run() (err error) {
	report, err := s.play()
	if err != nil {
		return err
	}
	if !s.JSON {
		fmt.Print(report.Table())
	}
	fmt.Println(report.JSON())
	if err := report.Bad(); err != nil {
		return fmt.Errorf("%w (play it again with: %s)", err, s.again())
	}
	return nil
}

func (s *Simulate) play() (report *day.Report, err error) {
	file, err := day.Read(s.Data)
	if err != nil {
		return nil, err
	}
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, fmt.Errorf("read the shipped catalogue: %w", err)
	}
	guides, err := guide.Parse(files)
	if err != nil {
		return nil, fmt.Errorf("read the shipped catalogue: %w", err)
	}
	plan, err := day.NewPlan(file, hall.ID(s.Hall), hall.Date(s.Date), s.Seed, s.Disturb, guides)
	if err != nil {
		return nil, err
	}
	folder, remove, err := s.folder()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if s.Profile != "" {
		f, err := os.Create(s.Profile)
		if err != nil {
			return nil, fmt.Errorf("write the profile: %w", err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, fmt.Errorf("write the profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	// A hundred terminals keep the same hall in one memory here: collecting it
	// half as often saves time.
	debug.SetGCPercent(200)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	opt := day.Options{Folder: folder, Compress: s.Compress}
	if !s.JSON {
		opt.Tell = func(line string) { fmt.Fprintln(os.Stderr, line) }
	}
	report, err = day.Run(ctx, plan, opt)
	if err != nil {
		return nil, fmt.Errorf("%w (play it again with: %s)", err, s.again())
	}
	return report, nil
}

// again is the command that plays the same day again.
func (s *Simulate) again() string {
	line := fmt.Sprintf("onewindowd simulate --data %s --hall %s --date %s --seed %d", s.Data, s.Hall, s.Date, s.Seed)
	if len(s.Disturb) > 0 {
		line += " --disturb " + strings.Join(s.Disturb, ",")
	}
	return line
}

// folder makes the folder of the databases; remove takes a temporary one away again.
func (s *Simulate) folder() (path string, remove func() error, err error) {
	if s.Folder == "" {
		path, err = os.MkdirTemp("", "onewindow-day-")
		return path, func() error { return os.RemoveAll(path) }, err
	}
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return "", nil, fmt.Errorf("make the folder of the databases: %w", err)
	}
	entries, err := os.ReadDir(s.Folder)
	if err == nil && len(entries) > 0 {
		names := make([]string, 0, 3)
		for _, e := range entries[:min(3, len(entries))] {
			names = append(names, e.Name())
		}
		err = day.Wrong("the folder %s is not empty (%s ...): name a new one with --folder", s.Folder, strings.Join(names, ", "))
	}
	return s.Folder, func() error { return nil }, err
}
