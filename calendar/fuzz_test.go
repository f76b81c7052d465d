package calendar

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzBusy reads strangers' bytes: whatever they are, Read ends, and what it returns can be relied on.
func FuzzBusy(f *testing.F) {
	files, err := filepath.Glob("testdata/*.ics")
	if err != nil || len(files) == 0 {
		f.Fatalf("no feeds to begin with: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(feed(officeHours("PRIORITY:1"), officeHours("DTSTART:20260303T000000Z", "BUSYTYPE:BUSY-TENTATIVE"))))
	f.Add([]byte(feed("BEGIN:VFREEBUSY\r\nDTSTART:20260303T000000Z\r\nDTEND:20260305T000000Z\r\nFREEBUSY:20260303T080000Z/PT1H\r\nEND:VFREEBUSY")))
	f.Add([]byte(feed(customZone("Mine") + eventIn("Mine"))))
	f.Add([]byte(oneEvent("DTSTART:19700101T000000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY;BYHOUR=1,2,3;BYSETPOS=-1;COUNT=1000000")))
	f.Add([]byte(oneEvent("DTSTART:20260302T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260401", "EXRULE:FREQ=WEEKLY", "EXDATE:20260304T080000Z", "RDATE;VALUE=PERIOD:20260304T100000Z/PT1H")))
	f.Add([]byte(feed("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\r\nDTSTART:20260304T100000Z\r\nEND:VEVENT")))
	oslo := mustZone(f, "Europe/Oslo")
	within := window(f, "2026-03-02/2026-04-27")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []Kind{KindBusy, KindHours, KindDuty} {
			r, err := Read(data, within, Options{Zone: oslo, Addresses: []string{"ingrid@lia.example"}, Kind: kind, Explain: true})
			if err != nil {
				continue
			}
			checkExplained(t, r)
			for name, list := range map[string][]Interval{"busy": r.Busy, "tentative": r.Tentative, "duty": r.Duty, "unknown": r.Unknown} {
				for i, s := range list {
					if s.Start.Before(within.Start) || s.End.After(within.End) || !s.Start.Before(s.End) || s.Start.Location() != time.UTC {
						t.Errorf("%s: %v is not inside the window", name, s)
					}
					if i > 0 && !list[i-1].End.Before(s.Start) {
						t.Errorf("%s: %v and %v are not merged", name, list[i-1], s)
					}
				}
			}
			if both := Intersect(r.Busy, r.Tentative); len(both) > 0 {
				t.Errorf("busy and tentative: %s", brief(both))
			}
			if len(r.Warnings) > maxWarnings {
				t.Errorf("%d warnings", len(r.Warnings))
			}
			if kind == KindBusy && len(r.Duty) > 0 || kind != KindBusy && len(r.Busy)+len(r.Tentative) > 0 {
				t.Errorf("%s: %s", kind, said(r))
			}
		}
	})
}

// checkExplained tests that what is explained adds up to the reading.
func checkExplained(t *testing.T, r Reading) {
	t.Helper()
	by := map[State][]Interval{}
	for _, s := range r.Spans {
		by[s.State] = append(by[s.State], s.Interval)
	}
	for state, list := range map[State][]Interval{StateBusy: r.Busy, StateDuty: r.Duty, StateUnknown: r.Unknown} {
		if got := brief(Merge(by[state])); got != brief(list) && !strings.Contains(codes(r), CodeBudget) {
			t.Errorf("%s is %s, explained is %s", state, brief(list), got)
		}
	}
	if got := brief(Subtract(by[StateTentative], r.Busy)); got != brief(r.Tentative) {
		t.Errorf("tentative is %s, explained is %s", brief(r.Tentative), got)
	}
}

// FuzzScan scans strangers' bytes: components stay within their bounds, and the kind of line ends changes nothing.
func FuzzScan(f *testing.F) {
	for name, text := range hostileFeeds(1 << 9) {
		if name != "UTF-16" {
			f.Add([]byte(text))
		}
	}
	within := window(f, "2026-03-02/2026-04-27")
	f.Fuzz(func(t *testing.T, data []byte) { // what it means is for FuzzBusy
		text, err := decode(data)
		if err != nil || len(text) > 1<<16 {
			return
		}
		lines := bytes.Split(bytes.ReplaceAll(text, []byte("\r"), nil), []byte("\n"))
		var said [2]string
		for i, end := range []string{"\n", "\r\n"} {
			r := newReader(within, Options{})
			err := r.scan(bytes.Join(lines, []byte(end)))
			if len(r.stack) > maxDepth || r.line > len(lines) || r.at != len(r.text) {
				t.Errorf("%d open, line %d of %d, %d of %d bytes", len(r.stack), r.line, len(lines), r.at, len(r.text))
			}
			if err != nil {
				said[i] = err.Error()
				continue
			}
			said[i] = fmt.Sprint(r.count, len(r.events), len(r.definitions), len(r.freeBusies), len(r.availabilities), r.warnings)
		}
		if said[0] != said[1] {
			t.Errorf("with LF %q, with CR LF %q", said[0], said[1])
		}
	})
}

