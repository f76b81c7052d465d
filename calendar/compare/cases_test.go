package compare

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// suite is a file of another engine's cases, to be scored: go test -run TestRules -v ./calendar/compare -args -suite FILE.
var suite = flag.String("suite", "", "a file of rule cases to score instead of our own")

// ruleCase is a block of lines: RRULE, DTSTART and INSTANCES, the form of libical's icalrecur_test.txt.
type ruleCase struct {
	line            int
	text            string // the comment above it
	rule, start     string
	instances       []string
	endsWhereListed bool // INSTANCES ends in "...": there are more
}

func readCases(t *testing.T, path string) []ruleCase {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []ruleCase
	var c ruleCase
	for i, line := range append(strings.Split(string(text), "\n"), "") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(name, "#"):
			c.text = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		case name == "RRULE":
			c.rule, c.line = value, i+1
		case name == "DTSTART":
			c.start, _, _ = strings.Cut(value, " ")
		case name == "INSTANCES":
			value, c.endsWhereListed = strings.CutSuffix(value, ",...")
			c.instances = strings.Split(value, ",")
		case name == "" && c.rule != "":
			cases, c = append(cases, c), ruleCase{}
		}
	}
	return cases
}

func TestRules(t *testing.T) {
	path := filepath.Join("testdata", "rules.txt")
	if *suite != "" {
		path = *suite
	}
	cases := readCases(t, path)
	if len(cases) == 0 {
		t.Fatalf("%s holds no cases", path)
	}
	passed := 0
	for _, c := range cases {
		if t.Run(fmt.Sprintf("%d %s", c.line, c.rule), c.check) {
			passed++
		}
	}
	t.Logf("%s: %d of %d", filepath.Base(path), passed, len(cases))
}

// check compares the instances with the busy time of an event of one second, or of one day.
func (c ruleCase) check(t *testing.T) {
	length := time.Second
	property := "DTSTART:" + c.start + "\r\nDURATION:PT1S"
	if len(c.start) == len("20060102") {
		length, property = 24*time.Hour, "DTSTART;VALUE=DATE:"+c.start
	}
	var want []calendar.Interval
	add := func(text string) time.Time {
		text = strings.TrimSuffix(text, "Z")
		at, err := time.Parse("20060102T150405"[:min(len(text), 15)], text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want = append(want, calendar.Interval{Start: at, End: at.Add(length)})
		return at
	}
	first := add(c.start) // DTSTART is an instance whatever the rule says (RFC 5545 section 3.8.5.3)
	last := first
	for _, text := range c.instances {
		switch text = strings.TrimSpace(text); {
		case strings.Contains(text, "UNIMPLEMENTED"):
			t.Skip("the suite's own engine does not have it")
		case text != "" && text[0] != '*': // libical writes *** for none
			last = add(text)
		}
	}
	ended := !c.endsWhereListed && (strings.Contains(c.rule, "COUNT=") || strings.Contains(c.rule, "UNTIL="))
	end := last.Add(length)
	if ended {
		end = last.AddDate(30, 0, 0)
	}
	middle := want[len(want)/2].Start
	// From DTSTART, from an instance long after it, and after the last one.
	for _, from := range []time.Time{first.AddDate(0, 0, -1), middle, last.Add(length)} {
		c.compare(t, property, length, want, calendar.Interval{Start: from, End: end})
	}
}

func (c ruleCase) compare(t *testing.T, property string, length time.Duration, want []calendar.Interval, window calendar.Interval) {
	t.Helper()
	feed := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n" + property + "\r\nRRULE:" + c.rule + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	r, err := calendar.Read([]byte(feed), window, calendar.Options{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	list := func(spans []calendar.Interval) string {
		var words []string
		for _, s := range spans {
			for at := s.Start; at.Before(s.End); at = at.Add(length) {
				words = append(words, at.Format("20060102T150405"))
			}
		}
		return strings.Join(words, " ")
	}
	if got, want := list(r.Busy), list(calendar.Clip(want, window)); got != want || len(r.Unknown) > 0 {
		t.Errorf("line %d: %s\nDTSTART:%s, read from %s\n got %s\nwant %s\nwarnings %v", c.line, c.text, c.start, window.Start.Format(time.DateOnly), got, want, r.Warnings)
	}
}
