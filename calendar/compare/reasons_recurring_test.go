package compare

import (
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
)

// recurringReasons hold for python3-recurring-ical-events 2.0.1 on python3-icalendar 4.0.3, dateutil and pytz.
var recurringReasons = []reason{
	oneInstance, // first: others copy overrides
	{
		name:    "two rules are refused",
		because: "section 3.8.5.3 lets them be, and old calendars have them: their union",
		refuses: true,
		where:   ruledOutSeries(func(s series) bool { return len(s.rules) > 1 }),
	},
	{
		name:    "a whole day without an end takes no time",
		because: "section 3.6.1: one day",
		change: func(s *series) bool {
			had := s.start.day && s.end == nil && s.duration == "" && !s.free
			s.free = s.free || had
			return had
		},
	},
	{
		name:    "the days of a DURATION are 24 hours",
		because: "section 3.3.6: days are nominal",
		change: func(s *series) bool {
			exact, ok := map[string]string{"P1D": "PT24H", "P1W": "PT168H", "P1DT2H": "PT26H"}[s.duration]
			if ok = ok && !s.start.day; ok {
				s.duration = exact
			}
			return ok
		},
	},
	{
		name:    "EXDATE as a date leaves out midnight",
		because: "the whole day: programs write it so for series with times",
		change: func(s *series) bool {
			changed := false
			for i, d := range s.excluded {
				if d.day && !s.start.day {
					s.excluded[i], changed = s.start.moved(d.at), true
				}
			}
			return changed
		},
	},
	{
		name:    "UNTIL as a date or on the wall is read as UTC",
		because: "a time without Z is one of the series' own wall; a date is the whole day",
		change: eachRule(func(s *series, r *rule) bool {
			if r.until == nil || r.until.utc || s.start.day || (s.start.place == nil && !s.start.utc) {
				return false
			}
			until := stamp{at: r.until.at, utc: true}
			if r.until.day {
				until.at = until.at.Truncate(24 * time.Hour)
			}
			r.until = &until
			return true
		}),
	},
	{
		name:    "UNTIL is compared with floating times as they are written",
		because: "section 3.3.10: UNTIL in UTC is an instant, and floating times are the owner's",
		change: eachRule(func(s *series, r *rule) bool {
			if r.until == nil || s.start.day || s.start.utc || s.start.place != nil {
				return false
			}
			until := stamp{at: r.until.at}
			if r.until.day {
				until.at = until.at.Truncate(24 * time.Hour)
			}
			r.until = &until
			return true
		}),
	},
	{
		name:    "a DTSTART after UNTIL is no instance",
		because: "section 3.8.5.3: DTSTART is the first instance",
		change: func(s *series) bool {
			after := slices.ContainsFunc(s.rules, func(r rule) bool {
				return r.until != nil && (s.start.utc || s.start.place != nil) && r.until.inUTC().at.Before(s.start.inUTC().at)
			})
			if after {
				s.excluded = append(s.excluded, s.start)
			}
			return after
		},
	},
	{
		name:    "UNTIL holds with the offset of DTSTART too",
		because: "each instance has the offset of its own date",
		change:  eachRule(untilAtOffset),
	},
	{
		name:    "floating times are UTC when another time of the event is, and an end before the start is refused",
		because: "section 3.3.5: each time has a form of its own",
		refuses: true,
		change:  floatingAsUTC,
	},
	{
		name:    "an override replaces what starts on the date that RECURRENCE-ID is written with",
		because: "section 3.8.4.4: RECURRENCE-ID is an instant",
		change: func(s *series) bool {
			changed := false
			for i, o := range s.overrides {
				if !o.of.day {
					s.overrides[i].of, changed = stamp{at: o.of.at.Truncate(24 * time.Hour), day: true}, true
				}
			}
			return changed
		},
	},
	{
		name:    "an override replaces the last of several starts on a date",
		because: "section 3.8.4.4: RECURRENCE-ID is an instant",
		where: ruledOutSeries(func(s series) bool {
			isSeveral := func(r rule) bool { return len(r.hours) > 0 || len(r.minutes) > 1 }
			return slices.ContainsFunc(s.overrides, func(o override) bool {
				onItsDate := func(d stamp) bool { return d.at.Format(time.DateOnly) == o.of.at.Format(time.DateOnly) }
				return slices.ContainsFunc(s.rules, isSeveral) || slices.ContainsFunc(s.extra, onItsDate)
			})
		}),
	},
	{
		name:    "a rule with an ordinal of two digits is dropped",
		because: "section 3.3.10: ordinals go to 53",
		change: func(s *series) bool {
			before := len(s.rules)
			s.rules = slices.DeleteFunc(s.rules, func(r rule) bool {
				return slices.ContainsFunc(r.days, func(d weekday) bool { return d.n > 9 || d.n < -9 })
			})
			return len(s.rules) < before
		},
	},
	{
		name:    "BYDAY with and without ordinals is what both give",
		because: "section 3.3.10: a list, each value of which gives days",
		change:  eachRule(bothWeekdays),
	},
	{
		name:    "BYWEEKNO without BYDAY is all days of the week",
		because: "section 3.3.10: what a rule leaves open comes from DTSTART: its weekday in those weeks",
		change: eachRule(func(_ *series, r *rule) bool {
			if len(r.weeks) == 0 || len(r.days) > 0 {
				return false
			}
			for _, name := range weekdays {
				r.days = append(r.days, weekday{name: name})
			}
			return true
		}),
	},
	{
		name:    "BYSETPOS in the first week counts from DTSTART",
		because: "section 3.3.10: the set is that of the whole week",
		where:   ruledOut(func(r rule) bool { return r.freq == "WEEKLY" && len(r.positions) > 0 }),
	},
	{
		name:    "a time that comes twice is the second one",
		because: "section 3.3.5: the first of the two",
		where:   inOverlap,
		change:  endAtSecond,
	},
	{
		name:    "floating times have their length on the wall",
		because: "section 3.8.5.3: an end by DTEND is an exact duration",
		where:   floatingOverChange,
	},
}

