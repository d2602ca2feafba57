package hall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onewindow/app/event"
)

// What a board can show of a notice to somebody ten metres away, in characters, how many
// notices it can show in turn, and how long one stands at most.
const (
	NoticeMost    = 60
	NoticeMostEn  = 120
	NoticesAtOnce = 4
	noticeMostMS  = dayMS
)

// NoticePosted is a sentence of the staff to everybody in the hall: "the lift is out of
// order". Its event's id names it. En may be empty; it ends by itself at UntilMS.
type NoticePosted struct {
	Hall    ID       `json:"hall"`
	Zh      string   `json:"zh"`
	En      string   `json:"en,omitempty"`
	UntilMS int64    `json:"until_ms"`
	Window  WindowID `json:"window,omitempty"`
	Clerk   ClerkID  `json:"clerk"`
	AtMS    int64    `json:"at_ms"`
}

// NoticeEnded says that a notice is true no more. Posted is the event that posted it.
type NoticeEnded struct {
	Hall   ID      `json:"hall"`
	Posted string  `json:"posted"`
	Clerk  ClerkID `json:"clerk"`
	AtMS   int64   `json:"at_ms"`
}

// Notice is a notice with its name.
type Notice struct {
	ID string
	NoticePosted
	at event.Stamp
}

// AllDay tells that a notice ends with the business day on which it was posted.
func (n Notice) AllDay() bool { return n.UntilMS == dayEnd(n.AtMS) }

// notices are what was posted, and what was ended: that may be heard of first.
type notices struct {
	posted map[string]Notice
	ended  map[string]int64 // when
}

func newNotices() notices { return notices{posted: map[string]Notice{}, ended: map[string]int64{}} }

func (h *Hall) post(e event.Event, f NoticePosted) error {
	if f.Hall != h.ID || f.Zh == "" {
		return fmt.Errorf("%s: hall or text of the notice is missing", e.ID)
	}
	id := e.ID.String()
	// Two histories of one device may use an id twice: the earlier one counts everywhere.
	known, ok := h.notices.posted[id]
	if !ok || e.At.Less(known.at) || e.At == known.at && f.Zh < known.Zh {
		h.notices.posted[id] = Notice{id, f, e.At}
	}
	return nil
}

func (h *Hall) unpost(e event.Event, f NoticeEnded) error {
	if f.Hall != h.ID || f.Posted == "" {
		return fmt.Errorf("%s: hall or notice is missing", e.ID)
	}
	h.notices.ended[f.Posted] = max(h.notices.ended[f.Posted], f.AtMS)
	return nil
}

// forget drops the notices that ended on business days before one.
func (l notices) forget(from Date) {
	maps.DeleteFunc(l.posted, func(_ string, n Notice) bool { return DateOf(n.UntilMS) < from })
	maps.DeleteFunc(l.ended, func(_ string, ms int64) bool { return DateOf(ms+noticeMostMS) < from })
}

// Notices lists what stands now, the newest first.
func (h *Hall) Notices(nowMS int64) []Notice {
	var out []Notice
	for id, n := range h.notices.posted {
		if _, ended := h.notices.ended[id]; !ended && nowMS < n.UntilMS {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b Notice) int { return cmp.Or(cmp.Compare(b.AtMS, a.AtMS), cmp.Compare(a.ID, b.ID)) })
	return out
}

// PostNotice decides that a clerk tells the hall something for some minutes, 0 for until
// the business day ends. The text is put on one line. false when the same stands already:
// a second tap says nothing new. Refusals: FieldMissing (args field: notice), NoticeLong
// (args most), NoticesFull (args most).
func (h *Hall) PostNotice(zh, en string, minutes int, w WindowID, clerk ClerkID, nowMS int64) (NoticePosted, bool, error) {
	f := NoticePosted{Hall: h.ID, Zh: oneLine(zh), En: oneLine(en), UntilMS: dayEnd(nowMS), Window: w, Clerk: clerk, AtMS: nowMS}
	if minutes > 0 {
		f.UntilMS = nowMS + min(int64(minutes)*60_000, noticeMostMS)
	}
	switch {
	case f.Zh == "":
		return f, false, event.FieldMissing.With("field", "notice")
	case utf8.RuneCountInString(f.Zh) > NoticeMost:
		return f, false, event.NoticeLong.With("most", fmt.Sprint(NoticeMost))
	case utf8.RuneCountInString(f.En) > NoticeMostEn:
		return f, false, event.NoticeLong.With("most", fmt.Sprint(NoticeMostEn))
	}
	stand := h.Notices(nowMS)
	if slices.ContainsFunc(stand, func(n Notice) bool { return n.Zh == f.Zh && n.En == f.En && n.UntilMS >= f.UntilMS-60_000 }) {
		return f, false, nil
	}
	if len(stand) >= NoticesAtOnce {
		return f, false, event.NoticesFull.With("most", fmt.Sprint(NoticesAtOnce))
	}
	return f, true, nil
}

// EndNotice decides that a notice is taken down; false when it does not stand any more.
func (h *Hall) EndNotice(id string, clerk ClerkID, nowMS int64) (NoticeEnded, bool) {
	stands := slices.ContainsFunc(h.Notices(nowMS), func(n Notice) bool { return n.ID == id })
	return NoticeEnded{Hall: h.ID, Posted: id, Clerk: clerk, AtMS: nowMS}, stands
}

// oneLine makes one line of a text: what cannot be seen becomes a space.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
