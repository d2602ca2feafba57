package main

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// What go test -short leaves out is in the table of faults, or nobody would run it.
func TestWhatIsLeftOutIsTaken(t *testing.T) {
	found := 0
	for _, f := range goFiles(t) {
		if !f.test || f.folder == "build" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Short" {
				return true
			}
			if name, ok := sel.X.(*ast.Ident); !ok || name.Name != "testing" {
				return true
			}
			found++
			if !slices.ContainsFunc(faultRuns, func(r faultRun) bool { return slices.Contains(r.packages, "./"+f.folder) }) {
				t.Errorf("%s: %s leaves something out under -short that the part \"faults\" does not run: enter it in build/faulttable.go", f.at(sel.Pos()), f.folder)
			}
			return true
		})
	}
	if found < 3 {
		t.Errorf("only %d tests leave something out: the search is broken", found)
	}
}

// held is what go test -v prints when every row holds.
func held(but map[string]string) string {
	lines := map[string]string{
		"T1": "T1 districts: 12 seeds, 0 violations", "T2": "T2 kill: 100 terminal, 30 hub, 30 centre kills; 7 answers lost and asked again; 0 wrong",
		"T3": "T3 power cut: 5000 random points: 0 lost, 0 damaged", "T4": "T4 lines: 8 ailments at once; 0 wrong", "T6": "T6 hub wiped at work: 0 wrong",
		"T7": "T7 issue: 40 faults", "T8": "T8 clocks: 1000 schedules; 0 numbers twice, 0 negative figures", "T9": "T9 calls: 10000 granted; Ok",
		"T10": "T10 frames: 1000 good pushes", "T14": "T14 keys: 6 devices; 0 leaks", "T15": "T15 canary: told after 1 s", "T20": "T20 badges: 900 compared; 0 wrong",
		"T21": "T21 spare: 2160 calls granted; 0 twice",
	}
	for k, v := range but {
		lines[k] = v
	}
	var b strings.Builder
	for _, l := range lines {
		if l != "" {
			b.WriteString("    some_test.go:12: " + l + "\n")
		}
	}
	return b.String()
}

func TestTheFaultTableFailsForWhatDidNotRunOrHold(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"all hold", held(nil), ""},
		{"a control that loses, as it must", held(nil) + "    some_test.go:9: T3 control, NORMAL: 90 of 100 power cuts lost 31 lost commits\n", ""},
		{"a row without figures", held(map[string]string{"T9": ""}), "T9 (thirty counters call at once) did not run"},
		{"a row that could not run", held(map[string]string{"T4": "T4 lines: could not run: no /dev/net/tun"}), "T4 (lines that lose, delay, stall and lie) did not run"},
		{"something lost", held(map[string]string{"T2": "T2 kill: 100 terminal kills; 3 wrong"}), "T2 (programs killed at random): 3 lost or twice"},
		{"a test that failed", held(nil) + "=== RUN   TestX\n    x_test.go:3: it is red\n--- FAIL: TestX (0.1s)\n", "it is red"},
	} {
		x := &faultFigures{lines: map[string][]string{}}
		x.read(strings.NewReader(c.said))
		err := x.verdict()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
