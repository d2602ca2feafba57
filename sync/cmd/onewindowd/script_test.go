package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"onewindow/app/event"
	"onewindow/app/feedback"
	"onewindow/app/folder"
	"onewindow/app/guide"
	"onewindow/app/hall"
	"onewindow/app/intake"
	"onewindow/app/keyring"
	"onewindow/app/reading"
	"onewindow/app/slip"
	"onewindow/app/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"onewindowd": main, "sample-ticket": sampleTicket})
}

// TestScripts runs what IT staff type, each file a session.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"take-port": takePort, "take-folder": takeFolder, "backup": backup, "database": database, "spoil": spoil, "shipped": shipped, "sample-reading": sampleReading, "answer": answer, "leave": leave,
		"taken": taken, "asked": asked, "key-of": keyOf, "rated": rated, "visited": visited,
	}})
}

// sampleTicket writes a key file and the texts of codes: true, forged and torn.
func sampleTicket() {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	e := event.Event{ID: event.ID{Origin: "jiangnan/k1", Epoch: 7, Seq: 12}, At: event.Stamp{MS: 1_795_485_600_000}, Kind: hall.KindIssued,
		Payload: hall.Payload(hall.Issued{Ticket: "01a20b48-095b-777b-8682-76bebb2d2c57", Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: "B017",
			Class: hall.WalkIn, Language: "zh", IssuedMS: 1_795_485_600_000, Ahead: 3, LowMinutes: 5, HighMinutes: 12})}
	code, err := slip.Sign(e, key)
	if err != nil {
		panic(err)
	}
	forged := []byte(code)
	if forged[len(forged)/2] == '7' {
		forged[len(forged)/2] = '8'
	} else {
		forged[len(forged)/2] = '7'
	}
	for name, text := range map[string]string{"k1.pub": slip.FormatPublicKey("jiangnan/k1", key.Public().(ed25519.PublicKey)), "code.txt": code + "\n",
		"forged.txt": string(forged), "torn.txt": code[:90], "foreign.txt": "https://example.invalid/"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
}

// takePort holds a port for the rest of the script and names it in $PORT.
func takePort(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv("PORT", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
}

// takeFolder holds a data folder for the rest of the script, as a running program does.
func takeFolder(ts *testscript.TestScript, _ bool, args []string) {
	unlock, err := folder.Lock(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(func() { _ = unlock() })
}

// backup writes a proved backup of a database, and torn.db, the first half of it.
func backup(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: "jiangnan/hub", Now: func() int64 { return 1_795_485_600_000 }})
	ts.Check(err)
	_, err = s.Backup(context.Background(), ts.MkAbs(args[1]))
	ts.Check(errors.Join(err, s.Close()))
	raw, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("torn.db"), raw[:len(raw)/2], 0o600))
}

// database makes an empty database of a device.
func database(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return 1_795_485_600_000 }})
	ts.Check(err)
	ts.Check(s.Close())
}

// leave notes questions of citizens in a database, one hour apart up to now.
func leave(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return time.Now().UnixMilli() }})
	ts.Check(err)
	ts.Check(s.Write(context.Background(), func(tx *store.Tx) error {
		for n, words := range args[2:] {
			at := time.Now().Add(time.Duration(n-len(args)) * time.Hour).UnixMilli()
			if _, _, err := tx.Append(feedback.KindQuestion, feedback.Question{Hall: "jiangnan", Text: words, Language: "zh", AtMS: at}); err != nil {
				return err
			}
		}
		return nil
	}))
	ts.Check(s.Close())
}

// taken notes an application of a number in a database, with its key; what is written behind the number goes
// into its id.
func taken(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return time.Now().UnixMilli() }})
	ts.Check(err)
	id := intake.ApplicationID("case-" + args[2] + strings.Join(args[3:], ""))
	ts.Check(s.Write(context.Background(), func(tx *store.Tx) error {
		_, _, err := tx.Append(intake.KindTaken, intake.Taken{Application: id, Number: args[2], Item: "x", State: intake.Accepted, Hall: "jiangnan"})
		return err
	}))
	ring, err := keyring.Open(filepath.Dir(ts.MkAbs(args[0])), "")
	ts.Check(err)
	_, err = ring.New(string(id), 1)
	ts.Check(errors.Join(err, ring.Close(), s.Close()))
}

// asked notes a question to shared data about the case of a number in a database: by the hall, the
// centre, or both.
func asked(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return time.Now().UnixMilli() }})
	ts.Check(err)
	id, now := intake.ApplicationID("case-"+args[2]), time.Now().UnixMilli()
	ts.Check(s.Write(context.Background(), func(tx *store.Tx) (err error) {
		if args[4] != "centre" {
			_, _, err = tx.Append(intake.KindSharedAsked, intake.Asked{Ask: "q-" + args[3], Root: "q-" + args[3], Application: id, Hall: "jiangnan", Set: args[3], Purpose: intake.ForIntake, Clerk: "wang", AtMS: now})
		}
		if err == nil && args[4] != "hall" {
			_, _, err = tx.Append(intake.KindSharedGiven, intake.Given{Ask: "q-" + args[3], Application: id, From: "jiangnan/c1", Set: args[3], Purpose: intake.ForIntake, Clerk: "wang", Outcome: intake.NotFound, AtMS: now + 1})
		}
		return err
	}))
	ts.Check(s.Close())
}

