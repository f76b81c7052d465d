package calendar

import (
	"iter"
	"slices"
	"strings"
)

// event is a VEVENT or an AVAILABLE, as far as it matters. Its byte slices share memory with the feed.
type event struct {
	uid        []byte
	line       int
	start, end moment // end has no form when DTEND is absent
	length     length
	hasLength  bool
	endBroken  bool   // DTEND or DURATION cannot be read
	noStart    bool   // DTSTART was there and cannot be read
	vague      bool   // only the day is known
	trace      moment // the day of a DTSTART that cannot be read
	// isAvailable tells an AVAILABLE from a VEVENT.
	isAvailable bool
	recurrence  moment
	future      bool // RANGE=THISANDFUTURE
	sequence    int
	status      status
	show        show
	answer      answer
	free        bool   // TRANSP:TRANSPARENT
	recursive   bool   // it has a rule or dates
	lists       []list // rules, dates and exceptions
	next        int32  // the next event with the same UID, 0 for none
	isAway      bool   // LOCATION names another place than the owner's
	who         *who   // whom it names, where shifts are read; nil for nobody
}

// list is a property that is read when it is needed: a rule, or dates with the zone that they share.
type list struct {
	text []byte
	line int
	zone int32
	kind listKind
}

// listKind is the property that a list is.
type listKind uint8

const (
	listRule listKind = iota
	listDates
	listExceptionRule
	listExceptionDates
)

// recurs tells whether an event stands for more than its DTSTART.
func (e *event) recurs() bool { return e.recursive }

// each yields the lists of one kind.
func (e *event) each(kind listKind) iter.Seq[list] {
	return func(yield func(list) bool) {
		for _, l := range e.lists {
			if l.kind == kind && !yield(l) {
				return
			}
		}
	}
}

// status is STATUS (RFC 5545 section 3.8.1.11); unknown values are read as confirmed.
type status uint8

const (
	confirmed status = iota
	statusTentative
	cancelled
)

// show is X-MICROSOFT-CDO-BUSYSTATUS, what Outlook shows an event as.
type show uint8

const (
	showUnsaid show = iota
	showFree
	showTentative
	showBusy
	showElsewhere // working elsewhere
	showAway      // out of office
)

// answer is the owner's own PARTSTAT (RFC 5545 section 3.2.12). The later ones hold when the owner is invited twice.
type answer uint8

const (
	answerUnknown answer = iota
	answerDeclined
	answerTentative
	answerOther
)

// eventProperty reads a property of a VEVENT or an AVAILABLE.
func (r *reader) eventProperty(name, line []byte, end, number int) {
	e := &r.event
	switch string(name) {
	case "DTSTART":
		if e.start.form == formNone {
			if p, v, ok := r.splitLast(line, end, number); ok {
				if e.start, ok = r.moment(p, v); !ok {
					e.noStart, e.trace = true, dayIn(v)
					if _, v, ok := r.split(line, end, number); ok && e.trace.form == formNone { // 2026-03-03 07:30
						e.trace = dayIn(v)
					}
				}
			}
		}
	case "DTEND":
		p, v, ok := r.splitLast(line, end, number)
		if ok {
			e.end, ok = r.moment(p, v)
		}
		e.endBroken = e.endBroken || !ok
	case "DURATION":
		_, v, ok := r.splitLast(line, end, number)
		if ok {
			e.length, ok = r.duration(v, e.uid, number)
		}
		e.hasLength, e.endBroken = ok, e.endBroken || !ok
	case "UID":
		if _, v, ok := r.split(line, end, number); ok {
			e.uid = r.keep(v)
		}
	case "RRULE":
		e.lists, e.recursive = r.appendRule(e.lists, listRule, line, end, number), true
	case "EXRULE":
		e.lists = r.appendRule(e.lists, listExceptionRule, line, end, number)
	case "RDATE":
		e.lists, e.recursive = r.appendDates(e.lists, listDates, line, end, number), true
	case "EXDATE":
		e.lists = r.appendDates(e.lists, listExceptionDates, line, end, number)
	case "RECURRENCE-ID":
		if p, v, ok := r.splitLast(line, end, number); ok {
			r.readRecurrence(p, v, number)
		}
	case "SEQUENCE":
		if _, v, ok := r.split(line, end, number); ok {
			e.sequence, _ = digits(v)
		}
	default:
		r.statusProperty(name, line, end, number)
	}
}

