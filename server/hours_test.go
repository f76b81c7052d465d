package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

func TestHoursIn(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name, from, to string, h store.PaintedHours, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			window := calendar.Interval{}
			for at, text := range map[*time.Time]string{&window.Start: from, &window.End: to} {
				if *at, err = time.Parse(time.RFC3339, text); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, i := range hoursIn(&h, oslo, window) {
				got = append(got, i.Start.Format("2T15:04")+"-"+i.End.Format("2T15:04"))
			}
			if !slices.Equal(got, strings.Fields(want)) {
				t.Errorf("got %v, want %s", got, want)
			}
		})
	}
	line := func(days, from, to string) conference.Hours { return conference.Hours{Days: days, From: from, To: to} }
	hours := func(lines ...conference.Hours) store.PaintedHours { return store.PaintedHours{Hours: lines} }
	const monday, saturday = "2026-11-30T00:00:00+01:00", "2026-12-05T00:00:00+01:00"
	check("one_day", monday, saturday, hours(line("Wed", "08:00", "15:30")), "2T07:00-2T14:30")
	check("range", monday, saturday, hours(line("Mon-Tue", "08:00", "12:00")), "30T07:00-30T11:00 1T07:00-1T11:00")
	check("split_day", monday, saturday, hours(line("Wed", "08:00", "10:00"), line("Wed", "12:00", "13:00")), "2T07:00-2T09:00 2T11:00-2T12:00")
	check("lines_that_touch", monday, saturday, hours(line("Wed", "08:00", "10:00"), line("Wed", "10:00", "13:00")), "2T07:00-2T12:00")
	check("until_midnight_and_on", monday, saturday, hours(line("Tue", "22:00", "24:00"), line("Wed", "00:00", "06:00")), "1T21:00-2T05:00")
	check("begun_before_the_window", "2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z", hours(line("Mon-Sun", "08:00", "15:00")), "2T07:00-2T14:00")
	check("summer_time_ends", "2026-10-24T00:00:00+02:00", "2026-10-27T00:00:00+01:00", hours(line("Mon-Sun", "08:00", "09:00")), "24T06:00-24T07:00 25T07:00-25T08:00 26T07:00-26T08:00")
	check("no_hours", monday, saturday, hours(), "")
	off := hours(line("Mon-Fri", "08:00", "09:00"))
	off.Except = []store.DaysOff{{First: "2026-12-01", Last: "2026-12-03"}}
	check("days_off", monday, saturday, off, "30T07:00-30T08:00 4T07:00-4T08:00")
}

func TestCheckPainted(t *testing.T) {
	check := func(name string, h store.PaintedHours, ok bool) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			if err := checkPainted(&h); (err == nil) != ok {
				t.Errorf("got %v", err)
			}
		})
	}
	line := func(days, from, to string) store.PaintedHours {
		return store.PaintedHours{Hours: []conference.Hours{{Days: days, From: from, To: to}}}
	}
	off := func(first, last string) store.PaintedHours {
		return store.PaintedHours{Except: []store.DaysOff{{First: first, Last: last}}}
	}
	check("good", line("Mon-Fri", "08:00", "24:00"), true)
	check("nothing", store.PaintedHours{}, true)
	check("day", line("Monday", "08:00", "15:00"), false)
	check("days_backwards", line("Fri-Mon", "08:00", "15:00"), false)
	check("clock_short", line("Mon", "8:00", "15:00"), false)
	check("clock_signed", line("Mon", "+8:00", "15:00"), false)
	check("clock_high", line("Mon", "08:00", "24:01"), false)
	check("minute_high", line("Mon", "08:00", "09:60"), false)
	check("empty", line("Mon", "08:00", "08:00"), false)
	check("night", line("Mon", "22:00", "06:00"), false)
	check("day_off", off("2026-12-24", "2026-12-24"), true)
	check("no_date", off("24.12.2026", "2026-12-24"), false)
	check("no_such_date", off("2026-12-24", "2026-12-32"), false)
	check("dates_backwards", off("2026-12-24", "2026-12-23"), false)
	check("too_long", off("2026-01-01", "2027-12-31"), false)
}

// FuzzWarningLines shows any line of any file beside its warning.
func FuzzWarningLines(f *testing.F) {
	for _, seed := range []string{
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:never\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "junk begin:vcalendar\rX\r", "\xff\xfeB\x00E\x00",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=\xe6\n \xf8\n\tx\n", "", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n:\n;\n",
	} {
		f.Add([]byte(seed), 2)
	}
	f.Fuzz(func(t *testing.T, body []byte, line int) {
		for _, code := range []string{calendar.CodeStart, calendar.CodeRule, calendar.CodeLine} {
			for _, w := range warningLines(body, []calendar.Warning{{Code: code, Line: line}}, 0) {
				if len([]rune(w.Source)) > sourceLetters || strings.ToValidUTF8(w.Source, "") != w.Source || strings.ContainsAny(w.Source, "\r\n\x00") {
					t.Errorf("line %d of %q is shown as %q", line, body, w.Source)
				}
			}
		}
	})
}
