package device

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// alsa plays through the program aplay of Debian's alsa-utils.
type alsa struct{ name string }

// NewSpeaker gives the speaker of an address: alsa:NAME, such as alsa:default.
func NewSpeaker(address string) Speaker { return alsa{strings.TrimPrefix(address, "alsa:")} }

func (a alsa) Play(ctx context.Context, wav []byte) error {
	cmd := exec.CommandContext(ctx, "aplay", "-q", "-D", a.name, "-")
	cmd.Stdin = bytes.NewReader(wav)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("play with aplay: %w %s", err, bytes.TrimSpace(said))
	}
	return nil
}
