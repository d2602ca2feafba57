package apptest_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/terminal"
	"onewindow/sync/node"
	"onewindow/sync/roster"
	"onewindow/sync/wire"
)

// bring brings a list to the hub as onewindowd appointments import does, and gives the outcomes.
func bring(t *testing.T, w *apptest.World, k *terminal.Terminal, list string, hub func(roster.Hub) roster.Hub) (out []roster.Outcome) {
	t.Helper()
	rows, _, err := roster.Read([]byte(list))
	apptest.Must(t, err)
	tool, err := node.OpenTool(filepath.Join(w.Dir, "hub"))
	apptest.Must(t, err)
	defer tool.Close()
	desk := roster.Desk{Hall: "jiangnan", Guides: k.Machine.Guides.Now().Catalogue, Calendar: k.Machine.Calendar, NowMS: w.Clock.Now()}
	var asked roster.Hub = tool
	if hub != nil {
		asked = hub(tool)
	}
	desk.Bring(context.Background(), rows, asked, func(r roster.Result) {
		if r.Outcome == roster.Undone || r.Outcome == roster.Refused {
			t.Logf("line %d: %s: %s", r.No, r.Outcome, r.Words)
		}
		out = append(out, r.Outcome)
	})
	return out
}

// onReader starts a kiosk with a reader.
func onReader(t *testing.T, w *apptest.World, name string) (*terminal.Terminal, *device.ReaderTwin) {
	t.Helper()
	twin, err := device.StartReaderTwin("serial:" + filepath.Join(w.Dir, "reader-"+name))
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	return w.Terminal(config.Kiosk, name, func(s *config.Settings) { s.Reader = twin.Address() }), twin
}

// bookedAt counts the appointments of a hall at a place.
func bookedAt(s interface {
	View(hall.ID, func(*hall.Hall))
}, date hall.Date, digits string) (n int) {
	s.View("jiangnan", func(h *hall.Hall) { n = len(h.BookingsOf(date, digits)) })
	return n
}

