package calendar

import (
	"fmt"
	"strings"
	"time"
)

// reader holds what one Read knows of its feed.
type reader struct {
	window    span
	exact     Interval // the window as it was asked for, with fractions of a second
	kind      Kind
	addresses []string // the owner's

	elsewhereBusy bool // who works elsewhere is taken

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
	walk      walk
	zoneWalk  walk     // of definitions, while walk follows a series
	changes   []change // of the definition at hand
	granted   int64    // steps for all rules
	budget    int64    // those that are left
	taken     [classes][]span
	crowded   bool // there were more spans than are kept
	wantsAway bool
	places    []string // in lower case
	isAway    bool     // the event at hand is at another place
	away      []span
	instances int
	isExplain bool
	source    []byte // the UID behind what is taken, for explained
	sources   int
	explained []explainedSpan
	plan      *shiftPlan // where shifts are read, else nil
}

const (
	// ruleBudget is what one rule may cost: two months and more of minutes, or of seconds a day. It takes some milliseconds.
	ruleBudget = 100_000
	// feedBudget, a share for every byte and one for every day of the window are what all rules of a feed may cost: some 30 ms
	// for a MiB and eight weeks. Five thousand events, of which three hundred are series, take a tenth of it.
	feedBudget    = 200_000
	bytesPerStep  = 16
	stepsPerDay   = 1_000
	lastYearStart = maxYear - 1
)

func newReader(window Interval, o Options) *reader {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	r := &reader{exact: window, kind: o.Kind, elsewhereBusy: o.ElsewhereBusy, isExplain: o.Explain, window: span{clampYears(window.Start), clampYears(window.End.Add(time.Second - 1))}}
	for _, a := range o.Addresses {
		if a = strings.TrimSpace(a); a != "" {
			r.addresses = append(r.addresses, a)
		}
	}
	if r.wantsAway = o.Away && o.Kind == KindBusy; r.wantsAway {
		for _, p := range o.Places {
			if p = strings.ToLower(strings.TrimSpace(p)); p != "" {
				r.places = append(r.places, p)
			}
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

// evaluate turns what was read into spans.
func (r *reader) evaluate() {
	if r.window.start >= r.window.end {
		return
	}
	r.granted = feedBudget + int64(len(r.text))/bytesPerStep + (r.window.end-r.window.start)/day*stepsPerDay
	r.budget = r.granted
	r.evaluateEvents(r.events)
	r.isAway = false
	r.evaluateFreeBusy()
	r.evaluateAvailability()
}

// reading returns the result: merged, clipped, and nothing tentative that is busy.
func (r *reader) reading() Reading {
	if r.crowded {
		r.warn(nil, 0, CodeBudget, "the window falls into more pieces than are kept; nothing of it is known")
		r.taken[classUnknown] = []span{r.window}
		r.explained = append(r.explained, explainedSpan{span: r.window, class: classUnknown})
	}
	busy := mergeSpans(r.taken[classBusy])
	return Reading{
		Busy:      r.intervals(busy),
		Tentative: r.intervals(subtractSpans(mergeSpans(r.taken[classTentative]), busy)),
		Away:      r.intervals(mergeSpans(r.away)),
		Duty:      r.intervals(mergeSpans(r.taken[classDuty])),
		Unknown:   r.intervals(mergeSpans(r.taken[classUnknown])),
		Warnings:  r.warnings,
		Events:    r.count,
		Instances: r.instances,
		Spans:     r.explanation(),
	}
}
