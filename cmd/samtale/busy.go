package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
)

const busyUsage = `usage: samtale busy --from T --to T [--zone Z] FILE|URL|-

  --from T, --to T   the window [from, to), instants of RFC 3339: 2026-11-27T00:00:00Z
  --zone Z           the owner's IANA time zone, for all-day events and times without a zone: Europe/Oslo (UTC)
  -                  read the calendar from standard input

Prints {"busy":[{"start","end"}],"tentative":[…],"warnings":[{"uid","code","text"}]}, and "unknown" where nobody knows.
Exit status: 0 the calendar was read, 1 it cannot be read, 2 wrong usage.
`

// busyAnswer is what busy prints. Unknown is left out where everything is known; no other list is null.
type busyAnswer struct {
	Busy      []calendar.Interval `json:"busy"`
	Tentative []calendar.Interval `json:"tentative"`
	Unknown   []calendar.Interval `json:"unknown,omitempty"`
	Warnings  []calendar.Warning  `json:"warnings"`
}

// busyCommand prints what one calendar says about a window. It returns the exit code of busyUsage.
func busyCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	asked, err := parseBusy(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, busyUsage)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "samtale busy: %v\n\n%s", err, busyUsage)
		return 2
	}
	answer, err := busy(context.Background(), asked, stdin)
	if err == nil {
		err = writeJSON(stdout, answer)
	}
	if err != nil {
		fmt.Fprintf(stderr, "samtale busy: %v\n", err)
		return 1
	}
	return 0
}

func busy(ctx context.Context, asked busyAsked, stdin io.Reader) (busyAnswer, error) {
	var data []byte
	var err error
	if asked.source == "-" {
		data, err = readLimited("standard input", stdin)
	} else {
		data, err = readCalendar(ctx, openFetcher(), asked.source)
	}
	if err != nil {
		return busyAnswer{}, err
	}
	reading, err := calendar.Read(data, asked.window, calendar.Options{Zone: asked.zone})
	return busyAnswer{
		Busy: listed(reading.Busy), Tentative: listed(reading.Tentative), Unknown: reading.Unknown, Warnings: listed(reading.Warnings),
	}, err
}

// busyAsked is the command line of busy.
type busyAsked struct {
	window calendar.Interval
	zone   *time.Location
	source string // path, URL or "-"
}

func parseBusy(args []string) (busyAsked, error) {
	asked := busyAsked{zone: time.UTC}
	flags := flag.NewFlagSet("busy", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong is in the error
	flags.Func("from", "", instantInto(&asked.window.Start))
	flags.Func("to", "", instantInto(&asked.window.End))
	flags.Func("zone", "", func(name string) (err error) {
		asked.zone, err = zoneNamed(name)
		return err
	})
	operands, err := parseMixed(flags, args)
	switch {
	case err != nil:
		return asked, err
	case asked.window.Start.IsZero():
		return asked, errors.New("--from is missing")
	case asked.window.End.IsZero():
		return asked, errors.New("--to is missing")
	case !asked.window.Start.Before(asked.window.End):
		return asked, fmt.Errorf("--to %s is not after --from %s", asked.window.End.Format(time.RFC3339Nano), asked.window.Start.Format(time.RFC3339Nano))
	}
	asked.source, err = oneOperand(operands, "FILE, URL or -")
	return asked, err
}

func instantInto(at *time.Time) func(string) error {
	return func(text string) error {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return errors.New("not an instant of RFC 3339 such as 2026-11-27T00:00:00Z")
		}
		*at = t.UTC()
		return nil
	}
}

// zoneNamed refuses the empty name and "Local", which mean this machine and not a place.
func zoneNamed(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone of the IANA database", name)
	}
	return zone, nil
}

// parseMixed lets flags and operands stand in any order.
func parseMixed(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return operands, nil
		}
		operands, args = append(operands, flags.Arg(0)), flags.Args()[1:]
	}
}

func oneOperand(operands []string, what string) (string, error) {
	switch {
	case len(operands) == 0 || operands[0] == "":
		return "", fmt.Errorf("%s is missing", what)
	case len(operands) > 1:
		return "", fmt.Errorf("%q is too much: one %s", operands[1], what)
	}
	return operands[0], nil
}

// maxInput bounds files and standard input as feed bounds answers.
const maxInput = 32 << 20

var errTooLarge = fmt.Errorf("larger than %d MiB", maxInput>>20)

// openFetcher fetches from wherever this machine can: whoever types the address may open it anyway.
func openFetcher() *feed.Fetcher {
	everywhere := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	return feed.New(feed.Options{Allow: everywhere, AllowHTTP: true})
}

// readCalendar returns the bytes of a URL or a file.
func readCalendar(ctx context.Context, fetcher *feed.Fetcher, source string) ([]byte, error) {
	if !isURL(source) {
		return readFile(source)
	}
	result, err := fetcher.Fetch(ctx, feed.Source{URL: source})
	return result.Body, err
}

func isURL(source string) bool {
	scheme, _, ok := strings.Cut(source, "://")
	switch strings.ToLower(scheme) {
	case "https", "http", "webcal", "webcals":
		return ok
	}
	return false
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readLimited(path, file)
}

// readLimited reads to the end; name is for the error.
func readLimited(name string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// listed makes a list that JSON does not show as null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// writeJSON writes one value and a line end.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
