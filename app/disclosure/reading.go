package disclosure

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"onewindow/app/hall"
)

// Reading is a request taken apart, so that it can be compared with others. It holds what
// was asked for in words: it is as personal as the text, and is kept nowhere.
type Reading struct {
	years, numbers   set // 2016; 23号
	admins, agencies set // 江南区; 财政
	docs, weak       set // kinds of documents
	// said is everything else in its order, and means what of it counts as.
	said  []token
	means set
	text  string
}

// token is a word of a request: a name, a thing or an act, or characters that no word
// explains. It counts as one thing or more.
type token struct {
	text  string
	means []string
	name  bool
}

type set map[string]bool

func (s set) add(what ...string) {
	for _, w := range what {
		s[w] = true
	}
}

// without lists what is in s and not in t.
func (s set) without(t set) (out []string) {
	for _, w := range slices.Sorted(maps.Keys(s)) {
		if !t[w] {
			out = append(out, w)
		}
	}
	return out
}

func (s set) with(t set) (out []string) {
	for _, w := range slices.Sorted(maps.Keys(s)) {
		if t[w] {
			out = append(out, w)
		}
	}
	return out
}

// Read takes a request apart. on is the day on which it was made, for 去年 and 今年; where it is no
// day these say nothing.
func Read(text string, on hall.Date) Reading {
	r := Reading{years: set{}, numbers: set{}, admins: set{}, agencies: set{}, docs: set{}, weak: set{}, means: set{}}
	p := parser{r: &r, text: numerals([]rune(plain(text)))}
	if len(on) >= 4 {
		p.year, _ = strconv.Atoi(string(on[:4]))
	}
	p.run()
	for _, s := range r.said {
		r.means.add(s.means...)
	}
	r.text = strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, string(p.text))
	return r
}

// plain makes wide characters narrow, small letters capital and quotation marks nothing.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～':
			c -= '！' - '!'
		case strings.ContainsRune("“”‘’\"'《》「」『』的", c): // 审计的报告 is an 审计报告
			return -1
		}
		return unicode.ToUpper(c)
	}, text)
}

const digits = "〇一二三四五六七八九"

// counted are what stands behind a number that counts: 二期, 三号, 一季度.
const counted = "期号季批标栋幢组届月日段区"

// numerals writes numbers in Chinese characters with digits where they are a year or count
// something: 二〇一六年, 一六年, 第二期, 十三号. All others are words: 一般, 三公.
func numerals(in []rune) (out []rune) {
	for n := 0; n < len(in); {
		end := n
		for end < len(in) && (digit(in[end]) >= 0 || in[end] == '十') {
			end++
		}
		if end == n {
			out = append(out, in[n])
			n++
			continue
		}
		next, before := rune(0), rune(0)
		if end < len(in) {
			next = in[end]
		}
		if n > 0 {
			before = in[n-1]
		}
		tens := slices.Contains(in[n:end], '十')
		switch {
		case !tens && end-n >= 2 && next == '年', !tens && end-n == 4:
			for _, c := range in[n:end] {
				out = append(out, '0'+rune(digit(c)))
			}
		case before == '第', next != 0 && strings.ContainsRune(counted, next) && end-n <= 3:
			out = append(out, []rune(strconv.Itoa(number(in[n:end])))...)
		default:
			out = append(out, in[n:end]...)
		}
		n = end
	}
	return out
}

func digit(c rune) int {
	if c == '零' || c == '○' {
		return 0
	}
	if at := strings.IndexRune(digits, c); at >= 0 {
		return at / len("一")
	}
	return -1
}

// number reads 十三, 二十三, 三 or 二三.
func number(in []rune) (n int) {
	for i, c := range in {
		switch {
		case c != '十':
			n += digit(c)
			if i+1 < len(in) && in[i+1] != '十' {
				n *= 10
			}
		case i == 0:
			n = 10
		default:
			n *= 10
		}
	}
	return n
}

// parser walks through a text once.
type parser struct {
	r    *Reading
	text []rune
	year int // in which the request was made, 0 where it is not known
	// odd is a run of characters that no word explains, and may be the beginning of a name.
	odd []rune
	// named tells that a name ended right before this place.
	named bool
}

var relative = []struct {
	word string
	back int
}{{"去年", 1}, {"上一年", 1}, {"上年", 1}, {"今年", 0}, {"本年", 0}, {"前年", 2}}

func (p *parser) run() {
	t := p.text
	for n := 0; n < len(t); {
		switch {
		case t[n] >= '0' && t[n] <= '9':
			n += p.number(t, n)
			continue
		case !unicode.IsLetter(t[n]):
			if !strings.ContainsRune(brackets, t[n]) {
				p.breakOff()
			}
			n++
			continue
		}
		if used := p.relativeYear(t[n:]); used > 0 {
			n += used
			continue
		}
		e := words().at(t[n:])
		if e == nil {
			p.named = false
			p.odd = append(p.odd, t[n])
			n++
			continue
		}
		p.take(e)
		n += len(e.text)
	}
	p.breakOff()
}

