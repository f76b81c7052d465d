package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// reader holds what one Read knows of its feed.
type reader struct {
	window    span
	exact     Interval // the window as it was asked for, with fractions of a second
	kind      Kind
	addresses []string // the owner's

	// While the text is scanned.
	text    []byte
	at      int // where the next line begins
	line    int // number of the line read last, from 1
	scratch []byte
	folded  bool // the line at hand stands in scratch, where the next folded line will stand
	stack   []component
	tooDeep int // components that are open beyond maxDepth
	scope   int // VCALENDARs begun: a VTIMEZONE holds in its own

	// The component that is open.
	event        event
	definition   definition
	observance   observance
	freeBusy     freeBusy
	availability availability

	// What has been read.
	events         []event
	definitions    []definition
	freeBusies     []freeBusy
	availabilities []availability
	zones          zoneTable
	hasEvents      bool // there was a VEVENT, whether it could be read or not
	count          int  // what Reading.Events counts
	warnings       []Warning

	// While it is evaluated.
	walk   walk
	budget int64 // steps that are left for all rules
	taken  [classes][]span
}

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
	// ruleBudget is what one rule may cost: a year and more of minutes, or of seconds a day. It takes some milliseconds.
	ruleBudget = 100_000
	// feedBudget and a share for every byte are what all rules of a feed may cost: a second or less.
	feedBudget    = 2_000_000
	bytesPerStep  = 8
	lastYearStart = maxYear - 1
)

func newReader(window Interval, o Options) *reader {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	r := &reader{exact: window, kind: o.Kind, window: span{clampYears(window.Start), clampYears(window.End.Add(time.Second - 1))}}
	for _, a := range o.Addresses {
		if a = strings.TrimSpace(a); a != "" {
			r.addresses = append(r.addresses, a)
		}
	}
	r.zones = newZoneTable(o.Zone)
	return r
}

// clampYears returns an instant in seconds since 1970, held inside the years that dates can be written in.
func clampYears(t time.Time) int64 {
	return min(max(t.Unix(), daysOf(2, 1, 1)*day), daysOf(lastYearStart, 1, 1)*day)
}

// warn keeps a warning; uid may be nil. The text must not tell what an event is about.
func (r *reader) warn(uid []byte, line int, code, format string, args ...any) {
	switch {
	case len(r.warnings) >= maxWarnings:
	case len(r.warnings) == maxWarnings-1:
		r.warnings = append(r.warnings, Warning{Code: CodeMore, Text: "there were more warnings than are kept"})
	default:
		r.warnings = append(r.warnings, Warning{UID: printable(uid), Line: line, Code: code, Text: fmt.Sprintf(format, args...)})
	}
}

// take adds the part of a span that lies in the window. Spans that follow each other closely are joined at once.
func (r *reader) take(c class, start, end int64) {
	start, end = max(start, r.window.start), min(end, r.window.end)
	if start >= end || c == classFree {
		return
	}
	if n := len(r.taken[c]); n > 0 {
		if last := &r.taken[c][n-1]; last.start <= start && start <= last.end {
			last.end = max(last.end, end)
			return
		}
	}
	r.taken[c] = append(r.taken[c], span{start, end})
}

// evaluate turns what was read into spans.
func (r *reader) evaluate() {
	if r.window.start >= r.window.end {
		return
	}
	r.budget = feedBudget + int64(len(r.text))/bytesPerStep
	r.evaluateEvents(r.events)
	r.evaluateFreeBusy()
	r.evaluateAvailability()
}

// reading returns the result: merged, clipped, and nothing tentative that is busy.
func (r *reader) reading() Reading {
	busy := mergeSpans(r.taken[classBusy])
	return Reading{
		Busy:      r.intervals(busy),
		Tentative: r.intervals(subtractSpans(mergeSpans(r.taken[classTentative]), busy)),
		Duty:      r.intervals(mergeSpans(r.taken[classDuty])),
		Unknown:   r.intervals(mergeSpans(r.taken[classUnknown])),
		Warnings:  r.warnings,
		Events:    r.count,
	}
}

// intervals converts spans; where the window has fractions of a second, its ends do not lie on a second.
func (r *reader) intervals(spans []span) []Interval {
	var list []Interval
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
	var left []span
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
	var both []span
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
