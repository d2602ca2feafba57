package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"onewindow/app/intake"
	"onewindow/app/pdf"
)

func sample(k intake.DocumentKind, s intake.State) intake.Document {
	return intake.Document{Kind: k, Case: "JN20261124-C07-0003", Hall: "江南办事服务大厅", Agency: "区不动产登记服务中心", Item: "存量房(二手房)转移登记", Applicant: "罗庆(样例)",
		DocumentType: intake.ResidentID, DocumentNumber: "99010820000907755X", State: s, Taken: "2026-11-24", Date: "2026-11-25", Withdrawn: "2026-11-25", Due: "2026-12-01", AnswerBy: "2026-12-15", Window: "A07", Clerk: "wang", Phone: "0571-00001001",
		Step: "2026-11-25", Outcome: s, Reason: "材料所示的地址不在本区", Other: "市公安局", Procedure: "expert_review", Days: 10, Result: "不动产权证书", Paper: "准予决定书 JN20261124-C07-0003-JD", Fen: 8050, Basis: "住宅类每件80元,非住宅类每件550元;多领一本权证加收工本费10元", Place: "江南办事服务大厅收费窗口",
		Rows: []intake.DocumentRow{{Name: "不动产登记申请书", State: intake.Brought}, {Name: "双方当事人有效身份证件", State: intake.Missing}, {Name: "婚姻状况材料(结婚证、离婚证或未婚声明)", State: intake.Waived}, {Name: "契税完税凭证", State: intake.Owed}}}
}

var all = map[string]intake.Document{
	"receipt": sample(intake.PaperReceipt, intake.Accepted), "acceptance": sample(intake.PaperAcceptance, intake.AcceptedLater), "correction": sample(intake.PaperCorrection, intake.Correction),
	"withdrawal": sample(intake.PaperWithdrawal, intake.Withdrawn), "lapsed": sample(intake.PaperEnded, intake.Lapsed), "revoked": sample(intake.PaperEnded, intake.Revoked),
	"received": sample(intake.PaperReceipt, intake.Lodged), "refused": sample(intake.PaperRefusal, intake.Refused), "not_ours": sample(intake.PaperNotOurs, intake.NotOurs),
	"procedure": sample(intake.PaperProcedure, intake.Suspended), "extension": sample(intake.PaperExtension, intake.Accepted), "deemed": deemed(sample(intake.PaperAcceptance, intake.Accepted)),
	"granted": sample(intake.PaperDecision, intake.Granted), "denied": sample(intake.PaperDecision, intake.Denied), "returned": sample(intake.PaperDecision, intake.Returned),
	"passed_on": sample(intake.PaperDecision, intake.PassedOn), "delivery": sample(intake.PaperDelivery, intake.HandedOut),
	"fee": sample(intake.PaperFee, intake.Accepted), "amended": amended(sample(intake.PaperAcceptance, intake.Accepted)),
}

// amended is a document that was printed again after an amendment.
func amended(d intake.Document) intake.Document {
	d.Edition, d.Replaces, d.Agent, d.Representative, d.Rows[0].State = 2, "JN20261124-C07-0003-SL", "陈一(样例)", "赵二(样例)", intake.NotReceived
	return d
}

func deemed(d intake.Document) intake.Document { d.Deemed = true; return d }

// What a document about a step has to tell is in its text: the law, the reason, what can be
// done against it, where to go.
func TestWhatDocumentsTell(t *testing.T) {
	const remedy, suit = "六十日内依法申请行政复议", "六个月内依法向人民法院提起行政诉讼"
	for name, tells := range map[string][]string{
		"received": {"只证明收到", "2026年12月1日(含)前告知", "第三十二条", "即为受理"}, "refused": {"不予受理", "第三十二条", "材料所示的地址不在本区", remedy, suit},
		"not_ours": {"市公安局", "不属于本机关职权范围"}, "procedure": {"专家评审", "第四十五条", "不计算在办理期限内", "2026年11月25日起"}, "extension": {"第四十二条", "延长10日", "材料所示的地址不在本区", "2026年12月1日"},
		"deemed": {"没有告知是否受理", "自收到材料之日起即为受理"}, "granted": {"决定准予", "不动产权证书", "第三十八条"}, "denied": {"不符合法定条件", "材料所示的地址不在本区", remedy, suit},
		"returned": {"退回", "材料所示的地址不在本区"}, "passed_on": {"市公安局"}, "fee": {"80.50元", "捌拾元伍角整", "住宅类每件80元", "江南办事服务大厅收费窗口", "2026年12月15日(含)前", "票据"}, "amended": {"替代此前出具的JN20261124-C07-0003-SL号文书"}, "delivery": {"JN20261124-C07-0003-JD", "受送达人签名", "2026年11月25日送达"},
	} {
		text := strings.Join(all[name].Says(), "\n")
		for _, part := range tells {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not tell %q: %s", name, part, text)
			}
		}
		if remedies := name == "refused" || name == "denied"; strings.Contains(text, remedy) != remedies {
			t.Errorf("%s: remedies %v", name, !remedies)
		}
		if zh, en := all[name].Title(); zh == "" || en == "" {
			t.Errorf("%s has no title", name)
		}
	}
}

