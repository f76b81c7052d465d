package calendar

import (
	"testing"
	"time"
)

func TestHolidaysOfNorway(t *testing.T) {
	holidays, err := HolidaysOf("NO")
	if err != nil {
		t.Fatal(err)
	}
	check := func(date string, want bool) {
		t.Run(date, func(t *testing.T) {
			at, err := time.Parse(time.DateOnly, date)
			if err != nil {
				t.Fatal(err)
			}
			if name, ok := holidays(at.Date()); ok != want {
				t.Errorf("%v (%q), want %v", ok, name, want)
			}
		})
	}
	check("2026-01-01", true)
	check("2026-04-02", true) // Maundy Thursday
	check("2026-04-03", true)
	check("2026-04-06", true) // Easter Monday
	check("2026-05-01", true)
	check("2026-05-14", true) // Ascension
	check("2026-05-17", true)
	check("2026-05-25", true) // Whit Monday
	check("2026-12-25", true)
	check("2026-12-26", true)
	check("2027-03-26", true) // Good Friday moves
	check("2026-12-24", false)
	check("2026-04-01", false)
	check("2026-11-27", false)
	if _, err := HolidaysOf("XX"); err == nil {
		t.Error("an unknown country gives no error")
	}
}
