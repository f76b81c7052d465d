package calendar

import (
	"strings"
	"testing"
)

// TestValue reads single values, in the zone of Oslo around the change of 29 March 2026.
func TestValue(t *testing.T) {
	check := checker(t, "2026-03-01/2026-04-15", Options{Zone: mustZone(t, "Europe/Oslo")})
	eight := "0303T0800/0303T0900" // 09:00 to 10:00 in Oslo

	check("a day that is 23 hours", oneEvent("DTSTART;VALUE=DATE:20260329"), "0328T2300/0329T2200", "")
	check("a day, DTEND", oneEvent("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260305"), "0302T2300/0304T2300", "")
	check("a day, DTEND the same", oneEvent("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260303"), "0302T2300/0303T2300", "")
	check("a day, DTEND before", oneEvent("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260302"), "", CodeEnd)
	check("a day, DURATION", oneEvent("DTSTART;VALUE=DATE:20260303", "DURATION:P2D"), "0302T2300/0304T2300", "")
	check("value=date", oneEvent("dtstart;value=date:20260303"), "0302T2300/0303T2300", "")
	check("DATE without VALUE", oneEvent("DTSTART:20260303"), "0302T2300/0303T2300", "")
	check("VALUE=DATE with a time", oneEvent("DTSTART;VALUE=DATE:20260303T000000"), "0302T2300/0303T2300", "")
	check("VALUE=DATE and TZID", oneEvent("DTSTART;TZID=America/New_York;VALUE=DATE:20260303"), "0302T2300/0303T2300", "")
	check("VALUE=DATE-TIME and TZID", oneEvent("DTSTART;VALUE=DATE-TIME;TZID=Europe/Oslo:20260303T090000", "DURATION:PT1H"), eight, "")
	check("trailing space", oneEvent("DTSTART:20260303T080000Z  ", "DTEND: 20260303T090000Z\t"), eight, "")
	check("the 60th second", oneEvent("DTSTART:20260303T080000Z", "DTEND:20260303T085960Z"), "0303T0800/0303T085959", "")
	check("no seconds", oneEvent("DTSTART:20260303T0800Z", "DTEND:20260303T0900Z"), eight, "")
	check("24:00", oneEvent("DTSTART:20260303T230000Z", "DTEND:20260303T240000Z"), "0303T2300/0304T0000", "")
	check("lower case", oneEvent("DTSTART:20260303t080000z", "DTEND:20260303t090000z"), eight, "")

	check("P1D over the change", oneEvent("DTSTART;TZID=Europe/Oslo:20260328T120000", "DURATION:P1D"), "0328T1100/0329T1000", "")
	check("P1W over the change", oneEvent("DTSTART;TZID=Europe/Oslo:20260323T120000", "DURATION:P1W"), "0323T1100/0330T1000", "")
	check("PT24H over the change", oneEvent("DTSTART;TZID=Europe/Oslo:20260328T120000", "DURATION:PT24H"), "0328T1100/0329T1100", "")
	check("P1DT1H30M", oneEvent("DTSTART:20260303T080000Z", "DURATION:P1DT1H30M"), "0303T0800/0304T0930", "")
	check("+PT1H", oneEvent("DTSTART:20260303T080000Z", "DURATION:+PT1H"), eight, "")
	check("far too long", oneEvent("DTSTART:20260303T080000Z", "DURATION:PT9999999999999999H"), "0303T0800/0415T0000", CodeEnd)
	check("many parts that are too long", oneEvent("DTSTART:20260303T080000Z", "DURATION:P"+strings.Repeat("99999999999W", 100)), "0303T0800/0415T0000", CodeEnd)
	check("negative DURATION", oneEvent("DTSTART:20260303T080000Z", "DURATION:-PT1H"), "", CodeEnd)
	check("DTEND before DTSTART", oneEvent("DTSTART:20260303T080000Z", "DTEND:20260303T070000Z"), "", CodeEnd)
	check("DTEND the same", oneEvent("DTSTART:20260303T080000Z", "DTEND:20260303T080000Z"), "", "")
	check("neither", oneEvent("DTSTART:20260303T080000Z"), "", "")
	check("DTEND and DURATION", oneEvent("DTSTART:20260303T080000Z", "DTEND:20260303T090000Z", "DURATION:PT5H"), eight, "")
	check("DTEND unreadable", oneEvent("DTSTART:20260303T080000Z", "DTEND:tomorrow"), "? 0303T0800/0304T0000", CodeEnd)
	check("DURATION unreadable", oneEvent("DTSTART;TZID=Europe/Oslo:20260303T090000", "DURATION:1 hour"), "? 0303T0800/0303T2300", CodeEnd)
	check("DTEND without a value", oneEvent("DTSTART:20260303T080000Z", "DTEND;TZID=UTC"), "? 0303T0800/0304T0000", CodeLine+" "+CodeEnd)
	check("DURATION of nothing", oneEvent("DTSTART:20260303T080000Z", "DURATION:PT"), "? 0303T0800/0304T0000", CodeEnd)
	check("a time with a DATE for its end", oneEvent("DTSTART;TZID=Europe/Oslo:20260303T090000", "DTEND;VALUE=DATE:20260304"), "0303T0800/0303T2300", "")
	check("a DATE with a time for its end", oneEvent("DTSTART;VALUE=DATE:20260303", "DTEND;TZID=Europe/Oslo:20260303T120000"), "0302T2300/0303T1100", "")

	thatDay := "? 0302T2300/0303T2300"
	check("no DTSTART", oneEvent("SUMMARY:x"), "", CodeStart)
	check("no DTSTART but DTEND", oneEvent("DTEND:20260303T090000Z"), thatDay, CodeStart)
	check("no DTSTART but DTEND, the owner's midnight", oneEvent("DTEND:20260303T230000Z"), thatDay, CodeStart)
	check("no DTSTART but DTEND, a day", oneEvent("DTEND;VALUE=DATE:20260304"), thatDay, CodeStart)
	check("no DTSTART but DTEND, in a zone", oneEvent("DTEND;TZID=Asia/Tokyo:20260304T030000"), thatDay, CodeStart)
	check("no DTSTART but RECURRENCE-ID", oneEvent("RECURRENCE-ID:20260303T080000Z", "DTEND:20260309T090000Z"), thatDay, CodeStart)
	check("no DTSTART, transparent", oneEvent("DTEND:20260303T090000Z", "TRANSP:TRANSPARENT"), "", CodeStart)
	check("no DTSTART but DTEND and a rule", oneEvent("DTEND:20260303T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2"), thatDay+" 0309T2300/0310T2300", CodeStart)
	check("DTSTART unreadable but its date", oneEvent("DTSTART:2026-03-03", "DTEND:20260309T090000Z"), thatDay, CodeStart)
	check("DTSTART unreadable but its date before a colon", oneEvent("DTSTART:2026-03-03 07:30"), thatDay, CodeStart)
	check("DTSTART unreadable but its date and a rule of hours", oneEvent("DTSTART:20260413T99", "RRULE:FREQ=HOURLY"), "? 0412T2200/0415T0000", CodeStart+" "+CodeRule)
	check("DTSTART unreadable", oneEvent("DTSTART:tomorrow"), "", CodeStart)
	check("30 February", oneEvent("DTSTART:20260230T080000Z", "DURATION:PT1H"), "", CodeStart)
	check("29 February 2025", oneEvent("DTSTART;VALUE=DATE:20250229"), "", CodeStart)
	check("month 13", oneEvent("DTSTART:20261301T080000Z", "DURATION:PT1H"), "", CodeStart)
	check("hour 25", oneEvent("DTSTART:20260303T250000Z", "DURATION:PT1H"), thatDay, CodeStart)
	check("year 0", oneEvent("DTSTART:00000303T080000Z", "DURATION:PT1H"), "", CodeStart)
	check("the first DTSTART holds", oneEvent("DTSTART:20260303T080000Z", "DTSTART:20260304T080000Z", "DURATION:PT1H"), eight, "")
	check("text is not looked into", oneEvent("DTSTART:20260303T080000Z", "DURATION:PT1H", `SUMMARY:Vakt, natt\: 22-08`, `DESCRIPTION:STATUS:CANCELLED\nTRANSP:TRANSPARENT`), eight, "")
	check("parameters of RFC 6868", oneEvent("DTSTART:20260303T080000Z", "DURATION:PT1H", "ORGANIZER;CN=Kari ^'K^' N:mailto:kari@lia.example"), eight, "")
}

