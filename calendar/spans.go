package calendar

import (
	"slices"
	"time"
)

// class is what a span of time is to the owner.
type class uint8

const (
	classFree class = iota
	classBusy
	classTentative
	classDuty
	classUnknown
	classAvailable
	classes
)

const (
	// maxSpans bounds what is kept of a window: a span every 74 seconds of eight weeks.
	maxSpans   = 1 << 16
	firstSpans = 32
)

// take adds the part of a span that lies in the window. Spans that follow each other closely are joined at once.
func (r *reader) take(c class, start, end int64) {
	if r.plan != nil {
		r.plan.take(r, c, start, end)
		return
	}
	start, end = max(start, r.window.start), min(end, r.window.end)
	if start >= end || c == classFree || r.crowded {
		return
	}
	if r.isAway && c == classBusy {
		r.takeAway(span{start, end})
	}
	if c != classAvailable {
		r.instances++
		if r.isExplain {
			r.explain(c, span{start, end})
		}
	}
	list := r.taken[c]
	if n := len(list); n > 0 {
		if last := &list[n-1]; last.start <= start && start <= last.end {
			last.end = max(last.end, end)
			return
		}
	}
	if len(list) == cap(list) {
		if list = r.room(c); r.crowded {
			return
		}
	}
	r.taken[c] = append(list, span{start, end})
}

// room makes room for more spans of a class: it merges those that are there and doubles what is kept where that is not enough.
func (r *reader) room(c class) []span {
	list := mergeSpans(r.taken[c])
	r.taken[c] = list
	if len(list) <= cap(list)/2 && cap(list) > 0 {
		return list
	}
	all := 0
	for _, t := range r.taken {
		all += cap(t)
	}
	if r.crowded = r.crowded || all+cap(list) > maxSpans; r.crowded {
		return list
	}
	grown := make([]span, len(list), max(2*cap(list), firstSpans))
	copy(grown, list)
	return grown
}

// intervals converts spans; where the window has fractions of a second, its ends do not lie on a second.
func (r *reader) intervals(spans []span) []Interval {
	if len(spans) == 0 {
		return nil
	}
	list := make([]Interval, 0, len(spans))
	for _, s := range spans {
		i := Interval{Start: time.Unix(s.start, 0).UTC(), End: time.Unix(s.end, 0).UTC()}
		if i.Start.Before(r.exact.Start) {
			i.Start = r.exact.Start.UTC()
		}
		if i.End.After(r.exact.End) {
			i.End = r.exact.End.UTC()
		}
		if i.Start.Before(i.End) {
			list = append(list, i)
		}
	}
	return list
}

// mergeSpans sorts and joins spans in place.
func mergeSpans(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return compare(a.start, b.start) })
	merged := spans[:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// subtractSpans returns what is in a and not in b; both are merged.
func subtractSpans(a, b []span) []span {
	if len(b) == 0 {
		return a
	}
	left := make([]span, 0, len(a)+len(b))
	i := 0
	for _, s := range a {
		for i < len(b) && b[i].end <= s.start {
			i++
		}
		for j := i; j < len(b) && b[j].start < s.end; j++ {
			if s.start < b[j].start {
				left = append(left, span{s.start, b[j].start})
			}
			s.start = b[j].end
		}
		if s.start < s.end {
			left = append(left, s)
		}
	}
	return left
}

// intersectSpans returns what is in both a and b; both are merged.
func intersectSpans(a, b []span) []span {
	both := make([]span, 0, len(a)+len(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if start, end := max(a[i].start, b[j].start), min(a[i].end, b[j].end); start < end {
			both = append(both, span{start, end})
		}
		if a[i].end < b[j].end {
			i++
		} else {
			j++
		}
	}
	return both
}
