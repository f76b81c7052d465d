package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// span is the window of a comparison, [start, end), UTC.
type span struct{ start, end time.Time }

// series is an event with all that belongs to its UID.
type series struct {
	uid       string
	start     stamp
	end       *stamp // DTEND, or
	duration  string // DURATION, or neither
	rules     []rule
	excluded  []stamp
	extra     []stamp
	status    string // STATUS, empty for none
	free      bool   // TRANSP:TRANSPARENT
	overrides []override
	aside     []series // what a reason has moved out of this series
}

// override is an event with a RECURRENCE-ID.
type override struct {
	of       stamp
	future   bool // RANGE=THISANDFUTURE
	start    stamp
	duration string
	status   string
}

// clone copies a series so deeply that a reason can change it.
func (s series) clone() series {
	s.rules = slices.Clone(s.rules)
	for i := range s.rules {
		r := &s.rules[i]
		r.days, r.positions = slices.Clone(r.days), slices.Clone(r.positions)
	}
	s.excluded, s.extra, s.overrides = slices.Clone(s.excluded), slices.Clone(s.extra), slices.Clone(s.overrides)
	s.aside = slices.Clone(s.aside)
	return s
}

// String writes the events of the series.
func (s series) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART%v", s.uid, s.start)
	if s.end != nil {
		line("DTEND%v", *s.end)
	}
	if s.duration != "" {
		line("DURATION:%s", s.duration)
	}
	for _, r := range s.rules {
		line("RRULE:%v", r)
	}
	for _, d := range s.excluded {
		line("EXDATE%v", d)
	}
	for _, d := range s.extra {
		line("RDATE%v", d)
	}
	if s.status != "" {
		line("STATUS:%s", s.status)
	}
	if s.free {
		line("TRANSP:TRANSPARENT")
	}
	line("SUMMARY:Avtale nr. %s\\, som før\r\nEND:VEVENT", s.uid)
	for _, o := range s.overrides {
		reach := ""
		if o.future {
			reach = ";RANGE=THISANDFUTURE"
		}
		line("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID%s%v\r\nDTSTART%v\r\nDURATION:%s", s.uid, reach, o.of, o.start, o.duration)
		if o.status != "" {
			line("STATUS:%s", o.status)
		}
		line("END:VEVENT")
	}
	for _, a := range s.aside {
		b.WriteString(a.String())
	}
	return b.String()
}

// feedOf writes a calendar of series, with the definitions of the places they name.
func feedOf(list ...series) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//samtale//compare//EN\r\n")
	var events strings.Builder
	for _, s := range list {
		events.WriteString(s.String())
	}
	for _, p := range places {
		if strings.Contains(events.String(), ";TZID="+p.id+":") {
			b.WriteString(p.definition)
		}
	}
	b.WriteString(events.String())
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

const windowDays = 56

// randomWindow opens eight weeks in 2026, most often over a change of the clocks somewhere.
func randomWindow(rng *rand.Rand) span {
	start := time.Date(2026, 1, 1+rng.IntN(310), 0, 0, 0, 0, time.UTC)
	return span{start, start.AddDate(0, 0, windowDays)}
}

// randomSeries writes a series that may touch the window and began at most oldest days before it.
func randomSeries(rng *rand.Rand, uid string, window span, oldest int) series {
	recurs := chance(rng, 2)
	at := window.start.AddDate(0, 0, rng.IntN(windowDays+10)-5)
	if recurs {
		at = at.AddDate(0, 0, -rng.IntN(min(oldest, []int{60, 400, 1200, 15000}[rng.IntN(4)])))
	}
	at = at.Add(time.Duration(rng.IntN(48)) * 30 * time.Minute)
	if chance(rng, 6) { // the hours in which clocks change
		at = time.Date(at.Year(), at.Month(), at.Day(), 1+rng.IntN(2), 30, 0, 0, time.UTC)
	}
	s := series{uid: uid, start: randomStamp(rng, at)}
	if chance(rng, 5) {
		s.start = stamp{at: at.Truncate(24 * time.Hour), day: true}
	}
	s.length(rng)
	switch rng.IntN(10) {
	case 0:
		s.status = "TENTATIVE"
	case 1:
		s.status = "CONFIRMED"
	case 2:
		s.status, s.free = "CONFIRMED", chance(rng, 2)
	case 3:
		s.status = []string{"", "CANCELLED"}[rng.IntN(2)]
	}
	if recurs {
		s.recur(rng, window)
	}
	return s
}

