package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"onewindow/app/config"
	"onewindow/app/device"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/slip"
)

// Finding is one thing that Examine looked at.
type Finding struct {
	Name string
	// Well is false when somebody has to do something; Next then says what.
	Well       bool
	Text, Next string
}

// examineLimit bounds a look at one thing.
const examineLimit = 20 * time.Second

// Examine looks at everything that a terminal with these settings needs, and tells each
// finding as it has it: the data folder, its disk, the hub, each device. A printer that
// prints gets a test print, a strip a test text. Nothing that a running terminal holds is
// touched, but on Windows a serial line has one user only. It is false when
// something is not well.
func Examine(ctx context.Context, s config.Settings, tell func(Finding)) bool {
	well := true
	say := func(f Finding) {
		well = well && f.Well
		tell(f)
	}
	say(examineFolder(s.Data))
	say(examineDisk(s.Data))
	examineHub(s, say)
	for _, d := range []struct {
		kind, address string
		look          func(context.Context, config.Settings) (device.State, string, error)
	}{
		{kindPrinter, s.Printer, testPrint},
		{kindReader, s.Reader, func(ctx context.Context, s config.Settings) (device.State, string, error) {
			state, err := device.NewReader(s.Reader).Status(ctx)
			return state, "answers", err
		}},
		{kindScanner, s.Scanner, func(ctx context.Context, s config.Settings) (device.State, string, error) {
			state, err := device.NewScanner(s.Scanner).Status(ctx)
			return state, "its line is open; scan something in the terminal to see that it reads", err
		}},
		{kindStrip, s.Strip, func(ctx context.Context, s config.Settings) (device.State, string, error) {
			return device.OK, "shows 测试 TEST", device.NewStrip(s.Strip).Show(ctx, "测试 TEST", device.Amber)
		}},
		{kindSpeaker, s.Speaker, testSound},
		{kindSignature, s.Signature, func(ctx context.Context, s config.Settings) (device.State, string, error) {
			state, err := device.NewSignature(s.Signature).Status(ctx)
			return state, "answers", err
		}},
	} {
		if d.address == "" {
			say(Finding{Name: d.kind, Well: true, Text: "none is set"})
			continue
		}
		limited, cancel := context.WithTimeout(ctx, examineLimit)
		state, text, err := d.look(limited, s)
		cancel()
		say(ofDevice(d.kind, d.address, state, text, err))
	}
	return well
}

// ofDevice words what a look at a device found.
func ofDevice(kind, address string, state device.State, text string, err error) Finding {
	f := Finding{Name: kind, Well: err == nil && state.Prints(), Text: fmt.Sprintf("%s: %s", address, text)}
	switch {
	case state == device.PaperLow:
		f.Well, f.Text, f.Next = false, f.Text+"; little paper is left", "put in a new roll"
	case f.Well:
	case state == device.PaperOut:
		f.Text, f.Next = address+": no paper", "put in a roll and run this again"
	case state == device.CoverOpen:
		f.Text, f.Next = address+": its cover is open", "close the cover and run this again"
	case errors.Is(err, fs.ErrPermission):
		f.Text = fmt.Sprintf("%s: off: %v", address, err)
		f.Next = "let the user that runs this open it, on Linux: sudo usermod -aG dialout,lp USER, and sign in again"
	default:
		f.Text = fmt.Sprintf("%s: off: %v", address, err)
		f.Next = fmt.Sprintf("switch it on, check its cable, and that %q in the settings is its address", kind)
	}
	return f
}

// testPrint prints a test slip if the printer prints.
func testPrint(ctx context.Context, s config.Settings) (device.State, string, error) {
	p := device.NewPrinter(s.Printer)
	state, err := p.Status(ctx)
	if err != nil || !state.Prints() {
		return state, "", err
	}
	name := s.Hall
	if guides, err := readCatalogue(s.Catalogue); err == nil {
		if h, ok := guides.Hall(guide.HallID(s.Hall)); ok {
			name = h.Name
		}
	}
	job, err := slip.TrialPaper(slip.Trial{Hall: name, Terminal: s.Hall + "/" + s.Device, Printer: s.Printer, At: hall.LocalTime(time.Now().UnixMilli())})
	if err != nil {
		return state, "", err
	}
	if err := p.Print(ctx, job); err != nil {
		if now, asked := p.Status(ctx); asked == nil && !now.Prints() {
			return now, "", err
		}
		return device.Off, "", err
	}
	return state, "printed a test slip that says 测试 TEST", nil
}

