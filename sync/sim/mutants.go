package sim

// Mutant is a rule that is broken on purpose, to prove that the simulator notices.
type Mutant struct{ Name, Rule string }

// Mutants are the rules that can be broken in a build with the tag "mutants".
var Mutants = []Mutant{
	{"ack-before-commit", "a receiver answers before it has committed (rule 3)"},
	{"sync-normal", "a terminal's commits do not wait for the disk (rule 18)"},
	{"print-before-commit", "a slip is printed before its event is saved (rule 2)"},
	{"dedup-by-message-id", "a receiver takes the number of a message as proof that it has its events (rule 7)"},
	{"delete-on-ack", "a terminal deletes what is confirmed (rule 5)"},
	{"retry-only-on-write", "after a broken line nothing is sent until somebody writes (rule 4)"},
	{"never-give-up-waiting", "a push whose answer was lost is waited for, for ever (rule 13)"},
	{"watermark-never-back", "a place above that was restored is not sent its events again (rule 5)"},
	{"no-epoch", "a restored or forked database goes on in its old life (rule 8)"},
	{"fork-overwrites", "of two events with one number the second is taken as confirmed: none of the three comparisons is made (rule 7)"},
	{"grants-at-once", "a hub with an empty disk grants before it has asked anybody (rule 8)"},
	{"forgets-requests", "the allocator does not look whether a request was granted (rule 10)"},
	{"last-writer-wins", "the state of a ticket follows the wall clock (rules 11, 12)"},
	{"order-of-arrival", "the state of a ticket depends on the order in which steps came (rule 12)"},
	{"stays-at-window", "whoever goes back to the queue, is parked or passed on stays at the window"},
	{"skip-gaps", "news are folded although they leave a gap (rule 16)"},
	{"cursor-before-data", "the cursor of the feed is saved before its events (rule 16)"},
	{"snapshot-half", "the first part of a snapshot counts as the whole (rule 16)"},
	{"since-forgotten", "a terminal forgets that a snapshot left days out (rule 16)"},
	{"one-series", "kiosks that are cut off share one series of numbers"},
	{"numbers-by-memory", "a kiosk forgets at a restart which numbers it has given out"},
}
