package slots

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
)

// span is [from, to) in Unix seconds.
type span struct{ from, to int64 }

const daySeconds = 24 * 60 * 60

// day is one date in a zone. Where both its ends have the same offset and lie 24 hours apart, clock times are counted
// from midnight; on the other days each is looked up.
type day struct {
	year     int
	month    time.Month
	date     int
	weekday  time.Weekday
	midnight int64
	next     int64 // midnight of the date after
	even     bool
	holiday  bool
	zone     *time.Location
}

// local returns the instant of a clock time, by RFC 5545 section 3.3.5: a time that occurs twice is its first occurrence,
// one that a clock change leaves out is read with the offset before the change. Minute 1440 is the next midnight.
func local(zone *time.Location, year int, month time.Month, date, minute int) int64 {
	wall := time.Date(year, month, date, 0, minute, 0, 0, time.UTC).Unix()
	before, after := offset(zone, wall-daySeconds), offset(zone, wall+daySeconds)
	if before == after || offset(zone, wall-before) == before {
		return wall - before
	}
	if offset(zone, wall-after) == after {
		return wall - after
	}
	return wall - before
}

func offset(zone *time.Location, at int64) int64 {
	_, seconds := time.Unix(at, 0).In(zone).Zone()
	return int64(seconds)
}

// daysOf lists the dates of the zone that the span touches, a day more at either end. Dates that the zone left out, as Samoa
// did 30 December 2011, are not among them.
func daysOf(zone *time.Location, s span, holidays calendar.Holidays) []day {
	first := time.Unix(s.from, 0).In(zone)
	year, month, date := first.Date()
	var days []day
	for i := -1; ; i++ {
		d := time.Date(year, month, date+i, 0, 0, 0, 0, time.UTC) // UTC has all dates
		y, m, dd := d.Date()
		today := day{year: y, month: m, date: dd, weekday: d.Weekday(), zone: zone}
		today.midnight = local(zone, y, m, dd, 0)
		today.next = local(zone, y, m, dd, 24*60)
		today.even = today.next-today.midnight == daySeconds && offset(zone, today.midnight) == offset(zone, today.next)
		if holidays != nil {
			_, today.holiday = holidays(y, m, dd)
		}
		if today.midnight < today.next {
			days = append(days, today)
		}
		if today.midnight > s.to {
			return days
		}
	}
}

// at returns the instant of a clock time in minutes after midnight.
func (d *day) at(minute int) int64 {
	if d.even {
		return d.midnight + int64(minute)*60
	}
	return local(d.zone, d.year, d.month, d.date, minute)
}

// week is a weekly clock time, read from Hours or a Preference.
type week struct {
	days     [7]bool
	from, to int // minutes after midnight, from < to <= 1440
}

// spans lists the week's times on the given days, joined where they touch.
func (w week) spans(days []day) []span {
	var out []span
	for i := range days {
		if d := &days[i]; w.days[d.weekday] {
			out = append(out, span{d.at(w.from), d.at(w.to)})
		}
	}
	return merge(out)
}

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// parseWeek reads days, from and to; field names their place in the request.
func parseWeek(field, days, from, to string) (week, error) {
	var w week
	first, last, ranged := strings.Cut(days, "-")
	a, b := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if !ranged {
		b = a
	}
	if a < 0 || b < 0 {
		return w, fmt.Errorf(`slots: %s.days %q: want "Mon-Fri" or "Sat"`, field, days)
	}
	for i := a; ; i = (i + 1) % 7 {
		w.days[(i+1)%7] = true // time.Weekday begins with Sunday
		if i == b {
			break
		}
	}
	var ok bool
	if w.from, ok = parseClock(from); !ok {
		return w, fmt.Errorf(`slots: %s.from %q: want a clock time as "08:00"`, field, from)
	}
	if w.to, ok = parseClock(to); !ok {
		return w, fmt.Errorf(`slots: %s.to %q: want a clock time as "15:30", at most "24:00"`, field, to)
	}
	if w.from >= w.to {
		return w, fmt.Errorf("slots: %s: from %s is not before to %s; a night is two entries", field, from, to)
	}
	return w, nil
}

func parseClock(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	hour, err1 := strconv.ParseUint(s[:2], 10, 8)
	minute, err2 := strconv.ParseUint(s[3:], 10, 8)
	total := int(hour*60 + minute)
	return total, err1 == nil && err2 == nil && minute < 60 && total <= 24*60
}

// outward rounds intervals to whole seconds that cover them, and leaves out those that end before near or begin after it.
func outward(intervals []calendar.Interval, near span) []span {
	var out []span
	for _, i := range intervals {
		s := span{i.Start.Unix(), ceil(i.End)}
		if i.Start.Before(i.End) && s.to >= near.from && s.from <= near.to {
			out = append(out, s)
		}
	}
	return merge(out)
}

// inward rounds intervals to the whole seconds that they cover.
func inward(intervals []calendar.Interval) []span {
	out := make([]span, 0, len(intervals))
	for _, i := range intervals {
		out = append(out, span{ceil(i.Start), i.End.Unix()})
	}
	return merge(out)
}

func ceil(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// merge sorts and joins in place; empty spans are dropped.
func merge(spans []span) []span {
	byStart := func(a, b span) int { return cmp.Compare(a.from, b.from) }
	if !slices.IsSortedFunc(spans, byStart) {
		slices.SortFunc(spans, byStart)
	}
	out := spans[:0]
	for _, s := range spans {
		if s.from >= s.to {
			continue
		}
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// without takes b from a; both are merged.
func without(a, b []span) []span {
	if len(b) == 0 {
		return a
	}
	var out []span
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].to <= s.from {
			j++
		}
		for k := j; k < len(b) && b[k].from < s.to; k++ {
			if s.from < b[k].from {
				out = append(out, span{s.from, b[k].from})
			}
			s.from = b[k].to
		}
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}

// within returns how many seconds of [from, to) the merged spans cover, and the end of the last one that touches it.
func within(spans []span, from, to int64) (covered, until int64) {
	i, _ := slices.BinarySearchFunc(spans, from, func(s span, at int64) int {
		if s.to <= at {
			return -1
		}
		return 1
	})
	for ; i < len(spans) && spans[i].from < to; i++ {
		covered += min(to, spans[i].to) - max(from, spans[i].from)
		until = spans[i].to
	}
	return covered, until
}

// clip returns those of the merged spans that overlap [from, to).
func clip(spans []span, from, to int64) []span {
	first, _ := slices.BinarySearchFunc(spans, from, func(s span, at int64) int { return bySide(s.to > at) })
	last, _ := slices.BinarySearchFunc(spans, to, func(s span, at int64) int { return bySide(s.from >= at) })
	return spans[first:max(first, last)]
}

// bySide lets a binary search find the first entry of which something holds.
func bySide(holds bool) int {
	if holds {
		return 1
	}
	return -1
}
