package calendar

import (
	"bytes"
	"errors"
	"slices"
)

// instances takes the instances of one series.
type instances struct {
	r         *reader
	event     *event
	shape     shape
	overrides *overrides
	within    span // local times at which an instance must start to touch the window

	// What EXDATE and EXRULE take out, sorted.
	outInstants []int64 // UTC
	outDays     []int64
}

// add takes the instance that starts at a local time, unless it is excluded or overridden.
func (i *instances) add(civil int64) {
	i.addAt(civil, i.shape.zone.utc(civil))
}

// addAt is add for one of the two instants of a local time that comes twice.
func (i *instances) addAt(civil, start int64) {
	if i.gone(civil, start) {
		return
	}
	if f := i.futureAt(civil); f != nil {
		i.r.takeInstance(&f.shape, f.shape.class, f.event.start.at+civil-f.from)
		return
	}
	if i.shape.class != classFree {
		i.r.takeFrom(&i.shape, i.shape.class, civil, start)
	}
}

func (i *instances) gone(civil, start int64) bool {
	date := floorDiv(civil, day)
	if has(i.outDays, date) || has(i.outInstants, start) {
		return true
	}
	o := i.overrides
	switch {
	case o == nil:
		return false
	case i.event.start.form == formDay:
		return has(o.allDays, date)
	}
	return has(o.instants, start) || has(o.days, date)
}

func has(sorted []int64, n int64) bool {
	if len(sorted) == 0 {
		return false
	}
	_, found := slices.BinarySearch(sorted, n)
	return found
}

// futureAt returns the THISANDFUTURE that rules an instance, nil for none.
func (i *instances) futureAt(civil int64) *future {
	if i.overrides == nil || len(i.overrides.futures) == 0 {
		return nil
	}
	futures := i.overrides.futures
	n, _ := slices.BinarySearchFunc(futures, civil, func(f future, at int64) int { return compare(f.from, at) })
	if n == 0 {
		return nil
	}
	return &futures[n-1]
}

// exclude reads EXDATE and EXRULE. A date takes out all that starts on it; a time is an instant (RFC 5545 section 3.8.5.1). An
// EXRULE that cannot be followed takes nothing out: the time is rather busy.
func (i *instances) exclude() {
	r, e := i.r, i.event
	for l := range e.each(listExceptionDates) {
		r.eachDate(e, l, func(v []byte) bool {
			m, ok := r.listMoment(v, l.zone)
			switch {
			case !ok:
				return false
			case m.at < i.within.start-2*day || m.at > i.within.end+2*day:
			case m.form == formDay || e.start.form == formDay:
				i.outDays = append(i.outDays, r.dayFor(m))
			default:
				i.outInstants = append(i.outInstants, r.instant(m, e, e))
			}
			return true
		})
	}
	distinct := len(i.outInstants)
	for l := range e.each(listExceptionRule) {
		if len(i.outInstants) > 2*distinct { // rules that repeat each other
			slices.Sort(i.outInstants)
			i.outInstants = slices.Compact(i.outInstants)
			distinct = len(i.outInstants)
		}
		if err := i.prepare(l); err != nil {
			r.warn(e.uid, l.line, CodeRulePart, "an EXRULE cannot be followed and takes nothing out: %v", err)
			continue
		}
		i.follow(func(civil int64) {
			if e.start.form == formDay {
				i.outDays = append(i.outDays, floorDiv(civil, day))
			} else {
				i.outInstants = append(i.outInstants, i.shape.zone.utc(civil))
			}
		})
	}
	slices.Sort(i.outInstants)
	slices.Sort(i.outDays)
}

var (
	errDayOnly = errors.New("FREQ is shorter than the day that DTSTART is")
	errBudget  = errors.New("the rules of the feed give too much to count")
)

// prepare sets the reader's walk out on a rule. An error means that the rule must not be followed.
func (i *instances) prepare(l list) error {
	r, e := i.r, i.event
	if r.budget <= 0 {
		return errBudget
	}
	rule, ignored, err := parseRule(l.text)
	if err != nil {
		return err
	}
	if ignored != "" {
		r.warn(e.uid, l.line, CodeRulePart, "the part %q of a rule is ignored", ignored)
	}
	if !r.walk.prepare(rule, e.start, &r.budget) {
		return errDayOnly
	}
	return nil
}

// follow calls f with the local times that the prepared rule gives within reach. done is false when the budget ends at the
// local time reached.
func (i *instances) follow(f func(civil int64)) (reached int64, done bool) {
	r, rule := i.r, &i.r.walk.rule
	steps := min(r.budget, ruleBudget)
	before := steps
	exactUntil := rule.untilUTC && i.event.start.form == formTime
	reached, done = r.walk.each(i.within.start, i.within.end, i.last(rule), &steps, func(civil int64) bool {
		if exactUntil && i.shape.zone.utc(civil) > rule.until.at {
			return false
		}
		f(civil)
		return true
	})
	r.budget -= before - steps
	return reached, done
}

