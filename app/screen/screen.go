// Package screen is everything a page can ask of the terminal: Kiosk, Counter
// and Board. It shapes data for people and holds no rule of the queue; it does
// not know Wails, HTTP, SQL or NATS.
package screen

import "onewindow/app/intake"

// Text is a sentence or name in the two languages of every screen.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Standing is the honest state of the line, in plain figures; pages turn it into words.
type Standing struct {
	// Line is "centre" (hub and centre reached), "hall" (only the hub) or "alone".
	Line string `json:"line"`
	// SinceMS is when Line began, in ms since 1970.
	SinceMS int64 `json:"sinceMs"`
	// HereOnly counts events not yet saved in the hall, HallOnly those not yet at the centre.
	HereOnly int `json:"hereOnly"`
	HallOnly int `json:"hallOnly"`
	// OldestSeconds is the age of the oldest event that is not at the centre; 0 when none.
	OldestSeconds int `json:"oldestSeconds"`
	// ClockOff is true when this clock differs from the hub's by over two minutes.
	ClockOff bool `json:"clockOff"`
	// Disk is "ok", "low" or "full": when full nothing can be saved or printed.
	Disk string `json:"disk"`
	// Printer is "ok", "paper_low", "paper_out", "cover_open", "off" or "none".
	Printer string `json:"printer"`
	// Devices are those that this terminal's settings name.
	Devices []Device `json:"devices"`
	// Alerts are the devices of the whole hall that need somebody; at counters only, and
	// as of the hub's last answer.
	Alerts []Device `json:"alerts"`
}

// Device is a machine at a terminal and how it stands.
type Device struct {
	// Terminal is its name in the hall, "k1".
	Terminal string `json:"terminal"`
	// Kind is "printer", "reader", "scanner", "strip" or "signature".
	Kind string `json:"kind"`
	// State is "ok", "paper_low", "paper_out", "cover_open" or "off".
	State string `json:"state"`
	// SinceMS is when State began, in ms since 1970.
	SinceMS int64 `json:"sinceMs"`
	// Next is what to do: "load_paper", "close_cover", "check_cable", or "" for nothing.
	Next string `json:"next"`
}

// IdentityCard is what a card reader read from a person's card.
type IdentityCard struct {
	Name   intake.Personal `json:"name"`
	Number intake.Personal `json:"number"`
	// Birth is a date, "2000-09-07".
	Birth   intake.Personal `json:"birth"`
	Address intake.Personal `json:"address"`
	// ValidTo is a date, or empty when the card is valid for ever; Expired tells that it
	// was before today.
	ValidTo string `json:"validTo"`
	Expired bool   `json:"expired"`
}

// Saved is one of the three honest states of a record: "here", "hall" or "centre".
type Saved string

// Place says who and where this terminal is.
type Place struct {
	// Role is "kiosk", "counter" or "board".
	Role     string `json:"role"`
	Hall     string `json:"hall"`
	HallName Text   `json:"hallName"`
	Terminal string `json:"terminal"`
	// Window is the counter's fixed window from its settings, or empty.
	Window string `json:"window"`
	// PxPerMM is the screen's density and comes from the terminal's settings.
	PxPerMM float64 `json:"pxPerMm"`
	// ScreenLowMM is how high above the floor the screen's lower edge is, DistanceMM from
	// where it is read; both come from the settings.
	ScreenLowMM int `json:"screenLowMm"`
	DistanceMM  int `json:"distanceMm"`
	// Voice tells that this terminal can speak.
	Voice bool `json:"voice"`
	// Reader tells that identity cards can be read here.
	Reader bool `json:"reader"`
	// Floor is where the terminal stands, from its settings.
	Floor int    `json:"floor"`
	Date  string `json:"date"`
	NowMS int64  `json:"nowMs"`
	// GuidesVersion is the version of the catalogue in use, GuidesDate when the centre
	// published it ("2026-11-27"); empty where it came with the program or from a folder.
	GuidesVersion string `json:"guidesVersion"`
	GuidesDate    string `json:"guidesDate"`
}

