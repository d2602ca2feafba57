package centre

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed" // the page of the agencies
	"errors"
	"html/template"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onewindow/app/event"
	"onewindow/app/hall"
)

//go:embed agency.html
var agencyText string

//go:embed appointments.html
var appointmentsText string

var (
	agencyTemplate       = template.Must(template.New("agency").Parse(agencyText))
	appointmentsTemplate = template.Must(template.Must(agencyTemplate.Clone()).New("appointments").Parse(appointmentsText))
)

// Agencies is what the page of the agencies needs: who may do what is decided there.
type Agencies interface {
	// SignIn gives the officer of a name and PIN; false where there is none.
	// SignIn gives the officer of a name, without an ID where nobody has it, and tells whether the PIN is theirs.
	SignIn(id, pin string) (Officer, bool)
	// Pending lists what an officer's agency has to do, what is due first comes first.
	Pending(ctx context.Context, o Officer) ([]Pending, error)
	// Find gives one application of the officer's agency. Refusal: CaseUnknown.
	Find(ctx context.Context, o Officer, number string) (Pending, error)
	// Note notes what an officer decided; the same Deed.Request changes nothing twice. Refusals:
	// those of intake.Deed, CaseUnknown, CaseErased, CaseElsewhere while its key has not come.
	Note(ctx context.Context, o Officer, d Deed) error
}

// Officer is somebody of an agency who may note what it decides, or who makes appointments for
// people on the telephone, or both.
type Officer struct {
	ID, Name, Agency string
	Appointments     bool
}

// Pending is an application of an agency: nothing that is said of the person. State, What and
// Steps are the words of the intake rules; Due is a date, or empty where nobody knows it,
// Left the working days left; Suspended tells that the time stands still.
type Pending struct {
	Number  string
	Hall    hall.ID
	Item    Name
	State   string
	What    string
	Due     string
	Known   bool
	Left    int
	TakenMS int64
	Absent  []string
	// Materials are those that were handed in, for the step that asks for a correction.
	Materials []Material
	// Unproved are the materials that shared data has not proved: nothing is granted before.
	Unproved []Unproved
	// Doubted tells that what was noted contradicts itself, so that a person has to look.
	Doubted bool
	// May lists what can be noted now, History what was.
	May     []string
	History []Past
	// Amended tells that something of it was put right, Amending that this waits for a second person.
	Amended, Amending bool
	// FeeOpen is what has to be paid yet, in yuan, and FeeUntil until when; empty for nothing.
	FeeOpen, FeeUntil string
}

// Material is one of an application, by its number in the guide.
type Material struct {
	No   int
	Name string
}

// Unproved is a material of which Said is what shared data has said so far: "pending" for
// nothing, "not_found" or "mismatch".
type Unproved struct{ Name, Said string }

// Past is a step that was noted, or an amendment that counts: Field is what was put right, Material and
// Received which material and how, Until the promised day. Amount is of a fee, in yuan, Receipt of its payment.
type Past struct {
	Kind, Outcome, Procedure, Agency, Day, By string
	Field, Material, Received, Until          string
	Amount, Receipt                           string
	// Void tells that it was noted where it may not be, and counts for nothing.
	Void bool
}

// Deed is what an officer wants to note of an application. Step is one of Pending.May.
type Deed struct {
	Number, Step, Request     string
	Reason, Agency, Procedure string
	// Receipt is the number of the receipt of what was paid.
	Receipt string
	Joint   bool
	// Lacks are the numbers of the materials that have to be brought.
	Lacks []int
}

// Bounds of signing in: a session ends when it was not used for a while, and who types
// wrong PINs waits.
const (
	sessionLasts = 30 * time.Minute
	wrongMost    = 5
	wrongPause   = time.Minute
	sessionsMost = 1000
	formMost     = 64 << 10
	// PendingMost is how many applications a list shows.
	PendingMost = 200
	cookieName  = "onewindow_officer"
)

