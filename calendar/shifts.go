package calendar

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ShiftOptions say how to read a duty plan.
type ShiftOptions struct {
	Zone *time.Location // the plan's zone, for floating and all-day events; nil is UTC
	// AllDayFrom is the clock time, "08:00", at which a shift of whole days begins on its first day and ends on the day after its
	// last; empty is midnight.
	AllDayFrom string
}

// Shift is one instance of an event in a duty plan. Its interval is in UTC and not clipped.
type Shift struct {
	Interval
	UID       string
	Title     string   // SUMMARY on one line, cut to maxTitle bytes; it may name people, so it belongs in no log
	Addresses []string // of the attendees who have not declined, in lower case
	// Unsure marks what nobody can be on duty by: a tentative shift, one shown as out of office, one whose time or rule cannot be
	// read.
	Unsure bool
}

// ShiftReading is what a duty plan says about the window it was read for.
type ShiftReading struct {
	Shifts   []Shift // that overlap the window, sorted by start
	Warnings []Warning
	Events   int // events that were understood, inside the window or not
}

const (
	// maxShifts bounds what is kept of a window: one every hour of a year, and as much again.
	maxShifts = 1 << 14
	maxTitle  = 200 // bytes: some names and a label
	// maxAddresses bounds the attendees of a shift: a shift that twenty people cover names a meeting.
	maxAddresses = 20
	maxAddress   = 254 // RFC 5321 section 4.5.3.1.3, without its angle brackets
	// shiftSlack is how much longer an instance can take than its shape says: all-day shifts begin up to a day later, and a clock
	// change adds some hours.
	shiftSlack = 2 * day
)

// Shifts reads a feed as Read does those of KindDuty, and keeps its shifts apart: when each is, what it is called and who is
// invited. An instance of a series that says nothing of that has the title and the attendees of the series. A warning or an
// error means what it means for Read; a wrong AllDayFrom is an error too.
//
// It differs from RFC 5545 section 3.8.5.3 in one thing: every shift of a series ends at the clock time at which the first one does, also
// on the night when the clocks change. A duty is handed over by the clock on the wall, and an exact length would leave an hour of
// nobody's.
func Shifts(data []byte, window Interval, o ShiftOptions) (ShiftReading, error) {
	from, err := allDayFrom(o.AllDayFrom)
	if err != nil {
		return ShiftReading{}, err
	}
	text, err := decode(data)
	if err != nil {
		return ShiftReading{}, err
	}
	r := newReader(window, Options{Zone: o.Zone, Kind: KindDuty})
	r.plan = &shiftPlan{allDayFrom: from}
	if err := r.scan(text); err != nil {
		return ShiftReading{}, err
	}
	r.defineZones()
	if len(r.availabilities) > 0 {
		r.warn(r.availabilities[0].uid, r.availabilities[0].line, CodeIgnored, "an availability says nothing about whose a shift is")
		r.availabilities = nil
	}
	r.evaluate()
	return r.shiftReading(), nil
}

// allDayFrom reads "08:00" as seconds after midnight.
func allDayFrom(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	h, m, ok := hoursMinutes(text)
	if !ok || len(text) != len("08:00") || text[2] != ':' || h > 23 || m > 59 {
		return 0, fmt.Errorf("calendar: %q is no clock time for shifts of whole days, 00:00 to 23:59", text)
	}
	return int64(h*hour + m*minute), nil
}

// shiftPlan is what a reader keeps of a duty plan.
type shiftPlan struct {
	allDayFrom int64
	who        *who // of the event at hand
	taken      []takenShift
}

// who is whom the instances of an event name.
type who struct {
	uid       string
	title     string
	addresses []string
}

type takenShift struct {
	span
	who    *who
	unsure bool
}

// shiftShape is what the instances of an event in a duty plan have in common beyond their shape.
type shiftShape struct {
	who    *who
	from   int64 // of whole days: seconds after midnight
	series bool  // there are more than one: they end by the wall
	wall   int64 // of a series: seconds on the wall
}

// shiftShapeOf completes the shape of an event.
func (r *reader) shiftShapeOf(e *event, s *shape) *shiftShape {
	if e.who == nil {
		e.who = &who{}
	}
	if e.who.uid == "" {
		e.who.uid = printable(e.uid)
	}
	shift := &shiftShape{who: e.who, series: e.recurs() || e.future}
	switch {
	case e.vague || s.untilMidnight:
		shift.series = false
	case e.start.form == formDay && s.length.seconds == 0:
		shift.from = r.plan.allDayFrom
		shift.wall = s.length.days * day
	case e.end.form == formTime && (e.end.zone == e.start.zone || r.isFloating(e.end.zone)):
		shift.wall = e.end.at - e.start.at
	case e.end.form != formNone:
		shift.wall = s.zone.local(s.zone.utc(e.start.at)+s.length.seconds) - e.start.at
	default:
		shift.wall = s.longest()
	}
	return shift
}

