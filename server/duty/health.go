package duty

import (
	"slices"
	"strconv"
	"strings"
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
	lines := make([]weekly, 0, len(hours))
	for _, h := range hours {
		if w, ok := parseWeekly(h); ok {
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
			if w.days[weekday] {
				needed = append(needed, calendar.Interval{Start: time.Date(y, m, d, 0, w.from, 0, 0, zone).UTC(), End: time.Date(y, m, d, 0, w.to, 0, 0, zone).UTC()})
			}
		}
	}
}

// weekly is one line of hours: which days, and minutes after their midnight.
type weekly struct {
	days     [7]bool // by time.Weekday
	from, to int
}

var weekdays = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"} // as time.Weekday counts them

// parseWeekly reads hours as the region's file writes them. "Sat-Mon" goes over the end of the week.
func parseWeekly(h conference.Hours) (w weekly, ok bool) {
	first, last, ranged := strings.Cut(h.Days, "-")
	if !ranged {
		last = first
	}
	a, b := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if a < 0 || b < 0 {
		return w, false
	}
	for w.days[a] = true; a != b; w.days[a] = true {
		a = (a + 1) % len(weekdays)
	}
	var isFrom, isTo bool
	w.from, isFrom = parseClock(h.From)
	w.to, isTo = parseClock(h.To)
	return w, isFrom && isTo && w.from < w.to // a night is two entries
}

// parseClock reads "08:00" as minutes after midnight, up to "24:00".
func parseClock(text string) (minutes int, ok bool) {
	hour, minute, colon := strings.Cut(text, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	return int(h*60 + m), colon && err1 == nil && err2 == nil && m < 60 && h*60+m <= 24*60
}
