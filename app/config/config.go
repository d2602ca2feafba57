// Package config is the settings of one terminal: defaults, the file, the check,
// and what each setting means. It opens no database and no window.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Roles of a terminal.
const (
	Kiosk   = "kiosk"
	Counter = "counter"
	Board   = "board"
)

// Settings of one terminal. The JSON names are those of the settings file.
type Settings struct {
	// Role is what this terminal is: kiosk, counter or board.
	Role string `json:"role"`
	// Hall is the hall's id in the catalogue: jiangnan.
	Hall string `json:"hall"`
	// Device names the terminal within its hall: k1, c07, b1. It is printed nowhere and never reused.
	Device string `json:"device"`
	// Series is a kiosk's own digit, 1 to 9, different for each kiosk of a hall:
	// it marks the numbers that the kiosk gives out while it is cut off.
	Series int `json:"series"`
	// Window is what stands above a counter's window, B07; empty lets the clerk choose.
	Window string `json:"window"`
	// Hub is where the hall's hub listens: nats://10.1.2.3:4222. Where the hall has two hubs
	// it names both, with a comma between.
	Hub string `json:"hub"`
	// HubKey is the hub's public key, as "onewindowd key" prints it there: this
	// terminal talks to no other hub. Two hubs have two keys, with a comma between. It may be empty for an open hub on this machine.
	HubKey string `json:"hub_key"`
	// CentreKey is the centre's public key, as "onewindowd key --centre" prints it there: only
	// guides that it has signed are taken. Empty takes the word of the hub for whose they are.
	CentreKey string `json:"centre_key"`
	// Data is the folder of the database and the key. It is never inside the program's folder.
	Data string `json:"data"`
	// Printer is the ticket printer: tcp://host:9100, file:/dev/usb/lp0 or
	// serial:/dev/ttyS0?baud=115200 (Windows: serial:COM3); empty means there is none, as
	// with all devices.
	Printer string `json:"printer"`
	// Documents is the office printer of a counter, which takes PDF: tcp://host:9100 or file:/dev/usb/lp1.
	Documents string `json:"documents"`
	// Reader reads identity cards: serial:/dev/ttyUSB0?baud=115200 or tcp://host:port.
	Reader string `json:"reader"`
	// Scanner reads codes on a serial line: serial:/dev/ttyACM0?baud=9600, and prefix=~ behind
	// it where the scanner sends something before each code. A scanner that plays keyboard needs none.
	Scanner string `json:"scanner"`
	// Strip is the line of LEDs above a counter's window: serial:/dev/ttyS1?baud=9600&unit=1
	// or tcp://host:port.
	Strip string `json:"strip"`
	// Signature is the service of a signature pad on this machine: http://127.0.0.1:port.
	Signature string `json:"signature"`
	// Scans is the folder into which a counter's office scanner puts its files, whole path; empty where there is none.
	Scans string `json:"scans"`
	// Speaker is where a board says its calls: alsa:default, or another name of ALSA's;
	// on Windows windows:default.
	Speaker string `json:"speaker"`
	// Says are the letters of the windows whose calls this board says: AB where it hangs on
	// their floor; empty for all.
	Says string `json:"says"`
	// Clips is a folder with a hall's own recordings of the words of a call, in place of the
	// shipped ones.
	Clips string `json:"clips"`
	// PxPerMM is how many CSS pixels one millimetre of the screen has.
	PxPerMM float64 `json:"px_per_mm"`
	// ScreenLowMM is how high above the floor the lower edge of the screen is: low mode puts
	// every control between 380 and 1200 mm.
	ScreenLowMM int `json:"screen_low_mm"`
	// DistanceMM is from where the screen is read: text grows with it.
	DistanceMM int `json:"distance_mm"`
	// Floor is the floor of the hall on which the terminal stands: a kiosk's map says "you are
	// here" there.
	Floor int `json:"floor"`
	// Catalogue is a folder with catalogue files that are used whatever the centre publishes;
	// empty uses what the centre has published, and before that the shipped sample.
	Catalogue string `json:"catalogue"`
}

// Default gives the settings of a terminal that has none: a hub on this machine.
func Default(role string) Settings {
	s := Settings{Role: role, Hall: "jiangnan", Device: "k1", Series: 1, Hub: "nats://127.0.0.1:4222", PxPerMM: 2.7, ScreenLowMM: 700, DistanceMM: 600, Floor: 1}
	switch role {
	case Counter:
		s.Device, s.Series, s.PxPerMM, s.ScreenLowMM = "c1", 0, 3.6, 850
	case Board:
		s.Device, s.Series, s.PxPerMM, s.ScreenLowMM, s.DistanceMM = "b1", 0, 1.6, 2200, 10_000
	}
	return s
}

