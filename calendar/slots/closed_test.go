package slots

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A local day off is a holiday in every way: the starts of that day and of no other go.
func TestLocalDayOff(t *testing.T) {
	now := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC) // a Monday
	people := []Person{{ID: "a", HasHours: true, Hours: []Hours{{Days: "Mon-Fri", From: "08:00", To: "15:00"}}}}
	request := Request{
		DurationMin: 20, GridMin: 30, TZ: "Europe/Oslo", Now: &now, Window: Window{From: now, To: now.Add(5 * 24 * time.Hour)}, List: ListStarts,
		Need: []Need{{ID: "n", AnyOf: []string{"a"}}},
	}
	all, err := Find(request, people)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(request.TZ)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := NewSnapshot(people, Window{From: now, To: now.Add(30 * 24 * time.Hour)}, Options{Zone: zone, Closed: []string{"2026-12-02"}})
	if err != nil {
		t.Fatal(err)
	}
	request.Closed = []string{"2026-12-02"}
	want := slices.DeleteFunc(slices.Clone(all.Starts), func(s time.Time) bool { return s.Day() == 2 })
	for name, find := range map[string]func() (Answer, error){
		"alone": func() (Answer, error) { return Find(request, people) }, "from a snapshot that knows": func() (Answer, error) { return snapshot.Find(request) },
	} {
		got, err := find()
		if err != nil || !slices.EqualFunc(got.Starts, want, time.Time.Equal) || len(want) == len(all.Starts) {
			t.Errorf("%s: %d starts, want %d of %d, %v", name, len(got.Starts), len(want), len(all.Starts), err)
		}
	}
	other := request
	other.Closed = []string{"2026-12-03"} // not the day that the snapshot has worked out
	if got, err := snapshot.Find(other); err != nil || slices.ContainsFunc(got.Starts, func(s time.Time) bool { return s.Day() == 3 }) || len(got.Starts) != len(want) {
		t.Errorf("another day off: %d starts, %v", len(got.Starts), err)
	}
	request.Closed = []string{"Christmas"}
	if _, err := Find(request, people); err == nil || !strings.Contains(err.Error(), "Christmas") {
		t.Errorf("no date: %v", err)
	}
}
