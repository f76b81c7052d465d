package calendar

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// TestMalformed reads what strangers write. Every feed also holds one good event, which must survive.
func TestMalformed(t *testing.T) {
	const good = "BEGIN:VEVENT\r\nUID:good\r\nDTSTART:20260303T080000Z\r\nDTEND:20260303T090000Z\r\nEND:VEVENT"
	const busy = "0303T0800/0303T0900"
	check := checker(t, "2026-03-02/2026-03-09", Options{})
	inside := func(lines string) string { // a second event
		return feed("BEGIN:VEVENT\r\n" + lines + "\r\nEND:VEVENT\r\n" + good)
	}
	other := "DTSTART:20260304T080000Z\r\nDTEND:20260304T090000Z\r\n"
	both := busy + " 0304T0800/0304T0900"

	check("a parameter, then nothing", inside("DTSTART;TZID=Europe/Oslo"), busy, CodeLine+" "+CodeStart)
	check("no name", inside(other+`;TZID="Europe/Oslo"x:1`), both, CodeLine)
	check("something after the quotes", inside("DTSTART;TZID=\"UTC\"x:20260304T080000Z\r\nDURATION:PT1H"), both, "")
	check("a quote without an end", inside("DTSTART;TZID=\"UTC:20260304T080000\r\nDURATION:PT1H"), both, "")
	check("a line without a colon", inside(other+"This was a description"), both, CodeLine)
	check("a line with a colon", inside(other+"Note: this was a description"), both, "")
	check("blank lines", inside(other+"\r\n\r\n   \r\n"), both, "")
	check("a long quoted parameter", inside(other+`ATTENDEE;CN="`+strings.Repeat("x", 400_000)+`":mailto:a@lia.example`), both, "")
	check("many parameters", inside(strings.Repeat(";X=1", 1)+"\r\nDTSTART"+strings.Repeat(";X=1", 100_000)+":20260304T080000Z\r\nDURATION:PT1H"), both, CodeLine)
	check("END with a space", strings.ReplaceAll(feed(good), "END:VEVENT", "END:VEVENT "), busy, "")
	check("begin in lower case", strings.ToLower(feed(good)), busy, "")
	check("LF only", strings.ReplaceAll(feed(good), "\r\n", "\n"), busy, "")
	check("CR only", strings.ReplaceAll(feed(good), "\r\n", "\r"), busy, "")
	check("BOM", "\ufeff"+feed(good), busy, "")
	check("junk before", "HTTP noise\r\n\r\n"+feed(good), busy, "")
	check("junk after", feed(good)+"-- \r\nsent by a list\r\n", busy, "")
	check("NUL at the end", feed(good)+"\x00\x00", busy, "")
	check("NUL inside", inside(other+"SUMMARY:a\x00b"), both, "")
	check("Latin-1", inside(other+"SUMMARY:\xc6gir\r\nUID:\xe5"), both, "")
	check("UTF-16, little end", toUTF16(feed(good), false), busy, "")
	check("UTF-16, big end", toUTF16(feed(good), true), busy, "")
	check("folded everywhere", foldEvery(feed(good), 3), busy, "")
	check("folded with tabs", strings.ReplaceAll(foldEvery(feed(good), 5), "\r\n ", "\r\n\t"), busy, "")
	check("folded with LF", strings.ReplaceAll(foldEvery(feed(good), 2), "\r\n", "\n"), busy, "")
	check("END:VEVENT is missing", feed("BEGIN:VEVENT\r\n"+other+good), both, CodeStructure)
	check("END:VALARM is missing", inside("BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"+other), both, CodeStructure+" "+CodeStart)
	check("END without BEGIN", inside(other+"END:VALARM\r\nEND:VFREEBUSY"), both, CodeStructure)
	check("END:VEVENT is missing at the end", "BEGIN:VCALENDAR\r\n"+good[:len(good)-len("END:VEVENT")]+"END:VCALENDAR\r\n", busy, CodeStructure)
	check("an alarm has its own DURATION", inside(other+"BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nDURATION:P7D\r\nSTATUS:CANCELLED\r\nEND:VALARM"), both, "")
	check("a task is no event", feed("BEGIN:VTODO\r\nDTSTART:20260304T080000Z\r\nDUE:20260304T090000Z\r\nEND:VTODO\r\n"+good), busy, "")
	check("two calendars", feed(good)+feed("BEGIN:VEVENT\r\n"+other+"END:VEVENT"), both, "")
	check("a calendar in a calendar", feed(feed(good)), busy, "")
	check("nested too deep", feed(strings.Repeat("BEGIN:X\r\n", 100)+strings.Repeat("END:X\r\n", 100)+good), busy, CodeStructure)
	check("nested too deep, never closed", feed(strings.Repeat("BEGIN:X\r\n", 100)+good), busy, CodeStructure)
	check("events in events", feed(strings.Repeat("BEGIN:VEVENT\r\n", 1000)+good), busy, CodeStructure+" "+CodeStart+" "+CodeMore)
}

func toUTF16(text string, bigEnd bool) string {
	out := []byte{}
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
		if bigEnd {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

// foldEvery folds every line after so many octets.
func foldEvery(text string, octets int) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if strings.HasPrefix(line, "BEGIN:VCALENDAR") { // what a calendar is known by
			out.WriteString(line + "\r\n")
			continue
		}
		for len(line) > octets {
			out.WriteString(line[:octets] + "\r\n ")
			line = line[octets:]
		}
		out.WriteString(line + "\r\n")
	}
	return out.String()
}