// desk is the agencies' part of the page: it keeps who is signed in, in memory alone.
type desk struct {
	c *Centre

	trying   sync.Mutex // held while a PIN is checked
	mu       sync.Mutex
	sessions map[string]*session
	wrong    map[string]*mistakes
}

type session struct {
	officer Officer
	used    time.Duration
}

type mistakes struct {
	n     int
	until time.Duration
}

// agencies serves "/cases" and "/appointments", where there is somebody to ask.
func (c *Centre) agencies(mux *http.ServeMux) {
	if c.opt.Agencies == nil {
		return
	}
	d := &desk{c: c, sessions: map[string]*session{}, wrong: map[string]*mistakes{}}
	// A form of another site, which the browser would send with this one's cookie, is refused.
	same := http.NewCrossOriginProtection()
	serves := map[string]http.HandlerFunc{
		"GET /cases": d.list, "POST /cases/sign-in": d.signIn("cases"), "POST /cases/sign-out": d.signOut("cases"),
		"GET /cases/{number}": d.show, "POST /cases/{number}": d.note,
	}
	if c.opt.Appointments != nil {
		maps.Copy(serves, map[string]http.HandlerFunc{
			"GET /appointments": d.times, "POST /appointments/sign-in": d.signIn("appointments"), "POST /appointments/sign-out": d.signOut("appointments"),
			"POST /appointments/book": d.book, "POST /appointments/find": d.find, "POST /appointments/cancel": d.cancel,
		})
	}
	for pattern, serve := range serves {
		mux.Handle(pattern, same.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
			r.Body = http.MaxBytesReader(w, r.Body, formMost)
			if err := r.ParseForm(); err != nil {
				http.Error(w, "The form could not be read; go back and send it again. 表单无法读取，请返回重试。", http.StatusBadRequest)
				return
			}
			serve(w, r)
		})))
	}
}

// agencyPage is what the template sees.
type agencyPage struct {
	page
	// Up leads to the folder of the page: empty, or "../" below /cases. Base is "cases" or
	// "appointments".
	Up, Base string
	Officer  Officer
	List     []Pending
	One      *Pending
	Sent     Deed
	Fault    string
	Both     []string // the names of two applications of one number
	Noted    string
	Request  string
	// Private tells that this line may carry a PIN.
	Private bool
}

// Query keeps the language in links.
func (p agencyPage) Query() string {
	if p.Lang == en {
		return "?lang=en"
	}
	return ""
}

// HallOf names a hall.
func (p agencyPage) HallOf(id hall.ID) string { return p.hallName(id) }

// goesWith lists the steps that a field goes with.
var goesWith = map[string][]string{"reason": {"refuse", "not_ours", "extend", "deny", "return"}, "agency": {"not_ours", "pass_on"}, "procedure": {"suspend"}, "joint": {"extend"}, "lacks": {"correct"}, "receipt": {"pay"}}

// Needs tells whether one of the steps that may be noted takes a field.
func (p agencyPage) Needs(field string) bool {
	return slices.ContainsFunc(p.One.May, func(step string) bool { return slices.Contains(goesWith[field], step) })
}

// Lacks tells whether a material was ticked in the form that was sent.
func (p agencyPage) Lacks(no int) bool { return slices.Contains(p.Sent.Lacks, no) }

// Full tells that the list may go on.
func (p agencyPage) Full() bool { return len(p.List) >= PendingMost }

// When writes a moment as a day.
func (p agencyPage) When(ms int64) string { return time.UnixMilli(ms).In(zone).Format(time.DateOnly) }

// LeftText tells how much time is left, ToneOf its look.
func (p agencyPage) LeftText(a Pending) (string, error) {
	switch {
	case a.What == "":
		return "", nil
	case a.State == "suspended":
		return p.Word("left_suspended")
	case !a.Known:
		return p.Word("left_unknown")
	case a.Left < 0:
		return p.Say("left_over", -a.Left, "")
	case a.Left == 0:
		return p.Word("left_today")
	}
	return p.Say("left_days", a.Left, "")
}

