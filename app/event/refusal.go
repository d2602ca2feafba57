package event

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code numbers a refusal. Numbers are stable on the wire and never used again.
type Code int

// Refusal is a "no" that a person or another program can act on. Key names the
// sentence that the screen shows in the person's language, Args fill it in; a
// person never sees the text of Error. Numbers: see the list of refusals below.
type Refusal struct {
	Code Code              `json:"code"`
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Error gives the key and the arguments for logs and operators.
func (r *Refusal) Error() string {
	parts := make([]string, 0, len(r.Args))
	for k, v := range r.Args {
		parts = append(parts, k+"="+v)
	}
	sort.Strings(parts)
	return strings.TrimSpace(fmt.Sprintf("refused %d %s %s", r.Code, r.Key, strings.Join(parts, " ")))
}

// Is makes errors.Is compare codes, so that arguments do not matter.
func (r *Refusal) Is(target error) bool {
	var t *Refusal
	return errors.As(target, &t) && t.Code == r.Code
}

// With gives a copy of r with one more argument.
func (r *Refusal) With(name, value string) *Refusal {
	args := map[string]string{name: value}
	for k, v := range r.Args {
		args[k] = v
	}
	return &Refusal{Code: r.Code, Key: r.Key, Args: args}
}

// The refusals of the whole program. 1xx ticket, 2xx queue and window, 3xx codes
// on paper, 4xx clerk, 5xx intake, 6xx guides, 7xx storage and devices, 8xx the line,
// 9xx ratings.
var (
	ServiceUnknown  = &Refusal{Code: 101, Key: "service_unknown"}
	ItemUnknown     = &Refusal{Code: 102, Key: "item_unknown"}
	TicketUnknown   = &Refusal{Code: 103, Key: "ticket_unknown"}
	ItemElsewhere   = &Refusal{Code: 104, Key: "item_elsewhere"}
	TicketState     = &Refusal{Code: 201, Key: "ticket_state"}
	NobodyWaits     = &Refusal{Code: 202, Key: "nobody_waits"}
	WindowClosed    = &Refusal{Code: 203, Key: "window_closed"}
	WindowTaken     = &Refusal{Code: 204, Key: "window_taken"}
	StillServing    = &Refusal{Code: 205, Key: "still_serving"}
	TooSoon         = &Refusal{Code: 206, Key: "too_soon"}
	NoTicket        = &Refusal{Code: 207, Key: "no_ticket"}
	OutcomeMissing  = &Refusal{Code: 208, Key: "outcome_missing"}
	WindowUnknown   = &Refusal{Code: 209, Key: "window_unknown"}
	RecallLimit     = &Refusal{Code: 210, Key: "recall_limit"}
	NoticeLong      = &Refusal{Code: 211, Key: "notice_long"}
	NoticesFull     = &Refusal{Code: 212, Key: "notices_full"}
	ReasonMissing   = &Refusal{Code: 213, Key: "reason_missing"}
	BackOnce        = &Refusal{Code: 214, Key: "back_once"}
	BackLate        = &Refusal{Code: 215, Key: "back_late"}
	SlotTaken       = &Refusal{Code: 220, Key: "slot_taken"}
	BookedAlready   = &Refusal{Code: 221, Key: "booked_already"}
	BookBarred      = &Refusal{Code: 222, Key: "book_barred"}
	BookingUnknown  = &Refusal{Code: 223, Key: "booking_unknown"}
	BookingOver     = &Refusal{Code: 224, Key: "booking_over"}
	BookingDay      = &Refusal{Code: 225, Key: "booking_day"}
	BookingEarly    = &Refusal{Code: 226, Key: "booking_early"}
	BookingUsed     = &Refusal{Code: 227, Key: "booking_used"}
	CodeForeign     = &Refusal{Code: 301, Key: "code_foreign"}
	CodeTorn        = &Refusal{Code: 302, Key: "code_torn"}
	CodeForged      = &Refusal{Code: 303, Key: "code_forged"}
	CodeStale       = &Refusal{Code: 304, Key: "code_stale"}
	CodeKeyUnknown  = &Refusal{Code: 305, Key: "code_key_unknown"}
	CodeOtherHall   = &Refusal{Code: 306, Key: "code_other_hall"}
	CodeUsed        = &Refusal{Code: 307, Key: "code_used"}
	PINWrong        = &Refusal{Code: 401, Key: "pin_wrong"}
	PINLocked       = &Refusal{Code: 402, Key: "pin_locked"}
	NotSignedIn     = &Refusal{Code: 403, Key: "not_signed_in"}
	SupervisorOnly  = &Refusal{Code: 404, Key: "supervisor_only"}
	FieldMissing    = &Refusal{Code: 501, Key: "field_missing"}
	IdentityWrong   = &Refusal{Code: 502, Key: "identity_wrong"}
	CaseUnknown     = &Refusal{Code: 503, Key: "case_unknown"}
	CaseState       = &Refusal{Code: 504, Key: "case_state"}
	CaseLate        = &Refusal{Code: 505, Key: "case_late"}
	CaseErased      = &Refusal{Code: 506, Key: "case_erased"}
	CaseElsewhere   = &Refusal{Code: 507, Key: "case_elsewhere"}
	CaseTwice       = &Refusal{Code: 523, Key: "case_twice"}
	CaseUnproved    = &Refusal{Code: 522, Key: "case_unproved"}
	SharedMany      = &Refusal{Code: 521, Key: "shared_many"}
	CaseExtended    = &Refusal{Code: 508, Key: "case_extended"}
	NotAtOnce       = &Refusal{Code: 509, Key: "not_at_once"}
	StepMissing     = &Refusal{Code: 513, Key: "step_missing"}
	StepOnce        = &Refusal{Code: 514, Key: "step_once"}
	NotOver         = &Refusal{Code: 510, Key: "not_over"}
	NoFee           = &Refusal{Code: 511, Key: "no_fee"}
	TermOver        = &Refusal{Code: 512, Key: "term_over"}
	TermUnknown     = &Refusal{Code: 515, Key: "term_unknown"}
	ScanWrong       = &Refusal{Code: 531, Key: "scan_wrong"}
	ScanGone        = &Refusal{Code: 532, Key: "scan_gone"}
	ScanElsewhere   = &Refusal{Code: 533, Key: "scan_elsewhere"}
	ScanDamaged     = &Refusal{Code: 534, Key: "scan_damaged"}
	ScansMany       = &Refusal{Code: 535, Key: "scans_many"}
	AmendWaits      = &Refusal{Code: 540, Key: "amend_waits"}
	AmendSame       = &Refusal{Code: 541, Key: "amend_same"}
	AmendOwn        = &Refusal{Code: 542, Key: "amend_own"}
	AmendDay        = &Refusal{Code: 543, Key: "amend_day"}
	AmendState      = &Refusal{Code: 544, Key: "amend_state"}
	FeeFree         = &Refusal{Code: 545, Key: "fee_free"}
	FeeWrong        = &Refusal{Code: 546, Key: "fee_wrong"}
	FeeState        = &Refusal{Code: 547, Key: "fee_state"}
	GuidesMissing   = &Refusal{Code: 601, Key: "guides_missing"}
	NotPublished    = &Refusal{Code: 602, Key: "not_published"}
	DiskFull        = &Refusal{Code: 701, Key: "disk_full"}
	NotSaved        = &Refusal{Code: 702, Key: "not_saved"}
	PrinterFailed   = &Refusal{Code: 703, Key: "printer_failed"}
	ReaderFailed    = &Refusal{Code: 704, Key: "reader_failed"}
	ScanRoom        = &Refusal{Code: 705, Key: "scan_room"}
	PadFailed       = &Refusal{Code: 706, Key: "pad_failed"}
	HubUnreachable  = &Refusal{Code: 801, Key: "hub_unreachable"}
	VersionUnknown  = &Refusal{Code: 802, Key: "version_unknown"}
	DeviceUnknown   = &Refusal{Code: 803, Key: "device_unknown"}
	RequestUnusable = &Refusal{Code: 804, Key: "request_unusable"}
	Forked          = &Refusal{Code: 805, Key: "forked"}
	HubGathers      = &Refusal{Code: 806, Key: "hub_gathers"}
	SharedAway      = &Refusal{Code: 811, Key: "shared_away"}
	Internal        = &Refusal{Code: 899, Key: "internal"}
	RatingEarly     = &Refusal{Code: 901, Key: "rating_early"}
	RatingNone      = &Refusal{Code: 902, Key: "rating_none"}
	RatingLate      = &Refusal{Code: 903, Key: "rating_late"}
	RatedAlready    = &Refusal{Code: 904, Key: "rated_already"}
	FollowUpUnknown = &Refusal{Code: 905, Key: "follow_up_unknown"}
	FollowUpOwn     = &Refusal{Code: 906, Key: "follow_up_own"}
	FollowUpState   = &Refusal{Code: 907, Key: "follow_up_state"}
	FollowUpSame    = &Refusal{Code: 908, Key: "follow_up_same"}
	RatingErased    = &Refusal{Code: 909, Key: "rating_erased"}
)