// ItemCard is an item in a list.
type ItemCard struct {
	Code       string `json:"code"`
	Name       Text   `json:"name"`
	Department string `json:"department"`
	Letter     string `json:"letter"`
	Area       Text   `json:"area"`
	RunOnce    bool   `json:"runOnce"`
	Materials  int    `json:"materials"`
	// Here is false for items that this hall does not serve.
	Here bool `json:"here"`
	// Why tells what matched in a search: "name", "alias", "pinyin", "area" ...; empty in lists.
	Why string `json:"why"`
	// Match is the text that matched, when it is not the name.
	Match string `json:"match"`
}

// GuidePage is the guide of one item.
type GuidePage struct {
	Item         ItemCard   `json:"item"`
	Handling     string     `json:"handling"`
	LegalDays    int        `json:"legalDays"`
	PromisedDays int        `json:"promisedDays"`
	DayUnit      string     `json:"dayUnit"`
	Visits       int        `json:"visits"`
	Conditions   []string   `json:"conditions"`
	Materials    []Material `json:"materials"`
	Steps        []string   `json:"steps"`
	Result       string     `json:"result"`
	Fee          string     `json:"fee"`
	Charged      bool       `json:"charged"`
	ConsultPhone string     `json:"consultPhone"`
	ComplaintTel string     `json:"complaintPhone"`
	Hours        string     `json:"hours"`
	Places       []Spot     `json:"places"`
	Online       bool       `json:"online"`
	LegalBasis   string     `json:"legalBasis"`
	FAQ          []QA       `json:"faq"`
	Queue        Area       `json:"queue"`
	// Questions are what has to be asked to know what somebody needs; none for most items.
	Questions []Question `json:"questions"`
}

// Material is one thing to bring. WaivedBy names the shared data set that makes
// it needless; Need is "must", "maybe" or "later" (容缺后补).
type Material struct {
	No        int    `json:"no"`
	Name      string `json:"name"`
	Form      string `json:"form"`
	Originals int    `json:"originals"`
	Copies    int    `json:"copies"`
	Need      string `json:"need"`
	WaivedBy  Text   `json:"waivedBy"`
	Note      string `json:"note"`
}

// Spot is a place that takes an item.
type Spot struct {
	Hall    Text   `json:"hall"`
	Address string `json:"address"`
	Floor   int    `json:"floor"`
	Windows string `json:"windows"`
	Here    bool   `json:"here"`
}

// QA is a question people ask, with its answer.
type QA struct {
	Q string `json:"q"`
	A string `json:"a"`
}

// HelpState tells honestly how far a call for help has come: "" none, "sending" it is
// on its way, "told" the hall has it, "coming" somebody goes, "unreached" the hall cannot be
// told now. Window is where who comes sits; it may be empty.
type HelpState struct {
	State  string `json:"state"`
	AtMS   int64  `json:"atMs"`
	Window string `json:"window"`
}

// HelpAsk is a terminal at which somebody wants help. Clerk is who goes, empty while nobody does.
type HelpAsk struct {
	Terminal string `json:"terminal"`
	AtMS     int64  `json:"atMs"`
	Clerk    string `json:"clerk"`
}

// Home is the first screen of a kiosk.
type Home struct {
	Place    Place      `json:"place"`
	Standing Standing   `json:"standing"`
	Areas    []Area     `json:"areas"`
	Often    []ItemCard `json:"often"`
	Help     HelpState  `json:"help"`
	// Reading tells that there is something to read: policies, notices, surveys.
	Reading bool `json:"reading"`
}

