package hall

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

// truth reads true; omitempty leaves false out.
func (s *scan) truth() bool {
	for _, c := range []byte("true") {
		s.take(c)
	}
	return !s.odd
}

func (f *Issued) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) {
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
		default:
			s.odd = true
		}
	})
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
		default:
			s.step(key, &f.Ticket, &f.Round, &f.Window, &f.Clerk, &f.AtMS)
		}
	})
}

func (f *Moved) scan(b []byte) bool {
	s := scan{rest: string(b)}
	return s.object(func(key string) {
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
		default:
			s.step(key, &f.Ticket, &f.Round, &f.Window, &f.Clerk, &f.AtMS)
		}
	})
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
