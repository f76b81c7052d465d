package calendar

import (
	"bytes"
	"slices"
)

// definition is a VTIMEZONE (RFC 5545 section 3.6.5).
type definition struct {
	scope       int
	id          string
	line        int
	observances []observance
	zone        *zone
	done        bool // zone has been computed; it is nil when the definition cannot be used
}

// observance is a STANDARD or a DAYLIGHT: the onsets from which an offset is in force.
type observance struct {
	start        moment
	from, to     int64 // seconds east of Greenwich
	hasFrom      bool
	hasTo        bool
	rules, dates []list
}

const (
	// maxOnsets bounds the changes of one zone: since 1601, as Outlook writes them, there are 850.
	maxOnsets = 5000
	// zoneMargin is how far beyond the window a zone is followed: overrides and ends of rules are looked up there.
	zoneMargin = 400 * day
	// minOnsets is the least distance of two changes; of those that are closer the later one holds.
	minOnsets = hour
)

// zoneProperty reads a property of a VTIMEZONE, a STANDARD or a DAYLIGHT.
func (r *reader) zoneProperty(name, line []byte, end, number int) {
	if r.top() == inZone {
		if string(name) == "TZID" {
			if _, v, ok := r.split(line, end, number); ok {
				r.definition.id = string(bytes.TrimSpace(unescape(unquote(v))))
			}
		}
		return
	}
	o := &r.observance
	switch string(name) {
	case "DTSTART":
		if _, v, ok := r.splitLast(line, end, number); ok {
			o.start, _, _ = parseMoment(v)
		}
	case "TZOFFSETFROM":
		if _, v, ok := r.splitLast(line, end, number); ok {
			o.from, o.hasFrom = parseOffset(v)
		}
	case "TZOFFSETTO":
		if _, v, ok := r.splitLast(line, end, number); ok {
			o.to, o.hasTo = parseOffset(v)
		}
	case "RRULE":
		o.rules = r.appendRule(o.rules, line, end, number)
	case "RDATE":
		o.dates = r.appendDates(o.dates, line, end, number)
	}
}

// parseOffset reads a UTC-OFFSET: "+0100", "-033000" (RFC 5545 section 3.3.14).
func parseOffset(b []byte) (seconds int64, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || (b[0] != '+' && b[0] != '-') {
		return 0, false
	}
	n, ok := digits(b[1:])
	switch len(b) - 1 {
	case 4:
		n *= 100
	case 6:
	default:
		return 0, false
	}
	h, m, s := n/10000, n/100%100, n%100
	if !ok || h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	seconds = int64(h*hour + m*minute + s)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// definedZone evaluates a definition once. It returns nil, with a warning, when nothing of it can be used.
func (r *reader) definedZone(d *definition) *zone {
	if d.done {
		return d.zone
	}
	d.done = true
	type change struct {
		onset
		from int64
	}
	var changes []change
	whole := true
	for i := range d.observances {
		o := &d.observances[i]
		if !o.hasFrom || !o.hasTo || o.start.form == formNone {
			whole = false
			continue
		}
		whole = r.eachOnset(o, func(civil int64) bool {
			changes = append(changes, change{onset{civil - o.from, o.to}, o.from})
			return len(changes) <= maxOnsets
		}) && whole
	}
	if len(changes) == 0 || len(changes) > maxOnsets || !whole {
		r.warn(nil, d.line, CodeZone, "the definition of the zone %q cannot be followed", printable([]byte(d.id)))
		return nil
	}
	slices.SortStableFunc(changes, func(a, b change) int { return compare(a.at, b.at) })
	z := &zone{before: changes[0].from}
	for _, c := range changes {
		if n := len(z.onsets); n > 0 && c.at < z.onsets[n-1].at+minOnsets {
			z.onsets[n-1].offset = c.offset
			continue
		}
		z.onsets = append(z.onsets, c.onset)
	}
	d.zone = z
	return z
}

// eachOnset calls f with the local times, read with the offset before, at which an observance begins. whole is false when
// some are missing.
func (r *reader) eachOnset(o *observance, f func(civil int64) bool) (whole bool) {
	whole = f(o.start.at)
	to := r.window.end + zoneMargin
	var w walk // a series may be using r.walk
	for _, l := range o.rules {
		rule, _, err := parseRule(l.text)
		if err != nil || r.budget <= 0 {
			return false
		}
		steps := min(r.budget, ruleBudget)
		before := steps
		last := lastOf(&rule, o.from)
		whole = w.prepare(rule, o.start, &steps) && whole
		if _, done := w.each(o.start.at, to, last, &steps, func(civil int64) bool { return civil == o.start.at || f(civil) }); !done {
			whole = false
		}
		r.budget -= before - steps
	}
	for _, l := range o.dates {
		whole = eachValue(l.text, func(v []byte) bool {
			m, _, ok := parseMoment(v)
			return ok && f(m.at)
		}) == nil && whole
	}
	return whole
}

// lastOf returns the local time of UNTIL in a zone with one offset; a date is read to its end.
func lastOf(r *rule, offset int64) int64 {
	switch {
	case r.until.form == formNone:
		return farFuture
	case r.until.form == formDay:
		return r.until.at + day - 1
	case r.untilUTC:
		return r.until.at + offset
	}
	return r.until.at
}
