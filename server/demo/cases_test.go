package demo

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// fridayNoon is a Friday at 12:45 in Havnes, in winter time.
var fridayNoon = time.Date(2026, 11, 27, 11, 45, 0, 0, time.UTC)

func TestFridayClock(t *testing.T) {
	check := func(name, now, want string) {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, now)
			if err != nil {
				t.Fatal(err)
			}
			if got := FridayClock(at).In(zone()).Format(time.RFC3339); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	check("a Tuesday", "2026-11-24T16:00:00+01:00", "2026-11-27T12:45:00+01:00")
	check("Friday morning", "2026-11-27T08:00:00+01:00", "2026-11-27T12:45:00+01:00")
	check("Friday at 12:45", "2026-11-27T12:45:00+01:00", "2026-11-27T12:45:00+01:00")
	check("Friday afternoon", "2026-11-27T12:46:00+01:00", "2026-12-04T12:45:00+01:00")
	check("over the autumn clock change", "2026-10-24T12:00:00+02:00", "2026-10-30T12:45:00+01:00")
	check("over the spring clock change", "2026-03-28T12:00:00+01:00", "2026-04-03T12:45:00+02:00")
	check("UTC still Thursday", "2026-11-26T23:30:00Z", "2026-11-27T12:45:00+01:00")
}

func TestTenCases(t *testing.T) {
	r := havnes(t)
	cases := Cases(r, fridayNoon)
	if len(cases) != 10 {
		t.Fatalf("%d cases", len(cases))
	}
	units, people := map[conference.UnitID]bool{}, map[conference.PersonID]bool{}
	for _, u := range r.Units {
		units[u.ID] = true
	}
	for _, p := range r.People {
		people[p.ID] = true
	}
	codes, ids := map[string]bool{}, map[conference.CaseID]bool{}
	for i, c := range cases {
		label := stories()[i].label
		if err := conference.CheckCode(c.Code); err != nil || codes[c.Code] || ids[c.ID] {
			t.Errorf("%s: code %q, id %q: %v", label, c.Code, c.ID, err)
		}
		codes[c.Code], ids[c.ID] = true, true
		if !units[c.Origin] || !units[c.Municipality] || !units[c.Receiver] || len(c.Seats) == 0 {
			t.Errorf("%s: origin %q, municipality %q, receiver %q, %d seats", label, c.Origin, c.Municipality, c.Receiver, len(c.Seats))
		}
		if c.ToldAt != nil && (!people[c.ToldBy] || c.ToldAt.After(fridayNoon) || c.ToldAt.Before(c.Created)) {
			t.Errorf("%s: told by %q at %s, created %s", label, c.ToldBy, c.ToldAt, c.Created)
		}
		if a := c.Acknowledged; a != nil && (!people[a.By] || a.At.After(fridayNoon)) {
			t.Errorf("%s: acknowledged %+v", label, a)
		}
	}
	again := Cases(r, fridayNoon)
	if again[3].Code != cases[3].Code || again[3].ID != cases[3].ID {
		t.Error("codes and ids change from start to start")
	}
}

// flagged lists a case's flags as the board would show them, all calendars being fresh.
func flagged(t *testing.T, label string, now time.Time) string {
	t.Helper()
	r := havnes(t)
	i := slices.IndexFunc(stories(), func(s story) bool { return s.label == label })
	c := Cases(r, now)[i]
	norway, err := calendar.HolidaysOf(r.Holidays)
	if err != nil {
		t.Fatal(err)
	}
	facts := conference.Facts{Now: now, Zone: zone(), Holidays: norway}
	for _, u := range r.Units {
		if u.ID == c.Municipality {
			facts.TravelMinutes = u.TravelMinutes
		}
	}
	var codes []string
	for _, f := range conference.Flags(c, facts) {
		codes = append(codes, string(f.Code)+" "+string(f.Level))
	}
	slices.Sort(codes)
	return strings.Join(codes, ", ")
}

