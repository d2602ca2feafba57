package terminal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"reflect"
	"strings"
	"time"

	"onewindow/app/event"
)

// Bridge serves the pages and their calls over HTTP, for a browser in
// development and tests: POST /rpc/Kiosk.Home with a JSON array of arguments,
// and server-sent events at /events: changed, and scan with the text of a code. Only the methods of the list made here can
// be called. dist is the built application.
func (t *Terminal) Bridge(dist fs.FS) http.Handler {
	calls := methods(t.Doors())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rpc/{method}", func(w http.ResponseWriter, r *http.Request) {
		method, ok := calls[r.PathValue("method")]
		if !ok {
			refuse(w, http.StatusNotFound, event.RequestUnusable.With("method", r.PathValue("method")))
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, event.RequestUnusable)
			return
		}
		value, err := method(body)
		if err != nil {
			no := Refusal(err)
			if no.Code == event.Internal.Code {
				t.log.Error("call", "method", r.PathValue("method"), "error", err)
			}
			refuse(w, http.StatusConflict, no)
			return
		}
		answer(w, http.StatusOK, map[string]any{"value": value})
	})
	mux.HandleFunc("GET /events", t.events)
	mux.Handle("GET /", http.FileServerFS(dist))
	return noStore(mux)
}

// Doors are the structs whose methods pages may call.
func (t *Terminal) Doors() []any {
	switch t.Settings.Role {
	case "counter":
		return []any{t.Self, t.Counter}
	case "board":
		return []any{t.Self, t.Board}
	}
	return []any{t.Self, t.Kiosk}
}

// Refusal turns any error into what a page may show. An error without a refusal
// in it is internal: the person reads a plain sentence, the log has the rest.
func Refusal(err error) *event.Refusal {
	var no *event.Refusal
	if errors.As(err, &no) {
		return no
	}
	return event.Internal
}

// pageCalls is everything that pages may call; a test compares it with what the
// doors offer, because in the window every method of a door can be called.
var pageCalls = map[string][]string{
	"Terminal": {"Place"},
	"Kiosk": {"Announcement", "AnswerSurvey", "AtHome", "Book", "BookByCard", "BookingDays", "BookingTimes", "Bookings", "Cancel", "CancelBooking", "CardBookings", "CheckIn", "Checklist", "ChecklistCode", "ChecklistPaper", "Choices", "ComeBack", "Disclosure", "FilterChoices", "Find", "Guide", "Hall", "Help", "Home", "Hush", "Issue", "Items", "LeaveQuestion",
		"Policies", "Policy", "Progress", "Rate", "Reading", "Reprint", "Say", "Survey"},
	"Counter": {"AddItems", "AnswerFollowUp", "AskShared", "AttachDraft", "AttachScan", "CallNumber", "Cancel", "CaseScans", "ChargeFee", "CheckAmendment", "CheckFollowUp", "CloseWindow", "ComeBack", "DisclosureAgencies", "DisputeShared", "Draft", "DraftScans", "DropDraftScan", "DueCases", "EndNotice", "Finish", "FollowUps", "GoHelp", "Guide", "HallNow", "KeepDraft", "ListDisclosures", "LookBefore", "Merge", "Next", "NoShow", "OpenCase", "OpenDisclosure", "OpenFollowUp", "OpenScan", "OpenWindow", "OwnDay", "Page", "Park", "Pass", "PauseQueue", "PayFee", "PostNotice", "PrintDisclosure", "PrintDocument", "ProposeAmendment", "ReadCard", "Recall", "RecheckShared", "Reopen", "Resume", "ResumeQueue", "Return", "Search", "SignCase", "SignIn", "SignOut", "Start", "StartByScan", "StepAway", "StepCase", "StepDisclosure", "SupplyCase", "TakeDisclosure", "TakeIntake", "TrayPreview", "Withdraw", "WithdrawCase"},
	"Board":   {"Page"},
}

// methods finds the listed methods of the doors, by "Struct.Method".
func methods(doors []any) map[string]func(args []byte) (any, error) {
	out := map[string]func([]byte) (any, error){}
	for _, door := range doors {
		v := reflect.ValueOf(door)
		name := v.Type().Elem().Name()
		for _, call := range pageCalls[name] {
			m := v.MethodByName(call)
			out[name+"."+call] = func(args []byte) (any, error) { return invoke(m, args) }
		}
	}
	return out
}

func invoke(m reflect.Value, args []byte) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", event.Internal, p)
		}
	}()
	var raw []json.RawMessage
	if len(args) > 0 {
		if err := json.Unmarshal(args, &raw); err != nil {
			return nil, fmt.Errorf("%w: %w", event.RequestUnusable, err)
		}
	}
	if len(raw) != m.Type().NumIn() {
		return nil, event.RequestUnusable.With("arguments", fmt.Sprint(m.Type().NumIn()))
	}
	in := make([]reflect.Value, len(raw))
	for i := range raw {
		p := reflect.New(m.Type().In(i))
		if err := json.Unmarshal(raw[i], p.Interface()); err != nil {
			return nil, fmt.Errorf("%w: %w", event.RequestUnusable, err)
		}
		in[i] = p.Elem()
	}
	for _, out := range m.Call(in) {
		if e, ok := out.Interface().(error); ok {
			return nil, e
		}
		if out.Type() != reflect.TypeFor[error]() {
			value = out.Interface()
		}
	}
	return value, nil
}

// signalEvery bounds how often a page is told to look again.
const signalEvery = 50 * time.Millisecond

func (t *Terminal) events(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no streaming", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	changes, scans := t.Watch(), t.WatchScans()
	defer t.Unwatch(changes)
	defer t.UnwatchScans(scans)
	for n := 1; ; n++ {
		if _, err := fmt.Fprintf(w, "event: changed\ndata: {\"revision\":%d}\n\n", n); err != nil {
			return
		}
		flusher.Flush()
		// A change that comes at once waits; a scan does not.
		for again, held := time.After(15*time.Second), time.After(signalEvery); again != nil; {
			due := changes
			if held != nil {
				due = nil
			}
			select {
			case <-r.Context().Done():
				return
			case text := <-scans:
				data, err := json.Marshal(map[string]string{"text": text})
				if err == nil {
					_, err = fmt.Fprintf(w, "event: scan\ndata: %s\n\n", data)
				}
				if err != nil {
					return
				}
				flusher.Flush()
			case <-held:
				held = nil
			case <-due:
				again = nil
			case <-again:
				again = nil
			}
		}
	}
}

func refuse(w http.ResponseWriter, status int, no *event.Refusal) {
	answer(w, status, map[string]any{"refusal": no})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// The page is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(body)
}

// noStore keeps pages and answers out of every cache, and other sites out of the bridge.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || strings.Contains(r.Header.Get("Origin"), "null") {
			http.Error(w, "this bridge is for its own pages", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
