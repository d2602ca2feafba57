package apptest_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"onewindow/app/apptest"
	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/intake"
	"onewindow/app/screen"
	"onewindow/app/terminal"
	"onewindow/sync/node"
)

// opens opens an application at a counter as soon as it can.
func opens(t *testing.T, c *terminal.Terminal, number, why string, ready func(screen.CasePage) bool) (page screen.CasePage) {
	t.Helper()
	apptest.Eventually(t, number+" is opened and stands as it should", func() bool {
		p, err := c.Counter.OpenCase(number, why)
		page = p
		return err == nil && ready(p)
	})
	return page
}

// waiting is what a counter lists for a second person.
func waiting(t *testing.T, c *terminal.Terminal) []screen.AmendingCase {
	t.Helper()
	page, err := c.Counter.Page()
	apptest.Must(t, err)
	return page.Amending
}

// passTo lets another clerk sign in at the same counter.
func (o *office) passTo(t *testing.T, clerk, pin string) {
	t.Helper()
	_, err := o.c.Counter.Finish([]screen.Outcome{{Item: o.item, Outcome: "accepted"}})
	apptest.Must(t, err)
	_, err = o.c.Counter.SignOut()
	apptest.Must(t, err)
	signIn(t, o.c, clerk, pin, "A01", "A")
}

// TestFourEyesAtTwoCounters goes the way of a slip that is found after the acceptance: proposed at one window,
// listed at every one, refused to who proposed it wherever they sit, let pass by somebody else at another window.
// Only then it counts: on the case page, on the documents, which say what they replace, and at the agency, which
// learns that something was put right and no value. None stands in clear in any file.
func TestFourEyesAtTwoCounters(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	took := make(chan string, 16)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	r := o.takeWith(t, "i1")
	print := func(kind, want string) { t.Helper(); prints(t, c, r.Number, kind, want, took) }
	print("notice", "-SL")
	const right, reason = "罗青青(更正样例)", "身份证上是青青二字"
	wish := screen.AmendWish{Field: "applicant", Value: right, Cause: "typed", Why: reason}
	for range 2 {
		if done, err := c.Counter.ProposeAmendment("a1", r.Number, wish); err != nil || done.State != "accepted" {
			t.Fatalf("%+v, %v", done, err)
		}
	}
	page := opens(t, c, r.Number, "correct", func(p screen.CasePage) bool { return len(p.Amendments) == 1 })
	if a := page.Amendments[0]; page.Applicant != "罗庆(样例)" || a.State != "waiting" || a.Old != "罗庆(样例)" || a.New != right || a.Why != reason || !a.Mine || a.May {
		t.Errorf("before anybody checked: %q, %+v", string(page.Applicant), a.State)
	}
	sum := page.Amendments[0].Sum
	if _, err := c.Counter.CheckAmendment("k0", r.Number, sum, true, ""); !errors.Is(err, event.AmendOwn) {
		t.Errorf("who proposed it lets it pass: %v", err)
	}
	print("notice", "-SL")

	c2 := secondCounter(t, w)
	apptest.Eventually(t, "both counters list it", func() bool { return len(waiting(t, c)) == 1 && len(waiting(t, c2)) == 1 })
	if a := waiting(t, c2)[0]; a.Number != r.Number || a.Field != "applicant" || a.Mine || !waiting(t, c)[0].Mine || strings.Contains(a.Clerk+a.Item.Zh, "罗") {
		t.Errorf("%+v", a)
	}
	page = opens(t, c2, r.Number, "correct", func(p screen.CasePage) bool { return len(p.Amendments) == 1 })
	if !page.Amendments[0].May || page.Amendments[0].New != right {
		t.Errorf("the second person: %+v", page.Amendments[0].State)
	}
	for range 2 {
		_, err := c2.Counter.CheckAmendment("k1", r.Number, sum, true, "")
		apptest.Must(t, err)
	}
	if len(waiting(t, c2)) != 0 {
		t.Error("what was checked here a moment ago is listed")
	}
	page = opens(t, c2, r.Number, "correct", func(p screen.CasePage) bool { return p.Amendments[0].State == "passed" })
	if page.Applicant != right || page.Amendments[0].Old != "罗庆(样例)" || page.Amendments[0].Checker == "" || page.Amendments[0].Checker == page.Amendments[0].Clerk {
		t.Errorf("after the check: %q", string(page.Applicant))
	}
	opens(t, c, r.Number, "ask", func(p screen.CasePage) bool { return p.Applicant == right })
	apptest.Eventually(t, "nobody has to look any more", func() bool { return len(waiting(t, c)) == 0 })
	print("notice", "-SL-2")
	own, err := c.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	hubs, err := w.Hub.Store.Numbered(t.Context(), r.Number)
	apptest.Must(t, err)
	d := intake.Document{Kind: intake.PaperAcceptance, Case: r.Number, Edition: hubs.Edition()}
	if hubs.Replaced(d) != r.Number+"-SL" || own.Replaced(d) != r.Number+"-SL" {
		t.Errorf("%s replaces %q", d.Number(), hubs.Replaced(d))
	}

	item, _ := c.Machine.Guides.Now().Item(guide.Code(o.item))
	chen := atThePage(t, w, "chen", item.Department)
	apptest.Eventually(t, "the agency hears of it", func() bool {
		_, list := chen.get("/cases")
		_, one := chen.get("/cases/" + r.Number)
		if strings.Contains(list+one, "罗") {
			t.Fatal("the agency's page names somebody")
		}
		return strings.Contains(list, "已更正") && strings.Contains(one, "更正(双人核对)：申请人姓名") && strings.Contains(one, "A01 wang, A02 li")
	})
	if n := kinds(t, w.Centre.Store); n[intake.KindAmendProposed] != 1 || n[intake.KindAmendChecked] != 1 {
		t.Errorf("%d proposals, %d checks", n[intake.KindAmendProposed], n[intake.KindAmendChecked])
	}

	// Who was erased is amended no more, and what was amended goes with the rest.
	apptest.Must(t, w.Hub.Keys.Erase(t.Context(), []string{string(caseID(t, w, r.Number))}, "wang", "", 1))
	if _, err := c2.Counter.ProposeAmendment("a2", r.Number, screen.AmendWish{Field: "phone", Cause: "typed"}); !errors.Is(err, event.CaseErased) {
		t.Errorf("an erased application is amended: %v", err)
	}
	w.StopHub()
	w.StopCentre()
	apptest.Must(t, c.Close())
	apptest.Must(t, c2.Close())
	for _, dir := range []string{"centre", "hub", "c1", "c2"} {
		holdsNot(t, filepath.Join(w.Dir, dir), right[:9])
		holdsNot(t, filepath.Join(w.Dir, dir), reason[:9])
	}
}

