package compare

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// place is a zone as feeds name it. Its wall is that of a known zone, whatever the name and the definition in the feed are.
type place struct {
	id         string // TZID
	wall       string // the IANA zone whose wall it shows
	since      int    // the first year in which it does
	definition string // its VTIMEZONE, lines joined by CR LF; empty when the name is enough
}

// observance writes one half of a VTIMEZONE.
func observance(name, start, from, to, onsets string) string {
	return strings.Join([]string{"BEGIN:" + name, "DTSTART:" + start, "TZOFFSETFROM:" + from, "TZOFFSETTO:" + to, onsets, "END:" + name}, "\r\n")
}

func defined(id, wall string, since int, observances ...string) place {
	return place{id, wall, since, "BEGIN:VTIMEZONE\r\nTZID:" + id + "\r\n" + strings.Join(observances, "\r\n") + "\r\nEND:VTIMEZONE\r\n"}
}

// owner is the zone of floating times and whole days.
const owner = "Europe/Oslo"

var places = []place{
	{id: "Europe/Oslo", wall: "Europe/Oslo"},
	{id: "Europe/London", wall: "Europe/London"},
	{id: "America/New_York", wall: "America/New_York"},
	{id: "America/St_Johns", wall: "America/St_Johns"},
	{id: "Australia/Sydney", wall: "Australia/Sydney"},
	{id: "Australia/Lord_Howe", wall: "Australia/Lord_Howe"}, // half an hour of summer time
	{id: "Asia/Kolkata", wall: "Asia/Kolkata"},
	// As Outlook writes it, since 1601.
	defined("Customized Time Zone", "Europe/Oslo", 1997,
		observance("STANDARD", "16010101T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
		observance("DAYLIGHT", "16010101T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3")),
	// As Apple and Google write it.
	defined("Ward 7", "America/New_York", 2008,
		observance("DAYLIGHT", "20070311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
		observance("STANDARD", "20071104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU")),
	// The onsets one by one.
	defined("Listed", "Europe/Oslo", 2025,
		observance("STANDARD", "20241027T030000", "+0200", "+0100", "RDATE:20251026T030000,20261025T030000,20271031T030000"),
		observance("DAYLIGHT", "20250330T020000", "+0100", "+0200", "RDATE:20260329T020000,20270328T020000")),
	// No summer time.
	defined("Fixed", "Asia/Kolkata", 1971, observance("STANDARD", "19700101T000000", "+0530", "+0530", "TZNAME:IST")),
}

// stamp is a date or a time as it is written: what the wall shows, held as if it were UTC.
type stamp struct {
	at    time.Time
	day   bool
	utc   bool
	place *place // nil when it is UTC, floating or a day
}

// String writes a stamp as a property's parameters and value: ";TZID=Europe/Oslo:20260302T090000".
func (s stamp) String() string {
	switch {
	case s.day:
		return ";VALUE=DATE:" + s.value()
	case s.place != nil:
		return ";TZID=" + s.place.id + ":" + s.value()
	}
	return ":" + s.value()
}

func (s stamp) value() string {
	switch {
	case s.day:
		return s.at.Format("20060102")
	case s.utc:
		return s.at.Format("20060102T150405Z")
	}
	return s.at.Format("20060102T150405")
}

// moved returns the stamp at another time of the same wall.
func (s stamp) moved(at time.Time) stamp {
	s.at = at
	return s
}

func (s stamp) location() *time.Location {
	name := owner
	switch {
	case s.utc:
		return time.UTC
	case s.place != nil:
		name = s.place.wall
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(fmt.Sprintf("the zone %q: %v", name, err)) // tzdata is linked into calendar
	}
	return l
}

// inUTC returns the stamp written in UTC.
func (s stamp) inUTC() stamp {
	at := time.Date(s.at.Year(), s.at.Month(), s.at.Day(), s.at.Hour(), s.at.Minute(), s.at.Second(), 0, s.location()).UTC()
	return stamp{at: at, utc: true}
}

// randomStamp writes a wall time in some place: one in six in UTC, one in twelve floating, the rest in a zone.
func randomStamp(rng *rand.Rand, at time.Time) stamp {
	switch n := rng.IntN(12); {
	case n < 2:
		return stamp{at: at, utc: true}
	case n < 3:
		return stamp{at: at}
	}
	p := &places[rng.IntN(len(places))]
	if at.Year() < p.since {
		p = &places[0]
	}
	return stamp{at: at, place: p}
}
