package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"onewindow/app/hall"
	"onewindow/sync/node"
)

// TestAppointmentsAreImported runs the command against a closed hub that runs on a data folder: with
// its key alone, over TLS. The same file twice books once; without the hub nothing is booked.
func TestAppointmentsAreImported(t *testing.T) {
	const start = int64(1_795_485_600_000) // 2026-11-24 10:00
	dir := t.TempDir()
	data := filepath.Join(dir, "hub")
	list, err := simplifiedchinese.GBK.NewEncoder().String("预约号,业务,日期,时间,手机号,姓名\r\nP1,B,2026/11/25,9:15,13857170462,某某\r\nP2,B,2026/11/25,9:20,13857170463,某某\r\nP3,B,2026/11/25,10:30,0464,某某\r\n")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func() (string, error) {
		var out bytes.Buffer
		c := appointmentsImport{File: file, Data: data, out: &out, now: func() int64 { return start }}
		err := c.Run()
		return out.String(), err
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil || !strings.Contains(err.Error(), "start it") || out != "" {
		t.Errorf("without a hub: %q %v", out, err)
	}
	h, err := node.OpenHub(node.Options{Data: data, Listen: "127.0.0.1:0", Hall: "jiangnan", Now: func() int64 { return start }, Logger: slog.New(slog.DiscardHandler), Gather: 1, BackupEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for n, want := range []string{"line 2: booked: 2026-11-25 09:15 B\n", "line 2: already there: 2026-11-25 09:15 B\n"} {
		out, err := run()
		for strings.Contains(out, "gathers") { // a hub in its first moments
			out, err = run()
		}
		if err == nil || !strings.Contains(err.Error(), "1 lines were refused") || !strings.Contains(out, want) || !strings.Contains(out, "line 3: refused: appointments begin at the quarters") ||
			!strings.Contains(out, "columns that are not read: 姓名") || strings.Contains(out, "138") || strings.Contains(out, "某某") {
			t.Errorf("run %d: %v\n%s", n, err, out)
		}
	}
	booked := 0
	h.Store.View("jiangnan", func(v *hall.Hall) {
		booked = len(v.BookingsOf("2026-11-25", "0462")) + len(v.BookingsOf("2026-11-25", "0464"))
	})
	if booked != 2 {
		t.Errorf("%d are booked", booked)
	}
}
