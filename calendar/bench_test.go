package calendar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// BenchmarkRead reads generated calendars of ten years, as Exchange writes them, for a window of eight weeks; one event in 17 is
// a series. It reports MB/s.
func BenchmarkRead(b *testing.B) {
	for _, events := range []int{500, 5000, 50000} {
		b.Run(fmt.Sprintf("%d events", events), func(b *testing.B) {
			text := []byte(generate(events))
			o := Options{Zone: mustZone(b, "Europe/Oslo")}
			within := window(b, "2026-03-02/2026-04-27")
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if r, err := Read(text, within, o); err != nil || r.Events != events || len(r.Busy) == 0 || len(r.Warnings) > 0 {
					b.Fatal(r.Events, r.Warnings, err)
				}
			}
		})
	}
}

// BenchmarkThousandCalendars reads the feeds of a thousand clinicians, sixty events each, as is done when the window has moved. It
// reports ms for all of them.
func BenchmarkThousandCalendars(b *testing.B) {
	const clinicians, events = 1000, 60
	text := []byte(generate(events))
	o := Options{Zone: mustZone(b, "Europe/Oslo"), Addresses: []string{"ingrid@lia.example"}}
	within := window(b, "2026-03-02/2026-04-27")
	b.SetBytes(int64(len(text)) * clinicians)
	b.ReportAllocs()
	for b.Loop() {
		for range clinicians {
			if r, err := Read(text, within, o); err != nil || r.Events != events {
				b.Fatal(r.Events, err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/thousand")
}

// generate writes a calendar.
func generate(events int) string {
	rng := rand.New(rand.NewPCG(3, 4))
	zone := "W. Europe Standard Time"
	first := time.Date(2017, 1, 2, 8, 0, 0, 0, time.UTC)
	rules := []string{
		"FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20281231T070000Z", "FREQ=DAILY;COUNT=40", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;WKST=MO",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=17", "FREQ=WEEKLY;UNTIL=20240601T070000Z",
	}
	var text strings.Builder
	text.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Lia//EN\r\nBEGIN:VTIMEZONE\r\nTZID:" + zone + "\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n" +
		"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n" +
		"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n")
	for i := range events {
		start := first.Add(time.Duration(rng.IntN(10*365*48)) * 30 * time.Minute)
		fmt.Fprintf(&text, "BEGIN:VEVENT\r\nUID:%08x-0000-4000-8000-%012x\r\nDTSTAMP:20260301T120000Z\r\n", i, i)
		fmt.Fprintf(&text, "DTSTART;TZID=%s:%s\r\nDTEND;TZID=%s:%s\r\n", zone, start.Format("20060102T150405"), zone, start.Add(time.Hour).Format("20060102T150405"))
		if i%17 == 0 {
			text.WriteString("RRULE:" + rules[i/17%len(rules)] + "\r\n")
			fmt.Fprintf(&text, "EXDATE;TZID=%s:%s,20260310T090000\r\n", zone, start.AddDate(0, 0, 7).Format("20060102T150405"))
		}
		text.WriteString("SUMMARY:Avtale i kalenderen\r\nLOCATION:Rom 214\r\nDESCRIPTION:En beskrivelse av avtalen som er så lang at den må brettes over f\r\n lere linjer.\r\n")
		text.WriteString("STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nEND:VEVENT\r\n")
	}
	text.WriteString("END:VCALENDAR\r\n")
	return text.String()
}
