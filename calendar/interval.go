package calendar

import (
	"slices"
	"time"
)

// Interval is a half-open span of time, [Start, End), in UTC. In JSON both ends are RFC 3339 with Z.
type Interval struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Merge returns the spans sorted and joined: overlapping and touching ones become one, empty and reversed ones are dropped.
// The argument is left as it is; nil in or nothing left gives nil.
func Merge(spans []Interval) []Interval {
	var sorted []Interval
	for _, s := range spans {
		if s.Start.Before(s.End) {
			sorted = append(sorted, s)
		}
	}
	slices.SortFunc(sorted, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	merged := sorted[:0]
	for _, s := range sorted {
		if n := len(merged); n > 0 && !s.Start.After(merged[n-1].End) {
			if s.End.After(merged[n-1].End) {
				merged[n-1].End = s.End
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// Intersect returns the time that is in both a and b, merged. The arguments need not be sorted.
func Intersect(a, b []Interval) []Interval {
	a, b = Merge(a), Merge(b)
	var both []Interval
	for i, j := 0, 0; i < len(a) && j < len(b); {
		start, end := a[i].Start, a[i].End
		if b[j].Start.After(start) {
			start = b[j].Start
		}
		if b[j].End.Before(end) {
			end = b[j].End
		}
		if start.Before(end) {
			both = append(both, Interval{Start: start, End: end})
		}
		if a[i].End.Before(b[j].End) {
			i++
		} else {
			j++
		}
	}
	return both
}

// Subtract returns the time that is in a and not in b, merged. The arguments need not be sorted.
func Subtract(a, b []Interval) []Interval {
	a, b = Merge(a), Merge(b)
	var left []Interval
	j := 0
	for _, s := range a {
		for j < len(b) && !b[j].End.After(s.Start) {
			j++
		}
		for k := j; k < len(b) && b[k].Start.Before(s.End); k++ {
			if s.Start.Before(b[k].Start) {
				left = append(left, Interval{Start: s.Start, End: b[k].Start})
			}
			s.Start = b[k].End
		}
		if s.Start.Before(s.End) {
			left = append(left, s)
		}
	}
	return left
}

// Clip returns the part of the spans that lies inside the window, merged.
func Clip(spans []Interval, window Interval) []Interval {
	return Intersect(spans, []Interval{window})
}
