// Samtale is one binary: it finds a time for discharge meetings, hosts their video calls, sends the invitations and keeps
// the attendance. This package reads the command line and the environment and knows nothing else.
//
//	samtale serve              the server, configured by SAMTALE_* variables
//	samtale demo               the same with the demo region and a mail sink
//	samtale import REGION.yaml  units, people, feeds and seat templates
//	samtale busy … FILE        what a calendar says, as JSON
//	samtale suggest REQUEST    the finder, offline
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/samtale/samtale/server"
	"github.com/samtale/samtale/server/config"
)

// version is set by the linker.
var version = "dev"

const usage = `samtale: discharge meetings that happen

  samtale serve                start the server (configured by SAMTALE_* variables, see docs/configuration.md)
  samtale demo [--reset]       start with the demo region, a mail sink and a Friday afternoon
  samtale import REGION.yaml   load units, people, feeds and templates (also while the server runs)
  samtale busy --from T --to T [--zone Z] [--explain] [--stats] FILE|URL|- ...   read calendars, print busy time as JSON
  samtale suggest REQUEST.json                         find a time offline, print the answer as JSON
  samtale openapi              print the OpenAPI 3.1 document
  samtale version
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	command, rest := args[0], args[1:]
	switch command {
	case "serve", "demo":
		return serve(command == "demo", rest, stderr)
	case "import":
		return importRegion(rest, stdout, stderr)
	case "busy":
		return busyCommand(rest, stdin, stdout, stderr)
	case "suggest":
		return suggestCommand(rest, stdin, stdout, stderr)
	case "openapi":
		return openAPI(stdout, stderr)
	case "version", "--version":
		fmt.Fprintln(stdout, version)
		return 0
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usage)
		return 0
	}
	fmt.Fprintf(stderr, "samtale: no command %q\n\n%s", command, usage)
	return 2
}

func serve(demo bool, args []string, stderr io.Writer) int {
	reset := false
	for _, a := range args {
		if !demo || a != "--reset" {
			fmt.Fprintf(stderr, "samtale: %q is not an option here\n", a)
			return 2
		}
		reset = true
	}
	cfg, ok := load(demo, stderr)
	if !ok {
		return 2
	}
	cfg.DemoReset = reset
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := server.Run(ctx, cfg, logger(cfg, stderr)); err != nil {
		fmt.Fprintf(stderr, "samtale: %v\n", err)
		return 1
	}
	return 0
}

func load(demo bool, stderr io.Writer) (config.Config, bool) {
	cfg, err := config.Load(os.LookupEnv, demo)
	if err != nil {
		fmt.Fprintf(stderr, "samtale: the configuration has mistakes:\n%v\n", err)
		return cfg, false
	}
	return cfg, true
}

// logger writes JSON to machines and text to people: a demo is for people.
func logger(cfg config.Config, w io.Writer) *slog.Logger {
	level := slog.LevelInfo
	if cfg.Debug {
		level = slog.LevelDebug
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Demo {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

func importRegion(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "usage: samtale import REGION.yaml")
		return 2
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		fmt.Fprintf(stderr, "samtale: %v\n", err)
		return 1
	}
	cfg, ok := load(false, stderr)
	if !ok {
		return 2
	}
	summary, err := server.ImportRegion(context.Background(), cfg, data)
	var invalid interface{ Mistakes() []string }
	if errors.As(err, &invalid) {
		for _, m := range invalid.Mistakes() {
			fmt.Fprintf(stderr, "%s:%s\n", args[0], m)
		}
		return 1
	}
	if err != nil {
		fmt.Fprintf(stderr, "samtale: %v\n", err)
		return 1
	}
	fmt.Fprintln(stdout, summary)
	return 0
}

func openAPI(stdout, stderr io.Writer) int {
	document, err := server.OpenAPI(version)
	if err != nil {
		fmt.Fprintf(stderr, "samtale: %v\n", err)
		return 1
	}
	_, err = stdout.Write(document)
	if err != nil {
		return 1
	}
	return 0
}
