package device

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Sheet is one piece of paper that a twin has cut off.
type Sheet struct {
	// Number counts the sheets of a twin from 1.
	Number int
	// File is the PNG's path, "" when the twin has no folder.
	File string
	// Image is the paper, 576 dots wide, 255 for white.
	Image *image.Gray
	// Text is what was printed as characters, its lines as they were sent; what came as a
	// picture is not in it.
	Text string
	// Received is when the last byte of the cut command came in.
	Received time.Time
}

// Twin is a virtual ESC/POS printer for 80 mm paper behind a TCP port or a
// pseudo-terminal. Like a real one it reads commands and text from a stream, serves one connection at a time,
// answers DLE EOT at once even when it stands still, keeps what it has not
// printed, and forgets a command that its connection ended in. It cuts paper into PNG files.
type Twin struct {
	stand
	folder string
	cut    func(Sheet)
	face   *typeface

	waiting []chunk
	held    int
	broken  bool
	asb     bool
	jobs    int
	last    time.Time
	taken   int
	fault   error
	// failIn counts the bytes down until the twin turns to failTo; 0 for never.
	failIn int
	failTo State
	// now is when the byte that was read last came in.
	now time.Time
}

// chunk is bytes as they came in; a nil b marks the end of a connection.
type chunk struct {
	at   time.Time
	from port
	b    []byte
}

// maxHeld limits what a twin keeps unprinted; a sender of more is cut off.
const maxHeld = 4 << 20

var errEnded = errors.New("connection ended or memory was emptied")

// StartTwin starts a twin on a TCP address ("127.0.0.1:0" for any free port), or as
// a device file ("file:PATH" or "serial:PATH", where PATH is made). Each
// cut writes paper-0001.png and so on to folder ("" for no files) and then calls
// cut (nil for none) on the twin's own goroutine, before the end of the job is
// answered. Without a Chinese font on this machine it prints boxes for text; see Missing.
func StartTwin(address, folder string, cut func(Sheet)) (*Twin, error) {
	return startTwin(address, folder, cut, openTypeface())
}

func startTwin(address, folder string, cut func(Sheet), face *typeface) (*Twin, error) {
	if folder != "" {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			face.close()
			return nil, fmt.Errorf("make folder for paper: %w", err)
		}
	}
	t := &Twin{folder: folder, cut: cut, face: face}
	if err := t.begin(address, t.receive); err != nil {
		face.close()
		return nil, fmt.Errorf("listen as printer: %w", err)
	}
	t.tasks.Go(t.work)
	return t, nil
}

// FailAfter lets the twin turn to a state once it has taken n more bytes: from the
// line for Off, which is a cable pulled out, else under the print head.
func (t *Twin) FailAfter(n int, s State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failIn, t.failTo = n, s
}

// failed counts n bytes and tells whether the fault comes with the last of them. The
// caller holds the lock.
func (t *Twin) failed(n int) bool {
	if t.failIn == 0 {
		return false
	}
	if t.failIn -= min(n, t.failIn); t.failIn > 0 {
		return false
	}
	t.state = t.failTo
	return true
}

// Missing says what is lacking for text that looks like a printer's, "" for nothing.
func (t *Twin) Missing() string { return t.face.missing }

// Set puts the twin into a state. In PaperOut and CoverOpen it stands still and
// answers; in Off it is not there. OK and PaperLow let it go on.
func (t *Twin) Set(s State) {
	t.stand.Set(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn != nil && t.asb && s != Off {
		_, _ = t.conn.Write(statusMessage(s))
	}
}

// Jobs counts the sheets cut so far.
func (t *Twin) Jobs() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.jobs
}

// LastByte is when the last byte came in, the zero time before the first.
func (t *Twin) LastByte() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// Taken counts the bytes that came in so far.
func (t *Twin) Taken() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.taken
}

// Close ends the twin. The error is the first that befell a paper file, if any.
func (t *Twin) Close() error {
	_ = t.stand.Close()
	t.face.close()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fault
}

// receive takes bytes in and obeys at once what a printer obeys at once. The end of a
// connection ends the command in which it came.
func (t *Twin) receive(conn port) {
	buffer := make([]byte, 16<<10)
	var recent []byte
	for more := true; more; {
		n, err := conn.Read(buffer)
		if err != nil {
			break
		}
		recent, more = t.takeIn(conn, bytes.Clone(buffer[:n]), recent)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, chunk{at: time.Now(), from: conn})
	t.changed.Broadcast()
}

