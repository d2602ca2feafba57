package centre_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/hall"
	"onewindow/sync/broker"
	"onewindow/sync/centre"
	"onewindow/sync/wire"
)

const day hall.Date = "2026-11-24"

// at gives a moment of the day in ms.
func at(clock string) int64 {
	ms, err := hall.At(day, clock)
	if err != nil {
		panic(err)
	}
	return ms
}

// log stands in for the store: halls folded from real events, in memory.
type log struct {
	checkMu sync.Mutex
	checked []event.Origin // what comparisons asked about

	halls        map[hall.ID]*hall.Hall
	applications map[hall.ID][]centre.Application
	kept         int
	quarantined  int
	left         map[event.Kind]int
	rated        []feedback.Rated
	followUps    [2]int // open, overdue
	strays       []event.Origin
	broken       atomic.Bool
}

var errBroken = errors.New("disk I/O error")

func (l *log) Halls() []hall.ID {
	var out []hall.ID
	for id := range l.halls {
		out = append(out, id)
	}
	return out
}

func (l *log) View(id hall.ID, fn func(*hall.Hall)) {
	h := l.halls[id]
	if h == nil {
		h = hall.New(id)
	}
	fn(h)
}

func (l *log) AnswerCheck(_ context.Context, a wire.CheckAsk) (wire.CheckAnswer, error) {
	l.checkMu.Lock()
	defer l.checkMu.Unlock()
	l.checked = append(l.checked, a.Origin)
	return wire.CheckAnswer{}, nil
}

func (l *log) checkedOrigins() []event.Origin {
	l.checkMu.Lock()
	defer l.checkMu.Unlock()
	return slices.Clone(l.checked)
}

func (l *log) History(context.Context, hall.ID, int64, int) (wire.Feed, error) {
	return wire.Feed{Epoch: 1}, nil
}

func (l *log) Kept(context.Context) (int, error) {
	if l.broken.Load() {
		return 0, errBroken
	}
	return l.kept, nil
}

func (l *log) Quarantined(context.Context) (int, error) {
	if l.broken.Load() {
		return 0, errBroken
	}
	return l.quarantined, nil
}

func (l *log) Left(_ context.Context, kind event.Kind, _ int64) (int, error) {
	if l.broken.Load() {
		return 0, errBroken
	}
	return l.left[kind], nil
}

func (l *log) Rated(_ context.Context, id hall.ID, from hall.Date) (out []feedback.Rated, err error) {
	if l.broken.Load() {
		return nil, errBroken
	}
	for _, r := range l.rated {
		if r.Hall == id && r.Date >= from {
			out = append(out, r)
		}
	}
	return out, nil
}

func (l *log) FollowUps(_ context.Context, id hall.ID, _ hall.Date) (open, overdue int, err error) {
	if id != "jiangnan" {
		return 0, 0, nil
	}
	return l.followUps[0], l.followUps[1], nil
}

func (l *log) Strays(context.Context) ([]event.Origin, error) {
	if l.broken.Load() {
		return nil, errBroken
	}
	return l.strays, nil
}

func (l *log) Applications(_ context.Context, id hall.ID, sinceMS int64) ([]centre.Application, error) {
	if l.broken.Load() {
		return nil, errBroken
	}
	var out []centre.Application
	for _, a := range l.applications[id] {
		if a.TakenMS >= sinceMS {
			out = append(out, a)
		}
	}
	return out, nil
}

// note folds one fact of an origin into its hall.
func (l *log) note(t testing.TB, o event.Origin, kind event.Kind, atMS int64, fact any) {
	t.Helper()
	l.kept++
	id := hall.ID(o.Hall())
	h := l.halls[id]
	if h == nil {
		h = hall.New(id)
		l.halls[id] = h
	}
	e := event.Event{ID: event.ID{Origin: o, Epoch: 1, Seq: event.Seq(l.kept)}, At: event.Stamp{MS: atMS}, Kind: kind, Payload: hall.Payload(fact)}
	if _, err := h.Apply(e); err != nil {
		t.Fatal(err)
	}
}

func newLog() *log {
	return &log{halls: map[hall.ID]*hall.Hall{}, applications: map[hall.ID][]centre.Application{}}
}

// ticket issues ticket n of an area at a kiosk and gives its id.
func (l *log) ticket(t testing.TB, kiosk event.Origin, area hall.Letter, n int, atMS int64) hall.TicketID {
	t.Helper()
	id := hall.TicketID(fmt.Sprintf("%s-%s-%d-%d", kiosk, area, n, atMS))
	l.note(t, kiosk, hall.KindIssued, atMS, hall.Issued{Ticket: id, Hall: hall.ID(kiosk.Hall()), Date: day, Service: area,
		Number: hall.Number(fmt.Sprintf("%s%03d", area, n)), Class: hall.WalkIn, Language: "zh", IssuedMS: atMS})
	return id
}

