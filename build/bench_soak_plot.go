//go:build bench

package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"slices"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Sizes of the plot in pixels.
const (
	plotWidth  = 1800
	plotLeft   = 110
	plotRight  = 40
	plotTop    = 150
	plotBottom = 70
	laneHeight = 200
	laneGap    = 46
	lineWidth  = 1.8
)

var (
	dark  = color.RGBA{0x22, 0x22, 0x22, 0xff}
	faint = color.RGBA{0x66, 0x66, 0x66, 0xff}
	rule  = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
	goal  = color.RGBA{0xb0, 0x00, 0x20, 0xff}
	// shades of the faults, in the order of their kinds.
	shades = [faultKinds]color.RGBA{{0xfd, 0xe2, 0xb8, 0xff}, {0xfb, 0xf3, 0xc0, 0xff}, {0xf8, 0xd0, 0xcf, 0xff}, {0xdd, 0xd6, 0xf3, 0xff}, {0xd5, 0xea, 0xd8, 0xff}}
)

// curve is one line of every lane: the most that any of some places holds.
type curve struct {
	name   string
	colour color.RGBA
	of     []string
}

// lane is one thing that was measured, over all days.
type lane struct {
	title, unit string
	what        func(holding) float64
	goal        float64 // 0 where none is drawn
	goalName    string
}

var soakLanes = []lane{
	{"Resident memory", "MB", func(h holding) float64 { return h.memoryMB }, 300, "goal of a hub: below 300 MB"},
	{"Goroutines", "", func(h holding) float64 { return h.goroutines }, 0, ""},
	{"Open descriptors", "", func(h holding) float64 { return h.descriptors }, 0, ""},
	{"Write-ahead log", "MB", func(h holding) float64 { return h.walMB }, 0, ""},
	{"Database (it keeps every event, and so grows)", "MB", func(h holding) float64 { return h.databaseMB }, 0, ""},
	{"Start of the process until it answers", "ms", func(h holding) float64 { return h.startMS }, 0, ""},
}

func (s *soak) curves() []curve {
	out := []curve{
		{"centre", color.RGBA{0xd5, 0x5e, 0x00, 0xff}, []string{s.centre.name}},
		{"hub " + string(s.halls[0].id), color.RGBA{0x00, 0x72, 0xb2, 0xff}, []string{s.halls[0].hub.name}},
		{"hub " + string(s.halls[1].id), color.RGBA{0x56, 0xb4, 0xe9, 0xff}, []string{s.halls[1].hub.name}},
		{"kiosks (the largest of 4)", color.RGBA{0x00, 0x8a, 0x5e, 0xff}, nil},
		{"counters (the largest of 4)", color.RGBA{0xb0, 0x5a, 0x98, 0xff}, nil},
		{"the bench's driver", color.RGBA{0x99, 0x99, 0x99, 0xff}, []string{driverName}},
	}
	for _, h := range s.halls {
		for _, w := range h.kiosks {
			out[3].of = append(out[3].of, w.name)
		}
		for _, w := range h.counters {
			out[4].of = append(out[4].of, w.name)
		}
	}
	return out
}

// draw leaves the plot as a PNG.
func (s *soak) draw(path string) error {
	height := plotTop + len(soakLanes)*(laneHeight+laneGap) + plotBottom
	p := &plot{image: image.NewRGBA(image.Rect(0, 0, plotWidth, height)), days: float64(s.days)}
	if err := p.open(); err != nil {
		return fmt.Errorf("draw the plot: %w", err)
	}
	draw.Draw(p.image, p.image.Bounds(), image.NewUniform(white), image.Point{}, draw.Src)
	title := fmt.Sprintf("%d working days of two halls, compressed, with a fault for a quarter of the time", s.days)
	p.text(p.title, plotLeft, 42, dark, title)
	under := fmt.Sprintf("%d events at the centre; one hub and its kiosks and counters in each hall; every place a process of its own; dips are restarts", s.centreEvents)
	p.text(p.small, plotLeft, 68, faint, under)
	curves := s.curves()
	x := plotLeft
	for _, c := range curves {
		p.fill(image.Rect(x, 92, x+26, 96), c.colour)
		x = p.text(p.plain, x+34, 100, dark, c.name) + 28
	}
	x = plotLeft
	for k := range faultKinds {
		p.fill(image.Rect(x, 112, x+26, 128), shades[k])
		x = p.text(p.plain, x+34, 126, dark, k.String()) + 28
	}
	top := plotTop
	for _, l := range soakLanes {
		s.lane(p, l, curves, top+laneGap-12)
		top += laneHeight + laneGap
	}
	step := 1
	if s.days > 40 {
		step = 5
	}
	for d := 0; d < s.days; d += step {
		label := strconv.Itoa(d + 1)
		p.text(p.small, int(p.x(float64(d)+0.5))-p.width(p.small, label)/2, top+10, faint, label)
	}
	p.text(p.plain, plotLeft+(plotWidth-plotLeft-plotRight)/2-p.width(p.plain, "working day")/2, top+38, dark, "working day")
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("keep the plot: %w", err)
	}
	if err := errors.Join(png.Encode(f, p.image), f.Close()); err != nil {
		return fmt.Errorf("keep the plot: %w", err)
	}
	return nil
}

