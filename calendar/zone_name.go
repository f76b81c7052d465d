package calendar

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the machine may have no zone files, or old ones without a name
)

//go:embed data/iana.txt
var ianaTable string

//go:generate go run tools/windows.go data/windowsZones.xml data/windows.tsv
//go:embed data/windows.tsv
var windowsTable string

//go:embed data/displays.tsv
var displayTable string

// zoneNames are the names that calendars use for zones. The keys are in lower case, the values names of IANA zones.
type zoneNames struct {
	iana     map[string]string
	windows  map[string]string // "w. europe standard time"
	displays map[string]string // "amsterdam, berlin, bern, rome, stockholm, vienna"
}

var knownZones = sync.OnceValue(func() zoneNames {
	n := zoneNames{iana: map[string]string{}, windows: map[string]string{}, displays: map[string]string{}}
	for fields := range rows(ianaTable) {
		n.iana[strings.ToLower(fields[0])] = fields[0]
	}
	for fields := range rows(windowsTable) {
		n.windows[strings.ToLower(fields[0])] = fields[1]
	}
	for fields := range rows(displayTable) {
		n.displays[strings.ToLower(fields[0])] = n.windows[strings.ToLower(fields[1])]
	}
	return n
})

// rows yields the fields of a table's lines; empty lines and those that begin with # are none.
func rows(table string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// maxZoneName bounds the names that are looked up; the longest known is half of it.
const maxZoneName = 200

// certainty says how well a name is known.
type certainty uint8

const (
	unknownZone  certainty = iota
	offsetOfZone           // only the offset in front of it
	knownZone
)

// place is what a TZID names: a zone of IANA or, without a name, an offset in seconds east of Greenwich.
type place struct {
	name   string
	offset int
}

// zone loads the place's zone, nil when there is none.
func (p place) zone() *zone {
	if p.name == "" {
		return newZone(time.FixedZone("", p.offset))
	}
	l, err := time.LoadLocation(p.name)
	if err != nil {
		return nil
	}
	return newZone(l)
}

// placeOf finds the zone that a TZID names when the file does not define it: an IANA zone in any case, a Windows zone or
// what Windows shows for one, an offset, the Area/City at the end of a path. A name that only the machine could explain, such as
// "Local", is unknown.
func placeOf(id string) (place, certainty) {
	id = strings.TrimSpace(id)
	if id == "" || len(id) > maxZoneName {
		return place{}, unknownZone
	}
	key := strings.ToLower(id)
	known := knownZones()
	name, ok := known.nameOf(key)
	if !ok {
		shown, offset := splitDisplay(key)
		if name, ok = known.displays[shown]; !ok {
			if seconds, isOffset := offsetOf(offset); isOffset && shown == offset {
				return place{offset: seconds}, knownZone
			} else if isOffset {
				return place{offset: seconds}, offsetOfZone
			}
			name, ok = known.tailOf(key)
		}
	}
	if !ok {
		return place{}, unknownZone
	}
	return place{name: name}, knownZone
}

// nameOf looks up a name of IANA or of Windows. Outlook numbers zones that it has several definitions of: "Eastern Standard
// Time 1".
func (n zoneNames) nameOf(key string) (string, bool) {
	if name, ok := n.iana[strings.ReplaceAll(key, " ", "_")]; ok {
		return name, true
	}
	if name, ok := n.windows[key]; ok {
		return name, true
	}
	if i := strings.LastIndexByte(key, ' '); i > 0 {
		if _, ok := digits([]byte(key[i+1:])); ok {
			name, ok := n.windows[key[:i]]
			return name, ok
		}
	}
	return "", false
}

// splitDisplay takes apart "(utc+01:00) amsterdam, berlin": what is shown, and the offset in front of it. A name without
// parentheses is both.
func splitDisplay(key string) (shown, offset string) {
	rest, ok := strings.CutPrefix(key, "(")
	if !ok {
		return key, key
	}
	offset, shown, ok = strings.Cut(rest, ")")
	if !ok {
		return key, key
	}
	return strings.TrimSpace(shown), offset
}

// offsetOf reads "z", "utc+01:00", "gmt+0100", "utc-3", "+01:00" and Exchange's "tzone://microsoft/utc". The sign is
// that of RFC 5545: east is +.
func offsetOf(key string) (seconds int, ok bool) {
	rest := strings.ReplaceAll(key, " ", "")
	switch rest {
	case "z", "utc", "gmt", "tzone://microsoft/utc":
		return 0, true
	}
	if after, ok := strings.CutPrefix(rest, "utc"); ok {
		rest = after
	} else if after, ok := strings.CutPrefix(rest, "gmt"); ok {
		rest = after
	}
	if len(rest) < 2 || (rest[0] != '+' && rest[0] != '-') {
		return 0, false
	}
	h, m, ok := hoursMinutes(rest[1:])
	if !ok || h > 15 || m > 59 {
		return 0, false
	}
	seconds = h*hour + m*minute
	if rest[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// hoursMinutes reads "1", "01", "01:00", "01.00" and "0100".
func hoursMinutes(s string) (h, m int, ok bool) {
	s = strings.ReplaceAll(s, ".", ":")
	hours, minutes, colon := strings.Cut(s, ":")
	if !colon && len(s) == 4 {
		hours, minutes, colon = s[:2], s[2:], true
	}
	if h, ok = digits([]byte(hours)); !ok || !colon {
		return h, 0, ok
	}
	m, ok = digits([]byte(minutes))
	return h, m, ok
}

// tailOf finds the IANA zone at the end of a path: /freeassociation.sourceforge.net/Europe/Oslo.
func (n zoneNames) tailOf(key string) (string, bool) {
	for i := range len(key) {
		if key[i] != '/' {
			continue
		}
		if name, ok := n.iana[key[i+1:]]; ok {
			return name, true
		}
	}
	return "", false
}
