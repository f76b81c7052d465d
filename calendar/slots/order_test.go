package slots_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
)

// kinds are the codes of points in the order in which they outweigh each other.
var kinds = [][]string{
	{"outside_hours"},
	{"unknown"},
	{"deadline_slack"},
	{"want"},
	{"guest_yes", "guest_if_needed"},
	{"continuity", "stand_in", "tentative"},
	{"after_hours_burden"},
	{"prefer", "avoid", "soon"},
	{"fragmentation"},
}

// TestRankingOrder: of two starts the one that is better in the first kind in which they differ comes first, by however
// little, and whatever speaks for the other below it.
func TestRankingOrder(t *testing.T) {
	compared, decided := 0, map[int]int{}
	for seed := uint64(1); seed <= 300; seed++ {
		r, people := randomSearch(seed)
		all := 100
		r.Limit = &all
		answer := find(t, r, people...)
		for i := 1; i < len(answer.Suggestions); i++ {
			before, after := byKind(t, answer.Suggestions[i-1]), byKind(t, answer.Suggestions[i])
			kind := slices.IndexFunc(before, func(int) bool { return true })
			for kind = range before {
				if before[kind] != after[kind] {
					break
				}
			}
			compared++
			decided[kind]++
			if before[kind] < after[kind] {
				t.Errorf("seed %d: %v before %v, which is better by %v: %v %v", seed, answer.Suggestions[i-1].Start, answer.Suggestions[i].Start, kinds[kind], before, after)
			}
		}
	}
	if compared < 500 || len(decided) < 8 {
		t.Errorf("%d starts compared, decided by kinds %v: the random searches prove little", compared, decided)
	}
}

func byKind(t *testing.T, s slots.Suggestion) []int {
	t.Helper()
	points := make([]int, len(kinds))
	for _, b := range s.Because {
		kind := slices.IndexFunc(kinds, func(codes []string) bool { return slices.Contains(codes, b.Code) })
		if kind < 0 {
			t.Fatalf("%v: no kind has the code %q", s.Start, b.Code)
		}
		points[kind] += b.Points
	}
	return points
}

// TestRankingNeighbours sets each kind against everything that the one after it can offer.
func TestRankingNeighbours(t *testing.T) {
	best := func(name, want string, change func(*slots.Request), people ...slots.Person) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			r := friday(need("gp", "a"))
			change(&r)
			s := find(t, r, people...).Suggestions[0]
			if got := s.Start.In(location("Europe/Oslo")).Format("15:04"); got != want {
				t.Errorf("best at %s, want %s: %+v", got, want, s.Because)
			}
		})
	}
	deadline := at("2026-11-27 12:00")
	wanting := func(r *slots.Request) { r.Want = []slots.Want{{ID: "pt", AnyOf: []string{"b"}, Weight: 1}} }
	late := busy("b", "2026-11-27 09:00-11:30")
	best("slack before a wanted colleague", "09:00", func(r *slots.Request) {
		wanting(r)
		r.Want[0].Weight, r.Deadline = 100, &deadline
	}, slots.Person{ID: "a"}, late)
	best("a wanted colleague before guests", "11:30", func(r *slots.Request) {
		wanting(r)
		r.Guests = []slots.Guest{{ID: "son", Yes: between("2026-11-27 09:00-10:00")}, {ID: "daughter", Yes: between("2026-11-27 09:00-10:00")}}
	}, slots.Person{ID: "a"}, late)
	best("a guest's if needed before the usual doctor", "11:30", func(r *slots.Request) {
		r.Need = []slots.Need{{ID: "gp", AnyOf: []string{"a", "c"}, Prefer: []string{"c"}}}
		r.Guests = []slots.Guest{{ID: "son", IfNeeded: between("2026-11-27 11:30-12:00")}}
	}, slots.Person{ID: "a"}, busy("c", "2026-11-27 11:00-12:00"))
	evening := func(r *slots.Request) {
		r.Policy.OutsideHours = slots.Allow
		r.Need = []slots.Need{{ID: "gp", AnyOf: []string{"a", "c"}, Prefer: []string{"c"}}}
	}
	morning := []slots.Hours{{Days: "Fri", From: "09:00", To: "10:00"}}
	best("the usual doctor before the burden", "10:00", evening, slots.Person{ID: "a", HasHours: true, Hours: morning},
		slots.Person{ID: "c", HasHours: true, Hours: morning, Busy: between("2026-11-27 09:00-10:00"), Burden: 6000})
	best("the burden before a preferred time", "09:00", func(r *slots.Request) {
		r.Policy.OutsideHours = slots.Allow
		r.Prefer = []slots.Preference{{Days: "Fri", From: "10:00", To: "12:00", Weight: 100}}
	}, slots.Person{ID: "a", HasHours: true, Hours: morning, Burden: 60})
	best("a preferred time before free time in one piece", "11:00", func(r *slots.Request) {
		r.Prefer = []slots.Preference{{Days: "Fri", From: "11:00", To: "12:00", Weight: 1}}
	}, busy("a", "2026-11-27 08:00-09:00", "2026-11-27 12:30-13:00"))
	best("a day sooner before free time in one piece", "09:00", func(r *slots.Request) { r.Window.To = at("2026-11-28 12:00") },
		busy("a", "2026-11-28 08:00-09:00"))
}

func TestBurdenFadesAndHidesNobody(t *testing.T) {
	night := []slots.Hours{{Days: "Mon", From: "08:00", To: "09:00"}}
	now := at("2026-11-26 12:00")
	ask := func(p slots.Person) slots.Answer {
		p.ID, p.HasHours, p.Hours = "a", true, night
		r := friday(need("gp", "a"))
		r.Policy.OutsideHours = slots.LastResort
		return find(t, r, p)
	}
	cost := func(p slots.Person) int {
		for _, b := range ask(p).Suggestions[0].Because {
			if b.Code == "after_hours_burden" {
				return -b.Points
			}
		}
		return 0
	}
	spell := func(ago time.Duration, minutes int) slots.Person {
		return slots.Person{Worked: []slots.Spell{{At: now.Add(-ago), Minutes: minutes}}}
	}
	fresh, month, year := cost(spell(0, 600)), cost(spell(28*24*time.Hour, 600)), cost(spell(365*24*time.Hour, 600))
	rested := cost(slots.Person{})
	if half := cost(slots.Person{Burden: 300}); fresh <= month || month != half || year != rested || fresh != cost(slots.Person{Burden: 600}) {
		t.Errorf("a spell costs %d, four weeks later %d (%d), a year later %d; with none %d", fresh, month, half, year, rested)
	}
	if twice := cost(slots.Person{Burden: 1200}); twice <= 2*fresh-rested-1 {
		t.Errorf("twice the burden costs %d, once %d: no squares", twice, fresh)
	}
	if a, b := ask(slots.Person{}), ask(slots.Person{Burden: 1 << 40}); fmt.Sprint(a.Starts) != fmt.Sprint(b.Starts) || len(a.Suggestions) != len(b.Suggestions) {
		t.Errorf("%d starts for the rested, %d for the burdened", a.Feasible, b.Feasible)
	}
}
