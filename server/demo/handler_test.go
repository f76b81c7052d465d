package demo

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func fetch(t *testing.T, at time.Time, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler(func() time.Time { return at }).ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	check := func(name, target string, want int) {
		t.Run(name, func(t *testing.T) {
			if got := fetch(t, fridayNoon, target); got.StatusCode != want {
				t.Errorf("%d, want %d", got.StatusCode, want)
			}
		})
	}
	check("a calendar", "/demo/ics/marte-solli.ics", 200)
	check("the broken one", "/demo/ics/"+brokenFeed+".ics", 404)
	check("the stale one", "/demo/ics/"+staleFeed+".ics", 503)
	check("nobody", "/demo/ics/nobody.ics", 404)
	check("no calendar", "/demo/ics/marte-solli", 404)
	check("nothing", "/demo/ics/", 404)
}

func TestHandlerAnswersNotModified(t *testing.T) {
	first := fetch(t, fridayNoon, "/demo/ics/marte-solli.ics")
	tag := first.Header.Get("ETag")
	if tag == "" || first.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("headers %v", first.Header)
	}
	if got := fetch(t, fridayNoon.Add(2*24*time.Hour), "/demo/ics/marte-solli.ics", "If-None-Match", tag); got.StatusCode != 304 {
		t.Errorf("the same week: %d", got.StatusCode)
	}
	if got := fetch(t, fridayNoon.Add(7*24*time.Hour), "/demo/ics/marte-solli.ics", "If-None-Match", tag); got.StatusCode != 200 {
		t.Errorf("the next week: %d", got.StatusCode)
	}
}

func TestEveryFeedHasItsCalendar(t *testing.T) {
	r := havnes(t)
	calendars, wanted := Calendars(fridayNoon), map[string]bool{}
	for _, p := range r.People {
		for _, f := range p.Feeds {
			name := strings.TrimSuffix(path.Base(f.URL), ".ics")
			wanted[name] = true
			if _, ok := calendars[name]; !ok && name != brokenFeed {
				t.Errorf("%s: no calendar for %s", p.ID, f.URL)
			}
			if f.URL != "/demo/ics/"+name+".ics" {
				t.Errorf("%s: feed at %s", p.ID, f.URL)
			}
			if want := map[kind]string{engagements: "busy", shifts: "duty", presence: "hours"}[agendas()[name].kind]; string(f.Kind) != want {
				t.Errorf("%s: %s is read as %s, written as %s", p.ID, name, f.Kind, want)
			}
		}
	}
	for _, roster := range r.Rosters {
		for _, f := range roster.Feeds {
			name := strings.TrimSuffix(path.Base(f.URL), ".ics")
			wanted[name] = true
			if got := fetch(t, fridayNoon, f.URL); got.StatusCode != 200 || f.URL != "/demo/ics/"+name+".ics" {
				t.Errorf("%s: %s answers %d", roster.ID, f.URL, got.StatusCode)
			}
		}
	}
	for name := range calendars {
		if !wanted[name] {
			t.Errorf("nobody has the calendar %s", name)
		}
	}
}

func TestStaleFeedIsTheOneThatFails(t *testing.T) {
	r := havnes(t)
	for _, s := range StaleFeeds(fridayNoon) {
		if fridayNoon.Sub(s.ReadAt) != staleAge || !bytes.HasPrefix(s.Body, []byte("BEGIN:VCALENDAR")) {
			t.Errorf("read at %s, %d bytes", s.ReadAt, len(s.Body))
		}
		found := false
		for _, p := range r.People {
			if p.ID == s.Person && s.Index < len(p.Feeds) {
				found = true
				if got := fetch(t, fridayNoon, p.Feeds[s.Index].URL); got.StatusCode != 503 {
					t.Errorf("its feed answers %d", got.StatusCode)
				}
			}
		}
		if !found {
			t.Errorf("%s has no feed %d", s.Person, s.Index)
		}
	}
}

// RFC 5545 section 3.1: lines of at most 75 octets; folding must not break characters; components must nest.
func TestCalendarsAreWellFormed(t *testing.T) {
	for name, body := range Calendars(fridayNoon) {
		var open []string
		for _, line := range strings.Split(strings.TrimRight(string(body), "\r\n"), "\n") {
			line = strings.TrimSuffix(line, "\r")
			if len(line) > 75 || line == "" || !utf8.ValidString(line) {
				t.Errorf("%s: line %q of %d octets", name, line, len(line))
			}
			if part, ok := strings.CutPrefix(line, "BEGIN:"); ok {
				open = append(open, part)
			}
			if part, ok := strings.CutPrefix(line, "END:"); ok {
				if len(open) == 0 || open[len(open)-1] != part {
					t.Fatalf("%s: END:%s in %v", name, part, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 || bytes.Count(body, []byte("BEGIN:VEVENT")) == 0 {
			t.Errorf("%s: %v is open, %d events", name, open, bytes.Count(body, []byte("BEGIN:VEVENT")))
		}
	}
}

func TestParseEntryRefuses(t *testing.T) {
	for _, line := range []string{"", "Mon 08:00-09:00", "Man 08:00-09:00 X", "Mon 8-9 X", "Mon 08:00 X", "Mon 25:00-26:00 X", "Mon 08:00-09:00 X | week=2/2", "Mon 08:00-09:00 X | moved=9", "Mon 08:00-09:00 X | soon", "Mon 08:00-09:00 X | slots=ten"} {
		if e, err := parseEntry(line); err == nil {
			t.Errorf("%q gives %+v", line, e)
		}
	}
}
