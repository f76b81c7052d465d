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
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
)

const busyUsage = `usage: samtale busy --from T --to T [--zone Z] [--explain] [--stats] FILE|URL|- ...

  --from T, --to T   the window [from, to), instants of RFC 3339: 2026-11-27T00:00:00Z
  --zone Z           the owner's IANA time zone, for all-day events and times without a zone: Europe/Oslo (UTC)
  --explain          adds "explain": for every interval its state and the UIDs of the events behind it
  --stats            adds "stats": events, instances, bytes, the time that reading took, and warnings by code
  -                  read the calendar from standard input, once; several calendars add up

Prints {"busy":[{"start","end"}],"tentative":[…],"warnings":[{"uid","code","text"}]}, and "unknown" where nobody knows.
Exit status: 0 the calendars were read, 1 one cannot be read, 2 wrong usage.
`

// busyAnswer is what busy prints. Unknown is left out where everything is known; no other list is null.
type busyAnswer struct {
	Busy      []calendar.Interval `json:"busy"`
	Tentative []calendar.Interval `json:"tentative"`
	Unknown   []calendar.Interval `json:"unknown,omitempty"`
	Warnings  []calendar.Warning  `json:"warnings"`
	Explain   []explained         `json:"explain,omitzero"` // with --explain
	Stats     *busyStats          `json:"stats,omitempty"`  // with --stats
}

// explained is one interval of the answer and who is behind it; an event without a UID has an empty one.
type explained struct {
	calendar.Interval
	State calendar.State `json:"state"`
	UIDs  []string       `json:"uids"`
}

// busyStats is what reading took, of all calendars together. Fetching and opening them is not counted.
type busyStats struct {
	Events             int            `json:"events"`
	Instances          int            `json:"instances"`
	Bytes              int            `json:"bytes"`
	Milliseconds       float64        `json:"milliseconds"`
	MegabytesPerSecond float64        `json:"megabytesPerSecond"`
	Warnings           map[string]int `json:"warnings"` // by code
}

// busyCommand prints what calendars say about a window. It returns the exit code of busyUsage.
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

// busy reads the calendars one after the other and adds them up.
func busy(ctx context.Context, asked busyAsked, stdin io.Reader) (busyAnswer, error) {
	answer := busyAnswer{Warnings: []calendar.Warning{}}
	stats := busyStats{Warnings: map[string]int{}}
	var spans []calendar.Span
	fetcher := openFetcher()
	for _, source := range asked.sources {
		var data []byte
		var err error
		if source == "-" {
			data, err = readLimited("standard input", stdin)
		} else {
			data, err = readCalendar(ctx, fetcher, source)
		}
		if err != nil {
			return busyAnswer{}, err
		}
		begun := time.Now()
		reading, err := calendar.Read(data, asked.window, calendar.Options{Zone: asked.zone, Explain: asked.explain})
		if err != nil && len(asked.sources) > 1 {
			err = fmt.Errorf("%s: %w", nameOf(source), err)
		}
		if err != nil {
			return busyAnswer{}, err
		}
		stats.add(reading, len(data), time.Since(begun))
		answer.Busy = append(answer.Busy, reading.Busy...)
		answer.Tentative = append(answer.Tentative, reading.Tentative...)
		answer.Unknown = append(answer.Unknown, reading.Unknown...)
		answer.Warnings = append(answer.Warnings, reading.Warnings...)
		spans = append(spans, reading.Spans...)
	}
	answer.Busy = listed(calendar.Merge(answer.Busy))
	answer.Tentative = listed(calendar.Subtract(answer.Tentative, answer.Busy))
	answer.Unknown = calendar.Merge(answer.Unknown)
	if asked.explain {
		answer.Explain = explain(answer, spans)
	}
	if asked.stats {
		answer.Stats = &stats
	}
	return answer, nil
}

// nameOf names a calendar in an error. Of a URL it is the host: the rest may be its key.
func nameOf(source string) string {
	if !isURL(source) {
		return source
	}
	_, rest, _ := strings.Cut(source, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host[strings.LastIndexByte(host, '@')+1:]
}

// add counts one calendar.
func (s *busyStats) add(r calendar.Reading, bytes int, took time.Duration) {
	s.Events += r.Events
	s.Instances += r.Instances
	s.Bytes += bytes
	s.Milliseconds += float64(took.Nanoseconds()) / 1e6
	if s.Milliseconds > 0 {
		s.MegabytesPerSecond = float64(s.Bytes) / 1e3 / s.Milliseconds
	}
	for _, w := range r.Warnings {
		s.Warnings[w.Code]++
	}
}

// explain says of every interval of an answer whose spans it comes from. It keeps the spans that touch the interval at hand, so
// that it takes no longer than what it prints.
func explain(answer busyAnswer, spans []calendar.Span) []explained {
	slices.SortStableFunc(spans, func(a, b calendar.Span) int { return a.Start.Compare(b.Start) })
	list := []explained{}
	for _, part := range []struct {
		state     calendar.State
		intervals []calendar.Interval
	}{{calendar.StateBusy, answer.Busy}, {calendar.StateTentative, answer.Tentative}, {calendar.StateUnknown, answer.Unknown}} {
		rest, touching := spans, []calendar.Span{}
		for _, i := range part.intervals {
			touching = slices.DeleteFunc(touching, func(s calendar.Span) bool { return !s.End.After(i.Start) })
			for ; len(rest) > 0 && rest[0].Start.Before(i.End); rest = rest[1:] {
				if rest[0].State == part.state && rest[0].End.After(i.Start) {
					touching = append(touching, rest[0])
				}
			}
			of := explained{Interval: i, State: part.state, UIDs: []string{}}
			seen := map[string]bool{}
			for _, s := range touching {
				if !seen[s.UID] {
					seen[s.UID] = true
					of.UIDs = append(of.UIDs, s.UID)
				}
			}
			list = append(list, of)
		}
	}
	slices.SortStableFunc(list, func(a, b explained) int { return a.Start.Compare(b.Start) })
	return list
}

// busyAsked is the command line of busy.
type busyAsked struct {
	window         calendar.Interval
	zone           *time.Location
	explain, stats bool
	sources        []string // paths, URLs or "-"
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
	flags.BoolVar(&asked.explain, "explain", false, "")
	flags.BoolVar(&asked.stats, "stats", false, "")
	var err error
	asked.sources, err = parseMixed(flags, args)
	first := slices.Index(asked.sources, "-")
	switch {
	case err != nil:
		return asked, err
	case asked.window.Start.IsZero():
		return asked, errors.New("--from is missing")
	case asked.window.End.IsZero():
		return asked, errors.New("--to is missing")
	case !asked.window.Start.Before(asked.window.End):
		return asked, fmt.Errorf("--to %s is not after --from %s", asked.window.End.Format(time.RFC3339Nano), asked.window.Start.Format(time.RFC3339Nano))
	case len(asked.sources) == 0 || slices.Contains(asked.sources, ""):
		return asked, errors.New("FILE, URL or - is missing")
	case first >= 0 && slices.Contains(asked.sources[first+1:], "-"):
		return asked, errors.New("standard input can be read once: - stands there twice")
	}
	return asked, nil
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

// maxInput bounds files and standard input, which their user has chosen: larger than what feed takes from the network.
const maxInput = 64 << 20

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
