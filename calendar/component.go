package calendar

// component is the kind of a component that is open. Those without a name here are read over.
type component uint8

const (
	inOther component = iota
	inCalendar
	inEvent
	inZone
	inObservance
	inFreeBusy
	inAvailability
	inAvailable
)

// maxDepth bounds how deep components are told apart: a VALARM in a VEVENT in a VCALENDAR needs three.
const maxDepth = 8

func componentOf(name []byte) component {
	switch {
	case equalFold(name, "VEVENT"):
		return inEvent
	case equalFold(name, "VCALENDAR"):
		return inCalendar
	case equalFold(name, "VTIMEZONE"):
		return inZone
	case equalFold(name, "STANDARD"), equalFold(name, "DAYLIGHT"):
		return inObservance
	case equalFold(name, "VFREEBUSY"):
		return inFreeBusy
	case equalFold(name, "VAVAILABILITY"):
		return inAvailability
	case equalFold(name, "AVAILABLE"):
		return inAvailable
	}
	return inOther
}

// begin opens a component. What stands in a calendar only, and never in another component, ends what is still open there.
func (r *reader) begin(name []byte, line int) {
	c := componentOf(name)
	switch c {
	case inCalendar, inEvent, inZone, inFreeBusy, inAvailability:
		for r.tooDeep = 0; len(r.stack) > 0 && r.top() != inCalendar; {
			r.warn(r.event.uid, line, CodeStructure, "%s begins inside another component", foreign(name))
			r.pop()
		}
	case inObservance:
		if r.top() != inZone {
			c = inOther
		}
	case inAvailable:
		if r.top() != inAvailability {
			c = inOther
		}
	}
	if len(r.stack) >= maxDepth {
		if r.tooDeep == 0 {
			r.warn(nil, line, CodeStructure, "components are nested deeper than %d", maxDepth)
		}
		r.tooDeep++
		return
	}
	r.stack = append(r.stack, c)
	switch c {
	case inCalendar:
		r.scope++
	case inEvent, inAvailable:
		r.hasEvents = r.hasEvents || c == inEvent
		r.event = event{line: line, isAvailable: c == inAvailable}
	case inZone:
		r.definition = definition{scope: r.scope, line: line, begin: r.at}
	case inObservance:
		r.observance = observance{}
	case inFreeBusy:
		r.freeBusy = freeBusy{line: line}
	case inAvailability:
		r.availability = availability{line: line, busyType: classBusy}
	}
}

// end closes a component, and with it those inside that are still open.
func (r *reader) end(name []byte, line int) {
	c := componentOf(name)
	if r.tooDeep > 0 && c != inCalendar {
		r.tooDeep--
		return
	}
	r.tooDeep = 0
	depth := len(r.stack) - 1
	if c != inOther {
		for depth >= 0 && r.stack[depth] != c {
			depth--
		}
	}
	if depth < 0 || r.stack[depth] != c {
		r.warn(r.event.uid, line, CodeStructure, "END:%s has no BEGIN", foreign(name))
		return
	}
	if depth < len(r.stack)-1 {
		r.warn(r.event.uid, line, CodeStructure, "END:%s ends components that are still open", foreign(name))
	}
	for len(r.stack) > depth {
		r.pop()
	}
}

// top returns the innermost open component.
func (r *reader) top() component {
	if len(r.stack) == 0 {
		return inOther
	}
	return r.stack[len(r.stack)-1]
}

// pop closes the innermost component and keeps what was read of it.
func (r *reader) pop() {
	c := r.top()
	r.stack = r.stack[:len(r.stack)-1]
	switch c {
	case inEvent:
		r.endEvent()
	case inAvailable:
		r.endAvailable()
	case inZone:
		r.definition.body = r.text[r.definition.begin:r.at]
		r.definitions = append(r.definitions, r.definition)
	case inObservance:
		r.definition.observances = append(r.definition.observances, r.observance)
	case inFreeBusy:
		r.count++
		r.freeBusies = append(r.freeBusies, r.freeBusy)
		r.freeBusy = freeBusy{}
	case inAvailability:
		r.count++
		r.availabilities = append(r.availabilities, r.availability)
		r.availability = availability{}
	}
}
