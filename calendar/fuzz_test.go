package calendar

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzRead reads strangers' bytes: whatever they are, Read ends, and what it returns can be relied on.
func FuzzRead(f *testing.F) {
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
			r, err := Read(data, within, Options{Zone: oslo, Addresses: []string{"ingrid@lia.example"}, Kind: kind})
			if err != nil {
				continue
			}
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
