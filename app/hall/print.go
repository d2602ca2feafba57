package hall

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// print is scan's counterpart for the row of a ticket, which is written with every move of
// it: the one form of JSON that encoding/json gives, without reflection. Where a string
// needs an escape it is odd, and encoding/json has the word.
type print struct {
	b   []byte
	odd bool
}

func (p *print) open(with byte)  { p.b = append(p.b, with) }
func (p *print) close(with byte) { p.b = append(p.b, with) }

// key begins a member; in a list it is empty.
func (p *print) key(name string) {
	if last := p.b[len(p.b)-1]; last != '{' && last != '[' {
		p.b = append(p.b, ',')
	}
	if name != "" {
		p.b = append(append(append(p.b, '"'), name...), '"', ':')
	}
}

func (p *print) text(name, v string) {
	p.key(name)
	for i := range len(v) {
		if c := v[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f || c == 0xe2 {
			p.odd = true // 0xe2 begins the two line ends that JSON escapes
		}
	}
	p.odd = p.odd || !utf8.ValidString(v)
	p.b = append(append(append(p.b, '"'), v...), '"')
}

func (p *print) number(name string, v int64) {
	p.key(name)
	p.b = strconv.AppendInt(p.b, v, 10)
}

func (p *print) flag(name string, v bool) {
	p.key(name)
	p.b = strconv.AppendBool(p.b, v)
}

// The same, left out where empty.
func (p *print) textIf(name, v string) {
	if v != "" {
		p.text(name, v)
	}
}

func (p *print) numberIf(name string, v int64) {
	if v != 0 {
		p.number(name, v)
	}
}

func (p *print) flagIf(name string, v bool) {
	if v {
		p.flag(name, v)
	}
}

// Row gives the ticket as JSON, the form in which projections keep it.
func (t *Ticket) Row() []byte {
	p := print{b: make([]byte, 0, 1024)}
	p.open('{')
	p.issued(&t.Issued)
	p.flag("known", t.Known)
	p.flagIf("disputed", t.Disputed)
	p.textIf("source", t.Source)
	if len(t.Steps) > 0 {
		p.key("steps")
		p.open('[')
		for i := range t.Steps {
			p.key("")
			p.step(&t.Steps[i])
		}
		p.close(']')
	}
	p.text("state", string(t.State))
	p.number("round", int64(t.Round))
	p.textIf("window", string(t.Window))
	p.textIf("clerk", string(t.Clerk))
	p.numberIf("recalls", int64(t.Recalls))
	p.numberIf("reprints", int64(t.Reprints))
	p.numberIf("called_at_ms", t.CalledMS)
	p.numberIf("last_call_at_ms", t.LastCallMS)
	p.numberIf("started_at_ms", t.StartedMS)
	p.numberIf("finished_at_ms", t.FinishedMS)
	p.numberIf("first_called_at_ms", t.FirstMS)
	p.close('}')
	if p.odd {
		b, err := json.Marshal(t)
		if err != nil {
			panic("encode ticket: " + err.Error())
		}
		return b
	}
	return p.b
}

func (p *print) issued(f *Issued) {
	p.text("ticket", string(f.Ticket))
	p.text("hall", string(f.Hall))
	p.text("date", string(f.Date))
	p.text("service", string(f.Service))
	p.text("number", string(f.Number))
	p.text("class", string(f.Class))
	p.textIf("evidence", f.Evidence)
	p.items(f.Items)
	p.text("language", f.Language)
	p.number("issued_at_ms", f.IssuedMS)
	p.number("ahead", int64(f.Ahead))
	p.number("low_minutes", int64(f.LowMinutes))
	p.number("high_minutes", int64(f.HighMinutes))
	p.flagIf("clock_off", f.ClockOff)
	p.numberIf("slot_ms", f.SlotMS)
	p.textIf("ref", f.Ref)
	if len(f.Checked) > 0 {
		p.key("checked")
		p.open('[')
		for _, c := range f.Checked {
			p.key("")
			p.checked(c)
		}
		p.close(']')
	}
	p.numberIf("took_ms", f.TookMS)
}

func (p *print) checked(c Checked) {
	p.open('{')
	p.text("item", string(c.Item))
	p.number("version", int64(c.Version))
	if len(c.Lacks) > 0 {
		p.key("lacks")
		p.open('[')
		for _, no := range c.Lacks {
			p.number("", int64(no))
		}
		p.close(']')
	}
	p.close('}')
}

func (p *print) step(s *Step) {
	p.open('{')
	p.text("kind", string(s.Kind))
	p.number("round", int64(s.Round))
	p.textIf("window", string(s.Window))
	p.textIf("clerk", string(s.Clerk))
	p.number("at_ms", s.AtMS)
	p.textIf("how", s.How)
	p.textIf("request", s.Request)
	p.numberIf("recall", int64(s.Recall))
	if len(s.Ended) > 0 {
		p.key("ended")
		p.open('[')
		for _, e := range s.Ended {
			p.key("")
			p.open('{')
			p.textIf("item", string(e.Item))
			p.text("outcome", string(e.Outcome))
			p.close('}')
		}
		p.close(']')
	}
	p.textIf("reason", s.Reason)
	if s.Detail != nil {
		p.detail(s.Detail)
	}
	p.text("by", s.By)
	p.close('}')
}

func (p *print) detail(d *Detail) {
	p.numberIf("until_ms", d.UntilMS)
	p.numberIf("key_ms", d.KeyMS)
	p.textIf("service", string(d.Service))
	p.textIf("to", string(d.To))
	p.textIf("back", string(d.Back))
	p.items(d.Items)
	p.textIf("into", string(d.Into))
}

func (p *print) items(list []ItemCode) {
	if len(list) == 0 {
		return
	}
	p.key("items")
	p.open('[')
	for _, i := range list {
		p.text("", string(i))
	}
	p.close(']')
}
