package roster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/sync/roster"
	"onewindow/sync/wire"
)

// start is Tuesday, 2026-11-24 10:00 in the hall.
const start = int64(1_795_485_600_000)

func desk(t *testing.T) roster.Desk {
	t.Helper()
	files, err := guide.ShippedFiles()
	if err != nil {
		t.Fatal(err)
	}
	guides, err := guide.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := intake.ShippedCalendar()
	if err != nil {
		t.Fatal(err)
	}
	return roster.Desk{Hall: "jiangnan", Guides: guides, Calendar: calendar, NowMS: start}
}

func encoded(t *testing.T, text string, by func(string) (string, error)) string {
	t.Helper()
	out, err := by(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What a list says comes out the same in whatever form a spreadsheet or a system has saved it.
func TestAListIsReadInEveryForm(t *testing.T) {
	const chinese = "业务,日期,时间,手机号,姓名\nB,2026/11/25,9:15,13800000462,某某\nB,2026-11-25,10：00-10：15,0463,\n"
	for name, text := range map[string]string{
		"UTF-8":                  chinese,
		"UTF-8 with a mark":      "\ufeff" + chinese,
		"CRLF":                   strings.ReplaceAll(chinese, "\n", "\r\n"),
		"CR alone":               strings.ReplaceAll(chinese, "\n", "\r"),
		"no end of the last":     strings.TrimSuffix(chinese, "\n"),
		"tabs":                   strings.ReplaceAll(chinese, ",", "\t"),
		"semicolons":             strings.ReplaceAll(chinese, ",", ";"),
		"GBK":                    encoded(t, chinese, simplifiedchinese.GBK.NewEncoder().String),
		"UTF-16, as Excel saves": encoded(t, strings.ReplaceAll(chinese, ",", "\t"), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String),
		"blanks and empty lines": "业务 , 日期,时间 ,手机号\n\nB , 2026年11月25日, 9:15:00,138 0000 0462\n,,,\nB,20261125,10:00~10:15,138****0463\n",
		"date and time together": "service,date,phone\nB,2026-11-25 9:15,+86 138-0000-0462\nB,2026.11.25 10:00,0463\n",
		"objects of JSON":        `{"业务":"B","日期":"2026-11-25","时间":"09:15","手机号":13800000462,"姓名":null}` + "\n" + `{"service":"b","date":"2026-11-25","time":"10:00","phone":"0463"}`,
		"a cell of two lines":    "service,date,time,phone,remark\nB,2026-11-25,09:15,13800000462,\"one\ntwo\"\nB,2026-11-25,10:00,0463,\n",
	} {
		rows, _, err := roster.Read([]byte(text))
		if err != nil || len(rows) != 2 {
			t.Errorf("%s: %+v %v", name, rows, err)
			continue
		}
		d := desk(t)
		for n, want := range []struct{ clock, number string }{{"09:15", "13800000462"}, {"10:00", "0463"}} {
			b, err := d.Wish(rows[n])
			if err != nil || b.Service != "B" || hall.DateOf(b.SlotMS) != "2026-11-25" || hall.ClockOf(b.SlotMS) != want.clock || b.Number != want.number {
				t.Errorf("%s, line %d: %+v %v", name, rows[n].No, b, err)
			}
		}
	}
}

// A line that is wrong says what to do, and not what it says of the person.
func TestWrongLinesSayWhatToDo(t *testing.T) {
	d := desk(t)
	good := map[string]string{"service": "B", "date": "2026-11-25", "time": "09:15", "phone": "13800000462", "identity": "99010820000907755X"}
	with := func(name, value string) map[string]string {
		out := map[string]string{}
		for k, v := range good {
			out[k] = v
		}
		out[name] = value
		return out
	}
	item := d.Guides.ItemsIn("B")[0]
	for _, c := range []struct {
		fields map[string]string
		want   string // of the error; empty where there is none
	}{
		{good, ""},
		{with("hall", "jiangnan"), ""},
		{with("hall", "jiangbei"), "bring it to that hall's hub"},
		{with("hall", "nowhere"), "there is no hall"},
		{with("service", "出生登记"), "there is no queue or item"},
		{with("service", ""), "neither a queue nor an item"},
		{with("service", string(item.Code)), ""},
		{with("item", item.Name), ""},
		{with("service", "Ω"), "there is no queue or item"},
		{with("date", "next week"), "is no date"},
		{with("date", "2026-02-30"), "is no date"},
		{with("date", "2026-11-23"), "its time is over"},
		{with("date", "2026-11-28"), "closed on that day"},
		{with("time", "morning"), "is no time"},
		{with("time", "25:00"), "is no time"},
		{with("time", "09:20"), "quarters of an hour"},
		{with("time", "07:00"), "the hall is open"},
		{with("time", "12:30"), "the hall is open"},
		{with("phone", "462"), "drop the zeros"},
		{with("phone", "1.38E+10"), "rounded the phone number"},
		{with("phone", "138000004621"), "neither 11 digits nor four"},
		{with("phone", ""), ""},
		{with("identity", ""), ""},
		{with("identity", "990108200009077550"), "identity number is none"},
	} {
		b, err := d.Wish(roster.Row{No: 7, Fields: c.fields})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%v: %v", c.fields, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v: %+v %v, want %q", c.fields, b, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), c.fields["phone"]) && len(c.fields["phone"]) > 3 || strings.Contains(err.Error(), c.fields["identity"]) && c.fields["identity"] != "") {
			t.Errorf("%v: the person's number stands in %q", c.fields, err)
		}
	}
	if _, err := d.Wish(roster.Row{Fields: map[string]string{"service": "B", "date": "2026-11-25", "time": "09:15", "hash": "abc"}}); err == nil || !strings.Contains(err.Error(), "neither a phone number nor") {
		t.Errorf("with nothing to check in by: %v", err)
	}
}

func TestAFileThatIsNoListIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":            {"", nil},
		"a picture":          {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff", roster.ErrText},
		"no names":           {"B,2026-11-25,09:15,0462\n", roster.ErrColumns},
		"no date":            {"service,time,phone\nB,09:15,0462\n", roster.ErrColumns},
		"two of one meaning": {"service,date,time,phone,手机号\n", roster.ErrColumns},
	} {
		if _, _, err := roster.Read([]byte(c.text)); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, unread, err := roster.Read([]byte("service,date,time,phone,姓名,Remark\nB,2026-11-25,09:15,0462,x,y\n"))
	if err != nil || !slices.Equal(unread, []string{"Remark", "姓名"}) {
		t.Errorf("columns that are not read: %v %v", unread, err)
	}
}

// grants is a hub of one hall, whose line may be down.
type grants struct {
	h     *hall.Hall
	seq   event.Seq
	known map[string][]byte
	down  int // how many questions are answered before nobody answers any more; -1 for all
}

var errDown = errors.New("the hub is not running")

func (g *grants) Book(_ context.Context, b hall.Book) (wire.Grant, error) {
	if g.down == 0 {
		return wire.Grant{}, errDown
	}
	g.down--
	if body := g.known[b.Reference]; body != nil {
		return wire.Grant{Event: body, Known: true}, nil
	}
	b.Appointment, b.Person, b.Partly, b.Card, b.CardKey = b.Reference, b.Number+b.Identity, true, "mark", "key"
	f, no := g.h.Book(b, start)
	if no != nil {
		return wire.Grant{Refuse: no}, nil
	}
	g.seq++
	e := event.Event{ID: event.ID{Origin: "jiangnan/hub", Epoch: 1, Seq: g.seq}, At: event.Stamp{MS: start}, Kind: hall.KindBooked, Payload: hall.Payload(f)}
	if _, err := g.h.Apply(e); err != nil {
		return wire.Grant{}, err
	}
	g.known[b.Reference] = e.Encode()
	return wire.Grant{Event: e.Encode()}, nil
}

// A bad line spoils no other one, a list that comes again books nothing again, and what was not
// asked for is told.
func TestEachLineHasItsResult(t *testing.T) {
	const list = `预约号,业务,日期,时间,手机号
1,B,2026-11-25,09:15,13800000462
2,B,2026-11-25,morning,13800000463
3,B,2026-11-25,10:00,"1380000
4,B,2026-11-25,10:15,13800000462
5,B,2026-11-26,10:15,13800000462
`
	rows, _, err := roster.Read([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	hub := &grants{h: hall.New("jiangnan"), known: map[string][]byte{}, down: 1}
	bring := func(rows []roster.Row) (out []string) {
		desk(t).Bring(t.Context(), rows, hub, func(r roster.Result) { out = append(out, fmt.Sprintf("%d %s", r.No, r.Outcome)) })
		return out
	}
	if got := strings.Join(bring(rows), ", "); got != "2 booked, 3 refused, 4 refused, 5 not done, 6 not done" {
		t.Errorf("while the line breaks: %s", got)
	}
	hub.down = -1
	if got := strings.Join(bring(rows), ", "); got != "2 already there, 3 refused, 4 refused, 5 refused, 6 booked" {
		t.Errorf("once more: %s", got)
	}
	later, _, err := roster.Read([]byte(strings.ReplaceAll(list, "09:15", "11:15")))
	if err != nil {
		t.Fatal(err)
	}
	desk(t).Bring(t.Context(), later[:1], hub, func(r roster.Result) {
		if r.Outcome != roster.Refused || !strings.Contains(r.Words, "another time, 2026-11-25 09:15 B") {
			t.Errorf("a reference at another time: %+v", r)
		}
	})
	// Without a reference it is all that a line asks for.
	bare, _, err := roster.Read([]byte("service,date,time,phone\nB,2026-11-27,09:15,0462\nB,2026-11-27,09:15,0462\nB,2026-11-27,09:15,0463\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(bring(bare), ", "); got != "2 booked, 3 already there, 4 booked" {
		t.Errorf("without references: %s", got)
	}
}

// Each refusal of a hub has its sentence with a next step.
func TestRefusalsHaveWords(t *testing.T) {
	for _, no := range []*event.Refusal{event.SlotTaken, event.BookedAlready, event.BookBarred, event.IdentityWrong, event.FieldMissing, event.HubGathers, event.NotSaved, event.DiskFull, event.Internal} {
		if words := roster.Why(no); !strings.Contains(words, ": ") {
			t.Errorf("%s: %q has no next step", no.Key, words)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("业务,日期,时间,手机号\nB,2026/11/25,9:15,0462\n"))
	f.Add([]byte(`{"service":"B","date":"2026-11-25","time":"10:00","phone":"0463"}`))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Add([]byte("date,time\n\"\n\"\"\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, _, err := roster.Read(file)
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.No < 1 || r.Fields == nil {
				t.Errorf("%+v", r)
			}
		}
	})
}
