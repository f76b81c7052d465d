package calendar

import (
	"cmp"
	"slices"
)

// State is what a span of time is to the owner.
type State string

// The states of a Span.
const (
	StateBusy      State = "busy"
	StateTentative State = "tentative"
	StateDuty      State = "duty"
	StateUnknown   State = "unknown"
)

// Span is one event's part in a Reading: touching spans of the events of one UID are one if they have one state. UID is empty where
// the event has none or where the feed as a whole is behind it.
type Span struct {
	Interval
	UID   string `json:"uid"`
	State State  `json:"state"`
}

// explainedSpan is a Span as it is taken.
type explainedSpan struct {
	span
	uid    []byte
	number int // of the source: UIDs can be long, and are not compared
	class  class
}

// behind says whose spans are taken from now on; nil is the feed as a whole.
func (r *reader) behind(uid []byte) {
	r.source = uid
	r.sources++
}

// explain notes that the event at hand is behind a span.
func (r *reader) explain(c class, s span) {
	if n := len(r.explained); n > 0 {
		last := &r.explained[n-1]
		if last.class == c && last.start <= s.start && s.start <= last.end && last.number == r.sources {
			last.end = max(last.end, s.end)
			return
		}
	}
	if len(r.explained) >= maxSpans {
		r.crowded = true // an explanation that is not whole explains nothing
		return
	}
	r.explained = append(r.explained, explainedSpan{s, r.source, r.sources, c})
}

// explanation returns what is behind the reading: clipped to the window, sorted by time.
func (r *reader) explanation() []Span {
	if !r.isExplain {
		return nil
	}
	slices.SortFunc(r.explained, func(a, b explainedSpan) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.class, b.class), compare(a.start, b.start))
	})
	joined := r.explained[:0]
	for _, s := range r.explained {
		if n := len(joined); n > 0 {
			last := &joined[n-1]
			if last.class == s.class && s.start <= last.end && last.number == s.number {
				last.end = max(last.end, s.end)
				continue
			}
		}
		joined = append(joined, s)
	}
	slices.SortStableFunc(joined, func(a, b explainedSpan) int { return compare(a.start, b.start) })
	states := [classes]State{classBusy: StateBusy, classTentative: StateTentative, classDuty: StateDuty, classUnknown: StateUnknown}
	var list []Span
	for _, s := range joined {
		for _, i := range r.intervals([]span{s.span}) {
			list = append(list, Span{Interval: i, UID: printable(s.uid), State: states[s.class]})
		}
	}
	return list
}
