package centre

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the page, its style sheet, script and icon
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onewindow/app/hall"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText []byte

//go:embed page.js
var scriptText []byte

//go:embed icon.svg
var iconText []byte

// The template is bound to a page when it is shown; a word that does not exist
// ends the rendering with an error, which a test of the whole page would see.
var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageKept is how long a rendered page serves everybody who asks, so that ten
// officers cost no more than one.
const pageKept = time.Second

// readFor bounds one look at the log.
const readFor = 5 * time.Second

type pageCache struct {
	mu   sync.Mutex
	kept map[string]rendered
}

type rendered struct {
	body []byte
	at   time.Duration
}

// Handler serves "/" (the page; ?lang=en in English), "/state.json" (State,
// always fresh), "/cases" (the agencies' applications, for officers), "/appointments" (those made on the telephone, for officers), "/disclosure" (the yearly table of requests for information), "/figures" and
// "/figures.json" (what the last days of each hall were), "/healthz", and the page's style sheet, script and icon. It needs no
// path of its own on a larger server: all links are relative.
func (c *Centre) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.page)
	mux.HandleFunc("GET /state.json", c.state)
	if c.opt.Disclosures != nil && c.opt.Calendar != nil {
		mux.HandleFunc("GET /disclosure", c.disclosures)
	}
	if c.opt.Figures != nil {
		mux.HandleFunc("GET /figures", c.figures)
		mux.HandleFunc("GET /figures.json", c.figures)
	}
	mux.HandleFunc("GET /healthz", c.healthz)
	mux.HandleFunc("GET /page.css", asset("text/css; charset=utf-8", styleText))
	mux.HandleFunc("GET /icon.svg", asset("image/svg+xml", iconText))
	c.agencies(mux)
	mux.HandleFunc("GET /page.js", asset("text/javascript; charset=utf-8", scriptText))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

// asset serves a file that changes only with the program.
func asset(kind string, body []byte) http.HandlerFunc {
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}

func (c *Centre) page(w http.ResponseWriter, r *http.Request) {
	lang := zh
	if r.URL.Query().Get("lang") == en {
		lang = en
	}
	body, err := c.render(r.Context(), lang)
	if err != nil {
		c.opt.Logger.Error("page", "error", err)
		http.Error(w, "The page could not be made; the centre's log says why. 页面无法生成，请查看中心日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	c.write(w, body)
}

// render makes the page, or gives the one made within the last second.
func (c *Centre) render(ctx context.Context, lang string) ([]byte, error) {
	c.pages.mu.Lock()
	defer c.pages.mu.Unlock()
	if k, ok := c.pages.kept[lang]; ok && c.opt.Elapsed()-k.at < pageKept {
		return k.body, nil
	}
	// Whoever asked may leave; the page serves others too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readFor)
	defer cancel()
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, page{State: c.Survey(ctx), Lang: lang, Disclosures: c.opt.Disclosures != nil, Figures: c.opt.Figures != nil, Appointments: c.opt.Agencies != nil && c.opt.Appointments != nil, places: c.opt.Places, silentAfter: c.opt.SilentAfter}); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	if c.pages.kept == nil {
		c.pages.kept = map[string]rendered{}
	}
	c.pages.kept[lang] = rendered{body: b.Bytes(), at: c.opt.Elapsed()}
	return b.Bytes(), nil
}

func (c *Centre) state(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readFor)
	defer cancel()
	body, err := json.MarshalIndent(c.Survey(ctx), "", " ")
	if err != nil {
		c.opt.Logger.Error("state", "error", err)
		http.Error(w, "the state could not be encoded; the centre's log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.write(w, append(body, '\n'))
}

// healthz answers 200 "ok" while the broker is connected and the log can be read.
func (c *Centre) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readFor)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	said := "ok"
	if !c.opt.Conn.IsConnected() {
		said = "the broker is not connected: the centre hears no hall; look at the centre's log"
	} else if _, err := c.opt.Log.Kept(ctx); err != nil {
		c.opt.Logger.Error("health", "error", err)
		said = "the database can't be read; look at the centre's log"
	}
	if said != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	c.write(w, []byte(said+"\n"))
}

func (c *Centre) write(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		c.opt.Logger.Debug("an answer was not taken", "error", err)
	}
}

// page is what the template sees: the state and the language to tell it in.
type page struct {
	State
	Lang string
	// Disclosures, Figures and Appointments tell that there are pages of them.
	Disclosures, Figures, Appointments bool

	places      Places
	silentAfter time.Duration
}

// Word gives a word of the page.
func (p page) Word(key string) (string, error) {
	w, ok := words[key]
	if !ok {
		return "", fmt.Errorf("there is no word %q", key)
	}
	return w.in(p.Lang), nil
}

// Maybe gives the word of a prefix and a value that others choose, or the value itself.
func (p page) Maybe(prefix, value string) string {
	if w, ok := words[prefix+value]; ok {
		return w.in(p.Lang)
	}
	return value
}

// Say fills a sentence with a number and a text.
func (p page) Say(key string, n int, names string) (string, error) {
	s, err := p.Word(key)
	return fill(s, n, "{names}", names), err
}

// SayTime fills a sentence with a moment and how long it is ago.
func (p page) SayTime(key string, ms int64) (string, error) {
	s, err := p.Word(key)
	return fill(s, 0, "{since}", p.Clock(ms), "{for}", p.Ago(ms)), err
}

// Why tells a reason in a sentence.
func (p page) Why(r Reason) (string, error) {
	s, err := p.Word("why_" + r.Key)
	if err != nil {
		return "", err
	}
	return fill(s, r.Count, "{hall}", p.hallName(r.Hall), "{names}", p.some(r.Names),
		"{since}", p.Clock(r.SinceMS), "{for}", p.Ago(r.SinceMS)), nil
}

