package apptest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/folder"
	"onewindow/app/reading"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/shelf"
	"onewindow/sync/wire"
)

// readingFiles are the shipped ones, with the edition's mark in a policy and in a notice.
func readingFiles(t testing.TB, edition int) map[string][]byte {
	t.Helper()
	files, err := reading.ShippedFiles()
	apptest.Must(t, err)
	for name, title := range map[string]string{reading.FilePolicies: "企业开办一窗服务实施办法", reading.FileNotices: "一楼自助拍照机免费使用"} {
		files[name] = bytes.Replace(files[name], []byte(title), []byte(fmt.Sprint(title, edition)), 1)
	}
	return files
}

func publishParts(t testing.TB, data string, files shelf.Parts) wire.Bundle {
	t.Helper()
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	b, _, err := shelf.Publish(data, key, apptest.Start, files)
	apptest.Must(t, err)
	return b
}

// readingEdition tells which edition of what there is to read a kiosk has, and that a policy
// and a notice are of the same.
func readingEdition(t testing.TB, k *terminal.Terminal) int {
	t.Helper()
	var policy, notice int
	for _, p := range k.Machine.Guides.Now().Reading.Policies {
		_, _ = fmt.Sscanf(p.Title, "企业开办一窗服务实施办法%d", &policy)
	}
	for _, n := range k.Machine.Guides.Now().Reading.Notices {
		_, _ = fmt.Sscanf(n.Title, "一楼自助拍照机免费使用%d", &notice)
	}
	if policy != notice {
		t.Fatalf("policies are of edition %d, notices of %d", policy, notice)
	}
	return policy
}

// both gives the editions that a kiosk has after its first screen was shown.
func both(t testing.TB, k *terminal.Terminal) [2]int {
	k.Kiosk.AtHome()
	return [2]int{edition(t, k), readingEdition(t, k)}
}

func TestCatalogueAndWhatThereIsToReadComeInOneStep(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	k := w.Terminal(config.Kiosk, "k1")
	if p := k.Kiosk.Reading(); len(p.Columns) != 3 || !p.Sample || p.Date != "" {
		t.Errorf("before anything was published a kiosk has %d columns, a sample: %v, of %q", len(p.Columns), p.Sample, p.Date)
	}
	k.Kiosk.AtHome()

	// Somebody reads while a new edition of both comes.
	card, err := k.Kiosk.Policy("start-2026")
	apptest.Must(t, err)
	publishParts(t, data, shelf.Parts{wire.KindGuide: editionFiles(t, 1), wire.KindReading: readingFiles(t, 1)})
	apptest.Eventually(t, "the kiosk keeps it", func() bool { return versionIn(k.Settings.Data) == 1 })
	again, err := k.Kiosk.Policy("start-2026")
	if err != nil || again.Card != card.Card || edition(t, k) != 0 || readingEdition(t, k) != 0 {
		t.Errorf("it changes while somebody reads: %+v %v", again.Card, err)
	}
	apptest.Eventually(t, "at home it has both", func() bool { return both(t, k) == [2]int{1, 1} })
	if p := k.Kiosk.Reading(); p.Date != "2026-11-24" {
		t.Errorf("published on %q", p.Date)
	}

	// A part that is not in the next version stays; its own date is the version's.
	publishParts(t, data, shelf.Parts{wire.KindReading: readingFiles(t, 2)})
	apptest.Eventually(t, "the second of one, the first of the other", func() bool { return both(t, k) == [2]int{1, 2} })

	// One that cannot be read keeps the other out as well.
	files := readingFiles(t, 3)
	files[reading.FileSurveys] = []byte(`{"surveys": [`)
	publishParts(t, data, shelf.Parts{wire.KindGuide: editionFiles(t, 3), wire.KindReading: files})
	apptest.Eventually(t, "the third is refused", func() bool {
		for _, b := range w.Hub.Allocator.Heard() {
			if b.Bundle != nil && b.Bundle.Refused == 3 {
				return bytes.Contains([]byte(b.Bundle.Why), []byte("surveys.json"))
			}
		}
		return false
	})
	if got := both(t, k); got != [2]int{1, 2} {
		t.Errorf("half of a version that was refused is in use: %v", got)
	}

	// Going back brings both back, and what is in use outlives a start.
	key, err := folder.DeviceKey(data)
	apptest.Must(t, err)
	_, _, err = shelf.Rollback(data, key, apptest.Start, 1)
	apptest.Must(t, err)
	apptest.Eventually(t, "both are back", func() bool { return both(t, k) == [2]int{1, 1} })
	apptest.Must(t, k.Close())
	k = w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "nats://127.0.0.1:1" })
	if got := both(t, k); got != [2]int{1, 1} || k.Kiosk.Reading().Date != "2026-11-24" {
		t.Errorf("after a start, with nobody there, it has %v", got)
	}
}

// A district that publishes its guides shows nobody the sample's notices.
func TestTheSampleIsReadOnlyWhereNothingWasPublished(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	data := filepath.Join(w.Dir, "centre")
	k := w.Terminal(config.Kiosk, "k1")
	if !k.Kiosk.Home().Reading {
		t.Error("the sample is not offered")
	}
	publish(t, data, 1)
	apptest.Eventually(t, "the guides have come", func() bool { return both(t, k) == [2]int{1, 0} })
	if p := k.Kiosk.Reading(); len(p.Columns)+len(p.Notices)+len(p.Sections)+len(p.Surveys) > 0 || p.Sample || k.Kiosk.Home().Reading {
		t.Errorf("the sample is read: %+v", p)
	}
	own := t.TempDir()
	for name, text := range editionFiles(t, 7) {
		apptest.Must(t, os.WriteFile(filepath.Join(own, name), text, 0o644))
	}
	apptest.Must(t, os.WriteFile(filepath.Join(own, reading.FileNotices), readingFiles(t, 7)[reading.FileNotices], 0o644))
	set := w.Terminal(config.Kiosk, "k3", func(s *config.Settings) { s.Series, s.Catalogue = 3, own })
	if p := set.Kiosk.Reading(); len(p.Notices) != 5 || len(p.Columns) != 0 {
		t.Errorf("a folder with notices alone gives %d notices and %d columns", len(p.Notices), len(p.Columns))
	}
}

