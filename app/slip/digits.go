package slip

import (
	"encoding/binary"
	"math/big"
	"strings"
)

// originAlphabet has every character of an event.Origin.
const originAlphabet = "-/0123456789abcdefghijklmnopqrstuvwxyz"

// Item codes have 31 characters, nearly all of them digits. A code is packed as
// one large number: the place and the letter of each letter, then the digits; 15
// or 16 bytes where plain base 36 needs 21. Characters shared with the code
// before are not written again.
const (
	itemChars = 31
	// maxLetters is how many letters the packed form takes.
	maxLetters = 6
	// itemPlain begins a code that is written as it is.
	itemPlain = 0xff
)

// radixBytes gives how many bytes hold every number below base^n x base2^n2 x ...
func radixBytes(pairs ...int64) int {
	top := big.NewInt(1)
	for i := 0; i+1 < len(pairs); i += 2 {
		top.Mul(top, new(big.Int).Exp(big.NewInt(pairs[i]), big.NewInt(pairs[i+1]), nil))
	}
	return (top.Sub(top, big.NewInt(1)).BitLen() + 7) / 8
}

// push makes n = n x base + digit; pop takes the digit out again.
func push(n *big.Int, base, digit int) {
	n.Mul(n, big.NewInt(int64(base)))
	n.Add(n, big.NewInt(int64(digit)))
}

func pop(n *big.Int, base int) int {
	digit := new(big.Int)
	n.DivMod(n, big.NewInt(int64(base)), digit)
	return int(digit.Int64())
}

func originBytes(n int) int { return radixBytes(int64(len(originAlphabet)), int64(n)) }

func packOrigin(s string) []byte {
	n := new(big.Int)
	for i := range len(s) {
		push(n, len(originAlphabet), max(0, strings.IndexByte(originAlphabet, s[i])))
	}
	return n.FillBytes(make([]byte, originBytes(len(s))))
}

// unpackOrigin gives n characters; false when b holds a larger number than n can make.
func unpackOrigin(b []byte, n int) (string, bool) {
	v := new(big.Int).SetBytes(b)
	out := make([]byte, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = originAlphabet[pop(v, len(originAlphabet))]
	}
	return string(out), v.Sign() == 0
}

func itemBytes(rest, letters int) int {
	return radixBytes(int64(rest), int64(letters), 26, int64(letters), 10, int64(rest-letters))
}

// appendItem writes a code behind b; last is the code before it, or "".
func appendItem(b []byte, last, code string) []byte {
	shared := 0
	if len(code) == itemChars && len(last) == itemChars {
		for shared < itemChars-1 && last[shared] == code[shared] {
			shared++
		}
	}
	rest := code[shared:]
	n, letters, fits := new(big.Int), 0, len(code) == itemChars
	for i := range len(rest) {
		switch c := rest[i]; {
		case c >= 'A' && c <= 'Z':
			letters++
			push(n, len(rest), i)
			push(n, 26, int(c-'A'))
		case c < '0' || c > '9':
			fits = false
		}
	}
	if !fits || letters > maxLetters {
		return appendString(append(b, itemPlain), code)
	}
	for i := range len(rest) {
		if c := rest[i]; c <= '9' {
			push(n, 10, int(c-'0'))
		}
	}
	b = append(b, byte(letters<<5|shared))
	return append(b, n.FillBytes(make([]byte, itemBytes(len(rest), letters)))...)
}

// readItem reads what appendItem wrote.
func readItem(r *reader, last string) string {
	head := r.byte()
	if head == itemPlain {
		return r.string()
	}
	letters, shared := int(head>>5), int(head&31)
	if letters > maxLetters || shared >= itemChars || shared > 0 && len(last) != itemChars {
		r.bad = true
		return ""
	}
	size := itemChars - shared
	if letters > size {
		r.bad = true
		return ""
	}
	n := new(big.Int).SetBytes(r.take(itemBytes(size, letters)))
	digits := make([]byte, size-letters)
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = byte('0' + pop(n, 10))
	}
	rest := make([]byte, size)
	for range letters {
		letter := byte('A' + pop(n, 26))
		rest[pop(n, size)] = letter
	}
	for i, d := 0, 0; i < size; i++ {
		if rest[i] == 0 && d < len(digits) {
			rest[i] = digits[d]
			d++
		}
	}
	return last[:shared] + string(rest)
}

// reader takes a body apart; after the first fault it is bad and gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// count reads a number from -1 on, which was written one higher.
func (r *reader) count() int {
	n := r.uvarint()
	if n > 1<<31 {
		r.bad = true
		return -1
	}
	return int(n) - 1
}

func (r *reader) string() string {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return ""
	}
	return string(r.take(int(n)))
}
