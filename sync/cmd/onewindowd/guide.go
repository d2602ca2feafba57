package main

type guideCommand struct {
	Publish  guidePublish  `cmd:"" help:"Publish the catalogue files of a folder to every hall. The centre may be running."`
	Versions guideVersions `cmd:"" help:"List what was published."`
	Rollback guideRollback `cmd:"" help:"Publish what an old version had as a new version."`
}
