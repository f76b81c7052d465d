package calendar

import (
	"fmt"
	"strings"
	"time"

	ical "github.com/emersion/go-ical"
)

// writtenZone is a zone as an invitation tells it: the changes of its clocks around one meeting.
type writtenZone struct {
	id       string
	location *time.Location
	changes  []clockChange // in order; the first is in force a year before the meeting
}

// clockChange is the instant from which a zone's clocks are after seconds ahead of UTC, and no longer before seconds.
type clockChange struct {
	at            time.Time // UTC
	before, after int
	summer        bool
	name          string
}

// The rules are written from a year before the meeting to two years after it: three changes of each kind are enough to see
// the rule that they follow, and calendars that look beyond the meeting find an answer.
const (
	yearsBefore = 1
	yearsAfter  = 2
)

// writableZone looks up a zone's changes. It is not ok where the meeting is better told in UTC: in UTC itself, in a zone without
// a name that others could read (also the machine's own zone, which is not the attendee's), and for a time that is the second
// of two with the same name.
func writableZone(zone *time.Location, start, end time.Time) (writtenZone, bool) {
	if zone == nil || !isZoneName(zone.String()) || zone.String() == "UTC" || zone.String() == "Local" {
		return writtenZone{}, false
	}
	w := writtenZone{id: zone.String(), location: zone}
	first := start.AddDate(-yearsBefore, 0, 0).In(zone)
	at, next := first.ZoneBounds()
	if at.IsZero() { // since clocks exist
		at = time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	w.add(at)
	for last := end.AddDate(yearsAfter, 0, 0); !next.IsZero() && next.Before(last); {
		w.add(next)
		_, next = next.ZoneBounds()
	}
	for _, c := range w.changes {
		again := c.at.Add(time.Duration(c.before-c.after) * time.Second) // until then the clocks show what they have shown
		for _, t := range []time.Time{start, end} {
			if !t.Before(c.at) && t.Before(again) {
				return writtenZone{}, false
			}
		}
	}
	return w, true
}

func isZoneName(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") == ""
}

// add notes the change at an instant, unless only the zone's name changes there.
func (w *writtenZone) add(at time.Time) {
	c := clockChange{at: at.UTC()}
	_, c.before = at.Add(-time.Second).In(w.location).Zone()
	c.name, c.after = at.In(w.location).Zone()
	c.summer = at.In(w.location).IsDST()
	if len(w.changes) == 0 || c.before != c.after {
		w.changes = append(w.changes, c)
	}
}

// setTime writes an instant as local time with TZID.
func (w *writtenZone) setTime(c *ical.Component, property string, t time.Time) {
	p := ical.NewProp(property)
	p.Params.Set(ical.ParamTimezoneID, w.id)
	p.Value = t.In(w.location).Format(localLayout)
	c.Props.Set(p)
}

// localLayout is form 1 of a DATE-TIME, RFC 5545 section 3.3.5.
const localLayout = "20060102T150405"

// component writes the VTIMEZONE (RFC 5545 section 3.6.5): with yearly rules where the changes keep to one, as all calendars
// read it, else with one observance for each change.
func (w *writtenZone) component() *ical.Component {
	zone := ical.NewComponent(ical.CompTimezone)
	setRaw(zone, ical.PropTimezoneID, w.id)
	if rules, ok := yearlyRules(w.changes); ok {
		for i, rule := range rules {
			observance := w.changes[i].observance()
			setRaw(observance, ical.PropRecurrenceRule, rule)
			zone.Children = append(zone.Children, observance)
		}
		return zone
	}
	for _, c := range w.changes {
		zone.Children = append(zone.Children, c.observance())
	}
	return zone
}

func (c clockChange) observance() *ical.Component {
	kind := ical.CompTimezoneStandard
	if c.summer {
		kind = ical.CompTimezoneDaylight
	}
	o := ical.NewComponent(kind)
	setRaw(o, ical.PropDateTimeStart, c.onset().Format(localLayout))
	setRaw(o, ical.PropTimezoneOffsetFrom, utcOffset(c.before))
	setRaw(o, ical.PropTimezoneOffsetTo, utcOffset(c.after))
	o.Props.SetText(ical.PropTimezoneName, c.name)
	return o
}

// onset is what the clocks showed at the change, had they not been changed.
func (c clockChange) onset() time.Time { return c.at.Add(time.Duration(c.before) * time.Second) }

// utcOffset writes seconds as RFC 5545 section 3.3.14 does: "+0100", with seconds only where there are some.
func utcOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/hour, seconds%hour/minute)
	if rest := seconds % minute; rest != 0 {
		text += fmt.Sprintf("%02d", rest)
	}
	return text
}

// yearlyRules returns the rules by which the first two changes repeat, when all the others are their repetitions: a change to
// summer and one back each year, each on the same weekday of the same week of a month at the same time of day.
func yearlyRules(changes []clockChange) ([]string, bool) {
	const kinds, years = 2, 3
	if len(changes) < kinds*years {
		return nil, false
	}
	rules := make([]string, kinds)
	for kind := range kinds {
		var ok bool
		if rules[kind], ok = yearlyRule(changes, kind, kinds); !ok {
			return nil, false
		}
	}
	return rules, true
}

func yearlyRule(changes []clockChange, from, step int) (string, bool) {
	model := changes[from]
	first := model.onset()
	ordinal, always, last := (first.Day()-1)/7, true, true
	for i := from; i < len(changes); i += step {
		c, onset := changes[i], changes[i].onset()
		sameClock := onset.Sub(onset.Truncate(24*time.Hour)) == first.Sub(first.Truncate(24*time.Hour))
		if c.before != model.before || c.after != model.after || !sameClock || onset.Month() != first.Month() ||
			onset.Weekday() != first.Weekday() || onset.Year() != first.Year()+(i-from)/step {
			return "", false
		}
		always = always && (onset.Day()-1)/7 == ordinal
		last = last && onset.Day()+7 > daysInMonth(onset.Year(), int(onset.Month()))
	}
	week := ordinal + 1
	switch {
	case last:
		week = -1
	case !always:
		return "", false
	}
	weekday := strings.ToUpper(first.Weekday().String()[:2])
	return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", int(first.Month()), week, weekday), true
}
