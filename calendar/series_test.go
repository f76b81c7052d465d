package calendar

import (
	"strings"
	"testing"
)

// TestSeries expands one series a case over March 2026. The hour is 09:00 in Oslo: 08:00Z, from the 29th on 07:00Z.
func TestSeries(t *testing.T) {
	check := checker(t, "2026-03-01/2026-04-01", Options{Zone: mustZone(t, "Europe/Oslo")})
	at := func(lines ...string) string {
		return oneEvent(append([]string{"DTSTART;TZID=Europe/Oslo:20260302T090000", "DTEND;TZID=Europe/Oslo:20260302T100000"}, lines...)...)
	}
	// hours writes hours from 09:00 in Oslo on days of March.
	hours := func(days ...string) string {
		var list []string
		for _, d := range days {
			if d >= "29" {
				list = append(list, "03"+d+"T0700/03"+d+"T0800")
				continue
			}
			list = append(list, "03"+d+"T0800/03"+d+"T0900")
		}
		return strings.Join(list, " ")
	}
	every := func(from, to int) string {
		var list []string
		for d := from; d <= to; d++ {
			list = append(list, string(rune('0'+d/10))+string(rune('0'+d%10)))
		}
		return hours(list...)
	}

	check("weekly over the change", at("RRULE:FREQ=WEEKLY"), hours("02", "09", "16", "23", "30"), "")
	check("COUNT", at("RRULE:FREQ=DAILY;COUNT=3"), hours("02", "03", "04"), "")
	check("COUNT counts before EXDATE", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Oslo:20260303T090000"), hours("02", "04"), "")
	check("EXDATE in UTC", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260303T080000Z"), hours("02", "04"), "")
	check("EXDATE in another zone", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=America/New_York:20260303T030000"), hours("02", "04"), "")
	check("EXDATE floating", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260303T090000"), hours("02", "04"), "")
	check("EXDATE list", at("RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Oslo:20260303T090000,20260305T090000"), hours("02", "04"), "")
	check("EXDATE twice and folded", at("RRULE:FREQ=DAILY;COUNT=5", "EXDATE;TZID=Europe/Oslo:20260303T0\r\n 90000", "EXDATE;TZID=Europe/Oslo:20260305T090000"), hours("02", "04", "06"), "")
	check("EXDATE is a day", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260303"), hours("02", "04"), "")
	check("EXDATE takes DTSTART out", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Oslo:20260302T090000"), hours("03", "04"), "")
	check("EXDATE without a rule", at("EXDATE;TZID=Europe/Oslo:20260302T090000"), "", "")
	check("EXDATE at another time", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=Europe/Oslo:20260303T100000"), hours("02", "03", "04"), "")
	check("EXDATE unreadable", at("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:soon,20260303T080000Z"), hours("02", "04"), CodeDate)
	check("RDATE without a rule", at("RDATE;TZID=Europe/Oslo:20260304T090000,20260330T090000"), hours("02", "04", "30"), "")
	check("RDATE beside a rule", at("RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20260304T080000Z"), hours("02", "04", "09"), "")
	check("RDATE is a day", at("RDATE;VALUE=DATE:20260304"), hours("02", "04"), "")
	check("RDATE is excluded", at("RDATE;TZID=Europe/Oslo:20260304T090000", "EXDATE:20260304T080000Z"), hours("02"), "")
	check("RDATE of periods", at("RDATE;VALUE=PERIOD:20260304T080000Z/20260304T083000Z,20260305T080000Z/PT2H"), hours("02")+" 0304T0800/0304T0830 0305T0800/0305T1000", "")
	check("RDATE unreadable", at("RDATE:20260304T080000Z/soon,20260305T080000Z"), hours("02", "05"), CodeDate)
	check("two rules", at("RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2"), hours("02", "04", "09", "11"), "")
	check("EXRULE", at("RRULE:FREQ=DAILY;COUNT=5", "EXRULE:FREQ=DAILY;INTERVAL=2"), hours("03", "05"), "")
	check("EXRULE that cannot be followed", at("RRULE:FREQ=DAILY;COUNT=2", "EXRULE:FREQ=DAILY;COUNT=0"), hours("02", "03"), CodeRulePart)

	check("UNTIL local, an hour before", at("RRULE:FREQ=DAILY;UNTIL=20260304T085900"), hours("02", "03"), "")
	check("UNTIL local, the same", at("RRULE:FREQ=DAILY;UNTIL=20260304T090000"), hours("02", "03", "04"), "")
	check("UNTIL in UTC, the same", at("RRULE:FREQ=DAILY;UNTIL=20260304T080000Z"), hours("02", "03", "04"), "")
	check("UNTIL in UTC, a second before", at("RRULE:FREQ=DAILY;UNTIL=20260304T075959Z"), hours("02", "03"), "")
	check("UNTIL is a day", at("RRULE:FREQ=DAILY;UNTIL=20260304"), hours("02", "03", "04"), "")
	check("UNTIL before DTSTART", at("RRULE:FREQ=DAILY;UNTIL=20260201T000000Z"), hours("02"), "")
	check("UNTIL in New York, local", oneEvent("DTSTART;TZID=America/New_York:20260302T200000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260304T200000"), "0303T0100/0303T0200 0304T0100/0304T0200 0305T0100/0305T0200", "")
	check("UNTIL in New York, a day", oneEvent("DTSTART;TZID=America/New_York:20260302T200000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260304"), "0303T0100/0303T0200 0304T0100/0304T0200 0305T0100/0305T0200", "")

	check("DTSTART off the rule is the first and not counted", at("RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2"), hours("02", "04", "11"), "")
	check("COUNT=0", at("RRULE:FREQ=DAILY;COUNT=0"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("COUNT negative", at("RRULE:FREQ=DAILY;COUNT=-1"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("INTERVAL=0", at("RRULE:FREQ=DAILY;INTERVAL=0"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("INTERVAL=2^63-1", at("RRULE:FREQ=MONTHLY;INTERVAL=9223372036854775807"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("BYDAY=53MO in a month", at("RRULE:FREQ=MONTHLY;BYDAY=53MO"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("BYDAY=-6MO in a month", at("RRULE:FREQ=MONTHLY;BYDAY=-6MO"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("BYEASTER", at("RRULE:FREQ=YEARLY;BYEASTER=400"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("no FREQ", at("RRULE:COUNT=3"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("no value", at("RRULE;X=1"), hours("02")+" ? "+every(3, 31), CodeLine+" "+CodeRule)
	check("another calendar", at("RRULE:RSCALE=CHINESE;FREQ=YEARLY"), hours("02")+" ? "+every(3, 31), CodeRule)
	check("a broken rule of long days", oneEvent("DTSTART;VALUE=DATE:20260310", "RRULE:FREQ=SOMETIMES"), "0309T2300/0310T2300 ? 0310T2300/0401T0000", CodeRule)
	check("a broken rule of a free event", at("TRANSP:TRANSPARENT", "RRULE:FREQ=DAILY;COUNT=0"), "", "")
	check("trailing semicolon, lower case, folded", at("rrule:freq=dai\r\n ly;count=2;"), hours("02", "03"), "")
	check("a part of its own", at("RRULE:FREQ=DAILY;X-FOO=1;COUNT=2"), hours("02", "03"), CodeRulePart)
	check("RSCALE=GREGORIAN", at("RRULE:RSCALE=GREGORIAN;FREQ=DAILY;COUNT=2;SKIP=OMIT"), hours("02", "03"), "")
	check("BYSECOND=60", at("RRULE:FREQ=DAILY;COUNT=1;BYSECOND=60"), "0302T0800/0302T090059", "")
	check("ordinals where there can be none", at("RRULE:FREQ=WEEKLY;BYDAY=1MO,2TU;COUNT=3"), hours("02", "03", "09"), CodeRulePart)
}

// TestSeriesLong looks at rules that began long ago, and at nights over the change of the clocks.
func TestSeriesLong(t *testing.T) {
	check := checker(t, "2026-03-28/2026-03-31", Options{Zone: mustZone(t, "Europe/Oslo")})
	night := "0328T2100/0329T0500"
	check("since 1601", oneEvent("DTSTART:16010101T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), "0328T0800/0328T0900 0329T0800/0329T0900 0330T0800/0330T0900", "")
	check("since 1601, every 28 hours", oneEvent("DTSTART:16010101T000000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;INTERVAL=28"), "0328T2000/0328T2100 0330T0000/0330T0100", "")
	check("an end that is exact", oneEvent("DTSTART;TZID=Europe/Oslo:20260302T220000", "DTEND;TZID=Europe/Oslo:20260303T060000", "RRULE:FREQ=WEEKLY;BYDAY=SA"), night, "")
	check("a duration that is nominal", oneEvent("DTSTART;TZID=Europe/Oslo:20260302T220000", "DURATION:P1D", "RRULE:FREQ=WEEKLY;BYDAY=SA"), "0328T2100/0329T2000", "")
	check("whole days over the change", oneEvent("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=WEEKLY;BYDAY=SU"), "0328T2300/0329T2200", "")
	check("in the gap", oneEvent("DTSTART;TZID=Europe/Oslo:20260328T023000", "DURATION:PT30M", "RRULE:FREQ=DAILY"), "0328T0130/0328T0200 0329T0130/0329T0200 0330T0030/0330T0100", "")
	check("BYHOUR of a DATE is ignored", oneEvent("DTSTART;VALUE=DATE:20260330", "RRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=0;COUNT=1"), "0329T2200/0330T2200", "")
	check("hours of a DATE", oneEvent("DTSTART;VALUE=DATE:20260329", "RRULE:FREQ=HOURLY"), "0328T2300/0329T2200 ? 0329T2200/0331T0000", CodeRule)
	check("UNTIL of a DATE in UTC, the owner's midnight", oneEvent("DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;UNTIL=20260328T230000Z"), "0328T0000/0329T2200", "")
	check("UNTIL of a DATE in UTC, midnight of the date", oneEvent("DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;UNTIL=20260329T000000Z"), "0328T0000/0329T2200", "")
	check("EXDATE of a DATE with a time", oneEvent("DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20260328T000000Z"), "0328T2300/0329T2200", "")
	check("EXDATE of a DATE, the owner's midnight in UTC", oneEvent("DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20260327T230000Z"), "0328T2300/0329T2200", "")
	check("RDATE of a DATE", oneEvent("DTSTART;VALUE=DATE:20260101", "RDATE;VALUE=DATE:20260329"), "0328T2300/0329T2200", "")
	hourly := checker(t, "2026-10-25/2026-10-26", Options{})
	hourly("every hour has the one that comes twice", oneEvent("DTSTART;TZID=Europe/Oslo:20261025T013000", "DURATION:PT10M", "RRULE:FREQ=HOURLY;COUNT=3"),
		"1025T0030/1025T0040 1025T0130/1025T0140 1025T0230/1025T0240", "")
	hourly("every day has the first", oneEvent("DTSTART;TZID=Europe/Oslo:20261024T023000", "DURATION:PT10M", "RRULE:FREQ=DAILY;COUNT=2"), "1025T0030/1025T0040", "")
	hourly("UNTIL between the two", oneEvent("DTSTART;TZID=Europe/Oslo:20261024T023000", "DURATION:PT10M", "RRULE:FREQ=DAILY;UNTIL=20261025T010000Z"), "1025T0030/1025T0040", "")
}

// TestSeriesOverTheChange opens the window in the last hour of an instance that is an hour longer than seven days, or so much
// before the end of one that is shorter.
func TestSeriesOverTheChange(t *testing.T) {
	oslo := Options{Zone: mustZone(t, "Europe/Oslo")}
	autumn := oneEvent("DTSTART;TZID=Europe/Oslo:20261012T013000", "DURATION:P7D", "RRULE:FREQ=WEEKLY;COUNT=2")
	checker(t, "2026-10-26/2026-10-27", oslo)("autumn", autumn, "1026T0000/1026T0030", "")
	spring := oneEvent("DTSTART;TZID=Europe/Oslo:20260316T013000", "DURATION:P7D", "RRULE:FREQ=WEEKLY;COUNT=2")
	checker(t, "2026-03-29/2026-03-31", oslo)("spring", spring, "0329T0000/0329T2330", "")
}

// TestOverride replaces instances of a daily series of four, 08:00Z from 2 March on.
func TestOverride(t *testing.T) {
	check := checker(t, "2026-03-01/2026-04-01", Options{})
	series := func(events ...string) string {
		text := "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEND:VEVENT"
		for _, e := range events {
			text += "\r\nBEGIN:VEVENT\r\nUID:a\r\n" + e + "\r\nEND:VEVENT"
		}
		return feed(text)
	}
	at := func(days ...string) string {
		var list []string
		for _, d := range days {
			list = append(list, "03"+d+"T0800/03"+d+"T0900")
		}
		return strings.Join(list, " ")
	}
	check("none", series(), at("02", "03", "04", "05"), "")
	check("moved", series("RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T120000Z\r\nDTEND:20260303T123000Z"), at("02")+" 0303T1200/0303T1230 "+at("04", "05"), "")
	check("cancelled", series("RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T080000Z\r\nSTATUS:CANCELLED"), at("02", "04", "05"), "")
	check("in another zone", series("RECURRENCE-ID;TZID=Europe/Oslo:20260303T090000\r\nDTSTART:20260303T080000Z\r\nSTATUS:CANCELLED"), at("02", "04", "05"), "")
	check("floating", series("RECURRENCE-ID:20260303T080000\r\nDTSTART:20260303T080000Z\r\nSTATUS:CANCELLED"), at("02", "04", "05"), "")
	check("a day", series("RECURRENCE-ID;VALUE=DATE:20260303\r\nDTSTART:20260303T080000Z\r\nSTATUS:CANCELLED"), at("02", "04", "05"), "")
	check("made transparent", series("RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT"), at("02", "04", "05"), "")
	check("moved out of the window", series("RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20270303T080000Z\r\nDURATION:PT1H"), at("02", "04", "05"), "")
	check("moved into the window", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20250302T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20250303T080000Z\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("03"), "")
	check("before the master", feed("BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T080000Z\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT"), at("02"), "")
	check("without a master", feed("BEGIN:VEVENT\r\nUID:b\r\nRECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("03"), "")
	check("twice, the highest SEQUENCE", series("SEQUENCE:2\r\nRECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T120000Z\r\nDURATION:PT1H", "SEQUENCE:1\r\nRECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T160000Z\r\nDURATION:PT1H"), at("02")+" 0303T1200/0303T1300 "+at("04", "05"), "")
	check("twice, level", series("RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T120000Z\r\nDURATION:PT1H", "RECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260303T160000Z\r\nDURATION:PT1H"), at("02")+" 0303T1200/0303T1300 0303T1600/0303T1700 "+at("04", "05"), "")
	check("of a single event", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260303T080000Z\r\nDTSTART:20260304T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("04"), "")
	check("unreadable", series("RECURRENCE-ID:then\r\nDTSTART:20260303T120000Z\r\nDURATION:PT1H"), at("02", "03")+" 0303T1200/0303T1300 "+at("04", "05"), CodeDate)
	check("without DTSTART", series("RECURRENCE-ID:20260303T080000Z"), at("02", "04", "05")+" ? 0303T0000/0304T0000", CodeStart)
	check("of RDATE", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nRDATE:20260304T080000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260304T080000Z\r\nDTSTART:20260305T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("02", "05"), "")
	check("of whole days", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;VALUE=DATE:20260309\r\nDTSTART;VALUE=DATE:20260310\r\nEND:VEVENT"), "0302T0000/0303T0000 0310T0000/0311T0000", "")
	check("of whole days, with a time", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260309T000000Z\r\nDTSTART;VALUE=DATE:20260310\r\nEND:VEVENT"), "0302T0000/0303T0000 0310T0000/0311T0000", "")
	check("an older version of the master", feed("BEGIN:VEVENT\r\nUID:a\r\nSEQUENCE:1\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("03"), "")
	check("two events that share a UID", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260303T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("02", "03"), "")

	check("and all later", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\r\nDTSTART:20260304T100000Z\r\nDURATION:PT30M"), at("02", "03")+" 0304T1000/0304T1030 0305T1000/0305T1030", "")
	check("and all later, cancelled", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\r\nDTSTART:20260304T080000Z\r\nSTATUS:CANCELLED"), at("02", "03"), "")
	check("and all later, tentative", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\r\nDTSTART:20260304T080000Z\r\nDURATION:PT1H\r\nSTATUS:TENTATIVE"), at("02", "03")+" ~ "+at("04", "05"), "")
	check("and all later, a day on", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\r\nDTSTART:20260305T080000Z\r\nDURATION:PT1H"), at("02", "03", "05", "06"), "")
	check("and all later, twice", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T080000Z\r\nDTSTART:20260303T100000Z\r\nDURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260305T080000Z\r\nDTSTART:20260305T120000Z\r\nDURATION:PT1H"),
		at("02")+" 0303T1000/0303T1100 0304T1000/0304T1100 0305T1200/0305T1300", "")
	check("and all later, one of them otherwise", series("RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T080000Z\r\nDTSTART:20260303T100000Z\r\nDURATION:PT1H", "RECURRENCE-ID:20260304T080000Z\r\nDTSTART:20260304T080000Z\r\nDURATION:PT1H"),
		at("02")+" 0303T1000/0303T1100 "+at("04")+" 0305T1000/0305T1100", "")
	check("and all later, into the window", feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260402T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260402T080000Z\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"), at("02", "03", "04"), "")
	check("and all earlier", series("RECURRENCE-ID;RANGE=THISANDPRIOR:20260304T080000Z\r\nDTSTART:20260304T100000Z\r\nDURATION:PT30M"), at("02", "03")+" 0304T1000/0304T1030 "+at("05"), CodeDate)
}
