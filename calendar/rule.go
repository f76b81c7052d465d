package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
)

// frequency is the FREQ of a rule, from the shortest period to the longest.
type frequency uint8

const (
	secondly frequency = iota + 1
	minutely
	hourly
	daily
	weekly
	monthly
	yearly
)

// numbers is a set of the numbers 0 to 383: BYYEARDAY and BYSETPOS go to 366.
type numbers [6]uint64

func (s *numbers) add(n int)      { s[n>>6] |= 1 << (n & 63) }
func (s *numbers) has(n int) bool { return s[n>>6]&(1<<(n&63)) != 0 }

// Where a rule can count from the end, its sets come in pairs.
const (
	fromStart = 0
	fromEnd   = 1
)

// skip says what becomes of a day that a month does not have (RFC 7529 section 4.1).
type skip uint8

const (
	skipOmit skip = iota
	skipBackward
	skipForward
)

// rule is an RRULE or an EXRULE as it is written (RFC 5545 section 3.3.10). Lists are sets: what is written twice counts once.
type rule struct {
	freq      frequency
	interval  int64
	count     int64 // 0 is no COUNT
	until     moment
	untilUTC  bool
	weekStart int // 0 is Sunday
	skip      skip

	seconds, minutes uint64
	hours            uint32
	months           uint16    // bit 1 is January
	monthDays        [2]uint32 // bit 1 is the first, or the last
	yearDays         [2]numbers
	weeks            [2]uint64
	weekdays         uint8        // those without an ordinal; bit 0 is Sunday
	ordinals         [7][2]uint64 // by weekday: the n-th of the month or the year
	hasOrdinals      bool
	hasYearDays      bool
	positions        [2]numbers
	hasPositions     bool
}

// maxInterval bounds INTERVAL: in seconds 31 years. Beyond it a rule is rather broken than meant.
const maxInterval = 1_000_000_000

var errNoFrequency = errors.New("no FREQ")