// TestACardChecksInWithTheNetworkCut imports appointments by phone and by identity number, checks in
// to one with the card at a kiosk that has no line, and looks for both numbers in every file and
// in the log. The key of the day is destroyed afterwards, at every place.
func TestACardChecksInWithTheNetworkCut(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	apptest.Must(t, err)
	defer log.Close()
	w.LogTo(log)
	w.StopHub()
	w.StartHub() // so that it logs there as well
	k, twin := onReader(t, w, "k1")
	reached(t, k)
	card := device.SampleCard()
	list := fmt.Sprintf("业务,日期,时间,身份证号,手机号\r\nB,2026/11/25,10:00,%s,\r\nB,2026/11/25,11:00,,%s\r\n", string(card.Number), phone)
	if got := bring(t, w, k, list, nil); !slices.Equal(got, []roster.Outcome{roster.Booked, roster.Booked}) {
		t.Fatalf("brought: %v", got)
	}
	if got := bring(t, w, k, list, nil); !slices.Equal(got, []roster.Outcome{roster.There, roster.There}) {
		t.Errorf("brought again: %v", got)
	}
	// At the kiosk the same person books by card on another day; the number does not come to the page.
	twin.Lay(&card)
	page, err := k.Kiosk.BookByCard(screen.BookingRequest{Request: "0193-d1", Letter: "B", AtMS: clock(t, "2026-11-26", "09:00"), Language: "zh"})
	if err != nil || !page.Card || page.Phone != "" {
		t.Errorf("booked by card: %+v %v", page, err)
	}
	if _, err := k.Kiosk.BookByCard(screen.BookingRequest{Request: "0193-d2", Letter: "B", AtMS: clock(t, "2026-11-25", "14:00"), Language: "zh"}); event.BookedAlready.Code != code(err) {
		t.Errorf("a second one on the day of the import: %v", err)
	}
	apptest.Eventually(t, "the kiosk has the keys of both days", func() bool {
		for _, day := range []string{"2026-11-25", "2026-11-26"} {
			m, err := k.Machine.Cards.Marks(t.Context(), "1", []string{"card:" + day + ":jiangnan/hub"})
			if err != nil || len(m) != 1 {
				return false
			}
		}
		return bookedAt(k.Store, "2026-11-25", phone[7:]) == 1
	})
	w.StopHub()
	w.Clock.Set(clock(t, "2026-11-25", "09:40"))
	found, err := k.Kiosk.CardBookings()
	if err != nil || len(found) != 1 || found[0].At != "10:00" || found[0].State != "open" {
		t.Fatalf("found by the card: %+v %v", found, err)
	}
	ticket, err := k.Kiosk.CheckIn("check1", found[0].Code, "zh")
	if err != nil || ticket.Class != "appointment" {
		t.Errorf("checked in: %+v %v", ticket, err)
	}
	w.StartHub()
	reached(t, k)
	converged(t, w, k)
	secret := []string{string(card.Number), phone}
	clean := func() {
		files, err := walk(w.Dir, func(path string, raw []byte) {
			for n, s := range secret {
				if bytes.Contains(raw, []byte(s)) || bytes.Contains(raw, utf16le(s)) {
					t.Errorf("number %d stands in %s", n, path)
				}
			}
		})
		if err != nil || files < 10 {
			t.Errorf("%d files: %v", files, err)
		}
	}
	apptest.Must(t, w.Hub.Keys.Backup(t.Context()))
	_, err = w.Hub.Store.Backup(t.Context(), filepath.Join(w.Dir, "hub", "copy.db"))
	apptest.Must(t, err)
	clean()
	raw, err := os.ReadFile(log.Name())
	apptest.Must(t, err)
	for _, s := range secret {
		if len(raw) == 0 || bytes.Contains(raw, []byte(s)) {
			t.Errorf("the log has %d bytes and tells a number", len(raw))
		}
	}
	// The next day nobody can look for the card any more, not even with everything that is left.
	w.Clock.Set(clock(t, "2026-11-26", "08:31"))
	issue(t, k, "B")
	gone := "card:2026-11-25:jiangnan/hub"
	apptest.Eventually(t, "the key of the day is destroyed at hub and centre, and given back by the kiosk", func() bool {
		_, here := w.Hub.Keys.Key(t.Context(), gone)
		_, above := w.Centre.Keys.Key(t.Context(), gone)
		m, err := k.Machine.Cards.Marks(t.Context(), "1", []string{gone})
		return here != nil && above != nil && err == nil && len(m) == 0
	})
	if found, err := k.Kiosk.CardBookings(); err != nil || len(found) != 1 || found[0].At != "09:00" {
		t.Errorf("the appointment of the next day: %+v %v", found, err)
	}
	clean()
}

// code is the number of a refusal, 0 of another error and of none.
func code(err error) event.Code {
	if no := terminal.Refusal(err); err != nil && no != nil {
		return no.Code
	}
	return 0
}

// TestImportsCentreAndKioskShareTheHalf books the same morning from three sides at once: until no
// time of it is more than half of what the windows serve promised, and nobody is booked twice.
func TestImportsCentreAndKioskShareTheHalf(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	desk := phones(t, w)
	const (
		day   = hall.Date("2026-11-25")
		times = 6
	)
	noon, err := hall.At(day, "12:00")
	apptest.Must(t, err)
	// The queue with the fewest windows: a short race.
	letter, open := "", intake.HallDay(k.Machine.Guides.Now().Catalogue, k.Machine.Calendar, "jiangnan", noon)
	for l, n := range open.Windows {
		if n > 1 && (letter == "" || n < open.Windows[hall.Letter(letter)] || n == open.Windows[hall.Letter(letter)] && string(l) < letter) {
			letter = string(l)
		}
	}
	var slots []hall.Slot
	w.Hub.Store.View("jiangnan", func(h *hall.Hall) { slots = h.Slots(hall.Letter(letter), open, w.Clock.Now()) })
	if len(slots) < times {
		t.Fatalf("%d times can be booked", len(slots))
	}
	most, list := 0, "reference,service,date,time,phone\n"
	for n, s := range slots[:times] {
		most += s.Free
		for i := range s.Free + 1 {
			list += fmt.Sprintf("%d-%d,%s,%s,%s,1370000%04d\n", n, i, letter, day, hall.ClockOf(s.AtMS), 100*n+i)
		}
	}
	var all sync.WaitGroup
	all.Go(func() { bring(t, w, k, list, nil) })
	all.Go(func() {
		for n, s := range slots[:times] {
			for i := range s.Free {
				_, _ = k.Kiosk.Book(screen.BookingRequest{Request: fmt.Sprintf("kiosk-%d-%d", n, i), Letter: letter, AtMS: s.AtMS, Phone: fmt.Sprintf("1360000%04d", 100*n+i), Language: "zh"})
			}
		}
	})
	all.Go(func() {
		for n, s := range slots[:times] {
			for i := range s.Free {
				desk.book(t, letter, day, s.AtMS, fmt.Sprintf("1350000%04d", 100*n+i))
			}
		}
	})
	all.Wait()
	sides := map[string]int{}
	w.Hub.Store.View("jiangnan", func(h *hall.Hall) {
		for _, left := range h.Slots(hall.Letter(letter), open, w.Clock.Now()) {
			if left.AtMS <= slots[times-1].AtMS {
				t.Errorf("%d are left at %s", left.Free, hall.ClockOf(left.AtMS))
			}
		}
		until, booked := 0, 0
		for n, s := range slots[:times] {
			until += s.Free
			for i := range 30 {
				for _, b := range h.BookingsOf(day, fmt.Sprintf("%04d", 100*n+i)) {
					booked++
					if b.SlotMS != s.AtMS {
						t.Errorf("%s is at %s", b.Appointment, hall.ClockOf(b.SlotMS))
					}
					sides[b.Appointment[:1]]++
				}
			}
			if booked != until {
				t.Errorf("until %s %d are booked, half of what the windows serve is %d", hall.ClockOf(s.AtMS), booked, until)
			}
		}
	})
	if most == 0 {
		t.Error("nothing can be booked")
	}
	t.Logf("%d times of queue %s, %d booked, by the first letters of their names: %v", times, letter, most, sides)
}

