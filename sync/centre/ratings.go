package centre

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"onewindow/app/feedback"
	"onewindow/app/hall"
)

// ratedDays is how many business days of ratings are shown, today included.
const ratedDays = 7

// Ratings are how the visits of a hall were rated (好差评), and what follows the bad ones.
// The days are those of the visits, on whatever day they were rated.
type Ratings struct {
	Today Satisfaction `json:"today"`
	// Windows are those of today, in their order; the last one is empty where nobody knows
	// where a visit was served.
	Windows []WindowRatings `json:"windows"`
	// Days are those of the last seven on which somebody was rated, the newest first.
	Days []DayRatings `json:"days"`
	// Open counts the bad ratings that no second person has checked yet, of whatever day, Overdue
	// those of them whose last day is over. -1 when they could not be read.
	Open    int `json:"follow_ups_open"`
	Overdue int `json:"follow_ups_overdue"`
}

// Satisfaction counts the visits that were rated. Share is the share of levels 1 to 3 in
// thousandths, -1 where nobody rated. Repeats are further ratings of the same visits, which
// are in no other figure.
type Satisfaction struct {
	Rated   int                            `json:"rated"`
	Content int                            `json:"content"`
	Share   int                            `json:"share_thousandths"`
	Levels  [feedback.VeryDissatisfied]int `json:"levels"`
	Repeats int                            `json:"repeats"`
}

// WindowRatings are the ratings of a window.
type WindowRatings struct {
	Window hall.WindowID `json:"window"`
	Satisfaction
}

// DayRatings are the ratings of a business day.
type DayRatings struct {
	Date hall.Date `json:"date"`
	Satisfaction
}

func satisfaction(t feedback.Tally) Satisfaction {
	s := Satisfaction{Rated: t.Total(), Content: t.Content(), Share: -1, Levels: t.Levels, Repeats: t.Repeats}
	if share, known := t.Share(); known {
		s.Share = share
	}
	return s
}

// ratings counts how a hall was rated.
func (c *Centre) ratings(ctx context.Context, id hall.ID, date hall.Date, nowMS int64) Ratings {
	out := Ratings{Today: satisfaction(feedback.Tally{}), Windows: []WindowRatings{}, Days: []DayRatings{}}
	list, err := c.opt.Log.Rated(ctx, id, hall.DateOf(nowMS-(ratedDays-1)*24*3_600_000))
	if err == nil {
		out.Open, out.Overdue, err = c.opt.Log.FollowUps(ctx, id, date)
	}
	if err != nil {
		c.opt.Logger.Error("count ratings", "hall", id, "error", err)
		out.Open, out.Overdue = -1, -1
		return out
	}
	for day, t := range feedback.Count(list, func(r feedback.Rated) hall.Date { return r.Date }) {
		out.Days = append(out.Days, DayRatings{day, satisfaction(t)})
		if day == date {
			out.Today = satisfaction(t)
		}
	}
	slices.SortFunc(out.Days, func(a, b DayRatings) int { return cmp.Compare(b.Date, a.Date) })
	today := slices.DeleteFunc(list, func(r feedback.Rated) bool { return r.Date != date })
	for w, t := range feedback.Count(today, func(r feedback.Rated) hall.WindowID { return r.Window }) {
		out.Windows = append(out.Windows, WindowRatings{w, satisfaction(t)})
	}
	slices.SortFunc(out.Windows, func(a, b WindowRatings) int {
		if (a.Window == "") != (b.Window == "") {
			return -cmp.Compare(a.Window, b.Window) // what is not known comes last
		}
		return cmp.Compare(a.Window, b.Window)
	})
	return out
}

// Share writes a share, or that there is none.
func (p page) Share(s Satisfaction) string {
	if s.Share < 0 {
		return words["none"].in(p.Lang)
	}
	return share(s.Share)
}

// Level names a level by its place in a list.
func (p page) Level(at int) (string, error) { return p.Word("level_" + strconv.Itoa(at+1)) }

// ratingRow is a line of the table of ratings in words.
type ratingRow struct {
	Share, Rated, Repeats string
	Levels                []string
}

// Row writes the figures of a line.
func (p page) Row(s Satisfaction) ratingRow {
	row := ratingRow{Share: p.Share(s), Rated: p.Count(s.Rated), Repeats: p.Count(s.Repeats)}
	for _, n := range s.Levels {
		row.Levels = append(row.Levels, p.Count(n))
	}
	return row
}
