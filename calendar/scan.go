package calendar

import (
	"bytes"
	"fmt"
)

// scan reads the text once, line by line, and keeps what can matter for the window. It returns ErrTruncated, wrapped, when a
// component is still open at the end.
func (r *reader) scan(text []byte) error {
	r.text = text
	for r.at < len(r.text) {
		first := r.text[r.at]
		line := r.nextLine()
		if first == ' ' || first == '\t' || len(line) == 0 {
			continue // the rest of a folded line that was not needed
		}
		r.readLine(line)
	}
	if len(r.stack) > 0 || r.tooDeep > 0 {
		return fmt.Errorf("%w: %d components are open after line %d", ErrTruncated, len(r.stack)+r.tooDeep, r.line)
	}
	return nil
}

// nextLine returns the next line of the text as it stands, without its end.
func (r *reader) nextLine() []byte {
	rest := r.text[r.at:]
	r.line++
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		r.at += i + 1
		rest = rest[:i]
	} else {
		r.at = len(r.text)
	}
	if n := len(rest); n > 0 && rest[n-1] == '\r' {
		rest = rest[:n-1]
	}
	return rest
}

// unfold adds the lines that continue one (RFC 5545 section 3.1). The result is good until the next call.
func (r *reader) unfold(line []byte) []byte {
	if !r.continues() {
		return line
	}
	r.folded = true
	r.scratch = append(r.scratch[:0], line...)
	for r.continues() {
		r.scratch = append(r.scratch, r.nextLine()[1:]...)
	}
	return r.scratch
}

func (r *reader) continues() bool {
	return r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\t')
}

// keep returns a part of the current logical line that stays good.
func (r *reader) keep(b []byte) []byte {
	if r.folded {
		return bytes.Clone(b)
	}
	return b
}

// isName are the characters of a property's name (RFC 5545 section 3.1, and the underscore that some write).
var isName = func() (is [256]bool) {
	for c := range 256 {
		is[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
	}
	return is
}()

// readLine takes one line that does not continue another.
func (r *reader) readLine(line []byte) {
	number := r.line
	r.folded = false
	end := 0
	lower := false
	for end < len(line) && isName[line[end]] {
		lower = lower || line[end] >= 'a'
		end++
	}
	if end == len(line) && r.continues() { // folded within the name
		line = r.unfold(line)
		for end < len(line) && isName[line[end]] {
			lower = lower || line[end] >= 'a'
			end++
		}
	}
	if end == 0 || end == len(line) || (line[end] != ':' && line[end] != ';') {
		if len(r.stack) > 0 && len(bytes.TrimSpace(line)) > 0 {
			r.warn(r.event.uid, number, CodeLine, "a line that is no property was skipped")
		}
		return
	}
	name := line[:end]
	if lower {
		name = bytes.ToUpper(name)
	}
	r.property(name, line, end, number)
}

// property hands a property to the component that is open.
func (r *reader) property(name, line []byte, end, number int) {
	switch string(name) {
	case "BEGIN":
		r.begin(r.componentName(line, end), number)
		return
	case "END":
		r.end(r.componentName(line, end), number)
		return
	}
	if r.tooDeep > 0 || len(r.stack) == 0 {
		return
	}
	switch r.stack[len(r.stack)-1] {
	case inCalendar:
		if string(name) == "X-WR-TIMEZONE" {
			if _, value, ok := r.split(line, end, number); ok {
				r.calendarZone(unescape(value))
			}
		}
	case inEvent, inAvailable:
		r.eventProperty(name, line, end, number)
	case inZone, inObservance:
		r.zoneProperty(name, line, end, number)
	case inFreeBusy:
		r.freeBusyProperty(name, line, end, number)
	case inAvailability:
		r.availabilityProperty(name, line, end, number)
	}
}

func (r *reader) componentName(line []byte, end int) []byte {
	line = r.unfold(line)
	if i := bytes.IndexByte(line[end:], ':'); i >= 0 {
		return bytes.TrimSpace(line[end+i+1:])
	}
	return nil
}

// split unfolds a line and takes it apart after its name. A colon inside quotes ends no parameter.
func (r *reader) split(line []byte, end, number int) (p params, value []byte, ok bool) {
	line = r.unfold(line)
	quoted := false
	for i := end; i < len(line); i++ {
		switch {
		case line[i] == '"' && (quoted || line[i-1] == '=' || line[i-1] == ','):
			quoted = !quoted
		case line[i] == ':' && !quoted:
			return params(line[end:i]), bytes.TrimSpace(line[i+1:]), true
		}
	}
	r.warn(r.event.uid, number, CodeLine, "a property without a colon was skipped")
	return nil, nil, false
}

// splitLast unfolds a line whose value holds no colon: dates do not, while TZID=UTC+01:00 does, and not always in quotes.
func (r *reader) splitLast(line []byte, end, number int) (p params, value []byte, ok bool) {
	line = r.unfold(line)
	if i := bytes.LastIndexByte(line, ':'); i >= end {
		return params(line[end:i]), bytes.TrimSpace(line[i+1:]), true
	}
	r.warn(r.event.uid, number, CodeLine, "a property without a colon was skipped")
	return nil, nil, false
}
