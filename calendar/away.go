package calendar

import (
	"slices"
	"strings"
)

// onlineWords are what a LOCATION (RFC 5545 section 3.8.1.7) says of a meeting that nobody travels to, in the languages at hand.
var onlineWords = []string{"://", "teams", "zoom", "webex", "skype", "google meet", "video", "online", "digital", "på nett", "telefon", "phone", "join.nhn"}

// isElsewhere tells whether a LOCATION names a place that the owner must go to. Rooms of the owner's own house are told by its
// name; a place that nobody named is taken for another one, for then time is kept rather than lost.
func (r *reader) isElsewhere(location []byte) bool {
	text := strings.ToLower(strings.TrimSpace(string(location)))
	within := func(word string) bool { return strings.Contains(text, word) }
	return text != "" && !slices.ContainsFunc(onlineWords, within) && !slices.ContainsFunc(r.places, within)
}

// takeAway notes where the event at hand takes its time. What is more than is kept is only busy.
func (r *reader) takeAway(s span) {
	if n := len(r.away); n > 0 && r.away[n-1].start <= s.start && s.start <= r.away[n-1].end {
		r.away[n-1].end = max(r.away[n-1].end, s.end)
		return
	}
	if len(r.away) >= maxSpans {
		if r.away = mergeSpans(r.away); len(r.away) >= maxSpans/2 {
			return
		}
	}
	r.away = append(r.away, s)
}