// some lists at most six names.
func (p page) some(names []string) string {
	const most = 6
	sep := words["comma"].in(p.Lang)
	if len(names) <= most {
		return strings.Join(names, sep)
	}
	return strings.Join(names[:most], sep) + " " + words["more"].in(p.Lang)
}

func (p page) hallName(id hall.ID) string {
	for _, h := range p.Halls {
		if h.ID == id {
			return h.Name.in(p.Lang)
		}
	}
	return string(id)
}

// In gives a name in the page's language.
func (p page) In(n Name) string { return n.in(p.Lang) }

// Item names an item; its code where the catalogue has no name.
func (p page) Item(a Application) string {
	if s := p.places.Item(a.Item).in(p.Lang); s != "" {
		return s
	}
	return string(a.Item)
}

// Clock gives a moment, Ago how long it is ago, Exact the moment with seconds.
func (p page) Clock(ms int64) string { return clock(ms, p.NowMS) }

// Ago tells how long a moment is ago.
func (p page) Ago(ms int64) string { return span(p.NowMS-ms, p.Lang) }

// Exact gives the moment of the page with seconds, ISO the same for machines.
func (p page) Exact() string { return time.UnixMilli(p.NowMS).In(zone).Format("15:04:05") }

// ISO gives the moment of the page as machines read it.
func (p page) ISO() string { return time.UnixMilli(p.NowMS).In(zone).Format(time.RFC3339) }

// Count writes a count; one that could not be read is said to be so.
func (p page) Count(n int) string {
	if n < 0 {
		return words["unreadable"].in(p.Lang)
	}
	return count(n)
}

// Bar gives the width of a queue's bar, 0 to 100, against the longest queue of its hall.
func (p page) Bar(q Queue, h HallState) int {
	longest := 10
	for _, o := range h.Queues {
		longest = max(longest, o.Waiting)
	}
	return q.Waiting * 100 / longest
}

// Other is the language that the link leads to.
func (p page) Other() string {
	if p.Lang == en {
		return zh
	}
	return en
}

// Tag is the language for the lang attribute.
func (p page) Tag() string {
	if p.Lang == en {
		return "en"
	}
	return "zh-Hans"
}

// Needing gives the terminals that somebody should look at.
func (p page) Needing(h HallState) []Terminal {
	at := slices.IndexFunc(h.Terminals, func(t Terminal) bool { return len(t.Needs) == 0 })
	if at < 0 {
		return h.Terminals
	}
	return h.Terminals[:at]
}

// needsShown bounds the terminals that are listed before all of them.
const needsShown = 8

// First gives the terminals that are listed, Beyond how many are left out.
func (p page) First(list []Terminal) []Terminal { return list[:min(len(list), needsShown)] }

// Beyond counts the terminals that First leaves out.
func (p page) Beyond(list []Terminal) int { return max(0, len(list)-needsShown) }

// NeedText tells why somebody should look at a terminal.
func (p page) NeedText(t Terminal) (string, error) {
	var out []string
	for _, need := range t.Needs {
		key := "need_" + need
		switch {
		case need == "printer":
			out = append(out, p.Maybe("printer_", t.Printer))
			continue
		case need == "silent" && t.HereOnly > 0:
			key = "need_silent_owes"
		}
		s, err := p.Word(key)
		if err != nil {
			return "", err
		}
		out = append(out, fill(s, t.HereOnly, "{since}", p.Clock(t.HeardMS), "{for}", p.Ago(t.OldestMS)))
	}
	return strings.Join(out, words["sep"].in(p.Lang)), nil
}

// Presence names a terminal's state; before the hall's first beat nothing is wrong yet.
func (p page) Presence(h HallState, t Terminal) (string, error) {
	if t.Presence == TerminalUnknown && h.Link == Awaited {
		return p.Word("presence_awaited")
	}
	return p.Word("presence_" + string(t.Presence))
}

// Tone gives the look of a terminal's state: a level, or "unknown".
func (p page) Tone(t Terminal) string {
	switch {
	case slices.Contains(t.Needs, "silent"):
		return string(Attention)
	case t.Presence == TerminalHeard:
		return string(Well)
	}
	return "unknown"
}

// LinkTone gives the look of a hall's state.
func (p page) LinkTone(h HallState) string {
	switch h.Link {
	case Silent:
		return string(Alarm)
	case Awaited:
		return "unknown"
	}
	return string(Well)
}

// StateCount is how many applications stand in a state.
type StateCount struct {
	State string
	N     int
}

// ByState lists the states of a hall's applications, the most frequent first.
func (p page) ByState(a Applications) []StateCount {
	out := make([]StateCount, 0, len(a.ByState))
	for s, n := range a.ByState {
		out = append(out, StateCount{s, n})
	}
	slices.SortFunc(out, func(x, y StateCount) int {
		if x.N != y.N {
			return y.N - x.N
		}
		return strings.Compare(x.State, y.State)
	})
	return out
}

// Absent names the halls that have not joined.
func (p page) Absent() string {
	var out []string
	for _, l := range p.NotConnected {
		out = append(out, l.Name.in(p.Lang))
	}
	return p.some(out)
}

// Footer tells since when this centre runs and what silent means.
func (p page) Footer() (string, error) {
	s, err := p.Word("footer")
	return fill(s, 0, "{since}", p.Clock(p.StartedMS), "{for}", span(p.silentAfter.Milliseconds(), p.Lang)), err
}

// Range writes a forecast.
func (p page) Range(q Queue) string {
	return strconv.Itoa(q.LowMinutes) + "–" + strconv.Itoa(q.HighMinutes)
}
