package device_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"onewindow/app/device"
)

const toneRate = 16_000

// tone is a clip of one frequency with silence at both ends.
func tone(hz, amplitude float64, ms int) []byte {
	sound := make([]int16, toneRate/5)
	for i := range toneRate * ms / 1000 {
		sound = append(sound, int16(amplitude*math.MaxInt16*math.Sin(2*math.Pi*hz*float64(i)/toneRate)))
	}
	sound = append(sound, make([]int16, toneRate/5)...)
	return device.WAV(toneRate, sound)
}

func samples(t *testing.T, wav []byte) (out []int16) {
	t.Helper()
	if string(wav[:4]) != "RIFF" || int(binary.LittleEndian.Uint32(wav[4:])) != len(wav)-8 || int(binary.LittleEndian.Uint32(wav[40:])) != len(wav)-44 {
		t.Fatalf("the WAV's head does not fit its %d bytes", len(wav))
	}
	out = make([]int16, (len(wav)-44)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(wav[44+2*i:]))
	}
	return out
}

// power is how much of a frequency is in a sound (Goertzel).
func power(s []int16, hz float64) float64 {
	k := 2 * math.Cos(2*math.Pi*hz/toneRate)
	var a, b float64
	for _, v := range s {
		a, b = float64(v)+k*a-b, a
	}
	return a*a + b*b - k*a*b
}

// A call is heard word by word, in order, each as loud as the next, without a click.
func TestWordsAreJoined(t *testing.T) {
	hz := map[string]float64{"please": 400, "b": 900, "one": 1400, "two": 1900}
	clips, err := device.LoadClips(fstest.MapFS{
		"please.wav": {Data: tone(hz["please"], 0.9, 300)}, "b.wav": {Data: tone(hz["b"], 0.05, 200)},
		"one.wav": {Data: tone(hz["one"], 0.3, 250)}, "two.wav": {Data: tone(hz["two"], 0.3, 150)},
	})
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"please", "b", "one", "two", "", "one"}
	wav, err := clips.Join(words)
	if err != nil {
		t.Fatal(err)
	}
	s := samples(t, wav)
	const want = 300 + 200 + 250 + 150 + 250 + 250 - 5*12
	if ms := len(s) * 1000 / toneRate; ms < want-5 || ms > want+5 {
		t.Errorf("it takes %d ms, want %d: silence at the ends is cut and neighbours overlap by 12 ms", ms, want)
	}
	var heard []string
	var levels []float64
	const frame = toneRate / 50
	for at := 0; at+frame <= len(s); at += frame {
		best, most, sum := "", 0.0, 0.0
		for _, v := range s[at : at+frame] {
			sum += float64(v) * float64(v)
		}
		rms := math.Sqrt(sum/frame) / math.MaxInt16
		for w, f := range hz {
			if p := power(s[at:at+frame], f); p > most && rms > 0.02 {
				best, most = w, p
			}
		}
		if best != "" && best == last(heard) {
			levels = append(levels, rms)
		}
		if best != last(heard) {
			heard = append(heard, best)
		}
	}
	if got := strings.Join(heard, " "); got != "please b one two  one" {
		t.Errorf("heard %q", got)
	}
	for _, l := range levels {
		if l < 0.06 || l > 0.12 {
			t.Errorf("a word is heard with a level of %.3f, not near 0.1", l)
			break
		}
	}
	for i := range len(s) - 1 {
		if jump := math.Abs(float64(s[i+1]) - float64(s[i])); jump > 0.14*math.MaxInt16 {
			t.Fatalf("a click of %.0f at %d ms", jump, i*1000/toneRate)
		}
	}
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// Whoever records a hall's own words is told what is wrong with them.
func TestUnusableClipsAreNamed(t *testing.T) {
	good := tone(400, 0.5, 200)
	stereo := bytes.Clone(good)
	stereo[22] = 2 // channels
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		says  string
	}{
		{"no file", fstest.MapFS{"zh-1.mp3": {Data: good}}, "no .wav files"},
		{"no WAV", fstest.MapFS{"zh-1.wav": {Data: []byte("ID3")}}, "zh-1.wav is no WAV file"},
		{"stereo", fstest.MapFS{"zh-1.wav": {Data: stereo}}, "16-bit mono"},
		{"silent", fstest.MapFS{"zh-1.wav": {Data: device.WAV(toneRate, make([]int16, 400))}}, "silent"},
		{"empty", fstest.MapFS{"zh-1.wav": {Data: device.WAV(toneRate, nil)}}, "silent"},
		{"cut", fstest.MapFS{"zh-1.wav": {Data: good[:30]}}, "holds no sound"},
		{"a damaged rate", fstest.MapFS{"zh-1.wav": {Data: device.WAV(0x30303030, []int16{9000, -9000})}}, "808464432 samples a second: save it with 8000 to 96000"},
		{"rates", fstest.MapFS{"zh-1.wav": {Data: good}, "zh-2.wav": {Data: device.WAV(8000, []int16{9000, -9000})}}, "8000 samples"},
	} {
		_, err := device.LoadClips(c.files)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
	clips, err := device.LoadClips(fstest.MapFS{"zh-1.wav": {Data: good}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clips.Join([]string{"zh-1", "zh-2"}); err == nil || !strings.Contains(err.Error(), "zh-2.wav") {
		t.Errorf("a missing word: %v", err)
	}
}

// FuzzClip: whatever a file holds, it is a sound or an error.
func FuzzClip(f *testing.F) {
	f.Add(tone(400, 0.5, 20))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		clips, err := device.LoadClips(fstest.MapFS{"a.wav": {Data: raw}})
		if err != nil {
			return
		}
		if wav, err := clips.Join([]string{"a", "", "a"}); err != nil || len(wav) < 44 {
			t.Errorf("joined %d bytes: %v", len(wav), err)
		}
	})
}