// step moves a ticket at a window.
func (l *log) step(t testing.TB, o event.Origin, kind event.Kind, id hall.TicketID, w hall.WindowID, atMS int64) {
	t.Helper()
	l.note(t, o, kind, atMS, hall.Moved{Ticket: id, Window: w, Clerk: "c1", AtMS: atMS, Ended: []hall.Ending{{Outcome: hall.AdviceOnly}}})
}

// open opens a window for one area.
func (l *log) open(t testing.TB, o event.Origin, w hall.WindowID, area hall.Letter, atMS int64) {
	t.Helper()
	l.note(t, o, hall.KindWindowOpened, atMS, hall.WindowOpened{Hall: hall.ID(o.Hall()), Window: w, Clerk: "c1", Services: []hall.Letter{area}, AtMS: atMS})
}

// places is a small catalogue.
type places []centre.Place

func (p places) Places() []centre.Place { return p }

func (p places) Item(code hall.ItemCode) centre.Name {
	if code == "1" {
		return centre.Name{Zh: "社会保障卡申领", En: "Social security card"}
	}
	return centre.Name{}
}

var areas = []centre.Area{
	{Letter: "A", Name: centre.Name{Zh: "不动产交易登记", En: "Real-estate transfer and registration"}, Windows: 16},
	{Letter: "B", Name: centre.Name{Zh: "社保医保", En: "Social and medical insurance"}, Windows: 20},
	{Letter: "C", Name: centre.Name{Zh: "商事登记与市场许可", En: "Business registration and permits"}, Windows: 12},
	{Letter: "D", Name: centre.Name{Zh: "投资项目审批", En: "Investment and construction projects"}, Windows: 7},
	{Letter: "E", Name: centre.Name{Zh: "公安服务", En: "Police services"}, Windows: 16},
	{Letter: "F", Name: centre.Name{Zh: "人才人事", En: "Employment and talent"}, Windows: 6},
	{Letter: "G", Name: centre.Name{Zh: "社会民生事务", En: "Civil, health, education and disability affairs"}, Windows: 10},
	{Letter: "H", Name: centre.Name{Zh: "税务", En: "Tax"}, Windows: 9},
	{Letter: "J", Name: centre.Name{Zh: "住房公积金", En: "Housing provident fund"}, Windows: 4},
	{Letter: "K", Name: centre.Name{Zh: "司法公证", En: "Legal aid and notary"}, Windows: 2},
	{Letter: "L", Name: centre.Name{Zh: "城市管理", En: "Urban management"}, Windows: 2},
	{Letter: "M", Name: centre.Name{Zh: "信息公开与综合窗口", En: "Information disclosure and general desk"}, Windows: 1},
}

var district = places{
	{ID: "jiangnan", Name: centre.Name{Zh: "江南办事服务大厅", En: "Jiangnan service hall"}, Areas: areas},
	{ID: "jiangbei", Name: centre.Name{Zh: "江北办事服务大厅", En: "Jiangbei service hall"}, Areas: areas[:9]},
	{ID: "street-1", Name: centre.Name{Zh: "清渠街道便民服务中心", En: "Qingqu subdistrict centre"}, Areas: nil},
}

// bench is a running centre on a real broker, with its clocks in the test's hand.
type bench struct {
	*centre.Centre
	log     *log
	conn    *nats.Conn
	url     string
	now     atomic.Int64
	elapsed atomic.Int64
}

// pass lets time go by on both clocks.
func (b *bench) pass(d time.Duration) {
	b.now.Add(d.Milliseconds())
	b.elapsed.Add(int64(d))
}

func start(t testing.TB, l *log, p centre.Places) *bench { return startWith(t, l, p, nil) }

// startWith starts a centre that has a page for agencies.
func startWith(t testing.TB, l *log, p centre.Places, a centre.Agencies) *bench {
	t.Helper()
	phones, _ := a.(centre.Appointments)
	return startOptions(t, l, p, func(o *centre.Options) { o.Agencies, o.Appointments = a, phones })
}