// TestFourEyesWithoutAHub has two clerks put a slip right at one counter, one after the other, while nothing else
// can be reached; when the hub is back the whole hall knows.
func TestFourEyesWithoutAHub(t *testing.T) {
	w := apptest.New(t)
	o := newOffice(t, w)
	w.StopHub()
	r := o.takeWith(t, "i1")
	for n, wish := range []screen.AmendWish{{Field: "phone", Value: "13900000000", Cause: "told"}, {Field: "material", Material: 1, Received: "not_received", Cause: "ticked"}} {
		_, err := o.c.Counter.ProposeAmendment("a"+string(rune('1'+n)), r.Number, wish)
		apptest.Must(t, err)
	}
	apptest.Eventually(t, "it is listed where it was proposed", func() bool { return len(waiting(t, o.c)) == 2 })
	o.passTo(t, "li", "135790")
	page := opens(t, o.c, r.Number, "correct", func(p screen.CasePage) bool { return len(p.Amendments) == 2 })
	for n, a := range page.Amendments {
		if _, err := o.c.Counter.CheckAmendment("k"+string(rune('1'+n)), r.Number, a.Sum, a.Field == "phone", "材料袋里有这一份"); err != nil || !a.May {
			t.Fatalf("%+v, %v", a.State, err)
		}
	}
	w.StartHub()
	c2 := secondCounter2(t, w)
	page = opens(t, c2, r.Number, "ask", func(p screen.CasePage) bool { return p.Phone == "13900000000" && !p.Alone })
	if page.Rows[0].State != "received" || page.Amendments[1].State != "returned" || page.Amendments[1].Reply != "材料袋里有这一份" {
		t.Errorf("%s, %+v", page.Rows[0].State, page.Amendments[1].State)
	}
}

