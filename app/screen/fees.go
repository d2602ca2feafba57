package screen

import (
	"onewindow/app/event"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
)

// CaseFee is the fee of an application. State is "none" where the guide charges nothing and no notice was
// given, "due" where it charges and nobody has said how much yet, "open" or "paid". Amounts are in yuan, "80.00".
type CaseFee struct {
	State string `json:"state"`
	// Text is what the guide says of it, Amount what the notice says, or what the guide names where it names one amount.
	Text    string `json:"text"`
	Amount  string `json:"amount"`
	Place   string `json:"place"`
	Until   string `json:"until"`
	Over    bool   `json:"over"`
	Receipt string `json:"receipt"`
	PaidOn  string `json:"paidOn"`
	// Charge and Pay tell that a notice can be given now, and that it can be noted as paid.
	Charge bool `json:"charge"`
	Pay    bool `json:"pay"`
}

// tariff is what the guide in force says of the fee for an application.
func (c *Counter) tariff(o opened) guide.Fee {
	item, _ := c.m.Guides.Now().Item(guide.Code(o.Item))
	if item == nil {
		return guide.Fee{}
	}
	return item.Fee
}

// fee shapes the fee of an application.
func (c *Counter) fee(o opened) CaseFee {
	now, tariff := c.m.Book.Now(), c.tariff(o)
	today := hall.DateOf(now)
	may := func(d intake.Deed) bool {
		d.Tariff, d.Fen, d.Place, d.Until, d.Receipt, d.Request, d.NowMS = tariff, 1, "?", today, "?", "may", now // whether it stands so
		_, no := d.Decide(o.Case, c.m.Calendar, today)
		return no == nil
	}
	f := CaseFee{State: "none", Text: tariff.Text, Charge: may(intake.Deed{Kind: intake.KindCharged}), Pay: may(intake.Deed{Kind: intake.KindPaid})}
	charged, paid := o.Fee()
	switch {
	case charged != nil:
		f.State, f.Text, f.Amount, f.Place, f.Until = "open", charged.Basis, intake.Yuan(charged.Fen), charged.Place, string(charged.AnswerBy)
		f.Over = today > charged.AnswerBy
	case f.Charge:
		f.State, f.Place, f.Until = "due", c.m.place().HallName.Zh+"收费窗口", string(c.m.Calendar.PayBy(today))
		if fen, ok := intake.FeeOf(tariff); ok {
			f.Amount = intake.Yuan(fen)
		}
	}
	if paid != nil {
		f.State, f.Over, f.Receipt, f.PaidOn = "paid", false, paid.Receipt, string(paid.Day)
	}
	return f
}

// ChargeFee notes what has to be paid for an application, where and until when, for its notice (缴费通知书); amount in
// yuan as it is typed. Until it was paid a later one takes its place. A repeated request changes nothing.
// Refusals: those of OpenCase, CaseState (args state), FeeFree, FeeWrong, FeeState (args state), FieldMissing (args field: place, until).
func (c *Counter) ChargeFee(request, number, amount, place, until string) (IntakeResult, error) {
	fen, no := intake.Fen(amount)
	if no != nil {
		return IntakeResult{}, no
	}
	return c.later(request, number, intake.KindCharged, func(o opened, now int64) (any, *event.Refusal) {
		return c.deed(intake.Deed{Kind: intake.KindCharged, Tariff: c.tariff(o), Fen: fen, Place: place, Until: hall.Date(until)}, o, request, now)
	})
}

// PayFee notes that the fee of an application was paid, with the number of its receipt. A repeated request changes
// nothing. Refusals: those of OpenCase, CaseState (args state), FeeState (args state), FieldMissing (args field: receipt).
func (c *Counter) PayFee(request, number, receipt string) (IntakeResult, error) {
	return c.later(request, number, intake.KindPaid, func(o opened, now int64) (any, *event.Refusal) {
		return c.deed(intake.Deed{Kind: intake.KindPaid, Receipt: receipt}, o, request, now)
	})
}

// deed decides a step that needs no reason, in the name of who is signed in.
func (c *Counter) deed(d intake.Deed, o opened, request string, now int64) (any, *event.Refusal) {
	d.Window, d.Clerk, d.Request, d.NowMS = c.window, c.clerk.ID, request, now
	s, no := d.Decide(o.Case, c.m.Calendar, hall.DateOf(now))
	return s, no
}