// TestHostile reads what would take other programs seconds, hours or all memory. The tests of a package end after minutes;
// the bound is the budget, so that a case that walks everything does not pass.
func TestHostile(t *testing.T) {
	check := checker(t, "2026-03-02/2026-03-09", Options{})
	rule := func(start, rule string) string { return oneEvent("DTSTART:"+start, "DURATION:PT1H", "RRULE:"+rule) }
	var list strings.Builder
	for range 1000 {
		list.WriteString("0,")
	}
	zeros := list.String()

	check("SECONDLY since 1970", rule("19700101T000000Z", "FREQ=SECONDLY"), "0302T0000/0309T0000", "")
	check("SECONDLY until within the window", rule("19700101T000000Z", "FREQ=SECONDLY;INTERVAL=7;UNTIL=20260304T120000Z"), "0302T0000/0304T125956", "")
	check("SECONDLY from within the window, with COUNT", rule("20260303T000000Z", "FREQ=SECONDLY;INTERVAL=2;COUNT=86401"), "0303T0000/0305T0100", "")
	check("SECONDLY with an exception", oneEvent("DTSTART:19700101T000000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY", "EXDATE:20260301T000000Z"), "0302T0000/0302T135318 ? 0302T125319/0309T0000", CodeBudget)
	check("MINUTELY since 1601", rule("16010101T000000Z", "FREQ=MINUTELY"), "0302T0000/0309T0000", "")
	check("COUNT=10^9", rule("19700101T000000Z", "FREQ=SECONDLY;COUNT=1000000000"), "", "")
	check("COUNT of a rule that is not regular", rule("20200101T000000Z", "FREQ=SECONDLY;BYDAY=MO;COUNT=1000000000"), "? 0302T0000/0309T0000", CodeBudget)
	check("HOURLY that never comes", rule("20260302T000000Z", "FREQ=HOURLY;INTERVAL=2;BYHOUR=1"), "0302T0000/0302T0100", "")
	check("MINUTELY that never comes", rule("20260302T000000Z", "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=1"), "0302T0000/0302T0100", "")
	check("MINUTELY that never comes, with COUNT", rule("16010101T000000Z", "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=1;COUNT=5"), "? 0302T0000/0309T0000", CodeBudget)
	check("30 February", rule("20260302T000000Z", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"), "0302T0000/0302T0100", "")
	check("30 February, every second", rule("20260302T000000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), "0302T0000/0302T0100", "")
	check("long lists", rule("20260302T000000Z", "FREQ=DAILY;BYHOUR="+zeros+"9;BYMINUTE="+zeros+";BYSECOND="+zeros+";COUNT=2"), "0302T0000/0302T0100 0302T0900/0302T1000", "")
	check("every position of every second of a year", rule("20260302T000000Z", "FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,1,2,3,4,5;BYSECOND=0,1,2,3,4,5;BYMONTH=3;BYDAY=MO;BYSETPOS=1,-1"), "0302T0000/0302T0100", "")

	// A share of the whole feed is left for the others, and of those that come too late the rest is unknown.
	var many strings.Builder
	for range 200 {
		many.WriteString("BEGIN:VEVENT\r\nDTSTART:19700101T000000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY;INTERVAL=2\r\nEND:VEVENT\r\n")
	}
	r, err := Read([]byte(feed(many.String())), window(t, "2026-03-02/2026-04-27"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Unknown); n != 1 || !r.Unknown[0].Start.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("rules beyond the budget of the feed: unknown is %s", brief(r.Unknown))
	}
}

// TestWarnings looks at what a warning tells and what it must not.
func TestWarnings(t *testing.T) {
	text := feed("BEGIN:VEVENT", "UID:one@lia.example", "SUMMARY:Samtale om Per", "DTSTART:20260303T080000Z", "DTEND:then", "Per is ill", "END:VEVENT")
	r, err := Read([]byte(text), window(t, "2026-03-02/2026-03-09"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Warning{
		{UID: "one@lia.example", Line: 8, Code: CodeLine, Text: "a line that is no property was skipped"},
		{UID: "one@lia.example", Line: 3, Code: CodeEnd, Text: "DTEND or DURATION cannot be read; the event's day is unknown from its start"},
	}
	if len(r.Warnings) != len(want) {
		t.Fatalf("%v", r.Warnings)
	}
	for i := range want {
		if r.Warnings[i] != want[i] {
			t.Errorf("%+v, want %+v", r.Warnings[i], want[i])
		}
	}
	r, err = Read([]byte(feed(strings.Repeat("broken\r\n", 1000))), window(t, "2026-03-02/2026-03-09"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Warnings); n != maxWarnings || r.Warnings[n-1].Code != CodeMore {
		t.Errorf("%d warnings, the last is %+v", n, r.Warnings[n-1])
	}
}

// TestReadKeepsNothing overwrites the feed after reading it.
func TestReadKeepsNothing(t *testing.T) {
	data := []byte(oneEvent("DTSTART;TZID=Nowhere:20260303T080000", "DURATION:PT1H"))
	r, err := Read(data, window(t, "2026-03-02/2026-03-09"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	copy(data, bytes.Repeat([]byte("x"), len(data)))
	if r.Warnings[0].UID != "a" || !strings.Contains(r.Warnings[0].Text, "Nowhere") {
		t.Errorf("%+v", r.Warnings)
	}
}
