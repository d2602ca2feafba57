// Package day plays a whole day of a service hall through the real terminal
// code: real SQLite files, a real NATS broker on loopback, kiosks, counters and a
// board called as their pages call them, time compressed by an injected clock. An
// observer outside the nodes notes what each person was told and checks at the
// end that all of it is at the centre, once. It opens no window and decides
// nothing of the queue.
package day

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onewindow/app/hall"
)

// InputError says that the simulation could not begin, because what it was given
// is wrong; its text is one sentence with a next step.
type InputError struct{ text string }

// Error gives the sentence.
func (e InputError) Error() string { return e.text }

// ExitCode is the program's exit status for wrong input.
func (InputError) ExitCode() int { return 2 }

// Wrong makes an InputError.
func Wrong(format string, args ...any) error { return InputError{fmt.Sprintf(format, args...)} }

// FileName is the day's file in a data folder.
const FileName = "day.json"

// File is day.json: how a day in the halls goes.
type File struct {
	Slots       []string `json:"slots"`
	SlotMinutes int      `json:"slot_minutes"`
	Opening     struct {
		Doors   string      `json:"doors"`
		Windows [][2]string `json:"windows"`
	} `json:"opening"`
	Service struct {
		Sigma      float64 `json:"sigma"`
		MinSeconds float64 `json:"min_seconds"`
		MaxSeconds float64 `json:"max_seconds"`
		Areas      map[hall.Letter]struct {
			Mu float64 `json:"mu_ln_seconds"`
		} `json:"areas"`
	} `json:"service"`
	Items struct {
		Values        []int     `json:"values"`
		Probabilities []float64 `json:"probabilities"`
	} `json:"items_per_ticket"`
	NoShow struct {
		WalkIn      map[hall.Letter]float64 `json:"walk_in"`
		Appointment float64                 `json:"appointment"`
	} `json:"no_show"`
	Appointments map[hall.Letter]float64 `json:"appointment_share"`
	Priorities   struct {
		Share float64 `json:"elderly_disabled_military"`
	} `json:"priority_share"`
	Halls        map[hall.ID]HallDay `json:"halls"`
	Disturbances []Disturbance       `json:"disturbances"`
}

// HallDay is the day of one hall. Tickets is the total over its areas.
type HallDay struct {
	Windows int                     `json:"windows"`
	Tickets int                     `json:"tickets"`
	Areas   map[hall.Letter]AreaDay `json:"areas"`
}

// AreaDay is the day of one area: how many windows serve it and how many people
// take a ticket in each slot.
type AreaDay struct {
	Windows  int   `json:"windows"`
	Tickets  int   `json:"tickets"`
	Arrivals []int `json:"arrivals"`
}

// Disturbance is something that goes wrong at a clock time, for some minutes.
type Disturbance struct {
	ID      string `json:"id"`
	At      string `json:"at"`
	Minutes int    `json:"minutes"`
	Text    string `json:"text"`
}

// Read reads and checks the day of a data folder. Errors are InputErrors.
func Read(folder string) (*File, error) {
	path := filepath.Join(folder, FileName)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Wrong("there is no %s: name the folder that holds %s with --data", path, FileName)
	}
	if err != nil {
		return nil, Wrong("%s cannot be read (%v): correct its rights, or name another folder with --data", path, err)
	}
	f := &File{}
	if err := json.Unmarshal(raw, f); err != nil {
		return nil, Wrong("%s: put it back from a copy", unreadable(path, raw, err))
	}
	if what := f.fault(); what != "" {
		return nil, Wrong("%s: %s: correct it, or put the file back from a copy", path, what)
	}
	return f, nil
}

func unreadable(path string, raw []byte, err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	at := int64(len(raw))
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		return fmt.Sprintf("%s, line %d: %q is a %s", path, line(raw, kind.Offset), kind.Field, kind.Value)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || at >= int64(len(bytes.TrimSpace(raw))) {
		return fmt.Sprintf("%s ends in the middle, in line %d: it was written only half", path, line(raw, at))
	}
	return fmt.Sprintf("%s, line %d is not JSON (%v)", path, line(raw, at), err)
}

func line(raw []byte, at int64) int {
	return 1 + bytes.Count(raw[:min(int(at), len(raw))], []byte("\n"))
}

// fault names the first thing that does not fit together; "" when all does.
func (f *File) fault() string {
	switch {
	case len(f.Slots) == 0 || f.SlotMinutes <= 0:
		return `"slots" or "slot_minutes" is missing`
	case len(f.Opening.Windows) == 0:
		return `"opening" has no "windows"`
	case f.Service.Sigma <= 0 || f.Service.MinSeconds <= 0 || f.Service.MaxSeconds <= f.Service.MinSeconds:
		return `"service" needs a "sigma" and "min_seconds" below "max_seconds"`
	case len(f.Items.Values) == 0 || len(f.Items.Values) != len(f.Items.Probabilities):
		return `"items_per_ticket" needs as many "probabilities" as "values"`
	case len(f.Halls) == 0:
		return `"halls" is missing`
	}
	clocks := slices.Clone(f.Slots)
	for _, w := range f.Opening.Windows {
		clocks = append(clocks, w[0], w[1])
	}
	for _, d := range f.Disturbances {
		if d.ID == "" || d.Minutes < 0 {
			return `a disturbance has no "id" or minutes below 0`
		}
		clocks = append(clocks, d.At)
	}
	for _, c := range clocks {
		if _, err := hall.At("2026-01-05", c); err != nil {
			return fmt.Sprintf("%q is no clock time", c)
		}
	}
	for id, h := range f.Halls {
		if what := f.hallFault(h); what != "" {
			return fmt.Sprintf("hall %s: %s", id, what)
		}
	}
	return ""
}

func (f *File) hallFault(h HallDay) string {
	tickets, windows := 0, 0
	for l, a := range h.Areas {
		sum := 0
		for _, n := range a.Arrivals {
			if n < 0 {
				return fmt.Sprintf("area %s has arrivals below 0", l)
			}
			sum += n
		}
		_, served := f.Service.Areas[l]
		switch {
		case len(a.Arrivals) != len(f.Slots):
			return fmt.Sprintf("area %s has %d arrivals for %d slots", l, len(a.Arrivals), len(f.Slots))
		case sum != a.Tickets:
			return fmt.Sprintf("the arrivals of area %s add up to %d, its tickets are %d", l, sum, a.Tickets)
		case a.Windows < 1:
			return fmt.Sprintf("area %s has no windows", l)
		case !served:
			return fmt.Sprintf("area %s has no service time", l)
		}
		tickets, windows = tickets+sum, windows+a.Windows
	}
	if tickets != h.Tickets || windows != h.Windows {
		return fmt.Sprintf("its areas add up to %d tickets and %d windows, not to %d and %d", tickets, windows, h.Tickets, h.Windows)
	}
	return ""
}

// letters gives the areas of a hall in order.
func (h HallDay) letters() []hall.Letter {
	out := make([]hall.Letter, 0, len(h.Areas))
	for l := range h.Areas {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// of gives the hall's day. Error: InputError for a hall that the file does not have.
func (f *File) of(id hall.ID) (HallDay, error) {
	h, ok := f.Halls[id]
	if !ok {
		known := make([]string, 0, len(f.Halls))
		for k := range f.Halls {
			known = append(known, string(k))
		}
		slices.Sort(known)
		return h, Wrong("the day has no hall %q: name one of %s with --hall", id, strings.Join(known, ", "))
	}
	return h, nil
}