// lane draws one lane below its title.
func (s *soak) lane(p *plot, l lane, curves []curve, top int) {
	area := image.Rect(plotLeft, top, plotWidth-plotRight, top+laneHeight)
	title := l.title
	if l.unit != "" {
		title += ", " + l.unit
	}
	p.text(p.bold, plotLeft, top-9, dark, title)
	for _, f := range s.faults {
		to := f.to
		if !f.mended {
			to = s.at
		}
		x0, x1 := int(p.x(f.from)), int(math.Ceil(p.x(to)))
		p.fill(image.Rect(x0, area.Min.Y, max(x1, x0+1), area.Max.Y), shades[f.kind])
	}
	most := l.goal
	for _, q := range s.samples {
		for _, h := range q.held {
			most = max(most, l.what(h))
		}
	}
	step := niceStep(most)
	highest := step * math.Max(1, math.Ceil(most*1.02/step))
	y := func(v float64) float64 { return float64(area.Max.Y) - v/highest*laneHeight }
	for v := 0.0; v <= highest; v += step {
		at := int(y(v))
		p.fill(image.Rect(area.Min.X, at, area.Max.X, at+1), rule)
		label := strconv.FormatFloat(v, 'f', -1, 64)
		p.text(p.small, area.Min.X-10-p.width(p.small, label), at+5, faint, label)
	}
	for d := 0; d <= s.days; d++ {
		x := int(p.x(float64(d)))
		p.fill(image.Rect(x, area.Max.Y, x+1, area.Max.Y+5), faint)
	}
	p.fill(image.Rect(area.Min.X, area.Max.Y, area.Max.X, area.Max.Y+1), faint)
	if l.goal > 0 {
		for x := area.Min.X; x < area.Max.X; x += 12 {
			p.fill(image.Rect(x, int(y(l.goal)), x+7, int(y(l.goal))+2), goal)
		}
		p.text(p.small, area.Max.X-p.width(p.small, l.goalName)-8, int(y(l.goal))-6, goal, l.goalName)
	}
	for _, c := range slices.Backward(curves) {
		p.strokes(area, s.segments(p, c, l, y), c.colour)
	}
}

// niceStep gives the distance of about four rules that people can read: 1, 2 or 5 tens.
func niceStep(most float64) float64 {
	if most <= 0 {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, n := range []float64{1, 2, 5} {
		if n*ten >= most/4 {
			return n * ten
		}
	}
	return 10 * ten
}

// segments gives the pieces of a curve; it is broken where no place of it runs.
func (s *soak) segments(p *plot, c curve, l lane, y func(float64) float64) (out [][4]float64) {
	var last [2]float64
	drawn := false
	for _, q := range s.samples {
		v, any := 0.0, false
		for _, name := range c.of {
			if h, ok := q.held[name]; ok && l.what(h) > 0 {
				v, any = max(v, l.what(h)), true
			}
		}
		if at := [2]float64{p.x(q.at), y(v)}; any {
			if drawn && cmp.Compare(at[0], last[0]) >= 0 {
				out = append(out, [4]float64{last[0], last[1], at[0], at[1]})
			}
			last = at
		}
		drawn = any
	}
	return out
}

// plot is the picture with its letters.
type plot struct {
	image                     *image.RGBA
	days                      float64
	title, bold, plain, small font.Face
}

func (p *plot) open() error {
	for _, f := range []struct {
		face *font.Face
		ttf  []byte
		size float64
	}{{&p.title, gobold.TTF, 26}, {&p.bold, gobold.TTF, 16}, {&p.plain, goregular.TTF, 16}, {&p.small, goregular.TTF, 14}} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			return err
		}
		if *f.face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return err
		}
	}
	return nil
}

// x is where a moment stands.
func (p *plot) x(day float64) float64 {
	return plotLeft + day/p.days*(plotWidth-plotLeft-plotRight)
}

func (p *plot) fill(r image.Rectangle, c color.RGBA) {
	draw.Draw(p.image, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// text writes on a base line and gives where it ends.
func (p *plot) text(face font.Face, x, y int, c color.RGBA, s string) int {
	d := font.Drawer{Dst: p.image, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(s)
	return d.Dot.X.Ceil()
}

func (p *plot) width(face font.Face, s string) int { return font.MeasureString(face, s).Ceil() }

// strokes draws pieces of a line inside an area.
func (p *plot) strokes(area image.Rectangle, pieces [][4]float64, c color.RGBA) {
	r := vector.NewRasterizer(area.Dx(), area.Dy())
	for _, s := range pieces {
		x0, y0, x1, y1 := s[0]-float64(area.Min.X), s[1]-float64(area.Min.Y), s[2]-float64(area.Min.X), s[3]-float64(area.Min.Y)
		dx, dy := x1-x0, y1-y0
		long := math.Hypot(dx, dy)
		if long < 1e-6 {
			continue
		}
		dx, dy = dx/long*lineWidth/2, dy/long*lineWidth/2
		x0, y0, x1, y1 = x0-dx, y0-dy, x1+dx, y1+dy // the ends overlap, so that corners close
		r.MoveTo(float32(x0-dy), float32(y0+dx))
		r.LineTo(float32(x1-dy), float32(y1+dx))
		r.LineTo(float32(x1+dy), float32(y1-dx))
		r.LineTo(float32(x0+dy), float32(y0-dx))
		r.ClosePath()
	}
	r.Draw(p.image, area, image.NewUniform(c), image.Point{})
}
