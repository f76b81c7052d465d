package calendar

import "math/bits"

// regular tells whether all periods have the same number of instances.
func (w *walk) regular() bool {
	r := &w.rule
	switch {
	case r.freq > weekly:
		return r.regularMonths()
	case r.freq == weekly:
		return r.months == 0 && !r.hasMonthDays() && !r.hasYearDays && !r.hasWeeks()
	case !w.days.everything:
		return false
	}
	return (r.freq > hourly || r.hours == 0) && (r.freq > minutely || r.minutes == 0) && (r.freq > secondly || r.seconds == 0)
}

// regularMonths tells whether all months, or the same ones of all years, have the same number of instances: days that every month
// has, counted from one end. From both ends two can be one day, as the 15th and the 14th to last of a February.
func (r *rule) regularMonths() bool {
	if r.hasYearDays || r.hasWeeks() || r.hasPositions || r.skip != skipOmit || r.weekdays != 0 || r.hasOrdinals == r.hasMonthDays() {
		return false
	}
	if r.freq == monthly && r.months != 0 {
		return false // months that are left out have no instance
	}
	if r.hasMonthDays() {
		const shortest = 28
		return (r.monthDays[fromStart] == 0 || r.monthDays[fromEnd] == 0) && max(bits.Len32(r.monthDays[fromStart]), bits.Len32(r.monthDays[fromEnd])) <= shortest+1
	}
	if r.freq == yearly && r.months == 0 {
		return false // weekdays of the year
	}
	const fewest = 4 // of a weekday in a month
	sides := [2]int{}
	for weekday := range r.ordinals {
		for side, set := range r.ordinals[weekday] {
			sides[side] = max(sides[side], bits.Len64(set))
		}
	}
	return (sides[fromStart] == 0 || sides[fromEnd] == 0) && max(sides[fromStart], sides[fromEnd]) <= fewest+1
}

// dense returns the first and the final start within a span, not after last, of a rule of periods shorter than a day that has
// one instance in every period, at most length apart. ok is false for other rules; first is after final when there are no starts.
func (w *walk) dense(within span, last, length int64) (first, final int64, ok bool) {
	if w.rule.freq >= daily || !w.regular() || len(w.times) != 1 || w.rule.hasPositions || w.step > length {
		return 0, 0, false
	}
	zero := w.origin + int64(w.times[0]) // of period 0
	earliest := ceilDiv(w.start-zero, w.step)
	from := max(earliest, ceilDiv(within.start-zero, w.step))
	to := floorDiv(min(within.end-1, last)-zero, w.step)
	if w.rule.count > 0 {
		to = min(to, earliest+w.rule.count-1)
	}
	return zero + from*w.step, zero + to*w.step, true
}

// countBefore counts the instances of a regular rule before a period.
func (w *walk) countBefore(period int64, budget *int64) (counted, next int64) {
	if period < 2 {
		return 0, 0
	}
	first, each := int64(0), int64(0)
	w.period(0, budget, func(at int64) bool {
		if at >= w.start {
			first++
		}
		return *budget > 0
	})
	w.period(1, budget, func(int64) bool { each++; return *budget > 0 })
	return first + (period-1)*each, period
}

// nextAllowed returns the first period from the given one on whose day, hour and minute the rule allows, of periods
// shorter than a day. It returns the one it got to when it passes to or the budget is used up.
func (w *walk) nextAllowed(period, to int64, budget *int64) int64 {
	r := &w.rule
	for ; *budget > 0; *budget-- {
		at := w.origin + period*w.step
		if at >= to {
			return period
		}
		date := floorDiv(at, day)
		second := at - date*day
		var next int64
		switch {
		case !w.days.allows(date):
			next = w.nextDay(date) * day
		case r.hours != 0 && r.hours&(1<<(second/hour)) == 0:
			next = floorDiv(at, hour)*hour + hour
		case r.freq <= minutely && r.minutes != 0 && r.minutes&(1<<(second/minute%60)) == 0:
			next = floorDiv(at, minute)*minute + minute
		case r.freq == secondly && r.seconds != 0 && r.seconds&(1<<(second%60)) == 0:
			next = at + 1
		default:
			return period
		}
		w.pay(budget)
		period = ceilDiv(next-w.origin, w.step)
	}
	return period
}

// nextDay returns the day after a day that is not allowed: at once the first of the next month when the month has none.
func (w *walk) nextDay(date int64) int64 {
	year, month, _ := dateOf(date)
	if w.days.mask(year, month) != 0 {
		return date + 1
	}
	return daysOf(year, month, 1) + int64(daysInMonth(year, month))
}
