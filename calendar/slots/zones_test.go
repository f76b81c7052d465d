package slots_test

import (
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
)

// through asks for an hour on the hour in one zone's window, and writes the starts in that zone with their offset.
func through(t *testing.T, change func(*slots.Request), people ...slots.Person) []string {
	t.Helper()
	r := slots.Request{DurationMin: 60, GridMin: 60, TZ: "Europe/Oslo", List: slots.ListStarts, Need: []slots.Need{need("gp", "a")}}
	change(&r)
	now := r.Window.From
	r.Now = &now
	var out []string
	for _, s := range find(t, r, people...).Starts {
		out = append(out, s.In(location(r.TZ)).Format("Mon 15:04-0700"))
	}
	return out
}

func window(from, to string) func(*slots.Request) {
	return func(r *slots.Request) { r.Window = slots.Window{From: at(from), To: at(to)} }
}

func same(t *testing.T, name string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", name, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: %v, want %v", name, got, want)
			return
		}
	}
}

func TestClockChanges(t *testing.T) {
	hours := func(entries ...slots.Hours) slots.Person {
		return slots.Person{ID: "a", HasHours: true, Hours: entries}
	}
	autumn, spring := window("2026-10-25 00:00", "2026-10-25 06:00"), window("2027-03-28 00:00", "2027-03-28 06:00")

	same(t, "every hour of the long night", through(t, autumn, free("a")...),
		"Sun 00:00+0200", "Sun 01:00+0200", "Sun 02:00+0200", "Sun 02:00+0100", "Sun 03:00+0100", "Sun 04:00+0100", "Sun 05:00+0100")
	same(t, "every hour of the short night", through(t, spring, free("a")...),
		"Sun 00:00+0100", "Sun 01:00+0100", "Sun 03:00+0200", "Sun 04:00+0200", "Sun 05:00+0200")
	same(t, "a shift over the repeated hour", through(t, autumn, hours(slots.Hours{Days: "Sun", From: "02:00", To: "03:00"})), "Sun 02:00+0200", "Sun 02:00+0100")
	same(t, "a shift in the hour that is left out", through(t, spring, hours(slots.Hours{Days: "Sun", From: "02:00", To: "03:00"})))
	same(t, "a shift that begins in the hour left out keeps the offset before", through(t, spring, hours(slots.Hours{Days: "Sun", From: "02:00", To: "05:00"})),
		"Sun 03:00+0200", "Sun 04:00+0200")
	same(t, "busy in the second of the repeated hours", through(t, autumn, slots.Person{
		ID:   "a",
		Busy: []calendar.Interval{{Start: at("2026-10-25T01:00:00Z"), End: at("2026-10-25T02:00:00Z")}},
	}),
		"Sun 00:00+0200", "Sun 01:00+0200", "Sun 02:00+0200", "Sun 03:00+0100", "Sun 04:00+0100", "Sun 05:00+0100")

	office := hours(slots.Hours{Days: "Mon-Sun", From: "09:00", To: "10:00"})
	same(t, "nine o'clock is nine o'clock before and after", through(t, window("2026-10-24 00:00", "2026-10-27 00:00"), office), "Sat 09:00+0200",
		"Sun 09:00+0100", "Mon 09:00+0100")
	same(t, "in spring too", through(t, window("2027-03-27 00:00", "2027-03-30 00:00"), office), "Sat 09:00+0100", "Sun 09:00+0200", "Mon 09:00+0200")
	same(t, "a grid of 90 minutes counts elapsed time from midnight", through(t, func(r *slots.Request) { autumn(r); r.GridMin = 90 }, free("a")...),
		"Sun 00:00+0200", "Sun 01:30+0200", "Sun 02:00+0100", "Sun 03:30+0100", "Sun 05:00+0100")
}

func TestMeetingInsideTheRepeatedHour(t *testing.T) {
	now := at("2026-10-24 12:00")
	r := slots.Request{
		DurationMin: 20, GridMin: 20, TZ: "Europe/Oslo", Now: &now, List: slots.ListStarts, Need: []slots.Need{need("gp", "a")},
		Window: slots.Window{From: at("2026-10-25T00:00:00Z"), To: at("2026-10-25T02:00:00Z")}, // 02:00 to 03:00, twice
	}
	a := find(t, r, slots.Person{ID: "a", Busy: []calendar.Interval{{Start: at("2026-10-25T00:20:00Z"), End: at("2026-10-25T01:20:00Z")}}})
	var got []string
	for _, s := range a.Starts {
		got = append(got, s.Format(time.RFC3339))
	}
	same(t, "starts", got, "2026-10-25T00:00:00Z", "2026-10-25T01:20:00Z", "2026-10-25T01:40:00Z")
	v, err := slots.At(r, []slots.Person{{ID: "a"}}, at("2026-10-25T02:20:00+01:00"))
	if err != nil || !v.Feasible || !v.OnGrid || !v.End.Equal(at("2026-10-25T01:40:00Z")) {
		t.Errorf("the second 02:20: %+v %v", v, err)
	}
}

