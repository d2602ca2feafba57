// Package registry answers for the shared data sets from a folder of records that IT staff name: who is
// asked about, and what the set says. It notes nothing and decides nothing; who asks and what for is
// the centre's to check and to note.
package registry

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"onewindow/app/intake"
	"onewindow/sync/wire"
)

// Sample has records of people who do not exist, a file for each of the nine sets, in the folder "sample".
//
//go:embed sample/*.json
var Sample embed.FS

// file is a set as it lies in the folder, "<set>.json". Fields name what a record says, in
// order. People are those whom a record is about: a marriage has two.
type file struct {
	Note    string      `json:"note"`
	AsOf    string      `json:"as_of"`
	Fields  [][2]string `json:"fields"`
	Records []record    `json:"records"`
}

type record struct {
	Record string   `json:"record"`
	People []person `json:"people"`
	Says   []string `json:"says"`
}

type person struct {
	Name     string `json:"name"`
	Document string `json:"document"`
}

// set is a file that was read; of records about one document number the last one counts.
type set struct {
	changed time.Time
	size    int64
	file    file
	of      map[string][]int
}

// Registry is an open folder of records.
type Registry struct {
	dir string
	log *slog.Logger

	mu   sync.Mutex
	sets map[string]*set
}

var setName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// Open reads a folder. A file that cannot be used is an error that names it and what is wrong;
// later a file that was changed is read again, and one that is broken then leaves the old one in use.
func Open(dir string, log *slog.Logger) (*Registry, error) {
	r := &Registry{dir: dir, log: log, sets: map[string]*set{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there is no set in %s: put a file for each set there, hukou.json and so on (onewindowd shared sample writes an example)", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open the records: %w", err)
	}
	for _, name := range names {
		id := strings.TrimSuffix(filepath.Base(name), ".json")
		if !setName.MatchString(id) {
			return nil, fmt.Errorf("open the records: %s: a file is called like its set, in small letters: hukou.json", name)
		}
		if r.sets[id], err = read(name); err != nil {
			return nil, fmt.Errorf("open the records: %w", err)
		}
	}
	return r, nil
}

// Sets lists the sets that are served, by name.
func (r *Registry) Sets() (ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.sets {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func read(name string) (*set, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s := &set{changed: info.ModTime(), size: info.Size(), of: map[string][]int{}}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&s.file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := time.Parse("2006-01-02", s.file.AsOf); err != nil {
		return nil, fmt.Errorf("%s: as_of is the day of the data, 2026-11-23, not %q", name, s.file.AsOf)
	}
	for n, rec := range s.file.Records {
		if rec.Record == "" || len(rec.People) == 0 || len(rec.Says) != len(s.file.Fields) {
			return nil, fmt.Errorf("%s: record %d needs its number, people, and a value for each of the %d fields", name, n+1, len(s.file.Fields))
		}
		for _, p := range rec.People {
			document := intake.Normalise(p.Document)
			if document == "" || p.Name == "" {
				return nil, fmt.Errorf("%s: record %d has somebody without a name or a document number", name, n+1)
			}
			s.of[document] = append(s.of[document], n)
		}
	}
	return s, nil
}

// current gives a set as its file is now; nil where none is served.
func (r *Registry) current(id string) *set {
	if !setName.MatchString(id) {
		return nil
	}
	name := filepath.Join(r.dir, id+".json")
	info, err := os.Stat(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.sets[id]
	switch {
	case errors.Is(err, fs.ErrNotExist):
		delete(r.sets, id)
		return nil
	case err != nil:
		r.log.Warn("look at a set of records; the old one stays in use", "error", err)
		return old
	case old != nil && old.changed.Equal(info.ModTime()) && old.size == info.Size():
		return old
	}
	now, err := read(name)
	if err != nil {
		r.log.Warn("a set of records was changed and cannot be used; the old one stays in use", "error", err)
		return old
	}
	r.sets[id] = now
	return now
}

// Answer says what the sets hold of the person who is asked about. It takes the ask as
// checked, apart from this: each id must commit to the person and set that are asked for, or
// one note of a question could stand for many.
func (r *Registry) Answer(ask wire.SharedAsk) (records []wire.SharedRecord, ok bool) {
	who := intake.Person{Applicant: intake.Personal(ask.Name), DocumentNumber: intake.Personal(ask.Document)}
	for _, q := range ask.Questions {
		if q.ID == "" || q.ID != intake.AskID(ask.Blind, intake.ApplicationID(ask.Application), q.Set, intake.DocumentType(ask.DocumentType), who, q.Again) {
			return nil, false
		}
		records = append(records, r.look(q, ask.Document, ask.Name))
	}
	return records, true
}

func (r *Registry) look(q wire.SharedQuestion, document, name string) wire.SharedRecord {
	out := wire.SharedRecord{ID: q.ID, Outcome: wire.Unserved}
	s := r.current(q.Set)
	if s == nil {
		return out
	}
	list := s.of[intake.Normalise(document)]
	out.Outcome = string(intake.NotFound)
	for _, n := range slices.Backward(list) {
		rec := s.file.Records[n]
		if !slices.ContainsFunc(rec.People, func(p person) bool {
			return same(p.Name, name) && intake.Normalise(p.Document) == intake.Normalise(document)
		}) {
			// The number is somebody's of another name: whose, and what is said of them, is not told.
			out.Outcome = string(intake.Mismatch)
			continue
		}
		out.Outcome, out.Record, out.AsOf = string(intake.Found), rec.Record, s.file.AsOf
		sum := sha256.New()
		for i, field := range s.file.Fields {
			out.Says = append(out.Says, wire.SharedLine{Zh: field[0], En: field[1], Value: rec.Says[i]})
			fmt.Fprintf(sum, "%s\x00%s\x00", field[0], rec.Says[i])
		}
		fmt.Fprintf(sum, "%s\x00%s", rec.Record, s.file.AsOf)
		out.Sum = hex.EncodeToString(sum.Sum(nil))
		return out
	}
	return out
}

// same compares names as people write them: white space does not count.
func same(a, b string) bool {
	return strings.Join(strings.Fields(a), "") == strings.Join(strings.Fields(b), "")
}

// Limit bounds how much one device asks: so many questions at once, and so many more a minute.
type Limit struct {
	Burst, PerMinute int

	mu  sync.Mutex
	has map[string]*bucket
}

type bucket struct {
	left float64
	atMS int64
}

// Take takes n questions of a device at a moment of a clock that only runs forward, in ms. When there
// are not as many it gives in how many seconds there will be, and takes none.
func (l *Limit) Take(device string, n int, nowMS int64) (waitSeconds int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.has == nil {
		l.has = map[string]*bucket{}
	}
	b := l.has[device]
	if b == nil {
		b = &bucket{left: float64(l.Burst), atMS: nowMS}
		l.has[device] = b
	}
	b.left = min(float64(l.Burst), b.left+float64(max(0, nowMS-b.atMS))*float64(l.PerMinute)/60_000)
	b.atMS = nowMS
	if need := float64(n) - b.left; need > 0 {
		return int(need*60/float64(l.PerMinute)) + 1
	}
	b.left -= float64(n)
	return 0
}
