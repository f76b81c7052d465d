package duty

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

func TestGaps(t *testing.T) {
	check := func(name, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			var words []string
			for _, g := range Gaps(planOf(t, lines...), []calendar.Interval{{Start: hour(8), End: hour(16)}, {Start: hour(18), End: hour(20)}}) {
				words = append(words, fmt.Sprintf("%v-%v", g.Start.Sub(hour(0)).Hours(), g.End.Sub(hour(0)).Hours()))
			}
			if got := strings.Join(words, " "); got != want {
				t.Errorf("gaps are %q, want %q", got, want)
			}
		})
	}
	check("nobody", "8-16 18-20")
	check("covered", "", "kaja 0-24")
	check("between shifts", "10-12 18-20", "kaja 8-10", "simen 12-16")
	check("an override covers its time alone", "12-16 18-20", "kaja 8-10", "simen 10-12 override")
	check("the back-up covers", "18-20", "kaja 8-16 L2")
	check("so do working hours", "18-20", "kaja 8-16 hours")
	check("a declaration does not", "8-16 18-20", "kaja in 8-20")
	check("nor takes it away", "", "kaja 8-20", "kaja out 8-20")
}

// TestTinyGaps joins what seconds part and drops what only lasts seconds.
func TestTinyGaps(t *testing.T) {
	p := planOf(t, "kaja 8-10", "simen 10-12", "per 13-16")
	p.Shifts[0].End = hour(10).Add(-time.Second)
	p.Shifts[1].End = hour(12).Add(-time.Minute)
	p.Shifts = append(p.Shifts, Shift{Interval: calendar.Interval{Start: hour(12).Add(10 * time.Minute), End: hour(12).Add(10*time.Minute + 59*time.Second)}, Person: "kaja"}, Shift{Interval: calendar.Interval{Start: hour(12), End: hour(13)}})
	got := Gaps(p, []calendar.Interval{{Start: hour(8), End: hour(16)}})
	if len(got) != 1 || !got[0].Start.Equal(hour(12).Add(-time.Minute)) || !got[0].End.Equal(hour(13)) {
		t.Errorf("gaps are %v", got)
	}
}

func TestNeeded(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	norway, err := calendar.HolidaysOf("NO")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name, from, to string, holidays calendar.Holidays, want string, hours ...conference.Hours) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			var window calendar.Interval
			window.Start, _ = time.ParseInLocation("2006-01-02T15:04", from, oslo)
			window.End, _ = time.ParseInLocation("2006-01-02T15:04", to, oslo)
			var words []string
			for _, i := range Needed(hours, window, oslo, holidays) {
				if i.Start.Location() != time.UTC {
					t.Errorf("%v is not in UTC", i)
				}
				words = append(words, i.Start.Format("0102T1504")+"/"+i.End.Format("0102T1504"))
			}
			if got := strings.Join(words, " "); got != want {
				t.Errorf("needed is %s, want %s", got, want)
			}
		})
	}
	workdays := conference.Hours{Days: "Mon-Fri", From: "08:00", To: "15:30"}
	check("always", "2026-03-28T12:00", "2026-03-30T12:00", norway, "0328T1100/0330T1000")
	check("clipped", "2026-03-02T09:00", "2026-03-03T09:00", nil, "0302T0800/0302T1430 0303T0700/0303T0800", workdays)
	check("over the change", "2026-03-27T00:00", "2026-03-31T00:00", nil, "0327T0700/0327T1430 0330T0600/0330T1330", workdays)
	check("every hour of the long night", "2026-10-24T00:00", "2026-10-27T00:00", nil, "1023T2200/1026T2300", conference.Hours{Days: "Mon-Sun", From: "00:00", To: "24:00"})
	check("nights", "2026-03-28T00:00", "2026-03-30T00:00", nil, "0327T2300/0328T0700 0328T1900/0329T0600 0329T1800/0329T2200", conference.Hours{Days: "Mon-Sun", From: "00:00", To: "08:00"}, conference.Hours{Days: "Mon-Sun", From: "20:00", To: "24:00"})
	check("Easter", "2026-04-01T00:00", "2026-04-08T00:00", norway, "0401T0600/0401T1330 0407T0600/0407T1330", workdays)
	check("a holiday is a Sunday", "2026-05-13T00:00", "2026-05-15T00:00", norway, "0513T0600/0513T1330 0514T0800/0514T1000", workdays, conference.Hours{Days: "Sun", From: "10:00", To: "12:00"})
	check("without holidays", "2026-05-14T00:00", "2026-05-15T00:00", nil, "0514T0600/0514T1330", workdays)
	check("over the end of the week, which the region refuses", "2026-03-06T00:00", "2026-03-10T00:00", nil, "", conference.Hours{Days: "Sat-Mon", From: "08:00", To: "15:30"})
	check("what cannot be read", "2026-03-06T00:00", "2026-03-10T00:00", nil, "", conference.Hours{Days: "Fredag", From: "08:00", To: "15:30"}, conference.Hours{Days: "Fri", From: "08:00", To: "25:00"}, conference.Hours{Days: "Fri", From: "15:00", To: "08:00"})
	check("no window", "2026-03-06T00:00", "2026-03-06T00:00", nil, "")
}

