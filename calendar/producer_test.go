package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProducers reads the week of 30 March 2026, the first of summer time, from calendars in the manner of several programs and
// compares with the list beside each: NAME.busy has a line for every interval, "busy START END", and begins with "kind KIND" where
// the feed is not one of engagements. The content is invented.
func TestProducers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.ics")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d feeds, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".ics"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".ics") + ".busy")
			if err != nil {
				t.Fatal(err)
			}
			o := Options{Zone: mustZone(t, "Europe/Oslo"), Addresses: []string{"ingrid@lia.example"}, Explain: true}
			list := string(want)
			if kind, rest, ok := strings.Cut(list, "\n"); ok && strings.HasPrefix(kind, "kind ") {
				o.Kind, list = Kind(strings.TrimPrefix(kind, "kind ")), rest
			}
			r, err := Read(text, window(t, "2026-03-30/2026-04-06"), o)
			if err != nil {
				t.Fatal(err)
			}
			if got := listedStates(r); got != list {
				t.Errorf("says\n%swant\n%s", got, list)
			}
			if found := codes(r); found != "" && found != CodeStart {
				t.Errorf("warns %v", r.Warnings)
			}
			checkExplained(t, r)
		})
	}
}

// listedStates writes a reading as the lines of a .busy file.
func listedStates(r Reading) string {
	const minutes = "2006-01-02T15:04Z"
	var text strings.Builder
	for _, part := range []struct {
		state State
		list  []Interval
	}{{StateBusy, r.Busy}, {StateTentative, r.Tentative}, {StateDuty, r.Duty}, {StateUnknown, r.Unknown}} {
		for _, i := range part.list {
			text.WriteString(string(part.state) + " " + i.Start.Format(minutes) + " " + i.End.Format(minutes) + "\n")
		}
	}
	return text.String()
}
