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

func TestHolidaysOfWithLocalDaysOff(t *testing.T) {
	off, err := HolidaysOf("NO", "2026-12-24")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[int]bool{23: false, 24: true, 25: true} { // the 25th is public
		if _, got := off(2026, time.December, day); got != want {
			t.Errorf("%d December: %t", day, got)
		}
	}
	if _, got := off(2025, time.December, 24); got {
		t.Error("a day off comes again every year")
	}
	if _, err := HolidaysOf("", "24.12.2026"); err == nil {
		t.Error("no date is taken for one")
	}
}
