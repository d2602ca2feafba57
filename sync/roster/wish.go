package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// Desk is what a list is read for: a hall with its guides, at a moment.
type Desk struct {
	Hall     hall.ID
	Guides   *guide.Catalogue
	Calendar *intake.Calendar
	NowMS    int64
}

// Wish makes of a line the wish for an appointment. Errors are sentences with the next step, that
// name nothing of the person.
func (d Desk) Wish(r Row) (b hall.Book, err error) {
	if r.Err != nil {
		return b, r.Err
	}
	if err := d.here(r.Fields[colHall]); err != nil {
		return b, err
	}
	if b.Service, b.Items, err = d.queue(r.Fields[colService], r.Fields[colItem]); err != nil {
		return b, err
	}
	if b.SlotMS, err = moment(r.Fields[colDate], r.Fields[colTime]); err != nil {
		return b, err
	}
	b.Day = intake.HallDay(d.Guides, d.Calendar, d.Hall, b.SlotMS)
	if err := d.fits(b); err != nil {
		return b, err
	}
	if b.Number, err = phone(r.Fields[colPhone]); err != nil {
		return b, err
	}
	if b.Identity = r.Fields[colIdentity]; b.Identity != "" {
		number, no := intake.CheckDocument(intake.ResidentID, b.Identity, hall.DateOf(d.NowMS))
		if no != nil {
			return b, errors.New("the identity number is none: it has 18 characters with a check digit; correct it, or leave it away")
		}
		b.Identity = number
	}
	if b.Number == "" && b.Identity == "" {
		return b, errors.New("neither a phone number nor an identity number is there: with one of them the person checks in")
	}
	b.Pseudonym, b.Language = r.Fields[colPseudonym], "zh"
	if strings.HasPrefix(strings.ToLower(r.Fields[colLanguage]), "en") {
		b.Language = "en"
	}
	b.Reference = reference(r, b)
	return b, nil
}