// length gives a series an end: mostly half an hour to three, sometimes a night or some days.
func (s *series) length(rng *rand.Rand) {
	minutes := 30 * (1 + rng.IntN(6))
	if chance(rng, 10) {
		minutes = 60 * (8 + rng.IntN(70))
	}
	if len(s.atChanges(span{s.start.at.AddDate(0, 0, -1), s.start.at.AddDate(0, 0, 1)}, true)) > 0 {
		minutes += 60 // so that an end after the gap is not before a start in it
	}
	switch {
	case s.start.day && chance(rng, 3):
		if chance(rng, 2) {
			s.duration = fmt.Sprintf("P%dD", 1+rng.IntN(3))
		}
	case s.start.day:
		end := s.start.moved(s.start.at.AddDate(0, 0, 1+rng.IntN(3)))
		s.end = &end
	case chance(rng, 20):
		s.duration = []string{"P1D", "P1W", "P1DT2H", "PT0S", ""}[rng.IntN(5)]
	case chance(rng, 4):
		s.duration = fmt.Sprintf("PT%dM", minutes)
	default:
		end := s.start.moved(s.start.at.Add(time.Duration(minutes) * time.Minute))
		if chance(rng, 8) {
			end = end.inUTC()
		}
		s.end = &end
	}
}

// recur gives a series rules, dates and overrides.
func (s *series) recur(rng *rand.Rand, window span) {
	if !chance(rng, 12) {
		s.rules = append(s.rules, randomRule(rng, s.start, window))
	}
	if len(s.rules) == 1 && chance(rng, 20) {
		s.rules = append(s.rules, randomRule(rng, s.start, window))
	}
	if chance(rng, 3) {
		for range 1 + rng.IntN(4) {
			s.excluded = append(s.excluded, s.written(rng, s.likely(rng, window)))
		}
	}
	if len(s.rules) == 0 || chance(rng, 6) {
		for range 1 + rng.IntN(3) {
			at := window.start.AddDate(0, 0, rng.IntN(windowDays))
			if !s.start.day {
				at = at.Add(time.Duration(rng.IntN(48)) * 30 * time.Minute)
			}
			s.extra = append(s.extra, s.start.moved(at))
		}
	}
	if chance(rng, 4) {
		s.override(rng, window)
	}
}

// likely returns a wall time at which the series probably has an instance: by steps of its first rule from DTSTART.
func (s *series) likely(rng *rand.Rand, window span) time.Time {
	step := func(at time.Time) time.Time { return at.AddDate(0, 0, 1) }
	if len(s.rules) > 0 {
		n := s.rules[0].interval
		switch s.rules[0].freq {
		case "DAILY":
			step = func(at time.Time) time.Time { return at.AddDate(0, 0, n) }
		case "WEEKLY":
			step = func(at time.Time) time.Time { return at.AddDate(0, 0, 7*n) }
		case "MONTHLY":
			step = func(at time.Time) time.Time { return at.AddDate(0, n, 0) }
		case "YEARLY":
			step = func(at time.Time) time.Time { return at.AddDate(n, 0, 0) }
		}
	}
	at := s.start.at
	last := window.start.AddDate(0, 0, rng.IntN(windowDays))
	for next := step(at); next.Before(last); next = step(next) {
		at = next
	}
	return at
}

// written writes the time of an instance as EXDATE and RECURRENCE-ID have it: mostly like DTSTART, or in UTC, or as a date.
func (s *series) written(rng *rand.Rand, at time.Time) stamp {
	d := s.start.moved(at)
	switch {
	case s.start.day:
	case chance(rng, 5):
		return d.inUTC()
	case chance(rng, 10):
		return stamp{at: at.Truncate(24 * time.Hour), day: true}
	}
	return d
}

// override replaces one or two instances, or one and all later ones.
func (s *series) override(rng *rand.Rand, window span) {
	future := len(s.rules) == 1 && chance(rng, 8)
	taken := map[string]bool{}
	for range 1 + rng.IntN(2) {
		at := s.likely(rng, window)
		day := at.Format(time.DateOnly)
		if taken[day] || (future && len(taken) > 0) {
			return
		}
		taken[day] = true
		o := override{of: s.written(rng, at), future: future, start: s.start.moved(at), duration: "PT45M"}
		if s.start.day {
			o.start.at, o.duration = at.AddDate(0, 0, rng.IntN(3)), "P1D"
		} else {
			o.start.at = at.Add(time.Duration(rng.IntN(9)-4) * 30 * time.Minute)
		}
		if chance(rng, 3) {
			o.status = []string{"CANCELLED", "TENTATIVE"}[rng.IntN(2)]
		}
		s.overrides = append(s.overrides, o)
	}
}