// TestYearWithoutGaps reads rotations that cover a whole year, both changes of the clocks in it, and finds no gap and one person at a
// time: whole days, weeks of seven days handed over at eight, days and nights, and a week whose override has another name.
func TestYearWithoutGaps(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	year := calendar.Interval{Start: time.Date(2026, 1, 15, 7, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 15, 7, 0, 0, 0, time.UTC)}
	names := []string{"Kaja Nes", "Simen Lie", "Inga Čállo"}
	event := func(uid int, title string, lines ...string) string {
		return fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nSUMMARY:%s\n%s\nEND:VEVENT\n", uid, title, strings.Join(lines, "\n"))
	}
	rotations := map[string]string{}
	for i, name := range names {
		rotations["whole days"] += event(i, name, fmt.Sprintf("DTSTART;VALUE=DATE:202601%02d", 5+i), "RRULE:FREQ=DAILY;INTERVAL=3")
		rotations["whole weeks"] += event(i, name, fmt.Sprintf("DTSTART;VALUE=DATE:202601%02d", 5+7*i), "DURATION:P7D", "RRULE:FREQ=WEEKLY;INTERVAL=3")
		rotations["weeks"] += event(i, name, fmt.Sprintf("DTSTART;TZID=Europe/Oslo:202601%02dT080000", 5+7*i), fmt.Sprintf("DTEND;TZID=Europe/Oslo:202601%02dT080000", 12+7*i), "RRULE:FREQ=WEEKLY;INTERVAL=3")
		rotations["weeks of 168 hours"] += event(i, name, fmt.Sprintf("DTSTART;TZID=Europe/Oslo:202601%02dT080000", 5+7*i), "DURATION:PT168H", "RRULE:FREQ=WEEKLY;INTERVAL=3")
	}
	rotations["days and nights"] = event(1, names[0], "DTSTART;TZID=Europe/Oslo:20260105T080000", "DTEND;TZID=Europe/Oslo:20260105T200000", "RRULE:FREQ=DAILY") +
		event(2, names[1], "DTSTART;TZID=Europe/Oslo:20260105T200000", "DTEND;TZID=Europe/Oslo:20260106T080000", "RRULE:FREQ=DAILY")
	rotations["weeks, one of another's"] = rotations["weeks"] + event(0, "Simen Lie", "RECURRENCE-ID;TZID=Europe/Oslo:20260309T080000", "DTSTART;TZID=Europe/Oslo:20260309T080000", "DTEND;TZID=Europe/Oslo:20260316T080000")
	for name, text := range rotations {
		t.Run(name, func(t *testing.T) {
			r, err := calendar.Shifts([]byte("BEGIN:VCALENDAR\n"+text+"END:VCALENDAR\n"), year, calendar.ShiftOptions{Zone: oslo, AllDayFrom: "08:00"})
			if err != nil {
				t.Fatal(err)
			}
			p := Plan{Covers: oncologist}
			var unknown []UnknownName
			p.Shifts, unknown = Match(Entries(r.Shifts, conference.LayerBase), staff, oncologist, Source{Origin: FromRoster})
			if len(unknown)+len(r.Warnings) > 0 {
				t.Errorf("unknown %v, warnings %v", unknown, r.Warnings)
			}
			if gaps := Gaps(p, []calendar.Interval{year}); len(gaps) > 0 {
				t.Errorf("gaps are %v", gaps)
			}
			for at := year.Start; at.Before(year.End); at = at.Add(25 * time.Hour) {
				if on := p.At(at); len(on) != 1 {
					t.Fatalf("at %s are %s", at, answered(on))
				}
			}
		})
	}
}
