package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"onewindow/app/event"
	"onewindow/app/hall"
	"onewindow/app/sealed"
)

// ScanID names a scan for ever: a UUID in its text form, drawn when it is attached.
type ScanID string

// KindAttached is noted when a scan or a signature is attached to an application. The event is
// small: what was scanned lies in sealed chunks beside the log.
const KindAttached event.Kind = "scan.attached"

// Bounds. ChunkSize is how many bytes of a scan one chunk holds: on a line of 2 Mbit/s one holds up
// a call for a quarter of a second, as a piece of what is published does.
const (
	ScanMost  = 20 << 20
	ChunkSize = 64 << 10
	ChunkMost = ScanMost / ChunkSize
	// ScansMost bounds the scans of one application.
	ScansMost = 100
	// sealedMore is what sealing adds to a chunk at most, in bytes.
	sealedMore = 64
	// scanNameMost bounds the name of a scanned file, in bytes.
	scanNameMost = 200
)

// What is attached: a page from the scanner, or a signature from the pad.
const (
	UseScan      = "scan"
	UseSignature = "signature"
)

// What a scan can be.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	PDF  = "application/pdf"
)

// ScanTypes lists them.
var ScanTypes = []string{JPEG, PNG, PDF}

// Scan is the fact of KindAttached. Material is the number in the guide that it shows, 0 for
// the application as a whole. Of names the request of the decision whose receipt a signature signs.
//
// Sum is SHA-256 in hexadecimal over the application, the scan and the SHA-256 of each sealed chunk: it
// tells a changed chunk to places without the key, and tells nobody what is in it, because
// the same scan is sealed to other bytes each time.
type Scan struct {
	Application ApplicationID `json:"application"`
	Scan        ScanID        `json:"scan"`
	Use         string        `json:"use"`
	Material    int           `json:"material,omitempty"`
	Of          string        `json:"of,omitempty"`
	Type        string        `json:"type"`
	Size        int64         `json:"size"`
	Chunks      int           `json:"chunks"`
	Sum         string        `json:"sum"`
	// Name is that of the scanned file, sealed: people write names of people there.
	Name   sealed.Value  `json:"name,omitempty"`
	Window hall.WindowID `json:"window"`
	Clerk  hall.ClerkID  `json:"clerk"`
	AtMS   int64         `json:"at_ms"`
	// From is the event that it stands in; it is filled in when that is read.
	From event.ID `json:"from,omitzero"`
}

// ReadScan decodes the fact of an event of KindAttached. Errors wrap ErrNotOurs.
func ReadScan(e event.Event) (s Scan, err error) {
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrNotOurs, e.ID, err)
	}
	s.From = e.ID
	switch sum, err := hex.DecodeString(s.Sum); {
	case s.Application == "" || s.Scan == "" || len(s.Scan) > 64 || s.AtMS <= 0 || s.Material < 0:
		return s, fmt.Errorf("%w: %s lacks application, scan or time", ErrNotOurs, e.ID)
	case err != nil || len(sum) != sha256.Size || !slices.Contains(ScanTypes, s.Type) || s.Use != UseScan && s.Use != UseSignature:
		return s, fmt.Errorf("%w: %s is no scan: %q, %q", ErrNotOurs, e.ID, s.Use, s.Type)
	case s.Size < 1 || s.Size > ScanMost || s.Chunks != chunksOf(s.Size):
		return s, fmt.Errorf("%w: %s has %d bytes in %d chunks", ErrNotOurs, e.ID, s.Size, s.Chunks)
	}
	return s, nil
}

// chunksOf is how many chunks so many bytes take.
func chunksOf(size int64) int { return int((size + ChunkSize - 1) / ChunkSize) }

// attached adds a scan to the set. Where two events claim one name, which only a copied device
// or a liar brings about, the one that was noted first stands, and of those of one moment the
// smaller id; a person attaches the other one again.
func (c *Case) attached(s Scan) {
	if had, known := c.Scans[s.Scan]; known && compareScans(had, s) <= 0 {
		return
	}
	scans := make(map[ScanID]Scan, len(c.Scans)+1)
	for id, had := range c.Scans {
		scans[id] = had
	}
	scans[s.Scan] = s
	c.Scans = scans
}

func compareScans(a, b Scan) int {
	switch {
	case a.AtMS != b.AtMS:
		return int(max(-1, min(1, a.AtMS-b.AtMS)))
	case a.From != b.From:
		return a.From.Compare(b.From)
	}
	return slices.Compare(hall.Payload(a), hall.Payload(b))
}

// TakenOff lists the scans that two people took off, because they are of another application: what was scanned is
// kept nowhere any more. A signature stays.
func (c *Case) TakenOff() (ids []ScanID) {
	for _, a := range c.passed() {
		if s, attached := c.Scans[a.Proposal.Scan]; a.Field == FieldScan && attached && s.Use == UseScan {
			ids = append(ids, s.Scan)
		}
	}
	return ids
}

