package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// wanted is a query or question and what must come of it: one of Codes, or Code and
// Field, or a refusal where the catalogue has no answer.
type wanted struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Codes      []string `json:"codes"`
	Code       string   `json:"code"`
	Field      string   `json:"field"`
	Answerable bool     `json:"answerable"`
}

// came is what onewindowd printed for it.
type came struct {
	ID      string   `json:"id"`
	Codes   []string `json:"codes"`
	Code    string   `json:"code"`
	Field   string   `json:"field"`
	Refused bool     `json:"refused"`
}

// rate is a share of queries: met of all.
type rate struct {
	name     string
	met, all float64
}

func (r rate) share() float64 { return r.met / max(1, r.all) }

// floors are what the rates must reach; what is refused wrongly has a ceiling. Other
// rates are told and not judged.
var floors = map[string]float64{
	"search all hit@1": 0.93, "search all hit@5": 0.98, "search hard hit@5": 0.90, "search pinyin hit@5": 0.97, "search initials hit@5": 0.97,
	"ask item": 0.93, "ask item and field": 0.88, "ask refused rightly": 0.90, refusedWrongly: 0.05,
}

const refusedWrongly = "ask refused wrongly"

// evaluate asks the server program what people ask, as IT staff do, and counts.
func evaluate(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("eval", flag.ContinueOnError)
	catalogue := flags.String("catalogue", "app/guide/shipped", "`folder` with the catalogue's files")
	search := flags.String("search", "../shared/data/eval/search.dev.jsonl", "`file` with queries and the codes that answer them")
	ask := flags.String("ask", "../shared/data/eval/ask.dev.jsonl", "`file` with questions, and the code and field that answer them")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return usageError{err}
	case flags.NArg() > 0:
		return usageError{fmt.Errorf("eval does not know %q: name files with --search and --ask", flags.Arg(0))}
	}
	found, err := answered(ctx, *search, "guide", "search", "--catalogue", *catalogue, "--queries", *search)
	if err != nil {
		return err
	}
	told, err := answered(ctx, *ask, "guide", "ask", "--catalogue", *catalogue, "--questions", *ask)
	if err != nil {
		return err
	}
	var below []string
	for _, r := range slices.Concat(searchRates(found), askRates(told)) {
		line, ok := r.judged()
		fmt.Println(line)
		if !ok {
			below = append(below, r.name)
		}
	}
	if len(below) > 0 {
		return fmt.Errorf("not good enough: %s", strings.Join(below, ", "))
	}
	return nil
}

// pair is what was wanted, and what came of it.
type pair struct {
	wanted
	came came
}

// answered runs onewindowd on a file and pairs what it prints with what the file wants.
func answered(ctx context.Context, file string, args ...string) ([]pair, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read what to ask: %w: name another with --search or --ask", err)
	}
	cmd := goTool(ctx, append([]string{"run", "./sync/cmd/onewindowd"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, &failure{what: shown(cmd), said: said.String(), err: err}
	}
	all, err := objects[wanted](file, raw)
	if err != nil {
		return nil, err
	}
	given, err := objects[came](shown(cmd), out.Bytes())
	if err != nil {
		return nil, err
	}
	byID := map[string]came{}
	for _, c := range given {
		byID[c.ID] = c
	}
	if len(byID) != len(all) {
		return nil, fmt.Errorf("%s has %d lines and %d ids: give each line an id of its own", file, len(all), len(byID))
	}
	var pairs []pair
	for _, w := range all {
		pairs = append(pairs, pair{w, byID[w.ID]})
	}
	return pairs, nil
}

// objects reads a JSON object a line.
func objects[T any](name string, text []byte) ([]T, error) {
	var out []T
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("read object %d of %s: %w", len(out)+1, name, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// searchRates counts how often a right item came first, and among the first five: in all, and by kind.
func searchRates(pairs []pair) []rate {
	kinds := []string{"all"}
	count := map[string]*[3]float64{"all": {}}
	for _, p := range pairs {
		if count[p.Kind] == nil {
			kinds = append(kinds, p.Kind)
			count[p.Kind] = &[3]float64{}
		}
		at := slices.IndexFunc(p.came.Codes, func(c string) bool { return slices.Contains(p.wanted.Codes, c) })
		for _, c := range []*[3]float64{count["all"], count[p.Kind]} {
			c[2]++
			if at == 0 {
				c[0]++
			}
			if at >= 0 && at < 5 {
				c[1]++
			}
		}
	}
	var out []rate
	for _, k := range kinds {
		c := count[k]
		out = append(out, rate{"search " + k + " hit@1", c[0], c[2]}, rate{"search " + k + " hit@5", c[1], c[2]})
	}
	return out
}

// askRates counts right items and fields among all that can be answered, and refusals of both kinds.
func askRates(pairs []pair) []rate {
	item, field, rightly, wrongly := rate{name: "ask item"}, rate{name: "ask item and field"}, rate{name: "ask refused rightly"}, rate{name: refusedWrongly}
	for _, p := range pairs {
		if !p.Answerable {
			rightly.add(p.came.Refused)
			continue
		}
		right := !p.came.Refused && p.came.Code == p.wanted.Code
		item.add(right)
		field.add(right && p.came.Field == p.wanted.Field)
		wrongly.add(p.came.Refused)
	}
	return []rate{item, field, rightly, wrongly}
}

func (r *rate) add(met bool) {
	r.all++
	if met {
		r.met++
	}
}

// judged gives a line of the report, and whether the rate is good enough.
func (r rate) judged() (line string, ok bool) {
	line = fmt.Sprintf("%-28s %4.0f of %4.0f  %.3f", r.name, r.met, r.all, r.share())
	floor, promised := floors[r.name]
	switch {
	case !promised:
		return line, true
	case r.name == refusedWrongly:
		return fmt.Sprintf("%s  at most %.2f", line, floor), r.share() <= floor
	}
	return fmt.Sprintf("%s  at least %.2f", line, floor), r.share() >= floor
}