// cutting breaks the line to the hub after so many questions, with the answer of the last one lost.
type cutting struct {
	roster.Hub
	left *int
	cut  func()
}

func (c cutting) Book(ctx context.Context, b hall.Book) (g wire.Grant, err error) {
	g, err = c.Hub.Book(ctx, b)
	if *c.left--; *c.left == 0 {
		c.cut()
		return wire.Grant{}, fmt.Errorf("the answer is lost: %w", node.ErrNotRunning)
	}
	return g, err
}

// TestAnImportThatIsCutOffBooksOnce loses the answer of a line that was granted, and the hub with
// it; the same file once more books what is missing and nothing twice. The imported ones have the
// windows of every appointment, and who does not come is barred as everybody is.
func TestAnImportThatIsCutOffBooksOnce(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	const list = `{"service":"B","date":"2026-11-25","time":"10:00","phone":"13800000001"}
{"service":"B","date":"2026-11-25","time":"11:00","phone":"13800000002"}
{"service":"B","date":"2026-11-25","time":"14:00","phone":"0003","hash":"d41d8cd98f00b204"}
{"service":"B","date":"2026-11-25","time":"15:00","phone":"0003","hash":"another person"}
`
	left := 2
	first := bring(t, w, k, list, func(h roster.Hub) roster.Hub { return cutting{h, &left, w.StopHub} })
	if !slices.Equal(first, []roster.Outcome{roster.Booked, roster.Undone, roster.Undone, roster.Undone}) {
		t.Fatalf("cut off: %v", first)
	}
	if _, err := node.OpenTool(filepath.Join(w.Dir, "hub")); err == nil || !strings.Contains(err.Error(), "start it") {
		t.Errorf("with the hub away: %v", err)
	}
	w.StartHub()
	reached(t, k)
	if got := bring(t, w, k, list, nil); !slices.Equal(got, []roster.Outcome{roster.There, roster.There, roster.Booked, roster.Booked}) {
		t.Fatalf("once more: %v", got)
	}
	if got := kinds(t, w.Hub.Store)[hall.KindBooked]; got != 4 {
		t.Errorf("%d are booked", got)
	}
	apptest.Eventually(t, "the kiosk knows", func() bool { return bookedAt(k.Store, "2026-11-25", "0003") == 2 })
	check := func(request, digits, at string) (screen.TicketPage, error) {
		w.Clock.Set(clock(t, "2026-11-25", at))
		found, err := k.Kiosk.Bookings(digits)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s finds %+v %v", digits, found, err)
		}
		return k.Kiosk.CheckIn(request, found[0].Code, "zh")
	}
	if _, err := check("window1", "0001", "09:29"); code(err) != event.BookingEarly.Code {
		t.Errorf("too early: %v", err)
	}
	if p, err := check("window2", "0001", "09:30"); err != nil || p.Class != "appointment" {
		t.Errorf("early: %+v %v", p, err)
	}
	if p, err := check("window3", "0002", "11:16"); err != nil || p.Class != "walk_in" {
		t.Errorf("late: %+v %v", p, err)
	}
	// The one with the pseudonym does not come today, nor two days later: then they are barred.
	w.Clock.Set(clock(t, "2026-11-26", "09:00"))
	issue(t, k, "A")
	apptest.Eventually(t, "nobody came", func() bool { return kinds(t, w.Hub.Store)[hall.KindSkipped] == 2 })
	line := `{"service":"B","date":"%s","time":"14:00","phone":"0003","hash":"d41d8cd98f00b204"}`
	if got := bring(t, w, k, fmt.Sprintf(line, "2026-11-27"), nil); !slices.Equal(got, []roster.Outcome{roster.Booked}) {
		t.Fatalf("after one: %v", got)
	}
	w.Clock.Set(clock(t, "2026-11-30", "09:00"))
	issue(t, k, "A")
	apptest.Eventually(t, "nobody came again", func() bool { return kinds(t, w.Hub.Store)[hall.KindSkipped] == 3 })
	if got := bring(t, w, k, fmt.Sprintf(line, "2026-12-02"), nil); !slices.Equal(got, []roster.Outcome{roster.Refused}) {
		t.Errorf("after two: %v", got)
	}
	if got := bring(t, w, k, strings.Replace(fmt.Sprintf(line, "2026-12-02"), "d41d8cd98f00b204", "another one", 1), nil); !slices.Equal(got, []roster.Outcome{roster.Booked}) {
		t.Errorf("somebody else with the same digits: %v", got)
	}
}

