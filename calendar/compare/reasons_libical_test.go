package compare

import (
	"slices"
	"time"
)

// libicalReasons hold for libical 3.0.16.
var libicalReasons = []reason{
	oneInstance, // first: others copy overrides
	{
		name:    "BYSETPOS is ignored in a week and in a day",
		because: "section 3.3.10: BYSETPOS picks from the set of one interval, whatever FREQ is",
		change: eachRule(func(_ *series, r *rule) bool {
			had := len(r.positions) > 0 && (r.freq == "WEEKLY" || r.freq == "DAILY")
			if had {
				r.positions = nil
			}
			return had
		}),
	},
	{
		name:    "BYSETPOS picks days where BYHOUR or BYMINUTE gives them several times",
		because: "section 3.3.10: BYSETPOS comes last, after BYHOUR and BYMINUTE",
		change:  eachRule(positionsOfDays),
	},
	{
		name:    "BYWEEKNO without BYDAY gives nothing, or anything, or ends the process",
		because: "section 3.3.10: what a rule leaves open comes from DTSTART: its weekday in those weeks",
		refuses: true,
		where: ruledOut(func(r rule) bool {
			return len(r.weeks) > 0 && len(r.days) == 0
		}),
	},
	{
		name:    "BYWEEKNO of a week that two years may share loses its year, and the ones after it",
		because: "section 3.3.10: weeks are numbered as in ISO 8601; the first begins in December in some years",
		refuses: true,
		where: ruledOut(func(r rule) bool {
			return slices.ContainsFunc(r.weeks, func(n int) bool { return n < 2 || n > 51 })
		}),
	},
	{
		name:    "UNTIL as a date leaves out that day's instance with a time",
		because: "section 3.3.10 wants the type of DTSTART; the whole day belongs to it, busy is the safe side",
		change: eachRule(func(s *series, r *rule) bool {
			if r.until == nil || !r.until.day || s.start.day {
				return false
			}
			before := stamp{at: r.until.at.Truncate(24 * time.Hour).Add(-time.Second)}
			r.until = &before
			return true
		}),
	},
	{
		name:    "UNTIL in UTC is compared with floating times as if they were UTC",
		because: "floating times are the owner's: section 3.3.5",
		change: eachRule(func(s *series, r *rule) bool {
			if r.until == nil || !r.until.utc || s.start.utc || s.start.day || s.start.place != nil {
				return false
			}
			floating := stamp{at: r.until.at}
			r.until = &floating
			return true
		}),
	},
	{
		name:    "EXDATE in UTC is compared with floating times as if they were UTC",
		because: "floating times are the owner's: section 3.3.5",
		change: func(s *series) bool {
			changed := false
			for i, d := range s.excluded {
				if d.utc && !s.start.utc && !s.start.day && s.start.place == nil {
					s.excluded[i], changed = stamp{at: d.at}, true
				}
			}
			return changed
		},
	},
	{
		name:    "EXDATE as a date leaves out the date that an instance has in UTC",
		because: "a date is one of the series' own wall",
		change:  excludeByUTC,
	},
	{
		name:    "weeks that INTERVAL counts begin with the first BYDAY, in whatever week WKST puts it",
		because: "section 3.3.10: weeks begin with WKST",
		change:  shiftWeeks,
	},
	{
		name:    "BYSETPOS from the end counts a day twice that BYMONTHDAY names from both ends",
		because: "section 3.3.10 speaks of a set",
		where: ruledOut(func(r rule) bool {
			fromEnd := func(n int) bool { return n < 0 }
			return slices.ContainsFunc(r.positions, fromEnd) && len(r.monthDays) > 1 && slices.ContainsFunc(r.monthDays, fromEnd)
		}),
	},
	{
		name:    "a time in a gap is read with the offset after it, or moves and takes the later ones along",
		because: "section 3.3.5: the offset before the gap",
		where:   inGap,
		change:  endAfterGap,
	},
	{
		name:    "a DTEND that a change leaves out or has twice is read with the offset after it",
		because: "section 3.3.5: the offset before the change",
		where:   endAtChange,
	},
	{
		name:    "a time that comes twice is the second one",
		because: "section 3.3.5: the first of the two",
		where:   inOverlap,
	},
}