// TestStatus says what takes the owner's time.
func TestStatus(t *testing.T) {
	o := Options{Addresses: []string{"Kari@lia.example", " k.nes@lia.example "}}
	check := checker(t, "2026-03-02/2026-03-09", o)
	on := func(lines ...string) string {
		return oneEvent(append([]string{"DTSTART:20260303T080000Z", "DTEND:20260303T090000Z"}, lines...)...)
	}
	busy, tentative := "0303T0800/0303T0900", "~ 0303T0800/0303T0900"
	me := func(partstat string) string {
		return "ATTENDEE;CN=Kari;PARTSTAT=" + partstat + ":mailto:kari@lia.example"
	}

	check("plain", on(), busy, "")
	check("CANCELLED", on("STATUS:CANCELLED"), "", "")
	check("CONFIRMED", on("STATUS:CONFIRMED"), busy, "")
	check("TENTATIVE", on("STATUS:TENTATIVE"), tentative, "")
	check("unknown STATUS", on("STATUS:BUSY"), busy, "")
	check("TRANSPARENT", on("TRANSP:TRANSPARENT"), "", "")
	check("OPAQUE", on("TRANSP:OPAQUE"), busy, "")
	check("transparent in lower case", on("transp:transparent"), "", "")
	check("Outlook FREE", on("X-MICROSOFT-CDO-BUSYSTATUS:FREE"), "", "")
	check("Outlook TENTATIVE", on("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"), tentative, "")
	check("Outlook OOF", on("X-MICROSOFT-CDO-BUSYSTATUS:OOF"), busy, "")
	check("Outlook WORKINGELSEWHERE", on("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"), "", "")
	elsewhere := o
	elsewhere.ElsewhereBusy = true
	checker(t, "2026-03-02/2026-03-09", elsewhere)("Outlook WORKINGELSEWHERE, taken", on("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:TRANSPARENT"), busy, "")
	check("Outlook unknown", on("X-MICROSOFT-CDO-BUSYSTATUS:SAUNA"), busy, "")
	check("BUSYSTATUS wins over TRANSP, busy", on("TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"), busy, "")
	check("BUSYSTATUS wins over TRANSP, free", on("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "TRANSP:OPAQUE"), "", "")
	check("TENTATIVE and TRANSPARENT", on("STATUS:TENTATIVE", "TRANSP:TRANSPARENT"), "", "")
	check("a day that is transparent", oneEvent("DTSTART;VALUE=DATE:20260303", "TRANSP:TRANSPARENT"), "", "")

	check("own DECLINED", on(me("DECLINED")), "", "")
	check("own declined, other case", on("ATTENDEE;PARTSTAT=declined:MAILTO:KARI@LIA.EXAMPLE"), "", "")
	check("own DECLINED by another address", on("ATTENDEE;PARTSTAT=DECLINED:mailto:k.nes@lia.example"), "", "")
	check("own DECLINED by EMAIL", on("ATTENDEE;PARTSTAT=DECLINED;EMAIL=kari@lia.example:urn:uuid:1"), "", "")
	check("own TENTATIVE", on(me("TENTATIVE")), tentative, "")
	check("own ACCEPTED", on(me("ACCEPTED")), busy, "")
	check("own NEEDS-ACTION", on(me("NEEDS-ACTION")), busy, "")
	check("declined with one address, accepted with the other", on(me("DECLINED"), "ATTENDEE;PARTSTAT=ACCEPTED:mailto:k.nes@lia.example"), busy, "")
	check("another's DECLINED", on("ATTENDEE;PARTSTAT=DECLINED:mailto:ola@lia.example"), busy, "")
	check("an address that only begins the same", on("ATTENDEE;PARTSTAT=DECLINED:mailto:kari@lia.example.org"), busy, "")
	check("folded", on("ATTENDEE;CN=\"Kari; Nes: K\";PART\r\n STAT=DECLI\r\n\tNED:mailto:kari@lia.ex\r\n ample"), "", "")
	check("a quote in the middle of CN", on(`ATTENDEE;CN=Kari "K" N;PARTSTAT=DECLINED:mailto:kari@lia.example`), "", "")

	check("busy covers tentative", feed("BEGIN:VEVENT\r\nDTSTART:20260303T080000Z\r\nDTEND:20260303T090000Z\r\nSTATUS:TENTATIVE\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260303T082000Z\r\nDTEND:20260303T084000Z\r\nEND:VEVENT"),
		"0303T0820/0303T0840 ~ 0303T0800/0303T0820 0303T0840/0303T0900", "")
	check("merged", feed("BEGIN:VEVENT\r\nDTSTART:20260303T090000Z\r\nDTEND:20260303T100000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260303T080000Z\r\nDTEND:20260303T090000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260303T083000Z\r\nDTEND:20260303T084000Z\r\nEND:VEVENT"),
		"0303T0800/0303T1000", "")
}

// TestKinds reads working hours and shifts: the events' time, whatever they show as.
func TestKinds(t *testing.T) {
	for _, kind := range []Kind{KindHours, KindDuty} {
		check := checker(t, "2026-03-02/2026-03-09", Options{Kind: kind, Addresses: []string{"kari@lia.example"}})
		on := func(lines ...string) string {
			return oneEvent(append([]string{"DTSTART:20260303T080000Z", "DTEND:20260303T160000Z"}, lines...)...)
		}
		name := func(s string) string { return string(kind) + " " + s }
		shift := "+ 0303T0800/0303T1600"
		check(name("plain"), on(), shift, "")
		check(name("transparent"), on("TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), shift, "")
		check(name("working elsewhere"), on("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"), shift, "")
		check(name("out of office"), on("X-MICROSOFT-CDO-BUSYSTATUS:OOF"), "? 0303T0800/0303T1600", "")
		check(name("no DTSTART"), oneEvent("DTEND:20260303T160000Z"), "? 0303T0000/0304T0000", CodeStart)
		check(name("a whole day"), oneEvent("DTSTART;VALUE=DATE:20260303", "SUMMARY:Bakvakt 08-20"), "+ 0303T0000/0304T0000", "")
		check(name("cancelled"), on("STATUS:CANCELLED"), "", "")
		check(name("tentative"), on("STATUS:TENTATIVE"), "? 0303T0800/0303T1600", "")
		check(name("declined"), on("ATTENDEE;PARTSTAT=DECLINED:mailto:kari@lia.example"), "", "")
		check(name("rule"), on("RRULE:FREQ=DAILY;COUNT=2"), shift+" 0304T0800/0304T1600", "")
		check(name("broken rule"), on("RRULE:FREQ=DAILY;COUNT=0"),
			shift+" ? 0304T0800/0304T1600 0305T0800/0305T1600 0306T0800/0306T1600 0307T0800/0307T1600 0308T0800/0308T1600", CodeRule)
		check(name("free-busy"), feed("BEGIN:VFREEBUSY\r\nFREEBUSY:20260303T080000Z/PT1H\r\nEND:VFREEBUSY"), "", CodeIgnored)
	}
}
