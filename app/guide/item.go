package guide

import (
	"fmt"
)

const codeLength = 31

// item reads, checks and adds one item.
func (b *builder) item(place int, p part) *Fault {
	if p.file == FileNames {
		return b.bare(place, p)
	}
	i := &Item{}
	if f := decode(p.file, p.whole, p.body, p.start, i); f != nil {
		f.Item = string(i.Code)
		return f
	}
	if f := b.checkItem(i, p); f != nil {
		return f
	}
	for n := range i.Materials {
		if f := b.checkMaterial(i, n, p); f != nil {
			return f
		}
	}
	for n, at := range i.Places {
		path := fmt.Sprintf("places[%d]", n)
		if _, known := b.cat.Hall(at.Hall); !known {
			return p.fault(FaultUnknown, string(i.Code), path+".hall", fmt.Sprintf("there is no hall %q", at.Hall), "correct the hall or add it to "+FileHalls)
		}
		if at.Windows != "" && WindowNames(at.Windows) == nil {
			return p.fault(FaultValue, string(i.Code), path+".windows", fmt.Sprintf("%q is not a range of windows", at.Windows), `write it like "A01-A16"`)
		}
	}
	b.add(i, place, p)
	return nil
}

func (b *builder) add(i *Item, place int, p part) {
	b.cat.items = append(b.cat.items, i)
	b.cat.byCode[i.Code] = i
	b.cat.rows = append(b.cat.rows, Row{Code: i.Code, Place: place, Letter: i.Letter, Name: i.Name, Source: p.file, Body: compact(p.body)})
}

func (b *builder) checkItem(i *Item, p part) *Fault {
	code := string(i.Code)
	if !validCode(code) {
		return p.fault(FaultCode, code, "code", "a code has 31 digits and capital letters", "correct the code")
	}
	if f := b.checkOwn(i, p, "code"); f != nil {
		return f
	}
	a, known := b.cat.Area(i.Letter)
	if !known {
		return p.fault(FaultUnknown, code, "area_letter", fmt.Sprintf("there is no area %q", i.Letter), "correct the letter or add the area to "+FileHalls)
	}
	if i.Area != "" && i.Area != a.ID {
		return p.fault(FaultUnknown, code, "area", fmt.Sprintf("%q is not the area with letter %s", i.Area, i.Letter), "correct the area or its letter")
	}
	if i.LegalDays < 0 || i.PromisedDays < 0 || i.Visits < 0 {
		return p.fault(FaultValue, code, "legal_days, promised_days, visits", "a number is below 0", "correct it")
	}
	for _, day := range i.Hours.Weekdays {
		if day < 1 || day > 7 {
			return p.fault(FaultValue, code, "hours.weekdays", fmt.Sprintf("%d is no day of the week", day), "use 1 (Monday) to 7")
		}
	}
	return nil
}

// checkOwn checks what each item needs: a code of its own, and a name.
func (b *builder) checkOwn(i *Item, p part, field string) *Fault {
	code := string(i.Code)
	if first, twice := b.cat.byCode[i.Code]; twice {
		return p.fault(FaultDuplicate, code, field, fmt.Sprintf("the code is already used by %q", first.Name), "give one of them its own code")
	}
	if i.Name == "" {
		return p.fault(FaultValue, code, "name", "the item has no name", "fill it in")
	}
	return nil
}

func (b *builder) checkMaterial(i *Item, n int, p part) *Fault {
	code, m := string(i.Code), i.Materials[n]
	path := fmt.Sprintf("materials[%d]", n)
	if m.No < 1 || m.Name == "" {
		return p.fault(FaultValue, code, path, "a material needs a number from 1 and a name", "fill them in")
	}
	for _, earlier := range i.Materials[:n] {
		if earlier.No == m.No {
			return p.fault(FaultDuplicate, code, path+".no", fmt.Sprintf("two materials have number %d", m.No), "number them from 1")
		}
	}
	if m.Need() == "" {
		return p.fault(FaultValue, code, path+".necessity", fmt.Sprintf("%q is not one of 必要, 非必要, 容缺后补", m.Necessity), "use one of them")
	}
	if _, known := b.cat.DataSet(m.WaivedBy); m.WaivedBy != "" && !known {
		return p.fault(FaultUnknown, code, path+".waived_by", fmt.Sprintf("there is no data set %q", m.WaivedBy), "correct it or add the data set to "+FileDataSets)
	}
	if m.Originals < 0 || m.Copies < 0 {
		return p.fault(FaultValue, code, path, "a number of copies is below 0", "correct it")
	}
	return nil
}

func validCode(code string) bool {
	if len(code) != codeLength {
		return false
	}
	for n := 0; n < len(code); n++ {
		if c := code[n]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
