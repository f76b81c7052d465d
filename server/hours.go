package server

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// weekly is one line of working hours: which days, and minutes after their midnight, from < to <= 1440.
type weekly struct {
	days     [7]bool // by time.Weekday
	from, to int
}

// parseWeekly reads hours as the region's file writes them.
func parseWeekly(h conference.Hours) (weekly, error) {
	var w weekly
	first, last, ranged := strings.Cut(h.Days, "-")
	a, b := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if !ranged {
		b = a
	}
	if a < 0 || b < a {
		return w, fmt.Errorf("%q are no days: Mon-Fri, or Sat", h.Days)
	}
	for i := a; i <= b; i++ {
		w.days[(i+1)%7] = true // time.Weekday begins with Sunday
	}
	var err error
	if w.from, err = parseClock(h.From); err != nil {
		return w, err
	}
	if w.to, err = parseClock(h.To); err != nil {
		return w, err
	}
	if w.from >= w.to {
		return w, fmt.Errorf("hours end at %s, before they begin at %s; a night is two entries", h.To, h.From)
	}
	return w, nil
}

func parseClock(text string) (int, error) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if !ok || len(text) != 5 || len(hour) != 2 || err1 != nil || err2 != nil || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("%q is no clock time, 08:00 to 24:00", text)
	}
	return int(h*60 + m), nil
}

// longestDaysOff bounds one entry of days off: a year of leave.
const longestDaysOff = 366 * 24 * time.Hour

func parseDaysOff(d store.DaysOff) (first, last time.Time, err error) {
	if first, err = time.Parse(time.DateOnly, d.First); err != nil {
		return first, last, fmt.Errorf("%q is no date, for example 2026-12-24", d.First)
	}
	if last, err = time.Parse(time.DateOnly, d.Last); err != nil {
		return first, last, fmt.Errorf("%q is no date, for example 2026-12-24", d.Last)
	}
	if last.Before(first) || last.Sub(first) > longestDaysOff {
		return first, last, fmt.Errorf("days off from %s to %s are none, or more than a year", d.First, d.Last)
	}
	return first, last, nil
}

// checkPainted says what is wrong with hours before they are kept.
func checkPainted(h *store.PaintedHours) error {
	for _, line := range h.Hours {
		if _, err := parseWeekly(line); err != nil {
			return err
		}
	}
	for _, d := range h.Except {
		if _, _, err := parseDaysOff(d); err != nil {
			return err
		}
	}
	return nil
}

// hoursIn returns the painted hours that touch a window, merged. A clock time is that of the zone on that day, so hours keep
// their clock time over a change of summer time. Lines that cannot be read, which checkPainted lets nobody write, are no hours.
func hoursIn(h *store.PaintedHours, zone *time.Location, window calendar.Interval) []calendar.Interval {
	var lines []weekly
	for _, line := range h.Hours {
		if w, err := parseWeekly(line); err == nil {
			lines = append(lines, w)
		}
	}
	var open []calendar.Interval
	year, month, day := window.Start.In(zone).Date()
	for i := 0; ; i++ {
		midnight := time.Date(year, month, day+i, 0, 0, 0, 0, zone)
		if !midnight.Before(window.End) {
			return calendar.Merge(open)
		}
		y, m, d := midnight.Date()
		if daysOff(h.Except, time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) {
			continue
		}
		for _, w := range lines {
			if w.days[midnight.Weekday()] {
				open = append(open, calendar.Interval{Start: time.Date(y, m, d, 0, w.from, 0, 0, zone).UTC(), End: time.Date(y, m, d, 0, w.to, 0, 0, zone).UTC()})
			}
		}
	}
}

// daysOff reports whether a date, given as its midnight in UTC, is one of the days off.
func daysOff(except []store.DaysOff, date time.Time) bool {
	return slices.ContainsFunc(except, func(d store.DaysOff) bool {
		first, last, err := parseDaysOff(d)
		return err == nil && !date.Before(first) && !date.After(last)
	})
}
