package compare

import (
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// clockChange is a change of the clocks of a zone.
type clockChange struct {
	at     time.Time
	before time.Duration // the offset until then
	after  time.Duration
}

// changesOf lists the changes of a zone inside a window.
func changesOf(l *time.Location, window span) []clockChange {
	var list []clockChange
	for at := window.start.In(l); at.Before(window.end); {
		_, next := at.ZoneBounds()
		if next.IsZero() || !next.Before(window.end) {
			break
		}
		_, before := next.Add(-time.Second).Zone()
		_, after := next.In(l).Zone()
		list = append(list, clockChange{next.UTC(), time.Duration(before) * time.Second, time.Duration(after) * time.Second})
		at = next.In(l)
	}
	return list
}

// starts lists wall times of the day, in their zones, at which instances of a series may start.
func (s series) starts() []stamp {
	list := append([]stamp{s.start}, s.extra...)
	for _, o := range s.overrides {
		list = append(list, o.start)
	}
	for _, r := range s.rules {
		for _, hour := range r.hours {
			for _, minute := range append([]int{s.start.at.Minute()}, r.minutes...) {
				list = append(list, s.start.moved(s.start.at.Truncate(24*time.Hour).Add(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute)))
			}
		}
	}
	return list
}

// longestInstance is more than any instance in a random feed takes.
const longestInstance = 9 * 24 * time.Hour

// atChanges returns the changes of the clocks at which an instance of a series would start at a wall time that is left out
// or comes twice.
func (s series) atChanges(window span, gap bool) []time.Time {
	wide := span{window.start.Add(-longestInstance), window.end}
	var list []time.Time
	for _, d := range s.starts() {
		for _, c := range changesOf(d.location(), wide) {
			from, to := c.at.Add(c.before), c.at.Add(c.after) // on the wall
			if from.Before(to) != gap {
				continue
			}
			if !gap {
				from, to = to, from
			}
			onTheDay := time.Date(from.Year(), from.Month(), from.Day(), d.at.Hour(), d.at.Minute(), 0, 0, time.UTC)
			if !d.utc && !d.day && !onTheDay.Before(from) && onTheDay.Before(to) {
				list = append(list, c.at)
			}
		}
	}
	return list
}

// around returns the time that an instance may take which starts within two hours of an instant.
func (s series) around(at time.Time) calendar.Interval {
	return calendar.Interval{Start: at.Add(-2 * time.Hour), End: at.Add(2*time.Hour + s.longest())}
}

func inOverlap(_ testing.TB, s series, window span) []calendar.Interval {
	var list []calendar.Interval
	for _, at := range s.atChanges(window, false) {
		list = append(list, s.around(at))
	}
	return list
}

// inGap names what starts at a wall time that a change leaves out, and of a rule all that comes after: libical may count on from where
// it has moved the one instance.
func inGap(_ testing.TB, s series, window span) []calendar.Interval {
	const longestStep = 3 // years, from one instance to the next
	var list []calendar.Interval
	for _, at := range s.atChanges(span{window.start.AddDate(-longestStep, 0, 0), window.end}, true) {
		i := s.around(at)
		if len(s.rules) > 0 && i.End.Before(window.end) {
			i.End = window.end
		}
		list = append(list, i)
	}
	if len(s.rules) > 0 && s.start.isAtChange() {
		list = append(list, calendar.Interval{Start: window.start, End: window.end})
	}
	return list
}

// endAtChange leaves a series out whose length depends on how a DTEND is read that a change leaves out or has twice.
func endAtChange(_ testing.TB, s series, window span) []calendar.Interval {
	if s.end == nil || !s.end.isAtChange() {
		return nil
	}
	return []calendar.Interval{{Start: window.start, End: window.end}}
}

// isAtChange tells whether a wall time is one that a change leaves out or has twice.
func (d stamp) isAtChange() bool {
	if d.utc || d.day {
		return false
	}
	for _, c := range changesOf(d.location(), span{d.at.AddDate(0, 0, -2), d.at.AddDate(0, 0, 2)}) {
		from, to := c.at.Add(min(c.before, c.after)), c.at.Add(max(c.before, c.after))
		if !d.at.Before(from) && d.at.Before(to) {
			return true
		}
	}
	return false
}

// endAfterGap writes DTEND later by the gap that DTSTART lies in: who reads DTSTART with the offset after the gap finds the instances
// longer by it.
func endAfterGap(s *series) bool {
	if s.end == nil || s.start.day {
		return false
	}
	alone := series{start: s.start}
	for _, at := range alone.atChanges(span{s.start.at.AddDate(0, 0, -1), s.start.at.AddDate(0, 0, 1)}, true) {
		l := s.start.location()
		_, before := at.Add(-time.Second).In(l).Zone()
		_, after := at.In(l).Zone()
		if at.In(l).Format(time.DateOnly) == s.start.at.Format(time.DateOnly) {
			end := s.end.moved(s.end.at.Add(time.Duration(after-before) * time.Second))
			s.end = &end
			return true
		}
	}
	return false
}

// endAtSecond writes DTEND later by the hour that comes twice, when DTEND lies in it: the instances are longer by it.
func endAtSecond(s *series) bool {
	if s.end == nil || s.end.day || s.end.utc {
		return false
	}
	alone, l := series{start: *s.end}, s.end.location()
	near := span{s.end.at.AddDate(0, 0, -1), s.end.at.AddDate(0, 0, 1)}
	changes := changesOf(l, near)
	if len(alone.atChanges(near, false)) == 0 || len(changes) == 0 || changes[0].at.In(l).Format(time.DateOnly) != s.end.at.Format(time.DateOnly) {
		return false
	}
	c, at := changes[0], s.end.inUTC().at
	if at.Before(c.at) { // the first
		at = at.Add(c.before - c.after)
	}
	s.end = &stamp{at: at, utc: true}
	return true
}

// floatingOverChange names what floating instances take that last over a change of the owner's clocks.
func floatingOverChange(_ testing.TB, s series, window span) []calendar.Interval {
	if s.start.utc || s.start.day || s.start.place != nil {
		return nil
	}
	var list []calendar.Interval
	for _, c := range changesOf(s.start.location(), span{window.start.Add(-longestInstance), window.end}) {
		length := min(s.longest(), longestInstance) + 2*time.Hour
		list = append(list, calendar.Interval{Start: c.at.Add(-length), End: c.at.Add(length)})
	}
	return list
}

// longest returns the length of an instance, or what is more.
func (s series) longest() time.Duration {
	switch {
	case s.end != nil:
		return s.end.inUTC().at.Sub(s.start.inUTC().at) + time.Hour
	case s.duration == "":
		return 0
	}
	return longestInstance
}
