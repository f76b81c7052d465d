package calendar

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostileSize is the size that is tested and measured.
const hostileSize = 1 << 20

// hostileFeeds are feeds of a size that cost other programs seconds, all memory or the process. Where a piece has a %[1]d, every
// repetition has another number.
func hostileFeeds(size int) map[string]string {
	event := func(lines string) string {
		return "BEGIN:VEVENT\nDTSTART:20260303T080000Z\nDURATION:PT1S\n" + lines + "END:VEVENT\n"
	}
	within := func(before, piece, after string) string { // one component whose middle is repeated
		return "BEGIN:VCALENDAR\n" + before + fill(piece, size-len(before)-len(after)) + after + "END:VCALENDAR\n"
	}
	many := func(piece string) string { return within("", piece, "") }
	inEvent := func(piece string) string {
		return within("BEGIN:VEVENT\nUID:a\nDTSTART:20260303T080000Z\nDURATION:PT1S\n", piece, "END:VEVENT\n")
	}
	outlook := func(id, rule string) string {
		return "BEGIN:VTIMEZONE\nTZID:" + id + "\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:" + rule + "\nEND:STANDARD\nEND:VTIMEZONE\n"
	}
	at := func(zone string) string {
		return "BEGIN:VEVENT\nDTSTART;TZID=" + zone + ":20260303T080000\nDURATION:PT1S\nEND:VEVENT\n"
	}
	return map[string]string{
		"a parameter, then nothing":          inEvent("DTEND;TZID=Europe/Oslo\n"),
		"no name":                            inEvent(";TZID=\"Europe/Oslo\"x:1\n"),
		"no colon":                           inEvent("x\n"),
		"empty lines":                        inEvent("\n"),
		"nested":                             "BEGIN:VCALENDAR\n" + fill("BEGIN:X\n", size/2) + fill("END:X\n", size/2) + "END:VCALENDAR\n",
		"nested without an end":              many("BEGIN:X\n"),
		"ends without a beginning":           many("END:VEVENT\n"),
		"events without an end":              many("BEGIN:VEVENT\n"),
		"one quoted parameter":               within("BEGIN:VEVENT\nATTENDEE;CN=\"", "x", "\":mailto:a@lia.example\nEND:VEVENT\n"),
		"many quotes":                        within("BEGIN:VEVENT\nATTENDEE", ";CN=\"x", ":mailto:a@lia.example\nEND:VEVENT\n"),
		"many parameters":                    within("BEGIN:VEVENT\nDTSTART", ";X=1", ":20260303T080000Z\nEND:VEVENT\n"),
		"many parameters of many attendees":  inEvent("ATTENDEE" + strings.Repeat(";X=1", 200) + ":mailto:a@lia.example\n"),
		"folded after every letter":          inEvent("X\n -\n A\n :\n b\n"),
		"one line, folded":                   within("BEGIN:VEVENT\nDTSTART:20260303T080000Z", "\n ", "\nEND:VEVENT\n"),
		"the smallest events":                many("BEGIN:VEVENT\nDTSTART:20260303\nEND:VEVENT\n"),
		"the smallest events with a UID":     many("BEGIN:VEVENT\nUID:%[1]d\nDTSTART:20260303\nEND:VEVENT\n"),
		"the smallest calendars":             fill("BEGIN:VCALENDAR\nEND:VCALENDAR\n", size),
		"many EXDATE":                        inEvent("EXDATE:20260303T080000Z\n"),
		"one EXDATE":                         within("BEGIN:VEVENT\nDTSTART:20260303\nRRULE:FREQ=DAILY\nEXDATE:", "20260404,", "\nEND:VEVENT\n"),
		"one RDATE":                          within("BEGIN:VEVENT\nDTSTART:20260303\nRDATE:", "20260303T080000Z/PT1S,", "\nEND:VEVENT\n"),
		"periods of one FREEBUSY":            within("BEGIN:VFREEBUSY\nFREEBUSY:", "20260303T080000Z/PT1S,", "\nEND:VFREEBUSY\n"),
		"dates that are none":                within("BEGIN:VEVENT\nDTSTART:20260303\nRDATE:", "x,", "\nEND:VEVENT\n"),
		"many FREEBUSY":                      within("BEGIN:VFREEBUSY\n", "FREEBUSY:20260303T080000Z/P1D\n", "END:VFREEBUSY\n"),
		"many rules of one event":            inEvent("RRULE:FREQ=WEEKLY\n"),
		"many rules with COUNT":              inEvent("RRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=9999\n"),
		"many EXRULE":                        inEvent("EXRULE:FREQ=DAILY\n"),
		"overrides of one UID":               many("BEGIN:VEVENT\nUID:a\nDTSTART:20260303\nRECURRENCE-ID:20260304\nEND:VEVENT\n"),
		"versions of one UID":                many("BEGIN:VEVENT\nUID:a\nDTSTART:20260303\nRRULE:FREQ=DAILY\nEND:VEVENT\n"),
		"THISANDFUTURE of one UID":           within("BEGIN:VEVENT\nUID:a\nDTSTART:00010101\nRRULE:FREQ=DAILY\nEND:VEVENT\n", "BEGIN:VEVENT\nUID:a\nDTSTART:20260303\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304\nEND:VEVENT\n", ""),
		"THISANDFUTURE of many versions":     within(fill("BEGIN:VEVENT\nUID:a\nDTSTART:00010101\nRRULE:FREQ=DAILY\nEND:VEVENT\n", size/2), "BEGIN:VEVENT\nUID:a\nDTSTART:99990303\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304\nEND:VEVENT\n", ""),
		"every second":                       many("BEGIN:VEVENT\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=2\nEND:VEVENT\n"),
		"every minute since 1601":            many("BEGIN:VEVENT\nDTSTART:16010101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY\nEND:VEVENT\n"),
		"the 30th of February":               many(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1\n")),
		"the 30th of February, by the year":  many("BEGIN:VEVENT\nDTSTART:00010101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1\nEND:VEVENT\n"),
		"hours that never come":              many("BEGIN:VEVENT\nDTSTART:00010101T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=1;COUNT=1\nEND:VEVENT\n"),
		"the 366th position of every second": many(event("RRULE:FREQ=YEARLY;COUNT=9;BYMONTH=1,2,3;BYDAY=MO,TU,WE;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5;BYSECOND=1,2,3,4;BYSETPOS=366\n")),
		"days of the year":                   many("BEGIN:VEVENT\nDTSTART:00010101\nRRULE:FREQ=DAILY;BYYEARDAY=366;COUNT=999999\nEND:VEVENT\n"),
		"weeks of the year":                  many("BEGIN:VEVENT\nDTSTART:00010101\nRRULE:FREQ=MONTHLY;BYWEEKNO=53;BYDAY=MO;COUNT=999999\nEND:VEVENT\n"),
		"years of weeks":                     many("BEGIN:VEVENT\nDTSTART:00010101\nRRULE:FREQ=YEARLY;BYWEEKNO=1,2,3,4,5,6,7,8,9;COUNT=999999\nEND:VEVENT\n"),
		"long lists":                         many(event("RRULE:FREQ=DAILY;BYHOUR=" + strings.Repeat("0,", 1000) + "9;BYMINUTE=" + strings.Repeat("0,", 1000) + "9\n")),
		"every time of the day":              many(event("RRULE:FREQ=DAILY;BYHOUR=" + upTo(23) + ";BYMINUTE=" + upTo(59) + ";BYSECOND=" + upTo(59) + "\n")),
		"every second of a year":             many(event("RRULE:FREQ=YEARLY;BYDAY=" + "SU,MO,TU,WE,TH,FR,SA;BYHOUR=" + upTo(23) + ";BYMINUTE=" + upTo(59) + ";BYSECOND=" + upTo(59) + ";COUNT=999999999\n")),
		"rules that cannot be followed":      many("BEGIN:VEVENT\nDTSTART:20260303T080000Z\nDURATION:PT1S\nRRULE:X\nEND:VEVENT\n"),
		"a day of pieces":                    many("BEGIN:VEVENT\nDTSTART:20260303T080%03[1]dZ\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;INTERVAL=3\nSTATUS:TENTATIVE\nEND:VEVENT\n"),
		"zones that nobody knows":            many(at("zone %[1]d")),
		"zones at the end of a path":         many(at("/x%[1]d/Europe/Oslo")),
		"long paths":                         many(at("/%[1]d" + strings.Repeat("/a", 90))),
		"offsets":                            many(at("(UTC+01:00) Lia %[1]d")),
		"definitions":                        many(outlook("z%[1]d", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10") + at("z%[1]d")),
		"definitions by the day":             many(outlook("z%[1]d", "FREQ=DAILY") + at("z%[1]d")),
		"definitions by the day, with COUNT": many(outlook("z%[1]d", "FREQ=WEEKLY;COUNT=4999") + at("z%[1]d")),
		"calendars of their own zone":        fill("BEGIN:VCALENDAR\n"+outlook("z", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10")+at("z")+"END:VCALENDAR\n", size),
		"clocks that change every hour":      many(outlook("z%[1]d", "FREQ=HOURLY;COUNT=4000") + strings.Repeat("BEGIN:VEVENT\nDTSTART;TZID=z%[1]d:16010103T080000\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;INTERVAL=2\nEND:VEVENT\n", 3)),
		"clocks that change about now":       many("BEGIN:VTIMEZONE\nTZID:z%[1]d\nBEGIN:STANDARD\nDTSTART:20260301T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=HOURLY;COUNT=2000\nEND:STANDARD\nEND:VTIMEZONE\n" + strings.Repeat("BEGIN:VEVENT\nDTSTART;TZID=z%[1]d:20260103T080000\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;INTERVAL=2\nEND:VEVENT\n", 3)),
		"events of other years":              many("BEGIN:VEVENT\nSEQUENCE:1\nDTSTART;TZID=Europe/Oslo:5%03[2]d0303T080000\nDURATION:PT1S\nEND:VEVENT\n"),
		"series of other years":              within("", "BEGIN:VEVENT\nDTSTART;TZID=Europe/Oslo:19%02[2]d0303T080000\nDURATION:PT1S\nRRULE:FREQ=YEARLY\nEND:VEVENT\n", ""),
		"dates of other years":               within("BEGIN:VEVENT\nDTSTART;TZID=Europe/Oslo:20260303T080000\nRDATE;TZID=Europe/Oslo:", "2%03[2]d0303T080000/PT1S,", "\nEND:VEVENT\n"),
		"availabilities":                     many("BEGIN:VAVAILABILITY\nPRIORITY:%[1]d\n" + fill("BEGIN:AVAILABLE\nDTSTART:20260303T080000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY\nEND:AVAILABLE\n", size/70) + "END:VAVAILABILITY\n"),
		"UTF-16":                             toUTF16("BEGIN:VCALENDAR\n"+fill("BEGIN:VEVENT\n", size/2-40)+"END:VCALENDAR\n", true),
		"almost a calendar":                  fill("BEGIN:VCALENDA", size-20) + "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
		"carriage returns":                   "BEGIN:VCALENDAR\r" + fill("BEGIN:X\r", size/2) + fill("END:X\r", size/2) + "END:VCALENDAR\r",
	}
}

// fill repeats a piece up to a size; %[1]d in it is the number of the repetition, %[2]d another number below 100.
func fill(piece string, size int) string {
	var text strings.Builder
	for i := 0; ; i++ {
		next := piece
		if strings.Contains(piece, "%") {
			next = fmt.Sprintf(piece, i, i*7%100)
		}
		if text.Len()+len(next) > size {
			return text.String()
		}
		text.WriteString(next)
	}
}

// upTo writes 0,1,...,n.
func upTo(n int) string {
	var text strings.Builder
	for i := range n + 1 {
		fmt.Fprintf(&text, "%d,", i)
	}
	return text.String()
}

// TestHostileCost reads a MiB of every kind and counts: steps stay within the budget, and memory within 16 MiB beside the feed, all
// that is ever allocated counted as if it were held at once.
func TestHostileCost(t *testing.T) {
	const most = 16 << 20
	o := Options{Zone: mustZone(t, "Europe/Oslo"), Addresses: []string{"ingrid@lia.example"}}
	within := window(t, "2026-03-02/2026-04-27")
	knownZones() // is once
	for name, text := range hostileFeeds(hostileSize) {
		t.Run(name, func(t *testing.T) {
			data := []byte(text)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			text, err := decode(data)
			if err != nil {
				t.Fatal(err)
			}
			r := newReader(within, o)
			if err := r.scan(text); err != nil && !errors.Is(err, ErrTruncated) {
				t.Fatal(err)
			}
			r.defineZones()
			r.evaluate()
			reading := r.reading()
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > most {
				t.Errorf("%d KiB in %d pieces, at most %d KiB", grown>>10, after.Mallocs-before.Mallocs, most>>10)
			}
			if n := len(reading.Busy) + len(reading.Tentative) + len(reading.Unknown); n > maxSpans {
				t.Errorf("%d intervals", n)
			}
			if len(reading.Warnings) > maxWarnings {
				t.Errorf("%d warnings", len(reading.Warnings))
			}
			const over = day / cheapSteps // the last rule may list a day of seconds before it finds that nothing is left
			if spent := r.granted - r.budget; spent > r.granted+over {
				t.Errorf("%d steps of %d", spent, r.granted)
			}
		})
	}
}

// TestScanAllocates nothing for what is not needed: more lines of text do not mean more pieces of memory.
func TestScanAllocates(t *testing.T) {
	event := "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260303T080000Z\r\nDTEND:20260303T090000Z\r\n"
	pieces := func(lines int) float64 {
		data := []byte(feed(event + strings.Repeat("DESCRIPTION;LANGUAGE=nb:En lang beskrivelse som er br\r\n ettet over to linjer\r\n", lines) + "END:VEVENT"))
		within := window(t, "2026-03-02/2026-04-27")
		return testing.AllocsPerRun(10, func() { _, _ = Read(data, within, Options{}) })
	}
	if few, many := pieces(1), pieces(10_000); many > few {
		t.Errorf("%v pieces of memory for one line, %v for ten thousand", few, many)
	}
}

// BenchmarkHostile shows what a MiB of every kind costs.
func BenchmarkHostile(b *testing.B) {
	o := Options{Zone: mustZone(b, "Europe/Oslo"), Addresses: []string{"ingrid@lia.example"}}
	within := window(b, "2026-03-02/2026-04-27")
	for name, text := range hostileFeeds(hostileSize) {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Read(data, within, o) // some are truncated
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/MiB")
		})
	}
}
