package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is one line of somebody's week, written as
//
//	Mon-Fri 08:00-08:30 Morgenmøte
//	Mon,Thu 14:45-22:15 Kveldsvakt | week=0/3
//	Fri allday Konferanse | free
//
// An end that is not after the beginning lies on the next day. Titles never speak of patients.
type entry struct {
	days     []time.Weekday
	from, to string
	allDay   bool
	title    string
	show     show
	every    int    // weeks; 1: each week
	phase    int    // which of them, counted from firstMonday
	slot     int    // minutes: the time is cut into appointments of this length, each a series of its own
	moved    string // next week's first occurrence begins then instead
	skipped  bool   // the first occurrence in two weeks is called off
}

// show is how an entry blocks its owner.
type show int

const (
	busy show = iota
	tentative
	free
	declined // the owner has said no
)

var dayNames = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

// parseEntry reads the written form.
func parseEntry(line string) (entry, error) {
	e := entry{every: 1}
	text, options, _ := strings.Cut(line, " | ")
	fields := strings.SplitN(text, " ", 3)
	if len(fields) != 3 {
		return e, fmt.Errorf("demo: entry %q: days, times and a title are needed", line)
	}
	var err error
	if e.days, err = parseDays(fields[0]); err != nil {
		return e, fmt.Errorf("demo: entry %q: %w", line, err)
	}
	e.title = fields[2]
	if e.allDay = fields[1] == "allday"; !e.allDay {
		var ok bool
		e.from, e.to, ok = strings.Cut(fields[1], "-")
		for _, clock := range []string{e.from, e.to} {
			if _, _, known := parseClock(clock); !ok || !known {
				return e, fmt.Errorf("demo: entry %q: times %q", line, fields[1])
			}
		}
	}
	for _, option := range strings.Fields(options) {
		if err := e.set(option); err != nil {
			return e, fmt.Errorf("demo: entry %q: %w", line, err)
		}
	}
	return e, nil
}

func (e *entry) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	var err error
	switch name {
	case "tentative":
		e.show = tentative
	case "free":
		e.show = free
	case "declined":
		e.show = declined
	case "skipped":
		e.skipped = true
	case "moved":
		e.moved = value
		if _, _, ok := parseClock(value); !ok {
			return fmt.Errorf("option %q", option)
		}
	case "slots":
		e.slot, err = strconv.Atoi(value)
	case "week":
		if _, err = fmt.Sscanf(value, "%d/%d", &e.phase, &e.every); err == nil && (e.every < 1 || e.phase < 0 || e.phase >= e.every) {
			return fmt.Errorf("option %q", option)
		}
	default:
		return fmt.Errorf("option %q is not known", option)
	}
	return err
}

// parseDays reads "Mon-Fri" or "Tue,Thu"; the days come out in the order of a week that begins on Monday.
func parseDays(text string) ([]time.Weekday, error) {
	first, last, isRange := strings.Cut(text, "-")
	names := strings.Split(text, ",")
	if isRange {
		names = []string{first, last}
	}
	var days []time.Weekday
	for _, name := range names {
		i := slices.Index(dayNames, name)
		if i < 0 {
			return nil, fmt.Errorf("day %q", name)
		}
		days = append(days, time.Weekday(i))
	}
	if isRange {
		for d := days[0]; d != days[1]; d = (d + 1) % 7 {
			if d != days[0] {
				days = append(days, d)
			}
		}
	}
	slices.SortFunc(days, func(a, b time.Weekday) int { return sinceMonday(a) - sinceMonday(b) })
	return days, nil
}

// sinceMonday counts days from the week's Monday.
func sinceMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// firstMonday is when the series of the demo began; they have crossed clock changes in spring and autumn since.
func firstMonday() time.Time { return time.Date(2024, time.January, 1, 0, 0, 0, 0, zone()) }

// mondayOf is the midnight that begins t's week in Havnes.
func mondayOf(t time.Time) time.Time {
	local := t.In(zone())
	return time.Date(local.Year(), local.Month(), local.Day()-sinceMonday(local.Weekday()), 0, 0, 0, 0, local.Location())
}

// weekNumber counts weeks from firstMonday; half a day more or less by a clock change does not matter.
func weekNumber(monday time.Time) int {
	return int((monday.Sub(firstMonday()) + 12*time.Hour) / (7 * 24 * time.Hour))
}

// falls reports whether the entry takes place in the week that begins on monday.
func (e entry) falls(monday time.Time) bool { return weekNumber(monday)%e.every == e.phase }

// on returns beginning and end on a day of the week that begins on monday.
func (e entry) on(monday time.Time, day time.Weekday) (from, to time.Time) {
	from, to = clockOn(monday, sinceMonday(day), e.from), clockOn(monday, sinceMonday(day), e.to)
	if !to.After(from) {
		to = clockOn(monday, sinceMonday(day)+1, e.to)
	}
	return from, to
}

// cut gives the entry as appointments of its slot length, or itself.
func (e entry) cut() []entry {
	if e.slot == 0 {
		return []entry{e}
	}
	var slots []entry
	begin, _ := time.Parse("15:04", e.from) // parseEntry has read both
	end, _ := time.Parse("15:04", e.to)
	length := time.Duration(e.slot) * time.Minute
	for at := begin; !at.Add(length).After(end); at = at.Add(length) {
		one := e
		one.slot, one.from, one.to = 0, at.Format("15:04"), at.Add(length).Format("15:04")
		slots = append(slots, one)
	}
	return slots
}
