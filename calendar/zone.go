package calendar

import (
	"slices"
	"time"
)

// zone maps the wall of a place to UTC and back. It comes from a time.Location or from the changes that a file defines.
type zone struct {
	location *time.Location // nil when the file defines the zone
	onsets   []onset        // sorted by at, when the file defines the zone
	before   int64          // offset before the first onset
	cache    [cachedSegments]segment
}

// onset is the instant from which an offset, in seconds east of Greenwich, is in force.
type onset struct{ at, offset int64 }

// segment is a span, in seconds since 1970 UTC, in which the offset stays the same.
type segment struct {
	span
	offset int64
}

const (
	// cachedSegments is the number of segments that are kept, each in the place that its time has: half-years of a decade.
	cachedSegments = 32
	segmentBits    = 23 // 2^23 s are 97 days: no two changes of a usual year share a place
	// maxOffset is more than any zone is from UTC: the IANA zones stay below 16 h, a file can write up to 24 h.
	maxOffset = 26 * hour
)

func newZone(location *time.Location) *zone { return &zone{location: location} }

// at returns the segment that an instant lies in.
func (z *zone) at(unix int64) segment {
	c := &z.cache[(unix>>segmentBits)&(cachedSegments-1)]
	if c.start <= unix && unix < c.end {
		return *c
	}
	if z.location != nil {
		*c = z.locationSegment(unix)
	} else {
		*c = z.onsetSegment(unix)
	}
	return *c
}

func (z *zone) locationSegment(unix int64) segment {
	t := time.Unix(unix, 0).In(z.location)
	_, offset := t.Zone()
	s := segment{span{farPast, farFuture}, int64(offset)}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		s.start = start.Unix()
	}
	if !end.IsZero() {
		s.end = end.Unix()
	}
	if s.end <= unix { // ZoneBounds ends leap years beyond the table a day early
		s.end = (floorDiv(unix, day) + 1) * day
	}
	return s
}

func (z *zone) onsetSegment(unix int64) segment {
	i, found := slices.BinarySearchFunc(z.onsets, unix, func(o onset, at int64) int { return compare(o.at, at) })
	if found {
		i++ // z.onsets[i-1] is the last one that is not after unix
	}
	s := segment{span{farPast, farFuture}, z.before}
	if i > 0 {
		s.start, s.offset = z.onsets[i-1].at, z.onsets[i-1].offset
	}
	if i < len(z.onsets) {
		s.end = z.onsets[i].at
	}
	return s
}

// utc returns the instant of a local time. Of a time that comes twice it is the first, and a time that is left out is
// read with the offset before the gap (RFC 5545 section 3.3.5): both are the offset before the change.
func (z *zone) utc(civil int64) int64 {
	first, _ := z.both(civil)
	return first
}

// both returns the first and the last instant of a local time; they differ only where it comes twice.
func (z *zone) both(civil int64) (first, last int64) {
	s := z.at(civil)
	if s.start+2*maxOffset <= civil && civil < s.end-2*maxOffset {
		return civil - s.offset, civil - s.offset // no change is near
	}
	found := false
	s = z.at(civil - maxOffset)
	for previous := s; ; {
		u := civil - s.offset
		switch {
		case u >= s.end:
		case u >= s.start && !found:
			first, last, found = u, u, true
		case u >= s.start:
			last = u
		case !found: // after the one segment, before the other: a gap
			return civil - previous.offset, civil - previous.offset
		}
		if s.end > civil+maxOffset {
			return first, last
		}
		previous, s = s, z.at(s.end)
	}
}

// local returns what the wall shows at an instant.
func (z *zone) local(unix int64) int64 { return unix + z.at(unix).offset }

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
