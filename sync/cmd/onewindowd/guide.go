package main

type guideCommand struct {
	Check     guideCheckCommand `cmd:"" help:"List what is wrong with the items of a catalogue and with what there is to read, before it is published."`
	Search    guideSearch       `cmd:"" help:"Search a catalogue for each query of a file."`
	Ask       guideAsk          `cmd:"" help:"Answer each question of a file with a quote from a catalogue, or refuse it."`
	Questions guideQuestions    `cmd:"" help:"List the questions that citizens left at kiosks, and whether the guides answer them by now."`
	Surveys   guideSurveys      `cmd:"" help:"Count how often each choice of each survey was chosen at kiosks."`
	Publish   guidePublish      `cmd:"" help:"Publish the files of a folder to every hall: the catalogue, what there is to read, or both. The centre may be running."`
	Versions  guideVersions     `cmd:"" help:"List what was published."`
	Rollback  guideRollback     `cmd:"" help:"Publish what an old version had as a new version."`
}