// ToneOf gives the look of a deadline: over or on its last day, near, or far.
func (p agencyPage) ToneOf(a Pending) string {
	switch {
	case !a.Known || a.What == "":
		return "unknown"
	case a.Left <= 0:
		return string(Alarm)
	case a.Left <= 3:
		return string(Attention)
	}
	return string(Well)
}

// Procedures are the special ones, in the words of the intake rules.
func (p agencyPage) Procedures() []string {
	return []string{"hearing", "expert_review", "inspection", "test", "quarantine", "appraisal", "bidding", "auction"}
}

func (d *desk) newPage(r *http.Request, up string) agencyPage {
	lang := zh
	if r.URL.Query().Get("lang") == en {
		lang = en
	}
	p := agencyPage{page: page{State: State{NowMS: d.c.opt.Now()}, Lang: lang, places: d.c.opt.Places}, Up: up, Base: "cases", Private: private(r), Request: rand.Text()}
	for _, h := range d.c.opt.Places.Places() {
		p.Halls = append(p.Halls, HallState{ID: h.ID, Name: h.Name})
	}
	return p
}

// private tells that nobody on the way can read what is sent: the browser is on this
// machine, as is the proxy that the page stands behind, or the line is encrypted.
func private(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return r.TLS != nil || err == nil && ip != nil && ip.IsLoopback()
}

func (d *desk) render(w http.ResponseWriter, status int, p agencyPage) {
	d.fill(w, status, p.Lang, agencyTemplate, p)
}

