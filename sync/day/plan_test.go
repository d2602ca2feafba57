package day

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/app/guide"
	"onewindow/app/hall"
)

// TestInputIsRefusedInOneSentence: no file, half a file, figures that do not fit
// together, and names that do not exist.
func TestInputIsRefusedInOneSentence(t *testing.T) {
	whole, err := os.ReadFile("testdata/day.json")
	must(t, err)
	for _, c := range []struct {
		name, text, want string
	}{
		{"missing", "", "there is no"},
		{"half", string(whole[:len(whole)/2]), "written only half"},
		{"torn line", strings.Replace(string(whole), `"slot_minutes": 15,`, `"slot_minutes" 15,`, 1), "line 4"},
		{"text for a number", strings.Replace(string(whole), `"slot_minutes": 15`, `"slot_minutes": "15"`, 1), `"slot_minutes" is a string`},
		{"empty object", "{}", `"slots"`},
		{"one ticket too many", strings.Replace(string(whole), `"tickets": 40`, `"tickets": 41`, 1), "add up to 40"},
		{"one arrival missing", strings.Replace(string(whole), "[2, 4, 3,", "[2, 7,", 1), "12 arrivals for 13 slots"},
		{"windows do not add up", strings.Replace(string(whole), `"windows": 3`, `"windows": 4`, 1), "3 windows"},
		{"no clock time", strings.Replace(string(whole), `"08:45"`, `"25:45"`, 1), `"25:45" is no clock time`},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			if c.text != "" {
				must(t, os.WriteFile(filepath.Join(folder, FileName), []byte(c.text), 0o600))
			}
			_, err := Read(folder)
			oneSentence(t, err, c.want)
		})
	}
	f, err := Read("testdata")
	must(t, err)
	guides := shipped(t)
	for _, c := range []struct {
		name    string
		hall    hall.ID
		date    hall.Date
		disturb []string
		want    string
	}{
		{"hall", "jiangxi", "2026-11-24", nil, `no hall "jiangxi": name one of jiangnan`},
		{"disturbance", "jiangnan", "2026-11-24", []string{"clock", "earthquake"}, `no disturbance "earthquake"`},
		{"date", "jiangnan", "24.11.2026", nil, "is no date"},
	} {
		t.Run("unknown "+c.name, func(t *testing.T) {
			_, err := NewPlan(f, c.hall, c.date, 1, c.disturb, guides)
			oneSentence(t, err, c.want)
		})
	}
}

func oneSentence(t *testing.T, err error, want string) {
	t.Helper()
	var input InputError
	if !errors.As(err, &input) || input.ExitCode() != 2 {
		t.Fatalf("want a refusal of the input, got %v", err)
	}
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q does not say %q in one line", err, want)
	}
}

func shipped(t *testing.T) *guide.Catalogue {
	t.Helper()
	files, err := guide.ShippedFiles()
	must(t, err)
	c, err := guide.Parse(files)
	must(t, err)
	return c
}

// TestPlanIsTheFilesDay: as many people in each quarter hour and area as the file
// says, with items that the hall takes, and the same people for the same seed.
func TestPlanIsTheFilesDay(t *testing.T) {
	p, again, other := shortPlan(t, 5, Bus), shortPlan(t, 5), shortPlan(t, 6)
	count := map[hall.Letter]map[int64]int{"B": {}, "E": {}}
	bus := 0
	last := int64(0)
	for _, v := range p.People {
		if v.AtMS <= last {
			t.Fatalf("person %d comes at %d, not after %d", v.No, v.AtMS, last)
		}
		last = v.AtMS
		if v.Bus {
			bus++
			if from := p.at("14:05"); v.AtMS < from || v.AtMS > from+600_000 || v.Service != "B" || v.Class != hall.Priority {
				t.Errorf("a person of the bus comes at %s for %s as %s", hall.ClockOf(v.AtMS), v.Service, v.Class)
			}
			continue
		}
		count[v.Service][v.AtMS/900_000]++
		for _, code := range v.Items {
			i, ok := p.Guides.Item(guide.Code(code))
			if _, here := i.PlaceIn("jiangnan"); !ok || !here || hall.Letter(i.Letter) != v.Service {
				t.Errorf("%s is no item of %s here", code, v.Service)
			}
		}
		if len(v.Items) == 0 || len(v.Outcomes) != len(v.Items) || v.ServiceMS < 30_000 || v.ServiceMS > 1_800_000 {
			t.Errorf("person %d has %d items, %d outcomes and takes %d ms", v.No, len(v.Items), len(v.Outcomes), v.ServiceMS)
		}
	}
	if bus != busPeople {
		t.Errorf("%d people came by bus", bus)
	}
	for l, a := range p.Day.Areas {
		for slot, want := range a.Arrivals {
			if got := count[l][p.at(p.File.Slots[slot])/900_000]; got != want {
				t.Errorf("%s at %s: %d people, the file has %d", l, p.File.Slots[slot], got, want)
			}
		}
	}
	a, b, c := encode(t, again.People), encode(t, shortPlan(t, 5).People), encode(t, other.People)
	if a != b || a == c {
		t.Errorf("the people follow from the seed: same %t, other seed same %t", a == b, a == c)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// TestDisturbancesStayInTheirHall: the file puts the cut net into Jiangbei and the dark kiosk into Jiangnan.
func TestDisturbancesStayInTheirHall(t *testing.T) {
	p := shortPlan(t, 1, NetCut, KioskOff, Bus)
	var got []string
	for _, d := range p.Disturb {
		got = append(got, d.ID)
	}
	if strings.Join(got, " ") != "kiosk-off bus" {
		t.Errorf("in jiangnan: %v", got)
	}
}

// TestNoShowsRiseWithTheWait: threefold at most, and not for appointments.
func TestNoShowsRiseWithTheWait(t *testing.T) {
	p := shortPlan(t, 1)
	for _, c := range []struct {
		class hall.Class
		miss  float64
		wait  int64
		want  bool
	}{
		{hall.WalkIn, 0.051, 0, true}, {hall.WalkIn, 0.049, 0, false},
		{hall.WalkIn, 0.099, 3_600_000, false}, {hall.WalkIn, 0.101, 3_600_000, true},
		{hall.WalkIn, 0.149, 9 * 3_600_000, false}, {hall.WalkIn, 0.151, 9 * 3_600_000, true},
		{hall.Appointment, 0.151, 9 * 3_600_000, true}, {hall.Appointment, 0.149, 0, false},
	} {
		if got := p.comes(&Person{Service: "B", Class: c.class, Miss: c.miss}, c.wait); got != c.want {
			t.Errorf("%s with %.3f after %d ms comes: %t", c.class, c.miss, c.wait, got)
		}
	}
}
