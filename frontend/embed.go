// Package frontend holds the built browser application. It knows nothing of the server that serves it.
package frontend

import "embed"

// Dist is the folder that `npm run build` fills. In a checkout that has not been built it holds .gitkeep alone; the
// server then says how to build it.
//
//go:embed all:dist
var Dist embed.FS