func TestStoriesHaveTheirFlags(t *testing.T) {
	check := func(label, want string) {
		t.Run(label, func(t *testing.T) {
			if got := flagged(t, label, fridayNoon); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
	check("K-FRI", "FRIDAY_PM red, LATE_HOUR amber, NO_MEETING red, RECEIVER_LATE red, RECEIVER_UNTOLD red")
	check("K-GREEN", "")
	check("K-HOME", "")
	check("K-NOW", "")
	check("K-OBJECT", "")
}

func TestObjectionAndLocalMeeting(t *testing.T) {
	cases := Cases(havnes(t), fridayNoon)
	byLabel := func(label string) conference.Case {
		return cases[slices.IndexFunc(stories(), func(s story) bool { return s.label == label })]
	}
	refused := 0
	for _, s := range byLabel("K-OBJECT").Seats {
		if s.Objected {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d refused seats", refused)
	}
	for _, s := range byLabel("K-GOAL").Seats {
		for _, role := range s.AnyOf {
			if role.Unit == "med-a" || role.Unit == "palliative" {
				t.Errorf("the local meeting has a seat for %s", role)
			}
		}
	}
	if !slices.ContainsFunc(byLabel("K-SAMI").Seats, func(s conference.Seat) bool { return s.ID == "interpreter" && s.Need == conference.Required }) {
		t.Error("no interpreter is required")
	}
	if gp := byLabel("K-LOST").Seats[2]; gp.ID != "gp" || len(gp.AnyOf) != 0 || !slices.Equal(gp.People, []conference.PersonID{brokenFeed}) {
		t.Errorf("GP's seat %+v", gp)
	}
}

// freeTime works out by plain arithmetic when a person can come: working hours and shifts without engagements.
func freeTime(t *testing.T, p conference.Person, window calendar.Interval) []calendar.Interval {
	t.Helper()
	var there, taken []calendar.Interval
	always := len(p.Hours) == 0
	monday := mondayOf(window.Start)
	for week := -1; week < 5; week++ {
		at := monday.AddDate(0, 0, 7*week)
		add := func(to *[]calendar.Interval, e entry) {
			for _, day := range e.days {
				if e.falls(at) && !e.allDay {
					from, until := e.on(at, day)
					*to = append(*to, calendar.Interval{Start: from, End: until})
				}
			}
		}
		for _, h := range p.Hours {
			e, err := parseEntry(h.Days + " " + h.From + "-" + h.To + " hours")
			if err != nil {
				t.Fatal(err)
			}
			add(&there, e)
		}
		for _, f := range p.Feeds {
			a := agendas()[strings.TrimSuffix(path.Base(f.URL), ".ics")]
			for _, line := range a.entries {
				e, err := parseEntry(line)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case a.kind != engagements:
					always = false
					add(&there, e)
				case e.show == busy || e.show == tentative:
					add(&taken, e)
				}
			}
		}
	}
	if always {
		there = []calendar.Interval{window}
	}
	return calendar.Clip(calendar.Subtract(there, taken), window)
}

// starts lists when all required seats of a case are free at once for 20 minutes, every ten minutes of the window.
func starts(t *testing.T, r conference.Region, c conference.Case, window calendar.Interval) []time.Time {
	t.Helper()
	var common []time.Time
	seats := map[conference.SeatID][][]calendar.Interval{}
	for _, seat := range c.Seats {
		if seat.Need != conference.Required || seat.Guest != "" {
			continue
		}
		seats[seat.ID] = nil
		for _, p := range r.People {
			if slices.Contains(seat.People, p.ID) || slices.ContainsFunc(p.Roles, func(role conference.RoleAt) bool { return slices.Contains(seat.AnyOf, role) }) {
				seats[seat.ID] = append(seats[seat.ID], freeTime(t, p, window))
			}
		}
	}
	for at := window.Start.Truncate(10 * time.Minute).Add(10 * time.Minute); !at.Add(20 * time.Minute).After(window.End); at = at.Add(10 * time.Minute) {
		meeting := calendar.Interval{Start: at, End: at.Add(20 * time.Minute)}
		all := true
		for _, people := range seats {
			all = all && slices.ContainsFunc(people, func(free []calendar.Interval) bool {
				return len(calendar.Subtract([]calendar.Interval{meeting}, free)) == 0
			})
		}
		if all {
			common = append(common, at)
		}
	}
	return common
}

func TestTheFirstCaseCanStillMeetToday(t *testing.T) {
	r := havnes(t)
	for _, now := range []time.Time{fridayNoon, FridayClock(fridayNoon.Add(time.Hour)), FridayClock(fridayNoon.AddDate(0, 5, 0)), FridayClock(fridayNoon.AddDate(0, 9, 5))} {
		c := Cases(r, now)[0]
		var found []string
		for _, at := range starts(t, r, c, calendar.Interval{Start: now.Add(10 * time.Minute), End: c.Discharge}) {
			found = append(found, at.In(zone()).Format("15:04"))
		}
		if want := []string{"13:00", "13:10", "14:00", "14:10"}; !slices.Equal(found, want) {
			t.Errorf("%s: starts %v, want %v", now.In(zone()).Format(time.RFC3339), found, want)
		}
	}
}

func TestTheOthersCanMeetBeforeTheyGo(t *testing.T) {
	r := havnes(t)
	for i, c := range Cases(r, fridayNoon) {
		until := c.Discharge
		if c.DepartedAt != nil {
			until = fridayNoon.AddDate(0, 0, 7)
		}
		found := starts(t, r, c, calendar.Interval{Start: fridayNoon.Add(10 * time.Minute), End: until})
		t.Log(stories()[i].label, len(found))
		if len(found) == 0 {
			t.Errorf("%s: no common time before it", stories()[i].label)
		}
	}
}

func TestNoFeedNamesACase(t *testing.T) {
	cases := Cases(havnes(t), fridayNoon)
	for name, body := range Calendars(fridayNoon) {
		for i, c := range cases {
			for _, secret := range []string{c.Code, string(c.ID), stories()[i].label} {
				if bytes.Contains(body, []byte(secret)) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
		}
		if lower := bytes.ToLower(body); bytes.Contains(lower, []byte("pasient")) || bytes.Contains(lower, []byte("utskriv")) {
			t.Errorf("%s speaks of a patient", name)
		}
	}
}