// statusProperty reads the properties that say whether an event takes the owner's time, and whom a shift is for.
func (r *reader) statusProperty(name, line []byte, end, number int) {
	e := &r.event
	switch string(name) {
	case "STATUS":
		switch _, v, _ := r.split(line, end, number); {
		case equalFold(v, "CANCELLED"), equalFold(v, "CANCELED"):
			e.status = cancelled
		case equalFold(v, "TENTATIVE"):
			e.status = statusTentative
		}
	case "TRANSP":
		_, v, _ := r.split(line, end, number)
		e.free = equalFold(v, "TRANSPARENT")
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		switch _, v, _ := r.split(line, end, number); {
		case equalFold(v, "FREE"):
			e.show = showFree
		case equalFold(v, "WORKINGELSEWHERE"):
			e.show = showElsewhere
		case equalFold(v, "TENTATIVE"):
			e.show = showTentative
		case equalFold(v, "BUSY"):
			e.show = showBusy
		case equalFold(v, "OOF"):
			e.show = showAway
		}
	case "LOCATION":
		if r.wantsAway {
			_, v, ok := r.split(line, end, number)
			e.isAway = ok && r.isElsewhere(v)
		}
	case "SUMMARY":
		if r.plan != nil {
			r.titleProperty(line, end, number)
		}
	case "ATTENDEE":
		if r.plan != nil {
			r.attendeeProperty(line, end, number)
		} else if len(r.addresses) > 0 {
			if p, v, ok := r.split(line, end, number); ok && r.isOwner(p, v) {
				e.answer = max(e.answer, answerOf(p.get("PARTSTAT")))
			}
		}
	}
}

func answerOf(partstat []byte) answer {
	switch {
	case equalFold(partstat, "DECLINED"):
		return answerDeclined
	case equalFold(partstat, "TENTATIVE"):
		return answerTentative
	}
	return answerOther
}

// isOwner tells whether an attendee is the owner, by the address or by EMAIL (RFC 7986 section 6.2).
func (r *reader) isOwner(p params, value []byte) bool {
	if len(value) > len("mailto:") && equalFold(value[:len("mailto:")], "MAILTO:") {
		value = value[len("mailto:"):]
	}
	email := p.get("EMAIL")
	for _, own := range r.addresses {
		if strings.EqualFold(string(value), own) || (len(email) > 0 && strings.EqualFold(string(email), own)) {
			return true
		}
	}
	return false
}

// readRecurrence reads RECURRENCE-ID. An event whose RECURRENCE-ID cannot be read stands beside the series.
func (r *reader) readRecurrence(p params, value []byte, number int) {
	m, ok := r.moment(p, value)
	if !ok {
		r.warn(r.event.uid, number, CodeDate, "RECURRENCE-ID %q is no date", foreign(value))
		return
	}
	r.event.recurrence = m
	switch which := p.get("RANGE"); {
	case len(which) == 0:
	case equalFold(which, "THISANDFUTURE"):
		r.event.future = true
	default:
		r.warn(r.event.uid, number, CodeDate, "RANGE %q is read as the one instance", foreign(which))
	}
}

// appendRule keeps a rule for later. One that is no property is kept empty: the event recurs, nobody knows when.
func (r *reader) appendRule(lists []list, kind listKind, line []byte, end, number int) []list {
	_, v, _ := r.split(line, end, number)
	return append(lists, list{text: r.keep(v), line: number, kind: kind})
}

func (r *reader) appendDates(lists []list, kind listKind, line []byte, end, number int) []list {
	p, v, ok := r.splitLast(line, end, number)
	if !ok {
		return lists
	}
	return append(lists, list{text: r.keep(v), zone: r.zoneOf(p), line: number, kind: kind})
}

