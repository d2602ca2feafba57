package device

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
)

// Clips are recorded words, one WAV file each, of which announcements are joined: 16-bit
// mono PCM, all of one sample rate. What a clip says is not known here, only its name.
type Clips struct {
	rate  int
	sound map[string][]int16
}

// How clips are made alike and joined.
const (
	// clipLevel is the RMS level to which each clip is brought, of full scale: -20 dB.
	clipLevel = 0.1
	// clipPeak is the loudest sample that this may give.
	clipPeak = 0.9
	// clipFloor is the level below which the ends of a clip are silence, of its peak: -40 dB.
	clipFloor = 0.01
	// clipFadeMS is how far neighbours overlap, clipPauseMS the length of a pause.
	clipFadeMS, clipPauseMS = 12, 250
	// clipSlowest and clipFastest are the sample rates that a recording can have, in Hz: what
	// a damaged header says may be a thousand times as much, and a pause would fill the memory.
	clipSlowest, clipFastest = 8_000, 96_000
)

// LoadClips reads the .wav files of a folder. Each loses the silence at its ends and
// is brought to the same level. An error names the file and what would be right.
func LoadClips(from fs.FS) (*Clips, error) {
	names, err := fs.Glob(from, "*.wav")
	if err != nil {
		return nil, fmt.Errorf("read the clips: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there are no .wav files: put the recorded words there, one file each")
	}
	c := &Clips{sound: map[string][]int16{}}
	for _, name := range names {
		raw, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("read the clip %s: %w", name, err)
		}
		rate, sound, err := readWAV(raw)
		if err != nil {
			return nil, fmt.Errorf("the clip %s %w: save it as 16-bit mono PCM", name, err)
		}
		if rate < clipSlowest || rate > clipFastest {
			return nil, fmt.Errorf("the clip %s has %d samples a second: save it with %d to %d", name, rate, clipSlowest, clipFastest)
		}
		if c.rate == 0 {
			c.rate = rate
		}
		if rate != c.rate {
			return nil, fmt.Errorf("the clip %s has %d samples a second and others have %d: save all with the same", name, rate, c.rate)
		}
		if sound = level(trim(sound)); len(sound) == 0 {
			return nil, fmt.Errorf("the clip %s is silent: record it again", name)
		}
		c.sound[strings.TrimSuffix(path.Base(name), ".wav")] = sound
	}
	if c.sound[Chime] == nil {
		c.sound[Chime] = level(chime(c.rate))
	}
	return c, nil
}

// Missing gives those of some words that there is no clip of.
func (c *Clips) Missing(words []string) (missing []string) {
	for _, w := range words {
		if _, there := c.sound[w]; !there && w != "" && !slices.Contains(missing, w) {
			missing = append(missing, w)
		}
	}
	return missing
}

// Join gives words as one WAV file. Neighbours overlap a little and are cross-faded,
// so that no click is heard; an empty word is a pause.
func (c *Clips) Join(words []string) ([]byte, error) {
	if missing := c.Missing(words); missing != nil {
		return nil, fmt.Errorf("there is no clip of %s: record %s.wav", strings.Join(missing, ", "), missing[0])
	}
	var out []int16
	for _, w := range words {
		next := c.sound[w]
		if w == "" {
			next = make([]int16, c.rate*clipPauseMS/1000)
		}
		fade := min(c.rate*clipFadeMS/1000, len(out), len(next))
		tail := out[len(out)-fade:]
		for i := range tail {
			up := float64(i+1) / float64(fade+1)
			tail[i] = int16(float64(tail[i])*(1-up) + float64(next[i])*up)
		}
		out = append(out, next[fade:]...)
	}
	return WAV(c.rate, out), nil
}

// Chime is the word that turns heads before a number is said. A folder without a clip of
// that name has two tones that fade away, the second a third lower.
const Chime = "chime"

func chime(rate int) (sound []int16) {
	for _, hz := range []float64{784, 622} {
		for i := range rate * 45 / 100 {
			t := float64(i) / float64(rate)
			attack := min(1, t/0.005) // without it a click is heard
			sound = append(sound, int16(12_000*attack*math.Exp(-6*t)*(math.Sin(2*math.Pi*hz*t)+0.3*math.Sin(4*math.Pi*hz*t))))
		}
	}
	return sound
}

// trim cuts the silence at both ends.
func trim(s []int16) []int16 {
	least := clipFloor * peak(s)
	loud := func(v int16) bool { return math.Abs(float64(v)) > least }
	first := slices.IndexFunc(s, loud)
	if first < 0 {
		return nil
	}
	last := len(s)
	for !loud(s[last-1]) {
		last--
	}
	return s[first:last]
}

func peak(s []int16) (most float64) {
	for _, v := range s {
		most = max(most, math.Abs(float64(v)))
	}
	return most
}

// level gives a clip the common loudness, as far as its peaks allow.
func level(s []int16) []int16 {
	var power float64
	for _, v := range s {
		power += float64(v) * float64(v)
	}
	if power == 0 {
		return nil
	}
	gain := min(clipLevel*math.MaxInt16/math.Sqrt(power/float64(len(s))), clipPeak*math.MaxInt16/peak(s))
	out := make([]int16, len(s))
	for i, v := range s {
		out[i] = int16(float64(v) * gain)
	}
	return out
}

// readWAV reads 16-bit mono PCM from a RIFF WAVE file (Microsoft and IBM, 1991).
func readWAV(raw []byte) (rate int, sound []int16, err error) {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return 0, nil, fmt.Errorf("is no WAV file")
	}
	for rest := raw[12:]; len(rest) >= 8; {
		kind, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		body = body[:min(size, len(body))] // a recorder that was stopped leaves the size of what it meant to write
		switch {
		case kind == "fmt " && len(body) >= 16:
			if f := binary.LittleEndian; f.Uint16(body) != 1 || f.Uint16(body[2:]) != 1 || f.Uint16(body[14:]) != 16 {
				return 0, nil, fmt.Errorf("is not 16-bit mono PCM")
			}
			rate = int(binary.LittleEndian.Uint32(body[4:]))
		case kind == "data" && rate > 0:
			sound = make([]int16, len(body)/2)
			for i := range sound {
				sound[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return rate, sound, nil
		}
		rest = rest[min(8+size+size%2, len(rest)):]
	}
	return 0, nil, fmt.Errorf("holds no sound")
}

// WAV gives sound, 16-bit mono PCM of so many samples a second, as a RIFF WAVE file.
func WAV(rate int, sound []int16) []byte {
	var b bytes.Buffer
	size := uint32(2 * len(sound))
	b.WriteString("RIFF")
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	put(36+size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2*rate), uint16(2), uint16(16), []byte("data"), size, sound)
	return b.Bytes()
}
