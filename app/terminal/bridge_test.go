package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/screen"
)

// Every method of a door can be called in the window, so the list must name them all.
func TestPagesCanCallWhatIsListedAndNothingElse(t *testing.T) {
	for _, door := range []any{&screen.Terminal{}, &screen.Kiosk{}, &screen.Counter{}, &screen.Board{}} {
		typ := reflect.TypeOf(door)
		var have []string
		for i := range typ.NumMethod() {
			have = append(have, typ.Method(i).Name)
		}
		if want := pageCalls[typ.Elem().Name()]; !slices.Equal(have, want) {
			t.Errorf("%s offers %v, listed are %v", typ.Elem().Name(), have, want)
		}
	}
}

func openKiosk(t *testing.T) *Terminal {
	t.Helper()
	s := config.Default(config.Kiosk)
	s.Data, s.Hub = t.TempDir(), ""
	k, err := Open(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

func TestTheBridgeAnswersAndRefuses(t *testing.T) {
	server := httptest.NewServer(openKiosk(t).Bridge(fstest.MapFS{"index.html": {Data: []byte("page")}}))
	defer server.Close()
	for _, c := range []struct {
		name, method, args string
		status             int
		want               string
	}{
		{"a call", "Kiosk.Items", `["A"]`, 200, `"value":[{"code"`},
		{"a refusal", "Kiosk.Items", `["?"]`, 409, `"key":"service_unknown"`},
		{"another role's call", "Counter.Page", `[]`, 404, `"key":"request_unusable"`},
		{"not listed", "Machine.Tend", `[]`, 404, `"request_unusable"`},
		{"too few arguments", "Kiosk.Items", `[]`, 409, `"request_unusable"`},
		{"wrong type", "Kiosk.Items", `[7]`, 409, `"request_unusable"`},
		{"half a body", "Kiosk.Items", `["A`, 409, `"request_unusable"`},
	} {
		res, err := http.Post(server.URL+"/rpc/"+c.method, "application/json", strings.NewReader(c.args))
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(res.Body); err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.status || !strings.Contains(body.String(), c.want) {
			t.Errorf("%s: %d %.200s", c.name, res.StatusCode, body.String())
		}
	}
	r, _ := http.NewRequest(http.MethodPost, server.URL+"/rpc/Kiosk.Home", strings.NewReader("[]"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("another site may call: %v %v", res, err)
	}
}

func TestAPersonNeverReadsGoText(t *testing.T) {
	if no := Refusal(fmt.Errorf("open log: %w", errors.New("sql: no rows"))); no != event.Internal {
		t.Errorf("%v", no)
	}
	if no := Refusal(fmt.Errorf("issue: %w: %w", event.DiskFull, errors.New("no space"))); no != event.DiskFull {
		t.Errorf("%v", no)
	}
}

func TestOneProgramPerDataFolder(t *testing.T) {
	k := openKiosk(t)
	s := k.Settings
	_, err := Open(s, Options{})
	if err == nil || !strings.Contains(err.Error(), "is used by another OneWindow program") {
		t.Fatalf("error %v", err)
	}
}

func TestABrokenCatalogueLeavesTheOneInUse(t *testing.T) {
	k := openKiosk(t)
	version, s := k.Machine.Guides.Now().Version, k.Settings
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	s.Catalogue = t.TempDir() // no file in it: as broken as it gets
	k, err := Open(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if k.Machine.Guides.Now().Version != version {
		t.Fatalf("version %q, want %q", k.Machine.Guides.Now().Version, version)
	}
}

func TestTheKioskSpeaksThroughItsVoice(t *testing.T) {
	s := config.Default(config.Kiosk)
	s.Data, s.Hub = t.TempDir(), ""
	twin := &device.VoiceTwin{}
	k, err := Open(s, Options{Voice: twin})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if !k.Self.Place().Voice {
		t.Error("the page is not told that there is a voice")
	}
	for _, said := range [][2]string{{"请取号", "zh"}, {"Take a ticket", "en"}} {
		if err := k.Kiosk.Say(said[0], said[1], 4, 2); err != nil {
			t.Fatal(err)
		}
	}
	k.Kiosk.Hush()
	want := []device.Speech{{Text: "qing3 qu3 hao4", Volume: 4, Speed: 2}, {Text: "Take a ticket", English: true, Volume: 4, Speed: 2}}
	if got, stopped := twin.Said(); !slices.Equal(got, want) || stopped != 1 {
		t.Errorf("said %+v and stopped %d times", got, stopped)
	}
	k.Machine.Voice = nil
	if k.Self.Place().Voice || !errors.Is(k.Kiosk.Say("请", "zh", 3, 3), event.RequestUnusable) {
		t.Error("without a voice the page must be told")
	}
}
