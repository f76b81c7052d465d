package compare

import (
	"bytes"
	"time"

	"github.com/emersion/go-ical"

	"github.com/samtale/samtale/calendar"
)

// readNaively is what a program does that trusts go-ical and, through it, rrule-go: decode all, ask each event for its times and
// its recurrences. It knows no overrides.
func readNaively(feed []byte, window span) (answer, error) {
	decoded, err := ical.NewDecoder(bytes.NewReader(feed)).Decode()
	if err != nil {
		return answer{}, err
	}
	var busy []calendar.Interval
	for _, e := range decoded.Events() {
		spans, err := naiveSpans(e, window)
		if err != nil {
			return answer{}, err
		}
		busy = append(busy, spans...)
	}
	return answer{busy: calendar.Clip(busy, calendar.Interval{Start: window.start, End: window.end})}, nil
}

func naiveSpans(e ical.Event, window span) ([]calendar.Interval, error) {
	status, err := e.Status()
	if err != nil || status == ical.EventCancelled {
		return nil, err
	}
	if transp := e.Props.Get(ical.PropTransparency); transp != nil && transp.Value == "TRANSPARENT" {
		return nil, nil
	}
	start, err := e.DateTimeStart(oslo)
	if err != nil {
		return nil, err
	}
	end, err := e.DateTimeEnd(oslo)
	if err != nil {
		return nil, err
	}
	set, err := e.RecurrenceSet(oslo)
	if err != nil {
		return nil, err
	}
	length := end.Sub(start)
	starts := []time.Time{start}
	if set != nil {
		starts = set.Between(window.start.Add(-length), window.end, true)
	}
	var spans []calendar.Interval
	for _, at := range starts {
		spans = append(spans, calendar.Interval{Start: at.UTC(), End: at.Add(length).UTC()})
	}
	return spans, nil
}
