//go:build bench

package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	"unicode"

	"onewindow/app/crowd"
	"onewindow/app/guide"

	_ "modernc.org/sqlite" // the peer of the search
)

const (
	// searchNames are the words that the catalogues are made of.
	searchNames = "../shared/data/real/guangan_items.jsonl"
	// searchInputs are what is typed, behind a tab on each line.
	searchInputs = "app/guide/testdata/queries.txt"
	// searchHits is how many items a page shows.
	searchHits = 20
)

// typedToo are inputs that people type letter by letter.
var typedToo = strings.Fields(`shenfenzheng sfz shebaoka sbk ershoufangguohu esfgh zhufanggongjijin zfgjj jiehunzheng jhz
	yingyezhizhao yyzz zhengming zm huzhao jiashizheng hukou hk 办hz 社保zm 公司zx`)

func benchSearch5000(y *bay) ([]figure, error) { return benchSearch(y, 5000, 5) }

func benchSearch100000(y *bay) ([]figure, error) { return benchSearch(y, 100_000, 30) }

// benchSearch types every input letter by letter into a catalogue of n items.
func benchSearch(y *bay, n int, most float64) ([]figure, error) {
	names, err := crowd.Names(searchNames)
	if err != nil {
		return nil, err
	}
	typed, err := keystrokes()
	if err != nil {
		return nil, err
	}
	c, err := crowd.Catalogue(n, names)
	if err != nil {
		return nil, err
	}
	before := heapMB()
	begin := time.Now()
	x := guide.NewIndex(c)
	built, size := series{time.Since(begin).Seconds()}, series{heapMB() - before}
	begin = time.Now()
	path := filepath.Join(y.folder, "peer.db")
	peer, err := newPeer(path, c)
	if err != nil {
		return nil, err
	}
	filled := series{time.Since(begin).Seconds()}
	y.say("%d items: index made in %.1f s, %.0f MB; the peer's in %.1f s", n, built[0], size[0], filled[0])
	var p50, p99, peers series
	for range y.rounds {
		var took, theirs series
		for at, q := range typed {
			begin := time.Now()
			x.Search(q, searchHits)
			took = append(took, inMS(time.Since(begin)))
			if at%10 != 0 { // the peer is slow on long texts
				continue
			}
			begin = time.Now()
			if err := peer.search(q); err != nil {
				return nil, err
			}
			theirs = append(theirs, inMS(time.Since(begin)))
		}
		p50, p99, peers = append(p50, took.quantile(0.5)), append(p99, took.quantile(0.99)), append(peers, theirs.quantile(0.99))
	}
	y.say("%d items: %d keystrokes, p50 %.2f ms, p99 %.2f ms", n, len(typed), p50.median(), p99.median())
	runtime.KeepAlive(x)
	file, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f := p99.against(fmt.Sprintf("search_keystroke_p99_%d", n), "ms", peers, "p99 of SQLite FTS5 for the same texts: names and aliases alone, a token a character, any of them, best 20 by bm25")
	s := built.against(fmt.Sprintf("search_index_%d_seconds", n), "s", filled, "filling the table of SQLite FTS5 with names and aliases alone")
	m := size.against(fmt.Sprintf("search_index_%d_mb", n), "MB", series{float64(file.Size()) / 1e6}, "the file of SQLite FTS5, names and aliases alone")
	return []figure{f.must(fmt.Sprintf("<= %.0f ms", most), f.Value <= most), s.must("<= 20 s", s.Value <= 20), m.must("<= 600 MB", m.Value <= 600)}, peer.db.Close()
}

// keystrokes gives every beginning of every input.
func keystrokes() (out []string, err error) {
	text, err := os.ReadFile(searchInputs)
	if err != nil {
		return nil, err
	}
	inputs := typedToo
	for line := range strings.Lines(string(text)) {
		if _, q, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			inputs = append(inputs, q)
		}
	}
	for _, in := range inputs {
		for n := range []rune(in) {
			out = append(out, string([]rune(in)[:n+1]))
		}
	}
	return out, nil
}

// heapMB gives the memory that is in use.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// peer is the search that SQLite brings, over names and aliases.
type peer struct{ db *sql.DB }

func newPeer(path string, c *guide.Catalogue) (p *peer, err error) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE VIRTUAL TABLE item USING fts5(text, content='')"); err != nil {
		return nil, err
	}
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	for n, i := range c.Items() {
		text := strings.Join(tokens(i.Name+" "+strings.Join(i.Aliases, " ")+" "+i.NameEn), " ")
		if _, err := tx.Exec("INSERT INTO item (rowid, text) VALUES (?, ?)", n+1, text); err != nil {
			return nil, err
		}
	}
	return &peer{db}, tx.Commit()
}

func (p *peer) search(query string) error {
	words := tokens(query)
	if len(words) == 0 {
		return nil
	}
	rows, err := p.db.Query("SELECT rowid FROM item WHERE item MATCH ? ORDER BY rank LIMIT ?", `"`+strings.Join(words, `" OR "`)+`"*`, searchHits)
	if err != nil {
		return err
	}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err
		}
	}
	return rows.Close()
}

// tokens cuts text into characters and words.
func tokens(text string) (out []string) {
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		default:
			end()
		}
	}
	end()
	return out
}

// benchIndex measures how long the shipped catalogue takes to be searchable.
func benchIndex(y *bay) ([]figure, error) {
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	var took, read series
	for range y.rounds {
		begin := time.Now()
		c, err := guide.Parse(files)
		if err != nil {
			return nil, err
		}
		read = append(read, inMS(time.Since(begin)))
		begin = time.Now()
		guide.NewIndex(c)
		took = append(took, inMS(time.Since(begin)))
	}
	f := took.against("search_index_ms", "ms", read, "reading and checking the catalogue's files")
	return []figure{f.must("< 300 ms", f.Value < 300)}, nil
}

// askQuestions are questions as people ask them, a line of JSON each.
const askQuestions = "../shared/data/eval/ask.dev.jsonl"

// benchAsk asks questions of the shipped catalogue.
func benchAsk(y *bay) ([]figure, error) {
	text, err := os.ReadFile(askQuestions)
	if err != nil {
		return nil, err
	}
	questions, err := objects[struct{ Question string }](askQuestions, text)
	if err != nil {
		return nil, err
	}
	files, err := guide.ShippedFiles()
	if err != nil {
		return nil, err
	}
	c, err := guide.Parse(files)
	if err != nil {
		return nil, err
	}
	x := guide.NewIndex(c)
	x.Ask(questions[0].Question) // the first question prepares what all need
	var asked, searched series
	for range y.rounds {
		var took, theirs series
		for _, q := range questions {
			begin := time.Now()
			x.Ask(q.Question)
			took = append(took, inMS(time.Since(begin)))
			begin = time.Now()
			x.Search(q.Question, searchHits)
			theirs = append(theirs, inMS(time.Since(begin)))
		}
		asked, searched = append(asked, took.quantile(0.99)), append(searched, theirs.quantile(0.99))
	}
	f := asked.against("ask_ms_p99", "ms", searched, "p99 of searching for the same questions")
	return []figure{f.must("<= 30 ms", f.Value <= 30)}, nil
}
