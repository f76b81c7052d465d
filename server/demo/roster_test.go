package demo

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// titled reads a duty plan as calendar programs would, one title at a time: when each stands in it.
func titled(t *testing.T, name string, window calendar.Interval) map[string][]calendar.Interval {
	t.Helper()
	data, ok := calendarOf(name, window.Start)
	if !ok {
		t.Fatalf("no calendar %s", name)
	}
	const begin, end = "BEGIN:VEVENT", "END:VCALENDAR"
	head, rest, _ := strings.Cut(string(data), begin)
	events := map[string]string{}
	for event := range strings.SplitSeq(rest[:strings.LastIndex(rest, end)], begin) {
		_, title, _ := strings.Cut(event, "\nSUMMARY:")
		title, _, _ = strings.Cut(title, "\n")
		events[strings.TrimRight(title, "\r")] += begin + event
	}
	read := map[string][]calendar.Interval{}
	for title, of := range events {
		got, err := calendar.Read([]byte(head+of+end+"\n"), window, calendar.Options{Zone: zone(), Kind: calendar.KindDuty})
		if err != nil || len(got.Warnings) > 0 {
			t.Fatalf("%s, %q: %v, %v", name, title, err, got.Warnings)
		}
		read[title] = got.Duty
	}
	return read
}

// eightWeeks begin on a Monday and hold eight Fridays and the week after each.
func eightWeeks() calendar.Interval {
	monday := mondayOf(fridayNoon)
	return calendar.Interval{Start: monday.UTC(), End: monday.AddDate(0, 0, 9*7).UTC()}
}

// at lists whose titles cover an instant.
func at(read map[string][]calendar.Interval, instant time.Time) string {
	var titles []string
	for title, spans := range read {
		if slices.ContainsFunc(spans, func(s calendar.Interval) bool { return !instant.Before(s.Start) && instant.Before(s.End) }) {
			titles = append(titles, title)
		}
	}
	slices.Sort(titles)
	return strings.Join(titles, ", ")
}

// On every Friday at 12:45 there is one to ring, and two behind who ring together.
func TestOncologistOnFridays(t *testing.T) {
	plan := titled(t, "roster-onkologvakt", eightWeeks())
	for week := range 8 {
		friday := FridayClock(fridayNoon.AddDate(0, 0, 7*week))
		want := []string{"Kaja Nes", "Simen Lie"}[week%2] + ", [L2] Ragnhild Eide, [L2] Stein Foss"
		if got := at(plan, friday); got != want {
			t.Errorf("%s: %q, want %q", friday, got, want)
		}
	}
	for _, layer := range []string{"bytter", "endringer"} {
		changes := titled(t, "roster-onkologvakt-"+layer, eightWeeks())
		for week := range 8 {
			friday := FridayClock(fridayNoon.AddDate(0, 0, 7*week))
			thisWeek := calendar.Interval{Start: mondayOf(friday).UTC(), End: mondayOf(friday).AddDate(0, 0, 7).UTC()}
			if got := at(changes, friday); got != "" || len(calendar.Clip(slices.Concat(slices.Collect(maps.Values(changes))...), thisWeek)) == 0 {
				t.Errorf("%s: %s has %q now, and this week must not be empty", friday, layer, got)
			}
		}
	}
}

// The roster's owner has one name and one night to mend in the week after each Friday.
func TestOncologistsHaveOneGapAndOneUnknownName(t *testing.T) {
	r := havnes(t)
	known := func(title string) bool {
		return slices.ContainsFunc(r.People, func(p conference.Person) bool { return strings.HasSuffix(title, p.Name) })
	}
	plan := titled(t, "roster-onkologvakt", eightWeeks())
	var own []calendar.Interval
	for _, p := range holders(r, conference.RoleAt{Role: "duty_doctor", Unit: "duty"}) {
		for week := range 9 {
			monday := mondayOf(fridayNoon).AddDate(0, 0, 7*week)
			own = append(own, atWork(t, p, calendar.Interval{Start: monday.UTC(), End: monday.AddDate(0, 0, 7).UTC()})...)
		}
	}
	for week := range 8 {
		friday := FridayClock(fridayNoon.AddDate(0, 0, 7*week))
		window := calendar.Interval{Start: friday, End: friday.AddDate(0, 0, 7)}
		unknown, covered := map[string]int{}, own
		for title, spans := range plan {
			if known(title) {
				covered = calendar.Merge(slices.Concat(covered, spans))
			} else {
				unknown[title] += len(calendar.Clip(spans, window))
			}
		}
		gaps := calendar.Subtract([]calendar.Interval{window}, covered)
		night := calendar.Interval{Start: clockOn(friday, 2, "22:00"), End: clockOn(friday, 3, "08:00")}
		if len(gaps) != 1 || gaps[0] != night || !maps.Equal(unknown, map[string]int{"[L2] Aksel Rønning": 1}) {
			t.Errorf("%s: gaps %v, unknown %v", friday, gaps, unknown)
		}
	}
}

