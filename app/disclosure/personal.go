package disclosure

import (
	"fmt"
	"io"
	"log/slog"

	"onewindow/app/event"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// Who is what a request says of who asks, and what for. Contact is the person to speak to at
// an organisation; Contact, Phone and Address may be empty.
type Who struct {
	Name           intake.Personal
	DocumentNumber intake.Personal
	Contact        intake.Personal
	Phone          intake.Personal
	Address        intake.Personal
	Asked          intake.Personal
}

// LogValue masks it: a logger that writes JSON would else print the values.
func (w Who) LogValue() slog.Value { return slog.AnyValue(w.Name) }

type personalValue struct {
	field string
	shut  *sealed.Value
	plain *intake.Personal
}

// personal pairs each sealed value of a request with its name and what is in it.
func (r *Requested) personal(w *Who) []personalValue {
	return []personalValue{{"name", &r.Name, &w.Name}, {"document_number", &r.DocumentNumber, &w.DocumentNumber}, {"contact", &r.Contact, &w.Contact},
		{"phone", &r.Phone, &w.Phone}, {"address", &r.Address, &w.Address}, {"asked", &r.Asked, &w.Asked}}
}

// Seal puts who asks, and what for, into the request, each value under the key of the request
// and bound to this event and its field.
func (r *Requested) Seal(w Who, key sealed.Key, random io.Reader) error {
	for _, v := range r.personal(&w) {
		shut, err := key.Seal(string(*v.plain), random, string(KindRequested), string(r.Disclosure), r.Request, v.field)
		if err != nil {
			return err
		}
		*v.shut = shut
	}
	return nil
}

// Who gives what Seal put in. Errors wrap sealed.ErrShut.
func (r Requested) Who(key sealed.Key) (w Who, err error) {
	for _, v := range r.personal(&w) {
		plain, err := key.Open(*v.shut, string(KindRequested), string(r.Disclosure), r.Request, v.field)
		if err != nil {
			return Who{}, fmt.Errorf("read %s of %s: %w", v.field, r.Number, err)
		}
		*v.plain = intake.Personal(plain)
	}
	return w, nil
}

// Seal puts words into a step of a kind, under the key of the request.
func (s *Step) Seal(kind event.Kind, words intake.Personal, key sealed.Key, random io.Reader) (err error) {
	s.Words, err = key.Seal(string(words), random, string(kind), string(s.Disclosure), s.Request, "words")
	return err
}

// Open gives the words of a step. Errors wrap sealed.ErrShut.
func (n Noted) Open(key sealed.Key) (intake.Personal, error) {
	words, err := key.Open(n.Words, string(n.Kind), string(n.Disclosure), n.Request, "words")
	return intake.Personal(words), err
}

// Asks is what the request asks for by now: as it was corrected last. Errors wrap sealed.ErrShut.
func (c *Case) Asks(key sealed.Key) (intake.Personal, error) {
	for n := len(c.Steps) - 1; n >= 0; n-- {
		if c.Steps[n].Kind == KindCorrected && c.Steps[n].Words != "" {
			return c.Steps[n].Open(key)
		}
	}
	w, err := c.Who(key)
	return w.Asked, err
}