// fill writes a page of officers.
func (d *desk) fill(w http.ResponseWriter, status int, lang string, of *template.Template, p any) {
	var b bytes.Buffer
	if err := of.Execute(&b, p); err != nil {
		d.c.opt.Logger.Error("page of the agencies", "error", err)
		http.Error(w, "The page could not be made; the centre's log says why. 页面无法生成，请查看中心日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	w.WriteHeader(status)
	d.c.write(w, b.Bytes())
}

// move sends the browser on. The place is relative, so that the page needs no path of its own.
func move(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// officer gives who is signed in.
func (d *desk) officer(r *http.Request) (o Officer, ok bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil || !private(r) {
		return o, false
	}
	now := d.c.opt.Elapsed()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[cookie.Value]
	if s == nil || now-s.used > sessionLasts {
		delete(d.sessions, cookie.Value)
		return o, false
	}
	s.used = now
	return s.officer, true
}

// signIn is the form of a page whose name is base.
func (d *desk) signIn(base string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := d.newPage(r, "../")
		p.Base = base
		id := strings.TrimSpace(r.PostFormValue("id"))
		// One PIN at a time: whoever sends many at once tries no more of them before the pause, and a check takes memory.
		d.trying.Lock()
		defer d.trying.Unlock()
		now := d.c.opt.Elapsed()
		switch {
		case !p.Private:
			p.Fault = "fault_line"
		case d.locked(id, now):
			p.Fault = "fault_locked"
		default:
			o, ok := d.c.opt.Agencies.SignIn(id, r.PostFormValue("pin"))
			if ok {
				d.begin(w, r, o, now)
				move(w, "../"+base+p.Query())
				return
			}
			if o.ID != "" { // a name that nobody has can be tried as often as somebody likes
				d.mistaken(o.ID, now)
			}
			p.Fault = "fault_pin"
		}
		d.render(w, http.StatusForbidden, p)
	}
}

// locked tells that somebody has to wait after wrong PINs.
func (d *desk) locked(id string, now time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.wrong[id]
	return m != nil && now < m.until
}

func (d *desk) mistaken(id string, now time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.wrong[id]
	if m == nil {
		m = &mistakes{}
		d.wrong[id] = m
	}
	if m.n++; m.n >= wrongMost {
		m.n, m.until = 0, now+wrongPause
		d.c.opt.Logger.Warn("wrong PINs on the page of the agencies", "officer", id)
	}
}

func (d *desk) begin(w http.ResponseWriter, r *http.Request, o Officer, now time.Duration) {
	token := rand.Text()
	d.mu.Lock()
	for t, s := range d.sessions {
		if now-s.used > sessionLasts || len(d.sessions) >= sessionsMost {
			delete(d.sessions, t)
		}
	}
	delete(d.wrong, o.ID)
	d.sessions[token] = &session{officer: o, used: now}
	d.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
}

func (d *desk) signOut(base string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if cookie, err := r.Cookie(cookieName); err == nil {
			d.mu.Lock()
			delete(d.sessions, cookie.Value)
			d.mu.Unlock()
		}
		move(w, "../"+base+d.newPage(r, "../").Query())
	}
}

func (d *desk) list(w http.ResponseWriter, r *http.Request) {
	p := d.newPage(r, "")
	o, ok := d.officer(r)
	if !ok {
		d.render(w, http.StatusOK, p)
		return
	}
	p.Officer, p.Noted = o, r.URL.Query().Get("noted")
	ctx, cancel := context.WithTimeout(r.Context(), readFor)
	defer cancel()
	var err error
	if p.List, err = d.c.opt.Agencies.Pending(ctx, o); err != nil {
		p.Fault = d.fault(err)
	}
	d.render(w, http.StatusOK, p)
}

func (d *desk) show(w http.ResponseWriter, r *http.Request) {
	p := d.newPage(r, "../")
	o, ok := d.officer(r)
	if !ok {
		move(w, "../cases"+p.Query())
		return
	}
	d.one(w, r, p, o, r.PathValue("number"))
}

// one shows an application with what can be noted of it.
func (d *desk) one(w http.ResponseWriter, r *http.Request, p agencyPage, o Officer, number string) {
	ctx, cancel := context.WithTimeout(r.Context(), readFor)
	defer cancel()
	p.Officer = o
	status := http.StatusOK
	if p.Fault != "" {
		status = http.StatusConflict
	}
	one, err := d.c.opt.Agencies.Find(ctx, o, number)
	if err != nil {
		p.Fault, status = d.fault(err), http.StatusNotFound
		if no := (*event.Refusal)(nil); errors.As(err, &no) && no.Code == event.CaseTwice.Code {
			p.Both = strings.Split(no.Args["both"], ", ")
		}
	} else {
		p.One = &one
	}
	d.render(w, status, p)
}

func (d *desk) note(w http.ResponseWriter, r *http.Request) {
	p := d.newPage(r, "../")
	o, ok := d.officer(r)
	if !ok {
		p.Fault = "fault_again"
		d.render(w, http.StatusForbidden, p)
		return
	}
	f := r.PostForm
	deed := Deed{Number: r.PathValue("number"), Step: f.Get("step"), Request: f.Get("request"), Reason: f.Get("reason"), Agency: f.Get("agency"), Procedure: f.Get("procedure"), Receipt: f.Get("receipt"), Joint: f.Get("joint") != ""}
	for _, no := range f["lack"] {
		n, err := strconv.Atoi(no)
		if err != nil {
			http.Error(w, "The form could not be read; go back and send it again. 表单无法读取，请返回重试。", http.StatusBadRequest)
			return
		}
		deed.Lacks = append(deed.Lacks, n)
	}
	if err := d.c.opt.Agencies.Note(r.Context(), o, deed); err != nil {
		p.Fault, p.Sent = d.fault(err), deed
		d.one(w, r, p, o, deed.Number)
		return
	}
	q := url.Values{"noted": {deed.Number}}
	if p.Lang == en {
		q.Set("lang", en)
	}
	move(w, "../cases?"+q.Encode())
}

// fault names the sentence for what went wrong; what is nobody's refusal is in the log.
func (d *desk) fault(err error) string {
	var no *event.Refusal
	if !errors.As(err, &no) {
		d.c.opt.Logger.Error("serve an officer of an agency", "error", err)
		return "fault_internal"
	}
	key := "fault_" + no.Key
	if field := no.Args["field"]; field != "" {
		key += "_" + field
	}
	if _, known := words[key]; !known {
		d.c.opt.Logger.Warn("a refusal without a sentence", "refusal", no)
		return "fault_internal"
	}
	return key
}
