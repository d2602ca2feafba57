//go:build !mutants

package event

// Broken tells whether a rule is broken on purpose. It never is in a program: only
// the simulator is also built with the tag "mutants", to prove that it would notice.
func Broken(string) bool { return false }

// Break does nothing in this build.
func Break(string) {}
