package device

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// Speech is something to be said: English as it is written, Chinese as pinyin with the
// number of each tone behind its syllable. Volume and Speed go from 1 to 5, 3 is usual.
type Speech struct {
	Text          string
	English       bool
	Volume, Speed int
}

// Voice says things. Say ends what is being said and returns at once; Stop is silence.
type Voice interface {
	Say(s Speech) error
	Stop()
}

// Espeak is the voice of the program espeak-ng. The text goes through its standard
// input: command lines can be read by every user of a machine.
type Espeak struct {
	path string

	mu      sync.Mutex
	process *exec.Cmd
}

// FindVoice gives the voice of this machine, nil when it has none.
func FindVoice() Voice {
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil
	}
	return &Espeak{path: path}
}

// amplitude and words a minute of espeak-ng for the five steps.
var (
	amplitudes = [...]int{40, 70, 100, 140, 200}
	paces      = [...]int{100, 125, 150, 185, 230}
)

func step(steps [5]int, n int) string { return strconv.Itoa(steps[min(max(n, 1), len(steps))-1]) }

// Say begins to speak.
func (v *Espeak) Say(s Speech) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stop()
	// Debian's espeak-ng reads Chinese characters by tables that it does not bring; pinyin it reads right.
	language := "cmn-latn-pinyin"
	if s.English {
		language = "en"
	}
	cmd := exec.Command(v.path, "-v", language, "-a", step(amplitudes, s.Volume), "-s", step(paces, s.Speed), "--stdin")
	cmd.Stdin = strings.NewReader(s.Text)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	v.process = cmd
	go func() {
		// A voice that was stopped or has no sound card fails: that is nobody's mistake, and
		// what it says stands on the screen as well.
		_ = cmd.Wait()
	}()
	return nil
}

// Stop ends what is being said.
func (v *Espeak) Stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stop()
}

func (v *Espeak) stop() {
	if v.process != nil {
		_ = v.process.Process.Kill() // it may have ended by itself
		v.process = nil
	}
}

// VoiceTwin is a voice for tests: it keeps what it was asked to say.
type VoiceTwin struct {
	mu      sync.Mutex
	said    []Speech
	stopped int
}

// Say keeps a speech.
func (v *VoiceTwin) Say(s Speech) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.said = append(v.said, s)
	return nil
}

// Stop counts.
func (v *VoiceTwin) Stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stopped++
}

// Said gives what was said, and how often silence was asked for.
func (v *VoiceTwin) Said() ([]Speech, int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]Speech(nil), v.said...), v.stopped
}