// secondCounter2 is another counter with a clerk of its own.
func secondCounter2(t *testing.T, w *apptest.World) *terminal.Terminal {
	t.Helper()
	c := w.Terminal(config.Counter, "c2")
	reached(t, c)
	signIn(t, c, "wang", "246810", "A02", "A")
	return c
}

// TestTheFeeOfAnApplication gives a notice of a fee at a window, prints it, has the agency note that it was paid, and
// hands out with what is open said in words. What the guide calls free is charged nowhere.
func TestTheFeeOfAnApplication(t *testing.T) {
	w := apptest.New(t)
	took := make(chan string, 16)
	twin, err := device.StartPageTwin("127.0.0.1:0", t.TempDir(), func(file string) { took <- file })
	apptest.Must(t, err)
	t.Cleanup(func() { twin.Close() })
	k, c := w.Terminal(config.Kiosk, "k1"), w.Terminal(config.Counter, "c1", func(s *config.Settings) { s.Documents = twin.Address() })
	reached(t, k, c)
	o := officeAt(t, w, k, c)
	var charged, free *guide.Item
	for _, i := range k.Machine.Guides.Now().ItemsIn("A") {
		if _, ok := intake.FeeOf(i.Fee); ok && charged == nil {
			charged = i
		}
		if !i.Fee.Charged && free == nil {
			free = i
		}
	}
	if charged == nil || free == nil {
		t.Fatal("the catalogue has no item with a fee, or none without")
	}
	o.item = string(free.Code)
	nothing := o.takeWith(t, "i1")
	if _, err := c.Counter.ChargeFee("f0", nothing.Number, "10", "收费窗口", "2027-01-04"); !errors.Is(err, event.FeeFree) {
		t.Errorf("%s is charged: %v", free.Name, err)
	}
	o.item = string(charged.Code)
	r := o.takeWith(t, "i2")
	page := opens(t, c, r.Number, "ask", func(screen.CasePage) bool { return true })
	if f := page.Fee; f.State != "due" || f.Amount == "" || f.Text != charged.Fee.Text || f.Until == "" || !f.Charge || f.Pay {
		t.Fatalf("%+v", f)
	}
	if _, err := c.Counter.ChargeFee("f1", r.Number, "八十", page.Fee.Place, page.Fee.Until); !errors.Is(err, event.FeeWrong) {
		t.Errorf("%v", err)
	}
	for n, amount := range []string{"1", "80.5"} {
		_, err = c.Counter.ChargeFee("f"+string(rune('2'+n)), r.Number, amount, page.Fee.Place, page.Fee.Until)
		apptest.Must(t, err)
		if number, err := c.Counter.PrintDocument(r.Number, "fee"); err != nil || number != r.Number+[]string{"-JF", "-JF-2"}[n] {
			t.Errorf("%q, %v", number, err)
		}
		<-took
	}
	page = opens(t, c, r.Number, "ask", func(p screen.CasePage) bool { return p.Fee.State == "open" })
	if page.Fee.Amount != "80.50" || page.Fee.Over || !page.Fee.Pay {
		t.Errorf("%+v", page.Fee)
	}
	apptest.Must(t, node.OfficersOf(filepath.Join(w.Dir, "centre")).Put(node.OfficerEntry{ID: "chen", Name: "陈", Agency: charged.Department}, "314159"))
	chen := atThePage(t, w, "chen", charged.Department)
	apptest.Eventually(t, "the agency sees that the fee is open", func() bool {
		_, list := chen.get("/cases")
		_, one := chen.get("/cases/" + r.Number)
		return strings.Contains(list, "费用未缴") && strings.Contains(one, "¥80.50")
	})
	if status, body := chen.note(r.Number, "pay", nil); !strings.Contains(body, "请填写票据号") {
		t.Errorf("paid without a receipt: %d", status)
	}
	chen.note(r.Number, "pay", url.Values{"receipt": {"33010042"}})
	page = opens(t, c, r.Number, "ask", func(p screen.CasePage) bool { return p.Fee.State == "paid" })
	if page.Fee.Receipt != "33010042" || page.Fee.PaidOn == "" || page.Fee.Charge || page.Fee.Pay || page.State != "accepted" {
		t.Errorf("%+v", page.Fee)
	}
	if _, err := c.Counter.PayFee("p1", r.Number, "33010043"); !errors.Is(err, event.FeeState) {
		t.Errorf("paid twice: %v", err)
	}
}
