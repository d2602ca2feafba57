package hall

import "onewindow/app/event"

// The facts of tickets are decoded on every terminal of a hall, at its hub and at the
// centre: ten times as often as anything else. Payload writes them in one form of
// JSON, without blanks and nearly always without escapes. scan reads that form alone
// and says when it meets anything else; encoding/json has the word then, also about
// what an error is.
type scan struct {
	rest string // all strings of a fact share its memory
	odd  bool
}

// object reads {"key":value,...} up to the last byte; field takes the value of a key
// and must tell odd for keys that it does not know.
func (s *scan) object(field func(key string)) bool {
	s.members(field)
	return !s.odd && len(s.rest) == 0
}

func (s *scan) members(field func(key string)) {
	if s.take('{'); s.next() == '}' {
		s.take('}')
		return
	}
	for !s.odd {
		key := s.text()
		s.take(':')
		if s.odd {
			return
		}
		field(key)
		if s.next() != ',' {
			s.take('}')
			return
		}
		s.take(',')
	}
}

// list reads [value,...] of at least one value.
func (s *scan) list(value func()) {
	s.take('[')
	for !s.odd {
		value()
		if s.next() != ',' {
			s.take(']')
			return
		}
		s.take(',')
	}
}

func (s *scan) next() byte {
	if len(s.rest) == 0 {
		return 0
	}
	return s.rest[0]
}

func (s *scan) take(c byte) {
	if s.odd || s.next() != c {
		s.odd = true
		return
	}
	s.rest = s.rest[1:]
}

// text reads a string of printable ASCII without escapes.
func (s *scan) text() string {
	s.take('"')
	if s.odd {
		return ""
	}
	for i, c := range []byte(s.rest) {
		switch {
		case c == '"':
			word := s.rest[:i]
			s.rest = s.rest[i+1:]
			return word
		case c == '\\' || c < ' ' || c > '~':
			s.odd = true
			return ""
		}
	}
	s.odd = true
	return ""
}

// number reads a whole number of at most 18 digits.
func (s *scan) number() (n int64) {
	minus := s.next() == '-'
	if minus {
		s.take('-')
	}
	digits := 0
	for ; digits < len(s.rest) && s.rest[digits] >= '0' && s.rest[digits] <= '9'; digits++ {
		n = 10*n + int64(s.rest[digits]-'0')
		if digits == 18 {
			s.odd = true
			return 0
		}
	}
	if digits == 0 || digits > 1 && s.rest[0] == '0' {
		s.odd = true
		return 0
	}
	s.rest = s.rest[digits:]
	if minus {
		return -n
	}
	return n
}

// truth reads true or false.
func (s *scan) truth() bool {
	word := "true"
	if s.next() == 'f' {
		word = "false"
	}
	for _, c := range []byte(word) {
		s.take(c)
	}
	return word == "true" && !s.odd
}

func (f *Issued) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) { f.field(&s, key) })
}

func (f *Issued) field(s *scan, key string) {
	switch key {
	case "ticket":
		f.Ticket = TicketID(s.text())
	case "hall":
		f.Hall = ID(s.text())
	case "date":
		f.Date = Date(s.text())
	case "service":
		f.Service = Letter(s.text())
	case "number":
		f.Number = Number(s.text())
	case "class":
		f.Class = Class(s.text())
	case "evidence":
		f.Evidence = s.text()
	case "items":
		s.odd = s.odd || f.Items != nil
		s.list(func() { f.Items = append(f.Items, ItemCode(s.text())) })
	case "language":
		f.Language = s.text()
	case "issued_at_ms":
		f.IssuedMS = s.number()
	case "ahead":
		f.Ahead = int(s.number())
	case "low_minutes":
		f.LowMinutes = int(s.number())
	case "high_minutes":
		f.HighMinutes = int(s.number())
	case "clock_off":
		f.ClockOff = s.truth()
	case "slot_ms":
		f.SlotMS = s.number()
	case "ref":
		f.Ref = s.text()
	case "checked":
		s.odd = s.odd || f.Checked != nil
		s.list(func() { f.Checked = append(f.Checked, s.checked()) })
	case "took_ms":
		f.TookMS = s.number()
	default:
		s.odd = true
	}
}

func (s *scan) checked() (c Checked) {
	s.members(func(key string) {
		switch key {
		case "item":
			c.Item = ItemCode(s.text())
		case "version":
			c.Version = int(s.number())
		case "lacks":
			s.odd = s.odd || c.Lacks != nil
			s.list(func() { c.Lacks = append(c.Lacks, int(s.number())) })
		default:
			s.odd = true
		}
	})
	return c
}

