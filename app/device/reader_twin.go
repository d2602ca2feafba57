package device

import (
	"fmt"
	"time"
)

// ReaderTwin is a virtual reader of identity cards. It answers as a real one does,
// and can be told to let its frames come broken.
type ReaderTwin struct {
	stand
	card  *Card
	spoil func(frame []byte) [][]byte
}

// StartReaderTwin starts a twin at serial:PATH (PATH is made) or on a TCP address.
func StartReaderTwin(address string) (*ReaderTwin, error) {
	t := &ReaderTwin{}
	if err := t.begin(address, t.talk); err != nil {
		return nil, fmt.Errorf("stand as card reader: %w", err)
	}
	return t, nil
}

// Lay lays a card on; nil takes it away.
func (t *ReaderTwin) Lay(c *Card) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.card = c
}

// Spoil lets every frame pass through fn, which gives what comes out of the line, in
// the pieces in which it comes; nil for a line that is well.
func (t *ReaderTwin) Spoil(fn func(frame []byte) [][]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spoil = fn
}

// SampleCard is the card of a person who does not exist: the region 990108 is none,
// and the name says so.
func SampleCard() Card {
	return Card{Name: "罗庆(样例)", Number: "99010820000907755X", Birth: "20000907", Sex: "1", Nation: "01", Address: "样例区江南街道样例路100号",
		Issuer: "样例区公安局(样例)", From: "2020-01-01", To: "2040-01-01"}
}

func (t *ReaderTwin) talk(conn port) {
	var frames unframer
	var b [256]byte
	for {
		n, err := conn.Read(b[:])
		if err != nil {
			return
		}
		frames.add(b[:n])
		for f := frames.next(); f != nil; f = frames.next() {
			if !t.answer(conn, f) {
				return
			}
		}
	}
}

func (t *ReaderTwin) answer(conn port, ask []byte) bool {
	t.mu.Lock()
	pieces := [][]byte{t.reply(ask)}
	if t.spoil != nil {
		pieces = t.spoil(pieces[0])
	}
	t.mu.Unlock()
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	for _, p := range pieces {
		if _, err := conn.Write(p); err != nil {
			return false
		}
	}
	return true
}

func (t *ReaderTwin) reply(ask []byte) []byte {
	status := func(s byte, more ...byte) []byte { return frameOf(append([]byte{0, 0, s}, more...)...) }
	if len(ask) != 2 {
		return status(0x21)
	}
	switch [2]byte(ask) {
	case askState.ask:
		return status(0x90)
	case findCard.ask:
		if t.card == nil {
			return status(noCardHere)
		}
		return status(0x9f, make([]byte, 4)...)
	case selectCard.ask:
		if t.card == nil {
			return status(0x81)
		}
		return status(0x90, make([]byte, 8)...)
	case readCard.ask:
		if t.card == nil {
			return status(0x41)
		}
		body := append([]byte{textBytes >> 8, 0, photoBytes >> 8, 0}, textOf(*t.card)...)
		return status(0x90, append(body, make([]byte, photoBytes)...)...)
	}
	return status(0x21)
}
