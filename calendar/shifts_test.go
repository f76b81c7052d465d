package calendar

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// shiftsOf writes shifts as "0302T0700/0302T1430 Title <address>", UTC; "?" marks those that are unsure.
func shiftsOf(r ShiftReading) string {
	var lines []string
	for _, s := range r.Shifts {
		line := brief([]Interval{s.Interval})
		if s.Unsure {
			line = "? " + line
		}
		if s.Title != "" {
			line += " " + s.Title
		}
		for _, a := range s.Addresses {
			line += " <" + a + ">"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// oslo is how Exchange defines the zone.
const osloZone = "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" +
	"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" +
	"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"

func TestShifts(t *testing.T) {
	check := func(name, within, from string, want []string, wantCodes string, events ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			r, err := Shifts([]byte(feed(events...)), window(t, within), ShiftOptions{Zone: mustZone(t, "Europe/Oslo"), AllDayFrom: from})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := shiftsOf(r), strings.Join(want, "\n"); got != want {
				t.Errorf("says\n%s\nwant\n%s", got, want)
			}
			if got := codes(Reading{Warnings: r.Warnings}); got != wantCodes {
				t.Errorf("warns %q, want %q: %v", got, wantCodes, r.Warnings)
			}
		})
	}
	event := func(lines ...string) string {
		return "BEGIN:VEVENT\r\nUID:a\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT"
	}
	day, spring, autumn := "2026-03-02/2026-03-04", "2026-03-28/2026-03-31", "2026-10-24/2026-10-27"

	check("by day", day, "", []string{"0302T0700/0302T1430 Kaja Nes"}, "", event("DTSTART;TZID=Europe/Oslo:20260302T080000", "DTEND;TZID=Europe/Oslo:20260302T153000", "SUMMARY:Kaja Nes"))
	check("not clipped", day, "", []string{"0301T2100/0302T0630 Kaja Nes", "0303T2100/0304T0630 Simen Lie"}, "",
		event("DTSTART:20260303T220000", "DTEND:20260304T073000", "SUMMARY:Simen Lie"), event("DTSTART:20260301T220000", "DTEND:20260302T073000", "SUMMARY:Kaja Nes"),
		event("DTSTART:20260301T080000", "DTEND:20260301T150000", "SUMMARY:before"), event("DTSTART:20260304T010000", "DTEND:20260304T150000", "SUMMARY:after"))
	check("two with one UID at once", day, "", []string{"0302T0700/0302T1400 Kaja Nes", "0302T0700/0302T1400 Simen Lie"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:Simen Lie"), event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:Kaja Nes"))
	check("the same twice", day, "", []string{"0302T0700/0302T1400 Kaja Nes"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:Kaja Nes"), event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:Kaja Nes"))
	check("back to back stay two", day, "", []string{"0302T0700/0302T1500 Kaja Nes", "0302T1500/0302T2300 Kaja Nes"}, "",
		event("DTSTART:20260302T080000", "DURATION:PT8H", "RRULE:FREQ=HOURLY;INTERVAL=8;COUNT=2", "SUMMARY:Kaja Nes"))

	check("whole days from midnight", day, "", []string{"0301T2300/0303T2300 Kaja Nes"}, "", event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304", "SUMMARY:Kaja Nes"))
	check("whole days from eight", day, "08:00", []string{"0302T0700/0304T0700 Kaja Nes"}, "", event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304", "SUMMARY:Kaja Nes"))
	check("yesterday's lasts until eight", day, "08:00", []string{"0301T0700/0302T0700 Kaja Nes"}, "", event("DTSTART;VALUE=DATE:20260301", "SUMMARY:Kaja Nes"))
	check("the whole day of spring", spring, "08:00", []string{"0327T0700/0328T0700 S", "0328T0700/0329T0600 S", "0329T0600/0330T0600 S", "0330T0600/0331T0600 S"}, "",
		event("DTSTART;VALUE=DATE:20260327", "RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:S"))
	check("the whole day of autumn", autumn, "", []string{"1023T2200/1024T2200 S", "1024T2200/1025T2300 S", "1025T2300/1026T2300 S", "1026T2300/1027T2300 S"}, "",
		event("DTSTART;VALUE=DATE:20261023", "RRULE:FREQ=DAILY;COUNT=5", "SUMMARY:S"))
	check("times are not moved", day, "08:00", []string{"0302T0900/0302T1000 Kaja Nes"}, "", event("DTSTART:20260302T100000", "DTEND:20260302T110000", "SUMMARY:Kaja Nes"))

	night := []string{"DTSTART;TZID=Europe/Oslo:20260105T200000", "DTEND;TZID=Europe/Oslo:20260106T080000", "RRULE:FREQ=DAILY", "SUMMARY:N"}
	check("nights in spring", spring, "", []string{"0327T1900/0328T0700 N", "0328T1900/0329T0600 N", "0329T1800/0330T0600 N", "0330T1800/0331T0600 N"}, "", event(night...))
	check("nights in autumn", autumn, "", []string{"1023T1800/1024T0600 N", "1024T1800/1025T0700 N", "1025T1900/1026T0700 N", "1026T1900/1027T0700 N"}, "", event(night...))
	check("nights with a DURATION", autumn, "", []string{"1023T1800/1024T0600 N", "1024T1800/1025T0700 N", "1025T1900/1026T0700 N", "1026T1900/1027T0700 N"}, "",
		event("DTSTART;TZID=Europe/Oslo:20260105T200000", "DURATION:PT12H", "RRULE:FREQ=DAILY", "SUMMARY:N"))
	check("one night is as it is written", autumn, "", []string{"1024T1800/1025T0600 N"}, "", event("DTSTART;TZID=Europe/Oslo:20261024T200000", "DURATION:PT12H", "SUMMARY:N"))
	weekA := []string{"UID:b", "DTSTART;TZID=W. Europe Standard Time:20260105T080000", "DTEND;TZID=W. Europe Standard Time:20260112T080000", "RRULE:FREQ=WEEKLY;INTERVAL=2", "SUMMARY:A"}
	weekB := []string{"DTSTART;TZID=W. Europe Standard Time:20260112T080000", "DTEND;TZID=W. Europe Standard Time:20260119T080000", "RRULE:FREQ=WEEKLY;INTERVAL=2", "SUMMARY:B"}
	check("weeks in spring", "2026-03-20/2026-04-10", "", []string{"0316T0700/0323T0700 A", "0323T0700/0330T0600 B", "0330T0600/0406T0600 A", "0406T0600/0413T0600 B"}, "", osloZone, event(weekA...), event(weekB...))
	check("weeks in autumn", "2026-10-20/2026-10-27", "", []string{"1019T0600/1026T0700 B", "1026T0700/1102T0700 A"}, "", osloZone, event(weekA...), event(weekB...))
	check("an hour that is left out", spring, "", []string{"0329T0100/0329T0130 N", "0330T0000/0330T0030 N"}, "",
		event("DTSTART;TZID=Europe/Oslo:20260329T020000", "DTEND;TZID=Europe/Oslo:20260329T023000", "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:N"))
	check("it ends at the hour that is left out", "2026-03-29/2026-03-30", "", []string{"0329T0130/0329T0200 N"}, "",
		event("DTSTART;TZID=Europe/Oslo:20260328T023000", "DTEND;TZID=Europe/Oslo:20260328T030000", "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:N"))
	check("seven days past the hour that comes twice", "2026-10-26/2026-10-27", "", []string{"1018T2330/1026T0030 W"}, "",
		event("DTSTART;TZID=Europe/Oslo:20261012T013000", "DTEND;TZID=Europe/Oslo:20261019T013000", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:W"))

	series := []string{"DTSTART:20260302T080000", "DTEND:20260302T150000", "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:Kaja Nes", "ATTENDEE:mailto:kaja.nes@havnes.example"}
	check("another title in an instance", day, "", []string{"0302T0700/0302T1400 Kaja Nes <kaja.nes@havnes.example>", "0303T0700/0303T1400 Simen Lie for Kaja Nes"}, "",
		event(series...), event("RECURRENCE-ID:20260303T080000", "DTSTART:20260303T080000", "DTEND:20260303T150000", "SUMMARY:Simen Lie for Kaja Nes"))
	check("an instance that names nobody", day, "", []string{"0302T0700/0302T1400 Kaja Nes <kaja.nes@havnes.example>", "0303T0900/0303T1400 Kaja Nes <kaja.nes@havnes.example>"}, "",
		event("RECURRENCE-ID:20260303T080000", "DTSTART:20260303T100000", "DTEND:20260303T150000"), event(series...))
	check("a cancelled instance", day, "", []string{"0302T0700/0302T1400 Kaja Nes <kaja.nes@havnes.example>"}, "",
		event(series...), event("RECURRENCE-ID:20260303T080000", "DTSTART:20260303T080000", "STATUS:CANCELLED", "SUMMARY:Kaja Nes"))
	check("somebody else from then on", "2026-03-02/2026-03-06", "", []string{"0302T0700/0302T1400 A", "0303T0700/0303T1400 A", "0304T0800/0304T1500 B", "0305T0800/0305T1500 B"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "RRULE:FREQ=DAILY;COUNT=4", "SUMMARY:A"), event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000", "DTSTART:20260304T090000", "DTEND:20260304T160000", "SUMMARY:B"))
	check("an exception and a date", "2026-03-02/2026-03-09", "08:00", []string{"0302T0700/0303T0700 K", "0304T0700/0305T0700 K", "0307T0700/0308T0700 K"}, "",
		event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260303", "RDATE;VALUE=DATE:20260307", "SUMMARY:K"))
	check("a period", day, "", []string{"0302T0700/0302T1400 K", "0303T1000/0303T1100 K"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "RDATE;VALUE=PERIOD:20260303T100000Z/PT1H", "SUMMARY:K"))

	check("attendees alone", day, "", []string{"0302T0700/0302T1400 <kaja.nes@havnes.example> <simen@havnes.example>"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "ATTENDEE;CN=\"Nes, Kaja\";PARTSTAT=ACCEPTED:MAILTO:Kaja.Nes@Havnes.example", "ATTENDEE;EMAIL=simen@havnes.example:urn:uuid:1",
			"ATTENDEE:mailto:kaja.nes@havnes.example", "ATTENDEE;PARTSTAT=DECLINED:mailto:per@havnes.example", "ATTENDEE;CUTYPE=ROOM:mailto:rom@havnes.example", "ATTENDEE:invalid:nomail"))
	check("a title as it is written", day, "", []string{"0302T0700/0302T1400 Nes, Kaja; vakt Sør-Åmot"}, "",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY;LANGUAGE=nb:Nes\\, Kaja\\; \\n va", " kt\t Sør-Åmot ", "SUMMARY:Second"))
	check("Latin-1", day, "", []string{"0302T0700/0302T1400 Bjørg"}, "", event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:Bj\xf8rg"))
	check("a long title", day, "", []string{"0302T0700/0302T1400 " + strings.Repeat("x", maxTitle) + "…"}, "", event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:"+strings.Repeat("x", 9000)))

	check("what is unsure", day, "", []string{"? 0301T2300/0302T2300 No time", "? 0302T0700/0302T1400 Maybe", "? 0302T0700/0302T1400 Away"}, "start",
		event("DTSTART:20260302T080000", "DTEND:20260302T150000", "STATUS:TENTATIVE", "SUMMARY:Maybe"),
		strings.Replace(event("DTSTART:20260302T080000", "DTEND:20260302T150000", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "SUMMARY:Away"), "UID:a", "UID:b", 1),
		strings.Replace(event("DTSTART:2026-03-02 08:00", "SUMMARY:No time"), "UID:a", "UID:c", 1))
	check("shown as free", day, "", []string{"0302T0700/0302T1400 K"}, "", event("DTSTART:20260302T080000", "DTEND:20260302T150000", "TRANSP:TRANSPARENT", "SUMMARY:K"))
	check("a rule that nobody knows", day, "", []string{"0302T0700/0302T1400 K", "? 0303T0700/0303T1400 K"}, "rule", event("DTSTART:20260302T080000", "DTEND:20260302T150000", "RRULE:FREQ=LUNAR", "SUMMARY:K"))
	check("free-busy time and availabilities", day, "", nil, "ignored", officeHours(), "BEGIN:VFREEBUSY\r\nFREEBUSY:20260302T080000Z/PT1H\r\nEND:VFREEBUSY")
	check("many before the window", day, "", []string{"0302T0700/0302T1400 K"}, "", event("DTSTART:20260301T120000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY;COUNT=20000", "SUMMARY:B"),
		strings.Replace(event("DTSTART:20260302T080000", "DTEND:20260302T150000", "SUMMARY:K"), "UID:a", "UID:b", 1))
	check("too many", day, "", []string{"? 0302T0000/0304T0000"}, "budget", event("DTSTART:20260302T000000Z", "DURATION:PT5S", "RRULE:FREQ=SECONDLY", "SUMMARY:K"))
}

// TestShiftsOfAProgram reads a published duty plan.
func TestShiftsOfAProgram(t *testing.T) {
	text, err := os.ReadFile("testdata/shifts.ics")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Shifts(text, window(t, "2026-03-29/2026-04-05"), ShiftOptions{Zone: mustZone(t, "Europe/Oslo"), AllDayFrom: "08:00"})
	want := "0329T2000/0330T0530 N Med A\n0331T0530/0331T1300 D Med A\n0402T0600/0403T0600 Bakvakt 08-08, byttet\n? 0403T0530/0403T1300 D Med A (ønsket)\n? 0403T2200/0404T2200 D Med A"
	if got := shiftsOf(r); err != nil || got != want {
		t.Errorf("says\n%s, %v\nwant\n%s", got, err, want)
	}
}

func TestShiftsErrors(t *testing.T) {
	for _, from := range []string{"8:00", "24:00", "08.00", "0800", "08:60", "08:0x", "noon"} {
		if _, err := Shifts([]byte(feed()), window(t, "2026-03-02/2026-03-04"), ShiftOptions{AllDayFrom: from}); err == nil {
			t.Errorf("%q is taken as a clock time", from)
		}
	}
	if _, err := Shifts(nil, window(t, "2026-03-02/2026-03-04"), ShiftOptions{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty plan gives %v", err)
	}
}

// TestShiftsAsRead compares with Read: where both measure a shift alike, the shifts add up to its duty.
func TestShiftsAsRead(t *testing.T) {
	text := []byte(generate(500))
	within := window(t, "2026-04-06/2026-06-01") // no clock change: series of a night differ there on purpose
	o := Options{Zone: mustZone(t, "Europe/Oslo"), Kind: KindDuty}
	whole, err := Read(text, within, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Shifts(text, within, ShiftOptions{Zone: o.Zone})
	if err != nil || len(r.Shifts) != whole.Instances || r.Events != whole.Events {
		t.Fatalf("%d shifts of %d events, %v; Read has %d of %d", len(r.Shifts), r.Events, err, whole.Instances, whole.Events)
	}
	var duty []Interval
	for _, s := range r.Shifts {
		duty = append(duty, s.Interval)
	}
	if got, want := brief(Clip(duty, within)), brief(whole.Duty); got != want {
		t.Errorf("duty is\n%s\nwant\n%s", got, want)
	}
}

// FuzzShifts reads strangers' plans: whatever they are, every shift touches the window, in order, with bounded words.
func FuzzShifts(f *testing.F) {
	for _, name := range []string{"testdata/shifts.ics", "testdata/exchange.ics", "testdata/google.ics"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "08:00")
	}
	f.Add([]byte(oneEvent("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;UNTIL=20260401", "RDATE;VALUE=PERIOD:20260304T100000Z/PT1H", "SUMMARY:Kaja\\, N\\n", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b")), "23:59")
	f.Add([]byte(oneEvent("DTSTART:20260329T023000", "DTEND:20260329T030000", "RRULE:FREQ=HOURLY", "SUMMARY:K")), "")
	oslo := mustZone(f, "Europe/Oslo")
	within := Interval{Start: time.Date(2026, 3, 2, 0, 0, 0, 1, time.UTC), End: time.Date(2026, 4, 27, 0, 0, 0, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, data []byte, from string) {
		r, err := Shifts(data, within, ShiftOptions{Zone: oslo, AllDayFrom: from})
		if err != nil {
			return
		}
		for i, s := range r.Shifts {
			if !s.Start.Before(s.End) || !s.Start.Before(within.End) || !within.Start.Before(s.End) || s.Start.Location() != time.UTC {
				t.Errorf("%v is no shift of the window", s.Interval)
			}
			if i > 0 && s.Start.Before(r.Shifts[i-1].Start) {
				t.Errorf("%v comes after %v", s.Interval, r.Shifts[i-1].Interval)
			}
			if len(s.Title) > 2*maxTitle+len("…") || strings.ContainsAny(s.Title, "\r\n\t\x00") || len(s.Addresses) > maxAddresses {
				t.Errorf("%q for %q", s.Title, s.Addresses)
			}
		}
		if len(r.Shifts) > maxShifts || len(r.Warnings) > maxWarnings {
			t.Errorf("%d shifts, %d warnings", len(r.Shifts), len(r.Warnings))
		}
	})
}