// ruledOutSeries leaves a series out that cannot be rewritten.
func ruledOutSeries(is func(series) bool) func(testing.TB, series, span) []calendar.Interval {
	return func(_ testing.TB, s series, window span) []calendar.Interval {
		if is(s) {
			return []calendar.Interval{{Start: window.start, End: window.end}}
		}
		return nil
	}
}

// untilAtOffset writes UNTIL on the wall: an instance must not be after it, neither with its own offset nor with that of DTSTART.
func untilAtOffset(s *series, r *rule) bool {
	if r.until == nil || !r.until.utc || s.start.place == nil {
		return false
	}
	_, atStart := s.start.inUTC().at.In(s.start.location()).Zone()
	_, atUntil := r.until.at.In(s.start.location()).Zone()
	until := stamp{at: r.until.at.Add(time.Duration(min(atStart, atUntil)) * time.Second)}
	r.until = &until
	return true
}

func floatingAsUTC(s *series) bool {
	isFloating := func(d stamp) bool { return !d.utc && !d.day && d.place == nil }
	isUTC := func(d stamp) bool { return d.utc }
	if !isFloating(s.start) || (!slices.ContainsFunc(s.excluded, isUTC) && (s.end == nil || !s.end.utc)) {
		return false
	}
	s.start.utc = true
	if s.end != nil {
		end := stamp{at: s.end.at, utc: true}
		s.end = &end
	}
	for _, list := range [][]stamp{s.excluded, s.extra} {
		for i := range list {
			list[i].utc = !list[i].day
		}
	}
	return true
}

// bothWeekdays keeps the ordinals of BYDAY whose weekday is there without one too. A rule that keeps none gives nothing.
func bothWeekdays(_ *series, r *rule) bool {
	var plain []string
	for _, d := range r.days {
		if d.n == 0 {
			plain = append(plain, d.name)
		}
	}
	if len(plain) == 0 || len(plain) == len(r.days) {
		return false
	}
	r.days = slices.DeleteFunc(r.days, func(d weekday) bool { return d.n == 0 || !slices.Contains(plain, d.name) })
	if len(r.days) == 0 {
		r.months, r.days, r.monthDays = []int{2}, nil, []int{30} // never
	}
	return true
}
