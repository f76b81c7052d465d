package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// producer is the program that a calendar is kept in; each writes the same appointment differently.
type producer int

const (
	outlook   producer = iota // Windows zone names with a VTIMEZONE, X-MICROSOFT-CDO-BUSYSTATUS
	google                    // single events in UTC, series with a zone, X-WR-TIMEZONE
	apple                     // IANA zone with a VTIMEZONE that begins in 1981
	nextcloud                 // IANA zone with a VTIMEZONE, small letters in UIDs, LF line ends
)

// products are the PRODID lines.
var products = map[producer]string{
	outlook: "Microsoft Exchange Server 2010", google: "-//Google Inc//Google Calendar 70.9054//EN",
	apple: "-//Apple Inc.//macOS 15.1//EN", nextcloud: "-//IDN nextcloud.com//Calendar app 5.0.2//EN",
}

const (
	windowsZone = "W. Europe Standard Time"
	icsTime     = "20060102T150405"
	icsDate     = "20060102"
	// Rosters are written out from weeksBack before this week to weeksAhead after it: as far as calendars are read.
	weeksBack, weeksAhead = 2, 14
)

// writer puts down one calendar.
type writer struct {
	by     producer
	name   string
	email  string // of the owner, for invitations they have declined
	monday time.Time
	lines  []string
	count  int
}

// write renders an agenda as it stands in the week that begins on monday.
func write(name, email string, a agenda, monday time.Time) ([]byte, error) {
	w := &writer{by: a.by, name: name, email: email, monday: monday}
	w.head()
	for _, line := range a.entries {
		e, err := parseEntry(line)
		if err != nil {
			return nil, err
		}
		for _, one := range e.cut() {
			switch {
			case a.kind == shifts:
				w.singles(one)
			default:
				w.series(one)
			}
		}
	}
	w.put("END", "VCALENDAR")
	return w.bytes(), nil
}

// put adds a content line; text values are escaped by the caller.
func (w *writer) put(name, value string) { w.lines = append(w.lines, name+":"+value) }

func (w *writer) head() {
	w.put("BEGIN", "VCALENDAR")
	w.put("PRODID", products[w.by])
	w.put("VERSION", "2.0")
	switch w.by {
	case outlook:
		w.put("METHOD", "PUBLISH")
		w.put("X-WR-CALNAME", "Kalender")
	case google:
		w.put("CALSCALE", "GREGORIAN")
		w.put("METHOD", "PUBLISH")
		w.put("X-WR-TIMEZONE", zoneName)
	case apple, nextcloud:
		w.put("CALSCALE", "GREGORIAN")
	}
	w.lines = append(w.lines, vtimezone(w.by)...)
}

// vtimezone is the zone of Havnes as the producer defines it.
func vtimezone(by producer) []string {
	id, standard, daylight := zoneName, "19701025T030000", "19700329T020000"
	switch by {
	case outlook:
		id, standard, daylight = windowsZone, "16010101T030000", "16010101T020000"
	case apple:
		standard, daylight = "19961027T030000", "19810329T020000"
	case google, nextcloud:
	}
	return []string{
		"BEGIN:VTIMEZONE", "TZID:" + id,
		"BEGIN:STANDARD", "DTSTART:" + standard, "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
		"BEGIN:DAYLIGHT", "DTSTART:" + daylight, "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT",
		"END:VTIMEZONE",
	}
}

// singles writes every occurrence out, as rosters are exported.
func (w *writer) singles(e entry) {
	for week := -weeksBack; week <= weeksAhead; week++ {
		monday := w.monday.AddDate(0, 0, 7*week)
		if !e.falls(monday) {
			continue
		}
		for _, day := range e.days {
			if e.allDay {
				w.allDay(e, w.uid(), monday.AddDate(0, 0, sinceMonday(day)), nil)
				continue
			}
			from, to := e.on(monday, day)
			w.event(e, w.uid(), from, to, false)
		}
	}
}