// ChecklistRequest is what somebody answered and ticked of an item. It is kept nowhere.
type ChecklistRequest struct {
	Code string `json:"code"`
	// Answers are "yes", "no" or "" by the ids of the questions.
	Answers map[string]string `json:"answers"`
	// Have are the numbers of the materials that the person has with them.
	Have     []int  `json:"have"`
	Language string `json:"language"`
}

// Question asks whether something is the case of a person. Kind is one for which the pages
// have a sentence, or empty; Case is the case in the catalogue's words.
type Question struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Case string `json:"case"`
}

// CheckLine is a material as it concerns one person. Duty is "bring", "shared" (shared data
// has it), "follow" (容缺后补), "not_yours" or "only_if" (the note tells if what).
type CheckLine struct {
	Material Material `json:"material"`
	Duty     string   `json:"duty"`
	// OnSite tells that it is to be had in the hall.
	OnSite bool `json:"onSite"`
}

// Checked is what somebody lacks of an item's materials, as numbers of its guide.
type Checked struct {
	Item  string `json:"item"`
	Lacks []int  `json:"lacks"`
}

// TicketRequest asks for a ticket. The page makes Request once per tap, so that
// a repeated call gives the same ticket.
type TicketRequest struct {
	Request  string   `json:"request"`
	Letter   string   `json:"letter"`
	Items    []string `json:"items"`
	Class    string   `json:"class"`
	Language string   `json:"language"`
	// Checked are those of the items whose materials the person went through.
	Checked []Checked `json:"checked"`
	// TookMS is how long it took since the first touch, 0 for not known.
	TookMS int64 `json:"tookMs"`
}

// TicketPage is a ticket as a person sees it.
type TicketPage struct {
	Ticket  string `json:"ticket"`
	Number  string `json:"number"`
	Area    Area   `json:"area"`
	Windows string `json:"windows"`
	Items   []Text `json:"items"`
	Ahead   int    `json:"ahead"`
	Wait    Wait   `json:"wait"`
	Class   string `json:"class"`
	// IssuedMS is when, in ms since 1970; IssuedAt the local clock time "09:05".
	IssuedMS int64  `json:"issuedMs"`
	IssuedAt string `json:"issuedAt"`
	Date     string `json:"date"`
	// QR is a PNG as a data: address.
	QR    string `json:"qr"`
	Saved Saved  `json:"saved"`
	// State is "waiting", "called", "serving", "no_show", "done" ...; Window is set from called on.
	State  string `json:"state"`
	Window string `json:"window"`
	// Paper is "printed", "printing", or why it is not: "paper_out", "cover_open", "off", "none".
	Paper string `json:"paper"`
	// OwnSeries tells that the number is of this kiosk's own series, because the hub is away.
	OwnSeries bool `json:"ownSeries"`
	// Pass tells that the slip is a return pass that can be used now.
	Pass bool `json:"pass"`
}

// Progress is the answer to "my progress": a ticket and its applications.
type Progress struct {
	Found        bool         `json:"found"`
	Ticket       TicketPage   `json:"ticket"`
	Applications []CaseStatus `json:"applications"`
	// Booking is the appointment that was asked for; nil for anything else.
	Booking *BookingPage `json:"booking,omitempty"`
	// Rate tells whether the visit can be rated with what was shown: "open", "rated" where it
	// was, or "" where it cannot be (yet).
	Rate string `json:"rate"`
}

// CaseStatus is an application without anything personal.
type CaseStatus struct {
	Number  string `json:"number"`
	Code    string `json:"code"`
	Item    Text   `json:"item"`
	State   string `json:"state"`
	DueDate string `json:"dueDate"`
	Saved   Saved  `json:"saved"`
	// Absent names what is still to be brought, AnswerBy the last day for it; empty where nothing is.
	Absent   []string `json:"absent"`
	AnswerBy string   `json:"answerBy"`
	// Agency is who takes what is not ours or was passed on.
	Agency string `json:"agency"`
}

