package calendar

import (
	"math/bits"
	"slices"
)

// walk follows a rule from its DTSTART through its periods: years, months, weeks, days, hours, minutes or seconds of the
// rule's INTERVAL. Periods before the window are passed over by arithmetic, and every period and every instance costs a step of
// a budget, so that no rule can hold up the reading.
type walk struct {
	rule   rule // with what DTSTART adds (RFC 5545 section 3.3.10)
	days   days
	start  int64 // DTSTART, civil seconds
	origin int64 // of period 0: a year, a month since year 0, or the civil seconds of its start
	step   int64 // from one period to the next, in the same unit
	times  []int32
	bases  []int64 // civil seconds to which times are added, of the period looked at
	picked []int
	moved  int64 // the day that SKIP=FORWARD put in place of one that does not exist
}

const (
	// cheapSteps is the number of times or weeks that are listed at the cost of one step.
	cheapSteps = 8
	// ruleSteps is what it costs to set out on a rule, however little it gives.
	ruleSteps = 8
)

// prepare sets out a rule from a DTSTART. A DTSTART that is a DATE knows no parts of a day; ok is false for a rule
// that needs them.
func (w *walk) prepare(r rule, start moment, budget *int64) (ok bool) {
	if start.form == formDay {
		if r.freq < daily {
			return false
		}
		r.hours, r.minutes, r.seconds = 0, 0, 0
	}
	w.rule, w.start, w.moved = r, start.at, farPast
	w.addDefaults()
	w.days = newDays(&w.rule)
	w.setPeriod()
	w.setTimes()
	*budget -= ruleSteps + int64(len(w.times))/cheapSteps
	return true
}

// addDefaults takes what a rule leaves open from DTSTART (section 3.3.10).
func (w *walk) addDefaults() {
	r := &w.rule
	date, second := floorDiv(w.start, day), w.start-floorDiv(w.start, day)*day
	_, month, dayOfMonth := dateOf(date)
	weekday := uint8(1) << weekdayOf(date)
	switch {
	case r.freq == yearly && r.hasWeeks():
		if !r.hasWeekdays() && !r.hasMonthDays() && !r.hasYearDays {
			r.weekdays = weekday
		}
	case r.freq == yearly && !r.hasYearDays && !r.hasWeekdays():
		if r.months == 0 {
			r.months = 1 << month
		}
		if !r.hasMonthDays() {
			r.monthDays[fromStart] = 1 << dayOfMonth
		}
	case r.freq == monthly && !r.hasMonthDays() && !r.hasYearDays && !r.hasWeekdays():
		r.monthDays[fromStart] = 1 << dayOfMonth
	case r.freq == weekly && !r.hasWeekdays():
		r.weekdays = weekday
	}
	if r.hours == 0 && r.freq > hourly {
		r.hours = 1 << (second / hour)
	}
	if r.minutes == 0 && r.freq > minutely {
		r.minutes = 1 << (second / minute % 60)
	}
	if r.seconds == 0 && r.freq > secondly {
		r.seconds = 1 << (second % 60)
	}
}

// setPeriod finds period 0, which holds DTSTART.
func (w *walk) setPeriod() {
	date := floorDiv(w.start, day)
	year, month, _ := dateOf(date)
	unit := int64(1)
	switch w.rule.freq {
	case yearly:
		if w.rule.hasWeeks() {
			year = w.firstYear(date, year)
		}
		w.origin = int64(year)
	case monthly:
		w.origin = int64(year)*12 + int64(month) - 1
	case weekly:
		w.origin = (date - int64((weekdayOf(date)-w.rule.weekStart+7)%7)) * day
		unit = week
	case daily:
		w.origin, unit = date*day, day
	case hourly:
		w.origin, unit = floorDiv(w.start, hour)*hour, hour
	case minutely:
		w.origin, unit = floorDiv(w.start, minute)*minute, minute
	default:
		w.origin = w.start
	}
	w.step = unit * w.rule.interval
}

// firstYear returns the year from which a rule with BYWEEKNO counts: that of DTSTART's week when DTSTART is an instance, else that
// of DTSTART's date. Without an INTERVAL it is the earlier of the two, so that nothing is left out.
func (w *walk) firstYear(date int64, year int) int {
	ofWeek, number, weeks := weekOf(date, w.rule.weekStart)
	switch {
	case w.rule.allowsWeek(number, weeks) && w.days.allows(date):
		return ofWeek
	case w.rule.interval == 1:
		return min(year, ofWeek)
	}
	return year
}

// setTimes lists the times within a day or, in shorter periods, within the period.
func (w *walk) setTimes() {
	r := &w.rule
	hours, minutes, seconds := uint64(r.hours), r.minutes, r.seconds
	if r.freq <= hourly {
		hours = 1
	}
	if r.freq <= minutely {
		minutes = 1
	}
	if r.freq == secondly {
		seconds = 1
	}
	w.times = w.times[:0]
	for ; hours != 0; hours &= hours - 1 {
		for m := minutes; m != 0; m &= m - 1 {
			for s := seconds; s != 0; s &= s - 1 {
				at := bits.TrailingZeros64(hours)*hour + bits.TrailingZeros64(m)*minute + bits.TrailingZeros64(s)
				w.times = append(w.times, int32(at))
			}
		}
	}
}

// periodOf returns the last period that begins at a local time or before.
func (w *walk) periodOf(civil int64) int64 {
	at := civil
	if w.rule.freq >= monthly {
		year, month, _ := dateOf(floorDiv(civil, day))
		at = int64(year)
		if w.rule.freq == monthly {
			at = int64(year)*12 + int64(month) - 1
		}
	}
	return floorDiv(at-w.origin, w.step)
}