// breakOff ends a run that no word explains.
func (p *parser) breakOff() {
	if len(p.odd) > 0 {
		p.r.said = append(p.r.said, token{text: string(p.odd), means: []string{string(p.odd)}})
	}
	p.odd, p.named = nil, false
}

func (p *parser) take(e *entry) {
	place, admin := e.means[classPlace], e.means[classAdmin]
	switch {
	case place != nil && p.named && !p.ends(place[0]): // 人民路小学 is one name
		if place[0] == "小区" { // 锦绣家园 and 锦绣家园小区
			return
		}
		last := &p.r.said[len(p.r.said)-1]
		last.text += place[0]
		last.means[0] = last.text
		return
	case place != nil && len(p.odd) > 0:
		name := string(p.odd) + place[0]
		p.r.said = append(p.r.said, token{text: name, means: []string{name}, name: true})
		p.odd, p.named = nil, true
		return
	case admin != nil && len(p.odd) > 1:
		p.r.admins.add(string(p.odd) + admin[0])
		p.odd = nil
		return
	case place != nil && len(e.means) == 1: // 花园 in 花园路
		p.odd = append(p.odd, e.text...)
		return
	}
	p.breakOff()
	p.r.docs.add(e.means[classDoc]...)
	p.r.weak.add(e.means[classWeak]...)
	p.r.agencies.add(e.means[classAgency]...)
	if means := e.means[classWord]; means != nil {
		p.r.said = append(p.r.said, token{text: string(e.text), means: means})
	}
}

// ends tells whether the last name ends so already: 小河村村民.
func (p *parser) ends(place string) bool {
	return strings.HasSuffix(p.r.said[len(p.r.said)-1].text, place)
}

func (p *parser) relativeYear(t []rune) int {
	for _, y := range relative {
		if w := []rune(y.word); p.year > 0 && len(w) <= len(t) && slices.Equal(w, t[:len(w)]) {
			p.breakOff()
			p.r.years.add(strconv.Itoa(p.year - y.back))
			return len(w)
		}
	}
	return 0
}

// number reads a year, the years from one to another, or what counts something. It gives
// how many characters were read.
func (p *parser) number(t []rune, n int) int {
	from := n
	value, n := digitsAt(t, n)
	year, n := yearAt(value, t, n)
	if year == 0 {
		p.breakOff()
		unit := ""
		if n < len(t) && strings.ContainsRune(counted, t[n]) {
			unit = string(t[n])
			n++
			if n < len(t) && (t[n] == '度' || t[n] == '份' || t[n] == '段') {
				n++
			}
		}
		p.r.numbers.add(value + unit)
		return n - from
	}
	if len(p.odd) > 0 && (from > 0 && strings.ContainsRune(brackets, t[from-1]) || numbered(t[n:])) { // 江政发〔2017〕 names a document
		p.r.said = append(p.r.said, token{text: string(p.odd), means: []string{string(p.odd)}, name: true})
		p.odd = nil
	}
	p.breakOff()
	last := year
	if n+1 < len(t) && strings.ContainsRune("至到-—~－", t[n]) {
		second, end := digitsAt(t, n+1)
		if y, end := yearAt(second, t, end); y > year && y-year <= 20 {
			last, n = y, end
		}
	}
	for ; year <= last; year++ {
		p.r.years.add(strconv.Itoa(year))
	}
	return n - from
}

// brackets stand around the year in the number of a document.
const brackets = "〔[("

// numbered tells whether a text begins with 23号, as the number of a document goes on.
func numbered(t []rune) bool {
	value, end := digitsAt(t, 0)
	return value != "" && end < len(t) && t[end] == '号'
}

func digitsAt(t []rune, n int) (string, int) {
	end := n
	for end < len(t) && t[end] >= '0' && t[end] <= '9' {
		end++
	}
	return string(t[n:end]), end
}

// yearAt tells which year digits are, 0 for none, and where what belongs to it ends.
func yearAt(value string, t []rune, n int) (int, int) {
	y, err := strconv.Atoi(value)
	mark := n < len(t) && t[n] == '年' && (n+1 == len(t) || t[n+1] != '级')
	switch {
	case err != nil:
		return 0, n
	case len(value) == 4 && y >= 1949 && y < 2100:
	case len(value) == 2 && mark && y <= 50:
		y += 2000
	case len(value) == 2 && mark && y < 100:
		y += 1900
	default:
		return 0, n
	}
	if mark {
		n++
		if n < len(t) && t[n] == '度' {
			n++
		}
	} else if n < len(t) && t[n] == '度' {
		n++
	}
	return y, n
}
