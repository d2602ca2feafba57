//go:build mutants

package event

var brokenRule string

// Broken tells whether a rule is broken on purpose.
func Broken(rule string) bool { return brokenRule != "" && brokenRule == rule }

// Break breaks a rule from now on; "" breaks none.
func Break(rule string) { brokenRule = rule }
