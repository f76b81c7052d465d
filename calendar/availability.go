package calendar

import "slices"

// availability is a VAVAILABILITY (RFC 7953 section 3.1): outside of its AVAILABLEs the owner is busy, from its start to its
// end.
type availability struct {
	uid        []byte
	line       int
	start, end moment // an open side has no form
	length     length
	hasLength  bool
	busyType   class
	priority   int // 1 is the highest, 9 the lowest but for 0
	available  []event
	said       [classes][]span // what it says of the window, when that is explained
}

// maxAvailabilities bounds those that are laid over each other; people have one or two.
const maxAvailabilities = 64

func (r *reader) availabilityProperty(name, line []byte, end, number int) {
	a := &r.availability
	switch string(name) {
	case "UID":
		if _, v, ok := r.split(line, end, number); ok {
			a.uid = r.keep(v)
		}
	case "DTSTART":
		if p, v, ok := r.splitLast(line, end, number); ok {
			if a.start, ok = r.moment(p, v); !ok {
				r.warn(a.uid, number, CodeStart, "DTSTART of an availability is no date; it is read as open")
			}
		}
	case "DTEND":
		if p, v, ok := r.splitLast(line, end, number); ok {
			if a.end, ok = r.moment(p, v); !ok {
				r.warn(a.uid, number, CodeEnd, "DTEND of an availability is no date; it is read as open")
			}
		}
	case "DURATION":
		if _, v, ok := r.splitLast(line, end, number); ok {
			if a.length, a.hasLength = r.duration(v, a.uid, number); !a.hasLength {
				r.warn(a.uid, number, CodeEnd, "DURATION of an availability cannot be read; its end is read as open")
			}
		}
	case "BUSYTYPE":
		if _, v, ok := r.split(line, end, number); ok {
			a.busyType = classOfType(v)
		}
	case "PRIORITY":
		if _, v, ok := r.split(line, end, number); ok {
			if n, ok := digits(v); ok && n <= 9 { // what is none is undefined (RFC 5545 section 3.8.1.9)
				a.priority = n
			}
		}
	}
}

// endAvailable keeps an AVAILABLE.
func (r *reader) endAvailable() {
	if r.event.start.form == formNone {
		r.warn(r.event.uid, r.event.line, CodeStart, "an AVAILABLE has no DTSTART that can be read and was skipped")
	} else {
		r.availability.available = append(r.availability.available, r.event)
	}
	r.event = event{}
}

// evaluateAvailability lays the VAVAILABILITYs over each other, those of the highest priority on top (RFC 7953 section 4). Of
// two with the same priority none is above the other: time is available only when both say so, or one says nothing.
func (r *reader) evaluateAvailability() {
	if len(r.availabilities) > maxAvailabilities {
		r.warn(nil, r.availabilities[maxAvailabilities].line, CodeBudget, "there are more than %d availabilities; nothing is known", maxAvailabilities)
		r.behind(nil)
		r.take(classUnknown, r.window.start, r.window.end)
		return
	}
	rank := func(a availability) int {
		if a.priority == 0 {
			return 10 // undefined is below 9
		}
		return a.priority
	}
	slices.SortStableFunc(r.availabilities, func(a, b availability) int { return rank(b) - rank(a) })
	var open, taken [classes][]span // by priority: the levels below, and this level
	flush := func() {
		said := mergeSpans(slices.Concat(taken[classAvailable], taken[classBusy], taken[classTentative]))
		for c := range open {
			open[c] = mergeSpans(append(subtractSpans(open[c], said), taken[c]...))
		}
		taken = [classes][]span{}
	}
	for i := range r.availabilities {
		a := &r.availabilities[i]
		if i > 0 && rank(*a) != rank(r.availabilities[i-1]) {
			flush()
		}
		r.layAvailability(a, &taken)
	}
	flush()
	if r.kind != KindBusy {
		r.takeAvailability(classDuty, classAvailable, subtractSpans(open[classAvailable], mergeSpans(slices.Concat(open[classBusy], open[classTentative]))))
		return
	}
	r.takeAvailability(classBusy, classBusy, open[classBusy])
	r.takeAvailability(classTentative, classTentative, open[classTentative])
}

// takeAvailability takes what the availabilities have come to; said is what those behind it say. To explain it each is taken with
// its own part.
func (r *reader) takeAvailability(c, said class, spans []span) {
	if !r.isExplain {
		for _, s := range spans {
			r.take(c, s.start, s.end)
		}
		return
	}
	count := r.instances + len(spans)
	for i := range r.availabilities {
		r.behind(r.availabilities[i].uid)
		for _, s := range intersectSpans(r.availabilities[i].said[said], spans) {
			r.take(c, s.start, s.end)
		}
	}
	r.instances = count
}

// layAvailability adds what one VAVAILABILITY says of its own range.
func (r *reader) layAvailability(a *availability, taken *[classes][]span) {
	within := r.window
	if a.start.form != formNone {
		z := r.zone(a.start.zone, a.uid, a.line)
		within.start = max(within.start, z.utc(a.start.at))
		if a.hasLength {
			within.end = min(within.end, z.utc(a.start.at+a.length.days*day)+a.length.seconds)
		}
	}
	if a.end.form != formNone {
		within.end = min(within.end, r.zone(a.end.zone, a.uid, a.line).utc(a.end.at))
	}
	if within.start >= within.end || r.crowded {
		return
	}
	r.evaluateEvents(a.available)
	available := intersectSpans(mergeSpans(r.taken[classAvailable]), []span{within})
	r.taken[classAvailable] = r.taken[classAvailable][:0]
	says := [classes][]span{classAvailable: available}
	if a.busyType != classFree {
		says[a.busyType] = subtractSpans([]span{within}, available)
	}
	if r.isExplain {
		a.said = says
	}
	for c := range taken {
		taken[c] = mergeSpans(append(taken[c], says[c]...))
		r.crowded = r.crowded || len(taken[c]) > maxSpans
	}
}
