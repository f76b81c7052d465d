package server

import (
	"fmt"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/store"
)

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
		if _, err := line.Week(); err != nil {
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
	var lines []conference.Week
	for _, line := range h.Hours {
		if w, err := line.Week(); err == nil {
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
			if w.Has(midnight.Weekday()) {
				open = append(open, calendar.Interval{Start: time.Date(y, m, d, 0, w.From, 0, 0, zone).UTC(), End: time.Date(y, m, d, 0, w.To, 0, 0, zone).UTC()})
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
