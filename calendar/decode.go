package calendar

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// decode returns the text of a feed from its first BEGIN:VCALENDAR on, with LF, CR LF or, where there was CR alone, LF. The
// result shares memory with data where nothing had to be changed. RFC 5545 section 3.1.4 knows UTF-8 only; what is not
// UTF-8 passes as it is, because nothing that is compared lies beyond ASCII.
func decode(data []byte) ([]byte, error) {
	data = fromUTF16(data)
	start := indexFold(data, "BEGIN:VCALENDAR")
	if start < 0 {
		if len(bytes.Trim(data, "\x00\t\n\v\f\r \ufeff")) == 0 {
			return nil, ErrEmpty
		}
		return nil, fmt.Errorf("%w: no BEGIN:VCALENDAR in %d bytes", ErrNotCalendar, len(data))
	}
	data = data[start:]
	if bytes.IndexByte(data, '\n') < 0 {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	return data, nil
}

// fromUTF16 converts text in UTF-16, known by its byte order mark or by a zero beside its first letter.
func fromUTF16(data []byte) []byte {
	if len(data) < 4 {
		return data
	}
	low := -1 // index of the low byte in a pair
	switch a, b := data[0], data[1]; {
	case a == 0xff && b == 0xfe, a != 0 && a < 0x80 && b == 0 && data[3] == 0:
		low = 0
	case a == 0xfe && b == 0xff, a == 0 && b != 0 && b < 0x80 && data[2] == 0:
		low = 1
	default:
		return data
	}
	text := make([]byte, 0, len(data)/2+16)
	for i := 0; i+1 < len(data); i += 2 {
		r := pair(data, i, low)
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if i+3 < len(data) {
				second = pair(data, i+2, low)
			}
			if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
				i += 2
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

func pair(data []byte, i, low int) rune {
	return rune(data[i+low]) | rune(data[i+1-low])<<8
}

// indexFold finds an upper-case ASCII word in any case. It looks at every byte once: a search by letter would be quadratic in
// text that holds one of its cases only.
func indexFold(data []byte, word string) int {
	for i := 0; i+len(word) <= len(data); i++ {
		if data[i]|0x20 == word[0]|0x20 && equalFold(data[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}

// equalFold compares with an upper-case ASCII word in any case, and only with ASCII: no other letter folds into it.
func equalFold(b []byte, word string) bool {
	if len(b) != len(word) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// foreign is text of the feed in a warning: it is made printable only if the warning is kept.
type foreign []byte

// String returns what printable does.
func (f foreign) String() string { return printable(f) }

// printable returns foreign bytes for a warning: Latin-1 where they are not UTF-8, without control characters, not too long.
func printable(b []byte) string { return printed(b, maxQuoted) }

// printed is printable with a bound of its own, in bytes.
func printed(b []byte, most int) string {
	cut := false
	if len(b) > most {
		b, cut = b[:most], true
		for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.RuneStart(b[len(b)-1]); i++ {
			b = b[:len(b)-1]
		}
		if len(b) > 0 && b[len(b)-1] >= utf8.RuneSelf {
			b = b[:len(b)-1]
		}
	}
	valid := utf8.Valid(b)
	text := make([]rune, 0, len(b)+1)
	add := func(r rune) {
		if r >= ' ' && (r < 0x7f || r > 0x9f) {
			text = append(text, r)
		}
	}
	if valid {
		for _, r := range string(b) {
			add(r)
		}
	} else {
		for _, c := range b {
			add(rune(c))
		}
	}
	if cut {
		text = append(text, '…')
	}
	return string(text)
}
