// Package guide is the catalogue of a district: the items (事项) people come for,
// their guides, the halls and windows that take them, and the search over all of
// it. It is pure: bytes come in, values and faults go out. It does not know
// tickets, applications, files or the database.
package guide

// Code is the 31-character implementation code of an item; that of a bare one is as its district has it.
type Code string

// Letter is the letter of an area, which is also the letter of its queue: "A".
type Letter string

// HallID names a hall: "jiangnan".
type HallID string

// Item is one thing that people can apply for, with its guide. Chinese texts are
// official wording; NameEn is empty where no translation exists. Days are counted
// in DayUnit; LegalDays and PromisedDays of 0 mean "at once".
type Item struct {
	Code         Code       `json:"code"`
	Slug         string     `json:"slug"`
	Name         string     `json:"name"`
	NameEn       string     `json:"name_en"`
	Aliases      []string   `json:"aliases"`
	Department   string     `json:"department"`
	Area         string     `json:"area"`
	Letter       Letter     `json:"area_letter"`
	AreaName     string     `json:"area_name"`
	OneWindow    bool       `json:"one_window"`
	Level        string     `json:"level"`
	Type         string     `json:"type"`
	StreetKind   string     `json:"street_kind"`
	Handling     string     `json:"handling"`
	LegalDays    int        `json:"legal_days"`
	PromisedDays int        `json:"promised_days"`
	DayUnit      string     `json:"day_unit"`
	Visits       int        `json:"visits"`
	Audience     []string   `json:"audience"`
	LifeEvents   []string   `json:"life_events"`
	Conditions   []string   `json:"conditions"`
	Materials    []Material `json:"materials"`
	Steps        []string   `json:"steps"`
	Result       string     `json:"result"`
	Fee          Fee        `json:"fee"`
	ConsultPhone string     `json:"consult_phone"`
	// ComplaintPhone takes complaints about how the item was handled.
	ComplaintPhone string  `json:"complaint_phone"`
	Hours          Hours   `json:"hours"`
	Places         []Place `json:"places"`
	Online         Online  `json:"online"`
	LegalBasis     string  `json:"legal_basis"`
	Remark         string  `json:"remark"`
	// Top marks the items that people ask for most.
	Top bool  `json:"top"`
	FAQ []FAQ `json:"faq"`
	// Version counts the editions of this guide from 1.
	Version int `json:"version"`
}

// RunOnce tells whether an item is on the run-once list (最多跑一次): it is whenever one visit is enough.
func (i *Item) RunOnce() bool { return i.Visits <= 1 }

// Units of LegalDays and PromisedDays.
const (
	WorkingDays  = "工作日"
	CalendarDays = "自然日"
)

// How an item is handled.
const (
	AtOnce   = "即办件"
	Promised = "承诺件"
)

// Need tells how binding a material is.
type Need string

// Needs of materials: Must at acceptance, Maybe (only in the cases that the note
// names), or Later: the case is accepted without it and it is brought afterwards (容缺后补).
const (
	Must  Need = "must"
	Maybe Need = "maybe"
	Later Need = "later"
)

var needs = map[string]Need{"必要": Must, "非必要": Maybe, "容缺后补": Later}

// Material is one thing to bring. No counts from 1 within the item. WaivedBy is
// the id of the shared data set that makes it needless, or empty.
type Material struct {
	No        int    `json:"no"`
	Name      string `json:"name"`
	Form      string `json:"form"`
	Originals int    `json:"originals"`
	Copies    int    `json:"photocopies"`
	Necessity string `json:"necessity"`
	Source    string `json:"source"`
	WaivedBy  string `json:"waived_by"`
	Note      string `json:"note"`
}

// Need gives the meaning of Necessity. A parsed catalogue has no other words.
func (m Material) Need() Need { return needs[m.Necessity] }

// Fee is what an item costs, in words.
type Fee struct {
	Charged bool   `json:"charged"`
	Text    string `json:"text"`
}

// Hours is when an item is taken: Weekdays from 1 (Monday) to 7, Periods as pairs
// of local clock times "08:30". Text says the same to a person.
type Hours struct {
	Text     string      `json:"text"`
	Weekdays []int       `json:"weekdays"`
	Periods  [][2]string `json:"periods"`
}

// Place is where an item is taken. Windows is a range "A01-A16".
type Place struct {
	Hall    HallID `json:"hall"`
	Address string `json:"address"`
	Floor   int    `json:"floor"`
	Area    string `json:"area"`
	Windows string `json:"windows"`
}

// Online tells how far an item can be done without coming.
type Online struct {
	Available   bool   `json:"available"`
	Depth       string `json:"depth"`
	Appointment bool   `json:"appointment"`
	Delivery    bool   `json:"delivery"`
	URL         string `json:"url"`
}