// moment reads a DATE or DATE-TIME with its zone. Which of the two it is shows in the value, also where VALUE is missing;
// VALUE=DATE makes a date of a time.
func (r *reader) moment(p params, value []byte) (moment, bool) {
	m, utc, ok := parseMoment(value)
	if !ok {
		return m, false
	}
	id, alone := p.onlyZone()
	if m.form == formTime && !alone && equalFold(p.get("VALUE"), "DATE") {
		m.at, m.form = m.day()*day, formDay
	}
	switch {
	case m.form == formDay:
		m.zone = zoneOwner
	case utc:
		m.zone = zoneUTC
	case alone:
		m.zone = r.useZone(id)
	default:
		m.zone = r.zoneOf(p)
	}
	return m, true
}

// duration reads a DURATION; ok is false for what is none. A negative one takes no time.
func (r *reader) duration(value, uid []byte, number int) (l length, ok bool) {
	l, negative, ok := parseLength(value)
	switch {
	case !ok:
		return length{}, false
	case negative && l != (length{}):
		r.warn(uid, number, CodeEnd, "DURATION %q is negative and read as none", foreign(value))
		return length{}, true
	case l.days >= maxLength/day || l.seconds >= maxLength:
		r.warn(uid, number, CodeEnd, "DURATION %q has no end within the calendar", foreign(value))
	}
	return l, true
}

// endEvent keeps the event that has been read, unless it lies outside of the window and bears on nothing else.
func (r *reader) endEvent() {
	e := &r.event
	defer func() { r.event = event{} }()
	if e.start.form == formNone && !r.guessDay(e) {
		return
	}
	r.count++
	if e.recurs() || e.recurrence.form != formNone || e.sequence > 0 || r.near(e) {
		if len(r.events) == cap(r.events) {
			r.events = slices.Grow(r.events, r.expected(len(r.events)))
		}
		r.events = append(r.events, *e)
	}
}

// guessDay sets the start of an event whose DTSTART is missing or cannot be read to the day that it leaves a trace of: the date in
// DTSTART, the instance that it replaces, or the day on which it ends. That day, and those that its rules give from there, are
// unknown. Without a trace nothing can be said but the warning, and ok is false.
func (r *reader) guessDay(e *event) (ok bool) {
	what := "has no DTSTART"
	if e.noStart {
		what = "has a DTSTART that is no date"
	}
	switch {
	case e.trace.form != formNone:
		e.start = e.trace
	case e.recurrence.form != formNone:
		e.start = e.recurrence
	case e.end.form != formNone:
		e.start = e.end
		if e.start.at--; e.end.form == formDay { // an end is not part of the event
			e.start.at = e.end.at - day
		}
	default:
		r.warn(e.uid, e.line, CodeStart, "an event %s and was skipped", what)
		return false
	}
	r.warn(e.uid, e.line, CodeStart, "an event %s; the day it seems to be on is unknown", what)
	e.vague = true
	return true
}

// dayIn finds the date that a value which is no date begins with: 20260303 or 2026-03-03.
func dayIn(value []byte) moment {
	const dashed = len("2026-03-03")
	if len(value) >= dashed && value[4] == '-' && value[7] == '-' {
		value = slices.Concat(value[:4], value[5:7], value[8:dashed])
	}
	if len(value) > 8 {
		value = value[:8]
	}
	m, _, _ := parseMoment(value)
	m.zone = zoneOwner
	return m
}

// expected returns for how many more events to make room when n have been kept: as many as the rest of the text will hold if it is
// like the part that was read, but not more than three times n.
func (r *reader) expected(n int) int {
	const few = 32
	rest := n * (len(r.text) - r.at) / max(r.at, 1)
	return max(min(rest+rest/few+1, 3*n), few)
}

// near tells whether a single event may touch the window, whatever zone it is in.
func (r *reader) near(e *event) bool {
	const slack = 2 * maxOffset
	end := e.start.at + day
	switch {
	case e.end.form != formNone:
		end = e.end.at
	case e.hasLength:
		end = e.start.at + e.length.days*day + e.length.seconds
	}
	return e.start.at < r.window.end+slack && max(end, e.start.at+day) > r.window.start-slack
}

// zoneOf returns the zone that the parameters name.
func (r *reader) zoneOf(p params) int32 {
	if id, alone := p.onlyZone(); alone {
		return r.useZone(id)
	}
	return r.useZone(p.get("TZID"))
}
