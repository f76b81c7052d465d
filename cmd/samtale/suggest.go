package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/feed"
	"github.com/samtale/samtale/calendar/slots"
)

const suggestUsage = `usage: samtale suggest REQUEST.json|-

The request is the body of POST /v1/find with the people in it:

  "people": [{"id": "p:berg", "roles": ["gp"], "place": "nord", "tz": "Europe/Oslo", "email": "berg@nord.example",
              "hours": [{"days": "Mon-Fri", "from": "08:00", "to": "15:30"}],
              "feeds": [{"path": "berg.ics"}, {"url": "https://…", "kind": "duty"}],
              "busy": [{"start": "2026-11-27T09:00:00+01:00", "end": "2026-11-27T09:30:00+01:00"}],
              "burden": 90, "unknown": false}]

Roles are "gp", with the place "gp@nord" too, or both in one. Paths are relative to the request; kind is busy, hours or duty
(busy). Without feeds a person is known by busy alone, or not at all with "unknown": true. Burden is the minutes worked
outside hours lately. Without "now" it is the present.
Prints the answer of POST /v1/find. A calendar that cannot be read makes its owner unknown, never free.
Exit status: 0 answered, 1 the request cannot be read, 2 wrong usage or a wrong value in the request.
`

// suggestPerson is one person of the request. A role is "gp" with Place "nord", or both in one: "gp@nord".
type suggestPerson struct {
	ID      string              `json:"id"`
	Roles   []string            `json:"roles"`
	Role    string              `json:"role"` // one more role
	Place   string              `json:"place"`
	TZ      string              `json:"tz"`    // of hours, all-day events and times without a zone; empty: the request's
	Zone    string              `json:"zone"`  // what TZ was called
	Email   string              `json:"email"` // to find the person's own answers to invitations
	Feeds   []suggestFeed       `json:"feeds"`
	Hours   []slots.Hours       `json:"hours"`
	Busy    []calendar.Interval `json:"busy"`
	Burden  int                 `json:"burden"`
	Unknown bool                `json:"unknown"`

	zone *time.Location // that of TZ, after checkPeople
}

// suggestFeed is one calendar, at a path or at a URL.
type suggestFeed struct {
	Path string        `json:"path"`
	URL  string        `json:"url"`
	Kind calendar.Kind `json:"kind"`
}

// suggestCommand runs the finder on a request in a file. It returns the exit code of suggestUsage.
func suggestCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("suggest", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	operands, err := parseMixed(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, suggestUsage)
		return 0
	}
	var path string
	if err == nil {
		path, err = oneOperand(operands, "REQUEST.json or -")
	}
	if err != nil {
		fmt.Fprintf(stderr, "samtale suggest: %v\n\n%s", err, suggestUsage)
		return 2
	}
	data, err := readRequest(path, stdin)
	if err != nil {
		fmt.Fprintf(stderr, "samtale suggest: %v\n", err)
		return 1
	}
	answer, err := suggest(context.Background(), data, filepath.Dir(path), stderr)
	if err != nil {
		fmt.Fprintf(stderr, "samtale suggest: %s: %s\n", path, strings.TrimPrefix(err.Error(), "slots: "))
		return 2
	}
	if err := writeJSON(stdout, answer); err != nil {
		fmt.Fprintf(stderr, "samtale suggest: %v\n", err)
		return 1
	}
	return 0
}

func readRequest(path string, stdin io.Reader) (data []byte, err error) {
	if path == "-" {
		data, err = readLimited("standard input", stdin)
	} else {
		data, err = readFile(path)
	}
	if err == nil && !json.Valid(data) {
		err = fmt.Errorf("read %s: not JSON", path)
	}
	return data, err
}

