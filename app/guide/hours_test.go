package guide

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hoursLine says hours in one line: their text, who states them, and what differs.
func hoursLine(h HallHours) string {
	out := fmt.Sprintf("%s %v", h.Text, h.Stated)
	for _, o := range h.Others {
		out += " | " + o.Text
		for _, a := range o.Areas {
			out += fmt.Sprintf(" %s %d/%d", a.Letter, a.Items, a.Of)
		}
	}
	return out
}

const (
	weekdays = "周一至周五 8:30—12:00、13:30—17:00(法定节假日除外)"
	lunch    = "周一至周五 8:30—17:00(午间不间断,法定节假日除外)"
	sixDays  = "周一至周六 8:30—12:00、13:30—17:00(法定节假日除外)"
)

func TestHoursOfAHall(t *testing.T) {
	const others = " | " + lunch + " A 1/16 B 4/20 H 1/6 J 1/7 | " + sixDays + " E 3/20 G 1/18"
	stated := `"hours": {`
	for _, w := range []struct {
		name, old, new string
		hall           HallID
		want           string
	}{
		{"stated", "", "", "jiangnan", weekdays + " true" + others},
		{"of most items where it states none", stated, `"were": {`, "jiangnan", weekdays + " false" + others},
		{"of its items alone", "", "", "street-1", weekdays + " false"},
		{"other than its items", `"text": "周一至周五 8:30—12:00`, `"text": "每天 8:30—12:00`, "jiangnan", strings.Replace(weekdays, "周一至周五", "每天", 1) + " true" + others},
		{"no such hall", "", "", "nowhere", " false"},
	} {
		files := shippedFiles(t)
		if w.old != "" {
			files = edited(t, FileHalls, w.old, w.new)
		}
		c, err := Parse(files)
		if err != nil {
			t.Fatal(err)
		}
		if got := hoursLine(c.HoursOf(w.hall)); got != w.want {
			t.Errorf("%s:\n got %s\nwant %s", w.name, got, w.want)
		}
	}
}

// A hall whose entry says something else than its items: they are named, all of them.
func TestHoursThatNoItemHas(t *testing.T) {
	c, err := Parse(edited(t, FileHalls, "\"08:30\",\n      \"12:00\"", "\"09:00\",\n      \"12:00\""))
	if err != nil {
		t.Fatal(err)
	}
	got := c.HoursOf("jiangnan")
	if !got.Stated || got.Periods[0][0] != "09:00" || len(got.Others) != 3 || got.Others[0].Text != weekdays || got.Others[0].Areas[0].Items != 15 {
		t.Error(hoursLine(got))
	}
}

func TestDesksOfAHall(t *testing.T) {
	c := shipped(t)
	desks := c.DesksOf("jiangnan")
	at := func(name string) Desk {
		n := slices.IndexFunc(desks, func(d Desk) bool { return d.Department == name })
		if n < 0 {
			t.Fatalf("no %s among %v", name, desks)
		}
		return desks[n]
	}
	if len(desks) != 22 || desks[0].Department != "区不动产登记服务中心" {
		t.Errorf("%d departments, %s first", len(desks), desks[0].Department)
	}
	if d := at("区人力资源和社会保障局"); d.Consult != "0571-00008002" || d.Complaint != "0571-00009002" || !slices.Equal(d.Letters, []Letter{"B", "F"}) {
		t.Errorf("%+v", d)
	}
	if list := c.DesksOf("street-2"); len(list) != 1 || list[0].Department != "街道办事处" {
		t.Errorf("%+v", list)
	}
	if list := c.DesksOf("nowhere"); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// Without a number of its own a department has that of its items only where it is one and the same.
func TestDesksWithoutTheirOwnNumber(t *testing.T) {
	for _, w := range []struct{ department, number, want string }{
		{"区民政局", `"phone": "0571-00008009"`, ""},
		{"区政府办公室", `"phone": "0571-00008017"`, "0571-00002101"},
	} {
		c, err := Parse(edited(t, FileHalls, w.number, `"fax": ""`))
		if err != nil {
			t.Fatal(err)
		}
		desks := c.DesksOf("jiangnan")
		n := slices.IndexFunc(desks, func(d Desk) bool { return d.Department == w.department })
		if n < 0 || desks[n].Consult != w.want || desks[n].Complaint == "" {
			t.Errorf("%s among %+v", w.department, desks)
		}
	}
	c, err := Parse(edited(t, FileItems, `"complaint_phone": "0571-00009001"`, `"complaint_phone": "12345"`))
	if err != nil {
		t.Fatal(err)
	}
	if d := c.DesksOf("jiangnan")[0]; d.Complaint != "" || d.Consult != "0571-00008001" {
		t.Errorf("%+v", d)
	}
}
