package guide

import "testing"

func BenchmarkNewIndex(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		NewIndex(c)
	}
}

func BenchmarkSearch(b *testing.B) {
	x := NewIndex(shipped(b))
	for _, q := range []struct{ name, query string }{
		{"one", "房"}, {"two", "医保"}, {"sentence", "我家老人住院以后想在外地看病怎么报销医药费需要带什么材料去哪里办理"},
		{"initials", "sfz"}, {"pinyin", "zhufang gongjijin daikuan"}, {"english", "how do I renew my driving licence"},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				x.Search(q.query, 10)
			}
		})
	}
}

func BenchmarkNewTyping(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		NewTyping(c)
	}
}

func BenchmarkGuesses(b *testing.B) {
	ty := NewTyping(shipped(b))
	for _, letters := range []string{"s", "sbk", "shi", "zenmeban", "wodeshenfenzhengdiulezenmebuban", "jumingyibaobushizaiwaidizhuyuandeqianzenmebaoxiaoyaodainaxiecailiaoquna"} {
		b.Run(letters[:min(len(letters), 12)], func(b *testing.B) {
			for b.Loop() {
				ty.Guesses(letters, 300)
			}
		})
	}
}
