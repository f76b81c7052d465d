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
	begin       int    // of its text
	body        []byte // its text, without BEGIN: definitions that are written the same are the same zone
}

// observance is a STANDARD or a DAYLIGHT: the onsets from which an offset is in force.
type observance struct {
	start    moment
	from, to int64 // seconds east of Greenwich
	hasFrom  bool
	hasTo    bool
	lists    []list
}

// change is an onset with the offset before it.
type change struct {
	onset
	from int64
}

const (
	// maxOnsets bounds the changes of one zone: since 1900 there are 250, two a year.
	maxOnsets = 5000
	// maxFeedOnsets bounds those of all zones of a feed: every zone that Outlook knows, and as many again.
	maxFeedOnsets = 100_000
	// firstOnset is the year before which a rule is not followed. Outlook's begin in 1601, and nothing is measured there.
	firstOnset = 1900
	// zoneMargin is how far beyond the window a zone is followed: overrides and ends of rules are looked up there.
	zoneMargin = 400 * day
	// minOnsets is the least distance of two changes; of those that are closer the later one holds. The closest that any place has
	// had are four days apart, and a local time has to be compared with few.
	minOnsets = 3 * day
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
		o.lists = r.appendRule(o.lists, listRule, line, end, number)
	case "RDATE":
		o.lists = r.appendDates(o.lists, listDates, line, end, number)
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

// definedZone evaluates a definition once, and those that are written the same. It returns nil, with a warning, when it cannot be
// used.
func (r *reader) definedZone(d *definition) *zone {
	z, ok := r.zones.written[string(d.body)]
	if !ok {
		z = r.evaluateZone(d)
		r.zones.written[string(d.body)] = z
	}
	if z == nil {
		r.warn(nil, d.line, CodeZone, "the definition of the zone %q cannot be followed", foreign(d.id))
	}
	return z
}

func (r *reader) evaluateZone(d *definition) *zone {
	r.changes = r.changes[:0]
	whole := true
	for i := range d.observances {
		o := &d.observances[i]
		if !o.hasFrom || !o.hasTo || o.start.form == formNone {
			whole = false
			continue
		}
		whole = r.eachOnset(o, func(civil int64) bool {
			r.changes = append(r.changes, change{onset{civil - o.from, o.to}, o.from})
			return len(r.changes) <= maxOnsets
		}) && whole
	}
	n := len(r.changes)
	if n == 0 || n > maxOnsets || r.zones.onsets+n > maxFeedOnsets || !whole {
		return nil
	}
	r.zones.onsets += n
	slices.SortStableFunc(r.changes, func(a, b change) int { return compare(a.at, b.at) })
	z := &zone{before: r.changes[0].from, onsets: make([]onset, 0, n)}
	for _, c := range r.changes {
		if n := len(z.onsets); n > 0 && c.at < z.onsets[n-1].at+minOnsets {
			z.onsets[n-1].offset = c.offset
			continue
		}
		z.onsets = append(z.onsets, c.onset)
	}
	return z
}

// eachOnset calls f with the local times, read with the offset before, at which an observance begins. whole is false when
// some are missing.
func (r *reader) eachOnset(o *observance, f func(civil int64) bool) (whole bool) {
	whole = f(o.start.at)
	from, to := max(o.start.at, daysOf(firstOnset, 1, 1)*day), r.window.end+zoneMargin
	w := &r.zoneWalk
	for _, l := range o.lists {
		if l.kind == listDates {
			whole = eachValue(l.text, func(v []byte) bool {
				m, _, ok := parseMoment(v)
				return ok && f(m.at)
			}) == nil && whole
			continue
		}
		rule, _, err := parseRule(l.text)
		if err != nil || r.budget <= 0 {
			return false
		}
		steps := min(r.budget, ruleBudget)
		before := steps
		last := lastOf(&rule, o.from)
		whole = w.prepare(rule, o.start, &steps) && whole
		if _, done := w.each(from, to, last, &steps, func(civil int64) bool { return civil == o.start.at || f(civil) }); !done {
			whole = false
		}
		r.budget -= before - steps
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