// scan reads a ticket's row: at a start, and after a commit that failed, every ticket of
// the last days is read.
func (t *Ticket) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) {
		switch key {
		case "known":
			t.Known = s.truth()
		case "disputed":
			t.Disputed = s.truth()
		case "source":
			t.Source = s.text()
		case "steps":
			s.odd = s.odd || t.Steps != nil
			s.list(func() { t.Steps = append(t.Steps, s.rowStep()) })
		case "state":
			t.State = State(s.text())
		case "round":
			t.Round = int(s.number())
		case "window":
			t.Window = WindowID(s.text())
		case "clerk":
			t.Clerk = ClerkID(s.text())
		case "recalls":
			t.Recalls = int(s.number())
		case "reprints":
			t.Reprints = int(s.number())
		case "called_at_ms":
			t.CalledMS = s.number()
		case "last_call_at_ms":
			t.LastCallMS = s.number()
		case "started_at_ms":
			t.StartedMS = s.number()
		case "finished_at_ms":
			t.FinishedMS = s.number()
		case "first_called_at_ms":
			t.FirstMS = s.number()
		default:
			t.field(&s, key)
		}
	})
}

// rowStep reads a step: a move with what only the row tells of it.
func (s *scan) rowStep() (w Step) {
	var m Moved
	s.members(func(key string) {
		switch key {
		case "kind":
			w.Kind = event.Kind(s.text())
		case "request":
			w.Request = s.text()
		case "by":
			w.By = s.text()
		case "ticket":
			s.odd = true // a step is one of its ticket's
		default:
			m.field(s, key)
		}
	})
	w.Round, w.Window, w.Clerk, w.AtMS, w.How, w.Recall, w.Ended, w.Reason = m.Round, m.Window, m.Clerk, m.AtMS, m.How, m.Recall, m.Ended, m.Reason
	w.Detail = m.Detail
	return w
}

// step reads what every step of a ticket at a window tells.
func (s *scan) step(key string, ticket *TicketID, round *int, window *WindowID, clerk *ClerkID, atMS *int64) {
	switch key {
	case "ticket":
		*ticket = TicketID(s.text())
	case "round":
		*round = int(s.number())
	case "window":
		*window = WindowID(s.text())
	case "clerk":
		*clerk = ClerkID(s.text())
	case "at_ms":
		*atMS = s.number()
	default:
		s.odd = true
	}
}

func (f *Called) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) {
		switch key {
		case "request":
			f.Request = s.text()
		case "hall":
			f.Hall = ID(s.text())
		case "date":
			f.Date = Date(s.text())
		case "reason":
			f.Reason = s.text()
		default:
			s.step(key, &f.Ticket, &f.Round, &f.Window, &f.Clerk, &f.AtMS)
		}
	})
}

func (f *Moved) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) { f.field(&s, key) })
}

func (f *Moved) field(s *scan, key string) {
	switch key {
	case "how":
		f.How = s.text()
	case "recall":
		f.Recall = int(s.number())
	case "ended":
		s.odd = s.odd || f.Ended != nil
		s.list(func() { f.Ended = append(f.Ended, s.ending()) })
	case "reason":
		f.Reason = s.text()
	case "until_ms":
		f.detail().UntilMS = s.number()
	case "key_ms":
		f.detail().KeyMS = s.number()
	case "service":
		f.detail().Service = Letter(s.text())
	case "to":
		f.detail().To = WindowID(s.text())
	case "back":
		f.detail().Back = WindowID(s.text())
	case "items":
		s.odd = s.odd || f.detail().Items != nil
		s.list(func() { f.Items = append(f.Items, ItemCode(s.text())) })
	case "into":
		f.detail().Into = TicketID(s.text())
	default:
		s.step(key, &f.Ticket, &f.Round, &f.Window, &f.Clerk, &f.AtMS)
	}
}

func (f *Moved) detail() *Detail {
	if f.Detail == nil {
		f.Detail = &Detail{}
	}
	return f.Detail
}

func (s *scan) ending() (e Ending) {
	s.members(func(key string) {
		switch key {
		case "item":
			e.Item = ItemCode(s.text())
		case "outcome":
			e.Outcome = Outcome(s.text())
		default:
			s.odd = true
		}
	})
	return e
}
