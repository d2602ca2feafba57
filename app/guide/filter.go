package guide

import (
	"cmp"
	"slices"
)

// Audiences of items, as the catalogue writes them.
const (
	ForPeople    = "个人"
	ForCompanies = "法人"
)

// Filter leaves out items that somebody does not look for. What is empty leaves nothing out.
type Filter struct {
	Audience   string // ForPeople or ForCompanies
	Area       Letter
	Department string
	LifeEvent  string
	Online     bool // some of it can be done without coming
	RunOnce    bool
}

// Empty tells that a filter lets everything pass.
func (f Filter) Empty() bool { return f == Filter{} }

// Passes tells whether an item is left.
func (f Filter) Passes(i *Item) bool {
	return (f.Audience == "" || slices.Contains(i.Audience, f.Audience)) &&
		(f.Area == "" || i.Letter == f.Area) &&
		(f.Department == "" || i.Department == f.Department) &&
		(f.LifeEvent == "" || slices.Contains(i.LifeEvents, f.LifeEvent)) &&
		(!f.Online || i.Online.Available) &&
		(!f.RunOnce || !i.Bare() && i.RunOnce())
}

// Filtered gives the items that a filter lets pass, those that people ask for most first
// and else in the order of the catalogue.
func (c *Catalogue) Filtered(f Filter) []*Item {
	var out []*Item
	for _, top := range []bool{true, false} {
		for _, i := range c.items {
			if i.Top == top && f.Passes(i) {
				out = append(out, i)
			}
		}
	}
	return out
}

// Choice is a value that a filter can have, and how many items it would leave.
type Choice struct {
	Value string
	Items int
}

// Choices are the values that the kinds of a filter can have.
type Choices struct {
	Areas, Departments, LifeEvents []Choice
}

// Choices gives the values beside which a filter leaves something, those with the most items first;
// what the filter says of the same kind does not count.
func (c *Catalogue) Choices(f Filter) Choices {
	area, department, event := f, f, f
	area.Area, department.Department, event.LifeEvent = "", "", ""
	return Choices{
		Areas:       c.values(area, func(i *Item) []string { return []string{string(i.Letter)} }),
		Departments: c.values(department, func(i *Item) []string { return []string{i.Department} }),
		LifeEvents:  c.values(event, func(i *Item) []string { return i.LifeEvents }),
	}
}

func (c *Catalogue) values(f Filter, of func(*Item) []string) []Choice {
	count := map[string]int{}
	var out []Choice
	for _, i := range c.items {
		if !f.Passes(i) {
			continue
		}
		for _, v := range of(i) {
			if count[v]++; count[v] == 1 && v != "" {
				out = append(out, Choice{Value: v})
			}
		}
	}
	for n := range out {
		out[n].Items = count[out[n].Value]
	}
	slices.SortStableFunc(out, func(a, b Choice) int { return cmp.Compare(b.Items, a.Items) })
	return out
}