// phoneDesk is an officer in front of the centre's page.
type phoneDesk struct {
	at   string
	http *http.Client
}

// phones signs an officer in who makes appointments.
func phones(t *testing.T, w *apptest.World) phoneDesk {
	t.Helper()
	apptest.Must(t, node.OfficersOf(filepath.Join(w.Dir, "centre")).Put(node.OfficerEntry{ID: "zhao", Name: "赵", Appointments: true}, "314159"))
	server := httptest.NewServer(w.Centre.Page())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	apptest.Must(t, err)
	d := phoneDesk{server.URL, &http.Client{Jar: jar}}
	d.post(t, "sign-in", url.Values{"id": {"zhao"}, "pin": {"314159"}})
	// The hub asks the centre for wishes as soon as it knows that its line stands.
	apptest.Eventually(t, "the hub asks for wishes", func() bool {
		return !strings.Contains(d.book(t, "B", "2026-11-25", 0, "13000000000"), "大厅线路中断")
	})
	return d
}

func (d phoneDesk) post(t *testing.T, verb string, form url.Values) string {
	r, err := d.http.PostForm(d.at+"/appointments/"+verb, form)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer r.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	return b.String()
}

var requests sync.Mutex
var requestNo int

// book makes an appointment and gives the page that answers.
func (d phoneDesk) book(t *testing.T, letter string, date hall.Date, atMS int64, number string) string {
	requests.Lock()
	requestNo++
	request := fmt.Sprint("request-", requestNo)
	requests.Unlock()
	return d.post(t, "book", url.Values{"request": {request}, "hall": {"jiangnan"}, "letter": {letter}, "date": {string(date)}, "at": {fmt.Sprint(atMS)}, "phone": {number}, "language": {"zh"}})
}