// takeIn keeps bytes that came in for the print head; recent are the ones before them
// in which a real-time command may have begun. It is false when the line is to be cut.
func (t *Twin) takeIn(conn port, b, recent []byte) ([]byte, bool) {
	at := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = at
	t.taken += len(b)
	pulled := false
	if t.failTo == Off && t.failIn > 0 {
		b = b[:min(len(b), t.failIn)]
		pulled = t.failed(len(b))
	}
	for i := 0; i < len(b); i++ {
		recent = append(recent, b[i])
		switch k := len(recent); {
		case k >= 3 && recent[k-3] == 0x10 && recent[k-2] == 0x04:
			if recent[k-1] >= 1 && recent[k-1] <= 4 {
				_, _ = conn.Write([]byte{realTimeAnswer(t.state, recent[k-1])})
			}
			recent = recent[:0]
		case bytes.HasSuffix(recent, forget):
			t.waiting, t.held, t.broken = nil, 0, true
			_, _ = conn.Write(emptied)
			b, recent = b[i+1:], recent[:0]
			i = -1
		case k > 64:
			recent = append(recent[:0], recent[k-len(forget):]...)
		}
	}
	t.waiting = append(t.waiting, chunk{at: at, from: conn, b: b})
	t.held += len(b)
	t.changed.Broadcast()
	return recent, !pulled && t.held <= maxHeld
}

// emptied is what a printer says when it has emptied its memory.
var emptied = []byte{0x37, 0x25, 0x00}

// stream is what a twin's machine reads.
type stream struct{ t *Twin }

// ReadByte gives the next byte as soon as the twin has one and prints.
func (i stream) ReadByte() (byte, error) {
	t := i.t
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		switch {
		case t.broken:
			t.broken = false
			return 0, errEnded
		case t.closed:
			return 0, net.ErrClosed
		case !t.state.Prints() || len(t.waiting) == 0:
			t.changed.Wait()
			continue
		}
		c := &t.waiting[0]
		if c.b == nil {
			t.waiting = t.waiting[1:]
			return 0, errEnded
		}
		if len(c.b) == 0 {
			t.waiting = t.waiting[1:]
			continue
		}
		b := c.b[0]
		c.b = c.b[1:]
		t.held--
		t.now = c.at
		if t.failTo != Off {
			t.failed(1)
		}
		return b, nil
	}
}

// work prints for ever what comes in.
func (t *Twin) work() {
	m := newMachine(stream{t}, t.face)
	m.reply = t.reply
	m.asb = t.setASB
	m.cut = t.sheet
	for {
		if err := m.run(); !errors.Is(err, errEnded) {
			return
		}
	}
}

// reply answers GS r 1.
func (t *Twin) reply() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn == nil {
		return
	}
	sensor := byte(0)
	if t.state == PaperLow {
		sensor = 0x03
	}
	_, _ = t.conn.Write([]byte{sensor})
}

func (t *Twin) setASB(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asb = on
	if on && t.conn != nil {
		_, _ = t.conn.Write(statusMessage(t.state))
	}
}

// sheet keeps a piece of paper.
func (t *Twin) sheet(img *image.Gray, text string) {
	t.mu.Lock()
	t.jobs++
	s := Sheet{Number: t.jobs, Image: img, Text: text, Received: t.now}
	t.mu.Unlock()
	if t.folder != "" {
		file := filepath.Join(t.folder, fmt.Sprintf("paper-%04d.png", s.Number))
		if err := writePNG(file, img); err == nil {
			s.File = file
		} else {
			t.mu.Lock()
			t.fault = errors.Join(t.fault, err)
			t.mu.Unlock()
		}
	}
	if t.cut != nil {
		t.cut(s)
	}
}

func writePNG(file string, img image.Image) error {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, img); err != nil {
		return fmt.Errorf("draw paper: %w", err)
	}
	// Written beside it first: who watches the folder never sees half a picture.
	if err := os.WriteFile(file+".part", b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write paper: %w", err)
	}
	if err := os.Rename(file+".part", file); err != nil {
		return fmt.Errorf("write paper: %w", err)
	}
	return nil
}

// realTimeAnswer gives what a printer in state s answers to DLE EOT n.
func realTimeAnswer(s State, n byte) byte {
	const fine = 0x12
	switch {
	case s == PaperOut && n == 1, s == CoverOpen && n == 1:
		return fine | bitOffline
	case s == PaperOut && n == 2:
		return fine | bitPaperStop
	case s == PaperOut && n == 4:
		return fine | bitsNearEnd | bitsPaperEnd
	case s == CoverOpen && n == 2:
		return fine | bitCover
	case s == PaperLow && n == 4:
		return fine | bitsNearEnd
	}
	return fine
}

// statusMessage is the automatic status (GS a) of four bytes.
func statusMessage(s State) []byte {
	m := []byte{0x10, 0, 0, 0}
	switch s {
	case PaperOut:
		m[0], m[2] = m[0]|0x08, 0x0c
	case CoverOpen:
		m[0] |= 0x28
	case PaperLow:
		m[2] = 0x03
	}
	return m
}