// takeShift takes the instance that starts at a local time, at one of its instants.
func (r *reader) takeShift(s *shape, c class, civil, start int64) {
	shift := s.shift
	if shift.from > 0 {
		civil += shift.from
		start = s.zone.utc(civil)
	}
	end := start + s.length.seconds
	switch {
	case s.untilMidnight:
		end = s.zone.utc((floorDiv(civil, day) + 1) * day)
	case shift.series:
		if wall := s.zone.utc(civil + shift.wall); wall > start {
			end = wall // else its end is in the hour that is left out, or it is the second of two
		}
	case s.length.days > 0:
		end = s.zone.utc(civil+s.length.days*day) + s.length.seconds
	}
	before := r.plan.who
	r.plan.who = shift.who
	r.take(c, start, end)
	r.plan.who = before
}

// take keeps a shift of the event at hand if it touches the window.
func (p *shiftPlan) take(r *reader, c class, start, end int64) {
	if start >= end || start >= r.window.end || end <= r.window.start || c == classFree || r.crowded {
		return
	}
	if len(p.taken) >= maxShifts {
		r.crowded = true
		return
	}
	r.instances++
	p.taken = append(p.taken, takenShift{span{start, end}, p.who, c != classDuty})
}

// shiftReading returns the result, each shift once.
func (r *reader) shiftReading() ShiftReading {
	list := make([]Shift, 0, len(r.plan.taken))
	for _, t := range r.plan.taken {
		i := Interval{Start: time.Unix(t.start, 0).UTC(), End: time.Unix(t.end, 0).UTC()}
		if !i.Start.Before(r.exact.End) || !r.exact.Start.Before(i.End) {
			continue // the window has fractions of a second
		}
		list = append(list, Shift{Interval: i, UID: t.who.uid, Title: t.who.title, Addresses: t.who.addresses, Unsure: t.unsure})
	}
	if r.crowded {
		r.warn(nil, 0, CodeBudget, "the window holds more than %d shifts; nothing of it is known", maxShifts)
		list = []Shift{{Interval: Interval{Start: r.exact.Start.UTC(), End: r.exact.End.UTC()}, Unsure: true}}
	}
	slices.SortStableFunc(list, func(a, b Shift) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.UID, b.UID), cmp.Compare(a.Title, b.Title))
	})
	list = slices.CompactFunc(list, func(a, b Shift) bool {
		return a.Interval == b.Interval && a.UID == b.UID && a.Title == b.Title && a.Unsure == b.Unsure && slices.Equal(a.Addresses, b.Addresses)
	})
	return ShiftReading{Shifts: list, Warnings: r.warnings, Events: r.count}
}

// inheritWho lets an instance that names nobody have the people of its series.
func inheritWho(group []*event, master *event) {
	for _, e := range group {
		if e.who == nil {
			e.who = master.who
		}
	}
}

// named returns whom the event that is read names, to be added to.
func (r *reader) named() *who {
	if r.event.who == nil {
		r.event.who = &who{}
	}
	return r.event.who
}

// titleProperty reads SUMMARY (RFC 5545 section 3.8.1.12). Of several the first holds.
func (r *reader) titleProperty(line []byte, end, number int) {
	if _, v, ok := r.split(line, end, number); ok && r.named().title == "" {
		r.named().title = titleOf(v)
	}
}

// titleOf returns the text of a title on one line. The end of a line is written \n (RFC 5545 section 3.3.11).
func titleOf(v []byte) string {
	const escaped = 2 * maxTitle // at most one backslash for every character
	if len(v) > escaped+1 {
		v = v[:escaped+1] // printed cuts it once more
	}
	v = bytes.ReplaceAll(v, []byte(`\n`), []byte{' '})
	v = bytes.ReplaceAll(v, []byte(`\N`), []byte{' '})
	v = bytes.ReplaceAll(v, []byte{'\t'}, []byte{' '})
	return strings.Join(strings.Fields(printed(unescape(v), maxTitle)), " ")
}

// attendeeProperty reads ATTENDEE: the address of a person who has not declined (RFC 5545 section 3.8.4.1). Rooms and equipment are
// nobody (section 3.2.3).
func (r *reader) attendeeProperty(line []byte, end, number int) {
	p, v, ok := r.split(line, end, number)
	kind := p.get("CUTYPE")
	if !ok || equalFold(kind, "ROOM") || equalFold(kind, "RESOURCE") || answerOf(p.get("PARTSTAT")) == answerDeclined {
		return
	}
	address := addressOf(v)
	if address == "" {
		address = addressOf(p.get("EMAIL")) // RFC 7986 section 6.2
	}
	if w := r.named(); address != "" && len(w.addresses) < maxAddresses && !slices.Contains(w.addresses, address) {
		w.addresses = append(w.addresses, address)
	}
}

// addressOf returns the mail address of a mailto URI, or of one without its scheme, in lower case; empty for anything else.
func addressOf(v []byte) string {
	if len(v) > len("mailto:") && equalFold(v[:len("mailto:")], "MAILTO:") {
		v = bytes.TrimSpace(v[len("mailto:"):])
	}
	local, domain, ok := bytes.Cut(v, []byte{'@'})
	if !ok || len(v) > maxAddress || len(local) == 0 || len(domain) == 0 || bytes.ContainsAny(v, " :/<>\"") {
		return ""
	}
	return strings.ToLower(printed(v, maxAddress))
}