// reference is by what a line is known again: what the other system calls it, or else all that
// it asks for.
func reference(r Row, b hall.Book) string {
	text := "reference\x00" + r.Fields[colReference]
	if r.Fields[colReference] == "" {
		text = strings.Join([]string{"line", string(b.Service), fmt.Sprint(b.SlotMS), fmt.Sprint(b.Items), b.Number, b.Identity, b.Pseudonym}, "\x00")
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// here tells whether a line is for this hall.
func (d Desk) here(name string) error {
	own, _ := d.Guides.Hall(guide.HallID(d.Hall))
	if name == "" || name == string(d.Hall) || name == own.Name || strings.EqualFold(name, own.NameEn) {
		return nil
	}
	for _, h := range d.Guides.Halls() {
		if name == string(h.ID) || name == h.Name || strings.EqualFold(name, h.NameEn) {
			return fmt.Errorf("it is for the hall %s, and this is the hub of %s: bring it to that hall's hub", h.ID, d.Hall)
		}
	}
	return fmt.Errorf("there is no hall %q: write the id of the hall, %s, or its name", name, d.Hall)
}

// queue finds the queue by its letter or name, or by the code or name of an item.
func (d Desk) queue(service, item string) (hall.Letter, []hall.ItemCode, error) {
	areas := d.Guides.AreasOf(guide.HallID(d.Hall))
	if item == "" {
		for _, a := range areas {
			if strings.EqualFold(service, string(a.Letter)) || service == a.Name || strings.EqualFold(service, a.NameEn) {
				return hall.Letter(a.Letter), nil, nil
			}
		}
		item = service
	}
	if item == "" {
		return "", nil, errors.New("neither a queue nor an item is there: write the letter of the queue, or the code of the item")
	}
	at := slices.IndexFunc(d.Guides.Items(), func(i *guide.Item) bool { return string(i.Code) == item || i.Name == item })
	if at < 0 {
		return "", nil, fmt.Errorf("there is no queue or item %q in this hall: write the letter of the queue, or the code of the item", item)
	}
	i := d.Guides.Items()[at]
	if !slices.ContainsFunc(areas, func(a guide.HallArea) bool { return a.Letter == i.Letter }) {
		return "", nil, fmt.Errorf("the item %q is not handled in this hall: send the person to one where it is", item)
	}
	return hall.Letter(i.Letter), []hall.ItemCode{hall.ItemCode(i.Code)}, nil
}

// dateForms are how dates are written; a time may stand behind one.
var dateForms = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

// clockForm is a time of the day, alone or as the beginning of a span, "9:15-9:30".
var clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(:00)?(\s*([-~]|至|到).*)?$`)

// moment reads when the appointment begins.
func moment(date, clock string) (int64, error) {
	date = strings.Join(strings.Fields(narrow(date)), " ")
	if day, rest, both := strings.Cut(date, " "); both {
		date = day
		if clock == "" {
			clock = rest
		}
	}
	var day time.Time
	err := errors.New("no date")
	for _, form := range dateForms {
		if day, err = time.Parse(form, date); err == nil {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("%q is no date: write it like 2026-11-25", date)
	}
	parts := clockForm.FindStringSubmatch(strings.TrimSpace(narrow(clock)))
	if parts == nil {
		return 0, fmt.Errorf("%q is no time: write when it begins, like 09:15", clock)
	}
	ms, err := hall.At(hall.Date(day.Format(time.DateOnly)), fmt.Sprintf("%02s:%s", parts[1], parts[2]))
	if err != nil {
		return 0, fmt.Errorf("%q is no time: write when it begins, like 09:15", clock)
	}
	return ms, nil
}

// narrow makes full-width digits and signs plain ones.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 0xff01 && c <= 0xff5e:
			return c - 0xfee0
		case c == 0x3000:
			return ' '
		case c == '—', c == '–':
			return '-'
		}
		return c
	}, s)
}

// fits says in words why the hall cannot keep a time whoever asks for it; the hub checks it again.
func (d Desk) fits(b hall.Book) error {
	switch {
	case b.SlotMS < d.NowMS:
		return errors.New("its time is over: leave the line away")
	case len(b.Day.Sessions) == 0:
		return errors.New("the hall is closed on that day: choose another")
	}
	for _, s := range b.Day.Sessions {
		if b.SlotMS >= s[0] && b.SlotMS+hall.SlotLength <= s[1] {
			if (b.SlotMS-s[0])%hall.SlotLength != 0 {
				return fmt.Errorf("appointments begin at the quarters of an hour from %s on: choose one of these times", hall.ClockOf(s[0]))
			}
			return nil
		}
	}
	var hours []string
	for _, s := range b.Day.Sessions {
		hours = append(hours, hall.ClockOf(s[0])+"-"+hall.ClockOf(s[1]))
	}
	return fmt.Errorf("the hall is open %s on that day: choose a time in it", strings.Join(hours, " and "))
}

// masked is a phone number as systems show it to others: 138****0462.
var masked = regexp.MustCompile(`^1\d{2}[*xX•＊]{4}(\d{4})$`)

// phone reads a whole number, or its last four digits.
func phone(s string) (string, error) {
	s = strings.NewReplacer(" ", "", "-", "", "+86", "").Replace(narrow(s))
	if m := masked.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	plain := strings.Trim(s, "0123456789") == ""
	switch n := len(s); {
	case plain && (n == 0 || n == hall.PhoneDigits || n == hall.CheckInDigits):
		return s, nil
	case plain && n < hall.CheckInDigits:
		return "", errors.New("the last digits of the phone are fewer than four: spreadsheets drop the zeros in front; make the column text, and try again")
	case strings.ContainsAny(s, "eE."):
		return "", errors.New("a spreadsheet has rounded the phone number: make the column text, and try again")
	}
	return "", errors.New("the phone number has neither 11 digits nor four: correct it")
}

// Why puts a refusal of the hub in words.
func Why(no *event.Refusal) string {
	switch no.Code {
	case event.SlotTaken.Code:
		return "the time is full, less than half an hour away or more than two weeks: choose another"
	case event.BookedAlready.Code:
		return "the person has an appointment in this queue on that day, at " + no.Args["time"] + ": keep one of them"
	case event.BookBarred.Code:
		return "the person has missed appointments and may not book until " + no.Args["date"] + ": they can take a ticket on the day"
	case event.IdentityWrong.Code:
		return "the identity number is none: correct it, or leave it away"
	case event.FieldMissing.Code:
		return "neither a phone number nor an identity number is there: with one of them the person checks in"
	case event.HubGathers.Code:
		return "the hub gathers what it has lost, or the hall's other hub leads: try again in a minute, or there"
	case event.NotSaved.Code, event.DiskFull.Code:
		return "the hub cannot write to its disk: look at its log, and try again"
	}
	return "the hub refuses it (" + no.Key + "): look at its log, and try again"
}
