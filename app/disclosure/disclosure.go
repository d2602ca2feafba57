package disclosure

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

type (
	// ID is the UUID of a request in its text form; it never changes, and names its key.
	ID string
	// Party is who asks, as the statutory table has its columns.
	Party string
	// Channel is the way on which a request came.
	Channel string
	// Form is how the information is wanted, Delivery how it is to be handed over.
	Form string
	// Delivery is the way on which an answer goes out.
	Delivery string
)

// Parties, in the order of the columns of the statutory table.
const (
	Person       Party = "person"   // 自然人
	Business     Party = "business" // 商业企业
	Research     Party = "research" // 科研机构
	Charity      Party = "charity"  // 社会公益组织
	LegalService Party = "legal"    // 法律服务机构
	OtherParty   Party = "other"    // 其他
)

// Parties lists all of them.
var Parties = []Party{Person, Business, Research, Charity, LegalService, OtherParty}

// Channels. Which day counts as that of receipt follows from them (政府信息公开条例 2019 第31条).
const (
	AtCounter Channel = "counter" // handed in: that day
	ByPost    Channel = "post"    // signed for: the day of the signature
	ByLetter  Channel = "letter"  // not signed for: the day on which it was confirmed with the applicant
	Online    Channel = "online"  // 互联网, 传真: the day on which it was confirmed with both
)

// Channels lists all of them.
var Channels = []Channel{AtCounter, ByPost, ByLetter, Online}

// Forms and ways of delivery (政府信息公开条例 2019 第29条(三), 第40条).
var (
	Forms      = []Form{"paper", "electronic", "inspect"}
	Deliveries = []Delivery{"collect", "post", "email", "on_site"}
)

// Kinds of facts. All but the last three change a request.
const (
	KindRequested event.Kind = "disclosure.requested"
	// KindNotified: the one notice of what has to be corrected (第30条).
	KindNotified  event.Kind = "disclosure.correction_asked"
	KindCorrected event.Kind = "disclosure.corrected"
	KindExtended  event.Kind = "disclosure.extended"
	// KindConsulted: a third party (第32条) or another agency (第34条) was asked; KindHeard: it answered.
	KindConsulted event.Kind = "disclosure.consulted"
	KindHeard     event.Kind = "disclosure.heard"
	// KindCharged and KindPaid: the notice of a fee, and its payment (国办函〔2020〕109号).
	KindCharged event.Kind = "disclosure.charged"
	KindPaid    event.Kind = "disclosure.paid"
	// KindReasons: the applicant was asked for reasons (第35条).
	KindReasons  event.Kind = "disclosure.reasons_asked"
	KindAnswered event.Kind = "disclosure.answered"
	// KindOpened: a clerk has read what a request says; KindLooked: one has looked for what a person
	// asked before, while the form of Request was written.
	KindOpened   event.Kind = "disclosure.opened"
	KindLooked   event.Kind = "disclosure.looked"
	KindDocument event.Kind = "disclosure.document"
)

var kinds = []event.Kind{KindRequested, KindNotified, KindCorrected, KindExtended, KindConsulted, KindHeard, KindCharged, KindPaid, KindReasons, KindAnswered}

// Concerns tells whether events of a kind change requests.
func Concerns(kind event.Kind) bool { return slices.Contains(kinds, kind) }

// Law2019 is the day from which the law of 2019 is in force.
const Law2019 hall.Date = "2019-05-15"

// Requested is a request as it was taken. What is said of a person, and what was asked for, is
// sealed under the key of the request (see Seal).
type Requested struct {
	Disclosure ID            `json:"disclosure"`
	Number     string        `json:"number"`
	Ticket     hall.TicketID `json:"ticket,omitempty"`
	Hall       hall.ID       `json:"hall"`
	// Agency is the agency that is asked, in the words of the catalogue.
	Agency  string    `json:"agency"`
	By      Party     `json:"by"`
	Channel Channel   `json:"channel"`
	Day     hall.Date `json:"day"`
	// Oral tells that the clerk wrote it down and read it back (第29条).
	Oral           bool                `json:"oral,omitempty"`
	Form           Form                `json:"form"`
	Delivery       Delivery            `json:"delivery"`
	DocumentType   intake.DocumentType `json:"document_type,omitempty"`
	Name           sealed.Value        `json:"name"`
	DocumentNumber sealed.Value        `json:"document_number,omitempty"`
	Contact        sealed.Value        `json:"contact,omitempty"`
	Phone          sealed.Value        `json:"phone,omitempty"`
	Address        sealed.Value        `json:"address,omitempty"`
	Asked          sealed.Value        `json:"asked"`
	Window         hall.WindowID       `json:"window"`
	Clerk          hall.ClerkID        `json:"clerk"`
	AtMS           int64               `json:"at_ms"`
	Request        string              `json:"request"`
}

