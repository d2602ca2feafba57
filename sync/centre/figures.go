package centre

import (
	"bytes"
	"context"
	_ "embed" // the page
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"onewindow/app/figures"
	"onewindow/app/hall"
)

// Figures counts days of halls, from the log.
type Figures interface {
	FiguresOf(ctx context.Context, id hall.ID, date hall.Date, nowMS int64) (figures.Day, error)
}

//go:embed figures.html
var figuresText string

var figuresTemplate = template.Must(template.New("figures").Parse(figuresText))

// weekDays is how many business days are shown, today included. Today's figures are counted again
// after todayKept, those of earlier days after pastKept, because a terminal that was away may still tell
// of them; a page serves everybody for figuresKept.
const (
	weekDays    = 7
	todayKept   = 30 * time.Second
	pastKept    = 15 * time.Minute
	figuresKept = 10 * time.Second
)

// HallWeek are the figures of the last days of a hall, the newest first; days without a ticket have none.
type HallWeek struct {
	ID   hall.ID       `json:"hall"`
	Name Name          `json:"name"`
	Days []figures.Day `json:"days"`
	// Pending counts days that could not be counted in time; they are when the page is asked for again.
	Pending int `json:"pending"`
	areas   []Area
}

// weekCache keeps what was counted, and the pages made of it.
type weekCache struct {
	mu    sync.Mutex
	days  map[hallDay]countedDay
	pages map[string]rendered
}

type hallDay struct {
	hall hall.ID
	date hall.Date
}

type countedDay struct {
	day figures.Day
	at  time.Duration
}

// week gives the last days of every hall. The caller holds the cache's mu.
func (c *Centre) week(ctx context.Context) []HallWeek {
	now := c.opt.Now()
	today := hall.DateOf(now)
	places, _ := c.places(c.heardSoFar())
	out := []HallWeek{}
	kept := map[hallDay]countedDay{}
	for _, p := range places {
		w := HallWeek{ID: p.ID, Name: p.Name, Days: []figures.Day{}, areas: p.Areas}
		for n := range int64(weekDays) {
			at := hallDay{p.ID, hall.DateOf(now - n*24*3_600_000)}
			known, ok := c.weeks.days[at]
			keep := pastKept
			if at.date == today {
				keep = todayKept
			}
			if !ok || c.opt.Elapsed()-known.at >= keep {
				day, err := c.opt.Figures.FiguresOf(ctx, p.ID, at.date, now)
				switch {
				case err == nil:
					known, ok = countedDay{day, c.opt.Elapsed()}, true
				case ctx.Err() == nil:
					c.opt.Logger.Error("count a day", "hall", p.ID, "date", at.date, "error", err)
				}
			}
			if !ok {
				w.Pending++
				continue
			}
			if kept[at] = known; known.day.Whole.Issued > 0 {
				w.Days = append(w.Days, known.day)
			}
		}
		out = append(out, w)
	}
	c.weeks.days = kept
	return out
}

// figures serves "/figures", ?lang=en, and "/figures.json".
func (c *Centre) figures(w http.ResponseWriter, r *http.Request) {
	kind, kindOf := zh, "text/html; charset=utf-8"
	switch {
	case strings.HasSuffix(r.URL.Path, ".json"):
		kind, kindOf = "json", "application/json; charset=utf-8"
	case r.URL.Query().Get("lang") == en:
		kind = en
	}
	body, err := c.renderFigures(r.Context(), kind)
	if err != nil {
		c.opt.Logger.Error("page of figures", "error", err)
		http.Error(w, "The page could not be made; the centre's log says why. 页面无法生成，请查看中心日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kindOf)
	if kind != "json" {
		w.Header().Set("Content-Language", kind)
	}
	c.write(w, body)
}

func (c *Centre) renderFigures(ctx context.Context, kind string) ([]byte, error) {
	c.weeks.mu.Lock()
	defer c.weeks.mu.Unlock()
	if k, ok := c.weeks.pages[kind]; ok && c.opt.Elapsed()-k.at < figuresKept {
		return k.body, nil
	}
	// Whoever asked may leave; the page serves others too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readFor)
	defer cancel()
	week := c.week(ctx)
	var b bytes.Buffer
	if kind == "json" {
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		if err := out.Encode(week); err != nil {
			return nil, fmt.Errorf("encode figures: %w", err)
		}
	} else if err := figuresTemplate.Execute(&b, figuresPage{page{State: State{NowMS: c.opt.Now()}, Lang: kind}, week}); err != nil {
		return nil, fmt.Errorf("render figures: %w", err)
	}
	if c.weeks.pages == nil {
		c.weeks.pages = map[string]rendered{}
	}
	c.weeks.pages[kind] = rendered{b.Bytes(), c.opt.Elapsed()}
	return b.Bytes(), nil
}

// figuresPage is what the template sees.
type figuresPage struct {
	page
	Week []HallWeek
}

// Area names a queue of a hall; nothing where the catalogue has no name.
func (p figuresPage) Area(w HallWeek, letter string) string {
	for _, a := range w.areas {
		if string(a.Letter) == letter {
			return a.Name.in(p.Lang)
		}
	}
	return ""
}

// Seconds writes a share of two times.
func (p figuresPage) Seconds(part, all int64) string {
	return p.Thousandths(int(part/1000), int(all/1000))
}

// Target is the wait in minutes that "in time" is counted by.
func (p figuresPage) Target() int { return figures.TargetMS / 60_000 }

// Minutes writes a time; one that nothing was seen of has none.
func (p figuresPage) Minutes(ms int64, n int) string {
	if n == 0 {
		return words["none"].in(p.Lang)
	}
	return fmt.Sprintf("%.1f", float64(ms)/60_000)
}

// Thousandths writes a share of what was counted.
func (p figuresPage) Thousandths(n, all int) string {
	s, known := figures.Share(n, all)
	if !known {
		return words["none"].in(p.Lang)
	}
	return share(s)
}

// Whole writes minutes without a fraction.
func (p figuresPage) Whole(ms int64) int { return int((ms + 30_000) / 60_000) }

// hourBar is an hour of a plot; X, Y and Height are in its own units.
type hourBar struct{ X, Y, Height int }

// hourPlot is how long nine of ten waited in each hour of a day. Words tell the same to who sees none.
type hourPlot struct {
	Width int
	Bars  []hourBar
	Words string
}

// plotHeight is the height of a plot, plotStep what each hour takes of its width.
const (
	plotHeight = 28
	plotStep   = 9
)

// Plot draws the hours of a day against the longest of the hall's shown days, so that days can be compared.
func (p figuresPage) Plot(w HallWeek, d figures.Day) hourPlot {
	longest := int64(60_000)
	for _, o := range w.Days {
		for _, h := range o.Hours {
			longest = max(longest, h.Wait.P90)
		}
	}
	out := hourPlot{}
	var said []string
	for _, h := range d.Hours {
		if h.Wait.N == 0 {
			continue
		}
		height := max(1, int(h.Wait.P90*plotHeight/longest))
		out.Bars = append(out.Bars, hourBar{out.Width, plotHeight - height, height})
		out.Width += plotStep
		said = append(said, fmt.Sprintf("%s:00 %s", h.Key, p.Minutes(h.Wait.P90, 1)))
	}
	out.Words = words["figures_plot"].in(p.Lang) + " " + strings.Join(said, words["comma"].in(p.Lang))
	return out
}
