package apptest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/event"
	"onewindow/app/screen"
)

// drafts lists the files of a counter's drafts.
func drafts(t *testing.T, w *apptest.World) []os.DirEntry {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(w.Dir, "c1", "drafts"))
	apptest.Must(t, err)
	return list
}

// TestADraftOutlivesItsProgram keeps what a clerk typed of each form, ends the program, and has it again;
// in the files it stands sealed, and with the visit it is gone.
func TestADraftOutlivesItsProgram(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	const text = `{"applicant":"罗庆(样例)","documentNumber":"99010820000907755X"}`
	forms := map[string]string{"intake": o.ticket, "disclosure": o.ticket, "notes": ""}
	for form, ticket := range forms {
		if kept, err := o.c.Counter.Draft(form, ticket); err != nil || kept != "" {
			t.Errorf("%s: %q, %v", form, kept, err)
		}
		apptest.Must(t, o.c.Counter.KeepDraft(form, ticket, `{"applicant":"罗`))
		apptest.Must(t, o.c.Counter.KeepDraft(form, ticket, text+form))
		if err := o.c.Counter.KeepDraft(form, "another", text); !errors.Is(err, event.NoTicket) {
			t.Errorf("a draft of a visit that is not here: %v", err)
		}
		if err := o.c.Counter.KeepDraft(form, ticket, strings.Repeat("x", 40<<10)); !errors.Is(err, event.RequestUnusable) {
			t.Errorf("a draft without end: %v", err)
		}
	}
	if err := o.c.Counter.KeepDraft("../novel", o.ticket, text); !errors.Is(err, event.RequestUnusable) {
		t.Errorf("a form that there is not: %v", err)
	}
	converged(t, w, o.c)
	apptest.Must(t, o.c.Close())
	holds(t, filepath.Join(w.Dir, "c1"))
	c := w.Terminal(config.Counter, "c1")
	if _, err := c.Counter.Draft("intake", o.ticket); !errors.Is(err, event.NotSignedIn) {
		t.Errorf("a draft for nobody: %v", err)
	}
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	for form, ticket := range forms {
		if kept, err := c.Counter.Draft(form, ticket); err != nil || kept != text+form {
			t.Fatalf("%s: %q, %v", form, kept, err)
		}
	}
	_, err := c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "advice"}})
	apptest.Must(t, err)
	apptest.Eventually(t, "what is of the visit is gone with it", func() bool { return len(drafts(t, w)) == 1 })
	apptest.Must(t, c.Counter.KeepDraft("notes", "", ""))
	if n := len(drafts(t, w)); n != 0 {
		t.Errorf("%d drafts after all were dropped", n)
	}
}

// TestAFormIsItsClerks: what a clerk has typed of a request for information is there for nobody else at the same
// machine, comes back with the clerk, and goes when it is sent, or after a week.
func TestAFormIsItsClerks(t *testing.T) {
	w := apptest.New(t)
	c := w.Terminal(config.Counter, "c1")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A01", "A")
	const text = `{"name":"罗庆(样例)"}`
	apptest.Must(t, c.Counter.KeepDraft("disclosure", "", text))
	_, err := c.Counter.SignOut()
	apptest.Must(t, err)
	signIn(t, c, "li", "135790", "A01", "A")
	if kept, err := c.Counter.Draft("disclosure", ""); err != nil || kept != "" {
		t.Errorf("another clerk reads %q, %v", kept, err)
	}
	_, err = c.Counter.SignOut()
	apptest.Must(t, err)
	signIn(t, c, "wang", "246810", "A01", "A")
	if kept, err := c.Counter.Draft("disclosure", ""); err != nil || kept != text {
		t.Errorf("its own clerk reads %q, %v", kept, err)
	}
	// A program that dies right after it was sent does not offer it again.
	takeRequest(t, c, asking("d1", planAsked))
	if kept, err := c.Counter.Draft("disclosure", ""); err != nil || kept != "" {
		t.Errorf("after it was sent: %q, %v", kept, err)
	}
	apptest.Must(t, c.Counter.KeepDraft("disclosure", "", text))
	w.Clock.Forward(6 * 24 * time.Hour)
	apptest.Must(t, c.Machine.DropDrafts())
	if n := len(drafts(t, w)); n != 1 {
		t.Errorf("%d drafts after six days", n)
	}
	apptest.Must(t, c.Close())
	c = w.Terminal(config.Counter, "c1")
	w.Clock.Forward(2 * 24 * time.Hour)
	apptest.Must(t, c.Machine.DropDrafts())
	if n := len(drafts(t, w)); n != 0 {
		t.Errorf("%d drafts after eight days", n)
	}
}

// TestACounterKilledWhileTyping kills the real program at random keystrokes, in the middle of keeping what was
// typed of an application and of a request for information. What it answered for is there again after the start: every letter, or one more.
func TestACounterKilledWhileTyping(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	w.Clock.Set(time.Now().UnixMilli()) // the program goes by the machine's clock
	o := newOffice(t, w)
	converged(t, w, o.c)
	settings := filepath.Join(t.TempDir(), "terminal.json")
	raw, err := json.Marshal(o.c.Settings)
	apptest.Must(t, err)
	apptest.Must(t, os.WriteFile(settings, raw, 0o600))
	apptest.Must(t, o.c.Close())
	w.StopHub()
	program := built(t)

	random := rand.New(rand.NewPCG(5, 5))
	deaths := 5
	if testing.Short() {
		deaths = 3
	}
	typed := map[string]int{"intake": 0, "disclosure": 0} // letters that were answered for
	asked := map[string]int{}
	text := func(form string, n int) string { return form + " 99010820000907755X " + strings.Repeat("字", n) }
	for death := range deaths + 1 {
		base, cmd := start(t, program, settings)
		rpc := func(method string, answer any, args ...any) error {
			return post(base+"/rpc/Counter."+method, answer, args)
		}
		apptest.Must(t, rpc("SignIn", nil, "wang", "246810"))
		for form, n := range typed {
			var kept string
			apptest.Must(t, rpc("Draft", &kept, form, o.ticket))
			there := strings.Count(kept, "字")
			if (kept != "" || n > 0) && kept != text(form, there) || there < n || there > asked[form] {
				t.Errorf("death %d: of %s there are %d letters, %d were kept and %d asked for", death, form, there, n, asked[form])
			}
			typed[form], asked[form] = there, there
		}
		if death == deaths {
			apptest.Must(t, cmd.Process.Kill())
			_ = cmd.Wait()
			break
		}
		dead := time.AfterFunc(time.Duration(random.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for n := 0; ; n++ {
			form := []string{"intake", "disclosure"}[n%2]
			asked[form]++
			if rpc("KeepDraft", nil, form, o.ticket, text(form, asked[form])) != nil {
				break
			}
			typed[form] = asked[form]
		}
		_ = cmd.Wait()
		dead.Stop()
	}
	if typed["intake"] == 0 || typed["disclosure"] == 0 {
		t.Fatalf("%v letters: the test has tested nothing", typed)
	}
	holdsNot(t, filepath.Join(w.Dir, "c1"), "99010820000907755X")
	t.Logf("%d deaths, %v letters kept: none lost", deaths, typed)
}

// post calls a page's method of a running program.
func post(url string, answer any, args []any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 5 * time.Second}
	res, err := client.Post(url, "application/json", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	got := struct {
		Value   any `json:"value"`
		Refusal any `json:"refusal"`
	}{Value: answer}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		return err
	}
	if got.Refusal != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %v", url, res.StatusCode, got.Refusal)
	}
	return nil
}