// LogValue gives the parts of a request that may stand in a log.
func (r Requested) LogValue() slog.Value {
	return slog.GroupValue(slog.String("disclosure", string(r.Disclosure)), slog.String("number", r.Number))
}

// Whom are those who are consulted.
const (
	ThirdParty  = "third_party"
	OtherAgency = "agency"
)

// Step is what is noted of a request after it was taken. Day is when it was done, By the last
// day that it gives somebody; the other fields belong to the kinds that they name.
type Step struct {
	Disclosure ID        `json:"disclosure"`
	Day        hall.Date `json:"day,omitempty"`
	By         hall.Date `json:"by,omitempty"`
	// Whom of KindConsulted and KindHeard.
	Whom string `json:"whom,omitempty"`
	// Yuan and Basis of KindCharged.
	Yuan  int   `json:"yuan,omitempty"`
	Basis Basis `json:"basis,omitempty"`
	// Outcome and Earlier, the number of the request that this one repeats, of KindAnswered.
	Outcome Outcome `json:"outcome,omitempty"`
	Earlier string  `json:"earlier,omitempty"`
	// EarlierOn is the day on which the earlier one was answered; empty where it was not known.
	EarlierOn hall.Date `json:"earlier_on,omitempty"`
	// Excused of KindCorrected: it came after the last day, and for a good reason (第30条).
	Excused bool `json:"excused,omitempty"`
	// Words: what is unclear, the request as it was corrected, or the answer; sealed.
	Words sealed.Value `json:"words,omitempty"`
	// Reason of KindOpened, KindLooked and KindDocument.
	Reason  string        `json:"reason,omitempty"`
	Window  hall.WindowID `json:"window,omitempty"`
	Clerk   hall.ClerkID  `json:"clerk,omitempty"`
	AtMS    int64         `json:"at_ms"`
	Request string        `json:"request,omitempty"`
}

// ErrNotOurs says that an event is not a usable fact of this package.
var ErrNotOurs = errors.New("not a fact of a request for information")

// readRequested decodes the fact of an event of KindRequested. Errors wrap ErrNotOurs.
func readRequested(e event.Event) (r Requested, err error) {
	if err := json.Unmarshal(e.Payload, &r); err != nil {
		return r, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	if r.Disclosure == "" || r.Number == "" || r.Hall == "" || !isDay(r.Day) || !slices.Contains(Parties, r.By) || r.AtMS <= 0 {
		return r, fmt.Errorf("%w: %s lacks what a request has", ErrNotOurs, e.ID)
	}
	return r, nil
}

// readStep decodes the fact of an event of any other kind. Errors wrap ErrNotOurs.
func readStep(e event.Event) (s Step, err error) {
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	_, known := outcomes[s.Outcome]
	switch {
	case s.Disclosure == "" || s.AtMS <= 0 || !isDay(s.Day), s.By != "" && !isDay(s.By):
		err = fmt.Errorf("%w: %s lacks request, time or day", ErrNotOurs, e.ID)
	case e.Kind == KindAnswered && !known:
		err = fmt.Errorf("%w: %s answers with %q", ErrNotOurs, e.ID, s.Outcome)
	case (e.Kind == KindConsulted || e.Kind == KindHeard) && s.Whom != ThirdParty && s.Whom != OtherAgency:
		err = fmt.Errorf("%w: %s consults %q", ErrNotOurs, e.ID, s.Whom)
	}
	return s, err
}

func isDay(d hall.Date) bool {
	return len(d) == len("2026-11-24") && d[4] == '-' && d[7] == '-' && intake.ShortDate(d) != string(d)
}

// Number gives the number that people read on their receipt, "JN20261124-C07-G0003": that of an
// application with a G for 公开; n counts the device's requests of that day from 1.
func Number(h hall.ID, d hall.Date, device, life string, n int) string {
	number := intake.Number(h, d, device, life, n)
	at := strings.LastIndexByte(number, '-') + 1
	return number[:at] + "G" + number[at:]
}
