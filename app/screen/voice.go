package screen

import (
	"onewindow/app/event"
	"onewindow/app/guide"
)

// Voice says things aloud: English as it is written, Chinese as pinyin with tones.
type Voice interface {
	Say(text string, english bool, volume, speed int) error
	Stop()
}

// mostSpoken bounds what is said in one go; nobody listens longer.
const mostSpoken = 2000

// Say speaks what stands on the page, in the language "zh" or "en", with volume and speed
// from 1 to 5, and ends what was being said. Refusal: RequestUnusable where the terminal
// has no voice (see Place.Voice).
func (k *Kiosk) Say(text, language string, volume, speed int) error {
	if k.m.Voice == nil {
		return event.RequestUnusable.With("voice", "none")
	}
	if long := []rune(text); len(long) > mostSpoken {
		text = string(long[:mostSpoken])
	}
	if language == "en" {
		return k.m.Voice.Say(text, true, volume, speed)
	}
	return k.m.Voice.Say(guide.Aloud(text), false, volume, speed)
}

// Hush ends what is being said.
func (k *Kiosk) Hush() {
	if k.m.Voice != nil {
		k.m.Voice.Stop()
	}
}
