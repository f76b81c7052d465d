package slots_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
)

// week asks for half an hour in the working week from Monday 30 November 2026.
func week(needs ...slots.Need) slots.Request {
	r := friday(needs...)
	now := at("2026-11-30 07:00")
	r.Now, r.Window = &now, slots.Window{From: now, To: at("2026-12-05 00:00")}
	return r
}

func office(id string) slots.Person {
	return slots.Person{ID: id, HasHours: true, Hours: []slots.Hours{{Days: "Mon-Fri", From: "08:00", To: "15:30"}}}
}

func TestRankingSpreads(t *testing.T) {
	r := week(need("gp", "a"))
	deadline := at("2026-12-04 14:00")
	r.Deadline = &deadline
	a := find(t, r, office("a"))
	if len(a.Suggestions) != 5 {
		t.Fatalf("%d suggestions, want 5", len(a.Suggestions))
	}
	if first := a.Suggestions[0]; !first.Start.Equal(at("2026-11-30 08:00")) {
		t.Errorf("first %v, want the first of equals", first.Start)
	}
	for i, s := range a.Suggestions {
		for _, other := range a.Suggestions[:i] {
			if gap := s.Start.Sub(other.Start).Abs(); gap < 2*time.Hour {
				t.Errorf("%v and %v are near each other in an empty week", s.Start, other.Start)
			}
		}
	}
	t.Run("but not out of hours", func(t *testing.T) {
		r := r
		r.Policy.OutsideHours = slots.LastResort
		r.Window.To = at("2026-12-01 00:00")
		narrow := slots.Person{ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Mon", From: "09:00", To: "11:30"}}}
		for _, s := range find(t, r, narrow).Suggestions {
			if hasReason(s, "outside_hours") {
				t.Errorf("%v is offered before the morning is full", s.Start)
			}
		}
	})
	t.Run("limit", func(t *testing.T) {
		for _, limit := range []int{1, 3, 100} {
			r := r
			r.Limit = &limit
			a := find(t, r, office("a"))
			if want := min(limit, a.Feasible); len(a.Suggestions) != want {
				t.Errorf("limit %d: %d suggestions of %d", limit, len(a.Suggestions), a.Feasible)
			}
		}
	})
}

func TestRanking(t *testing.T) {
	best := func(name, want string, r slots.Request, people ...slots.Person) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			s := find(t, r, people...).Suggestions[0]
			if got := s.Start.In(location("Europe/Oslo")).Format("15:04"); got != want {
				t.Errorf("best at %s, want %s: %+v", got, want, s.Because)
			}
		})
	}
	with := func(change func(*slots.Request)) slots.Request {
		r := friday(need("gp", "a"))
		change(&r)
		return r
	}
	best("sooner", "09:00", friday(need("gp", "a")), free("a")...)
	best("sooner before the deadline", "09:00", with(func(r *slots.Request) { d := at("2026-11-27 12:00"); r.Deadline = &d }), free("a")...)
	best("a wanted colleague", "10:30", with(func(r *slots.Request) { r.Want = []slots.Want{{ID: "pt", AnyOf: []string{"b"}, Weight: 50}} }),
		slots.Person{ID: "a"}, busy("b", "2026-11-27 09:00-10:30"))
	best("a guest's yes", "11:00", with(func(r *slots.Request) {
		r.Guests = []slots.Guest{{ID: "daughter", IfNeeded: between("2026-11-27 10:00-10:30"), Yes: between("2026-11-27 11:00-11:30")}}
	}), free("a")...)
	best("a guest's if needed", "10:00", with(func(r *slots.Request) {
		r.Guests = []slots.Guest{{ID: "daughter", IfNeeded: between("2026-11-27 10:00-10:30")}}
	}), free("a")...)
	best("a preferred time", "11:00", with(func(r *slots.Request) {
		r.Prefer = []slots.Preference{{Days: "Mon-Fri", From: "11:00", To: "11:30", Weight: 60}}
	}), free("a")...)
	best("an avoided time", "10:30", with(func(r *slots.Request) {
		r.Avoid = []slots.Preference{{Days: "Fri", From: "08:00", To: "10:15", Weight: 60}}
	}), free("a")...)
	best("the preferred doctor", "10:00", with(func(r *slots.Request) {
		r.Need = []slots.Need{{ID: "gp", AnyOf: []string{"a", "b"}, Prefer: []string{"b"}}}
	}), slots.Person{ID: "a"}, busy("b", "2026-11-27 09:00-10:00"))
	best("rather the usual people than stand-ins", "10:00", with(func(r *slots.Request) {
		r.Need[0].Substitute = &slots.Substitute{AnyOf: []string{"b"}, Cost: 60, Use: true}
	}), busy("a", "2026-11-27 09:00-10:00"), slots.Person{ID: "b"})
	best("rather not where it is tentative", "09:30", with(func(r *slots.Request) { r.Policy.Tentative = slots.TakeAsFree; r.GridMin = 15 }),
		slots.Person{ID: "a", Tentative: between("2026-11-27 09:00-09:30")})
	best("next to an engagement", "09:15", with(func(r *slots.Request) { r.GridMin = 15; r.Window.To = at("2026-12-11 12:00") }),
		busy("a", "2026-11-27 08:00-09:15", "2026-11-27 12:00-15:00"))
}

