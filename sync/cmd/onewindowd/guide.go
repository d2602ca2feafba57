package main

type guideCommand struct {
	Search guideSearch `cmd:"" help:"Search a catalogue for each query of a file."`
	Ask    guideAsk    `cmd:"" help:"Answer each question of a file with a quote from a catalogue, or refuse it."`
}
