package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A case is the lines of what stands between BEGIN:VCALENDAR and END:VCALENDAR; lines are joined by CR LF.

// feed makes a calendar of lines.
func feed(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n"
}

// event makes a calendar of one event.
func oneEvent(lines ...string) string {
	return feed("BEGIN:VEVENT\r\nUID:a\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT")
}

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// window parses "2026-03-02/2026-03-09": two midnights, UTC.
func window(t testing.TB, s string) Interval {
	t.Helper()
	from, to, _ := strings.Cut(s, "/")
	var w Interval
	var err error
	if w.Start, err = time.Parse(time.DateOnly, from); err != nil {
		t.Fatal(err)
	}
	if w.End, err = time.Parse(time.DateOnly, to); err != nil {
		t.Fatal(err)
	}
	return w
}

// brief writes intervals as "0302T0800/0302T0900", UTC, with seconds only where there are any.
func brief(list []Interval) string {
	at := func(t time.Time) string {
		if t.Second() != 0 {
			return t.Format("0102T150405")
		}
		return t.Format("0102T1504")
	}
	var words []string
	for _, i := range list {
		words = append(words, at(i.Start)+"/"+at(i.End))
	}
	return strings.Join(words, " ")
}

// said writes all that a reading says: busy, then "~" tentative, "+" duty, "?" unknown, each only if there is any.
func said(r Reading) string {
	var words []string
	for _, part := range []struct {
		mark string
		list []Interval
	}{{"", r.Busy}, {"~ ", r.Tentative}, {"+ ", r.Duty}, {"? ", r.Unknown}} {
		if len(part.list) > 0 {
			words = append(words, part.mark+brief(part.list))
		}
	}
	return strings.Join(words, " ")
}

// codes lists the codes of warnings, each once, in order.
func codes(r Reading) string {
	var list []string
	seen := map[string]bool{}
	for _, w := range r.Warnings {
		if !seen[w.Code] {
			seen[w.Code] = true
			list = append(list, w.Code)
		}
	}
	return strings.Join(list, " ")
}

// checker returns the closure that the tables use: a feed, what it says of the window, the codes of its warnings.
func checker(t *testing.T, within string, o Options) func(name, text, want, wantCodes string) {
	return func(name, text, want, wantCodes string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			r, err := Read([]byte(text), window(t, within), o)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(r); got != want {
				t.Errorf("says  %s\nwant  %s", got, want)
			}
			if got := codes(r); got != wantCodes {
				t.Errorf("warns %q, want %q: %v", got, wantCodes, r.Warnings)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	check := func(name, text string, want error) {
		t.Run(name, func(t *testing.T) {
			r, err := Read([]byte(text), window(t, "2026-03-02/2026-03-09"), Options{})
			if !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
			if err != nil && said(r) != "" {
				t.Errorf("an unreadable feed says %s", said(r))
			}
		})
	}
	event := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\nEND:VEVENT\r\n"
	check("empty", "", ErrEmpty)
	check("white space", " \r\n\r\n\ufeff\n", ErrEmpty)
	check("a page", "<!DOCTYPE html><html><body>Sign in</body></html>", ErrNotCalendar)
	check("ends after END:VEVENT", event, ErrTruncated)
	check("ends inside an event", event[:len(event)-20], ErrTruncated)
	check("ends inside the last line", event+"END:VCALEN", ErrTruncated)
	check("one calendar of two is cut off", event+event+"END:VCALENDAR\r\n", ErrTruncated)
	check("no line end at the end", event+"END:VCALENDAR", nil)
	check("whole", event+"END:VCALENDAR\r\n", nil)
	if _, err := Read([]byte(event+"END:VCALENDAR"), Interval{}, Options{Kind: "leave"}); err == nil {
		t.Error("an unknown kind gives no error")
	}
}

func TestReadWindow(t *testing.T) {
	text := []byte(oneEvent("DTSTART:20260302T080000Z", "DTEND:20260302T100000Z"))
	check := func(name, from, to, want string) {
		t.Run(name, func(t *testing.T) {
			var w Interval
			var err error
			if w.Start, err = time.Parse(time.RFC3339, from); err != nil {
				t.Fatal(err)
			}
			if w.End, err = time.Parse(time.RFC3339, to); err != nil {
				t.Fatal(err)
			}
			r, err := Read(text, w, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Events != 1 {
				t.Errorf("%d events, want 1", r.Events)
			}
			got := ""
			for _, i := range r.Busy {
				got += i.Start.Format(time.RFC3339Nano) + " " + i.End.Format(time.RFC3339Nano)
			}
			if got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	check("clipped on both sides", "2026-03-02T08:30:00Z", "2026-03-02T09:00:00Z", "2026-03-02T08:30:00Z 2026-03-02T09:00:00Z")
	check("fractions of a second", "2026-03-02T08:30:00.25Z", "2026-03-02T09:00:00.5Z", "2026-03-02T08:30:00.25Z 2026-03-02T09:00:00.5Z")
	check("in another zone", "2026-03-02T09:30:00+01:00", "2026-03-02T12:00:00+01:00", "2026-03-02T08:30:00Z 2026-03-02T10:00:00Z")
	check("before", "2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z", "")
	check("after", "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", "")
	check("empty", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z", "")
	check("reversed", "2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z", "")
	check("all of time", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2026-03-02T08:00:00Z 2026-03-02T10:00:00Z")
}
