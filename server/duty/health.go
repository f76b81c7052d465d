package duty

import (
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// shortestGap is the least time without anybody that is worth telling: plans are written in minutes, and some end a shift at 15:59:59.
const shortestGap = time.Minute

// Gaps returns the needed time in which the plan has nobody, merged and sorted. Any shift counts, on any layer and of any origin:
// what replaces a shift covers its own time. Declarations do not count; they are a matter of today. Gaps that less than a minute
// parts are one, and one of less than a minute is none.
func Gaps(p Plan, needed []calendar.Interval) []calendar.Interval {
	covered := make([]calendar.Interval, 0, len(p.Shifts))
	for _, s := range p.Shifts {
		if s.Person != "" {
			covered = append(covered, s.Interval)
		}
	}
	var gaps []calendar.Interval
	for _, g := range calendar.Subtract(needed, covered) {
		if n := len(gaps); n > 0 && g.Start.Sub(gaps[n-1].End) < shortestGap {
			gaps[n-1].End = g.End
			continue
		}
		gaps = append(gaps, g)
	}
	return slices.DeleteFunc(gaps, func(g calendar.Interval) bool { return g.End.Sub(g.Start) < shortestGap })
}

// Needed returns when somebody must be on duty, inside the window and merged: the weekly hours in the zone, or the whole window when
// there are none. A public holiday has the hours of a Sunday; holidays may be nil for none. Hours keep their clock time over a
// change of summer time. Hours that cannot be read, which the region's file does not hold, are none.
func Needed(hours []conference.Hours, window calendar.Interval, zone *time.Location, holidays calendar.Holidays) []calendar.Interval {
	window = calendar.Interval{Start: window.Start.UTC(), End: window.End.UTC()}
	if len(hours) == 0 {
		return calendar.Merge([]calendar.Interval{window})
	}
	lines := make([]conference.Week, 0, len(hours))
	for _, h := range hours {
		if w, err := h.Week(); err == nil {
			lines = append(lines, w)
		}
	}
	var needed []calendar.Interval
	year, month, day := window.Start.In(zone).Date()
	for i := 0; ; i++ {
		date := time.Date(year, month, day+i, 0, 0, 0, 0, time.UTC) // UTC has all dates
		y, m, d := date.Date()
		if !time.Date(y, m, d, 0, 0, 0, 0, zone).Before(window.End) {
			return calendar.Clip(needed, window)
		}
		weekday := date.Weekday()
		if holidays != nil {
			if _, holiday := holidays(y, m, d); holiday {
				weekday = time.Sunday
			}
		}
		for _, w := range lines {
			if w.Has(weekday) {
				needed = append(needed, calendar.Interval{Start: time.Date(y, m, d, 0, w.From, 0, 0, zone).UTC(), End: time.Date(y, m, d, 0, w.To, 0, 0, zone).UTC()})
			}
		}
	}
}