func TestCast(t *testing.T) {
	first := func(r slots.Request, people ...slots.Person) slots.Suggestion {
		t.Helper()
		return find(t, r, people...).Suggestions[0]
	}
	check := func(name string, s slots.Suggestion, want string) {
		t.Helper()
		if got := fmt.Sprint(s.Cast, s.WantMet, s.WantMissed, s.Missing); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	preferred := slots.Need{ID: "gp", AnyOf: []string{"a", "b", "c"}, Prefer: []string{"c", "b"}}
	check("the first preferred", first(friday(preferred), free("a", "b", "c")...), "map[gp:[c]] [] [] [{gp b passed_over <nil>}]")
	late := busy("c", "2026-11-27 09:00-12:00")
	if s := first(friday(preferred), slots.Person{ID: "a"}, slots.Person{ID: "b"}, late); s.Cast["gp"][0] != "b" || s.Missing[0].Person != "c" ||
		s.Missing[0].Why != "busy_until" || !s.Missing[0].Until.Equal(at("2026-11-27 12:00")) {
		t.Errorf("the second preferred: %v %+v", s.Cast, s.Missing)
	}
	check("two needs share two people, each to the seat that prefers them", first(friday(
		slots.Need{ID: "gp", AnyOf: []string{"a", "b"}, Prefer: []string{"b"}}, slots.Need{ID: "doctor", AnyOf: []string{"a", "b"}, Prefer: []string{"a"}}),
		free("a", "b")...), "map[doctor:[a] gp:[b]] [] [] []")
	check("nobody is taken from where only they can help", first(friday(
		slots.Need{ID: "gp", AnyOf: []string{"a", "b"}, Prefer: []string{"a"}}, need("doctor", "a")), free("a", "b")...),
		"map[doctor:[a] gp:[b]] [] [] [{gp a seated <nil>}]")

	wanting := friday(need("nurse", "a", "b"))
	wanting.Want = []slots.Want{{ID: "pt", AnyOf: []string{"a"}, Weight: 20}}
	check("a seat leaves the wanted colleague free", first(wanting, free("a", "b")...), "map[nurse:[b]] [pt] [] []")
	check("unless nobody else can", first(wanting, slots.Person{ID: "a"}, busy("b", "2026-11-27 09:00-12:00")),
		"map[nurse:[a]] [] [{pt seated <nil>}] [{pt a seated <nil>}]")

	twoWants := friday(need("gp", "g"))
	twoWants.Want = []slots.Want{{ID: "ot", AnyOf: []string{"a"}, Weight: 10}, {ID: "pt", AnyOf: []string{"a", "b"}, Weight: 30}}
	check("wants share", first(twoWants, free("g", "a", "b")...), "map[gp:[g]] [ot pt] [] []")
	check("the heavier want wins", first(twoWants, slots.Person{ID: "g"}, slots.Person{ID: "a"}, busy("b", "2026-11-27 09:00-12:00")),
		"map[gp:[g]] [pt] [{ot seated <nil>}] [{ot a seated <nil>}]")
	nobody := friday(need("gp", "g"))
	nobody.Want = []slots.Want{{Role: "ot@nowhere", Weight: 10}}
	check("a role that nobody holds", first(nobody, free("g")...), "map[gp:[g]] [] [{ot@nowhere nobody <nil>}] [{ot@nowhere  nobody <nil>}]")
	weekend := nobody
	weekend.Policy.OutsideHours = slots.LastResort
	weekend.Want = []slots.Want{{ID: "ot", AnyOf: []string{"a"}, Weight: 100}}
	s := first(weekend, slots.Person{ID: "g"}, slots.Person{ID: "a", HasHours: true, Hours: []slots.Hours{{Days: "Fri", From: "13:00", To: "15:00"}}})
	if len(s.WantMet) != 0 || s.WantMissed[0].Why != "outside_hours" {
		t.Errorf("an optional colleague is asked outside hours: %+v %+v", s.WantMet, s.WantMissed)
	}
}

// TestBestIsBest: a short list holds what a long one ranks first, and nobody is asked outside hours, or at a time that is
// not known, before all better starts are offered.
func TestBestIsBest(t *testing.T) {
	tier := func(s slots.Suggestion) int {
		n := 0
		if hasReason(s, "outside_hours") {
			n += 2
		}
		if hasReason(s, "unknown") {
			n++
		}
		return n
	}
	compared := 0
	for seed := uint64(1); seed <= 150; seed++ {
		r, people := randomSearch(seed)
		all, one := 100, 1
		r.Limit = &all
		long := find(t, r, people...)
		r.Limit = &one
		short := find(t, r, people...)
		if long.Feasible == 0 || long.Feasible > all {
			continue
		}
		compared++
		if a, b := short.Suggestions[0], long.Suggestions[0]; !a.Start.Equal(b.Start) || a.Score != b.Score {
			t.Errorf("seed %d: best of one %v (%d), best of all %v (%d)", seed, a.Start, a.Score, b.Start, b.Score)
		}
		for i, s := range long.Suggestions[1:] {
			if tier(s) < tier(long.Suggestions[i]) {
				t.Errorf("seed %d: %v %+v\nafter %v %+v", seed, s.Start, s.Because, long.Suggestions[i].Start, long.Suggestions[i].Because)
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d searches compared", compared)
	}
}

// TestDeterminism: the same question has the same answer, and the order in which people are given decides nothing about
// the starts and their scores.
func TestDeterminism(t *testing.T) {
	for seed := uint64(1); seed <= 60; seed++ {
		r, people := randomSearch(seed)
		first := marshal(t, find(t, r, people...))
		if again := marshal(t, find(t, r, people...)); again != first {
			t.Fatalf("seed %d: a second answer:\n%s\n%s", seed, first, again)
		}
		order := rand.New(rand.NewPCG(seed, 1))
		shuffled := slices.Clone(people)
		order.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		one, other := find(t, r, people...), find(t, r, shuffled...)
		if fmt.Sprint(one.Starts) != fmt.Sprint(other.Starts) || marshal(t, one.Rejected) != marshal(t, other.Rejected) {
			t.Errorf("seed %d: other starts for the same people in another order", seed)
		}
		for i := range one.Suggestions {
			if a, b := one.Suggestions[i], other.Suggestions[i]; !a.Start.Equal(b.Start) || a.Score != b.Score {
				t.Errorf("seed %d: suggestion %d is %v (%d), in another order %v (%d)\n%s\n%s", seed, i, a.Start, a.Score, b.Start, b.Score, marshal(t, a), marshal(t, b))
			}
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFindChangesNothing(t *testing.T) {
	r, people := randomSearch(7)
	before := dump(r, people)
	find(t, r, people...)
	if after := dump(r, people); after != before {
		t.Errorf("the search changed what it was given:\n%s\n%s", before, after)
	}
}
