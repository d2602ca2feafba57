package screen

import (
	"encoding/base64"
	"fmt"
	"slices"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
)

// Checklist tells of every material of an item what somebody does about it who answered so.
// Refusals: ItemUnknown, RequestUnusable.
func (k *Kiosk) Checklist(r ChecklistRequest) ([]CheckLine, error) {
	i, answers, err := k.asked(r)
	if err != nil {
		return nil, err
	}
	out := []CheckLine{}
	for _, l := range i.Checklist(answers) {
		out = append(out, CheckLine{Material: k.m.material(l.Material), Duty: string(l.Duty), OnSite: l.OnSite})
	}
	return out, nil
}

// ChecklistCode gives the list as a QR symbol of plain text, a PNG as a data: address.
// Refusals: as Checklist.
func (k *Kiosk) ChecklistCode(r ChecklistRequest) (string, error) {
	c, err := k.checklist(r)
	if err != nil {
		return "", err
	}
	png, err := k.m.Slips.Picture(k.m.Slips.ChecklistText(c), 480)
	if err != nil {
		return "", fmt.Errorf("draw the checklist's code: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), nil
}

// ChecklistPaper prints the list and gives what became of it, as TicketPage.Paper has it.
// Nothing is noted. Refusals: as Checklist.
func (k *Kiosk) ChecklistPaper(r ChecklistRequest) (string, error) {
	c, err := k.checklist(r)
	if err != nil {
		return "", err
	}
	if k.m.Printer == nil {
		return "none", nil
	}
	return k.send(k.m.Slips.ChecklistPaper(c)), nil
}

func (k *Kiosk) asked(r ChecklistRequest) (*guide.Item, map[string]guide.Reply, error) {
	k.visited(true)
	i, ok := k.m.Guides.Now().Item(guide.Code(r.Code))
	if !ok {
		return nil, nil, event.ItemUnknown.With("code", r.Code)
	}
	if len(r.Answers) > len(i.Materials) || len(r.Have) > len(i.Materials) {
		return nil, nil, event.RequestUnusable
	}
	answers := make(map[string]guide.Reply, len(r.Answers))
	for id, a := range r.Answers {
		answers[id] = guide.Reply(a)
	}
	return i, answers, nil
}

func (k *Kiosk) checklist(r ChecklistRequest) (Checklist, error) {
	i, answers, err := k.asked(r)
	if err != nil {
		return Checklist{}, err
	}
	pick := func(zh, en string) string {
		if r.Language == "en" && en != "" {
			return en
		}
		return zh
	}
	c := Checklist{Language: r.Language, Item: pick(i.Name, i.NameEn), Lines: i.Checklist(answers), Have: r.Have, Sets: map[string]string{},
		Hours: i.Hours.Text, Phone: i.ConsultPhone, At: hall.LocalTime(k.m.Book.Now())}
	for _, s := range k.m.Guides.Now().DataSets() {
		c.Sets[s.ID] = pick(s.Name, s.NameEn)
	}
	at := guide.HallID(k.m.Hall)
	p, here := i.PlaceIn(at)
	if !here && len(i.Places) > 0 {
		p, at = i.Places[0], i.Places[0].Hall
	}
	h, _ := k.m.Guides.Now().Hall(at)
	c.Hall, c.Floor, c.Windows = pick(h.Name, h.NameEn), p.Floor, p.Windows
	return c, nil
}

// checked holds what somebody says they lack to the guide, whose version it notes. A list
// that names an item twice, another item or another material is a program's fault.
func (k *Kiosk) checked(r TicketRequest) ([]hall.Checked, error) {
	var out []hall.Checked
	for _, c := range r.Checked {
		i, ok := k.m.Guides.Now().Item(guide.Code(c.Item))
		twice := slices.ContainsFunc(out, func(o hall.Checked) bool { return string(o.Item) == c.Item })
		if !ok || twice || !slices.Contains(r.Items, c.Item) {
			return nil, event.RequestUnusable
		}
		lacks := slices.Clone(c.Lacks)
		slices.Sort(lacks)
		for n, no := range lacks {
			known := slices.ContainsFunc(i.Materials, func(m guide.Material) bool { return m.No == no })
			if !known || n > 0 && lacks[n-1] == no {
				return nil, event.RequestUnusable
			}
		}
		out = append(out, hall.Checked{Item: hall.ItemCode(c.Item), Version: i.Version, Lacks: lacks})
	}
	return out, nil
}

// lacked names for a clerk what somebody said they lack.
func (m *Machine) lacked(list []hall.Checked) []CheckedItem {
	out := []CheckedItem{}
	for _, c := range list {
		row := CheckedItem{Code: string(c.Item), Lacks: []string{}}
		i, ok := m.Guides.Now().Item(guide.Code(c.Item))
		if row.Stale = !ok || i.Version != c.Version; !row.Stale {
			for _, x := range i.Materials {
				if slices.Contains(c.Lacks, x.No) {
					row.Lacks = append(row.Lacks, x.Name)
				}
			}
		}
		out = append(out, row)
	}
	return out
}
