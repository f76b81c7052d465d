package slots_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/samtale/samtale/calendar/slots"
)

// TestDischargeMeeting is the Friday of the demo: the patient goes home at 14:30, nobody has been told, one calendar is
// broken, one is a day old, and the oncology nurse works Monday to Wednesday.
func TestDischargeMeeting(t *testing.T) {
	now, discharge := at("2026-11-27 12:45"), at("2026-11-27 14:30")
	day := []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:30"}}
	people := []slots.Person{
		{ID: "registrar", HasHours: true, Hours: day, Busy: between("2026-11-27 12:30-13:10"), Fresh: "2m"},
		{ID: "ward-nurse", HasHours: true, Hours: day, Busy: between("2026-11-27 14:00-14:15"), Fresh: "no calendar"},
		{ID: "gp", HasHours: true, Hours: day, Unknown: between("2026-11-27 12:45-14:30"), Why: "not_found", Fresh: "unknown: not_found"},
		{ID: "deputy-gp", HasHours: true, Hours: day, Busy: between("2026-11-27 12:45-13:30"), Fresh: "14m"},
		{
			ID: "on", HasHours: true, Hours: []slots.Hours{{Days: "Mon-Wed", From: "08:00", To: "15:30"}}, Fresh: "3m",
		},
		{
			ID: "dn", HasHours: true, Duty: between("2026-11-27 07:30-15:00"), Unknown: between("2026-11-27 12:45-14:30"),
			Busy: between("2026-11-27 13:00-13:20"), Fresh: "unknown: stale 1560m",
		},
		{ID: "pt", HasHours: true, Hours: day, Busy: between("2026-11-27 13:00-14:00"), Fresh: "1m"},
		{ID: "ot", HasHours: true, Hours: day, Tentative: between("2026-11-27 12:00-15:00"), Fresh: "1m"},
	}
	r := slots.Request{
		Purpose: "discharge", DurationMin: 20, GridMin: 10, TZ: "Europe/Oslo", Now: &now, Window: slots.Window{From: now, To: discharge}, Deadline: &discharge,
		MinNoticeMin: 10, Policy: slots.Policy{OutsideHours: slots.LastResort, UseDuty: true}, Holidays: "NO", List: slots.ListStarts,
		Need: []slots.Need{
			need("doctor", "registrar"), need("nurse", "ward-nurse"), {ID: "gp", AnyOf: []string{"gp", "deputy-gp"}, Prefer: []string{"gp"}}, need("primary", "on", "dn"),
		},
		Want: []slots.Want{{ID: "pt", AnyOf: []string{"pt"}, Weight: 20}, {ID: "ot", AnyOf: []string{"ot"}, Weight: 20}},
	}
	a := find(t, r, people...)
	if got := startsOf(a); got != "13:10 13:20 13:30 13:40" {
		t.Errorf("starts %q", got)
	}
	for _, p := range people {
		if a.Freshness[p.ID] != p.Fresh {
			t.Errorf("age of %s: %q, want %q", p.ID, a.Freshness[p.ID], p.Fresh)
		}
	}
	var got []string
	for _, s := range a.Suggestions {
		if s.End.After(discharge) {
			t.Errorf("%v ends after the discharge", s.Start)
		}
		var missing []string
		for _, m := range s.Missing {
			missing = append(missing, fmt.Sprintf("%s %s %s", m.ID, m.Person, m.Why))
		}
		got = append(got, fmt.Sprintf("%s primary %s unknown %s missing %s", s.Start.In(location("Europe/Oslo")).Format("15:04"), s.Cast["primary"][0],
			strings.Join(s.Unknown, "+"), strings.Join(missing, ", ")))
	}
	// Nobody from primary care is in at a known time, so every start is marked: either the district nurse, whose calendar is
	// old, or the oncology nurse on her day off, who comes last. The deputy, whose calendar is known, goes before the GP.
	want := []string{
		"13:30 primary dn unknown dn missing gp gp unknown, pt pt busy_until, ot ot tentative",
		"13:40 primary dn unknown dn missing gp gp unknown, pt pt busy_until, ot ot tentative",
		"13:20 primary dn unknown gp+dn missing pt pt busy_until, ot ot tentative",
		"13:10 primary on unknown gp missing pt pt busy_until, ot ot tentative",
	}
	if !slices.Equal(got, want) {
		t.Errorf("suggestions\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(a.Rejected.Relax) == 0 || a.Rejected.ByNeed[2].Need != "gp" {
		t.Errorf("rejected %+v", a.Rejected)
	}
}
