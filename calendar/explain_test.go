package calendar

import (
	"strings"
	"testing"
)

// TestExplain lists who is behind which time: "state uid start/end".
func TestExplain(t *testing.T) {
	check := func(name, text, want string, kind Kind) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			o := Options{Zone: mustZone(t, "Europe/Oslo"), Kind: kind, Explain: true}
			r, err := Read([]byte(text), window(t, "2026-03-02/2026-03-04"), o)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range r.Spans {
				lines = append(lines, string(s.State)+" "+s.UID+" "+brief([]Interval{s.Interval}))
			}
			if got := strings.Join(lines, ", "); got != want {
				t.Errorf("says %s\nwant %s", got, want)
			}
			checkExplained(t, r)
			o.Explain = false
			plain, err := Read([]byte(text), window(t, "2026-03-02/2026-03-04"), o)
			if err != nil || len(plain.Spans) > 0 || said(plain) != said(r) || codes(plain) != codes(r) {
				t.Errorf("not explained it is %s, %v", said(plain), err)
			}
		})
	}
	event := func(uid string, lines ...string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	a := event("a", "DTSTART:20260302T080000Z", "DURATION:PT2H")
	b := event("b", "DTSTART:20260302T090000Z", "DURATION:PT2H")
	maybe := event("c", "DTSTART:20260302T090000Z", "DURATION:PT4H", "STATUS:TENTATIVE")
	check("two at once", feed(a+b), "busy a 0302T0800/0302T1000, busy b 0302T0900/0302T1100", "")
	check("tentative below busy", feed(a+maybe), "busy a 0302T0800/0302T1000, tentative c 0302T0900/0302T1300", "")
	check("clipped and joined", feed(event("a", "DTSTART:20260301T000000Z", "DURATION:PT24H", "RRULE:FREQ=DAILY;COUNT=3")), "busy a 0302T0000/0304T0000", "")
	check("a moved instance", feed(event("a", "DTSTART:20260302T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")+event("a", "RECURRENCE-ID:20260303T080000Z", "DTSTART:20260303T100000Z", "DURATION:PT1H")),
		"busy a 0302T0800/0302T0900, busy a 0303T1000/0303T1100", "")
	check("no UID", feed("BEGIN:VEVENT\r\nDTSTART:20260302T080000Z\r\nDURATION:PT2H\r\nEND:VEVENT"), "busy  0302T0800/0302T1000", "")
	check("unknown", feed(event("d", "DTSTART:20260302T080000Z", "DTEND:soon")), "unknown d 0302T0800/0303T0000", "")
	check("a shift", feed(a), "duty a 0302T0800/0302T1000", KindDuty)
	check("published free-busy time", feed("BEGIN:VFREEBUSY\r\nUID:f\r\nDTSTART:20260302T000000Z\r\nDTEND:20260303T000000Z\r\nFREEBUSY:20260302T080000Z/PT1H\r\nEND:VFREEBUSY"),
		"busy f 0302T0800/0302T0900, unknown  0303T0000/0304T0000", "")
	closed := "BEGIN:VAVAILABILITY\r\nUID:closed\r\nPRIORITY:1\r\nDTSTART:20260303T000000Z\r\nDTEND:20260304T000000Z\r\nEND:VAVAILABILITY"
	check("availabilities", feed(officeHours(), closed), "busy v 0302T0000/0302T0700, busy v 0302T1430/0303T0700, busy closed 0303T0000/0304T0000, busy v 0303T1430/0304T0000", "")
	check("working hours", feed(officeHours(), closed), "duty v 0302T0700/0302T1430", KindHours)
}

// TestInstances counts what events give the window.
func TestInstances(t *testing.T) {
	text := feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260301T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20260302T083000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:c\r\nDTSTART:20260302T083000Z\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT")
	r, err := Read([]byte(text), window(t, "2026-03-02/2026-03-09"), Options{})
	if err != nil || r.Events != 3 || r.Instances != 3 {
		t.Errorf("%d events, %d instances, %v; want 3 and 3", r.Events, r.Instances, err)
	}
}
