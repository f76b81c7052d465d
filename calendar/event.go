package calendar

import "strings"

// event is a VEVENT or an AVAILABLE, as far as it matters. Its byte slices share memory with the feed.
type event struct {
	uid        []byte
	line       int
	start, end moment // end has no form when DTEND is absent
	length     length
	hasLength  bool
	endBroken  bool // DTEND or DURATION cannot be read
	noStart    bool // DTSTART was there and cannot be read
	// isAvailable tells an AVAILABLE from a VEVENT.
	isAvailable bool
	recurrence  moment
	future      bool // RANGE=THISANDFUTURE
	sequence    int
	status      status
	show        show
	answer      answer
	free        bool // TRANSP:TRANSPARENT
	rules       []list
	exrules     []list
	dates       []list
	exdates     []list
	next        int32 // the next event with the same UID, 0 for none
}

// list is a property that is read when it is needed: a rule, or dates with the zone that they share.
type list struct {
	text []byte
	zone int32
	line int
}

// recurs tells whether an event stands for more than its DTSTART.
func (e *event) recurs() bool { return len(e.rules) > 0 || len(e.dates) > 0 }

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
				e.start, ok = r.moment(p, v)
				e.noStart = !ok
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
		e.rules = r.appendRule(e.rules, line, end, number)
	case "EXRULE":
		e.exrules = r.appendRule(e.exrules, line, end, number)
	case "RDATE":
		e.dates = r.appendDates(e.dates, line, end, number)
	case "EXDATE":
		e.exdates = r.appendDates(e.exdates, line, end, number)
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

// statusProperty reads the properties that say whether an event takes the owner's time.
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
		case equalFold(v, "FREE"), equalFold(v, "WORKINGELSEWHERE"): // who works elsewhere can take a video call
			e.show = showFree
		case equalFold(v, "TENTATIVE"):
			e.show = showTentative
		case equalFold(v, "BUSY"), equalFold(v, "OOF"):
			e.show = showBusy
		}
	case "ATTENDEE":
		if len(r.addresses) > 0 {
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
		r.warn(r.event.uid, number, CodeDate, "RECURRENCE-ID %q is no date", printable(value))
		return
	}
	r.event.recurrence = m
	switch which := p.get("RANGE"); {
	case len(which) == 0:
	case equalFold(which, "THISANDFUTURE"):
		r.event.future = true
	default:
		r.warn(r.event.uid, number, CodeDate, "RANGE %q is read as the one instance", printable(which))
	}
}

// appendRule keeps a rule for later. One that is no property is kept empty: the event recurs, nobody knows when.
func (r *reader) appendRule(rules []list, line []byte, end, number int) []list {
	_, v, _ := r.split(line, end, number)
	return append(rules, list{text: r.keep(v), line: number})
}

func (r *reader) appendDates(dates []list, line []byte, end, number int) []list {
	p, v, ok := r.splitLast(line, end, number)
	if !ok {
		return dates
	}
	return append(dates, list{text: r.keep(v), zone: r.zoneOf(p), line: number})
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
		r.warn(uid, number, CodeEnd, "DURATION %q is negative and read as none", printable(value))
		return length{}, true
	case l.days >= maxLength/day || l.seconds >= maxLength:
		r.warn(uid, number, CodeEnd, "DURATION %q has no end within the calendar", printable(value))
	}
	return l, true
}

// endEvent keeps the event that has been read, unless it lies outside of the window and bears on nothing else.
func (r *reader) endEvent() {
	e := &r.event
	defer func() { r.event = event{} }()
	if e.start.form == formNone {
		what := "has no DTSTART"
		if e.noStart {
			what = "has a DTSTART that is no date"
		}
		r.warn(e.uid, e.line, CodeStart, "an event %s and was skipped", what)
		return
	}
	r.count++
	if e.recurs() || e.recurrence.form != formNone || e.sequence > 0 || r.near(e) {
		r.events = append(r.events, *e)
	}
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