// Load reads a settings file over the defaults; a missing file named by nobody
// is no error. role and data, where not empty, go above the file.
func Load(path string, mustExist bool, role, data string) (Settings, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !mustExist:
		raw = []byte("{}")
	case err != nil:
		return Settings{}, fmt.Errorf("read settings: %w: name the right file with --settings", err)
	}
	var first struct {
		Role string `json:"role"`
	}
	// The role decides the defaults; every other mistake is found by the strict reading below.
	_ = json.Unmarshal(raw, &first)
	if role != "" {
		first.Role = role
	}
	if first.Role == "" {
		first.Role = Kiosk
	}
	s := Default(first.Role)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Settings{}, explain(path, raw, err)
	}
	if d.More() {
		return Settings{}, fmt.Errorf("settings file %s: something stands behind the closing brace: remove it", path)
	}
	s.Role = first.Role
	if data != "" {
		s.Data = data
	}
	if s.Data == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return Settings{}, fmt.Errorf("choose a data folder: %w: name one with --data", err)
		}
		s.Data = filepath.Join(base, "onewindow", s.Hall+"-"+s.Device)
	}
	return s, s.Check(path)
}

// explain turns a JSON error into a sentence with a line and a next step.
func explain(path string, raw []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	line := func(at int64) int { return 1 + bytes.Count(raw[:min(int(at), len(raw))], []byte("\n")) }
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("settings file %s, line %d: %w: correct the line; a comma or a quote is often missing", path, line(syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("settings file %s, line %d: %q must be a %s: correct it", path, line(kind.Offset), kind.Field, kind.Type)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("settings file %s, line %d: the file ends in the middle: it was written only half; put it back from a copy", path, line(int64(len(raw))))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return fmt.Errorf("settings file %s: there is no setting %q: %s", path, name, suggest(name, names))
	}
	return fmt.Errorf("settings file %s: %w", path, err)
}

var names = []string{"role", "hall", "device", "series", "window", "hub", "hub_key", "centre_key", "data", "printer", "documents", "reader", "scanner", "strip", "signature", "scans", "speaker", "says", "clips", "px_per_mm", "screen_low_mm", "distance_mm", "floor", "catalogue"}

var (
	idPattern     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,18}$`)
	keyPattern    = regexp.MustCompile(`^U[A-Z2-7]{55}$`)
	windowPattern = regexp.MustCompile(`^[A-Z][0-9]{2,3}$`)
)

// Check tells the first thing that is wrong, with what would be right.
func (s Settings) Check(path string) error {
	bad := func(name, value, want string) error {
		return fmt.Errorf("settings file %s: %q is %q: %s", path, name, value, want)
	}
	switch {
	case !slices.Contains([]string{Kiosk, Counter, Board}, s.Role):
		return bad("role", s.Role, suggest(s.Role, []string{Kiosk, Counter, Board}))
	case !idPattern.MatchString(s.Hall):
		return bad("hall", s.Hall, "it must be the id of a hall in the catalogue, such as jiangnan")
	case !idPattern.MatchString(s.Device):
		return bad("device", s.Device, "it must be 1 to 19 lower-case letters, digits or '-', such as k1")
	case s.Role == Kiosk && (s.Series < 1 || s.Series > 9):
		return bad("series", fmt.Sprint(s.Series), "a kiosk needs a digit from 1 to 9 that no other kiosk of the hall has")
	case s.Window != "" && !windowPattern.MatchString(s.Window):
		return bad("window", s.Window, "it must be what stands above the window, such as B07")
	case s.Hub != "" && !each(s.Hub, isAddress):
		return bad("hub", s.Hub, "it must begin with nats:// or tls://, such as nats://10.1.2.3:4222; two hubs stand with a comma between")
	case s.HubKey != "" && !each(s.HubKey, keyPattern.MatchString):
		return bad("hub_key", s.HubKey, "it must be the hub's whole key, U and 55 letters and digits, as \"onewindowd key\" prints it there")
	case s.CentreKey != "" && !keyPattern.MatchString(s.CentreKey):
		return bad("centre_key", s.CentreKey, "it must be the centre's whole key, U and 55 letters and digits, as \"onewindowd key --centre\" prints it there")
	case s.Printer != "" && !isDevice(s.Printer, "tcp", "file", "serial"):
		return bad("printer", s.Printer, "it must be tcp://10.1.2.9:9100, file:/dev/usb/lp0 or serial:/dev/ttyS0?baud=115200, or be empty; on Windows serial:COM3")
	case s.Documents != "" && !isDevice(s.Documents, "tcp", "file"):
		return bad("documents", s.Documents, "it must be a printer that takes PDF, tcp://10.1.2.8:9100 or file:/dev/usb/lp1, or be empty")
	case s.Reader != "" && !isDevice(s.Reader, "tcp", "serial"):
		return bad("reader", s.Reader, "it must be serial:/dev/ttyUSB0?baud=115200 (Windows: serial:COM3) or tcp://10.1.2.9:8000, or be empty")
	case s.Scanner != "" && !isDevice(s.Scanner, "tcp", "serial"):
		return bad("scanner", s.Scanner, "it must be serial:/dev/ttyACM0?baud=9600 (Windows: serial:COM3), or be empty for a scanner that plays keyboard")
	case s.Strip != "" && !isDevice(s.Strip, "tcp", "serial"):
		return bad("strip", s.Strip, "it must be serial:/dev/ttyS1?baud=9600&unit=1 (Windows: serial:COM3) or tcp://10.1.2.9:8000, or be empty")
	case s.Signature != "" && !isLoopback(s.Signature):
		return bad("signature", s.Signature, "it must be a service on this machine, such as http://127.0.0.1:8090, or be empty: signatures go over no network")
	case s.Scans != "" && !filepath.IsAbs(s.Scans):
		return bad("scans", s.Scans, "it must be the whole path of the folder into which the scanner puts its files, such as /srv/scans/c07 or C:\\Scans, or be empty")
	case s.Scans != "" && s.Role != Counter:
		return bad("scans", s.Scans, "it belongs to a counter: take it out here")
	case s.Speaker != "" && !isSpeaker(s.Speaker):
		return bad("speaker", s.Speaker, "it must be alsa:default or alsa: with another name that \"aplay -L\" lists (Windows: windows:default), or be empty for none")
	case strings.Trim(s.Says, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return bad("says", s.Says, "it must be capital letters of windows, such as AB, or be empty for all")
	case s.PxPerMM < 0.5 || s.PxPerMM > 20:
		return bad("px_per_mm", fmt.Sprint(s.PxPerMM), "it must be between 0.5 and 20: divide the screen's width in pixels by its width in millimetres")
	case s.ScreenLowMM < 0 || s.ScreenLowMM > 4000:
		return bad("screen_low_mm", fmt.Sprint(s.ScreenLowMM), "it must be between 0 and 4000: measure from the floor to the lower edge of the picture")
	case s.Role == Kiosk && s.ScreenLowMM > 1000:
		return bad("screen_low_mm", fmt.Sprint(s.ScreenLowMM), "the screen of a kiosk must begin at 1000 mm or lower: low mode needs 200 mm of it below 1200 mm")
	case s.DistanceMM < 300 || s.DistanceMM > 20_000:
		return bad("distance_mm", fmt.Sprint(s.DistanceMM), "it must be between 300 and 20000: measure from the screen to the eyes of who reads it")
	case s.Floor < -9 || s.Floor > 99:
		return bad("floor", fmt.Sprint(s.Floor), "it must be the floor on which this terminal stands, such as 1")
	}
	return nil
}

// each tells whether all parts of a list with commas are right.
func each(list string, right func(string) bool) bool {
	for part := range strings.SplitSeq(list, ",") {
		if !right(strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "nats://") || strings.HasPrefix(s, "tls://")
}

// isDevice tells whether an address is tcp://host:port, file:PATH or
// serial:PATH?baud=N&unit=N&prefix=TEXT, of the kinds that may be.
func isDevice(s string, kinds ...string) bool {
	kind, rest, _ := strings.Cut(s, ":")
	if !slices.Contains(kinds, kind) {
		return false
	}
	path, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil || path == "" {
		return false
	}
	if kind == "tcp" {
		host, port, err := net.SplitHostPort(strings.TrimPrefix(path, "//"))
		if err != nil || host == "" || !number(port, 1, 65535) || !strings.HasPrefix(path, "//") {
			return false
		}
	}
	for name := range values {
		v := values.Get(name)
		switch name {
		case "baud":
			if kind != "serial" || !number(v, 1200, 921600) {
				return false
			}
		case "unit":
			if !number(v, 1, 255) {
				return false
			}
		case "prefix":
		default:
			return false
		}
	}
	return true
}

func isSpeaker(s string) bool {
	kind, name, _ := strings.Cut(s, ":")
	return name != "" && (kind == "alsa" || kind == "windows")
}

func number(s string, least, most int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= least && n <= most
}

// isLoopback tells whether an address is of a service on this machine.
func isLoopback(s string) bool {
	at, err := url.Parse(s)
	if err != nil || at.Scheme != "http" || at.Port() == "" {
		return false
	}
	ip := net.ParseIP(at.Hostname())
	return ip != nil && ip.IsLoopback()
}

// suggest names what was probably meant.
func suggest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known are " + strings.Join(known, ", ")
}

// distance is how many letters must be changed, added or removed (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost++
			}
			before = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
