package screen

import (
	"context"
	"crypto/ed25519"
	"time"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/sealed"
)

// Tx is one commit of the terminal's store.
type Tx interface {
	Hall(id hall.ID) *hall.Hall
	Append(kind event.Kind, payload any) (event.Event, []byte, error)
	Take(body []byte) error
	// Issue notes a ticket for a request, IssuedFor finds it again.
	Issue(request string, f hall.Issued) (event.Event, error)
	IssuedFor(request string) (event.ID, bool)
	Answered(request string) ([]byte, bool, error)
	Answer(request string, answer []byte) error
	// Life marks this life of the device's database in its numbers, empty in the first one.
	Life() string
	// CaseCount counts the applications that this device has noted on a day.
	CaseCount(date hall.Date) (int, error)
	// DisclosureCount counts the requests for information that this device has noted on a day.
	DisclosureCount(date hall.Date) (int, error)
	// NewCaseKey draws the key of a new application or request; it is kept, outside the log, before this
	// commit is.
	NewCaseKey(id intake.ApplicationID, nowMS int64) (sealed.Key, error)
	// Application gives what is known here of an application, nil for nothing; TakenOf counts those of a ticket for
	// an item.
	Application(id intake.ApplicationID) (*intake.Case, error)
	TakenOf(ticket hall.TicketID, item hall.ItemCode) (int, error)
	// SharedNoted tells which notes of a question to shared data are here.
	SharedNoted(id string) (asked, answered, given bool, err error)
	// NewNoteKey is the same for what is written with a rating or about one; a key that was
	// drawn under a name stays.
	NewNoteKey(name string, nowMS int64) (sealed.Key, error)
	// Visit gives what is known here of a visit's ratings, nil for nothing.
	Visit(id hall.ID, ticket hall.TicketID) (*feedback.Visit, error)
}

// Book is the terminal's own store: what Write returns from is saved here.
type Book interface {
	Write(ctx context.Context, fn func(Tx) error) error
	// Hear is Write for what the hub has on its disk and tells again if this one loses it: nobody waits for this disk.
	Hear(ctx context.Context, fn func(Tx) error) error
	View(id hall.ID, fn func(*hall.Hall))
	Cases(ctx context.Context, ticket hall.TicketID) ([]Case, error)
	// Numbered gives the application of a number as far as it is known here, nil when it is not.
	Numbered(ctx context.Context, number string) (*intake.Case, error)
	// CaseKey gives the key of an application that is kept here. Refusals: CaseElsewhere, CaseErased.
	CaseKey(ctx context.Context, id intake.ApplicationID) (sealed.Key, error)
	// CaseSaved tells where an application or request can be read that is known from these events.
	CaseSaved(ctx context.Context, id intake.ApplicationID, facts []event.ID) (string, error)
	Event(ctx context.Context, id event.ID) (event.Event, error)
	Saved(id event.ID) string
	Unsaved(ctx context.Context) (hereOnly, hallOnly int, oldestMS int64, err error)
	Origin() event.Origin
	// Epoch is the life of this database.
	Epoch() event.Epoch
	Now() int64
}

// Case is an application without anything personal; Saved is where it is safe.
type Case struct {
	intake.Status
	Saved Saved
}

// Line is how the way to the hub and the centre stands.
type Line struct {
	Reached, CentreReached bool
	Since                  time.Time
	ClockOffMS             int64
}