// suggest reads the request and its calendars, which lie below folder, and searches. The error names a field of the request.
// Calendars that cannot be read are told on stderr.
func suggest(ctx context.Context, data []byte, folder string, stderr io.Writer) (slots.Answer, error) {
	request, asked, err := parseSuggest(data)
	if err != nil {
		return slots.Answer{}, err
	}
	if request.Now == nil {
		now := time.Now()
		request.Now = &now
	}
	readings, err := checkPeople(request, asked, folder)
	if err != nil {
		return slots.Answer{}, err
	}
	readAll(ctx, readings)
	people := make([]slots.Person, len(asked))
	for i, p := range asked {
		people[i] = p.withoutCalendars(request.Window)
	}
	for _, r := range readings {
		r.addTo(&people[r.person])
		if r.err != nil {
			fmt.Fprintf(stderr, "samtale suggest: %s: %s: %v\n", r.field, r.failure(), r.err)
		}
	}
	return slots.Find(request, people)
}

// parseSuggest takes the people out of the request; the rest is that of the server.
func parseSuggest(data []byte) (slots.Request, []suggestPerson, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return slots.Request{}, nil, errors.New("want a JSON object")
	}
	rest := maps.Clone(fields)
	delete(rest, "people")
	body, err := json.Marshal(rest)
	if err != nil {
		return slots.Request{}, nil, err
	}
	request, err := slots.ParseRequest(body)
	if err != nil {
		return slots.Request{}, nil, err
	}
	if body, err = json.Marshal(map[string]json.RawMessage{"people": fields["people"]}); err != nil {
		return slots.Request{}, nil, err
	}
	var with struct {
		People []suggestPerson `json:"people"`
	}
	err = slots.Decode(body, &with)
	return request, with.People, err
}

// feedReading is one calendar of one person: how to read it, then what it says.
type feedReading struct {
	field   string // its place in the request
	person  int
	source  string
	window  calendar.Interval
	options calendar.Options
	reading calendar.Reading
	err     error
}

// around is how much of the calendars is read before and after the window: more than any buffer or travel (slots.Policy).
const around = 24 * time.Hour

// checkPeople says what is wrong with the people, and lists their calendars.
func checkPeople(request slots.Request, people []suggestPerson, folder string) ([]*feedReading, error) {
	window := calendar.Interval{Start: request.Window.From.Add(-around).UTC(), End: request.Window.To.Add(around).UTC()}
	var readings []*feedReading
	for i := range people {
		p := &people[i]
		var err error
		if p.zone, err = zoneNamed(cmp.Or(p.TZ, p.Zone, request.TZ)); err != nil {
			return nil, fmt.Errorf("people[%d].tz: %w", i, err)
		}
		if err := p.check(fmt.Sprintf("people[%d]", i)); err != nil {
			return nil, err
		}
		for j, f := range p.Feeds {
			field := fmt.Sprintf("people[%d].feeds[%d]", i, j)
			reading := &feedReading{field: field, person: i, window: window, options: calendar.Options{Zone: p.zone, Kind: f.Kind, Away: true, Places: []string{p.Place}}}
			if p.Email != "" {
				reading.options.Addresses = []string{p.Email}
			}
			if reading.source, err = f.source(folder); err != nil {
				return nil, fmt.Errorf("%s: %w", field, err)
			}
			readings = append(readings, reading)
		}
	}
	return readings, nil
}

// check says what is wrong with what was given of a person beside the calendars.
func (p *suggestPerson) check(field string) error {
	for i, role := range p.Roles {
		if role == "" {
			return fmt.Errorf("%s.roles[%d]: empty", field, i)
		}
	}
	if p.Burden < 0 {
		return fmt.Errorf("%s.burden %d: want minutes, 0 or more", field, p.Burden)
	}
	return cmp.Or(slots.CheckHours(field+".hours", p.Hours), slots.CheckIntervals(field+".busy", p.Busy))
}

