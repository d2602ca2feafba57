package apptest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/store"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

// officer is somebody of an agency at the centre's page, with a browser.
type officer struct {
	t    *testing.T
	at   string
	http *http.Client
}

// atThePage signs an officer of an agency in.
func atThePage(t *testing.T, w *apptest.World, id, agency string) *officer {
	t.Helper()
	apptest.Must(t, node.OfficersOf(filepath.Join(w.Dir, "centre")).Put(node.OfficerEntry{ID: id, Name: "陈 " + id, Agency: agency}, "314159"))
	page := httptest.NewServer(w.Centre.Page())
	t.Cleanup(page.Close)
	jar, err := cookiejar.New(nil)
	apptest.Must(t, err)
	o := &officer{t: t, at: page.URL, http: &http.Client{Jar: jar}}
	if status, body := o.post("/cases/sign-in", url.Values{"id": {id}, "pin": {"314159"}}); status != http.StatusOK || !strings.Contains(body, agency) {
		t.Fatalf("%s signs in: %d\n%s", id, status, body)
	}
	return o
}

func (o *officer) read(r *http.Response, err error) (int, string) {
	o.t.Helper()
	apptest.Must(o.t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	apptest.Must(o.t, err)
	return r.StatusCode, string(body)
}

func (o *officer) get(path string) (int, string) {
	o.t.Helper()
	return o.read(o.http.Get(o.at + path))
}

func (o *officer) post(path string, form url.Values) (int, string) {
	o.t.Helper()
	return o.read(o.http.PostForm(o.at+path, form))
}

var formRequest = regexp.MustCompile(`name="request" value="([^"]+)"`)

// note opens an application, chooses a step as its form offers it and sends the form.
func (o *officer) note(number, step string, more url.Values) (int, string) {
	o.t.Helper()
	status, page := o.get("/cases/" + number)
	found := formRequest.FindStringSubmatch(page)
	if status != http.StatusOK || found == nil || !strings.Contains(page, `value="`+step+`"`) {
		o.t.Fatalf("%s cannot be noted of %s: %d\n%s", step, number, status, page)
	}
	form := url.Values{"step": {step}, "request": {found[1]}}
	for k, v := range more {
		form[k] = v
	}
	return o.post("/cases/"+number, form)
}

// progress is what a kiosk tells of an application.
func progress(t *testing.T, k *terminal.Terminal, number string) screen.CaseStatus {
	t.Helper()
	p, err := k.Kiosk.Progress(intake.CodePrefix + number)
	if err != nil || len(p.Applications) != 1 {
		return screen.CaseStatus{}
	}
	return p.Applications[0]
}

// waits until a kiosk tells that an application stands so.
func waits(t *testing.T, k *terminal.Terminal, number, state string) (c screen.CaseStatus) {
	t.Helper()
	apptest.Eventually(t, number+" is "+state+" at the kiosk", func() bool { c = progress(t, k, number); return c.State == state })
	return c
}

// TestFromTheWindowToTheAgencyAndBack goes the whole way: taken at a counter while the hub is
// away; on the agency's list at the centre when it is back; a hearing, an extension and the
// decision noted there; at the kiosk and at another window seconds later; handed out there,
// signed for, with its documents; archived. What the agency gives as its reason stands
// nowhere in clear.
func TestFromTheWindowToTheAgencyAndBack(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	took := make(chan string, 16)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k := w.Terminal(config.Kiosk, "k1")
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	w.StopHub()
	r := o.takeWith(t, "i1")
	if r.State != "accepted" || r.DueDate == "" {
		t.Fatalf("%+v", r)
	}
	item, _ := c.Machine.Guides.Now().Item(guide.Code(o.item))
	chen := atThePage(t, w, "chen", item.Department)
	if _, body := chen.get("/cases"); strings.Contains(body, r.Number) {
		t.Fatal("the centre knows of it while the hub is away")
	}
	w.StartHub()
	apptest.Eventually(t, "it is on the agency's list", func() bool {
		_, body := chen.get("/cases")
		return strings.Contains(body, r.Number) && strings.Contains(body, r.DueDate)
	})
	for _, secret := range []string{"罗庆", "99010820000907755X", "10000000000"} {
		if _, body := chen.get("/cases/" + r.Number); strings.Contains(body, secret) {
			t.Errorf("the agency's page tells %s", secret)
		}
	}
	const reason = "申请人罗庆(样例)名下房屋的界址需要复核"
	apptest.Eventually(t, "the key of the application is at the centre", func() bool {
		status, _ := chen.note(r.Number, "extend", url.Values{"reason": {reason}})
		return status == http.StatusOK
	})
	apptest.Eventually(t, "the kiosk tells the later day", func() bool { return progress(t, k, r.Number).DueDate > r.DueDate })
	longer := progress(t, k, r.Number).DueDate
	if status, body := chen.note(r.Number, "suspend", nil); status != http.StatusConflict || !strings.Contains(body, "请选择特别程序") {
		t.Errorf("a special procedure without saying which: %d\n%s", status, body)
	}
	chen.note(r.Number, "suspend", url.Values{"procedure": {"hearing"}})
	if s := waits(t, k, r.Number, "suspended"); s.DueDate != "" {
		t.Errorf("the time goes on in a hearing: %+v", s)
	}
	print := func(kind, want string) { t.Helper(); prints(t, c, r.Number, kind, want, took) }
	reached(t, c)
	print("notice", "-TB")
	print("extension", "-YQ")
	chen.note(r.Number, "resume", nil)
	if s := waits(t, k, r.Number, "accepted"); s.DueDate != longer {
		t.Errorf("a hearing that ended on the day on which it began moved the end from %s to %s", longer, s.DueDate)
	}
	if _, err := c.Counter.StepCase("out0", r.Number, "hand_out", "", "", nil); !errors.Is(err, event.CaseState) {
		t.Errorf("handed out before it was decided: %v", err)
	}
	chen.note(r.Number, "deny", url.Values{"reason": {reason}})
	denied := waits(t, k, r.Number, "denied")
	if denied.DueDate == "" {
		t.Error("nobody says until when the decision is handed out")
	}

	c2 := secondCounter(t, w)
	page, err := c2.Counter.OpenCase(r.Number, "ask")
	if err != nil || page.State != "denied" || string(page.Reason) != reason || page.What != "deliver" || !page.Known || page.Left != 10 || !slices.Equal(page.May, []string{"hand_out"}) || len(page.Steps) != 4 || !page.Extended {
		t.Fatalf("%+v, %v", page, err)
	}
	print("notice", "-JD")
	print("delivery", "-SD")
	for range 2 {
		if out, err := c2.Counter.StepCase("out1", r.Number, "hand_out", "", "", nil); err != nil || out.State != "handed_out" || out.DueDate != "" {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	waits(t, k, r.Number, "handed_out")
	print("notice", "-SD")
	print("decision", "-JD")
	apptest.Eventually(t, "the centre knows that it was handed out", func() bool { return stateAt(t, w.Centre.Store, r.Number).State == intake.HandedOut })
	chen.note(r.Number, "archive", nil)
	waits(t, k, r.Number, "archived")
	if _, body := chen.get("/cases"); strings.Contains(body, r.Number+"?") || strings.Contains(body, "cases/"+r.Number) {
		t.Error("what is archived is still on the list")
	}
	if n := kinds(t, w.Centre.Store)[intake.KindHandedOut]; n != 1 {
		t.Errorf("%d facts of one handing out", n)
	}
	w.StopHub()
	w.StopCentre()
	apptest.Must(t, c.Close())
	apptest.Must(t, c2.Close())
	for _, dir := range []string{"centre", "hub", "c1", "c2"} {
		holdsNot(t, filepath.Join(w.Dir, dir), reason[:9])
	}
}

// holdsNot looks for a text in every file of a folder.
func holdsNot(t *testing.T, dir, text string) {
	t.Helper()
	apptest.Must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			t.Errorf("%s has %q in clear", path, text)
		}
		return err
	}))
}