// rated notes a rating of a name in a database, with its key.
func rated(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return time.Now().UnixMilli() }})
	ts.Check(err)
	ts.Check(s.Write(context.Background(), func(tx *store.Tx) error {
		_, _, err := tx.Append(feedback.KindRated, feedback.Rating{Rating: feedback.RatingID(args[2]), Edition: 1, Hall: "jiangnan", Ticket: "t", Level: 1, Proof: feedback.BySlip, AtMS: 1})
		return err
	}))
	ring, err := keyring.Open(filepath.Dir(ts.MkAbs(args[0])), "")
	ts.Check(err)
	_, err = ring.New(args[2], 1)
	ts.Check(errors.Join(err, ring.Close(), s.Close()))
}

// visited notes in a hub's database that somebody was served at B01 on 2026-11-24 after five minutes, and
// that another one still waits.
func visited(ts *testscript.TestScript, _ bool, args []string) {
	const ms, minute = int64(1_795_485_600_000), int64(60_000)
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: event.Origin(args[1]), Now: func() int64 { return ms }})
	ts.Check(err)
	note := func(kind event.Kind, fact any) {
		ts.Check(s.Write(context.Background(), func(tx *store.Tx) error { _, _, err := tx.Append(kind, fact); return err }))
	}
	note(hall.KindWindowOpened, hall.WindowOpened{Hall: "jiangnan", Window: "B01", Clerk: "wang", Services: []hall.Letter{"B"}, AtMS: ms})
	var id hall.TicketID
	for n := range 2 {
		h := fmt.Sprintf("%012x", ms+int64(n))
		id = hall.TicketID(h[:8] + "-" + h[8:] + "-7000-8000-000000000001")
		note(hall.KindIssued, hall.Issued{Ticket: id, Hall: "jiangnan", Date: "2026-11-24", Service: "B", Number: hall.Number(fmt.Sprint("B00", n+1)), Class: hall.WalkIn, IssuedMS: ms + int64(n), LowMinutes: 4, HighMinutes: 9})
	}
	note(hall.KindCalled, hall.Called{Ticket: id, Window: "B01", Clerk: "wang", Hall: "jiangnan", Date: "2026-11-24", AtMS: ms + 5*minute + 1, Reason: "unwell"})
	note(hall.KindStarted, hall.Moved{Ticket: id, Window: "B01", Clerk: "wang", AtMS: ms + 6*minute + 1})
	note(hall.KindFinished, hall.Moved{Ticket: id, Window: "B01", Clerk: "wang", AtMS: ms + 18*minute + 1, Ended: []hall.Ending{{Outcome: hall.Accepted}}})
	ts.Check(s.Close())
}

// keyOf tells whether the key of an application or a rating is in a data folder.
func keyOf(ts *testscript.TestScript, neg bool, args []string) {
	ring, err := keyring.Open(ts.MkAbs(args[0]), "")
	ts.Check(err)
	id := args[1]
	if !strings.HasPrefix(id, "rating-") {
		id = "case-" + id
	}
	_, err = ring.Key(context.Background(), id)
	ts.Check(ring.Close())
	if (err == nil) == neg {
		ts.Fatalf("the key of %s: %v", args[1], err)
	}
}

// spoil changes a byte of the second event of a database, as a failing disk does.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec("UPDATE event SET body = CAST(substr(body, 1, length(body) - 1) || x'7e' AS BLOB) WHERE pos = 2")
	ts.Check(errors.Join(err, db.Close()))
}

// shipped writes the files of the shipped catalogue into a folder, with a line more at the
// end of those that are named.
func shipped(ts *testscript.TestScript, _ bool, args []string) {
	files, err := guide.ShippedFiles()
	ts.Check(err)
	for name, text := range files {
		if slices.Contains(args, name) {
			text = append(slices.Clone(text), '\n')
		}
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), name), text, 0o644))
	}
}

// sampleReading writes the files of what there is to read, of the sample, into a folder: those that are named.
func sampleReading(ts *testscript.TestScript, _ bool, args []string) {
	files, err := reading.ShippedFiles()
	ts.Check(err)
	for _, name := range args[1:] {
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), name), files[name], 0o644))
	}
}

// answer leaves answers in the database of a centre, each argument one person's: survey question place place...
func answer(ts *testscript.TestScript, _ bool, args []string) {
	s, err := store.Open(store.Options{Path: ts.MkAbs(args[0]), Origin: "district/centre", Now: func() int64 { return 1_795_485_600_000 }})
	ts.Check(err)
	ts.Check(s.Write(context.Background(), func(tx *store.Tx) error {
		for _, words := range args[1:] {
			list := strings.Fields(words)
			fact := feedback.Survey{Hall: "jiangnan", Survey: list[0], Language: "zh", AtMS: 1, Answers: []feedback.Answer{{Question: list[1]}}}
			for _, w := range list[2:] {
				place, err := strconv.Atoi(w)
				ts.Check(err)
				fact.Answers[0].Chosen = append(fact.Answers[0].Chosen, place)
			}
			if _, _, err := tx.Append(feedback.KindSurvey, fact); err != nil {
				return err
			}
		}
		return nil
	}))
	ts.Check(s.Close())
}