// startOptions starts a centre with options of its own.
func startOptions(t testing.TB, l *log, p centre.Places, change func(*centre.Options)) *bench {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	server, err := broker.Start(broker.Options{Listen: "127.0.0.1:0", Name: "centre-test", Open: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	connect := func(name string) *nats.Conn {
		c, err := broker.Connect(server.URL(), name, quiet)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	b := &bench{log: l, conn: connect("hub")}
	b.now.Store(at("10:42"))
	own := connect("centre")
	o := centre.Options{Conn: own, Log: l, Places: p, Logger: quiet, Now: b.now.Load,
		Elapsed: func() time.Duration { return time.Duration(b.elapsed.Load()) }}
	change(&o)
	b.Centre, err = centre.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	// The subscription is at the server before the first beat is sent to it.
	if err := own.Flush(); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(b.Handler())
	t.Cleanup(web.Close)
	b.url = web.URL
	return b
}

// beat sends a beat as a hub does and gives the answer.
func (b *bench) beat(t testing.TB, beat wire.Beat) wire.BeatReply {
	t.Helper()
	body, err := json.Marshal(beat)
	if err != nil {
		t.Fatal(err)
	}
	inbox := wire.InboxPrefix(beat.Origin) + "." + nats.NewInbox()[len("_INBOX."):]
	answers, err := b.conn.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answers.Unsubscribe() }()
	if err := b.conn.PublishRequest(wire.AskSubject(wire.Centre, wire.VerbBeat, beat.Origin), inbox, body); err != nil {
		t.Fatal(err)
	}
	m, err := answers.NextMsg(5 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	var r wire.BeatReply
	if err := json.Unmarshal(m.Data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// fetch gets a page and its status.
func (b *bench) fetch(t testing.TB, path string) (int, http.Header, string) {
	t.Helper()
	r, err := http.Get(b.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(body)
}

// state reads /state.json.
func (b *bench) state(t testing.TB) centre.State {
	t.Helper()
	status, _, body := b.fetch(t, "/state.json")
	var s centre.State
	if err := json.Unmarshal([]byte(body), &s); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v: %s", status, err, body)
	}
	return s
}

// terminal gives the beat of a terminal, heard by its hub some time ago.
func terminal(o event.Origin, role string, ago time.Duration, more func(*wire.Beat)) wire.Heard {
	h := wire.Heard{Beat: wire.Beat{Origin: o, Role: role, Program: "0.1.0", Printer: "none"}, AtMS: time.Now().Add(-ago).UnixMilli()}
	if more != nil {
		more(&h.Beat)
	}
	return h
}

// morning fills a log with what a hall has done until 10:42, under a seed.
func (l *log) morning(t testing.TB, id hall.ID, areas []centre.Area, tickets int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	hub, kiosk := event.Origin(id+"/hub"), event.Origin(id+"/k1")
	for _, a := range areas {
		counter := func(n int) (event.Origin, hall.WindowID) {
			w := fmt.Sprintf("%s%02d", a.Letter, n)
			return event.Origin(fmt.Sprintf("%s/w-%c%02d", id, w[0]+32, n)), hall.WindowID(w)
		}
		open := max(1, a.Windows*3/4)
		if a.Letter == "L" {
			open = 0
		}
		for n := 1; n <= open; n++ {
			o, w := counter(n)
			l.open(t, o, w, a.Letter, at("08:30"))
		}
		count := tickets * a.Windows / 105
		for n := 1; n <= count; n++ {
			issued := at("08:15") + int64(n)*int64(147*time.Minute/time.Millisecond)/int64(count+1)
			ticket := l.ticket(t, kiosk, a.Letter, n, issued)
			if open == 0 || n > count-r.IntN(a.Windows+1)-a.Windows/3 {
				continue // still waits
			}
			o, w := counter(1 + n%open)
			begin := issued + int64(4+r.IntN(9))*60_000
			end := begin + int64(3+r.IntN(12))*60_000
			l.note(t, hub, hall.KindCalled, begin-40_000, hall.Called{Ticket: ticket, Window: w, Clerk: "c1", Request: string(ticket), Hall: id, Date: day, AtMS: begin - 40_000})
			switch {
			case r.IntN(20) == 0:
				l.step(t, o, hall.KindMissed, ticket, w, begin)
			case n > count-a.Windows-a.Windows/2:
				if n%4 > 0 {
					l.step(t, o, hall.KindStarted, ticket, w, begin)
				}
			default:
				l.step(t, o, hall.KindStarted, ticket, w, begin)
				l.step(t, o, hall.KindFinished, ticket, w, end)
			}
		}
	}
	for n := range tickets / 2 {
		l.applications[id] = append(l.applications[id], centre.Application{Number: fmt.Sprintf("%s20261124%05d", "JN", n+1), Hall: id, Item: "1",
			State: []string{"accepted", "accepted", "accepted", "accepted_later", "correction"}[r.IntN(5)], TakenMS: at("08:40") + int64(n)*6_000, Due: "2026-12-08"})
	}
}

// whole gives the beat of a hub with kiosks, boards and one counter for each window.
func whole(id hall.ID, areas []centre.Area, odd func(n int, b *wire.Beat) time.Duration) wire.Beat {
	b := wire.Beat{Origin: event.Origin(id + "/hub"), Role: centre.RoleHub, Program: "0.1.0"}
	add := func(device, role string) {
		ago := time.Duration(0)
		h := terminal(event.Origin(string(id)+"/"+device), role, 0, func(t *wire.Beat) {
			if odd != nil {
				ago = odd(len(b.Below), t)
			}
		})
		h.AtMS -= ago.Milliseconds()
		b.Below = append(b.Below, h)
	}
	for n := 1; n <= 4; n++ {
		add(fmt.Sprintf("k%d", n), "kiosk")
	}
	add("board-1", "board")
	for _, a := range areas {
		for n := 1; n <= a.Windows; n++ {
			add(fmt.Sprintf("w-%c%02d", a.Letter[0]+32, n), "counter")
		}
	}
	return b
}