// source is the path or URL of a feed.
func (f suggestFeed) source(folder string) (string, error) {
	switch f.Kind {
	case "", calendar.KindBusy, calendar.KindHours, calendar.KindDuty:
	default:
		return "", fmt.Errorf("kind %q: want busy, hours or duty", f.Kind)
	}
	switch {
	case f.Path == "" && f.URL == "":
		return "", errors.New("path or url is missing")
	case f.Path != "" && f.URL != "":
		return "", fmt.Errorf("path %q and url: only one of the two", f.Path)
	case f.URL != "" && !isURL(f.URL):
		return "", errors.New("url: want https, http or webcal")
	case f.URL != "":
		return f.URL, nil
	case filepath.IsAbs(f.Path):
		return f.Path, nil
	}
	return filepath.Join(folder, f.Path), nil
}

// readingsAtOnce hides the waiting for slow servers, and is few enough for one server that has them all.
const readingsAtOnce = 4

// readAll reads the calendars and returns when the last one has been read or has failed.
func readAll(ctx context.Context, readings []*feedReading) {
	fetcher := openFetcher()
	free := make(chan struct{}, readingsAtOnce)
	var wg sync.WaitGroup
	for _, r := range readings {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			var data []byte
			if data, r.err = readCalendar(ctx, fetcher, r.source); r.err == nil {
				r.reading, r.err = calendar.Read(data, r.window, r.options)
			}
		})
	}
	wg.Wait()
}

// withoutCalendars is the person of the finder before any calendar is known.
func (p *suggestPerson) withoutCalendars(window slots.Window) slots.Person {
	person := slots.Person{ID: p.ID, Zone: p.zone, Hours: p.Hours, HasHours: len(p.Hours) > 0, Busy: p.Busy, Burden: p.Burden, Fresh: "no calendar"}
	roles := p.Roles
	if p.Role != "" {
		roles = append(slices.Clone(roles), p.Role)
	}
	for _, role := range roles {
		person.Roles = append(person.Roles, role)
		if p.Place != "" && !strings.Contains(role, "@") {
			person.Roles = append(person.Roles, role+"@"+p.Place)
		}
	}
	switch {
	case p.Unknown:
		person.Unknown = []calendar.Interval{{Start: window.From, End: window.To}}
		person.Why, person.Fresh = "given", "unknown: given"
	case len(p.Busy) > 0:
		person.Fresh = "given"
	}
	return person
}

// addTo adds what the calendar says. What cannot be read makes the whole window unknown; what is busy in the person's other
// calendars stays busy.
func (r *feedReading) addTo(p *slots.Person) {
	if r.err != nil {
		p.Unknown = append(p.Unknown, r.window)
		if p.Why == "" {
			p.Why = r.failure()
			p.Fresh = "unknown: " + p.Why
		}
		return
	}
	switch r.options.Kind {
	case calendar.KindHours:
		p.Open, p.HasHours = append(p.Open, r.reading.Duty...), true
	case calendar.KindDuty:
		p.Duty, p.HasHours = append(p.Duty, r.reading.Duty...), true
	default:
		p.Busy, p.Away = append(p.Busy, r.reading.Busy...), append(p.Away, r.reading.Away...)
		p.Tentative = append(p.Tentative, r.reading.Tentative...)
	}
	p.Unknown = append(p.Unknown, r.reading.Unknown...)
	if p.Why == "" {
		p.Fresh = "0m" // read just now
	}
}

// failure is why a calendar is unknown, in the words of the server's answer.
func (r *feedReading) failure() string {
	var status *feed.StatusError
	switch {
	case errors.Is(r.err, fs.ErrNotExist), errors.As(r.err, &status) && (status.Code == 404 || status.Code == 410):
		return "not_found"
	case errors.Is(r.err, fs.ErrPermission), errors.As(r.err, &status) && (status.Code == 401 || status.Code == 403):
		return "refused"
	case errors.Is(r.err, feed.ErrTooLarge), errors.Is(r.err, errTooLarge):
		return "too_large"
	case errors.Is(r.err, feed.ErrNotCalendar), errors.Is(r.err, calendar.ErrNotCalendar):
		return "not_calendar"
	case errors.Is(r.err, calendar.ErrEmpty), errors.Is(r.err, calendar.ErrTruncated):
		return "unreadable"
	}
	return "unreachable"
}