// Hour by hour, who the plan and its swaps say is the doctor on duty has it in a calendar of their own.
func TestOncologistsOwnCalendarsAgree(t *testing.T) {
	window := calendar.Interval{Start: mondayOf(fridayNoon).UTC(), End: mondayOf(fridayNoon).AddDate(0, 0, 14).UTC()}
	base, swaps := titled(t, "roster-onkologvakt", window), titled(t, "roster-onkologvakt-bytter", window)
	maps.DeleteFunc(base, func(title string, _ []calendar.Interval) bool { return strings.HasPrefix(title, "[L2]") })
	own := map[string][]calendar.Interval{"Ragnhild Eide": nil, "Kaja Nes": nil, "Simen Lie": nil}
	for _, p := range havnes(t).People {
		if _, ok := own[p.Name]; ok {
			for _, spans := range titled(t, string(p.ID)+"-duty", window) {
				own[p.Name] = append(own[p.Name], spans...)
			}
		}
	}
	swapped := 0
	for instant := window.Start; instant.Before(window.End); instant = instant.Add(time.Hour) {
		want := at(base, instant)
		if swap := at(swaps, instant); swap != "" {
			now, before, _ := strings.Cut(swap, " for ")
			if before != want {
				t.Errorf("%s: %q, but it is %s", instant, swap, want)
			}
			want = now
			swapped++
		}
		if got := at(own, instant); got != want {
			t.Errorf("%s: %q in the plan, %q in their own calendars", instant, want, got)
		}
	}
	if swapped != 12 {
		t.Errorf("%d hours are swapped", swapped)
	}
}

// The island's plan is kept in whole days, one after the other.
func TestWholeDaysOfTheIsland(t *testing.T) {
	window := calendar.Interval{Start: mondayOf(fridayNoon).UTC(), End: mondayOf(fridayNoon).AddDate(0, 0, 14).UTC()}
	got := titled(t, "roster-ytterveret-legevakt", window)["Anna Kowalska"]
	data, _ := calendarOf("roster-ytterveret-legevakt", fridayNoon)
	if calendar.Subtract([]calendar.Interval{window}, got) != nil || !bytes.Contains(data, []byte("DTSTART;VALUE=DATE:20261127")) {
		t.Errorf("%v", got)
	}
}

func holders(r conference.Region, role conference.RoleAt) []conference.Person {
	return slices.DeleteFunc(slices.Clone(r.People), func(p conference.Person) bool { return !slices.Contains(p.Roles, role) })
}

// atWork is when somebody is at work or on duty by calendars of their own, whatever they are engaged in.
func atWork(t *testing.T, p conference.Person, window calendar.Interval) []calendar.Interval {
	t.Helper()
	p.Feeds = slices.DeleteFunc(slices.Clone(p.Feeds), func(f conference.Feed) bool { return f.Kind == conference.FeedBusy })
	return freeTime(t, p, window)
}

// A roster without a plan is covered, whenever somebody must be there, by those who have the role; two weeks from every Monday.
func TestRostersAreCovered(t *testing.T) {
	r := havnes(t)
	window := calendar.Interval{Start: mondayOf(fridayNoon).UTC(), End: mondayOf(fridayNoon).AddDate(0, 0, 21).UTC()}
	for _, roster := range r.Rosters {
		people := holders(r, roster.Covers)
		if len(people) == 0 || (roster.Deputy != conference.RoleAt{} && len(holders(r, roster.Deputy)) == 0) {
			t.Errorf("%s: %d people, deputy %s", roster.ID, len(people), roster.Deputy)
		}
		if len(roster.Feeds) > 0 {
			continue
		}
		var covered []calendar.Interval
		for _, p := range people {
			covered = append(covered, atWork(t, p, window)...)
		}
		if gaps := calendar.Subtract(needed(t, roster.Hours, window), covered); len(gaps) > 0 {
			t.Errorf("%s: nobody at %v", roster.ID, gaps)
		}
	}
}

func needed(t *testing.T, hours []conference.Hours, window calendar.Interval) []calendar.Interval {
	t.Helper()
	if len(hours) == 0 {
		return []calendar.Interval{window}
	}
	return freeTime(t, conference.Person{Hours: hours}, window)
}

// Who can be rung has a number, and everybody can be told apart by what to ask about.
func TestDirectoryIsFilledIn(t *testing.T) {
	r := havnes(t)
	for _, u := range r.Units {
		if u.Phone == "" {
			t.Errorf("%s has no phone", u.ID)
		}
	}
	for _, p := range r.People {
		if len(p.Ask) == 0 || len(p.Languages) == 0 {
			t.Errorf("%s: asked about %q, speaks %q", p.ID, p.Ask, p.Languages)
		}
	}
	// Nkom's plan for E.164 keeps 01 for later, so that no number of the demo rings anywhere.
	for _, number := range regexp.MustCompile(`phone: "([^"]*)"`).FindAllStringSubmatch(string(RegionYAML), -1) {
		if !strings.HasPrefix(number[1], "+47 01 ") {
			t.Errorf("%s may be somebody's", number[1])
		}
	}
}
