// Package frontend carries the built pages into the programs. It holds no code;
// the Vue application stands in src.
package frontend

import "embed"

// Dist is the built application: index.html and its assets below "dist".
// It is empty but for .gitkeep until the pages are built.
//
//go:embed all:dist
var Dist embed.FS
