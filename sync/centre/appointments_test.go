package centre_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/sync/centre"
)

// booth is a desk at which appointments are made, too.
type booth struct {
	desk
	may    bool
	answer error
	wishes []centre.AppointmentWish
	found  []centre.Appointment
}

func (b *booth) SignIn(id, pin string) (centre.Officer, bool) {
	return centre.Officer{ID: id, Name: "赵", Appointments: b.may}, pin == "314159"
}

func (b *booth) Free(hall.ID, hall.Letter) []centre.FreeDay {
	return []centre.FreeDay{{Date: "2026-11-25", Times: []hall.Slot{{AtMS: at("09:00"), Free: 3}, {AtMS: at("09:15"), Free: 1}}}, {Date: "2026-11-26"}}
}

func (b *booth) Of(_ hall.ID, date hall.Date, phone string) []centre.Appointment {
	if date == "2026-11-25" && phone == "0462" {
		return b.found
	}
	return nil
}

func (b *booth) Do(_ context.Context, _ centre.Officer, w centre.AppointmentWish) (centre.Appointment, error) {
	b.wishes = append(b.wishes, w)
	return centre.Appointment{ID: "a1", Phone: "0462", State: "booked", Letter: "B", Date: "2026-11-25", At: "09:15", From: "08:45", Till: "09:30"}, b.answer
}

func openBooth(t *testing.T, b *booth) (*httptest.Server, *http.Client) {
	t.Helper()
	server := httptest.NewServer(startWith(t, newLog(), district, b).Centre.Handler())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return server, &http.Client{Jar: jar}
}

func send(t *testing.T, c *http.Client, to string, form url.Values, status int) string {
	t.Helper()
	r, err := c.PostForm(to, form)
	if err != nil {
		t.Fatal(err)
	}
	return body(t, r, status)
}

var signInForm = url.Values{"id": {"zhao"}, "pin": {"314159"}}

// The page leads from hall to time by links, makes what was chosen, and tells what to read out.
func TestThePageOfAppointmentsLeadsToATime(t *testing.T) {
	for lang, words := range map[string][]string{"zh": {"电话预约", "11月25日 周三", "余 3", "请念给来电人", "后四位 0462"}, "en": {"Appointments", "Wed 25 Nov", "3 left", "read this to the caller", "digits of your phone, 0462"}} {
		b := &booth{may: true}
		server, c := openBooth(t, b)
		at := server.URL + "/appointments"
		if text := page(t, c, at+"?lang="+lang, http.StatusOK); strings.Contains(text, "caller") || !strings.Contains(text, "appointments/sign-in") {
			t.Errorf("%s: before the sign-in: %s", lang, text)
		}
		send(t, c, at+"/sign-in?lang="+lang, signInForm, http.StatusOK)
		text := page(t, c, at+"?lang="+lang+"&hall=jiangnan&letter=B", http.StatusOK)
		form := url.Values{"at": {"7"}, "phone": {"138 5717-０462"}, "language": {"en"}}
		for _, name := range []string{"request", "hall", "letter", "date"} {
			found := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(text)
			if found == nil {
				t.Fatalf("%s: no %s in %s", lang, name, text)
			}
			form.Set(name, found[1])
		}
		text += send(t, c, at+"/book?lang="+lang, form, http.StatusOK)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the page lacks %q", lang, w)
			}
		}
		if len(b.wishes) != 1 || b.wishes[0].Number != "13857170462" || b.wishes[0].Hall != "jiangnan" || b.wishes[0].Letter != "B" || b.wishes[0].AtMS != 7 || b.wishes[0].Language != "en" || b.wishes[0].Request == "" {
			t.Errorf("%s: wished %+v", lang, b.wishes)
		}
		if strings.Contains(text, "13857170462") {
			t.Errorf("%s: the number stays on the page of what was made", lang)
		}
	}
}

