// Package demo is an invented region in the north of Norway: a hospital, six municipalities, their people, ten cases and
// everybody's calendars as iCalendar text. It takes an instant and returns values; it refuses to know the store, the
// network and how real regions are read, except that its own region is a REGION.yaml like anyone's.
//
//	region.yaml          -> RegionYAML          units, people, roles, seat templates, rosters
//	cases.go             -> Cases(region, now)  ten discharges around a Friday
//	agenda.go, roster.go -> Calendars(now)      what each person's week and each duty plan looks like
//	ics.go               -> the same as text, in the handwriting of four producers
//	handler.go           -> Handler             the text over HTTP, one feed broken and one stale
//
// The week repeats: calendars depend on the date and not on when the demo was started, so that a feed which is read again
// on Monday says the same about Tuesday as it said on Friday.
package demo

import (
	_ "embed"
	"time"

	// The zone of Havnes must be there on machines without a zone database.
	_ "time/tzdata"
)

// RegionYAML is the demo's region, a file as `samtale import` takes it.
//
//go:embed region.yaml
var RegionYAML []byte

// zoneName is where Havnes is.
const zoneName = "Europe/Oslo"

// zone loads the zone of Havnes. The database is linked in, so that it is there.
func zone() *time.Location {
	z, err := time.LoadLocation(zoneName)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return z
}

// FridayClock is where the demo's clock starts: the coming Friday at 12:45 in Havnes, today if it is a Friday and not yet
// that late.
func FridayClock(now time.Time) time.Time { return fridayAt(now, 12, 45) }

// fridayAt is the first Friday at that clock time which is not before now.
func fridayAt(now time.Time, hour, minute int) time.Time {
	local := now.In(zone())
	days := (int(time.Friday) - int(local.Weekday()) + 7) % 7
	at := time.Date(local.Year(), local.Month(), local.Day()+days, hour, minute, 0, 0, local.Location())
	if at.Before(now) {
		at = at.AddDate(0, 0, 7)
	}
	return at.UTC()
}

// clockOn is a clock time in Havnes, some days after a day. It is written "15:04"; "24:00" is the next midnight.
func clockOn(day time.Time, days int, clock string) time.Time {
	local := day.In(zone())
	hour, minute, ok := parseClock(clock)
	if !ok {
		panic("demo: clock time " + clock) // a constant of this package, held by its tests
	}
	return time.Date(local.Year(), local.Month(), local.Day()+days, hour, minute, 0, 0, local.Location()).UTC()
}

func parseClock(clock string) (hour, minute int, ok bool) {
	if clock == "24:00" {
		return 24, 0, true
	}
	t, err := time.Parse("15:04", clock)
	return t.Hour(), t.Minute(), err == nil
}
