package guide

import (
	"strings"
	"sync"
	"unicode"
)

// fold brings text to the one form that is indexed and searched: full-width
// letters to ASCII, capitals to small ones, traditional characters to simplified
// ones, and everything that is no letter, digit or Chinese character to a space.
func fold(s string) []rune {
	table := folds()
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if int(r) < len(table) {
			r = table[r]
		} else {
			r = foldRune(r)
		}
		if r != 0 {
			out = append(out, r)
		}
	}
	return out
}

// folds has what becomes of the characters that are usual.
var folds = sync.OnceValue(func() []rune {
	out := make([]rune, 0x10000)
	for r := range out {
		out[r] = foldRune(rune(r))
	}
	return out
})

// foldRune folds one character; 0 leaves it out.
func foldRune(r rune) rune {
	switch {
	case r == '\'' || r == '’':
		return 0
	case r >= 0xFF01 && r <= 0xFF5E:
		r -= 0xFEE0
	case r == 'ü' || r == 'Ü':
		r = 'v'
	}
	r = unicode.ToLower(r)
	if to, ok := simplified()[r]; ok {
		r = to
	}
	if !unicode.Is(unicode.Han, r) && !isLetter(r) && !isDigit(r) {
		r = ' '
	}
	return r
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }
func isDigit(r rune) bool  { return r >= '0' && r <= '9' }

// run is a stretch of one kind: Latin letters, or characters and digits.
type run struct {
	latin bool
	text  []rune
}

// runs cuts folded text at spaces and where letters meet characters.
func runs(folded []rune) []run {
	var out []run
	open := false
	for _, r := range folded {
		if r == ' ' {
			open = false
			continue
		}
		if latin := isLetter(r); !open || out[len(out)-1].latin != latin {
			out = append(out, run{latin: latin})
			open = true
		}
		last := &out[len(out)-1]
		last.text = append(last.text, r)
	}
	return out
}

// stem cuts the endings of English words that make no difference here, and takes
// the American spelling of a licence for the British one.
func stem(w string) string {
	switch {
	case strings.HasPrefix(w, "license"):
		return "licence"
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 4 && (strings.HasSuffix(w, "sses") || strings.HasSuffix(w, "xes") || strings.HasSuffix(w, "ches")):
		return w[:len(w)-2]
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us"):
		return w[:len(w)-1]
	}
	return w
}

// stopWords carry no meaning in a search.
var stopWords = map[string]bool{"a": true, "an": true, "the": true, "of": true, "for": true, "to": true, "in": true, "on": true,
	"and": true, "or": true, "with": true, "my": true, "i": true, "how": true, "do": true, "can": true, "where": true, "what": true,
	"is": true, "get": true, "need": true, "want": true, "apply": true, "application": true, "at": true, "by": true, "from": true,
	"me": true, "it": true, "new": true, "about": true, "am": true, "be": true, "as": true, "her": true, "his": true, "im": true}

// fillers are what people say around the thing itself; a search drops them unless
// nothing is left. Longer ones come first where one contains another.
var fillers = strings.Fields(`
请问一下 请问 你好 您好 麻烦 帮我 我想要 我想 我要 想要 打算 准备 需要什么 需要哪些 需要带什么 需要 怎么办理 怎么弄 怎么办 怎么 如何
什么材料 哪些材料 什么手续 什么证件 哪些证件 带什么 带哪些 带啥 要啥 材料 手续 流程 去哪里 去哪儿 去哪 在哪里 在哪儿 在哪 哪里 哪儿
多少钱 要钱吗 收费吗 费用 多久 多长时间 几天 几个工作日 什么时候 可以 能不能 可不可以 能否 是不是 有没有 一下 一个 一张 一份
什么 哪些 办理 可以吗 咨询 关于 的话 应该 到底 现在 吗 呢 啊 吧 呀 嘛 哦 么 了 的 啥 咋 那个 这个 这里 那里 想 要 我 你 您`)

// strip takes the fillers out of characters; a space stands where one was. It
// gives the text back unchanged when nothing else is in it.
func strip(text string) string {
	out := text
	for _, f := range fillers {
		out = strings.ReplaceAll(out, f, " ")
	}
	if strings.TrimSpace(out) == "" {
		return text
	}
	return out
}
