package guide

import "slices"

// HallHours are the hours of a hall: those of its entry among the halls, or, where that
// has none, those that most of its items have. A hall is never said to be open because
// a few of its items are: what is taken at other hours stands in Others.
type HallHours struct {
	Hours
	// Stated tells that the hall's own entry has the hours.
	Stated bool
	Others []OtherHours
}

// OtherHours are hours at which some of a hall's items are taken, and the areas of these.
type OtherHours struct {
	Hours
	Areas []SomeItems
}

// SomeItems are Items of the Of items that a hall takes in an area.
type SomeItems struct {
	Letter    Letter
	Items, Of int
}

// known tells whether days and times can be read, and not only the text.
func (h Hours) known() bool { return len(h.Weekdays) > 0 && len(h.Periods) > 0 }

// same compares when it is; one may say it in other words.
func (h Hours) same(o Hours) bool {
	return slices.Equal(h.Weekdays, o.Weekdays) && slices.Equal(h.Periods, o.Periods)
}

// HoursOf gives the hours of a hall; without periods where neither its entry nor its
// items have any.
func (c *Catalogue) HoursOf(id HallID) HallHours {
	var all []OtherHours // each hours of the hall's items, in the order of the catalogue
	of := map[Letter]int{}
	for _, i := range c.items {
		if _, here := i.PlaceIn(id); here {
			of[i.Letter]++
			all = count(all, i)
		}
	}
	out := HallHours{}
	if h, _ := c.Hall(id); h.Hours != nil {
		out.Hours, out.Stated = *h.Hours, true
	} else {
		most := 0
		for _, o := range all {
			if n := o.items(); n > most {
				out.Hours, most = o.Hours, n
			}
		}
	}
	for _, o := range all {
		if o.same(out.Hours) {
			continue
		}
		for n := range o.Areas {
			o.Areas[n].Of = of[o.Areas[n].Letter]
		}
		out.Others = append(out.Others, o)
	}
	return out
}

// count adds an item to those of the same hours.
func count(all []OtherHours, i *Item) []OtherHours {
	if !i.Hours.known() {
		return all
	}
	at := slices.IndexFunc(all, func(o OtherHours) bool { return o.same(i.Hours) })
	if at < 0 {
		at = len(all)
		all = append(all, OtherHours{Hours: i.Hours})
	}
	areas := &all[at].Areas
	n := slices.IndexFunc(*areas, func(s SomeItems) bool { return s.Letter == i.Letter })
	if n < 0 {
		n = len(*areas)
		*areas = append(*areas, SomeItems{Letter: i.Letter})
	}
	(*areas)[n].Items++
	return all
}

func (o OtherHours) items() (n int) {
	for _, a := range o.Areas {
		n += a.Items
	}
	return n
}

// Desk is a department that takes items in a hall, and whom to call there. Consult and
// Complaint are empty where its items have different numbers and it has none of its own.
type Desk struct {
	Department         string
	Letters            []Letter
	Consult, Complaint string
}

// DesksOf gives the departments of a hall in the order of its areas.
func (c *Catalogue) DesksOf(id HallID) []Desk {
	var out []Desk
	differ := map[string][2]bool{}
	for _, a := range c.AreasOf(id) {
		for _, i := range c.ItemsIn(a.Letter) {
			if _, here := i.PlaceIn(id); !here {
				continue
			}
			at := slices.IndexFunc(out, func(d Desk) bool { return d.Department == i.Department })
			if at < 0 {
				at = len(out)
				out = append(out, Desk{Department: i.Department, Consult: i.ConsultPhone, Complaint: i.ComplaintPhone})
			}
			d := &out[at]
			if !slices.Contains(d.Letters, i.Letter) {
				d.Letters = append(d.Letters, i.Letter)
			}
			was := differ[i.Department]
			differ[i.Department] = [2]bool{was[0] || d.Consult != i.ConsultPhone, was[1] || d.Complaint != i.ComplaintPhone}
		}
	}
	for n := range out {
		d := &out[n]
		if differ[d.Department][0] {
			d.Consult = ""
		}
		if differ[d.Department][1] {
			d.Complaint = ""
		}
		if at := slices.IndexFunc(c.departments, func(x Department) bool { return x.Name == d.Department }); at >= 0 && c.departments[at].Phone != "" {
			d.Consult = c.departments[at].Phone
		}
	}
	return out
}
