package compare

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/samtale/samtale/calendar"
)

// engine reads a feed to the end: bytes to merged busy time within a window. spent is the processor's time since it started.
type engine struct {
	read  func(feed []byte, window span) (answer, error)
	spent func() time.Duration
}

func engineOf(b *testing.B, name string) engine {
	switch name {
	case "libical":
		p := libical(b)
		return engine{p.read, func() time.Duration { return p.spent }}
	case "go-ical + rrule-go":
		return engine{readNaively, ownTime}
	}
	return engine{readOurs, ownTime}
}

// ownTime returns the processor's time of this process, the garbage collector's included.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(fmt.Sprintf("getrusage of this process: %v", err))
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEngines reads the same calendars with each engine and prints how they compare, in the processor's time: that of one
// core, whatever else the machine does.
func BenchmarkEngines(b *testing.B) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "events\tMB\tengine\tms\tMB/s\tours is faster by\t")
	note := ""
	for _, size := range []struct{ events, rules int }{{5000, 300}, {50000, 3000}} {
		feed := officeFeed(size.events, size.rules)
		megabytes := float64(len(feed)) / 1e6
		var own time.Duration
		for _, name := range []string{"calendar.Read", "libical", "go-ical + rrule-go"} {
			took := measure(b, fmt.Sprintf("%d events/%s", size.events, name), name, feed)
			if own == 0 {
				own = took
			}
			row := "-\t-\t-\t"
			if took == 0 && name == "libical" {
				note = "libical is left out: scripts/setup test installs libical-dev and a C compiler."
			}
			if took > 0 && own > 0 {
				row = fmt.Sprintf("%.1f\t%.0f\t%.0f x\t", took.Seconds()*1000, megabytes/took.Seconds(), float64(took)/float64(own))
			}
			fmt.Fprintf(table, "%d\t%.1f\t%s\t%s\n", size.events, megabytes, name, row)
		}
	}
	fmt.Println()
	table.Flush()
	fmt.Println(note)
}

// measure returns the processor's time of one reading, 0 when the engine is missing or gives another answer than ours.
func measure(b *testing.B, title, name string, feed []byte) (took time.Duration) {
	window := span{time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 27, 0, 0, 0, 0, time.UTC)}
	want, err := readOurs(feed, window)
	if err != nil {
		b.Fatal(err)
	}
	b.Run(title, func(b *testing.B) {
		e := engineOf(b, name)
		got, err := e.read(feed, window)
		if err != nil || !reflect.DeepEqual(got, want) {
			b.Fatalf("%v: another answer: %d busy spans for %d, %d tentative for %d", err, len(got.busy), len(want.busy), len(got.tentative), len(want.tentative))
		}
		b.SetBytes(int64(len(feed)))
		b.ReportAllocs()
		before := e.spent()
		for b.Loop() {
			if _, err := e.read(feed, window); err != nil {
				b.Fatal(err)
			}
		}
		took = (e.spent() - before) / time.Duration(b.N)
		b.ReportMetric(took.Seconds()*1000, "cpu-ms/op")
	})
	return took
}

func readOurs(feed []byte, window span) (answer, error) {
	r, err := calendar.Read(feed, calendar.Interval{Start: window.start, End: window.end}, calendar.Options{Zone: oslo})
	if err == nil && len(r.Warnings) > 0 {
		err = fmt.Errorf("%d warnings, the first: %v", len(r.Warnings), r.Warnings[0])
	}
	return answer{r.Busy, r.Tentative}, err
}

// oslo is the zone that the calendars of the benchmark are in.
var oslo = stamp{place: &places[0]}.location()

// habits are rules as people have them, and the dates on which they begin.
var habits = []struct {
	rule   string
	begins func(time.Time) bool
}{
	{"FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20281231T070000Z", func(at time.Time) bool { return at.Weekday() == time.Monday }},
	{"FREQ=DAILY;COUNT=40", func(time.Time) bool { return true }},
	{"FREQ=MONTHLY;BYDAY=2TU", func(at time.Time) bool { return at.Weekday() == time.Tuesday && (at.Day()-1)/7 == 1 }},
	{"FREQ=WEEKLY;INTERVAL=2;WKST=MO", func(time.Time) bool { return true }},
	{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", func(at time.Time) bool { return at.Day() == 1 && at.Weekday()%6 != 0 }},
	{"FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=17", func(at time.Time) bool { return at.Month() == time.April && at.Day() == 17 }},
	{"FREQ=WEEKLY;UNTIL=20240601T070000Z", func(time.Time) bool { return true }},
}

// officeFeed writes ten years of a calendar as Google and Nextcloud write it: 400 bytes an event, some of them series, nothing that
// the three engines read differently.
func officeFeed(events, rules int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	first := time.Date(2017, 1, 2, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//samtale//compare//EN\r\n" + defined(places[0].id, owner, 0,
		observance("DAYLIGHT", "19700329T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
		observance("STANDARD", "19701025T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU")).definition)
	series := 0
	for i := range events {
		start := first.AddDate(0, 0, rng.IntN(3650)).Add(time.Duration(14+rng.IntN(24)) * 30 * time.Minute)
		rule := ""
		if i*rules/events >= series {
			h := habits[series%len(habits)]
			for series++; !h.begins(start); {
				start = start.AddDate(0, 0, 1)
			}
			rule = fmt.Sprintf("RRULE:%s\r\nEXDATE;TZID=%s:%s\r\n", h.rule, places[0].id, start.AddDate(0, 0, 14).Format("20060102T150405"))
		}
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%08x-0000-4000-8000-%012x@samtale.example\r\nDTSTAMP:20260301T120000Z\r\n", i, i)
		fmt.Fprintf(&b, "DTSTART;TZID=%s:%s\r\nDTEND;TZID=%[1]s:%[3]s\r\n", places[0].id, start.Format("20060102T150405"), start.Add(time.Hour).Format("20060102T150405"))
		b.WriteString(rule)
		b.WriteString("SUMMARY:Avtale i kalenderen\r\nLOCATION:Rom 214\r\nDESCRIPTION:En beskrivelse av avtalen som er så lang at den må brettes over f\r\n lere linjer.\r\n")
		b.WriteString("STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nSEQUENCE:0\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}
