package duty

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// hour is an instant of the tables: hours after midnight, UTC.
func hour(n int) time.Time { return time.Date(2026, 3, 2, n, 0, 0, 0, time.UTC) }

// planOf reads "kaja 8-16", "kaja 8-16 L2 swap simen", "kaja 8-16 override", "kaja 8-16 personal", "kaja in 9-12 at 8".
func planOf(t testing.TB, lines ...string) Plan {
	t.Helper()
	p := Plan{Covers: oncologist}
	for n, line := range lines {
		words := strings.Fields(line)
		person := conference.PersonID(words[0])
		span := words[1]
		if span == "in" || span == "out" {
			span = words[2]
		}
		var from, to int
		if _, err := fmt.Sscanf(span, "%d-%d", &from, &to); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if words[1] == "in" || words[1] == "out" {
			p.Declarations = append(p.Declarations, Declaration{Person: person, Covers: oncologist, In: words[1] == "in", At: hour(from), Until: hour(to)})
			continue
		}
		s := Shift{Interval: calendar.Interval{Start: hour(from), End: hour(to)}, Person: person, Level: 1, Layer: conference.LayerBase, Source: Source{Origin: FromRoster, ReadAt: hour(-n)}}
		for i, w := range words[2:] {
			switch w {
			case "swap", "override":
				s.Layer = conference.Layer(w)
			case "personal", "hours":
				s.Source.Origin = Origin(w)
			case "stale":
				s.Source.Stale = true
			case "for":
				s.Instead = conference.PersonID(words[i+3])
			case "L2", "L3":
				s.Level = int(w[1] - '0')
			}
		}
		p.Shifts = append(p.Shifts, s)
	}
	return p
}

// answered writes an answer as "kaja:1 roster 8-16", hours after midnight.
func answered(list []OnDuty) string {
	var words []string
	for _, o := range list {
		words = append(words, fmt.Sprintf("%s:%d %s %v-%v", o.Person, o.Level, o.Source.Origin, o.Since.Sub(hour(0)).Hours(), o.Until.Sub(hour(0)).Hours()))
	}
	return strings.Join(words, ", ")
}

func TestAt(t *testing.T) {
	check := func(name string, at int, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			p := planOf(t, lines...)
			if got := answered(p.At(hour(at))); got != want {
				t.Errorf("at %d is %s, want %s", at, got, want)
			}
			slices.Reverse(p.Shifts)
			if got := answered(p.At(hour(at))); got != want {
				t.Errorf("the other way round, at %d is %s, want %s", at, got, want)
			}
		})
	}
	check("nobody", 9, "")
	check("a shift", 9, "kaja:1 roster 8-16", "kaja 8-16")
	check("its start is in it", 8, "kaja:1 roster 8-16", "kaja 8-16")
	check("its end is not", 16, "simen:1 roster 16-24", "kaja 8-16", "simen 16-24")
	check("back to back", 17, "kaja:1 roster 8-32", "kaja 8-16", "kaja 16-24", "kaja 24-32")
	check("an hour between", 17, "kaja:1 roster 17-24", "kaja 8-16", "kaja 17-24")
	check("by level, then by id", 9, "kaja:1 roster 8-16, simen:1 roster 8-16, anna:2 roster 8-16", "simen 8-16", "anna 8-16 L2", "kaja 8-16")
	check("once, on the first level", 9, "kaja:1 roster 8-16", "kaja 8-20 L2", "kaja 8-16")
	check("another level is another stretch", 17, "kaja:2 roster 16-20", "kaja 8-20 L2", "kaja 8-16")

	check("a swap for all", 9, "simen:1 roster 8-12", "kaja 8-16", "anna 8-16", "simen 8-12 swap")
	check("a swap for one", 9, "anna:1 roster 8-16, simen:1 roster 8-12", "kaja 8-16", "anna 8-16", "simen 8-12 swap for kaja")
	check("after the swap", 13, "kaja:1 roster 12-16", "kaja 8-16", "simen 8-12 swap for kaja")
	check("a swap on the level of the other", 9, "anna:1 roster 8-16, simen:2 roster 8-12", "anna 8-16", "kaja 8-16 L2", "simen 8-12 swap for kaja")
	check("a swap on its own level", 9, "simen:1 roster 8-12, kaja:2 roster 8-12", "kaja 8-16", "kaja 8-16 L2", "simen 8-12 swap for kaja")
	check("a swap for nobody", 9, "anna:1 roster 8-16, simen:1 roster 8-12", "anna 8-16", "simen 8-12 swap for kaja")
	check("two change places", 9, "kaja:1 roster 8-16, simen:2 roster 8-16", "simen 8-16", "kaja 8-16 L2", "kaja 8-16 swap for simen", "simen 8-16 L2 swap for kaja")
	check("an override", 9, "per:1 roster 8-10", "kaja 8-16", "simen 8-12 swap for kaja", "per 8-10 override")
	check("an override of another level", 9, "kaja:1 roster 8-16, per:2 roster 8-10", "kaja 8-16", "anna 8-16 L2", "per 8-10 L2 override")
	check("an override of oneself", 9, "kaja:1 roster 8-16", "kaja 8-16", "kaja 8-10 override")

	check("personal", 9, "kaja:1 personal 8-16", "kaja 8-16 personal", "anna 8-20 hours")
	check("working hours", 17, "anna:1 hours 16-20", "kaja 8-16 personal", "anna 8-20 hours")
	check("neither beside the roster", 9, "simen:3 roster 8-12", "simen 8-12 L3", "kaja 8-16 personal", "anna 8-20 hours")
	check("when the roster ends", 13, "kaja:1 personal 12-16", "kaja 8-12", "kaja 8-16 personal")

	check("out", 9, "simen:1 roster 8-16", "kaja 8-16", "simen 8-16", "kaja out 9-16")
	check("not out yet", 8, "kaja:1 roster 8-9", "kaja 8-16", "kaja out 9-16")
	check("in again", 12, "kaja:1 roster 12-16", "kaja 8-16", "kaja out 9-12")
	check("in", 9, "anna:1 declared 9-12, kaja:2 roster 8-16", "kaja 8-16 L2", "anna in 9-12")
	check("in beside the plan", 9, "kaja:2 roster 8-10", "kaja 8-10 L2", "kaja in 9-12")
	check("in after the plan", 11, "kaja:1 declared 10-12", "kaja 8-10 L2", "kaja in 9-12")
	check("the latest", 11, "", "kaja in 8-16", "kaja out 10-14")
	check("the latest that holds", 15, "kaja:1 declared 14-16", "kaja in 8-16", "kaja out 10-14")
	check("of two at once the later in the list", 9, "kaja:1 declared 8-16", "kaja out 8-16", "kaja in 8-16")
	check("the only one is out", 9, "", "kaja 8-16", "anna 8-20 hours", "kaja out 8-16")
	check("no time at all", 8, "", "kaja 8-8", "kaja in 8-8")
}