// Each document is a PDF with its fonts inside, and the code on it, read by a decoder that
// is not ours, leads to its case. PAPERS=DIR keeps them to be looked at.
func TestDocumentsHaveTheirFontsAndTheirCode(t *testing.T) {
	for name, d := range all {
		raw, err := pdf.Make(d)
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("PAPERS"); dir != "" {
			if err := os.WriteFile(dir+"/"+name+".pdf", raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(raw, []byte("%PDF-1.")) || bytes.Count(raw, []byte("/FontFile2")) != 2 {
			t.Errorf("%s: %d fonts are embedded, not 2", name, bytes.Count(raw, []byte("/FontFile2")))
		}
		if bytes.Contains(raw, []byte("99010820000907755X")) {
			t.Errorf("%s: the whole number of the person is in the file", name)
		}
		if text := code(t, raw); text != "OWC:JN20261124-C07-0003" {
			t.Errorf("%s: its code reads %q", name, text)
		}
		if len(raw) > 200<<10 {
			t.Errorf("%s: %d bytes", name, len(raw))
		}
	}
}

// Each document, drawn by a program that is not ours as a printer would print it, has a code
// that a decoder reads from the drawn page. PAPERS=DIR keeps the pages to be looked at.
func TestDrawnPagesAreRead(t *testing.T) {
	drawer, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Fatal("pdftoppm is missing, which draws the pages: install the Debian package poppler-utils")
	}
	dir := os.Getenv("PAPERS")
	if dir == "" {
		dir = t.TempDir()
	}
	for name, d := range all {
		raw, err := pdf.Make(d)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(drawer, "-r", "110", "-png", "-singlefile", "-", filepath.Join(dir, name))
		cmd.Stdin = bytes.NewReader(raw)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		file, err := os.Open(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		page, err := png.Decode(file)
		if err != nil || file.Close() != nil {
			t.Fatal(err)
		}
		// A scanner is aimed at the code: it sees the left half of the foot.
		foot := image.NewGray(image.Rect(0, 0, 270, 220))
		draw.Draw(foot, foot.Rect, page, image.Pt(60, 1040), draw.Src)
		bitmap, err := gozxing.NewBinaryBitmapFromImage(foot)
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || read.GetText() != intake.CodePrefix+d.Case {
			t.Errorf("%s: the code on the drawn page reads %v, %v", name, read, err)
		}
	}
}

// A list that is longer than a page goes on to another one.
func TestALongListGoesOnToAnotherPage(t *testing.T) {
	d := sample(intake.PaperReceipt, intake.Accepted)
	for n := range 60 {
		d.Rows = append(d.Rows, intake.DocumentRow{Name: fmt.Sprintf("第%d份材料，%s", n, strings.Repeat("名称很长的材料", 8)), State: intake.Brought})
	}
	raw, err := pdf.Make(d)
	if err != nil {
		t.Fatal(err)
	}
	if pages := regexp.MustCompile(`/Type /Page\b`).FindAll(raw, -1); len(pages) < 3 {
		t.Errorf("%d pages", len(pages))
	}
}

// Whoever is missing in the font does not stop a document.
func TestARareNameStopsNoDocument(t *testing.T) {
	d := sample(intake.PaperAcceptance, intake.Accepted)
	d.Applicant = "𬭊㛃\u0001é Ольга"
	if _, err := pdf.Make(d); err != nil {
		t.Error(err)
	}
}

func TestNumbersAndKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range []intake.DocumentKind{intake.PaperReceipt, intake.PaperAcceptance, intake.PaperCorrection, intake.PaperWithdrawal, intake.PaperEnded,
		intake.PaperRefusal, intake.PaperNotOurs, intake.PaperProcedure, intake.PaperExtension, intake.PaperDecision, intake.PaperDelivery, intake.PaperFee} {
		n := intake.Document{Case: "JN20261124-C07-0003", Kind: k}.Number()
		if seen[n] || !strings.HasPrefix(n, "JN20261124-C07-0003-") || len(n) != 22 {
			t.Errorf("%s: %s", k, n)
		}
		seen[n] = true
	}
	for s, k := range map[intake.State]intake.DocumentKind{intake.Accepted: intake.PaperAcceptance, intake.AcceptedLater: intake.PaperAcceptance, intake.Correction: intake.PaperCorrection,
		intake.Withdrawn: intake.PaperWithdrawal, intake.Lapsed: intake.PaperEnded, intake.Revoked: intake.PaperEnded, intake.Lodged: intake.PaperReceipt, intake.Refused: intake.PaperRefusal, intake.NotOurs: intake.PaperNotOurs,
		intake.Suspended: intake.PaperProcedure, intake.Granted: intake.PaperDecision, intake.Denied: intake.PaperDecision, intake.Returned: intake.PaperDecision, intake.PassedOn: intake.PaperDecision,
		intake.HandedOut: intake.PaperDelivery, intake.Archived: intake.PaperDelivery} {
		if intake.DocumentOf(s) != k {
			t.Errorf("%s: %s", s, intake.DocumentOf(s))
		}
	}
}

// code finds the one picture of a PDF and reads it.
func code(t *testing.T, raw []byte) string {
	t.Helper()
	at := bytes.Index(raw, []byte("/Subtype /Image"))
	if at < 0 {
		t.Fatal("no picture")
	}
	head := raw[bytes.LastIndex(raw[:at], []byte("<<")):]
	number := func(name string) int {
		m := regexp.MustCompile(`/` + name + ` (\d+)`).FindSubmatch(head)
		if m == nil {
			t.Fatalf("the picture has no %s: %.300s", name, head)
		}
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
	w, h, bits := number("Width"), number("Height"), number("BitsPerComponent")
	begin := bytes.Index(head, []byte("stream\n")) + len("stream\n")
	z, err := zlib.NewReader(bytes.NewReader(head[begin:]))
	if err != nil {
		t.Fatal(err)
	}
	pix, err := io.ReadAll(z)
	if err != nil && len(pix) == 0 {
		t.Fatal(err)
	}
	dark := bytes.Contains(head[:begin], []byte("/Indexed")) // of a palette, whose first colour is white
	img := image.NewGray(image.Rect(0, 0, w, h))
	row := len(pix) / h
	for y := range h {
		line := pix[y*row : (y+1)*row]
		if (w*bits+7)/8+1 == row { // each line begins with its PNG filter
			if line[0] != 0 {
				t.Fatalf("filter %d", line[0])
			}
			line = line[1:]
		}
		for x := range w {
			v := line[x*bits/8] >> (8 - bits - x*bits%8) & (1<<bits - 1)
			if v != 0 != dark {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the code cannot be read (%d x %d, %d bits): %v", w, h, bits, err)
	}
	return result.GetText()
}

// A signature from the pad stands on the proof of delivery, on white, with its day; without one there is a line to
// sign on, and what is no picture makes no document.
func TestTheProofOfDeliveryIsSigned(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 600, 200))
	for x := range 600 {
		img.Set(x, 100, color.NRGBA{A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	d := sample(intake.PaperDelivery, intake.Granted)
	plain, err := pdf.Make(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Signature, d.SignedOn = b.Bytes(), "2026-11-26"
	signed, err := pdf.Make(d)
	if err != nil {
		t.Fatal(err)
	}
	pictures := func(raw []byte) int { return bytes.Count(raw, []byte("/Subtype /Image")) }
	if pictures(signed) != pictures(plain)+1 || bytes.Contains(signed, []byte("/SMask")) {
		t.Errorf("%d pictures with the signature, %d without", pictures(signed), pictures(plain))
	}
	text := strings.Join(d.Says(), "\n")
	if !strings.Contains(text, "2026年11月26日") || strings.Contains(text, "＿") {
		t.Errorf("it says %s", text)
	}
	if d.Signature = nil; !strings.Contains(strings.Join(d.Says(), "\n"), "签名或者盖章：＿") {
		t.Error("there is no line to sign on")
	}
	d.Signature = []byte("no picture")
	if _, err := pdf.Make(d); err == nil {
		t.Error("what is no picture is drawn")
	}
}