// Hub is the way to the hall's hub.
type Hub interface {
	Line() Line
	// Call asks for the next ticket and gives the ticket's own event and the hub's;
	// Block asks for a block of numbers and gives the hub's event. Both refuse with
	// event.HubUnreachable when nobody answers.
	Call(ctx context.Context, c hall.Call) ([][]byte, error)
	// Cases asks for the applications of a ticket, CasesNumbered for the one of a number;
	// only counters and the hub hold them.
	Cases(ctx context.Context, ticket hall.TicketID) ([]Case, error)
	CasesNumbered(ctx context.Context, number string) ([]Case, error)
	// Case asks for an application of the hall, its key, and where those of its scans are saved that have come to
	// the hall. Refusals: CaseUnknown, CaseErased, CaseElsewhere, HubUnreachable.
	Case(ctx context.Context, number string) (*intake.Case, sealed.Key, map[intake.ScanID]Saved, error)
	// Shared asks shared data; the records are in the order of the questions. Refusals: SharedAway,
	// SharedMany, RequestUnusable.
	Shared(ctx context.Context, ask SharedAsk) ([]SharedRecord, error)
	// Due asks for the applications of the hall of which something is due soon or was.
	// Refusal: HubUnreachable.
	Due(ctx context.Context) ([]Due, error)
	Block(ctx context.Context, request string, date hall.Date, service hall.Letter) ([]byte, error)
	// Book asks for an appointment and gives the hub's event. Refusals: those of hall.Book,
	// HubUnreachable.
	Book(ctx context.Context, b hall.Book) ([]byte, error)
}

// Ratings is the way to what the hall knows of ratings; both refuse with event.HubUnreachable
// when nobody answers.
type Ratings interface {
	// Rated tells which ratings of a visit the hall has heard of.
	Rated(ctx context.Context, ticket hall.TicketID) ([]feedback.Heard, error)
	// Complaints lists the visits with a bad rating that somebody has to look after, or gives
	// one of them with its keys. Refusals: FollowUpUnknown, HubGathers.
	Complaints(ctx context.Context, ticket hall.TicketID) ([]Complaint, error)
}

// Complaint is a visit with a bad rating, and who served it. Keys open what is written about
// it; they are there where one visit was asked for.
type Complaint struct {
	*feedback.Visit
	Served feedback.Served
	Keys   map[string]sealed.Key
	// Erased are the ratings of which what was written is destroyed; like the keys it is told of one that is opened.
	Erased []feedback.RatingID
}

// Due is an application with its next day, and nothing of the person.
type Due struct {
	Number string
	Item   hall.ItemCode
	State  intake.State
	intake.Deadline
}

// Paper is what stands on a ticket's slip.
type Paper struct {
	Issued    hall.Issued
	Code      string
	Hall      string
	Area      string
	Items     []string
	Floor     int
	Windows   string
	At        time.Time
	Reprint   int
	OwnSeries bool
	Late      bool
}

// Tray is the folder into which the office scanner puts its files.
type Tray interface {
	// Newest lists its newest files; away tells that the folder cannot be read.
	Newest() (files []TrayFile, away bool)
	// Read gives a file that was listed, and what it is by its content. Refusals: ScanGone, ScanWrong (args why).
	Read(name, mark string) (content []byte, kind string, err error)
	// Preview gives a small picture of one as a JPEG. Refusals: as for Read.
	Preview(name, mark string, px int) ([]byte, error)
}

// Scans keep what was scanned, sealed, at this counter.
type Scans interface {
	// Hold keeps a scan; it goes nowhere before Release. ticket is the visit that it waits with, empty for none, from the
	// scanner's file that it came from, sealed. Refusal: ScanRoom.
	Hold(ctx context.Context, s intake.Scan, shut intake.Shut, ticket hall.TicketID, from sealed.Value) error
	// Held lists those of an application that wait.
	Held(ctx context.Context, id intake.ApplicationID) ([]intake.Scan, error)
	// Release lets scans go up whose events are committed, Drop drops scans that wait.
	Release(ctx context.Context, list []intake.Scan) error
	Drop(ctx context.Context, list []intake.Scan) error
	// Saved tells where a scan is that is kept here, empty for one that is not.
	Saved(ctx context.Context, s intake.Scan) (Saved, error)
	// Chunks gives a scan as it is sealed, from here or else from the hall. Refusal: ScanElsewhere.
	Chunks(ctx context.Context, s intake.Scan) (intake.Shut, error)
}

// Pad lets a person sign. Refusal: PadFailed (args reason: off, declined, time).
type Pad interface {
	Sign(ctx context.Context) ([]byte, error)
}

