package calendar

import (
	"strings"
	"time"
)

// zoneTable holds every zone that a feed names, each looked up once.
type zoneTable struct {
	uses     []zoneUse
	index    map[zoneKey]int32
	last     int32          // the use found last: the next event is in the same zone
	floating map[int]string // X-WR-TIMEZONE, by scope
	defined  map[zoneKey]*definition
	written  map[string]*zone // by the text of a definition, nil for one that cannot be used
	onsets   int              // of all of them
	places   map[place]*zone
	owner    *zone
}

// zoneKey is a TZID in the VCALENDAR it stands in, counted from 1. An empty TZID is that of floating times.
type zoneKey struct {
	scope int
	id    string
}

type zoneUse struct {
	key  zoneKey
	zone *zone // nil until it is needed
}

// The zones that every feed has.
const (
	zoneUTC int32 = iota
	zoneOwner
)

func newZoneTable(owner *time.Location) zoneTable {
	z := newZone(owner)
	return zoneTable{
		uses:     []zoneUse{zoneUTC: {zone: newZone(time.UTC)}, zoneOwner: {zone: z}},
		index:    map[zoneKey]int32{},
		floating: map[int]string{},
		defined:  map[zoneKey]*definition{},
		written:  map[string]*zone{}, places: map[place]*zone{},
		owner: z,
	}
}

// useZone returns the index of a TZID.
func (r *reader) useZone(id []byte) int32 {
	t := &r.zones
	if key := &t.uses[t.last].key; key.scope == r.scope && key.id == string(id) {
		return t.last
	}
	if i, ok := t.index[zoneKey{r.scope, string(id)}]; ok {
		t.last = i
		return i
	}
	t.last = int32(len(t.uses))
	key := zoneKey{r.scope, string(id)}
	t.uses = append(t.uses, zoneUse{key: key})
	t.index[key] = t.last
	return t.last
}

// calendarZone takes X-WR-TIMEZONE: the zone of floating times, by custom.
func (r *reader) calendarZone(value []byte) { r.zones.floating[r.scope] = string(value) }

// defineZones makes the definitions of the feed known. Of two with the same TZID the first holds.
func (r *reader) defineZones() {
	for i := range r.definitions {
		d := &r.definitions[i]
		key := zoneKey{d.scope, d.id}
		if _, ok := r.zones.defined[key]; !ok && d.id != "" {
			r.zones.defined[key] = d
		}
	}
}

// zone returns a zone of the table. uid and line are of the event that names it, for a warning.
func (r *reader) zone(i int32, uid []byte, line int) *zone {
	use := &r.zones.uses[i]
	if use.zone == nil {
		use.zone = r.findZone(use.key, uid, line)
	}
	return use.zone
}

// findZone looks a TZID up in the file, then among the known names. What nobody knows is read in the owner's zone.
func (r *reader) findZone(key zoneKey, uid []byte, line int) *zone {
	t := &r.zones
	if key.id == "" {
		if key.id = strings.TrimSpace(t.floating[key.scope]); key.id == "" {
			return t.owner
		}
	}
	at, known := placeOf(key.id)
	if d, ok := t.defined[key]; ok {
		if z := r.definedZone(d); z != nil {
			if known == knownZone {
				r.compareZones(z, r.located(at), d)
			}
			return z
		}
	}
	switch known {
	case knownZone:
		return r.located(at)
	case offsetOfZone:
		return r.zoneAtOffset(key.id, r.located(at), uid, line)
	}
	r.warn(uid, line, CodeZone, "the zone %q is not known; the owner's zone is used", foreign(key.id))
	return t.owner
}

// zoneAtOffset finds a zone for "(UTC+01:00) Somewhere": the owner's when it has that offset, for it also knows of summer time.
func (r *reader) zoneAtOffset(id string, z *zone, uid []byte, line int) *zone {
	owner, offset := r.zones.owner, z.at(0).offset
	if owner.at(r.window.start).offset == offset || owner.at(r.window.end).offset == offset {
		r.warn(uid, line, CodeZone, "the zone %q is not known; the owner's zone is used, which has its offset", foreign(id))
		return owner
	}
	r.warn(uid, line, CodeZone, "the zone %q is not known; its offset is used", foreign(id))
	return z
}

// located returns the one zone of a place, with its cache. All names of placeOf have a zone in the embedded database; one that
// had none would be read as the owner's.
func (r *reader) located(p place) *zone {
	z, ok := r.zones.places[p]
	if !ok {
		if z = p.zone(); z == nil {
			z = r.zones.owner
		}
		r.zones.places[p] = z
	}
	return z
}

// compareZones warns when a file defines a known zone otherwise inside the window. The file wins: its author saw these times.
func (r *reader) compareZones(defined, known *zone, d *definition) {
	for at := r.window.start; at < r.window.end; {
		a, b := defined.at(at), known.at(at)
		if a.offset != b.offset {
			r.warn(nil, d.line, CodeZoneDiffer, "the zone %q is defined otherwise than it is known; the file's definition is used", foreign(d.id))
			return
		}
		at = min(a.end, b.end)
	}
}
