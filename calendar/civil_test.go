package calendar

import (
	"testing"
	"time"
)

// TestCivil compares the arithmetic of days with package time, from the year 1 to 9999.
func TestCivil(t *testing.T) {
	for days := daysOf(1, 1, 1); days < daysOf(maxYear+1, 1, 1); days += 7*13 + 1 {
		at := time.Unix(days*day, 0).UTC()
		year, month, dayOfMonth := dateOf(days)
		if year != at.Year() || month != int(at.Month()) || dayOfMonth != at.Day() || weekdayOf(days) != int(at.Weekday()) {
			t.Fatalf("day %d: %d-%d-%d, weekday %d, want %v", days, year, month, dayOfMonth, weekdayOf(days), at)
		}
		if back := daysOf(year, month, dayOfMonth); back != days {
			t.Fatalf("day %d becomes %d", days, back)
		}
		isoYear, isoWeek := at.ISOWeek()
		if year, week, weeks := weekOf(days, 1); year != isoYear || week != isoWeek || weeks < 52 || weeks > 53 {
			t.Fatalf("day %d: week %d of %d in %d, want %d in %d", days, week, weeks, year, isoWeek, isoYear)
		}
		if last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); daysInMonth(year, month) != last {
			t.Fatalf("%d-%d has %d days, want %d", year, month, daysInMonth(year, month), last)
		}
	}
}