// examineFolder tells whether the data folder can be written to; one that is not there
// yet is made by the terminal's first start.
func examineFolder(dir string) Finding {
	f := Finding{Name: "data", Text: dir}
	there := existing(dir)
	probe, err := os.CreateTemp(there, ".onewindow-doctor-*")
	if err != nil {
		f.Text, f.Next = fmt.Sprintf("%s: %v", dir, err), "let the user that runs the terminal write there, or name another folder with \"data\" in the settings"
		return f
	}
	_ = probe.Close()
	_ = os.Remove(probe.Name())
	f.Well = true
	if there != dir {
		f.Text += ": is made at the first start"
	}
	return f
}

// existing is the folder itself or the nearest one above it that is there.
func existing(dir string) string {
	for {
		if s, err := os.Stat(dir); err == nil && s.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func examineDisk(dir string) Finding {
	free, err := folder.FreeBytes(existing(dir))
	switch {
	case err != nil:
		return Finding{Name: "disk", Text: err.Error(), Next: "check the disk that holds the data folder"}
	case free < lowBytes:
		return Finding{Name: "disk", Text: fmt.Sprintf("%d MB are free", free>>20), Next: fmt.Sprintf("make room: below %d MB the terminal warns, and without room it gives out no tickets", lowBytes>>20)}
	}
	return Finding{Name: "disk", Well: true, Text: fmt.Sprintf("%d MB are free", free>>20)}
}

// examineHub looks whether each hub's server greets.
func examineHub(s config.Settings, say func(Finding)) {
	if s.Hub == "" {
		say(Finding{Name: "hub", Well: true, Text: "none is set: this terminal works alone"})
		return
	}
	for address := range strings.SplitSeq(s.Hub, ",") {
		address = strings.TrimSpace(address)
		f := Finding{Name: "hub", Well: true, Text: address + ": greets"}
		if err := greets(address); err != nil {
			f.Well, f.Text = false, fmt.Sprintf("%s: %v", address, err)
			f.Next = "start onewindowd on the hub, check the network, and \"hub\" in the settings; the terminal works alone meanwhile"
		} else if host, _, err := net.SplitHostPort(authority(address)); err == nil && s.HubKey == "" && !net.ParseIP(host).IsLoopback() {
			f.Well, f.Text = false, address+": greets, but its key is not known, so this terminal works alone"
			f.Next = "set \"hub_key\" in the settings to what \"onewindowd key\" prints on the hub"
		}
		say(f)
	}
}

func authority(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

// greets tells whether a NATS server answers: it speaks first, before any key is asked.
func greets(address string) error {
	conn, err := net.DialTimeout("tcp", authority(address), 2*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	var b [5]byte
	if _, err := io.ReadFull(conn, b[:]); err != nil {
		return fmt.Errorf("it does not greet: %w", err)
	}
	if string(b[:]) != "INFO " {
		return errors.New("another kind of program listens there")
	}
	return nil
}

// testSound plays two tones and a call of the shipped or the hall's own recordings.
func testSound(ctx context.Context, s config.Settings) (device.State, string, error) {
	clips, err := loadClips(s.Clips)
	if err != nil {
		return device.Off, "", err
	}
	wav, err := clips.Join(slip.Announcement(&hall.Ticket{Issued: hall.Issued{Number: "T001"}}, "T01", true))
	if err != nil {
		return device.Off, "", err
	}
	return device.OK, "calls T001 to window T01", device.NewSpeaker(s.Speaker).Play(ctx, wav)
}
