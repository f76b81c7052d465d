package calendar

// shape is what every instance of an event has in common.
type shape struct {
	zone          *zone
	class         class
	length        length
	untilMidnight bool        // the end cannot be read: unknown to the end of the day
	shift         *shiftShape // where shifts are read, else nil
}

// shapeOf works out how long an event takes and what it is to the owner. An end is exact for events with times: a night shift
// over the change of the clocks is an hour longer or shorter only if DTSTART and DTEND of the first one are. It is nominal
// for whole days and for the days of a DURATION (RFC 5545 sections 3.3.6, 3.6.1 and 3.8.5.3).
func (r *reader) shapeOf(e *event) shape {
	s := shape{zone: r.zone(e.start.zone, e.uid, e.line), class: r.classOf(e)}
	switch {
	case e.vague:
		s.length.days = 1
		if s.class != classFree {
			s.class = classUnknown
		}
	case e.end.form != formNone:
		if e.end.form == formDay && e.start.form == formDay {
			s.length.days = e.end.day() - e.start.day()
			if s.length.days == 0 { // not allowed, and written for one day
				s.length.days = 1
			}
		} else {
			s.length.seconds = r.endInstant(e, s.zone) - s.zone.utc(e.start.at)
		}
		if s.length.days < 0 || s.length.seconds < 0 {
			r.warn(e.uid, e.line, CodeEnd, "DTEND is before DTSTART and the event takes no time")
			s.length = length{}
		}
	case e.hasLength:
		s.length = e.length
	case e.endBroken:
		r.warn(e.uid, e.line, CodeEnd, "DTEND or DURATION cannot be read; the event's day is unknown from its start")
		s.untilMidnight, s.length.days = true, 1
		if s.class != classFree {
			s.class = classUnknown
		}
	case e.start.form == formDay:
		s.length.days = 1
	}
	if r.plan != nil {
		s.shift = r.shiftShapeOf(e, &s)
	}
	return s
}

func (r *reader) endInstant(e *event, start *zone) int64 {
	if e.end.form == formDay || r.isFloating(e.end.zone) {
		return start.utc(e.end.at) // on the same wall
	}
	return r.zone(e.end.zone, e.uid, e.line).utc(e.end.at)
}

// classOf says what an event is to the owner. What Outlook shows wins over TRANSP, and the owner's refusal over both. Shifts and
// working hours are the event's time though they may show as free: their authors mark them so that they do not block. One that is
// tentative, or shown as out of office, is unknown: leave, or a shift in another house.
func (r *reader) classOf(e *event) class {
	if e.status == cancelled || e.answer == answerDeclined {
		return classFree
	}
	if e.isAvailable {
		return classAvailable
	}
	tentative := e.status == statusTentative || e.answer == answerTentative
	if r.kind != KindBusy {
		if tentative || e.show == showAway {
			return classUnknown
		}
		return classDuty
	}
	switch {
	case e.show == showFree, e.show == showUnsaid && e.free, e.show == showElsewhere && !r.elsewhereBusy:
		return classFree
	case e.show == showTentative, e.show == showUnsaid && tentative:
		return classTentative
	}
	return classBusy
}

// expand takes the time of an event: of its DTSTART and of all that its rules and dates give, without what is excluded or
// overridden. o may be nil.
func (r *reader) expand(e *event, o *overrides) {
	r.isAway = e.isAway
	if !e.recurs() && !r.near(e) {
		return
	}
	i := instances{r: r, event: e, shape: r.shapeOf(e), overrides: o}
	if r.plan != nil {
		r.plan.who = i.shape.shift.who
	}
	if i.shape.class == classFree && (o == nil || len(o.futures) == 0) {
		return
	}
	if len(e.lists) > 0 {
		i.within = r.reach(&i.shape, o)
		i.exclude()
	}
	i.add(e.start.at)
	for l := range e.each(listRule) {
		i.addRule(l)
	}
	for l := range e.each(listDates) {
		i.addDates(l)
	}
}

// reach returns the local times at which an instance must start to touch the window. Where the clocks change at its edge, or while
// an instance may be going on that reaches in, it is a day more than needed: days are longer or shorter then.
func (r *reader) reach(s *shape, o *overrides) span {
	slack := func(from, to int64) int64 {
		if to+day >= s.zone.at(from-day).end {
			return day
		}
		return 0
	}
	first := r.window.start - s.longest()
	if s.shift != nil {
		first -= shiftSlack
	}
	w := span{
		first + s.zone.at(first).offset - slack(first, r.window.start),
		s.zone.local(r.window.end) + slack(r.window.end, r.window.end),
	}
	if o != nil && len(o.futures) > 0 {
		w = span{min(w.start, o.reach.start), max(w.end, o.reach.end)}
	}
	return w
}

// longest returns how long an instance can take, but for a change of the clocks.
func (s *shape) longest() int64 { return s.length.days*day + s.length.seconds }

// takeInstance takes the time of the instance that starts at a local time.
func (r *reader) takeInstance(s *shape, c class, civil int64) {
	if c == classFree {
		return
	}
	start := s.zone.utc(civil)
	r.takeFrom(s, c, civil, start)
}

func (r *reader) takeFrom(s *shape, c class, civil, start int64) {
	switch {
	case s.shift != nil:
		r.takeShift(s, c, civil, start)
	case s.untilMidnight:
		r.take(c, start, s.zone.utc((floorDiv(civil, day)+1)*day))
	case s.length.days == 0:
		r.take(c, start, start+s.length.seconds)
	default:
		r.take(c, start, s.zone.utc(civil+s.length.days*day)+s.length.seconds)
	}
}
