package main

type guideCommand struct {
	Check  guideCheckCommand `cmd:"" help:"List what is wrong with the items of a catalogue, before they are published."`
	Search guideSearch       `cmd:"" help:"Search a catalogue for each query of a file."`
	Ask    guideAsk          `cmd:"" help:"Answer each question of a file with a quote from a catalogue, or refuse it."`
}
