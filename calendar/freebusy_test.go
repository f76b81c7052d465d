package calendar

import "testing"

// TestFreeBusy reads published free-busy time, which says nothing about the time outside of its own.
func TestFreeBusy(t *testing.T) {
	check := checker(t, "2026-03-02/2026-03-09", Options{Zone: mustZone(t, "Europe/Oslo")})
	published := func(lines string) string {
		return feed("BEGIN:VFREEBUSY\r\nUID:f\r\nDTSTART:20260302T000000Z\r\nDTEND:20260309T000000Z\r\n" + lines + "\r\nEND:VFREEBUSY")
	}
	busy := "0303T0800/0303T0900"
	check("BUSY", published("FREEBUSY;FBTYPE=BUSY:20260303T080000Z/20260303T090000Z"), busy, "")
	check("no type", published("FREEBUSY:20260303T080000Z/PT1H"), busy, "")
	check("FREE", published("FREEBUSY;FBTYPE=FREE:20260303T080000Z/PT1H"), "", "")
	check("BUSY-UNAVAILABLE", published("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260303T080000Z/PT1H"), busy, "")
	check("BUSY-TENTATIVE", published("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260303T080000Z/PT1H"), "~ "+busy, "")
	check("a type of its own", published("FREEBUSY;FBTYPE=X-SURGERY:20260303T080000Z/PT1H"), busy, "")
	check("a list, folded", published("FREEBUSY;FBTYPE=BUSY:20260303T080000Z/PT1H,2026030\r\n 4T080000Z/PT30M"), busy+" 0304T0800/0304T0830", "")
	check("local times", published("FREEBUSY;TZID=Europe/Oslo:20260303T090000/20260303T100000"), busy, "")
	check("floating times are the owner's", published("FREEBUSY:20260303T090000/PT1H"), busy, "")
	check("an end that cannot be read", published("FREEBUSY:20260303T080000Z/soon,20260304T080000Z/PT1H"), "0304T0800/0304T0900 ? 0303T0800/0304T0000", CodeDate)
	check("nothing that can be read", published("FREEBUSY:soon"), "", CodeDate)
	check("outside of its own time", feed("BEGIN:VFREEBUSY\r\nDTSTART:20260303T000000Z\r\nDTEND:20260305T000000Z\r\nFREEBUSY:20260303T080000Z/PT1H\r\nEND:VFREEBUSY"),
		busy+" ? 0302T0000/0303T0000 0305T0000/0309T0000", "")
	check("two that follow", feed("BEGIN:VFREEBUSY\r\nDTSTART:20260302T000000Z\r\nDTEND:20260305T000000Z\r\nEND:VFREEBUSY\r\nBEGIN:VFREEBUSY\r\nDTSTART:20260305T000000Z\r\nDTEND:20260309T000000Z\r\nEND:VFREEBUSY"), "", "")
	check("without a time of its own", feed("BEGIN:VFREEBUSY\r\nFREEBUSY:20260303T080000Z/PT1H\r\nEND:VFREEBUSY"), busy, "")
	check("beside events", feed("BEGIN:VFREEBUSY\r\nDTSTART:20260303T000000Z\r\nDTEND:20260305T000000Z\r\nEND:VFREEBUSY\r\nBEGIN:VEVENT\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), busy, "")
}

// officeHours is a VAVAILABILITY for weekdays from 08:00 to 15:30 in Oslo.
func officeHours(lines ...string) string {
	text := "BEGIN:VAVAILABILITY\r\nUID:v\r\n"
	for _, l := range lines {
		text += l + "\r\n"
	}
	return text + "BEGIN:AVAILABLE\r\nUID:w\r\nDTSTART;TZID=Europe/Oslo:20260105T080000\r\nDTEND;TZID=Europe/Oslo:20260105T153000\r\n" +
		"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY"
}

// TestAvailability reads RFC 7953, Monday to Wednesday.
func TestAvailability(t *testing.T) {
	o := Options{Zone: mustZone(t, "Europe/Oslo"), Kind: KindHours}
	hours := checker(t, "2026-03-02/2026-03-05", o)
	office := "+ 0302T0700/0302T1430 0303T0700/0303T1430 0304T0700/0304T1430"
	hours("office hours", feed(officeHours()), office, "")
	hours("from Tuesday on", feed(officeHours("DTSTART;TZID=Europe/Oslo:20260303T000000")), "+ 0303T0700/0303T1430 0304T0700/0304T1430", "")
	hours("until Tuesday noon", feed(officeHours("DTEND:20260303T120000Z")), "+ 0302T0700/0302T1430 0303T0700/0303T1200", "")
	hours("for a day", feed(officeHours("DTSTART:20260303T000000Z", "DURATION:P1D")), "+ 0303T0700/0303T1430", "")
	hours("not within the window", feed(officeHours("DTSTART:20260403T000000Z")), "", "")
	hours("events too", feed(officeHours(), "BEGIN:VEVENT", "DTSTART:20260302T180000Z", "DURATION:PT1H", "END:VEVENT"), "+ 0302T0700/0302T1430 0302T1800/0302T1900 0303T0700/0303T1430 0304T0700/0304T1430", "")
	hours("without hours", feed("BEGIN:VAVAILABILITY\r\nUID:v\r\nEND:VAVAILABILITY"), "", "")
	hours("hours without DTSTART", feed("BEGIN:VAVAILABILITY\r\nUID:v\r\nBEGIN:AVAILABLE\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY"), "", CodeStart)
	hours("a day off", feed(officeHours()[:len(officeHours())-len("END:AVAILABLE\r\nEND:VAVAILABILITY")]+"EXDATE;VALUE=DATE:20260303\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY"),
		"+ 0302T0700/0302T1430 0304T0700/0304T1430", "")
	hours("another day's hours", feed(officeHours()[:len(officeHours())-len("END:VAVAILABILITY")]+
		"BEGIN:AVAILABLE\r\nUID:w\r\nRECURRENCE-ID;TZID=Europe/Oslo:20260303T080000\r\nDTSTART:20260303T100000Z\r\nDTEND:20260303T110000Z\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY"),
		"+ 0302T0700/0302T1430 0303T1000/0303T1100 0304T0700/0304T1430", "")
	closed := "BEGIN:VAVAILABILITY\r\nPRIORITY:1\r\nDTSTART:20260303T000000Z\r\nDTEND:20260304T000000Z\r\nEND:VAVAILABILITY"
	hours("a holiday of higher priority", feed(officeHours("PRIORITY:5"), closed), "+ 0302T0700/0302T1430 0304T0700/0304T1430", "")
	hours("a holiday of higher priority comes first", feed(closed, officeHours()), "+ 0302T0700/0302T1430 0304T0700/0304T1430", "")
	hours("a holiday of lower priority", feed(officeHours("PRIORITY:1"), "BEGIN:VAVAILABILITY\r\nPRIORITY:2\r\nDTSTART:20260303T000000Z\r\nDTEND:20260304T000000Z\r\nEND:VAVAILABILITY"), office, "")
	hours("a holiday of the same priority", feed(officeHours(), "BEGIN:VAVAILABILITY\r\nDTSTART:20260303T000000Z\r\nDTEND:20260304T000000Z\r\nEND:VAVAILABILITY"), "+ 0302T0700/0302T1430 0304T0700/0304T1430", "")

	o.Kind = KindBusy
	busy := checker(t, "2026-03-02/2026-03-04", o)
	outside := "0302T0000/0302T0700 0302T1430/0303T0700 0303T1430/0304T0000"
	busy("outside of office hours", feed(officeHours()), outside, "")
	busy("BUSYTYPE=BUSY", feed(officeHours("BUSYTYPE:BUSY")), outside, "")
	busy("BUSYTYPE=BUSY-TENTATIVE", feed(officeHours("BUSYTYPE:BUSY-TENTATIVE")), "~ "+outside, "")
	busy("from Tuesday on", feed(officeHours("DTSTART;TZID=Europe/Oslo:20260303T000000")), "0302T2300/0303T0700 0303T1430/0304T0000", "")
	busy("with an engagement", feed(officeHours(), "BEGIN:VEVENT", "DTSTART:20260302T080000Z", "DURATION:PT1H", "END:VEVENT"), "0302T0000/0302T0700 0302T0800/0302T0900 0302T1430/0303T0700 0303T1430/0304T0000", "")
	busy("opened by one of higher priority", feed(officeHours(), "BEGIN:VAVAILABILITY\r\nPRIORITY:1\r\nDTSTART:20260302T160000Z\r\nDTEND:20260302T180000Z\r\nBEGIN:AVAILABLE\r\nDTSTART:20260302T160000Z\r\nDTEND:20260302T180000Z\r\nEND:AVAILABLE\r\nEND:VAVAILABILITY"),
		"0302T0000/0302T0700 0302T1430/0302T1600 0302T1800/0303T0700 0303T1430/0304T0000", "")
	many := ""
	for range maxAvailabilities + 1 {
		many += officeHours() + "\r\n"
	}
	busy("too many", feed(many), "? 0302T0000/0304T0000", CodeBudget)
}
