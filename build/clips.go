package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// clipsDir is where compile leaves the recorded words of the calling boards.
const clipsDir = binDir + "/clips"

// clipRate is espeak-ng's samples a second.
const clipRate = 22_050

// voiceOf names espeak-ng's voice for a language. Debian's speaks Chinese right only from pinyin.
var voiceOf = map[string]string{"zh": "cmn-latn-pinyin", "en": "en"}

// buildClips speaks the words of app/slip/clips.tsv with a free voice. A hall may put its
// own recordings in their place.
func buildClips(ctx context.Context) error {
	if err := setup(ctx, needVoice); err != nil {
		return err
	}
	list, err := os.ReadFile("app/slip/clips.tsv")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(clipsDir, 0o755); err != nil {
		return err
	}
	return timed("recorded words", func() error {
		for line := range strings.Lines(string(list)) {
			parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(parts) != 4 {
				return fmt.Errorf("app/slip/clips.tsv: %q has %d parts, not 4", line, len(parts))
			}
			path := filepath.Join(clipsDir, parts[0]+".wav")
			if parts[1] == "tone" {
				if err := os.WriteFile(path, chime(), 0o644); err != nil {
					return err
				}
				continue
			}
			cmd := command(ctx, "espeak-ng", "-v", voiceOf[parts[1]], "-s", "140", "-w", path, "--stdin")
			cmd.Stdin = strings.NewReader(parts[2])
			if _, err := quiet(cmd); err != nil {
				return fmt.Errorf("speak %q: %w", parts[2], err)
			}
		}
		return nil
	})
}

// chime is two tones that fade away, the second a third lower: it turns heads before a
// number is said.
func chime() []byte {
	var sound []int16
	for _, hz := range []float64{784, 622} {
		for i := range clipRate * 45 / 100 {
			t := float64(i) / clipRate
			attack := min(1, t/0.005) // without it a click is heard
			sound = append(sound, int16(12_000*attack*math.Exp(-6*t)*(math.Sin(2*math.Pi*hz*t)+0.3*math.Sin(4*math.Pi*hz*t))))
		}
	}
	var b bytes.Buffer
	size := uint32(2 * len(sound))
	b.WriteString("RIFF")
	for _, v := range []any{36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(clipRate), uint32(2 * clipRate), uint16(2), uint16(16), []byte("data"), size, sound} {
		_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
	}
	return b.Bytes()
}