// Attached lists the scans in the order in which they were attached, without those that were taken off.
func (c *Case) Attached() []Scan {
	out, off := make([]Scan, 0, len(c.Scans)), c.TakenOff()
	for _, s := range c.Scans {
		if !slices.Contains(off, s.Scan) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, compareScans)
	return out
}

// Signed gives the signature on the receipt of a decision, the last one where the person signed more than
// once; nil where it was signed on paper or not at all.
func (c *Case) Signed() *Scan {
	decided := c.Decision()
	if decided == nil {
		return nil
	}
	var last *Scan
	for _, s := range c.Attached() {
		if s.Use == UseSignature && s.Of == decided.Request {
			last = &s
		}
	}
	return last
}

// Shut is a scan in sealed chunks, with the SHA-256 of each behind one another.
type Shut struct {
	Chunks [][]byte
	Sums   []byte
}

// SealContent cuts what was scanned into chunks, seals each under the key of the application and bound
// to it, the scan and its place, and fills in size, chunks and sum. name may be empty; it is cut where it is too long.
func (s *Scan) SealContent(content []byte, name string, key sealed.Key, random io.Reader) (shut Shut, err error) {
	for from := 0; from < len(content); from += ChunkSize {
		part := content[from:min(from+ChunkSize, len(content))]
		out, err := key.SealBytes(part, random, s.place(len(shut.Chunks))...)
		if err != nil {
			return shut, fmt.Errorf("seal a scan: %w", err)
		}
		sum := sha256.Sum256(out)
		shut.Chunks, shut.Sums = append(shut.Chunks, out), append(shut.Sums, sum[:]...)
	}
	s.Size, s.Chunks, s.Sum = int64(len(content)), len(shut.Chunks), SumOfChunks(s.Application, s.Scan, shut.Sums)
	if s.Name, err = key.Seal(string(tidy(Personal(strings.ToValidUTF8(name[:min(len(name), scanNameMost)], "")))), random, s.bound("name")...); err != nil {
		return shut, fmt.Errorf("seal a scan: %w", err)
	}
	return shut, nil
}

// Called gives the name of the scanned file. Errors wrap sealed.ErrShut.
func (s Scan) Called(key sealed.Key) (Personal, error) {
	name, err := key.Open(s.Name, s.bound("name")...)
	return Personal(name), err
}

// SealFile seals the name of the scanner's file as it is, for the place that takes the file out of the folder later.
func (s Scan) SealFile(name string, key sealed.Key, random io.Reader) (sealed.Value, error) {
	return key.Seal(name, random, s.bound("file")...)
}

// FileName gives what SealFile sealed. Errors wrap sealed.ErrShut.
func (s Scan) FileName(v sealed.Value, key sealed.Key) (Personal, error) {
	name, err := key.Open(v, s.bound("file")...)
	return Personal(name), err
}

// Content puts the chunks together again. Errors wrap sealed.ErrShut where one was changed, is of
// another place, or is missing.
func (s Scan) Content(shut Shut, key sealed.Key) ([]byte, error) {
	if len(shut.Chunks) != s.Chunks {
		return nil, fmt.Errorf("scan %s has %d of %d chunks: %w", s.Scan, len(shut.Chunks), s.Chunks, sealed.ErrShut)
	}
	out := make([]byte, 0, s.Size)
	for no, chunk := range shut.Chunks {
		part, err := key.OpenBytes(chunk, s.place(no)...)
		if err != nil {
			return nil, fmt.Errorf("chunk %d of scan %s: %w", no, s.Scan, err)
		}
		out = append(out, part...)
	}
	if int64(len(out)) != s.Size {
		return nil, fmt.Errorf("scan %s has %d bytes of %d: %w", s.Scan, len(out), s.Size, sealed.ErrShut)
	}
	return out, nil
}

// bound is what a value of the scan is bound to.
func (s Scan) bound(field string) []string {
	return []string{string(KindAttached), string(s.Application), string(s.Scan), field}
}

func (s Scan) place(no int) []string { return append(s.bound("chunk"), strconv.Itoa(no)) }

// SumOfChunks is Scan.Sum of chunks whose SHA-256 stand behind one another.
func SumOfChunks(application ApplicationID, scan ScanID, sums []byte) string {
	h := sha256.New()
	h.Write([]byte("onewindow scan 1\x00" + string(application) + "\x00" + string(scan) + "\x00"))
	h.Write(sums)
	return hex.EncodeToString(h.Sum(nil))
}

// Announces tells whether a list of chunks' SHA-256 is the one that the event speaks of, so that
// a place takes no chunk that nobody has noted.
func (s Scan) Announces(sums []byte) bool {
	return len(sums) == s.Chunks*sha256.Size && SumOfChunks(s.Application, s.Scan, sums) == s.Sum
}

// FitsChunk tells whether so many bytes can be a sealed chunk.
func FitsChunk(size int) bool { return size > 0 && size <= ChunkSize+sealedMore }
