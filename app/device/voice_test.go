//go:build unix

package device

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// espeak puts a program in the place of espeak-ng that writes down what it is given.
func espeak(t *testing.T, then string) (v Voice, said func(want string)) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "said")
	script := "#!/bin/sh\n{ echo \"$*\"; cat; echo; } >> " + log + "\n" + then + "\n"
	if err := os.WriteFile(filepath.Join(dir, "espeak-ng"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return FindVoice(), func(want string) {
		t.Helper()
		var raw []byte
		for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); <-time.After(5 * time.Millisecond) {
			if raw, _ = os.ReadFile(log); strings.Contains(string(raw), want) {
				return
			}
		}
		t.Fatalf("said %q, want %q", raw, want)
	}
}

func TestTheVoiceSpeaksBothLanguages(t *testing.T) {
	v, said := espeak(t, "")
	for _, c := range []struct {
		s    Speech
		want string
	}{
		{Speech{Text: "qing3 qu3 hao4", Volume: 3, Speed: 3}, "-v cmn-latn-pinyin -a 100 -s 150 --stdin\nqing3 qu3 hao4\n"},
		{Speech{Text: "Take a ticket", English: true, Volume: 9, Speed: 0}, "-v en -a 200 -s 100 --stdin\nTake a ticket\n"},
	} {
		if err := v.Say(c.s); err != nil {
			t.Fatal(err)
		}
		said(c.want)
	}
}

func TestTheVoiceIsCutShort(t *testing.T) {
	v, said := espeak(t, "exec sleep 600")
	for _, text := range []string{"first", "second"} {
		if err := v.Say(Speech{Text: text, English: true}); err != nil {
			t.Fatal(err)
		}
		said(text)
	}
	e := v.(*Espeak)
	last := e.process
	v.Stop()
	if e.process != nil {
		t.Error("after Stop something is still being said")
	}
	for limit := time.Now().Add(10 * time.Second); last.Process.Signal(syscall.Signal(0)) == nil; <-time.After(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("the voice speaks on")
		}
	}
}

func TestAMachineWithoutAVoiceSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if v := FindVoice(); v != nil {
		t.Errorf("found a voice in an empty folder: %v", v)
	}
}
