// Bot joins a call with people who are none: each publishes a tone and a still picture over the public protocol and counts
// what arrives. It is the smoke and the load test of a running server, and knows it only from outside.
//
//	bot --url http://localhost:8080 --people 3 --seconds 20    in a throwaway meeting of the demo
//	bot --seconds 20 --link https://…/join#… --link …          in a meeting with personal join links
//	bot --url http://localhost:8080 --people 200 --hunts 20    rings, 20 at a time among 200 people; replaces the demo's region
//	bot --url http://localhost:8080 --shape 1x8 --pid 4711     measures what forwarding costs the server, which is process 4711
//	bot --url … --shape 1x8 --saturate --pid 4711              adds such rooms until it breaks
//	bot --url … --soak 30m --rooms 4                           people come, go and lose their lines in rooms of the demo
//
// It prints a JSON summary; --shape prints a line for a table, too, to the standard error. Exit 0: everybody received something,
// every ring came and stopped, all was forwarded; 1: not so, or somebody could not come in; 2: usage.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/samtale/samtale/signaling/client"
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
	way     client.Way
	hunts   int // 0: join a call instead
	rounds  int

	shape    string // "": no load test
	saturate bool
	pid      int // of the server; 0: its cost is not measured
	warm     int // seconds for it to find out what the lines carry

	soak  time.Duration // 0: no soak test
	rooms int
	seed  uint64
}

const mostPeople = 500 // more than a machine plays

var ways = map[string]client.Way{"direct": client.Direct, "tcp": client.DirectTCP, "relay": client.RelayOnly, "any": client.AnyWay}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o := options{way: client.Direct}
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
	flags.StringVar(&o.shape, "shape", "", "measure with this load: "+shapeNames())
	flags.BoolVar(&o.saturate, "saturate", false, "with --shape: add rooms until sound and pictures come late or not at all")
	flags.IntVar(&o.pid, "pid", 0, "with --shape: the server's process, whose CPU and memory are measured")
	flags.IntVar(&o.warm, "warm", 60, "with --shape: seconds to wait for at most until all is forwarded, before measuring")
	flags.DurationVar(&o.soak, "soak", 0, "keep rooms for so long in which people come, go and lose their lines, and watch the server's memory")
	flags.IntVar(&o.rooms, "rooms", 4, "with --soak: how many")
	flags.Uint64Var(&o.seed, "seed", 1, "with --soak: of what happens")
	flags.Func("way", "to the media server: direct (default), tcp, relay, or any of them", func(name string) error {
		way, known := ways[name]
		if !known {
			return errors.New("not a way")
		}
		o.way = way
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := o.check(flags.NArg()); err != nil {
		fmt.Fprintln(stderr, "bot:", err)
		return 2
	}
	found, good, err := o.play(ctx, stderr)
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

// check refuses what cannot be played.
func (o options) check(words int) error {
	switch {
	case o.hunts != 0 && (o.hunts < 1 || o.people < leastTeam*o.hunts || o.rounds < 1 || o.rounds > mostRounds || len(o.links) > 0):
		return fmt.Errorf("at least %d people for each of the hunts, 1 to %d rounds, and no links", leastTeam, mostRounds)
	case words > 0 || o.people < 1 || o.people > mostPeople || o.seconds < 1:
		return fmt.Errorf("1 to %d people for at least 1 second, and nothing else", mostPeople)
	case o.soak < 0 || (o.soak > 0 && (o.soak < time.Second || o.rooms < 1 || o.rooms*soakSeats > mostPeople || o.shape != "" || o.hunts != 0 || len(o.links) > 0)):
		return errors.New("--soak makes its own rooms: no shape, no hunts, no links")
	case o.shape == "" && (o.saturate || o.pid != 0):
		return errors.New("--saturate and --pid need a --shape")
	case o.shape != "" && (o.hunts != 0 || len(o.links) > 0 || o.warm < 0):
		return errors.New("--shape makes its own rooms: no hunts, no links")
	case o.shape != "":
		_, err := findShape(o.shape)
		return err
	}
	return nil
}

// play does what the options say. What it returns is printed; good says whether all went well.
func (o options) play(ctx context.Context, stderr io.Writer) (found any, good bool, err error) {
	switch {
	case o.soak > 0:
		s, err := playSoak(ctx, o, stderr)
		return s, s.Good, err
	case o.hunts > 0:
		s, err := playRings(ctx, o)
		return s, s.Good, err
	case o.shape == "":
		s, err := play(ctx, o)
		return s, s.Good, err
	}
	s, err := findShape(o.shape)
	if err != nil {
		return nil, false, err
	}
	if o.saturate {
		found, err := playSaturate(ctx, o, s)
		if err == nil {
			fmt.Fprintf(stderr, "%s\n", tableHead)
			for _, step := range found.Steps {
				fmt.Fprintln(stderr, step.row())
			}
		}
		return found, found.PerSecond > 0, err
	}
	m, err := playLoad(ctx, o, s)
	if err == nil {
		fmt.Fprintf(stderr, "%s\n%s\n", tableHead, m.row())
	}
	return m, m.Full, err
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
