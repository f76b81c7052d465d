package calendar

import (
	"bytes"
	"slices"
)

// evaluateEvents evaluates events that belong together by their UID: series, what changes them, and single events.
func (r *reader) evaluateEvents(events []event) {
	const noNext = -1
	last := map[string]int32{}
	head := make([]bool, len(events)) // the first event of its UID
	for i := range events {
		e := &events[i]
		e.next, head[i] = noNext, true
		if e.vague && e.start.form == formTime {
			at := r.zone(e.start.zone, e.uid, e.line).utc(e.start.at)
			e.start = moment{at: floorDiv(r.zones.owner.local(at), day) * day, zone: zoneOwner, form: formDay}
		}
		if len(e.uid) == 0 {
			continue
		}
		if before, ok := last[string(e.uid)]; ok {
			events[before].next, head[i] = int32(i), false
		}
		last[string(e.uid)] = int32(i)
	}
	var group []*event
	for i := range events {
		if !head[i] {
			continue
		}
		group = group[:0]
		for j := int32(i); j != noNext; j = events[j].next {
			group = append(group, &events[j])
		}
		r.evaluateGroup(group)
	}
}

// evaluateGroup evaluates the events of one UID. Of several without RECURRENCE-ID those with the highest SEQUENCE hold: that
// is one event in a later version (RFC 5545 section 3.8.7.4). Where they are level, all hold.
func (r *reader) evaluateGroup(group []*event) {
	r.behind(group[0].uid)
	if len(group) == 1 {
		r.expand(group[0], nil)
		return
	}
	highest := 0
	var master *event
	for _, e := range group {
		if e.recurrence.form == formNone && (master == nil || e.sequence > highest) {
			master, highest = e, e.sequence
		}
	}
	if r.plan != nil && master != nil {
		inheritWho(group, master)
	}
	o := r.overridesOf(group, master)
	for _, e := range group {
		if e.recurrence.form == formNone && e.sequence == highest {
			r.expand(e, o)
		}
	}
	for _, e := range o.events {
		r.expand(e, nil)
	}
}

// overrides are the instances that other events of the same UID replace (RFC 5545 section 3.8.4.4).
type overrides struct {
	events   []*event // those that hold
	instants []int64  // replaced, UTC, sorted
	days     []int64  // replaced as a whole, sorted
	allDays  []int64  // the days of all of them, for a series of whole days, sorted
	futures  []future // sorted by from
	reach    span     // local times at which an instance must start for its future one to touch the window
}

// future is an event with RANGE=THISANDFUTURE: the instances after it are what it is (RFC 5545 section 3.2.13).
type future struct {
	from  int64 // the civil time it replaces, in the zone of the series
	event *event
	shape shape
}

// overridesOf collects the events with a RECURRENCE-ID. Of several for one instance the highest SEQUENCE holds; where they
// are level, all hold.
func (r *reader) overridesOf(group []*event, master *event) *overrides {
	o := &overrides{}
	type key struct {
		at   int64
		form form
	}
	highest := map[key]int{}
	keyOf := func(e *event) key {
		m := e.recurrence
		if m.form == formDay {
			return key{m.day(), formDay}
		}
		return key{r.instant(m, master, e), formTime}
	}
	for _, e := range group {
		if e.recurrence.form == formNone {
			continue
		}
		k := keyOf(e)
		if before, ok := highest[k]; !ok || e.sequence > before {
			highest[k] = e.sequence
		}
	}
	for _, e := range group {
		if e.recurrence.form == formNone {
			continue
		}
		k := keyOf(e)
		if highest[k] != e.sequence {
			continue
		}
		o.events = append(o.events, e)
		if k.form == formDay {
			o.days = append(o.days, k.at)
		} else {
			o.instants = append(o.instants, k.at)
		}
		o.allDays = append(o.allDays, r.dayFor(e.recurrence))
		if e.future && master != nil {
			o.addFuture(r.futureOf(e, master), r.window)
		}
	}
	slices.Sort(o.instants)
	slices.Sort(o.days)
	slices.Sort(o.allDays)
	slices.SortStableFunc(o.futures, func(a, b future) int { return compare(a.from, b.from) })
	return o
}

func (o *overrides) addFuture(f future, window span) {
	shift := f.event.start.at - f.from
	reach := span{window.start - shift - f.shape.longest() - 2*maxOffset, window.end - shift + 2*maxOffset}
	if len(o.futures) == 0 {
		o.reach = reach
	}
	o.reach = span{min(o.reach.start, reach.start), max(o.reach.end, reach.end)}
	o.futures = append(o.futures, f)
}

func (r *reader) futureOf(e, master *event) future {
	f := future{event: e, shape: r.shapeOf(e)}
	switch m := e.recurrence; {
	case master.start.form == formDay:
		f.from = r.dayFor(m) * day
	case m.form == formDay:
		f.from = m.at + (master.start.at - master.start.day()*day) // at the series' time of day
	default:
		f.from = r.zone(master.start.zone, master.uid, master.line).local(r.instant(m, master, e))
	}
	return f
}

// instant returns the instant of a date with time. One without a zone is read on the wall of the series it belongs to,
// which may be nil.
func (r *reader) instant(m moment, master, e *event) int64 {
	zone := m.zone
	if master != nil && r.isFloating(zone) && master.start.form == formTime {
		zone = master.start.zone
	}
	return r.zone(zone, e.uid, e.line).utc(m.at)
}

// dayFor returns the day of a series of whole days that a moment names: its date as it is written, or, of a time in UTC that
// is not midnight, the owner's date.
func (r *reader) dayFor(m moment) int64 {
	if m.form == formTime && m.zone == zoneUTC && m.at != m.day()*day {
		return floorDiv(r.zones.owner.local(m.at), day)
	}
	return m.day()
}

// eachDate calls f with the values of a list of dates and warns of those that f does not take.
func (r *reader) eachDate(e *event, l list, f func(v []byte) bool) {
	_ = eachValue(l.text, func(v []byte) bool {
		if !f(v) && len(r.warnings) < maxWarnings {
			r.warn(e.uid, l.line, CodeDate, "%q is no date", foreign(v))
		}
		return true
	})
}

// listMoment reads one value of a list whose zone is known.
func (r *reader) listMoment(v []byte, zone int32) (moment, bool) {
	m, utc, ok := parseMoment(v)
	switch {
	case m.form == formDay:
		m.zone = zoneOwner
	case utc:
		m.zone = zoneUTC
	default:
		m.zone = zone
	}
	return m, ok
}

// period reads a PERIOD: two times, or a time and a duration (RFC 5545 section 3.3.9). A floating start is read in the
// given zone.
func (r *reader) period(v []byte, listZone, floating int32, uid []byte, line int) (span, bool) {
	first, second, _ := bytes.Cut(v, []byte("/"))
	start, ok := r.listMoment(first, listZone)
	if !ok {
		return span{}, false
	}
	zoneOf := func(m moment) *zone {
		if r.isFloating(m.zone) {
			return r.zone(floating, uid, line)
		}
		return r.zone(m.zone, uid, line)
	}
	z := zoneOf(start)
	s := span{start: z.utc(start.at)}
	if end, ok := r.listMoment(second, listZone); ok {
		s.end = zoneOf(end).utc(end.at)
		return s, true
	}
	l, negative, ok := parseLength(second)
	s.end = z.utc(start.at+l.days*day) + l.seconds
	return s, ok && !negative
}

func (r *reader) isFloating(zone int32) bool {
	return zone > zoneOwner && r.zones.uses[zone].key.id == ""
}
