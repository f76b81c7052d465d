package feed

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// maxObjects is more than fit into a Body: 260 bytes each.
const maxObjects = 20_000

// object is one resource of a collection: an event with its exceptions, in a calendar of its own (RFC 4791 section 4.1).
type object struct {
	Name string `json:"n"`           // the last part of its path, escaped in one way, whatever the server's
	ETag string `json:"e,omitempty"` // of the text; empty: to be fetched again
	Size int    `json:"s,omitempty"` // of the text in the body; 0: none, the object is missing
	text []byte
}

// nameOf returns the name of an object from the href by which a server lists it, and "" for the collection itself and
// collections in it. It is not ok when the href leads elsewhere.
func (k *collection) nameOf(href string) (name string, ok bool) {
	u, err := url.Parse(href)
	if err != nil || (u.Host != "" && !strings.EqualFold(u.Hostname(), k.at.Hostname())) {
		return "", false
	}
	name, ok = strings.CutPrefix(u.Path, k.at.Path)
	switch {
	case u.Path+"/" == k.at.Path:
		return "", true
	case !ok || name == "." || name == ".." || len(name) > maxHref:
		return "", false
	case strings.HasSuffix(name, "/"):
		return "", true
	}
	return url.PathEscape(name), !strings.Contains(name, "/")
}

// hrefOf is the reverse of nameOf.
func (k *collection) hrefOf(name string) string {
	return (&url.URL{Path: k.at.Path}).EscapedPath() + name
}

var beginCalendar = regexp.MustCompile(`(?i)BEGIN:VCALENDAR`)

// maxOpen is how many calendars an object may leave open and still be one that was cut.
const maxOpen = 2

// part makes an object's text one that may stand between others: it begins and ends with a calendar and leaves none open. All
// between is as it came, faults included, for the reader of calendars to judge. It is nil for what is no calendar.
func part(text string) []byte {
	b := []byte(text)
	start := beginCalendar.FindIndex(b)
	if start == nil {
		return nil
	}
	b = b[start[0]:]
	if bytes.IndexByte(b, '\n') < 0 {
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
	}
	first, last, open := calendarsIn(b)
	switch {
	case first < 0, open > maxOpen:
		return nil
	case open == 0:
		b = b[first:last]
	default:
		b = b[first:]
	}
	if !bytes.HasSuffix(b, []byte("\n")) {
		b = append(b, "\r\n"...)
	}
	for range open {
		b = append(b, "END:VCALENDAR\r\n"...)
	}
	return b
}

var fold = regexp.MustCompile("\r?\n[ \t]") // RFC 5545 section 3.1

// calendarsIn finds where the first calendar begins (-1: there is none) and the last one ends, and how many are left open.
func calendarsIn(b []byte) (first, last, open int) {
	first = -1
	for at, end := 0, 0; at < len(b); at = end {
		end = logicalLine(b, at)
		line := b[at:end]
		if bytes.IndexByte(line, '\n') < len(line)-1 {
			line = fold.ReplaceAll(line, nil)
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		name, _, _ = bytes.Cut(name, []byte(";"))
		switch {
		case !bytes.EqualFold(bytes.TrimSpace(value), []byte("VCALENDAR")):
		case bytes.EqualFold(name, []byte("BEGIN")):
			if open++; first < 0 {
				first = at
			}
		case bytes.EqualFold(name, []byte("END")) && open > 0:
			open--
			last = end
		}
	}
	return first, last, open
}

// logicalLine returns where the line that begins at an index ends, with the lines that continue it.
func logicalLine(b []byte, at int) int {
	for {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return len(b)
		}
		if at += i + 1; at == len(b) || (b[at] != ' ' && b[at] != '\t') {
			return at
		}
	}
}

// noObjects is the body of calendars without objects: known to be empty, which no bytes would not say.
const noObjects = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Samtale//CalDAV reader//EN\r\nEND:VCALENDAR\r\n"

// join returns the objects' texts one after another. Each has its own VTIMEZONEs, which hold inside its VCALENDAR only.
func join(collections []*collection) []byte {
	var b bytes.Buffer
	for _, k := range collections {
		for _, o := range k.Objects {
			b.Write(o.text)
		}
	}
	if b.Len() == 0 {
		b.WriteString(noObjects)
	}
	return b.Bytes()
}

// take puts the objects of a map into the collection, in the order of their names: the same objects make the same body.
func (k *collection) take(objects map[string]object) {
	k.Objects = k.Objects[:0]
	for _, o := range objects {
		o.Size = len(o.text)
		k.Objects = append(k.Objects, o)
	}
	slices.SortFunc(k.Objects, func(a, b object) int { return strings.Compare(a.Name, b.Name) })
}