// FAQ is a question that people ask about an item. Variants ask the same in
// other words; Field names the part of the guide that the answer rests on.
type FAQ struct {
	ID       string   `json:"id"`
	Q        string   `json:"q"`
	Variants []string `json:"variants"`
	A        string   `json:"a"`
	Field    string   `json:"field"`
}

// Area is a field of work with its own queue.
type Area struct {
	Letter    Letter `json:"letter"`
	ID        string `json:"id"`
	Name      string `json:"name"`
	NameEn    string `json:"name_en"`
	OneWindow bool   `json:"one_window"`
}

// HallArea is an area as one hall has it: its floor and the names of its windows
// ("B01" to "B20") in order.
type HallArea struct {
	Area
	Floor   int
	Windows []string
}

// Hall is a place with windows. Its document numbers begin with Short of its id. Phone is
// its own number for questions; it may be empty. Hours is nil where the hall states none: see
// HoursOf.
type Hall struct {
	ID      HallID `json:"id"`
	Name    string `json:"name"`
	NameEn  string `json:"name_en"`
	Address string `json:"address"`
	Windows int    `json:"windows"`
	Phone   string `json:"phone"`
	Hours   *Hours `json:"hours"`
	// FollowUpDays are the working days in which the hall follows up a bad rating, 1 to 15; 0
	// for the usual term of the law.
	FollowUpDays int `json:"follow_up_days"`
}

// FollowUpMost is the most days that a hall may take (国办发〔2019〕51号).
const FollowUpMost = 15

// DataSet is a shared data set and the materials that it makes needless.
type DataSet struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	NameEn   string   `json:"name_en"`
	Provider string   `json:"provider"`
	Proves   string   `json:"proves"`
	Waives   []string `json:"waives"`
}

// Department is an agency that answers for items. Phone takes questions about all of
// them; it may be empty.
type Department struct {
	Key   string `json:"key"`
	No    string `json:"no"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// Catalogue is everything of one version, checked and ready for look-ups. It is
// never changed after Parse or FromRows, so goroutines may share it; what its
// methods give belongs to it and must not be changed.
type Catalogue struct {
	// Version names the edition: "2026.11-1". Where the files differ, all are named.
	Version string

	items       []*Item
	byCode      map[Code]*Item
	areas       []Area
	halls       []Hall
	hallAreas   map[HallID][]HallArea
	dataSets    []DataSet
	departments []Department
	rows        []Row
	documents   []Document
}

// Items gives all items in the order of the catalogue.
func (c *Catalogue) Items() []*Item { return c.items }

// Item gives the item with a code.
func (c *Catalogue) Item(code Code) (*Item, bool) {
	i, ok := c.byCode[code]
	return i, ok
}

// ItemsIn gives the items of an area in the order of the catalogue.
func (c *Catalogue) ItemsIn(l Letter) []*Item {
	var out []*Item
	for _, i := range c.items {
		if i.Letter == l {
			out = append(out, i)
		}
	}
	return out
}

// Areas gives all areas in the order of their letters' file.
func (c *Catalogue) Areas() []Area { return c.areas }

// Area gives the area with a letter.
func (c *Catalogue) Area(l Letter) (Area, bool) {
	for _, a := range c.areas {
		if a.Letter == l {
			return a, true
		}
	}
	return Area{}, false
}

// Halls gives all halls.
func (c *Catalogue) Halls() []Hall { return c.halls }

// Hall gives the hall with an id.
func (c *Catalogue) Hall(id HallID) (Hall, bool) {
	for _, h := range c.halls {
		if h.ID == id {
			return h, true
		}
	}
	return Hall{}, false
}

// AreasOf gives the areas that have windows in a hall, in the order of Areas.
func (c *Catalogue) AreasOf(hall HallID) []HallArea { return c.hallAreas[hall] }

// AreaOf gives one area of a hall; false when the hall has no window for it.
func (c *Catalogue) AreaOf(hall HallID, l Letter) (HallArea, bool) {
	for _, a := range c.hallAreas[hall] {
		if a.Letter == l {
			return a, true
		}
	}
	return HallArea{}, false
}

// PlaceIn gives the place where a hall takes an item; false when it does not.
func (i *Item) PlaceIn(hall HallID) (Place, bool) {
	for _, p := range i.Places {
		if p.Hall == hall {
			return p, true
		}
	}
	return Place{}, false
}

// DataSets gives the shared data sets.
func (c *Catalogue) DataSets() []DataSet { return c.dataSets }

// DataSet gives the shared data set with an id.
func (c *Catalogue) DataSet(id string) (DataSet, bool) {
	for _, d := range c.dataSets {
		if d.ID == id {
			return d, true
		}
	}
	return DataSet{}, false
}

// Departments gives the agencies.
func (c *Catalogue) Departments() []Department { return c.departments }