func TestWhatIsReadAtAKiosk(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	page := k.Kiosk.Reading()
	if c := page.Columns[0]; c.Policies != 3 || c.Newest.Title.Zh != "样例区应届毕业生生活和租房补贴办法" || c.Newest.Date != "2026-11-12" {
		t.Errorf("%+v", c)
	}
	policies := k.Kiosk.Policies(page.Columns[0].ID)
	p, err := k.Kiosk.Policy(policies[0].ID)
	if err != nil || len(policies) != 3 || p.Card != page.Columns[0].Newest || len(p.Items) != 2 || len(p.Points) != 4 || len(p.Interpretation) != 3 || p.Number == "" {
		t.Errorf("%+v %v", p, err)
	}
	n, err := k.Kiosk.Announcement(page.Notices[0].ID)
	if err != nil || n.Card != page.Notices[0] || len(n.Paragraphs) == 0 || n.Next.ID != "" {
		t.Errorf("%+v %v", n, err)
	}
	// The sections lead from one to the next.
	at, seen := page.Sections[0].ID, 0
	for at != "" {
		s, err := k.Kiosk.Disclosure(at)
		apptest.Must(t, err)
		at = s.Next.ID
		seen++
	}
	if seen != 8 || len(page.Sections) != 8 {
		t.Errorf("%d sections lead to %d", len(page.Sections), seen)
	}
	for name, err := range map[string]error{
		"policy": second(k.Kiosk.Policy("none")), "notice": second(k.Kiosk.Announcement("none")), "section": second(k.Kiosk.Disclosure("none")), "survey": second(k.Kiosk.Survey("none")),
	} {
		if !errors.Is(err, event.NotPublished) {
			t.Errorf("a %s that is not there: %v", name, err)
		}
	}
	w.Clock.Forward(2 * 366 * 24 * time.Hour)
	if page := k.Kiosk.Reading(); len(page.Notices)+len(page.Surveys) > 0 || len(page.Columns) != 3 {
		t.Errorf("two years later there are %d notices and %d surveys", len(page.Notices), len(page.Surveys))
	}
	if _, err := k.Kiosk.Survey("hall-service-2026"); !errors.Is(err, event.NotPublished) {
		t.Errorf("a survey that is over: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestASurveyIsAnsweredOnce answers one with a double tap, at a kiosk that is cut off.
func TestASurveyIsAnsweredOnce(t *testing.T) {
	w := apptest.New(t)
	k := w.Terminal(config.Kiosk, "k1", func(s *config.Settings) { s.Hub = "" })
	s, err := k.Kiosk.Survey("hall-service-2026")
	if err != nil || len(s.Questions) != 4 || s.Questions[0].Kind != "scale" || len(s.Questions[1].Choices) != 4 {
		t.Fatalf("%+v %v", s, err)
	}
	whole := screen.SurveyAnswers{Request: "r1", Survey: s.Card.ID, Language: "en", Answers: []screen.SurveyAnswer{{Question: "overall", Chosen: []int{5}}, {Question: "helped", Chosen: []int{0, 3}}}}
	for range 2 {
		apptest.Must(t, k.Kiosk.AnswerSurvey(whole))
	}
	for name, change := range map[string]func(*screen.SurveyAnswers){
		"no request":         func(r *screen.SurveyAnswers) { r.Request = "" },
		"no answers":         func(r *screen.SurveyAnswers) { r.Answers = nil },
		"another's question": func(r *screen.SurveyAnswers) { r.Answers[0].Question = "need" },
		"a question twice":   func(r *screen.SurveyAnswers) { r.Answers[1].Question = "overall"; r.Answers[1].Chosen = []int{1} },
		"a step too far":     func(r *screen.SurveyAnswers) { r.Answers[0].Chosen = []int{6} },
		"two of one":         func(r *screen.SurveyAnswers) { r.Answers[0].Chosen = []int{1, 2} },
	} {
		r := whole
		r.Request = "r2"
		r.Answers = append([]screen.SurveyAnswer(nil), whole.Answers...)
		change(&r)
		if err := k.Kiosk.AnswerSurvey(r); !errors.Is(err, event.RequestUnusable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := k.Kiosk.AnswerSurvey(screen.SurveyAnswers{Request: "r3", Survey: "none", Answers: whole.Answers}); !errors.Is(err, event.NotPublished) {
		t.Errorf("a survey that is not there: %v", err)
	}
	apptest.Must(t, k.Close())
	w.Terminal(config.Kiosk, "k1")
	var got []feedback.Survey
	apptest.Eventually(t, "the centre has the answers", func() bool {
		var err error
		got, err = store.Surveys(context.Background(), filepath.Join(w.Dir, "centre", "centre.db"))
		apptest.Must(t, err)
		return len(got) > 0
	})
	if len(got) != 1 || got[0].Hall != "jiangnan" || got[0].Language != "en" || fmt.Sprint(got[0].Answers) != "[{overall [5]} {helped [0 3]}]" {
		t.Errorf("the centre has %+v", got)
	}
}