// series writes a rule that began with the first week of the demo.
func (w *writer) series(e entry) {
	uid, began := w.uid(), firstMonday().AddDate(0, 0, 7*e.phase)
	var days []string
	for _, d := range e.days {
		days = append(days, strings.ToUpper(dayNames[d][:2]))
	}
	rule := "FREQ=WEEKLY;"
	if e.every > 1 {
		rule += fmt.Sprintf("INTERVAL=%d;", e.every)
	}
	extra := []string{"RRULE:" + rule + "WKST=MO;BYDAY=" + strings.Join(days, ",")}
	if e.allDay {
		day := began.AddDate(0, 0, sinceMonday(e.days[0]))
		w.allDay(e, uid, day, extra)
		return
	}
	if e.skipped {
		from, _ := e.on(w.next(e, 2), e.days[0])
		extra = append(extra, w.moment("EXDATE", from, true))
	}
	from, to := e.on(began, e.days[0])
	w.event(e, uid, from, to, true, extra...)
	if e.moved != "" {
		monday := w.next(e, 1)
		was, until := e.on(monday, e.days[0])
		instead := clockOn(monday, sinceMonday(e.days[0]), e.moved)
		w.event(e, uid, instead, instead.Add(until.Sub(was)), true, w.moment("RECURRENCE-ID", was, true), "SEQUENCE:1")
	}
}

// next is the Monday of the entry's first week that lies at least so many weeks ahead.
func (w *writer) next(e entry, weeks int) time.Time {
	monday := w.monday.AddDate(0, 0, 7*weeks)
	for !e.falls(monday) {
		monday = monday.AddDate(0, 0, 7)
	}
	return monday
}

// moment is a property with an instant in the producer's manner. Google writes single events in UTC.
func (w *writer) moment(name string, t time.Time, recurring bool) string {
	switch {
	case w.by == outlook:
		return name + ";TZID=" + windowsZone + ":" + t.In(zone()).Format(icsTime)
	case w.by == google && !recurring:
		return name + ":" + t.UTC().Format(icsTime) + "Z"
	}
	return name + ";TZID=" + zoneName + ":" + t.In(zone()).Format(icsTime)
}

func (w *writer) event(e entry, uid string, from, to time.Time, recurring bool, extra ...string) {
	w.begin(e, uid, w.moment("DTSTART", from, recurring), w.moment("DTEND", to, recurring), extra)
}

func (w *writer) allDay(e entry, uid string, day time.Time, extra []string) {
	w.begin(e, uid, "DTSTART;VALUE=DATE:"+day.Format(icsDate), "DTEND;VALUE=DATE:"+day.AddDate(0, 0, 1).Format(icsDate), extra)
}

func (w *writer) begin(e entry, uid, start, end string, extra []string) {
	w.lines = append(w.lines, "BEGIN:VEVENT", "UID:"+uid, "DTSTAMP:"+w.monday.UTC().Format(icsTime)+"Z", start, end)
	w.lines = append(w.lines, extra...)
	w.put("SUMMARY", escaped(e.title))
	transparent := "OPAQUE"
	if e.show == free {
		transparent = "TRANSPARENT"
	}
	w.put("TRANSP", transparent)
	status := "CONFIRMED"
	if e.show == tentative {
		status = "TENTATIVE"
	}
	w.put("STATUS", status)
	if w.by == outlook {
		w.put("CLASS", "PRIVATE")
		w.put("X-MICROSOFT-CDO-BUSYSTATUS", map[show]string{busy: "BUSY", tentative: "TENTATIVE", free: "FREE", declined: "FREE"}[e.show])
	}
	if e.show == declined {
		w.put("ORGANIZER;CN=Havnes sykehus", "mailto:moter@havnes.example")
		w.put("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED", "mailto:"+w.email)
	}
	w.put("END", "VEVENT")
}

// uid is the next unique id in the producer's manner, the same every time.
func (w *writer) uid() string {
	w.count++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", w.name, w.count))
	text := hex.EncodeToString(sum[:16])
	uuid := text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
	switch w.by {
	case outlook:
		return "040000008200E00074C5B7101A82E008" + strings.ToUpper(text)
	case google:
		return text[:26] + "@google.com"
	case apple:
		return strings.ToUpper(uuid)
	case nextcloud:
	}
	return uuid
}

// escaped is a TEXT value (RFC 5545 section 3.3.11).
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}

// bytes joins the lines, folded at 75 octets and never inside a character (RFC 5545 section 3.1).
func (w *writer) bytes() []byte {
	end := "\r\n"
	if w.by == nextcloud {
		end = "\n"
	}
	var b strings.Builder
	for _, line := range w.lines {
		for limit := 75; len(line) > limit; limit = 74 { // the blank counts too
			cut := limit
			for !utf8.RuneStart(line[cut]) {
				cut--
			}
			b.WriteString(line[:cut] + end + " ")
			line = line[cut:]
		}
		b.WriteString(line + end)
	}
	return []byte(b.String())
}