// What was made is found by day and digits and given up; what has its ticket is not.
func TestAnAppointmentIsFoundAndGivenUp(t *testing.T) {
	b := &booth{may: true, found: []centre.Appointment{{ID: "a1", State: "booked", Letter: "B", Date: "2026-11-25", At: "09:15"}, {ID: "a2", State: "used", Letter: "B", Date: "2026-11-25", At: "10:15"}}}
	server, c := openBooth(t, b)
	at := server.URL + "/appointments"
	send(t, c, at+"/sign-in", signInForm, http.StatusOK)
	look := url.Values{"hall": {"jiangnan"}, "day": {"2026-11-25"}, "phone": {"13857170462"}}
	text := send(t, c, at+"/find", look, http.StatusOK)
	if n := strings.Count(text, "取消这个预约"); n != 1 || !strings.Contains(text, "已取号") {
		t.Errorf("%d can be given up: %s", n, text)
	}
	look.Set("phone", "0463")
	if text := send(t, c, at+"/find", look, http.StatusOK); !strings.Contains(text, "没有尾号 0463") {
		t.Errorf("nobody's: %s", text)
	}
	if text := send(t, c, at+"/cancel", url.Values{"hall": {"jiangnan"}, "appointment": {"a1"}, "request": {"r1"}}, http.StatusOK); !strings.Contains(text, "已取消") || b.wishes[0].Cancel != "a1" || b.wishes[0].Request != "r1" {
		t.Errorf("given up: %+v %s", b.wishes, text)
	}
}

// Each refusal is a sentence with a next step, what was typed stays, and where nobody knows what
// became of it the same form goes out once more.
func TestRefusalsOnThePageOfAppointments(t *testing.T) {
	b := &booth{may: true}
	server, c := openBooth(t, b)
	at := server.URL + "/appointments"
	send(t, c, at+"/sign-in", signInForm, http.StatusOK)
	for want, err := range map[string]error{
		"线路恢复后再约": event.HubUnreachable, "原样再按一次": event.HubUnreachable.With("field", "answer"), "正在恢复数据": event.HubGathers, "另选时间": event.SlotTaken, "需要改期的先取消": event.BookedAlready.With("time", "10:00"),
		"当天到大厅取号": event.BookBarred.With("date", "2026-12-31"), "重新查询": event.BookingUnknown, "在大厅放弃号票": event.BookingUsed, "11 位手机号": event.FieldMissing.With("field", "phone"), "后再试": event.RequestUnusable, "已不在": event.NotSignedIn, "中心出错": errors.New("a fault"),
	} {
		b.answer = err
		text := send(t, c, at+"/book", url.Values{"request": {"request-1"}, "hall": {"jiangnan"}, "letter": {"B"}, "date": {"2026-11-25"}, "at": {"1"}, "phone": {"0462"}, "language": {"en"}}, http.StatusConflict)
		same := strings.Contains(text, `name="request" value="request-1"`)
		if !strings.Contains(text, want) || !strings.Contains(text, `value="0462"`) || !strings.Contains(text, `value="en" checked`) || same != strings.Contains(text, "原样") {
			t.Errorf("%v (%v): %s", err, same, text)
		}
	}
}

// Who signs in without the right sees whom to ask; a session of /cases is none here.
func TestOnlyWhoMayMakesAppointments(t *testing.T) {
	b := &booth{}
	server, c := openBooth(t, b)
	at := server.URL + "/appointments"
	r, err := c.PostForm(at+"/sign-in", signInForm)
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, r, http.StatusForbidden); !strings.Contains(text, "officer add --appointments") {
		t.Errorf("without the right: %s", text)
	}
	for _, verb := range []string{"book", "cancel", "find"} {
		send(t, c, at+"/"+verb, url.Values{"hall": {"jiangnan"}, "appointment": {"a1"}, "request": {"r"}}, http.StatusForbidden)
	}
	_, nobody := openBooth(t, &booth{})
	send(t, nobody, at+"/book", url.Values{"hall": {"jiangnan"}}, http.StatusForbidden)
	if len(b.wishes) != 0 {
		t.Errorf("wished %+v", b.wishes)
	}
}
