package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// rule is an RRULE in the parts that it is made of.
type rule struct {
	freq      string
	interval  int
	count     int
	until     *stamp
	weekStart string
	days      []weekday
	months    []int
	monthDays []int
	yearDays  []int
	weeks     []int
	hours     []int
	minutes   []int
	positions []int
}

// weekday is one value of BYDAY; n is 0 without an ordinal.
type weekday struct {
	n    int
	name string
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func nameOf(at time.Time) string { return weekdays[at.Weekday()] }

// String writes the rule as the value of an RRULE.
func (r rule) String() string {
	parts := []string{"FREQ=" + r.freq}
	if r.interval > 1 {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", r.interval))
	}
	if r.count > 0 {
		parts = append(parts, fmt.Sprintf("COUNT=%d", r.count))
	}
	if r.until != nil {
		parts = append(parts, "UNTIL="+r.until.value())
	}
	if r.weekStart != "" {
		parts = append(parts, "WKST="+r.weekStart)
	}
	var days []string
	for _, d := range r.days {
		if d.n != 0 {
			days = append(days, fmt.Sprintf("%d%s", d.n, d.name))
		} else {
			days = append(days, d.name)
		}
	}
	if len(days) > 0 {
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	for _, list := range []struct {
		name   string
		values []int
	}{
		{"BYMONTH", r.months},
		{"BYMONTHDAY", r.monthDays},
		{"BYYEARDAY", r.yearDays},
		{"BYWEEKNO", r.weeks},
		{"BYHOUR", r.hours},
		{"BYMINUTE", r.minutes},
		{"BYSETPOS", r.positions},
	} {
		if len(list.values) > 0 {
			parts = append(parts, list.name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(list.values), " ", ","), "[]"))
		}
	}
	return strings.Join(parts, ";")
}

// some draws one to n different values, sorted.
func some(rng *rand.Rand, n int, from ...int) []int {
	var drawn []int
	for range 1 + rng.IntN(n) {
		drawn = append(drawn, from[rng.IntN(len(from))])
	}
	slices.Sort(drawn)
	return slices.Compact(drawn)
}

// chance is true once in n times.
func chance(rng *rand.Rand, n int) bool { return rng.IntN(n) == 0 }

// randomRule writes a rule for a series that begins at start. Mostly start is one of its instances, as programs write it.
func randomRule(rng *rand.Rand, start stamp, window span) rule {
	r := rule{freq: []string{"DAILY", "WEEKLY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"}[rng.IntN(7)], interval: 1}
	if chance(rng, 3) {
		r.interval = 1 + rng.IntN(4)
	}
	switch r.freq {
	case "DAILY":
		if chance(rng, 4) {
			r.months = some(rng, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
		}
		if chance(rng, 5) {
			r.days = randomWeekdays(rng, start.at, false)
		}
	case "WEEKLY":
		if !chance(rng, 4) {
			r.days = randomWeekdays(rng, start.at, false)
		}
		if chance(rng, 3) {
			r.weekStart = []string{"MO", "SU", "SA", "WE"}[rng.IntN(4)]
		}
	case "MONTHLY":
		r.monthly(rng, start.at)
	case "YEARLY":
		r.yearly(rng, start.at)
	}
	if !start.day && r.freq != "YEARLY" && chance(rng, 10) {
		r.hours = some(rng, 3, 0, 2, 8, 9, 14, 23)
		if chance(rng, 2) {
			r.minutes = some(rng, 2, 0, 30)
		}
	}
	if (len(r.days) > 1 || len(r.monthDays) > 1) && chance(rng, 4) {
		r.positions = some(rng, 2, 1, 2, 3, -1, -2)
	}
	r.end(rng, start, window)
	return r
}

func (r *rule) monthly(rng *rand.Rand, start time.Time) {
	switch rng.IntN(4) {
	case 0: // DTSTART's day of the month
	case 1:
		r.monthDays = some(rng, 3, start.Day(), 1, 13, 28, 29, 30, 31, -1, -2, -28, -31)
	case 2:
		r.days = randomWeekdays(rng, start, true)
	case 3:
		r.days = randomWeekdays(rng, start, false)
		if chance(rng, 3) {
			r.monthDays = some(rng, 5, 1, 2, 3, 4, 5, 6, 7, 13)
		}
	}
	if chance(rng, 6) {
		r.months = some(rng, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	}
}

func (r *rule) yearly(rng *rand.Rand, start time.Time) {
	r.interval = 1 + rng.IntN(2)
	switch rng.IntN(6) {
	case 0: // DTSTART's day
	case 1:
		r.months = some(rng, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
		if chance(rng, 2) {
			r.monthDays = some(rng, 2, start.Day(), 1, 29, 31, -1)
		}
	case 2:
		r.months = some(rng, 6, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
		r.days = randomWeekdays(rng, start, true)
	case 3:
		r.days = []weekday{{n: 1 + rng.IntN(52), name: nameOf(start)}, {n: -1 - rng.IntN(52), name: nameOf(start)}}
	case 4:
		r.yearDays = some(rng, 5, start.YearDay(), 1, 59, 60, 100, 200, 300, 365, 366, -1, -366)
	case 5:
		r.weeks = some(rng, 6, 1, 10, 13, 20, 22, 30, 40, 44, 52, 53, -1)
		if chance(rng, 2) {
			r.days = randomWeekdays(rng, start, false)
		}
	}
}

// randomWeekdays draws values of BYDAY, most often with the start's own among them.
func randomWeekdays(rng *rand.Rand, start time.Time, ordinal bool) []weekday {
	var list []weekday
	if !chance(rng, 4) {
		d := weekday{name: nameOf(start)}
		if ordinal {
			d.n = (start.Day()-1)/7 + 1
		}
		list = append(list, d)
	}
	for len(list) == 0 || chance(rng, 2) {
		d := weekday{name: weekdays[rng.IntN(7)]}
		if ordinal && !chance(rng, 4) {
			d.n = []int{1, 2, 3, 4, 5, -1, -2, -5}[rng.IntN(8)]
		}
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// end ends one rule in two, by COUNT or by UNTIL in one of the forms that programs write.
func (r *rule) end(rng *rand.Rand, start stamp, window span) {
	switch rng.IntN(4) {
	case 0:
		r.count = 1 + rng.IntN(40)
		if chance(rng, 4) {
			r.count = 1 + rng.IntN(2000)
		}
	case 1:
		days := int(window.end.Sub(start.at).Hours()/24) + 1
		last := start.at.AddDate(0, 0, rng.IntN(max(days, 1)))
		if chance(rng, 2) {
			last = window.start.AddDate(0, 0, rng.IntN(56))
			last = time.Date(last.Year(), last.Month(), last.Day(), start.at.Hour(), start.at.Minute(), 0, 0, time.UTC)
		}
		until := start.moved(last)
		switch n := rng.IntN(6); {
		case start.day, n == 0:
			until = stamp{at: last, day: true}
		case n == 1:
			until = stamp{at: last, utc: start.utc} // on the wall of DTSTART
		default:
			until = until.inUTC()
		}
		r.until = &until
	}
}
