package calendar

// Local ("civil") time is counted in seconds since 1970-01-01T00:00:00 on the wall, days in days since that date. Both are
// plain numbers so that rules can be followed by arithmetic.

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// maxYear is the last year that a date can have (RFC 5545 section 3.3.4: four digits).
const maxYear = 9999

// floorDiv divides towards minus infinity; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// ceilDiv divides towards plus infinity; b is positive.
func ceilDiv(a, b int64) int64 { return -floorDiv(-a, b) }

// daysOf counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar. The year is taken to begin in March,
// so that the leap day is its last day and a month's first day follows from (153*month+2)/5.
func daysOf(year, month, dayOfMonth int) int64 {
	y, m := int64(year), int64(month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*m+2)/5 + int64(dayOfMonth) - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
}

// dateOf is the inverse of daysOf.
func dateOf(days int64) (year, month, dayOfMonth int) {
	days += 719468
	era := floorDiv(days, 146097)
	dayOfEra := days - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	dayOfMonth = int(dayOfYear - (153*m+2)/5 + 1)
	year, month = int(yearOfEra+era*400), int(m)+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, dayOfMonth
}

// weekdayOf returns 0 for Sunday to 6 for Saturday; 1970-01-01 was a Thursday.
func weekdayOf(days int64) int {
	return int(((days+4)%7 + 7) % 7)
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysInYear(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

func daysInMonth(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		return daysInYear(year) - 337
	}
	return 31
}
