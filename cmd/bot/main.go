// Bot joins a call with people who are none: each publishes a tone and a still picture over the public protocol and counts
// what arrives. It is the smoke and the load test of a running server, and knows it only from outside.
//
//	bot --url http://localhost:8080 --people 3 --seconds 20    in a throwaway meeting of the demo
//	bot --seconds 20 --link https://…/join#… --link …          in a meeting with personal join links
//	bot --url http://localhost:8080 --people 200 --hunts 20    rings, 20 at a time among 200 people; replaces the demo's region
//
// It prints a JSON summary. Exit 0: everybody received something, every ring came and stopped; 1: not so, or somebody could not come
// in; 2: usage.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options of the command line.
type options struct {
	url     string // where the server is reached; "": where the links point
	people  int
	seconds int
	links   []string
	hunts   int // 0: join a call instead
	rounds  int
}

const mostPeople = 500 // more than a machine plays

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.url, "url", "", "address of the server (default: where the first link points, else http://localhost:8080)")
	flags.IntVar(&o.people, "people", 2, "how many join a throwaway meeting of the demo; not with --link")
	flags.IntVar(&o.seconds, "seconds", 10, "how long they stay")
	flags.IntVar(&o.hunts, "hunts", 0, "ring instead of joining: how many specialists are rung for at once")
	flags.IntVar(&o.rounds, "rounds", 10, "with --hunts: how often")
	flags.Func("link", "a personal join link; one for each person", func(link string) error {
		o.links = append(o.links, link)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if o.hunts != 0 && (o.hunts < 1 || o.people < leastTeam*o.hunts || o.rounds < 1 || o.rounds > mostRounds || len(o.links) > 0) {
		fmt.Fprintf(stderr, "bot: at least %d people for each of the hunts, 1 to %d rounds, and no links\n", leastTeam, mostRounds)
		return 2
	}
	if flags.NArg() > 0 || o.people < 1 || o.people > mostPeople || o.seconds < 1 {
		fmt.Fprintf(stderr, "bot: 1 to %d people for at least 1 second, and nothing else\n", mostPeople)
		return 2
	}
	var found any
	var good bool
	var err error
	if o.hunts > 0 {
		var s ringSummary
		s, err = playRings(ctx, o)
		found, good = s, s.Good
	} else {
		var s summary
		s, err = play(ctx, o)
		found, good = s, s.Good
	}
	if err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return 1
	}
	out := json.NewEncoder(stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(found); err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return 1
	}
	if !good {
		return 1
	}
	return 0
}

// summary is what is printed.
type summary struct {
	Conference string   `json:"conference"`
	Seconds    float64  `json:"seconds"`
	Good       bool     `json:"good"` // everybody received something
	People     []player `json:"people"`
}

// player is one of us at the end.
type player struct {
	Key      string     `json:"key"`
	Name     string     `json:"name"`
	In       bool       `json:"in"`
	Media    bool       `json:"media"`
	Peer     int        `json:"peer"`    // PeerConnections made; 1 is best
	Resumed  int        `json:"resumed"` // sockets lost and resumed
	Code     int        `json:"code"`    // close code when the stay was ended by the server, else 0
	Received []received `json:"received"`
}

type received struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Source  string `json:"source"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// stay waits for so long, or until somebody presses Ctrl-C.
func stay(ctx context.Context, seconds int) {
	enough := time.NewTimer(time.Duration(seconds) * time.Second)
	defer enough.Stop()
	select {
	case <-enough.C:
	case <-ctx.Done():
	}
}