// TestWhoMayNoteDecisions lets nobody in who is no officer, and nobody at another agency's
// applications: wrong PINs have to wait, a removed officer is out at once, and a form of another
// site is refused.
func TestWhoMayNoteDecisions(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	r := o.takeWith(t, "i1")
	item, _ := o.c.Machine.Guides.Now().Item(guide.Code(o.item))
	apptest.Eventually(t, "the centre has it", func() bool { return stateAt(t, w.Centre.Store, r.Number).State == intake.Accepted })
	chen := atThePage(t, w, "chen", item.Department)
	other := atThePage(t, w, "lin", "另一个部门")
	if status, _ := other.get("/cases/" + r.Number); status != http.StatusNotFound {
		t.Errorf("another agency's officer opens it: %d", status)
	}
	if status, _ := other.post("/cases/"+r.Number, url.Values{"step": {"grant"}, "request": {"x"}}); status != http.StatusNotFound {
		t.Errorf("another agency's officer decides it: %d", status)
	}
	nobody := &officer{t: t, at: chen.at, http: &http.Client{}}
	if status, _ := nobody.post("/cases/"+r.Number, url.Values{"step": {"grant"}, "request": {"x"}}); status != http.StatusForbidden {
		t.Errorf("nobody decides it: %d", status)
	}
	if _, body := nobody.get("/cases"); strings.Contains(body, r.Number) {
		t.Error("nobody reads the list")
	}
	for n := range 6 {
		status, body := nobody.post("/cases/sign-in", url.Values{"id": {"chen"}, "pin": {"000000"}})
		if locked := strings.Contains(body, "一分钟"); status != http.StatusForbidden || locked != (n == 5) {
			t.Errorf("wrong PIN %d: %d, locked %v", n+1, status, locked)
		}
	}
	if status, _ := nobody.post("/cases/sign-in", url.Values{"id": {"chen"}, "pin": {"314159"}}); status != http.StatusForbidden {
		t.Errorf("who has to wait signs in: %d", status)
	}
	foreign, err := http.NewRequest(http.MethodPost, chen.at+"/cases/"+r.Number, strings.NewReader("step=grant&request=x"))
	apptest.Must(t, err)
	foreign.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _ := chen.read(chen.http.Do(foreign)); status != http.StatusForbidden {
		t.Errorf("a form of another site: %d", status)
	}
	// Over a line that anybody can read nobody signs in.
	far := httptest.NewRequest(http.MethodPost, "/cases/sign-in", strings.NewReader("id=chen&pin=314159"))
	far.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	far.RemoteAddr = "10.1.2.3:40000"
	got := httptest.NewRecorder()
	w.Centre.Page().ServeHTTP(got, far)
	if got.Code != http.StatusForbidden || len(got.Result().Cookies()) != 0 {
		t.Errorf("signed in over a plain line: %d", got.Code)
	}
	_, err = node.OfficersOf(filepath.Join(w.Dir, "centre")).Remove("chen")
	apptest.Must(t, err)
	if _, body := chen.get("/cases/" + r.Number); strings.Contains(body, "name=\"step\"") {
		t.Error("who was taken out can still decide")
	}
	if s := stateAt(t, w.Centre.Store, r.Number); s.State != intake.Accepted {
		t.Errorf("somebody decided it: %+v", s)
	}
}

