package main

type guideCommand struct {
	Check guideCheckCommand `cmd:"" help:"List what is wrong with the items of a catalogue, before they are published."`
}
