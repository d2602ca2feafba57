package faulttest

import (
	"fmt"
	"math/bits"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// The model of the allocator, against which the history of calls is checked: a
// set of waiting tickets in the order of their keys. A call takes the smallest
// that waits for one of its services, or finds nobody; the same request once more
// changes nothing and brings the same ticket; a call without an answer may have
// happened or not. Everything happens at one moment between question and answer.

// A visit hour has at most this many tickets, numbered in the order of their keys.
const (
	hourTickets = 256
	hourWords   = hourTickets / 64
)

// tickets is a set of tickets of an hour.
type tickets [hourWords]uint64

func (s *tickets) put(i int)  { s[i/64] |= 1 << (i % 64) }
func (s *tickets) drop(i int) { s[i/64] &^= 1 << (i % 64) }

// first gives the smallest that is in s and in of, -1 when there is none.
func (s *tickets) first(of *tickets) int {
	for w := range s {
		if both := s[w] & of[w]; both != 0 {
			return 64*w + bits.TrailingZeros64(both)
		}
	}
	return -1
}

// hour is a part of the history that touches no other: services and tickets that
// nobody else calls from. It bounds the work of the checker.
type hour struct {
	name string
	of   [2]tickets // which tickets are for which of the hour's two services
}

// question is the input of an operation.
type question struct {
	hour     *hour
	arrive   tickets // these tickets come; a call when empty
	services [2]bool
	again    bool // the request was answered with ticket before
	ticket   int
}

// answer is its output: a ticket, or nobody (-1), or nobody knows.
type answer struct {
	ticket  int
	unknown bool
}

var allocator = porcupine.Model{
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		at := map[*hour]int{}
		for _, o := range history {
			h := o.Input.(question).hour
			if _, known := at[h]; !known {
				at[h] = len(parts)
				parts = append(parts, nil)
			}
			parts[at[h]] = append(parts[at[h]], o)
		}
		return parts
	},
	Init: func() any { return tickets{} },
	Step: func(state, input, output any) (bool, any) {
		waiting, q, a := state.(tickets), input.(question), output.(answer)
		if q.arrive != (tickets{}) {
			for w := range waiting {
				waiting[w] |= q.arrive[w]
			}
			return true, waiting
		}
		if q.again {
			return a.ticket == q.ticket, waiting
		}
		var wanted tickets
		for s, yes := range q.services {
			for w := range wanted {
				if yes {
					wanted[w] |= q.hour.of[s][w]
				}
			}
		}
		next := waiting.first(&wanted)
		if next >= 0 {
			waiting.drop(next)
		}
		return a.unknown || a.ticket == next, waiting
	},
	DescribeOperation: func(input, output any) string {
		q, a := input.(question), output.(answer)
		switch {
		case q.arrive != (tickets{}):
			return "arrive"
		case a.unknown:
			return fmt.Sprintf("call%v: ?", q.services)
		case q.again:
			return fmt.Sprintf("again %d: %d", q.ticket, a.ticket)
		}
		return fmt.Sprintf("call%v: %d", q.services, a.ticket)
	},
}

// The checker itself is checked: histories that must not be are refused, and
// those that may be are not.
func TestTheModelRefusesWrongHistories(t *testing.T) {
	h := &hour{name: "control"}
	h.of[0].put(0)
	h.of[0].put(2)
	h.of[1].put(1)
	var all tickets
	for i := range 3 {
		all.put(i)
	}
	both, first := [2]bool{true, true}, [2]bool{true, false}
	at := func(from, to int64, q question, a answer) porcupine.Operation {
		q.hour = h
		return porcupine.Operation{ClientId: int(from), Input: q, Call: from, Output: a, Return: to}
	}
	come := at(0, 1, question{arrive: all}, answer{})
	const open = int64(1000) // an end that never came
	for _, row := range []struct {
		name string
		may  bool
		rest []porcupine.Operation
	}{
		{"in order", true, []porcupine.Operation{at(2, 3, question{services: both}, answer{ticket: 0}), at(4, 5, question{services: both}, answer{ticket: 1}), at(6, 7, question{services: first}, answer{ticket: 2}), at(8, 9, question{services: both}, answer{ticket: -1})}},
		{"two at once, either way round", true, []porcupine.Operation{at(2, 5, question{services: both}, answer{ticket: 1}), at(3, 6, question{services: both}, answer{ticket: 0})}},
		{"a ticket granted twice", false, []porcupine.Operation{at(2, 3, question{services: both}, answer{ticket: 0}), at(4, 5, question{services: both}, answer{ticket: 0})}},
		{"a ticket granted twice at once", false, []porcupine.Operation{at(2, 6, question{services: both}, answer{ticket: 0}), at(3, 5, question{services: both}, answer{ticket: 0})}},
		{"out of turn", false, []porcupine.Operation{at(2, 3, question{services: both}, answer{ticket: 1})}},
		{"for another service", false, []porcupine.Operation{at(2, 3, question{services: first}, answer{ticket: 0}), at(4, 5, question{services: first}, answer{ticket: 1})}},
		{"nobody, while somebody waits", false, []porcupine.Operation{at(2, 3, question{services: first}, answer{ticket: -1})}},
		{"before it came", false, []porcupine.Operation{at(-3, -2, question{services: first}, answer{ticket: 0})}},
		{"the same request, the same ticket", true, []porcupine.Operation{at(2, 3, question{services: both}, answer{ticket: 0}), at(4, 5, question{again: true}, answer{ticket: 0})}},
		{"the same request, another ticket", false, []porcupine.Operation{at(2, 3, question{services: both}, answer{ticket: 0}), at(4, 5, question{again: true}, answer{ticket: 1})}},
		{"without an answer, and it happened", true, []porcupine.Operation{at(2, open, question{services: both}, answer{unknown: true}), at(4, 5, question{services: both}, answer{ticket: 1})}},
		{"without an answer, and it did not happen", true, []porcupine.Operation{at(2, open, question{services: both}, answer{unknown: true}), at(4, 5, question{services: both}, answer{ticket: 0})}},
		{"without an answer, and it happened twice", false, []porcupine.Operation{at(2, open, question{services: both}, answer{unknown: true}), at(4, 5, question{services: both}, answer{ticket: 2})}},
	} {
		got := porcupine.CheckOperationsTimeout(allocator, append([]porcupine.Operation{come}, row.rest...), 10*time.Second)
		if want := map[bool]porcupine.CheckResult{true: porcupine.Ok, false: porcupine.Illegal}[row.may]; got != want {
			t.Errorf("%s: %s, want %s", row.name, got, want)
		}
	}
}