// TestSource prefers what can be read, then what was read last.
func TestSource(t *testing.T) {
	p := planOf(t, "kaja 8-16 stale", "kaja 8-16", "kaja 8-16")
	if got := p.At(hour(9)); len(got) != 1 || got[0].Source != p.Shifts[1].Source {
		t.Errorf("the source is %+v", got)
	}
	p.Declarations = []Declaration{{Person: "kaja", Covers: conference.RoleAt{Role: "nurse"}, At: hour(8), Until: hour(16)}}
	if len(p.At(hour(9))) != 1 {
		t.Error("out of another role is out of this one")
	}
}

func TestNextAndShiftEnd(t *testing.T) {
	next := func(name string, at, within int, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			start, people, ok := planOf(t, lines...).Next(hour(at), time.Duration(within)*time.Hour)
			got := "none"
			if ok {
				got = fmt.Sprint(start.Sub(hour(0)).Hours(), people)
			}
			if got != want {
				t.Errorf("next is %s, want %s", got, want)
			}
		})
	}
	next("now", 9, 0, "9 [kaja]", "kaja 8-16")
	next("later", 3, 24, "8 [kaja simen]", "simen 8-16", "kaja 8-16", "anna 9-16")
	next("just within", 3, 5, "8 [kaja]", "kaja 8-16")
	next("beyond", 3, 4, "none", "kaja 8-16")
	next("when an out ends", 9, 24, "12 [kaja]", "kaja 8-16", "kaja out 9-12")
	next("a declaration", 3, 24, "5 [kaja]", "kaja in 5-7")
	next("never", 20, 24, "none", "kaja 8-16")

	end := func(name string, at int, want string, lines ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			got := "none"
			if at, ok := planOf(t, lines...).ShiftEnd("kaja", hour(at)); ok {
				got = fmt.Sprint(at.Sub(hour(0)).Hours())
			}
			if got != want {
				t.Errorf("the shift ends %s, want %s", got, want)
			}
		})
	}
	end("no shift", 9, "none", "simen 8-16", "kaja in 8-10")
	end("a shift", 9, "16", "kaja 8-16", "kaja 16-24", "kaja out 9-10")
	end("the longer of two", 9, "20", "kaja 8-16", "kaja 8-20 L2")
	end("taken over", 9, "12", "kaja 8-16", "simen 12-14 override")
	end("replaced now", 9, "none", "kaja 8-16", "simen 8-14 swap for kaja")
	end("working hours until the roster begins", 9, "10", "kaja 8-16 hours", "simen 10-14")
}

// TestManyShifts asks a plan of a year, in which one person is always on duty: their stretch is all of it.
func TestManyShifts(t *testing.T) {
	var p Plan
	for day := range 365 {
		for n := range 12 {
			start := hour(24*day + 2*n)
			p.Shifts = append(p.Shifts, Shift{Interval: calendar.Interval{Start: start, End: start.Add(8 * time.Hour)}, Person: conference.PersonID(fmt.Sprint("p", n)), Source: Source{Origin: FromRoster}})
		}
		p.Shifts = append(p.Shifts, Shift{Interval: calendar.Interval{Start: hour(24 * day), End: hour(24*day + 24)}, Person: "always", Source: Source{Origin: FromRoster}})
	}
	got := p.At(hour(24*180 + 1))
	if len(got) != 5 || got[0].Person != "always" || !got[0].Since.Equal(hour(0)) || !got[0].Until.Equal(hour(24*365)) {
		t.Errorf("it is %s", answered(got))
	}
}

func BenchmarkAt(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	var p Plan
	for n := range 5000 {
		start := hour(rng.IntN(365 * 24))
		p.Shifts = append(p.Shifts, Shift{Interval: calendar.Interval{Start: start, End: start.Add(8 * time.Hour)}, Person: conference.PersonID(fmt.Sprint("p", n%40)), Source: Source{Origin: FromRoster}})
	}
	b.ReportAllocs()
	for b.Loop() {
		p.At(hour(180 * 24))
	}
}
