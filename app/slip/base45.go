package slip

// Base45 of RFC 9285: two bytes become three characters of the alphanumeric mode
// of QR codes, least significant first; a last single byte becomes two. No text
// made here ends in a space, which a form field might cut off.

const alphabet45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// none45 is the value of a character outside the alphabet.
const none45 = 0xff

var value45 = func() (v [256]byte) {
	for i := range v {
		v[i] = none45
	}
	for i := range len(alphabet45) {
		v[alphabet45[i]] = byte(i)
	}
	return v
}()

// state45 says what decode45 found, the worst first found counting.
type state45 int

const (
	fine45 state45 = iota
	// over45: a group stands for a number above 65535 (255 for the last short one).
	over45
	// odd45: a single character is left over, so the text was cut.
	odd45
	// strange45: a character is outside the alphabet.
	strange45
)

func encode45(b []byte) string {
	out := make([]byte, 0, (len(b)*3+1)/2)
	for ; len(b) >= 2; b = b[2:] {
		n := int(b[0])<<8 | int(b[1])
		out = append(out, alphabet45[n%45], alphabet45[n/45%45], alphabet45[n/2025])
	}
	if len(b) == 1 {
		out = append(out, alphabet45[b[0]%45], alphabet45[b[0]/45])
	}
	return string(out)
}

// decode45 gives the bytes of s. With over45 the bytes of the impossible group
// are 0xff; with odd45 the left-over character is ignored; with strange45 there are none.
func decode45(s string) ([]byte, state45) {
	state := fine45
	out := make([]byte, 0, len(s)/3*2+1)
	for i := range len(s) {
		if value45[s[i]] == none45 {
			return nil, strange45
		}
	}
	for ; len(s) >= 3; s = s[3:] {
		n := int(value45[s[0]]) + 45*int(value45[s[1]]) + 2025*int(value45[s[2]])
		if n > 0xffff {
			n, state = 0xffff, over45
		}
		out = append(out, byte(n>>8), byte(n))
	}
	switch len(s) {
	case 2:
		n := int(value45[s[0]]) + 45*int(value45[s[1]])
		if n > 0xff {
			n, state = 0xff, over45
		}
		out = append(out, byte(n))
	case 1:
		state = odd45
	}
	return out, state
}