// TestWhatAWindowSaysAtOnce takes applications that are received, refused, another agency's
// and decided at once: each with its document, its word at the kiosk, and its clock.
func TestWhatAWindowSaysAtOnce(t *testing.T) {
	w := apptest.New(t)
	took := make(chan string, 16)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k := w.Terminal(config.Kiosk, "k1")
	c := w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	atOnce := ""
	for _, i := range c.Machine.Guides.Now().Items() {
		if i.Handling == guide.AtOnce && !i.Bare() {
			atOnce = string(i.Code)
			break
		}
	}
	for _, x := range []struct{ answer, item, reason, agency, state, paper string }{
		{"receive", o.item, "", "", "received", "-JS"},
		{"refuse", o.item, "申请事项依法不需要许可", "", "refused", "-BS"},
		{"not_ours", o.item, "", "市公安局", "not_ours", "-BL"},
		{"at_once", atOnce, "", "", "handed_out", "-SD"},
	} {
		in := screen.Intake{Request: x.answer, Ticket: o.ticket, Item: x.item, Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X", Answer: x.answer, Reason: x.reason, Agency: x.agency}
		item, _ := c.Machine.Guides.Now().Item(guide.Code(x.item))
		for _, m := range item.Materials {
			in.Materials = append(in.Materials, screen.MaterialRow{No: m.No, State: "received"})
		}
		var r screen.IntakeResult
		for range 2 { // a repetition changes nothing
			if r, err = c.Counter.TakeIntake(in); err != nil || r.State != x.state || r.Agency != x.agency {
				t.Fatalf("%s: %+v, %v", x.answer, r, err)
			}
		}
		if s := waits(t, k, r.Number, x.state); s.Agency != x.agency || (s.DueDate != "") != (x.answer == "receive") {
			t.Errorf("%s at the kiosk: %+v", x.answer, s)
		}
		if number, err := c.Counter.PrintDocument(r.Number, "notice"); err != nil || number != r.Number+x.paper {
			t.Errorf("%s: %q, %v", x.answer, number, err)
		}
		<-took
		page, err := c.Counter.OpenCase(r.Number, "ask")
		if err != nil || string(page.Reason) != x.reason || page.Agency != x.agency || (len(page.May) > 0) != (x.answer == "receive") {
			t.Errorf("%s: %+v, %v", x.answer, page, err)
		}
	}
	wrong := screen.Intake{Request: "w", Ticket: o.ticket, Item: o.item, Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X", Answer: "at_once"}
	if _, err := c.Counter.TakeIntake(wrong); !errors.Is(err, event.NotAtOnce) {
		t.Errorf("decided at once what takes days: %v", err)
	}
}

// TestNobodySaidAnything lets five working days go by: what was received counts as accepted
// from the day on which it was, noted once by the hub, and is on the hall's list of what is
// due before. What was answered in time by a window is not.
func TestNobodySaidAnything(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	take := func(request string) string {
		r, err := o.c.Counter.TakeIntake(screen.Intake{Request: request, Ticket: o.ticket, Item: o.item, Applicant: "罗庆(样例)", DocumentType: "resident_id", DocumentNumber: "99010820000907755X", Answer: "receive"})
		apptest.Must(t, err)
		return r.Number
	}
	silent, answered, declined, corrected := take("i1"), take("i2"), take("i3"), take("i4")
	if _, err := o.c.Counter.StepCase("c0", corrected, "correct", "", "", []int{99}); !errors.Is(err, event.FieldMissing) {
		t.Errorf("a correction of nothing: %v", err)
	}
	if r, err := o.c.Counter.StepCase("c1", corrected, "correct", "", "", []int{1}); err != nil || r.State != "correction" || len(r.Missing) != 1 || r.AnswerBy == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if page, err := o.c.Counter.OpenCase(corrected, "supply"); err != nil || page.Rows[0].State != "missing" || page.What != "bring" || len(page.May) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if r, err := o.c.Counter.SupplyCase("c2", corrected, []int{1}); err != nil || r.State != "accepted" || r.DueDate == "" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := o.c.Counter.StepCase("s1", answered, "accept", "", "", nil); err != nil || r.State != "accepted" || r.DueDate == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := o.c.Counter.StepCase("s2", declined, "refuse", "", "", nil); !errors.Is(err, event.FieldMissing) {
		t.Errorf("refused without a reason: %v", err)
	}
	if r, err := o.c.Counter.StepCase("s3", declined, "refuse", "依法不需要许可", "", nil); err != nil || r.State != "refused" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := o.c.Counter.StepCase("s4", answered, "burn", "", "", nil); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("a step that there is not: %v", err)
	}
	converged(t, w, o.c)
	w.Clock.Forward(5 * 24 * time.Hour)
	var due []screen.DueCase
	apptest.Eventually(t, "it is due soon", func() bool {
		var err error
		due, err = o.c.Counter.DueCases()
		return err == nil && slices.ContainsFunc(due, func(d screen.DueCase) bool { return d.Number == silent })
	})
	for _, d := range due {
		if d.Number == silent && (d.What != "accept" || d.Left > 3 || d.Day == "") || d.Number == declined {
			t.Errorf("%+v", d)
		}
	}
	w.Clock.Forward(10 * 24 * time.Hour)
	k := w.Terminal(config.Kiosk, "k2")
	reached(t, k)
	issue(t, k, "A")
	apptest.Eventually(t, "it counts as accepted, at hub and centre", func() bool {
		return stateAt(t, w.Hub.Store, silent).State == intake.Accepted && stateAt(t, w.Centre.Store, silent).State == intake.Accepted
	})
	if s := stateAt(t, w.Hub.Store, declined); s.State != intake.Refused {
		t.Errorf("what was refused in time: %+v", s)
	}
	if n := kinds(t, w.Centre.Store)[intake.KindDeemed]; n != 1 {
		t.Errorf("%d facts of one silence", n)
	}
	w.StopHub()
	apptest.Eventually(t, "a counter without its hub says so", func() bool {
		_, err := o.c.Counter.DueCases()
		return errors.Is(err, event.HubUnreachable)
	})
}

// TestACentreThatIsPutBackHasItsDecisionsAgain decides after the centre's newest backup and loses
// the centre's disk: the hub notes again what the centre has lost, once, and goes on with what
// is decided in its next life.
func TestACentreThatIsPutBackHasItsDecisionsAgain(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	first, second := o.takeWith(t, "i1"), o.takeWith(t, "i2")
	item, _ := o.c.Machine.Guides.Now().Item(guide.Code(o.item))
	apptest.Eventually(t, "the centre has both", func() bool {
		return stateAt(t, w.Centre.Store, first.Number).State == intake.Accepted && stateAt(t, w.Centre.Store, second.Number).State == intake.Accepted
	})
	converged(t, w, o.c)
	backup, err := w.Centre.Backups.Keep(t.Context())
	apptest.Must(t, err)
	atThePage(t, w, "chen", item.Department).note(first.Number, "grant", nil)
	apptest.Eventually(t, "the hub has the decision", func() bool { return stateAt(t, w.Hub.Store, first.Number).State == intake.Granted })
	w.StopCentre()
	restored(t, w, "centre", backup)
	w.StartCentre()
	apptest.Eventually(t, "the centre has its decision again", func() bool { return stateAt(t, w.Centre.Store, first.Number).State == intake.Granted })
	atThePage(t, w, "chen", item.Department).note(second.Number, "grant", nil)
	apptest.Eventually(t, "the hub has what was decided since", func() bool { return stateAt(t, w.Hub.Store, second.Number).State == intake.Granted })
	w.StopHub()
	w.StartHub()
	reached(t, o.c)
	apptest.Eventually(t, "it is handed out", func() bool {
		_, err := o.c.Counter.StepCase("out", first.Number, "hand_out", "", "", nil)
		return err == nil
	})
	apptest.Eventually(t, "the centre knows", func() bool { return stateAt(t, w.Centre.Store, first.Number).State == intake.HandedOut })
	if n := kinds(t, w.Centre.Store)[intake.KindDecided]; n != 1 {
		t.Errorf("the hub noted %d decisions again, not 1", n)
	}
}

// TestACentreThatLostItsDiskHasItsDecisionsAgain takes the centre's folder away, and then puts a
// backup back that is older than the life which the hub has followed: the centre knows nothing of
// that life, and has every decision again from the hub, so that nothing is decided twice.
func TestACentreThatLostItsDiskHasItsDecisionsAgain(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	o := newOffice(t, w)
	first, second := o.takeWith(t, "i1"), o.takeWith(t, "i2")
	item, _ := o.c.Machine.Guides.Now().Item(guide.Code(o.item))
	stands := func(s *store.Store, number string, want intake.State) func() bool {
		return func() bool { return stateAt(t, s, number).State == want }
	}
	apptest.Eventually(t, "the centre has the first", stands(w.Centre.Store, first.Number, intake.Accepted))
	apptest.Eventually(t, "the centre has the second", stands(w.Centre.Store, second.Number, intake.Accepted))
	converged(t, w, o.c)
	backup, err := w.Centre.Backups.Keep(t.Context())
	apptest.Must(t, err)
	atThePage(t, w, "chen", item.Department).note(first.Number, "grant", nil)
	apptest.Eventually(t, "the hub has the decision", stands(w.Hub.Store, first.Number, intake.Granted))
	w.StopCentre()
	apptest.Must(t, os.Rename(filepath.Join(w.Dir, "centre"), filepath.Join(w.Dir, "lost")))
	backup = strings.Replace(backup, filepath.Join(w.Dir, "centre"), filepath.Join(w.Dir, "lost"), 1)
	w.StartCentre()
	apptest.Eventually(t, "an empty centre has its decision again", stands(w.Centre.Store, first.Number, intake.Granted))
	chen := atThePage(t, w, "chen", item.Department)
	if _, page := chen.get("/cases/" + first.Number); strings.Contains(page, `value="pass_on"`) {
		t.Errorf("it could be decided again otherwise:\n%s", page)
	}
	chen.note(second.Number, "grant", nil)
	apptest.Eventually(t, "the hub has what was decided since", stands(w.Hub.Store, second.Number, intake.Granted))
	w.StopCentre()
	restored(t, w, "centre", backup)
	w.StartCentre()
	apptest.Eventually(t, "an older copy has the first decision again", stands(w.Centre.Store, first.Number, intake.Granted))
	apptest.Eventually(t, "and the second", stands(w.Centre.Store, second.Number, intake.Granted))
	if n := kinds(t, w.Centre.Store)[intake.KindDecided]; n != 2 {
		t.Errorf("the hub noted %d decisions again, not 2", n)
	}
}
