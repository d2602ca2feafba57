package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// clipsDir is where compile leaves the recorded words of the calling boards.
const clipsDir = binDir + "/clips"

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
			cmd := command(ctx, "espeak-ng", "-v", voiceOf[parts[1]], "-s", "140", "-w", path, "--stdin")
			cmd.Stdin = strings.NewReader(parts[2])
			if _, err := quiet(cmd); err != nil {
				return fmt.Errorf("speak %q: %w", parts[2], err)
			}
		}
		return nil
	})
}