// TestAnAppointmentIsMadeOnTheTelephone makes one at the centre, which the hall's hub grants; the
// person checks in with the last digits at a kiosk without a line; another one is given up. With
// the hub away the page says so and what to do, and the same form sent again makes one.
func TestAnAppointmentIsMadeOnTheTelephone(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1")
	reached(t, k)
	d := phones(t, w)
	at := clock(t, "2026-11-25", "10:00")
	form := url.Values{"request": {"call-1"}, "hall": {"jiangnan"}, "letter": {"B"}, "date": {"2026-11-25"}, "at": {fmt.Sprint(at)}, "phone": {"138 5717-0462"}, "language": {"zh"}}
	for range 2 {
		if page := d.post(t, "book", form); !strings.Contains(page, "输入手机号后四位 0462") || !strings.Contains(page, "10:00") || strings.Contains(page, phone) {
			t.Fatalf("made: %s", page)
		}
	}
	if n := kinds(t, w.Hub.Store)[hall.KindBooked]; n != 1 {
		t.Errorf("%d are booked", n)
	}
	if page := d.book(t, "B", "2026-11-25", clock(t, "2026-11-25", "11:00"), phone); !strings.Contains(page, "已有预约") || !strings.Contains(page, "value=\""+phone) {
		t.Errorf("a second one of the same person: %s", page)
	}
	if page := d.book(t, "B", "2026-11-25", clock(t, "2026-11-25", "10:07"), "13800000007"); !strings.Contains(page, "刚被约走") {
		t.Errorf("at a time that there is not: %s", page)
	}
	// The kiosk's own booking of the same phone is the same person.
	if _, err := k.Kiosk.Book(screen.BookingRequest{Request: "0193-e1", Letter: "B", AtMS: clock(t, "2026-11-25", "14:00"), Phone: phone, Language: "zh"}); code(err) != event.BookedAlready.Code {
		t.Errorf("the same person at the kiosk: %v", err)
	}
	d.book(t, "B", "2026-11-25", clock(t, "2026-11-25", "14:00"), "0463")
	apptest.Eventually(t, "kiosk and centre know both", func() bool {
		return bookedAt(k.Store, "2026-11-25", "0462") == 1 && bookedAt(w.Centre.Store, "2026-11-25", "0463") == 1
	})
	found := d.post(t, "find", url.Values{"hall": {"jiangnan"}, "letter": {"B"}, "day": {"2026-11-25"}, "phone": {"0463"}})
	id := regexp.MustCompile(`name="appointment" value="([^"]+)"`).FindStringSubmatch(found)
	if id == nil {
		t.Fatalf("looked up: %s", found)
	}
	if page := d.post(t, "cancel", url.Values{"request": {"call-2"}, "hall": {"jiangnan"}, "appointment": {id[1]}}); !strings.Contains(page, "已取消") {
		t.Errorf("given up: %s", page)
	}
	apptest.Eventually(t, "the kiosk knows that it is given up", func() bool { return bookedAt(k.Store, "2026-11-25", "0463") == 0 })

	w.StopHub()
	lost := url.Values{"request": {"call-3"}, "hall": {"jiangnan"}, "letter": {"B"}, "date": {"2026-11-25"}, "at": {fmt.Sprint(clock(t, "2026-11-25", "15:00"))}, "phone": {"0464"}, "language": {"zh"}}
	if page := d.post(t, "book", lost); !strings.Contains(page, "请原样再按一次") && !strings.Contains(page, "大厅线路中断") || !strings.Contains(page, "value=\"0464\"") {
		t.Errorf("with the hub away: %s", page)
	}
	w.Clock.Set(clock(t, "2026-11-25", "09:40"))
	list, err := k.Kiosk.Bookings("0462")
	if err != nil || len(list) != 1 {
		t.Fatalf("by the last digits: %+v %v", list, err)
	}
	if p, err := k.Kiosk.CheckIn("check1", list[0].Code, "zh"); err != nil || p.Class != "appointment" {
		t.Errorf("checked in: %+v %v", p, err)
	}
	w.StartHub()
	reached(t, k)
	apptest.Eventually(t, "the same form makes it", func() bool {
		return strings.Contains(d.post(t, "book", lost), "输入手机号后四位 0464")
	})
	converged(t, w, k)
	apptest.Must(t, node.OfficersOf(filepath.Join(w.Dir, "centre")).Put(node.OfficerEntry{ID: "zhao", Name: "赵", Agency: "区政府办公室"}, "314159"))
	if page := d.book(t, "B", "2026-11-26", clock(t, "2026-11-26", "15:00"), "0465"); !strings.Contains(page, "已不在") {
		t.Errorf("by somebody whose right was taken: %s", page)
	}
	if n := bookedAt(w.Hub.Store, "2026-11-25", "0464"); n != 1 {
		t.Errorf("%d are booked of what was asked for while the hub was away", n)
	}
	files, err := walk(w.Dir, func(path string, raw []byte) {
		if bytes.Contains(raw, []byte(phone)) {
			t.Errorf("the phone number stands in %s", path)
		}
	})
	if err != nil || files < 10 {
		t.Errorf("%d files: %v", files, err)
	}
}
