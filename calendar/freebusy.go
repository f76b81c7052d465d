package calendar

import "bytes"

// freeBusy is a VFREEBUSY (RFC 5545 section 3.6.4).
type freeBusy struct {
	uid        []byte
	line       int
	start, end moment
	periods    []typedPeriods
}

// typedPeriods is one FREEBUSY property.
type typedPeriods struct {
	list
	class class
}

func (r *reader) freeBusyProperty(name, line []byte, end, number int) {
	f := &r.freeBusy
	switch string(name) {
	case "UID":
		if _, v, ok := r.split(line, end, number); ok {
			f.uid = r.keep(v)
		}
	case "DTSTART":
		if p, v, ok := r.splitLast(line, end, number); ok {
			f.start, _ = r.moment(p, v)
		}
	case "DTEND":
		if p, v, ok := r.splitLast(line, end, number); ok {
			f.end, _ = r.moment(p, v)
		}
	case "FREEBUSY":
		p, v, ok := r.splitLast(line, end, number)
		if !ok {
			return
		}
		if c := classOfType(p.get("FBTYPE")); c != classFree {
			f.periods = append(f.periods, typedPeriods{list{text: r.keep(v), zone: r.zoneOf(p), line: number}, c})
		}
	}
}

// classOfType reads FBTYPE and BUSYTYPE: what is neither FREE nor tentative is busy, also types that are not known (RFC 5545
// section 3.2.9, RFC 7953 section 3.2).
func classOfType(value []byte) class {
	switch {
	case equalFold(value, "FREE"):
		return classFree
	case equalFold(value, "BUSY-TENTATIVE"):
		return classTentative
	}
	return classBusy
}

// evaluateFreeBusy takes the periods of every VFREEBUSY. A feed of nothing else says nothing about the time before its
// first and after its last: that time is unknown.
func (r *reader) evaluateFreeBusy() {
	if len(r.freeBusies) == 0 {
		return
	}
	if r.kind != KindBusy {
		r.warn(nil, r.freeBusies[0].line, CodeIgnored, "free-busy time says nothing about working hours or shifts")
		return
	}
	var covered []span
	everything := r.hasEvents || len(r.availabilities) > 0
	for i := range r.freeBusies {
		f := &r.freeBusies[i]
		r.behind(f.uid)
		for _, p := range f.periods {
			r.takePeriods(f, p)
		}
		if f.start.form == formNone || f.end.form == formNone {
			everything = true
			continue
		}
		covered = append(covered, span{r.zone(f.start.zone, f.uid, f.line).utc(f.start.at), r.zone(f.end.zone, f.uid, f.line).utc(f.end.at)})
	}
	if everything {
		return
	}
	r.behind(nil)
	for _, s := range subtractSpans([]span{r.window}, mergeSpans(covered)) {
		r.take(classUnknown, s.start, s.end)
	}
}

// takePeriods takes the periods of one FREEBUSY. Of a period whose end cannot be read the rest of the day is unknown.
func (r *reader) takePeriods(f *freeBusy, p typedPeriods) {
	_ = eachValue(p.text, func(v []byte) bool {
		if s, ok := r.period(v, p.zone, zoneOwner, f.uid, p.line); ok {
			r.take(p.class, s.start, s.end)
			return true
		}
		r.warn(f.uid, p.line, CodeDate, "%q is no period", foreign(v))
		first, _, _ := bytes.Cut(v, []byte("/"))
		if m, ok := r.listMoment(first, p.zone); ok {
			z := r.zone(m.zone, f.uid, p.line)
			r.take(classUnknown, z.utc(m.at), z.utc((m.day()+1)*day))
		}
		return true
	})
}
