package calendar

import "math/bits"

// days answers which days a rule allows: BYMONTH, BYMONTHDAY, BYYEARDAY, BYDAY and, outside of yearly rules, BYWEEKNO. It
// works on masks of a month, bit 0 its first day.
type days struct {
	rule       *rule
	everything bool // nothing limits the days
	ofYear     bool // ordinals of BYDAY count in the year, not in the month
	year       int  // of the mask that is kept
	month      int  // of the mask that is kept, 0 when there is none
	kept       uint32
	spent      int64 // on days and months since a walk last paid for them, in shares of a step
}

// What it costs to look at a day, at a month, and at the place of a day in its year, in shares of a step (see cheapSteps).
const (
	dayShares   = 2
	monthShares = 6
	placeShares = 6
)

func newDays(r *rule) days {
	return days{
		rule:       r,
		everything: r.months == 0 && !r.hasMonthDays() && !r.hasYearDays && !r.hasWeekdays() && (!r.hasWeeks() || r.freq == yearly),
		ofYear:     r.freq == yearly && r.months == 0,
	}
}

func (r *rule) hasMonthDays() bool { return r.monthDays[fromStart]|r.monthDays[fromEnd] != 0 }
func (r *rule) hasWeekdays() bool  { return r.weekdays != 0 || r.hasOrdinals }
func (r *rule) hasWeeks() bool     { return r.weeks[fromStart]|r.weeks[fromEnd] != 0 }

// allows tells whether a rule may have an instance on a day.
func (d *days) allows(date int64) bool {
	if d.everything {
		return true
	}
	d.spent += dayShares
	year, month, dayOfMonth := dateOf(date)
	return d.mask(year, month)&(1<<(dayOfMonth-1)) != 0
}

// mask returns the days of a month that a rule allows.
func (d *days) mask(year, month int) uint32 {
	if d.month != month || d.year != year {
		d.year, d.month, d.kept = year, month, d.compute(year, month)
	}
	return d.kept
}

func (d *days) compute(year, month int) uint32 {
	r := d.rule
	d.spent += monthShares
	if r.months != 0 && r.months&(1<<month) == 0 {
		return 0
	}
	length := daysInMonth(year, month)
	mask := uint32(1)<<length - 1
	if r.hasMonthDays() {
		mask &= d.monthDays(length)
	}
	first := daysOf(year, month, 1)
	if r.weekdays != 0 && !r.hasOrdinals {
		mask &= weekdayMask(r.weekdays, weekdayOf(first))
	}
	if r.hasOrdinals && !d.ofYear {
		mask &= r.ordinalMask(weekdayOf(first), length)
	}
	if (r.hasOrdinals && d.ofYear) || r.hasYearDays || (r.hasWeeks() && r.freq != yearly) {
		d.spent += int64(bits.OnesCount32(mask)) * placeShares
		for left := mask; left != 0; left &= left - 1 {
			if i := bits.TrailingZeros32(left); !d.inLists(year, first+int64(i)) {
				mask &^= 1 << i
			}
		}
	}
	return mask
}

// weekdayMask repeats a set of weekdays over a month that begins on the weekday first.
func weekdayMask(weekdays uint8, first int) uint32 {
	oneWeek := uint32(weekdays>>first|weekdays<<(7-first)) & 0x7f
	return oneWeek | oneWeek<<7 | oneWeek<<14 | oneWeek<<21 | oneWeek<<28
}

// ordinalMask is a BYDAY with ordinals, and with others without, in a month that begins on the weekday first.
func (r *rule) ordinalMask(first, length int) uint32 {
	mask := weekdayMask(r.weekdays, first)
	for weekday := range r.ordinals {
		of := &r.ordinals[weekday]
		begin := (weekday - first + 7) % 7 // the first of that weekday
		for n := 1; begin+7*(n-1) < length; n++ {
			if of[fromStart]&(1<<n) != 0 {
				mask |= 1 << (begin + 7*(n-1))
			}
			if last := begin + (length-1-begin)/7*7; of[fromEnd]&(1<<n) != 0 {
				mask |= 1 << (last - 7*(n-1))
			}
		}
	}
	return mask
}

