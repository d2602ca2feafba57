package feedback

import "onewindow/app/hall"

// Rated is a visit that was rated, as counts see it: the level that counts, by whom it was
// served, and how many ratings repeat that one.
type Rated struct {
	Hall    hall.ID
	Date    hall.Date // the business day of the visit
	Window  hall.WindowID
	Level   int
	Repeats int
}

// RatedVisit gives what counts of a visit; false where nobody rated it. window is empty
// where nobody knows where it was served.
func RatedVisit(v *Visit, window hall.WindowID) (Rated, bool) {
	r, ok := v.Counts()
	return Rated{Hall: r.Hall, Date: hall.IssueDate(v.Ticket), Window: window, Level: r.Level, Repeats: len(v.Repeats())}, ok
}

// Tally counts ratings by their level, from 1.
type Tally struct {
	Levels  [VeryDissatisfied]int
	Repeats int
}

// Add counts a rated visit; one whose level is none changes nothing.
func (t *Tally) Add(r Rated) {
	if r.Level < VerySatisfied || r.Level > VeryDissatisfied {
		return
	}
	t.Levels[r.Level-1]++
	t.Repeats += r.Repeats
}

// Total counts the visits that were rated.
func (t Tally) Total() (n int) {
	for _, at := range t.Levels {
		n += at
	}
	return n
}

// Content counts those who were content: levels 1 to 3.
func (t Tally) Content() (n int) {
	for level := VerySatisfied; !Negative(level); level++ {
		n += t.Levels[level-1]
	}
	return n
}

// Share is the rate of satisfaction (满意率), the share of levels 1 to 3 among those who
// rated, in thousandths and rounded down, so that a single complaint never rounds to all;
// false where nobody rated. Who did not rate is not in it: ratings are voluntary, and silence is no praise.
func (t Tally) Share() (thousandths int, known bool) {
	total := t.Total()
	if total == 0 {
		return 0, false
	}
	return t.Content() * 1000 / total, true
}

// Count sums ratings up by whatever by gives: a hall, a window, a day.
func Count[K comparable](list []Rated, by func(Rated) K) map[K]Tally {
	out := map[K]Tally{}
	for _, r := range list {
		t := out[by(r)]
		t.Add(r)
		out[by(r)] = t
	}
	return out
}