func TestMixedZones(t *testing.T) {
	office := func(id, zone string) slots.Person {
		return slots.Person{ID: id, Zone: location(zone), HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:00"}}}
	}
	three := []slots.Person{{ID: "o", HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:00"}}}, office("h",
		"Europe/Helsinki"), office("l", "Europe/London")}
	all := func(from, to string) func(*slots.Request) {
		return func(r *slots.Request) {
			window(from, to)(r)
			r.Need = []slots.Need{need("oslo", "o"), need("helsinki", "h"), need("london", "l")}
		}
	}
	// London begins at 09:00 Oslo time, Helsinki is done at 14:00: five hours, in summer and in winter.
	want := []string{"09:00", "10:00", "11:00", "12:00", "13:00"}
	for _, day := range []struct{ from, to, offset string }{
		{"2026-10-23 00:00", "2026-10-24 00:00", "Fri %s+0200"},
		{"2026-10-26 00:00", "2026-10-27 00:00", "Mon %s+0100"},
		{"2027-03-26 00:00", "2027-03-27 00:00", "Fri %s+0100"},
		{"2027-03-29 00:00", "2027-03-30 00:00", "Mon %s+0200"},
	} {
		var expected []string
		for _, clock := range want {
			expected = append(expected, day.offset[:4]+clock+day.offset[6:])
		}
		same(t, day.from, through(t, all(day.from, day.to), three...), expected...)
	}
	// America changes a week later than Europe: for that week New York is five hours behind Oslo, not six.
	york := []slots.Person{three[0], office("y", "America/New_York")}
	both := func(from, to string) func(*slots.Request) {
		return func(r *slots.Request) {
			window(from, to)(r)
			r.Need = []slots.Need{need("oslo", "o"), need("york", "y")}
		}
	}
	same(t, "the week between", through(t, both("2026-10-26 00:00", "2026-10-27 00:00"), york...), "Mon 13:00+0100", "Mon 14:00+0100")
	same(t, "the week after", through(t, both("2026-11-02 00:00", "2026-11-03 00:00"), york...), "Mon 14:00+0100")
	// A holiday is one where the person is: midnight to midnight in Helsinki ends an hour before Oslo's.
	finn := slots.Person{ID: "a", Zone: location("Europe/Helsinki"), HasHours: true, Hours: []slots.Hours{{Days: "Mon-Sun", From: "00:00", To: "24:00"}}}
	same(t, "holiday in the person's zone", through(t, func(r *slots.Request) {
		window("2026-12-24 21:00", "2026-12-25 00:00")(r)
		r.Holidays = "NO"
	}, finn), "Thu 21:00+0100", "Thu 22:00+0100")
}

// TestOddMidnights: days that lack their midnight, have two, or are not there at all.
func TestOddMidnights(t *testing.T) {
	in := func(zone, from, to string) func(*slots.Request) {
		return func(r *slots.Request) {
			r.TZ, r.GridMin, r.Window = zone, 120, slots.Window{From: at(from), To: at(to)}
		}
	}
	// Beirut 2022-03-27 began at 01:00; the grid counts from there.
	same(t, "no midnight", through(t, in("Asia/Beirut", "2022-03-26T20:00:00Z", "2022-03-27T04:00:00Z"), free("a")...),
		"Sat 22:00+0200", "Sun 01:00+0300", "Sun 03:00+0300", "Sun 05:00+0300")
	// The Azores 2026-10-25 went back from 01:00 to 00:00; the day begins with the first midnight.
	same(t, "two midnights", through(t, in("Atlantic/Azores", "2026-10-25T00:00:00Z", "2026-10-25T05:00:00Z"), free("a")...),
		"Sun 00:00+0000", "Sun 01:00-0100", "Sun 03:00-0100")
	// Samoa had no 30 December 2011; nobody works on it.
	same(t, "a date left out", through(t, in("Pacific/Apia", "2011-12-30T06:00:00Z", "2011-12-30T16:00:00Z"), slots.Person{
		ID: "a", HasHours: true,
		Hours: []slots.Hours{
			{Days: "Thu", From: "20:00", To: "24:00"}, {Days: "Fri", From: "00:00", To: "24:00"},
		},
	}), "Thu 20:00-1000", "Thu 22:00-1000")
	same(t, "Saturday follows Thursday", through(t, in("Pacific/Apia", "2011-12-30T06:00:00Z", "2011-12-30T13:00:00Z"), free("a")...),
		"Thu 20:00-1000", "Thu 22:00-1000", "Sat 00:00+1400", "Sat 02:00+1400")
}
