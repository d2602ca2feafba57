package centre

import (
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/wire"
)

// Level says how well something is.
type Level string

// Levels, from good to bad. Alarm is for what breaks a promise to people or
// leaves the officer blind; Attention for what somebody should look at today.
const (
	Well      Level = "well"
	Attention Level = "attention"
	Alarm     Level = "alarm"
)

// Link says how a hall stands to the centre.
type Link string

// States of a link. Awaited is a hall that the log knows and that has not beaten
// yet since this centre started; after Options.SilentAfter it is silent.
const (
	Reached Link = "reached"
	Awaited Link = "awaited"
	Silent  Link = "silent"
)

// Presence says how a terminal stands to its hub.
type Presence string

// States of a terminal. Unheard: its records came once, but the hub has not
// heard it since the hub or the centre started. Unknown: its hall is silent.
const (
	TerminalHeard   Presence = "heard"
	TerminalSilent  Presence = "silent"
	TerminalUnheard Presence = "unheard"
	TerminalUnknown Presence = "unknown"
)

// State is the district at one moment. Times are ms since 1970 by the centre's
// clock; 0 means never. Counts of -1 could not be read.
type State struct {
	NowMS     int64     `json:"now_ms"`
	Date      hall.Date `json:"date"`
	StartedMS int64     `json:"started_at_ms"`
	Verdict   Level     `json:"verdict"`
	// Reasons explain the verdict, the worst first; none when all is well.
	Reasons     []Reason `json:"reasons"`
	Kept        int      `json:"events_kept"`
	Quarantined int      `json:"quarantined"`
	// Questions and Surveys count what citizens left at kiosks in the last thirty days: what
	// they wrote is not for this page.
	Questions int `json:"questions_left"`
	Surveys   int `json:"surveys_answered"`

	Tickets   Tickets     `json:"tickets"`
	Conflicts int         `json:"conflicts"`
	Doubled   int         `json:"numbers_doubled"`
	Unsaved   Debt        `json:"unsaved"`
	Halls     []HallState `json:"halls"`
	// NotConnected are halls of the catalogue that nothing was ever heard of.
	NotConnected []Label `json:"not_connected"`
}

// Label is an id with its name.
type Label struct {
	ID   string `json:"id"`
	Name Name   `json:"name"`
}

// Reason is one thing that keeps the verdict from being well. Key is one of the
// Reason constants; Hall is empty for the district; Names are devices, letters
// or numbers, all Count of them; SinceMS is 0 when it has no beginning.
type Reason struct {
	Level   Level    `json:"level"`
	Key     string   `json:"key"`
	Hall    hall.ID  `json:"hall,omitempty"`
	Count   int      `json:"count,omitempty"`
	Names   []string `json:"names,omitempty"`
	SinceMS int64    `json:"since_ms,omitempty"`
}

// Keys of reasons.
const (
	ReasonLogUnreadable   = "log_unreadable"
	ReasonNumbersDoubled  = "numbers_doubled"
	ReasonHallSilent      = "hall_silent"
	ReasonUnsavedLong     = "unsaved_long"
	ReasonCanaryLate      = "canary_late"
	ReasonForks           = "forks"
	ReasonSpareAway       = "spare_away"
	ReasonNoneLeads       = "none_leads"
	ReasonTerminalsSilent = "terminals_silent"
	ReasonGuidesRefused   = "guides_refused"
	ReasonPrinters        = "printers"
	ReasonNoWindow        = "no_window"
	ReasonConflicts       = "conflicts"
	ReasonFollowUps       = "follow_ups"
	ReasonQuarantine      = "quarantine"
)

// Tickets counts the tickets of a business day by state. A ticket counts from
// when its own facts are here; moves that came before them wait for it.
type Tickets struct {
	Issued  int `json:"issued"`
	Waiting int `json:"waiting"`
	Called  int `json:"called"`
	Serving int `json:"serving"`
	Done    int `json:"done"`
	NoShow  int `json:"no_show"`
	Parked  int `json:"parked"`
	// Closed are those that ended without a visit: cancelled, withdrawn, merged, or carried
	// over to another day.
	Closed int `json:"closed"`
}

// Debt is what the district is known to owe the centre: the sum over the halls
// that are reached. The rest is not zero but unknown, and is counted as such.
type Debt struct {
	OnTerminals      int   `json:"on_terminals_only"`
	InHalls          int   `json:"in_halls_only"`
	OldestMS         int64 `json:"oldest_at_ms"`
	UnknownHalls     int   `json:"unknown_halls"`
	UnknownTerminals int   `json:"unknown_terminals"`
}

// Unsaved is what one hall owes the centre, as its last beat told. When Known is
// false the hall is not reached, and the figures say what was owed at AsOfMS.
// OnTerminals counts events that only the terminals hold, InHall those that the
// hub holds too; a terminal that its hub does not hear is not in these figures:
// SilentTerminals counts those, and LastReported what they last said of
// themselves.
type Unsaved struct {
	Known           bool  `json:"known"`
	AsOfMS          int64 `json:"as_of_ms"`
	OnTerminals     int   `json:"on_terminals_only"`
	InHall          int   `json:"in_hall_only"`
	OldestMS        int64 `json:"oldest_at_ms"`
	SilentTerminals int   `json:"silent_terminals"`
	LastReported    int   `json:"last_reported"`
}

