// Command cmd runs simulated districts under seeds: `go run ./build sim`.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"onewindow/sync/sim"
)

func main() {
	seeds := flag.Uint64("seeds", 100, "how many districts")
	from := flag.Uint64("from", 0, "the first seed")
	seed := flag.Int64("seed", -1, "one district with this seed")
	trace := flag.Bool("trace", false, "tell everything that happens in the one district")
	mutants := flag.Bool("mutants", false, "break each rule in turn and tell after how many seeds it is noticed")
	mutant := flag.String("mutant", "", "break this rule")
	flag.Parse()
	debug.SetGCPercent(800) // a district lives in some 20 MB and is thrown away whole
	ok := false
	switch {
	case *seed >= 0:
		ok = one(uint64(*seed), *trace, *mutant)
	case *mutants:
		ok = table()
	default:
		ok = many(*from, *seeds)
	}
	if !ok {
		os.Exit(1)
	}
}

// one lives one district and tells about it.
func one(seed uint64, trace bool, mutant string) bool {
	opt := sim.Options{Seed: seed, Mutant: mutant}
	if trace {
		opt.Trace = os.Stdout
	}
	r := sim.Run(opt)
	report(r)
	fmt.Printf("seed %d: %d events, %d destroyed with their disk, excused %v, faults %v, at rest after %.0f s, trace %s\n",
		r.Seed, r.Events, r.Destroyed, r.Excused, r.Faults, float64(r.DrainMS)/1000, r.Trace)
	return len(r.Violations) == 0
}

func report(r *sim.Result) {
	for _, v := range r.Violations {
		if len(v) > 600 {
			v = v[:600] + " ..."
		}
		fmt.Printf("VIOLATION seed %d: %s\n", r.Seed, v)
	}
	if len(r.Violations) > 0 {
		fmt.Printf("  replay: go run ./build sim --seed %d --trace\n", r.Seed)
	}
}

// each lives districts on all processors and hands over each result in turn.
func each(from, n uint64, do func(*sim.Result) bool) {
	next, results := make(chan uint64), make(chan *sim.Result)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Add(1)
		go func() {
			defer all.Done()
			for s := range next {
				results <- sim.Run(sim.Options{Seed: s})
			}
		}()
	}
	stop := make(chan struct{})
	go func() {
		defer close(next)
		for s := from; s < from+n; s++ {
			select {
			case next <- s:
			case <-stop:
				return
			}
		}
	}()
	go func() { all.Wait(); close(results) }()
	for r := range results {
		if !do(r) {
			close(stop)
			for range results {
				continue // what is under way ends
			}
			return
		}
	}
}

// many lives many districts and sums up.
func many(from, n uint64) bool {
	begin, cpu := time.Now(), cpuTime()
	wrong, events, destroyed, sifted, done := 0, 0, 0, 0, 0
	lived, slowest := int64(0), int64(0)
	excused, faults := map[string]int{}, map[string]int{}
	each(from, n, func(r *sim.Result) bool {
		done++
		events, destroyed, lived, slowest = events+r.Events, destroyed+r.Destroyed, lived+r.SimMS, max(slowest, r.DrainMS)
		sifted += r.Sifted
		for k, v := range r.Excused {
			excused[k] += v
		}
		for k, v := range r.Faults {
			faults[k] += v
		}
		if len(r.Violations) > 0 {
			wrong++
			report(r)
		}
		if done%500 == 0 {
			fmt.Fprintf(os.Stderr, "sim: %d of %d districts, %d wrong, %.0f s\n", done, n, wrong, time.Since(begin).Seconds())
		}
		return true
	})
	used := (cpuTime() - cpu).Minutes()
	fmt.Printf("%d districts (seeds %d to %d): %d with violations\n", done, from, from+n-1, wrong)
	fmt.Printf("%d events noted; %d existed only on a disk that was destroyed; %d parts of snapshots; slowest rest %.0f s\n", events, destroyed, sifted, float64(slowest)/1000)
	fmt.Printf("faults: %s\nexcused: %s\n", counts(faults), counts(excused))
	fmt.Printf("%.1f simulated days in %.1f processor minutes: %.2f days a minute; %.0f s in all\n",
		float64(lived)/86_400_000, used, float64(lived)/86_400_000/max(used, 1e-9), time.Since(begin).Seconds())
	return wrong == 0
}

func counts(m map[string]int) string {
	var out []string
	for k, v := range m {
		out = append(out, fmt.Sprintf("%s %d", k, v))
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// mutantSeeds is after how many seeds a broken rule counts as not noticed.
const mutantSeeds = 400

// table breaks each rule in turn, each in a process of its own.
func table() bool {
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		return false
	}
	var firsts []int
	missed := 0
	for _, m := range sim.Mutants {
		first, said := hunt(self, m.Name)
		if first < 0 {
			missed++
			fmt.Printf("NOT CAUGHT  %-22s %s\n", m.Name, m.Rule)
			continue
		}
		firsts = append(firsts, first+1)
		fmt.Printf("caught %4d  %-22s %s\n             %s\n", first+1, m.Name, m.Rule, said)
	}
	slices.Sort(firsts)
	if len(firsts) > 0 {
		fmt.Printf("%d of %d broken rules caught; seeds to catch: median %d, most %d\n", len(firsts), len(sim.Mutants), firsts[len(firsts)/2], firsts[len(firsts)-1])
	}
	return missed == 0
}

// hunt gives the first seed at which a broken rule shows, -1 when none does.
func hunt(self, mutant string) (int, string) {
	for seed := range mutantSeeds {
		out, err := exec.Command(self, "--seed", fmt.Sprint(seed), "--mutant", mutant).CombinedOutput()
		if err != nil {
			line, _, _ := strings.Cut(string(out), "\n")
			if len(line) > 160 {
				line = line[:160]
			}
			return seed, line
		}
	}
	return -1, ""
}