// startOf returns a local time that no instance of a period lies before.
func (w *walk) startOf(period int64) int64 {
	at := w.origin + period*w.step
	switch {
	case w.rule.freq == yearly && w.rule.hasWeeks():
		return firstWeek(int(at), w.rule.weekStart) * day
	case w.rule.freq == yearly:
		return daysOf(int(at), 1, 1) * day
	case w.rule.freq == monthly:
		return daysOf(int(floorDiv(at, 12)), int(at-floorDiv(at, 12)*12)+1, 1) * day
	}
	return at
}

// each calls yield with the starts in [from, to) that are not after last, in order, until yield returns false. It
// takes its steps from budget; where that does not reach, done is false and the starts from reached on are missing.
func (w *walk) each(from, to, last int64, budget *int64, yield func(civil int64) bool) (reached int64, done bool) {
	to = min(to, last+1)
	from = max(from, w.start)
	counted, period := int64(0), int64(0)
	if from > w.start {
		if w.rule.count == 0 {
			period = max(0, w.periodOf(from)-1)
		} else if w.regular() {
			counted, period = w.countBefore(max(0, w.periodOf(from)-1), budget)
		}
	}
	for ; ; period++ {
		if w.rule.freq < daily {
			period = w.nextAllowed(period, to, budget)
		}
		begin := w.startOf(period)
		if begin >= to || begin >= endOfTime {
			return to, true
		}
		if *budget <= 0 {
			return max(begin, w.start), false
		}
		short := false
		ended := w.period(period, budget, func(at int64) bool {
			if short = *budget < 0; short { // a year can have every second
				reached = max(at, w.start)
				return false
			}
			if at < w.start {
				return true
			}
			if counted++; at >= to || (w.rule.count > 0 && counted > w.rule.count) {
				return false
			}
			return at < from || yield(at)
		})
		switch {
		case short:
			return reached, false
		case ended:
			return to, true
		}
	}
}

// endOfTime is the first second after the last date that can be written.
var endOfTime = daysOf(maxYear+1, 1, 1) * day

// period calls f with the instances of a period in order, also with those before DTSTART, until f returns false.
func (w *walk) period(period int64, budget *int64, f func(at int64) bool) (ended bool) {
	w.setBases(period)
	*budget -= 1 + int64(len(w.bases))/cheapSteps
	w.pay(budget)
	if w.rule.hasPositions {
		return w.atPositions(budget, f)
	}
	for _, base := range w.bases {
		for _, t := range w.times {
			*budget--
			if !f(base + int64(t)) {
				return true
			}
		}
	}
	return false
}

// pay takes what was spent on days from the budget.
func (w *walk) pay(budget *int64) {
	*budget -= w.days.spent / cheapSteps
	w.days.spent = 0
}

// atPositions calls f with the instances that BYSETPOS picks from the whole period.
func (w *walk) atPositions(budget *int64, f func(at int64) bool) (ended bool) {
	all := len(w.bases) * len(w.times)
	w.picked = w.picked[:0]
	for n := 1; n <= min(366, all); n++ {
		if w.rule.positions[fromStart].has(n) {
			w.picked = append(w.picked, n-1)
		}
		if w.rule.positions[fromEnd].has(n) {
			w.picked = append(w.picked, all-n)
		}
	}
	slices.Sort(w.picked)
	for _, i := range slices.Compact(w.picked) {
		*budget--
		if !f(w.bases[i/len(w.times)] + int64(w.times[i%len(w.times)])) {
			return true
		}
	}
	return false
}

// setBases lists the days of a period, or the period itself when it is shorter than a day.
func (w *walk) setBases(period int64) {
	at := w.origin + period*w.step
	w.bases = w.bases[:0]
	switch {
	case w.rule.freq == yearly && w.rule.hasWeeks():
		w.addWeeks(int(at))
	case w.rule.freq == yearly:
		for month := 1; month <= 12; month++ {
			if w.rule.months == 0 || w.rule.months&(1<<month) != 0 {
				w.addMonth(int(at), month)
			}
		}
	case w.rule.freq == monthly:
		year := floorDiv(at, 12)
		w.addMonth(int(year), int(at-year*12)+1)
	case w.rule.freq == weekly:
		for i := range int64(7) {
			w.addDay(at/day + i)
		}
	case w.rule.freq == daily:
		w.addDay(at / day)
	default:
		w.bases = append(w.bases, at)
	}
}

func (w *walk) addDay(date int64) {
	if w.days.allows(date) {
		w.bases = append(w.bases, date*day)
	}
}

func (w *walk) addMonth(year, month int) {
	first := daysOf(year, month, 1)
	for mask := w.days.mask(year, month); mask != 0; mask &= mask - 1 {
		if base := (first + int64(bits.TrailingZeros32(mask))) * day; base != w.moved {
			w.bases = append(w.bases, base)
		}
	}
	if next := first + int64(daysInMonth(year, month)); w.days.overflows(year, month) && w.days.allowsMoved(next) {
		w.moved = next * day
		w.bases = append(w.bases, w.moved)
	}
}

// addWeeks adds the days of a year's weeks: the first and the last reach into the years beside it.
func (w *walk) addWeeks(year int) {
	start, next := firstWeek(year, w.rule.weekStart), firstWeek(year+1, w.rule.weekStart)
	weeks := int((next - start) / 7)
	w.days.spent += int64(weeks)
	for number := 1; number <= weeks; number++ {
		if !w.rule.allowsWeek(number, weeks) {
			continue
		}
		for i := range int64(7) {
			w.addDay(start + int64(number-1)*7 + i)
		}
	}
}