// excludeByUTC writes each EXDATE that is a date as the instants that libical takes out for it.
func excludeByUTC(s *series) bool {
	var excluded []stamp
	changed := false
	for _, d := range s.excluded {
		if !d.day || s.start.day {
			excluded = append(excluded, d)
			continue
		}
		changed = true
		for _, start := range s.starts() {
			for days := -1; days <= 1; days++ {
				on := d.at.AddDate(0, 0, days)
				at := start.moved(time.Date(on.Year(), on.Month(), on.Day(), start.at.Hour(), start.at.Minute(), 0, 0, time.UTC)).inUTC()
				if at.at.Truncate(24 * time.Hour).Equal(d.at) {
					excluded = append(excluded, at)
				}
			}
		}
	}
	s.excluded = excluded
	return changed
}

// shiftWeeks gives a rule the weeks that libical counts: it goes back from DTSTART to the first weekday of BYDAY, and that
// may lead into the week before or after. The rule moves into a series of its own, which begins with its first instance.
func shiftWeeks(s *series) bool {
	changed := false
	s.rules = slices.DeleteFunc(s.rules, func(r rule) bool {
		if r.freq != "WEEKLY" || r.interval < 2 || len(r.days) == 0 {
			return false
		}
		first := firstOfWeeks(s.start.at, r)
		if first.IsZero() {
			return false
		}
		changed = true
		alone := s.clone()
		alone.uid, alone.rules, alone.extra, alone.aside = s.uid+"x", []rule{r}, nil, nil
		if s.end != nil {
			end := s.end.moved(first.Add(s.end.at.Sub(s.start.at)))
			alone.end = &end
		}
		alone.start.at = first
		s.aside = append(s.aside, alone)
		return true
	})
	return changed
}

// firstOfWeeks returns the first instance of a weekly rule as libical counts weeks; zero when its weeks are the right ones.
func firstOfWeeks(start time.Time, r rule) time.Time {
	number := func(name string) int { return slices.Index(weekdays, name) + 1 } // Sunday is 1
	weekStart := 2
	if r.weekStart != "" {
		weekStart = number(r.weekStart)
	}
	inWeek := func(n int) int { return (n - weekStart + 7) % 7 }
	first, this := 0, int(start.Weekday())+1
	for _, d := range r.days {
		if n := number(d.name); first == 0 || inWeek(n) < inWeek(first) {
			first = n
		}
	}
	shift := first - this
	if shift != 0 && this < weekStart {
		shift -= 7
	}
	anchor := start
	if (this < first && shift >= 0) || shift < 0 {
		anchor = start.AddDate(0, 0, shift)
	}
	weekOf := func(at time.Time) time.Time { return at.AddDate(0, 0, -inWeek(int(at.Weekday())+1)) }
	weeks := int(weekOf(start).Sub(weekOf(anchor)).Hours() / 24 / 7)
	if weeks%r.interval == 0 {
		return time.Time{}
	}
	for at := start; ; at = at.AddDate(0, 0, 1) {
		weeks := int(weekOf(at).Sub(weekOf(anchor)).Hours() / 24 / 7)
		if weeks%r.interval != 0 || !slices.ContainsFunc(r.days, func(d weekday) bool { return d.name == nameOf(at) }) {
			continue
		}
		hour, minute := at.Hour(), at.Minute()
		if len(r.hours) > 0 {
			hour = r.hours[0]
		}
		if len(r.minutes) > 0 {
			minute = r.minutes[0]
		}
		return time.Date(at.Year(), at.Month(), at.Day(), hour, minute, 0, 0, time.UTC)
	}
}