// FuzzZone reads what strangers call a zone and how they define one: every local time has an instant, and every instant lies in its
// segment.
func FuzzZone(f *testing.F) {
	observed := "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
	f.Add("W. Europe Standard Time", observed, int64(1774918800))
	f.Add("(UTC+01:00) Amsterdam", "BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:-0300\nTZOFFSETTO:+1000\nRDATE:20260401T000000,20260402T000000\nEND:DAYLIGHT\n"+observed, int64(0))
	f.Add("/x/America/Argentina/Buenos_Aires", "", int64(-62135596800))
	f.Add("tzone://Microsoft/Utc", "BEGIN:STANDARD\nDTSTART:20260101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+2359\nRRULE:FREQ=DAILY\nEND:STANDARD\n", int64(1774918800))
	oslo := mustZone(f, "Europe/Oslo")
	within := window(f, "2026-03-02/2026-04-27")
	earliest, latest := daysOf(1, 1, 3)*day, daysOf(maxYear, 1, 1)*day
	f.Fuzz(func(t *testing.T, id, lines string, at int64) {
		at = min(max(at, earliest), latest)
		for _, text := range []string{eventIn(id), "BEGIN:VTIMEZONE\nTZID:" + id + "\n" + lines + "\nEND:VTIMEZONE\n" + eventIn(id)} {
			r := newReader(within, Options{Zone: oslo})
			if r.scan([]byte(feed(text))) != nil {
				continue
			}
			r.defineZones()
			for i := range r.zones.uses {
				z := r.zone(int32(i), nil, 0)
				checkZone(t, z, at)
				for _, o := range z.onsets {
					checkZone(t, z, min(max(o.at+o.offset, earliest), latest))
				}
			}
		}
	})
}

func checkZone(t *testing.T, z *zone, at int64) {
	t.Helper()
	if s := z.at(at); at < s.start || at >= s.end {
		t.Fatalf("%d is not in %v", at, s)
	}
	first, last := z.both(at)
	if first > last || first < at-maxOffset || last > at+maxOffset {
		t.Fatalf("local %d is %d to %d", at, first, last)
	}
	if z.local(last) == at && z.local(first) != at {
		t.Fatalf("local %d is %d and shows %d", at, first, z.local(first))
	}
}

// FuzzRule follows strangers' rules: starts come in order, not before DTSTART, and are the same when earlier ones are passed over.
func FuzzRule(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=MO,2TU;COUNT=300", "20260302T080000", int64(400))
	f.Add("FREQ=YEARLY;BYWEEKNO=1,-1,20;BYDAY=MO,SU;INTERVAL=3;WKST=SU", "19991231", int64(9000))
	f.Add("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31,1,-1;BYSETPOS=1,-1", "20240131", int64(31))
	f.Add("FREQ=SECONDLY;INTERVAL=7;BYMINUTE=1;BYHOUR=2,3;BYDAY=FR", "20260302T080001", int64(3))
	f.Add("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=-1,2;INTERVAL=2", "20260304T235959", int64(77))
	f.Add("FREQ=YEARLY;BYDAY=53MO,-1SU;BYYEARDAY=366,-366,1;BYMONTH=12,1", "20000101", int64(1000))
	f.Fuzz(func(t *testing.T, text, start string, after int64) {
		m, _, ok := parseMoment([]byte(start))
		r, _, err := parseRule([]byte(text))
		if !ok || err != nil {
			return
		}
		from := m.at + min(max(after, 0), 400*366)*day
		list := func(from int64) (all []int64, done bool) {
			var w walk
			steps := int64(ruleBudget)
			if !w.prepare(r, m, &steps) {
				return nil, false
			}
			_, done = w.each(from, from+2*366*day, farFuture, &steps, func(civil int64) bool {
				all = append(all, civil)
				return true
			})
			if steps < -ruleBudget {
				t.Errorf("%d steps over", -steps)
			}
			return all, done
		}
		whole, wholeDone := list(from)
		for i, at := range whole {
			if at < from || i > 0 && at <= whole[i-1] {
				t.Fatalf("%s from %s: start %d is %d", text, start, i, at)
			}
		}
		later, laterDone := list(from + 366*day)
		for len(whole) > 0 && whole[0] < from+366*day {
			whole = whole[1:]
		}
		later = later[:min(len(whole), len(later))]
		if wholeDone && laterDone && !slices.Equal(whole, later) {
			t.Errorf("%s from %s: %v, but %v when a year is passed over", text, start, whole, later)
		}
	})
}