// Booking is what somebody takes home of an appointment.
type Booking struct {
	Language string
	// Code is what the kiosk reads at the check-in, Phone the digits that do the same.
	Code, Phone string
	// Card tells that the person's identity card checks in.
	Card       bool
	Hall, Area string
	Items      []string
	Floor      int
	Windows    string
	// Slot is when it is, From and Till when to check in, all in the hall's time.
	Slot, From, Till time.Time
}

// Checklist is what somebody takes home of an item, on paper or in a code for a phone.
type Checklist struct {
	Language              string
	Hall, Item            string
	Lines                 []guide.Line
	Have                  []int
	Sets                  map[string]string
	Floor                 int
	Windows, Hours, Phone string
	At                    time.Time
}

// Slips makes tickets into codes, pictures and printer bytes, and back.
type Slips interface {
	Code(e event.Event) (string, error)
	Picture(code string, minPx int) ([]byte, error)
	Paper(p Paper) ([]byte, error)
	ChecklistPaper(c Checklist) []byte
	BookingPaper(b Booking) ([]byte, error)
	ChecklistText(c Checklist) string
	// Open checks a code against the keys that its device has had.
	Open(text string, keys func(event.Origin) []ed25519.PublicKey) (event.Event, error)
}

// Printer takes the bytes of one slip. State is as Standing.Printer has it.
type Printer interface {
	Print(ctx context.Context, job []byte) error
	State() string
}

// Documents makes an application's documents and prints them; refusal: PrinterFailed.
type Documents interface {
	Print(ctx context.Context, d intake.Document) error
}

// CardReader reads identity cards, waiting some seconds for one to be laid on; today is
// where the person stands. It refuses with event.ReaderFailed.
type CardReader interface {
	Read(ctx context.Context, today hall.Date) (IdentityCard, error)
}

// Cards makes the marks that an identity card has on appointments: one for each of the keys of
// these names that are here, by the name. It works with the hub away.
type Cards interface {
	Marks(ctx context.Context, number string, keys []string) (map[string]string, error)
}

// Machine is what a terminal's pages stand on; the doors fill it in.
type Machine struct {
	Role    string
	Hall    hall.ID
	Device  string
	Series  int
	Window  hall.WindowID
	PxPerMM float64
	// ScreenLowMM and DistanceMM are as in Place.
	ScreenLowMM, DistanceMM int
	// Floor is where the terminal stands.
	Floor   int
	Book    Book
	Hub     Hub
	Ratings Ratings
	// Disclosures and DisclosureHub are used at counters alone.
	Disclosures   Disclosures
	DisclosureHub DisclosureHub
	Slips         Slips
	Printer       Printer
	// Saying is the number of the call that is being announced, empty for none; nil where
	// this terminal announces nothing.
	Saying func() string
	// Voice is nil where the terminal has none.
	Voice Voice
	// Documents is nil where this terminal prints none.
	Documents Documents
	// Drafts is nil but at a counter.
	Drafts Drafts
	// Tray is nil where no scanner's folder is set, Pad where there is none; Scans are nil but at a counter.
	Tray  Tray
	Scans Scans
	Pad   Pad
	// Shrink draws a scanned picture anew, at most so many dots a side, as a JPEG.
	Shrink func(content []byte, px int) ([]byte, error)
	// Reader is nil where there is none.
	Reader CardReader
	// Cards is nil where no card checks in.
	Cards Cards
	// Devices are this terminal's, Alerts those of the hall that need somebody.
	Devices func() []Device
	Alerts  func() []Device
	// Differing lists what shared data has said otherwise of the hall's applications; nil but at a counter.
	Differing func() []DifferingCase
	// Amending lists the amendments of the hall's applications that wait for a second person; nil but at a counter.
	Amending func() []Amending
	// Silent tells for how many whole minutes the hub has not heard of counters; it may be nil.
	Silent func() map[event.Origin]int
	// Guides are the catalogue in use and the one that waits.
	Guides *Guides
	Disk   func() string
	// NewID makes a UUIDv7 of a moment in ms: a ticket's id tells its business day.
	NewID    func(nowMS int64) string
	CheckPIN func(pin, verifier string) bool
	// Calendar knows the working days for the dates that are promised.
	Calendar *intake.Calendar

	told    told
	counted counted
}