// CounterPage is everything a counter shows.
type CounterPage struct {
	Place    Place    `json:"place"`
	Standing Standing `json:"standing"`
	// Clerk is empty when nobody is signed in; Window when none is open.
	Clerk     string `json:"clerk"`
	ClerkName string `json:"clerkName"`
	// Supervisor tells that the clerk sees to the whole hall; MayWithdraw that the clerk may take tickets
	// back, which is left to everybody where no supervisor is named.
	Supervisor  bool     `json:"supervisor"`
	MayWithdraw bool     `json:"mayWithdraw"`
	Window      string   `json:"window"`
	Services    []string `json:"services"`
	// Away is why nobody is called to the window, null while the clerk is there.
	Away *Absence `json:"away"`
	// Areas are the hall's areas with their queues; AllWindows what can be opened.
	Areas      []Area        `json:"areas"`
	AllWindows []WindowShape `json:"allWindows"`
	// Current is the ticket called to or served at this window.
	Current     *CounterTicket `json:"current"`
	Waiting     int            `json:"waiting"`
	ServedToday int            `json:"servedToday"`
	// Documents tells that this counter has a printer for documents.
	Documents bool          `json:"documents"`
	Recent    []RecentVisit `json:"recent"`
	// Parked are the visits that go on later, this window's first.
	Parked []ParkedVisit `json:"parked"`
	// Conflicts are tickets that need a person's eyes.
	Conflicts []Conflict `json:"conflicts"`
	// Differing are applications of the hall of which shared data has said something else.
	Differing []DifferingCase `json:"differing"`
	// Amending are amendments of the hall's applications that a second person has to check.
	Amending []AmendingCase `json:"amending"`
	// Helps are the kiosks at which somebody wants help.
	Helps []HelpAsk `json:"helps"`
	// Notices are what the boards tell everybody now, the newest first.
	Notices []Notice `json:"notices"`
	// FollowUps counts the bad ratings that this clerk may look after, FollowUpsOverdue those
	// of them whose last day is over; as of the last look, once a minute.
	FollowUps        int `json:"followUps"`
	FollowUpsOverdue int `json:"followUpsOverdue"`
	// Tray is what lies in the scanner's folder; null where none is set.
	Tray *TrayPage `json:"tray"`
}