// last returns the last local time that UNTIL lets a rule have. A date lets it have that whole day, and an UNTIL in
// UTC of a series of whole days the day that it is written as or that it is for the owner, whichever is later: programs write
// both.
func (i *instances) last(rule *rule) int64 {
	u := rule.until
	switch {
	case u.form == formNone:
		return farFuture
	case i.event.start.form == formDay && rule.untilUTC:
		return max(u.day(), floorDiv(i.shape.zone.local(u.at), day))*day + day - 1
	case u.form == formDay || i.event.start.form == formDay:
		return u.day()*day + day - 1
	case rule.untilUTC:
		return i.shape.zone.local(u.at) + day // follow looks at the instant
	}
	return u.at
}

// addRule takes the instances that a rule gives.
func (i *instances) addRule(l list) {
	r := i.r
	switch err := i.prepare(l); {
	case errors.Is(err, errBudget):
		i.overBudget(l, i.within.start)
		return
	case err != nil:
		r.warn(i.event.uid, l.line, CodeRule, "a rule cannot be followed; its time of day is unknown from DTSTART on: %v", err)
		i.unknownDaily()
		return
	}
	if i.addDense() {
		return
	}
	shorter := r.walk.rule.freq < daily
	reached, done := i.follow(func(civil int64) {
		i.add(civil)
		if shorter { // every hour means also the one that comes twice
			if first, second := i.shape.zone.both(civil); first != second {
				i.addAt(civil, second)
			}
		}
	})
	if !done {
		i.overBudget(l, reached)
	}
}

// overBudget marks all time from a local time on as unknown.
func (i *instances) overBudget(l list, reached int64) {
	i.r.warn(i.event.uid, l.line, CodeBudget, "a rule gives too much to count; the rest is unknown")
	from := max(reached, i.event.start.at, i.within.start)
	i.r.take(classUnknown, i.shape.zone.utc(from), i.r.window.end)
}

// addDense takes the instances of a rule at once when each begins before the one before it ends and none is missing.
func (i *instances) addDense() bool {
	if i.r.plan != nil || i.overrides != nil || len(i.outInstants) > 0 || len(i.outDays) > 0 || i.shape.length.days > 0 {
		return false
	}
	last := i.last(&i.r.walk.rule)
	if i.r.walk.rule.untilUTC {
		last -= day
	}
	first, final, ok := i.r.walk.dense(i.within, last, i.shape.length.seconds)
	if ok && first <= final {
		i.r.take(i.shape.class, i.shape.zone.utc(first), i.shape.zone.utc(final)+i.shape.length.seconds)
	}
	return ok
}

// unknownDaily marks the event's time of day as unknown on every day after DTSTART.
func (i *instances) unknownDaily() {
	r := i.r
	if i.shape.longest() >= day {
		r.take(classUnknown, i.shape.zone.utc(i.event.start.at+day), r.window.end)
		return
	}
	skipped := max(1, ceilDiv(i.within.start-i.event.start.at, day))
	for civil := i.event.start.at + skipped*day; civil < i.within.end; civil += day {
		if r.budget--; r.budget < 0 {
			r.take(classUnknown, i.shape.zone.utc(civil), r.window.end)
			return
		}
		r.takeInstance(&i.shape, classUnknown, civil)
	}
}

// addDates takes the instances of RDATE: times, days, or periods with an end of their own (RFC 5545 section 3.8.5.2).
func (i *instances) addDates(l list) {
	r, e := i.r, i.event
	r.eachDate(e, l, func(v []byte) bool {
		if bytes.IndexByte(v, '/') >= 0 {
			s, ok := r.period(v, l.zone, e.start.zone, e.uid, l.line)
			if ok && !i.gone(i.shape.zone.local(s.start), s.start) {
				r.take(i.shape.class, s.start, s.end)
			}
			return ok
		}
		m, ok := r.listMoment(v, l.zone)
		switch {
		case !ok:
			return false
		case m.at < i.within.start-2*day || m.at > i.within.end+2*day:
		case e.start.form == formDay:
			i.add(r.dayFor(m) * day)
		case m.form == formDay:
			i.add(m.at + e.start.at - e.start.day()*day) // at the time of day that the series has
		default:
			start := r.instant(m, e, e)
			i.addAt(i.shape.zone.local(start), start)
		}
		return true
	})
}