// monthDays is BYMONTHDAY in a month of the given length. With SKIP=BACKWARD the last day stands for those that the month does
// not have (RFC 7529 section 4.1).
func (d *days) monthDays(length int) uint32 {
	r := d.rule
	mask := r.monthDays[fromStart] >> 1
	for left := r.monthDays[fromEnd]; left != 0; left &= left - 1 {
		if n := bits.TrailingZeros32(left); n <= length {
			mask |= 1 << (length - n)
		}
	}
	if r.skip == skipBackward && mask>>length != 0 {
		mask |= 1 << (length - 1)
	}
	return mask & (1<<length - 1)
}

// overflows tells whether SKIP=FORWARD moves a day of the month to the first of the next one.
func (d *days) overflows(year, month int) bool {
	r := d.rule
	if r.months != 0 && r.months&(1<<month) == 0 {
		return false
	}
	return r.skip == skipForward && r.monthDays[fromStart]>>(daysInMonth(year, month)+1) != 0
}

// allowsMoved tests a day that SKIP=FORWARD has put in place of another against the parts that come after BYMONTHDAY (RFC 7529
// section 4.1): BYMONTH has been looked at for the month that lacks the day.
func (d *days) allowsMoved(date int64) bool {
	rest := *d.rule
	rest.months, rest.monthDays = 0, [2]uint32{}
	d.spent += monthShares + dayShares
	others := days{rule: &rest, ofYear: d.ofYear}
	return others.allows(date)
}

// inLists tests a day against the lists that need its place in the year.
func (d *days) inLists(year int, date int64) bool {
	r := d.rule
	dayOfYear, yearLength := int(date-daysOf(year, 1, 1)), daysInYear(year)
	if r.hasYearDays && !r.yearDays[fromStart].has(dayOfYear+1) && !r.yearDays[fromEnd].has(yearLength-dayOfYear) {
		return false
	}
	if r.hasWeeks() && r.freq != yearly {
		if _, number, weeks := weekOf(date, r.weekStart); !r.allowsWeek(number, weeks) {
			return false
		}
	}
	weekday := weekdayOf(date)
	if !r.hasOrdinals || !d.ofYear || r.weekdays&(1<<weekday) != 0 {
		return true // the others have been tested as masks
	}
	of := &r.ordinals[weekday]
	return of[fromStart]&(1<<(dayOfYear/7+1)) != 0 || of[fromEnd]&(1<<((yearLength-1-dayOfYear)/7+1)) != 0
}

// allowsWeek tells whether BYWEEKNO has a week of a year with so many.
func (r *rule) allowsWeek(number, weeks int) bool {
	return r.weeks[fromStart]&(1<<number) != 0 || r.weeks[fromEnd]&(1<<(weeks-number+1)) != 0
}

// firstWeek returns the first day of week 1 of a year: the first week with four days in that year (section 3.3.10), which is
// the one that holds the 4th of January.
func firstWeek(year, weekStart int) int64 {
	fourth := daysOf(year, 1, 4)
	return fourth - int64((weekdayOf(fourth)-weekStart+7)%7)
}

// weekOf returns the year whose week a day belongs to, the number of the week, and how many weeks that year has.
func weekOf(date int64, weekStart int) (year, number, weeks int) {
	year, _, _ = dateOf(date)
	start, next := firstWeek(year, weekStart), firstWeek(year+1, weekStart)
	switch {
	case date < start:
		year, start, next = year-1, firstWeek(year-1, weekStart), start
	case date >= next:
		year, start, next = year+1, next, firstWeek(year+2, weekStart)
	}
	return year, int((date-start)/7) + 1, int((next - start) / 7)
}