// HallState is one hall.
type HallState struct {
	ID   hall.ID `json:"id"`
	Name Name    `json:"name"`
	Link Link    `json:"link"`
	// HeardMS is when the hub's last beat came; SilentSinceMS is the same moment
	// (or the centre's start) once the hall is silent.
	HeardMS       int64  `json:"heard_at_ms"`
	SilentSinceMS int64  `json:"silent_since_ms"`
	Program       string `json:"program"`
	// Hub is the hub that leads a hall with two, and Spare how the one that speaks for it
	// sees the other one: "ready" or "away". Spare is missing where a hall has one, Hub also
	// where none of the two leads.
	Hub   string `json:"hub,omitempty"`
	Spare string `json:"spare,omitempty"`
	// Guides is as a terminal's, of the hub.
	Guides       *wire.BundleState `json:"guides,omitempty"`
	Tickets      Tickets           `json:"tickets"`
	Windows      int               `json:"windows_open"`
	Queues       []Queue           `json:"queues"`
	Roles        []Role            `json:"roles"`
	Terminals    []Terminal        `json:"terminals"`
	Unsaved      Unsaved           `json:"unsaved"`
	Applications Applications      `json:"applications"`
	Ratings      Ratings           `json:"ratings"`
	Conflicts    []Conflict        `json:"conflicts"`
	// HubLateMS is a Terminal's LateMS of the hub; Forks are the devices whose records
	// have two histories, the hub among them.
	HubLateMS int64    `json:"hub_late_ms,omitempty"`
	Forks     []string `json:"forks"`
	// Doubled are display numbers that two tickets of one day carry, of all days in memory.
	Doubled []string `json:"numbers_doubled"`
}

// Queue is one area of a hall. LowMinutes and HighMinutes forecast the wait of
// someone who comes now; they are -1 when no window serves the area.
type Queue struct {
	Letter    hall.Letter `json:"letter"`
	Name      Name        `json:"name"`
	Issued    int         `json:"issued"`
	Waiting   int         `json:"waiting"`
	LongestMS int64       `json:"longest_wait_since_ms"`
	Serving   int         `json:"serving"`
	Open      int         `json:"windows_open"`
	// Windows counts the windows that the catalogue gives the area, 0 when not known.
	Windows     int `json:"windows"`
	LowMinutes  int `json:"low_minutes"`
	HighMinutes int `json:"high_minutes"`
}

// Role sums up the terminals of one role. Heard, Silent and Unheard (with the
// unknown ones) make up Total; Owing counts those that hold unsaved events.
type Role struct {
	Role    string `json:"role"`
	Total   int    `json:"total"`
	Heard   int    `json:"heard"`
	Silent  int    `json:"silent"`
	Unheard int    `json:"unheard"`
	Owing   int    `json:"owing"`
}

// Terminal is one device of a hall, with what its last beat told. Needs says why
// someone should look at it: "silent", "owes", "late", "forked" or "printer"; empty when
// nobody has to.
type Terminal struct {
	Origin   event.Origin `json:"origin"`
	Device   string       `json:"device"`
	Role     string       `json:"role"`
	Program  string       `json:"program"`
	Presence Presence     `json:"presence"`
	HeardMS  int64        `json:"heard_at_ms"`
	Printer  string       `json:"printer,omitempty"`
	HereOnly int          `json:"here_only"`
	HallOnly int          `json:"hall_only"`
	OldestMS int64        `json:"oldest_at_ms"`
	// LateMS is how long its line has said that it stands while something did not come to
	// the centre; Forked tells that its records have two histories.
	LateMS int64 `json:"late_ms,omitempty"`
	Forked bool  `json:"forked,omitempty"`
	// Guides is the version of the published guides that it keeps, and the one that it does
	// not take, with the reason; missing where none ever came.
	Guides *wire.BundleState `json:"guides,omitempty"`
	Needs  []string          `json:"needs,omitempty"`
}

// PrinterTroubled tells that somebody should look at the terminal's printer.
func (t Terminal) PrinterTroubled() bool {
	return t.Printer != "" && t.Printer != "ok" && t.Printer != "none"
}

// Applications are the applications that a hall took today.
type Applications struct {
	// Total is -1 when they could not be read.
	Total   int            `json:"total"`
	ByState map[string]int `json:"by_state"`
	// Newest holds at most 40 of them.
	Newest []Application `json:"newest"`
}

// Conflict is a ticket on which two places disagreed; Kind is hall.Ticket.Conflict's.
type Conflict struct {
	Number  hall.Number     `json:"number"`
	Kind    string          `json:"kind"`
	Windows []hall.WindowID `json:"windows"`
	State   hall.State      `json:"state"`
}
