package guide

import "strconv"

// quotes gives what the guide of an item says in a field, each as it stands there, the
// most important first.
func (i *Item) quotes(f Field) []string {
	var out []string
	switch f {
	case FieldMaterials:
		for _, m := range i.Materials {
			if m.Need() == Must {
				out = append(out, m.Name)
			}
		}
	case FieldTime:
		if i.PromisedDays == 0 {
			return said(i.Handling)
		}
		return said(strconv.Itoa(i.PromisedDays), i.DayUnit)
	case FieldFee:
		return said(i.Fee.Text)
	case FieldWho:
		out = i.Conditions
	case FieldOnline:
		return said(i.Online.Depth, i.Online.URL)
	case FieldPlace:
		for _, p := range i.Places {
			out = append(out, said(p.Address, p.Area, p.Windows)...)
		}
	case FieldPhone:
		return said(i.ConsultPhone)
	case FieldHours:
		return said(i.Hours.Text)
	case FieldVisits:
		return said(strconv.Itoa(i.Visits), i.Remark)
	}
	return out
}

// said leaves empty texts out.
func said(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
