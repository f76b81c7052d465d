package calendar

import (
	"bytes"
	"math"
)

// form tells which of the two ways to write a time a value uses.
type form uint8

const (
	formNone form = iota
	formDay       // a DATE (RFC 5545 section 3.3.4)
	formTime      // a DATE-TIME (RFC 5545 section 3.3.5)
)

// moment is a date or a date with time as it was written: seconds on the wall, and the zone whose wall it is.
type moment struct {
	at   int64 // civil seconds; of a DATE its midnight
	zone int32 // index of reader.zones
	form form
}

// day returns the date as days since 1970.
func (m moment) day() int64 { return floorDiv(m.at, day) }

// span is a half-open interval in seconds since 1970 UTC.
type span struct{ start, end int64 }

// length is a DURATION: days that follow the wall and seconds that follow the clock (RFC 5545 section 3.3.6).
type length struct {
	days    int64
	seconds int64
}

// maxLength bounds both parts of a length, in seconds: longer than the years 1 to 9999.
const maxLength = 10000 * 366 * day

// params are what stands between a property's name and the colon, from the first semicolon on.
type params []byte

// get returns the value of a parameter without its quotes, nil when it is absent; name is in upper case. It reads the text
// once. A quote inside a value that does not begin with one is a character like any other: CN=Kari "K" N is not RFC 5545,
// but it exists.
func (p params) get(name string) []byte {
	for len(p) > 0 {
		p = p[1:] // the semicolon
		end, equals := len(p), -1
		quoted := false
	value:
		for i, c := range p {
			switch {
			case c == '"' && (quoted || (i > 0 && (p[i-1] == '=' || p[i-1] == ','))):
				quoted = !quoted
			case c == '=' && equals < 0:
				equals = i
			case c == ';' && !quoted:
				end = i
				break value
			}
		}
		if equals >= 0 && equalFold(bytes.TrimSpace(p[:equals]), name) {
			return unquote(p[equals+1 : end])
		}
		p = p[end:]
	}
	return nil
}

// onlyZone returns the TZID of parameters that hold nothing else, or nothing at all; ok is false for others.
func (p params) onlyZone() (id []byte, ok bool) {
	const prefix = len(";TZID=")
	if len(p) == 0 {
		return nil, true
	}
	if len(p) < prefix || !equalFold(p[1:prefix], "TZID=") || bytes.IndexByte(p[prefix:], ';') >= 0 {
		return nil, false
	}
	return unquote(p[prefix:]), true
}

// unquote takes the quotes off a parameter's value, and what follows the closing quote.
func unquote(v []byte) []byte {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || v[0] != '"' {
		return v
	}
	v = v[1:]
	if i := bytes.IndexByte(v, '"'); i >= 0 {
		v = v[:i]
	}
	return bytes.TrimSpace(v)
}

// digits reads all of b as a number; ok is false for anything but 1 to 18 digits.
func digits(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// parseMoment reads a DATE or a DATE-TIME without its zone; utc tells of a trailing Z. The 60th second, and seconds left
// out, are read leniently (RFC 5545 section 3.3.12).
func parseMoment(b []byte) (m moment, utc, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) < 8 {
		return moment{}, false, false
	}
	date, ok := digits(b[:8])
	if !ok {
		return moment{}, false, false
	}
	year, month, dayOfMonth := date/10000, date/100%100, date%100
	if year < 1 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(year, month) {
		return moment{}, false, false
	}
	m.at, m.form = daysOf(year, month, dayOfMonth)*day, formDay
	if b = b[8:]; len(b) == 0 {
		return m, false, true
	}
	if b[0]|0x20 != 't' {
		return moment{}, false, false
	}
	b = b[1:]
	if n := len(b); n > 0 && b[n-1]|0x20 == 'z' {
		b, utc = b[:n-1], true
	}
	clock, ok := digits(b)
	switch len(b) {
	case 4:
		clock *= 100
	case 6:
	default:
		ok = false
	}
	h, mi, s := clock/10000, clock/100%100, clock%100
	if !ok || h > 24 || mi > 59 || s > 60 || (h == 24 && clock != 240000) {
		return moment{}, false, false
	}
	m.at += int64(h*hour + mi*minute + min(s, 59))
	m.form = formTime
	return m, utc, true
}

// parseLength reads a DURATION. What is too long for the calendar is cut to maxLength; ok is false for what is no duration.
func parseLength(b []byte) (l length, negative, ok bool) {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		negative, b = b[0] == '-', b[1:]
	}
	if len(b) < 2 || b[0]|0x20 != 'p' {
		return l, false, false
	}
	inTime, any := false, false
	for b = b[1:]; len(b) > 0; {
		if b[0]|0x20 == 't' && !inTime {
			inTime, b = true, b[1:]
			continue
		}
		i := 0
		n := int64(0)
		for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			n = min(n*10+int64(b[i]-'0'), maxLength)
		}
		if i == 0 || i == len(b) {
			return l, false, false
		}
		unit := b[i] | 0x20
		b = b[i+1:]
		any = true
		switch {
		case unit == 'w' && !inTime:
			l.days = add(l.days, n*7, maxLength/day)
		case unit == 'd' && !inTime:
			l.days = add(l.days, n, maxLength/day)
		case unit == 'h' && inTime:
			l.seconds = add(l.seconds, n*hour, maxLength)
		case unit == 'm' && inTime:
			l.seconds = add(l.seconds, n*minute, maxLength)
		case unit == 's' && inTime:
			l.seconds = add(l.seconds, n, maxLength)
		default:
			return l, false, false
		}
	}
	return l, negative, any
}

// add adds two numbers of at most 2^62 up to a limit.
func add(a, b, limit int64) int64 { return min(a+b, limit) }

// unescape undoes the escapes of TEXT (RFC 5545 section 3.3.11).
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	text := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) {
			i++
		}
		text = append(text, b[i])
	}
	return text
}

// The far ends of time, in seconds since 1970: beyond every date that can be written, and far from overflow.
const (
	farPast   = math.MinInt64 / 4
	farFuture = math.MaxInt64 / 4
)
