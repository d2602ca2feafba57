package tray

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"onewindow/app/event"
	"onewindow/app/intake"
)

func page(t *testing.T, w, h int, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetGray(0, 0, color.Gray{})
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) }
func asPNG(b *bytes.Buffer, i image.Image) error  { return png.Encode(b, i) }

// padded is a PDF of a size.
func padded(size int) []byte {
	b := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), size-9-6)...)
	return append(b, []byte("%%EOF\n")...)
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, tr *Tray, name string) File {
	t.Helper()
	tr.Look()
	files, away := tr.Newest()
	for _, f := range files {
		if f.Name == name && !away {
			return f
		}
	}
	t.Fatalf("%s is not listed among %d", name, len(files))
	return File{}
}

// A file is what its content says, whatever it is called; what cannot be attached says why, in the list and
// when it is read.
func TestAFileIsWhatItsContentSays(t *testing.T) {
	noise := make([]byte, 5000)
	_, _ = rand.Read(noise)
	noise[0] = 'x'
	whole := page(t, 200, 100, asJPEG)
	bomb := page(t, 10, 10, asPNG)
	copy(bomb[16:24], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // 65535 dots a side
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for _, c := range []struct {
		name    string
		content []byte
		kind    string
		why     string
	}{
		{"scan.jpg", whole, intake.JPEG, ""},
		{"scan.pdf", whole, intake.JPEG, ""}, // called something else
		{"page.png", page(t, 200, 100, asPNG), intake.PNG, ""},
		{"letter", padded(400), intake.PDF, ""},
		{"most.pdf", padded(intake.ScanMost), intake.PDF, ""},
		{"more.pdf", padded(intake.ScanMost + 1), intake.PDF, "size"},
		{"empty.jpg", nil, "", "empty"},
		{"half.jpg", whole[:len(whole)/2], intake.JPEG, "unfinished"},
		{"half.pdf", padded(4000)[:3000], intake.PDF, "unfinished"},
		{"half.png", page(t, 200, 100, asPNG)[:120], intake.PNG, "unfinished"},
		{"word.jpg", noise, "", "type"},
		{"page.html", []byte("<html><script>alert(1)</script></html>"), "", "type"},
		{"movie.tif", append([]byte("II*\x00"), noise...), "", "type"},
	} {
		dir := t.TempDir()
		put(t, dir, c.name, c.content)
		tr := Open(dir)
		f := find(t, tr, c.name)
		if f.Fault != c.why || c.why == "" && f.Type != c.kind {
			t.Errorf("%s is listed as %q, %q", c.name, f.Type, f.Fault)
		}
		got, kind, err := tr.Read(c.name, f.Mark)
		if c.why == "" {
			if err != nil || kind != c.kind || !bytes.Equal(got, c.content) {
				t.Errorf("%s: %q, %d bytes, %v", c.name, kind, len(got), err)
			}
			continue
		}
		var no *event.Refusal
		if !errors.As(err, &no) || no.Code != event.ScanWrong.Code || no.Args["why"] != c.why {
			t.Errorf("%s: %v, not refused as %s", c.name, err, c.why)
		}
	}
	dir := t.TempDir()
	put(t, dir, "bomb.png", bomb)
	tr := Open(dir)
	if _, _, err := tr.Read("bomb.png", find(t, tr, "bomb.png").Mark); !errors.Is(err, event.ScanWrong) {
		t.Errorf("a picture of four billion dots: %v", err)
	}
}

// The newest files come first, hidden ones and folders never, and a change is noticed.
func TestTheNewestComeFirst(t *testing.T) {
	dir := t.TempDir()
	tr := Open(dir)
	if tr.Look() {
		t.Error("an empty folder is a change")
	}
	for n := range most + 5 {
		name := "s" + string(rune('a'+n))
		put(t, dir, name, padded(100))
		at := time.UnixMilli(1_795_485_600_000 + int64(n)*1000)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, ".hidden", padded(100))
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if !tr.Look() || tr.Look() {
		t.Error("a change is not told once")
	}
	files, away := tr.Newest()
	if len(files) != most || files[0].Name != "s"+string(rune('a'+most+4)) || away {
		t.Errorf("%d files, first %q", len(files), files[0].Name)
	}
	mark := files[0].Mark
	put(t, dir, files[0].Name, padded(200))
	if _, _, err := tr.Read(files[0].Name, mark); !errors.Is(err, event.ScanGone) {
		t.Errorf("another page than the one that was looked at: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if tr.Look(); true {
		if _, away := tr.Newest(); !away {
			t.Error("nobody is told that the folder is away")
		}
	}
}

// Nothing outside of the folder is read, and what is no file is not waited for.
func TestNothingElsewhereIsRead(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	put(t, outside, "secret.pdf", padded(100))
	put(t, dir, "inside.pdf", padded(100))
	if runtime.GOOS != "windows" {
		if err := os.Symlink(filepath.Join(outside, "secret.pdf"), filepath.Join(dir, "link.pdf")); err != nil {
			t.Fatal(err)
		}
	}
	tr := Open(dir)
	i, err := os.Stat(filepath.Join(outside, "secret.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../" + filepath.Base(outside) + "/secret.pdf", filepath.Join(outside, "secret.pdf"), "link.pdf", ".", "", "./inside.pdf"} {
		if _, _, err := tr.Read(name, markOf(i)); !errors.Is(err, event.ScanGone) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A file goes out of the folder when it has the bytes that are kept, and stays when it was written anew.
func TestOnlyWhatIsKeptGoes(t *testing.T) {
	dir := t.TempDir()
	tr := Open(dir)
	put(t, dir, "a.pdf", padded(100))
	if err := tr.Remove("a.pdf", padded(200)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.pdf")); err != nil {
		t.Error("a file with other bytes is gone")
	}
	for range 2 { // one that is gone is no error
		if err := tr.Remove("a.pdf", padded(100)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "a.pdf")); err == nil {
		t.Error("the file is still there")
	}
}

func TestPicturesAreDrawnAnew(t *testing.T) {
	for _, content := range [][]byte{page(t, 800, 400, asJPEG), page(t, 800, 400, asPNG)} {
		small, err := Shrink(content, 240)
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(small))
		if err != nil || img.Bounds().Dx() != 240 || img.Bounds().Dy() != 120 {
			t.Errorf("%v, %v", img.Bounds(), err)
		}
	}
	if _, err := Shrink(padded(100), 240); err == nil {
		t.Error("a PDF is drawn")
	}
	whole := page(t, 800, 400, asPNG)
	whole[len(whole)/2] ^= 0xff
	if _, err := Shrink(whole, 240); err == nil {
		t.Error("a damaged picture is drawn")
	}
}