// parseRule reads a rule. ignored names a part that was passed over, empty when there is none; an error means that the rule
// must not be followed.
func parseRule(text []byte) (r rule, ignored string, err error) {
	r = rule{interval: 1, weekStart: 1}
	for len(text) > 0 {
		part := text
		if i := bytes.IndexByte(text, ';'); i >= 0 {
			part, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		if part = bytes.TrimSpace(part); len(part) == 0 {
			continue // a semicolon at the end, seen from Google
		}
		name, value, ok := bytes.Cut(part, []byte("="))
		if !ok {
			return r, "", fmt.Errorf("%q is no part of a rule", printable(part))
		}
		understood, err := r.part(bytes.ToUpper(bytes.TrimSpace(name)), bytes.TrimSpace(value))
		if err != nil {
			return r, "", fmt.Errorf("%s: %w", printable(part), err)
		}
		if !understood {
			ignored = printable(name)
		}
	}
	if r.freq == 0 {
		return r, "", errNoFrequency
	}
	if dropped, err := r.check(); err != nil {
		return r, "", err
	} else if dropped != "" {
		ignored = dropped
	}
	return r, ignored, nil
}

var (
	errValue  = errors.New("not a value it can have")
	errUnheld = errors.New("not followed")
)

// part reads one part; understood is false for one that has no meaning for us and narrows nothing.
func (r *rule) part(name, value []byte) (understood bool, err error) {
	switch string(name) {
	case "FREQ":
		return true, r.setFrequency(value)
	case "INTERVAL":
		n, ok := digits(value)
		if !ok || n < 1 || n > maxInterval {
			return true, errValue
		}
		r.interval = int64(n)
	case "COUNT":
		n, ok := digits(value)
		if !ok || n < 1 {
			return true, errValue
		}
		r.count = int64(n)
	case "UNTIL":
		var ok bool
		if r.until, r.untilUTC, ok = parseMoment(value); !ok {
			return true, errValue
		}
	case "WKST":
		_, weekday, ok := parseWeekday(value)
		if !ok {
			return true, errValue
		}
		r.weekStart = weekday
	case "BYDAY":
		return true, eachValue(value, r.addWeekday)
	case "RSCALE":
		if !equalFold(value, "GREGORIAN") {
			return true, errUnheld // RFC 7529: other calendars
		}
	case "SKIP":
		return true, r.setSkip(value)
	default:
		return r.numberPart(name, value)
	}
	return true, nil
}

// numberPart reads the parts that are lists of numbers.
func (r *rule) numberPart(name, value []byte) (understood bool, err error) {
	switch string(name) {
	case "BYSECOND":
		return true, eachNumber(value, 0, 60, false, func(n int) { r.seconds |= 1 << min(n, 59) }) // leap seconds: section 3.3.12
	case "BYMINUTE":
		return true, eachNumber(value, 0, 59, false, func(n int) { r.minutes |= 1 << n })
	case "BYHOUR":
		return true, eachNumber(value, 0, 23, false, func(n int) { r.hours |= 1 << n })
	case "BYMONTH":
		return true, eachNumber(value, 1, 12, false, func(n int) { r.months |= 1 << n })
	case "BYMONTHDAY":
		return true, eachNumber(value, 1, 31, true, func(n int) { r.monthDays[side(n)] |= 1 << abs(n) })
	case "BYYEARDAY":
		r.hasYearDays = true
		return true, eachNumber(value, 1, 366, true, func(n int) { r.yearDays[side(n)].add(abs(n)) })
	case "BYWEEKNO":
		return true, eachNumber(value, 1, 53, true, func(n int) { r.weeks[side(n)] |= 1 << abs(n) })
	case "BYSETPOS":
		r.hasPositions = true
		return true, eachNumber(value, 1, 366, true, func(n int) { r.positions[side(n)].add(abs(n)) })
	}
	if bytes.HasPrefix(name, []byte("BY")) {
		return true, errUnheld // BYEASTER of other programs: without it the rule would mean something else
	}
	return false, nil
}

func side(n int) int {
	if n < 0 {
		return fromEnd
	}
	return fromStart
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func (r *rule) setFrequency(value []byte) error {
	names := [...]string{secondly: "SECONDLY", minutely: "MINUTELY", hourly: "HOURLY", daily: "DAILY", weekly: "WEEKLY", monthly: "MONTHLY", yearly: "YEARLY"}
	for f := secondly; f <= yearly; f++ {
		if equalFold(value, names[f]) {
			r.freq = f
			return nil
		}
	}
	return errValue
}

func (r *rule) setSkip(value []byte) error {
	switch {
	case equalFold(value, "OMIT"):
		r.skip = skipOmit
	case equalFold(value, "BACKWARD"):
		r.skip = skipBackward
	case equalFold(value, "FORWARD"):
		r.skip = skipForward
	default:
		return errValue
	}
	return nil
}

func (r *rule) addWeekday(value []byte) bool {
	n, weekday, ok := parseWeekday(value)
	switch {
	case !ok:
		return false
	case n == 0:
		r.weekdays |= 1 << weekday
	default:
		r.ordinals[weekday][side(n)] |= 1 << abs(n)
		r.hasOrdinals = true
	}
	return true
}

// check looks at the parts together and drops the ordinals of BYDAY where they must not stand (section 3.3.10). SKIP has a
// meaning only where a rule makes days of months, not where it picks from days that there are.
func (r *rule) check() (dropped string, err error) {
	if r.freq < monthly {
		r.skip = skipOmit
	}
	if !r.hasOrdinals {
		return "", nil
	}
	most := 0
	for weekday := range r.ordinals {
		both := r.ordinals[weekday][fromStart] | r.ordinals[weekday][fromEnd]
		most = max(most, bits.Len64(both)-1)
	}
	if r.freq == monthly || (r.freq == yearly && r.months != 0) {
		if most > 5 {
			return "", fmt.Errorf("BYDAY: no month has %d of a weekday", most)
		}
		return "", nil
	}
	if r.freq == yearly && r.weeks[fromStart]|r.weeks[fromEnd] == 0 {
		return "", nil
	}
	for weekday := range r.ordinals {
		if r.ordinals[weekday][fromStart]|r.ordinals[weekday][fromEnd] != 0 {
			r.weekdays |= 1 << weekday
		}
	}
	r.ordinals, r.hasOrdinals = [7][2]uint64{}, false
	return "BYDAY", nil
}

// eachValue calls f with the values of a list; nothing between two commas is no value.
func eachValue(list []byte, f func([]byte) bool) error {
	any := false
	for len(list) > 0 {
		value := list
		if i := bytes.IndexByte(list, ','); i >= 0 {
			value, list = list[:i], list[i+1:]
		} else {
			list = nil
		}
		if value = bytes.TrimSpace(value); len(value) == 0 {
			continue
		}
		if !f(value) {
			return errValue
		}
		any = true
	}
	if !any {
		return errValue
	}
	return nil
}

// eachNumber calls f with the numbers of a list, which lie between low and high or, where signed, -high and -low.
func eachNumber(list []byte, low, high int, signed bool, f func(int)) error {
	return eachValue(list, func(value []byte) bool {
		n, ok := signedNumber(value)
		if !ok || abs(n) < low || abs(n) > high || (n < 0 && !signed) {
			return false
		}
		f(n)
		return true
	})
}

func signedNumber(value []byte) (int, bool) {
	negative := false
	if len(value) > 0 && (value[0] == '+' || value[0] == '-') {
		negative, value = value[0] == '-', value[1:]
	}
	n, ok := digits(value)
	if negative {
		n = -n
	}
	return n, ok
}

// parseWeekday reads "MO" and "-1MO"; n is 0 without an ordinal.
func parseWeekday(value []byte) (n, weekday int, ok bool) {
	if len(value) < 2 {
		return 0, 0, false
	}
	names := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	ordinal, name := bytes.TrimSpace(value[:len(value)-2]), value[len(value)-2:]
	for weekday = range names {
		if !equalFold(name, names[weekday]) {
			continue
		}
		if len(ordinal) == 0 {
			return 0, weekday, true
		}
		n, ok = signedNumber(ordinal)
		return n, weekday, ok && n != 0 && abs(n) <= 53
	}
	return 0, 0, false
}