// Notice is a sentence of the staff to everybody in the hall. En may be empty; Until is the
// local clock time at which it ends by itself, empty where that is the end of the day.
type Notice struct {
	ID    string `json:"id"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Until string `json:"until"`
	Clerk string `json:"clerk"`
}

// WindowShape is a window of the hall.
type WindowShape struct {
	ID     string `json:"id"`
	Letter string `json:"letter"`
	Clerk  string `json:"clerk"`
}

// CheckedItem is what somebody said at the kiosk of an item's materials: Lacks are the
// names of those that they lack. Stale tells that the kiosk had another version of the
// guide than this counter, so that nothing can be named.
type CheckedItem struct {
	Code  string   `json:"code"`
	Lacks []string `json:"lacks"`
	Stale bool     `json:"stale"`
}

// CounterTicket is the ticket at a window.
type CounterTicket struct {
	Ticket string `json:"ticket"`
	Number string `json:"number"`
	Letter string `json:"letter"`
	Area   Text   `json:"area"`
	Class  string `json:"class"`
	// Slot is the clock time of the appointment, "09:15", empty without one.
	Slot        string     `json:"slot"`
	Language    string     `json:"language"`
	Items       []ItemCard `json:"items"`
	State       string     `json:"state"`
	Recalls     int        `json:"recalls"`
	CalledMS    int64      `json:"calledMs"`
	StartedMS   int64      `json:"startedMs"`
	WaitMinutes int        `json:"waitMinutes"`
	// RecallInSeconds is how long until another recall is allowed; -1 when none is left.
	RecallInSeconds int          `json:"recallInSeconds"`
	Saved           Saved        `json:"saved"`
	Applications    []CaseStatus `json:"applications"`
	// Checked are the items whose materials the person went through at the kiosk.
	Checked []CheckedItem `json:"checked"`
	// Passes counts the transfers, PassWarning tells that there were too many, Back is the
	// window that wants the person back, Reason why the ticket came here out of the usual way.
	Passes      int    `json:"passes"`
	PassWarning bool   `json:"passWarning"`
	Back        string `json:"back"`
	Reason      string `json:"reason"`
}

// RecentVisit is a visit that this window has finished.
type RecentVisit struct {
	Number     string `json:"number"`
	State      string `json:"state"`
	FinishedAt string `json:"finishedAt"`
	Saved      Saved  `json:"saved"`
}

// ParkedVisit is a visit whose person is away for a while.
type ParkedVisit struct {
	Ticket  string `json:"ticket"`
	Number  string `json:"number"`
	Window  string `json:"window"`
	Mine    bool   `json:"mine"`
	Reason  string `json:"reason"`
	UntilMS int64  `json:"untilMs"`
}

// PassWish is where a visit goes on: in an area's queue, at one window, or both; Back asks
// for the person to be sent back afterwards.
type PassWish struct {
	Letter string `json:"letter"`
	Window string `json:"window"`
	Back   bool   `json:"back"`
	Reason string `json:"reason"`
}

// Conflict is a ticket on which two places disagreed; both versions are kept.
type Conflict struct {
	Number string `json:"number"`
	// Kind is "double_service", "called_and_served", "closed_and_served" or "facts".
	Kind    string   `json:"kind"`
	Windows []string `json:"windows"`
}

// Outcome is one item's end.
type Outcome struct {
	Item    string `json:"item"`
	Outcome string `json:"outcome"`
}

// Intake is a first application record.
type Intake struct {
	Request   string `json:"request"`
	Ticket    string `json:"ticket"`
	Item      string `json:"item"`
	Applicant string `json:"applicant"`
	// DocumentType is "resident_id", "passport", "credit_code" or "other".
	DocumentType   string        `json:"documentType"`
	DocumentNumber string        `json:"documentNumber"`
	Phone          string        `json:"phone"`
	Agent          string        `json:"agent"`
	AgentNumber    string        `json:"agentNumber"`
	Representative string        `json:"representative"`
	Address        string        `json:"address"`
	Materials      []MaterialRow `json:"materials"`
	Note           string        `json:"note"`
	// Answer is what the window says of it: empty for what the materials make of it, "receive",
	// "refuse" (Reason), "not_ours" (Agency, and Reason where there is more to say), "at_once".
	Answer string `json:"answer"`
	Reason string `json:"reason"`
	Agency string `json:"agency"`
}

// MaterialRow is a material as received: State is "received", "missing", "waived", "later", "unverified"
// or "disputed" (the citizen's paper counts, whatever shared data says).
type MaterialRow struct {
	No    int    `json:"no"`
	State string `json:"state"`
}

// IntakeResult is a saved application: State is "accepted", "accepted_later" (容缺受理), "correction",
// "received", "refused", "not_ours", or what came of a step; DueDate is the next day that binds the office.
type IntakeResult struct {
	Number  string `json:"number"`
	State   string `json:"state"`
	DueDate string `json:"dueDate"`
	// AnswerBy is until when what is missing has to be brought; empty where nothing is.
	AnswerBy string   `json:"answerBy"`
	Missing  []string `json:"missing"`
	Agency   string   `json:"agency"`
	Saved    Saved    `json:"saved"`
}

// BoardPage is everything the calling board shows; no names of people.
type BoardPage struct {
	Place    Place    `json:"place"`
	Standing Standing `json:"standing"`
	// Calls has the newest call first, at most twelve.
	Calls []BoardCall `json:"calls"`
	Areas []Area      `json:"areas"`
	// Notices are what the staff tells everybody, the newest first; English may be empty.
	Notices []Text `json:"notices"`
	// Saying is the number that is being announced; empty for none.
	Saying string `json:"saying"`
}

// BoardCall is one line of the board.
type BoardCall struct {
	Number string `json:"number"`
	Window string `json:"window"`
	Floor  int    `json:"floor"`
	Letter string `json:"letter"`
	AtMS   int64  `json:"atMs"`
	// State is "called", "serving", "no_show" or "done".
	State   string `json:"state"`
	Recalls int    `json:"recalls"`
}

// HallPage is what a kiosk tells about the hall where it stands; the floors and queues
// are those of Home.
type HallPage struct {
	Address string `json:"address"`
	// Phone is the hall's own number for questions; it may be empty.
	Phone   string  `json:"phone"`
	Hours   Hours   `json:"hours"`
	Opening Opening `json:"opening"`
	// Days are the seven days after today.
	Days []HallDay `json:"days"`
	// Holidays are those of this year that are not over.
	Holidays []Holidays `json:"holidays"`
	// UnknownYear is this year or the next where its holidays are not published yet, or 0.
	UnknownYear int `json:"unknownYear"`
	// Others are hours at which some items are taken that are not the hall's.
	Others []OtherHours `json:"others"`
	Desks  []Desk       `json:"desks"`
}

// Opening is how a place stands now. Dates are empty where there is nothing to tell.
type Opening struct {
	// State is "open", "pause", "before", "after", "closed" (all day), "not_told" (nobody wrote
	// the hours) or "not_known" (the holidays of this year are not published yet).
	State string  `json:"state"`
	Today HallDay `json:"today"`
	// Until is when it closes while it is open, "12:00"; Again when it opens (again) today.
	Until string `json:"until"`
	Again string `json:"again"`
	// NextDate and NextAt are when it opens first after today; UnknownFrom is a day that is not
	// known and stands before that.
	NextDate    string `json:"nextDate"`
	NextAt      string `json:"nextAt"`
	UnknownFrom string `json:"unknownFrom"`
	// ClosedFrom and ClosedTo are the days without hours from tomorrow on, or from today where
	// it has none; Holidays are the names of those among them.
	ClosedFrom string   `json:"closedFrom"`
	ClosedTo   string   `json:"closedTo"`
	Holidays   []string `json:"holidays"`
}

// HallDay is a day: Kind is "work", "make_up", "rest", "holiday" or "unknown", Holiday what it
// is or makes up for. Periods are empty when it has no hours, and when nobody knows.
type HallDay struct {
	Date    string   `json:"date"`
	Kind    string   `json:"kind"`
	Holiday string   `json:"holiday"`
	Periods []Period `json:"periods"`
}

// Hours are the hours of a usual week: in Chinese words, and as weekdays from 1 (Monday)
// with periods; empty where nobody wrote them.
type Hours struct {
	Text     string   `json:"text"`
	Weekdays []int    `json:"weekdays"`
	Periods  []Period `json:"periods"`
}

// Period is a piece of a day by the local clock, "08:30".
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Holidays are days in a row, which may have more than one name, and the days that make
// up for them.
type Holidays struct {
	Names   []string `json:"names"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	MakeUps []string `json:"makeUps"`
}

// OtherHours are hours of some items, and how it stands with them now.
type OtherHours struct {
	Hours   Hours       `json:"hours"`
	Opening Opening     `json:"opening"`
	Areas   []SomeItems `json:"areas"`
}

// SomeItems are Items of the Of items that the hall takes in an area.
type SomeItems struct {
	Letter string `json:"letter"`
	Items  int    `json:"items"`
	Of     int    `json:"of"`
}

// Desk is a department of the hall and whom to call there; empty where each of its items
// has a number of its own.
type Desk struct {
	Department string   `json:"department"`
	Letters    []string `json:"letters"`
	Consult    string   `json:"consult"`
	Complaint  string   `json:"complaint"`
}
