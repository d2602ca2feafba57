package device

import (
	"bytes"
	"encoding/binary"
)

// Frames of identity card readers, as the makers of readers for second generation
// cards (二代证) share them on serial lines:
//
//	AA AA AA 96 69 | length, 2 bytes, high byte first | content | check
//
// The length counts content and check; the check is the exclusive or of length and
// content. To the reader the content is a command of two bytes (10 FF reset, 11 FF state,
// 20 01 find a card, 20 02 select it, 30 01 read text and photo). From the reader it is
// a status of three bytes, and what was read.
var frameHead = []byte{0xaa, 0xaa, 0xaa, 0x96, 0x69}

// Bounds of a frame's length field: at least a command and its check, at most
// what an answer with text, photo and fingerprints has.
const (
	shortestFrame = 3
	longestFrame  = 3 + 6 + 256 + 1024 + 1024 + 1
)

// frameOf wraps content into a frame.
func frameOf(content ...byte) []byte {
	b := append([]byte{}, frameHead...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(content)+1))
	b = append(b, content...)
	return append(b, check(b[len(frameHead):]))
}

func check(b []byte) (x byte) {
	for _, c := range b {
		x ^= c
	}
	return x
}

// unframer finds whole frames in what comes from a line, whatever stands between them.
type unframer struct{ b []byte }

func (u *unframer) add(b []byte) { u.b = append(u.b, b...) }

// next gives the content of the first whole frame whose check is right, and forgets
// everything before it; nil when more bytes are needed. A head in the noise promises
// bytes that never come, so frames behind it are looked for as well.
func (u *unframer) next() []byte {
	open := -1
	for at := 0; ; at++ {
		i := bytes.Index(u.b[at:], frameHead)
		if i < 0 {
			break
		}
		at += i
		rest := u.b[at+len(frameHead):]
		if len(rest) < 2 {
			if open < 0 {
				open = at
			}
			break
		}
		n := int(binary.BigEndian.Uint16(rest))
		switch {
		case n < shortestFrame || n > longestFrame:
		case len(rest) < 2+n:
			if open < 0 {
				open = at
			}
		case check(rest[:2+n]) == 0:
			content := bytes.Clone(rest[2 : 1+n])
			u.b = bytes.Clone(rest[2+n:])
			return content
		}
	}
	if open < 0 {
		open = max(0, len(u.b)-len(frameHead)+1)
	}
	u.b = u.b[open:]
	return nil
}
