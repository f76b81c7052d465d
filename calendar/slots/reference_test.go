package slots_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
)

var (
	rounds    = flag.Uint64("rounds", 60, "random requests compared with the reference")
	regions   = flag.Uint64("regions", 2000, "random regions compared with the sweep")
	firstSeed = flag.Uint64("seed", 1, "seed of the first of them")
)

// TestReference compares the finder with an evaluator that knows no bits, layers or runs: for every start it asks every
// person minute by minute and tries every cast.
func TestReference(t *testing.T) {
	t.Parallel()
	feasible, starts := 0, 0
	for seed := *firstSeed; seed < *firstSeed+*rounds; seed++ {
		r, people := randomSearch(seed)
		answer, err := slots.Find(r, people)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, dump(r, people))
		}
		ref := newReference(t, r, people)
		grid := ref.grid()
		wanted := ref.count(grid)
		starts, feasible = starts+len(grid), feasible+len(wanted.feasible)
		same := slices.EqualFunc(answer.Starts, wanted.feasible, time.Time.Equal)
		if !same || answer.Feasible != len(wanted.feasible) || answer.Rejected.StartsTotal != len(grid) {
			t.Fatalf("seed %d: Find: %d of %d starts %v\nreference: %d of %d %v\n%s", seed, answer.Feasible, answer.Rejected.StartsTotal, answer.Starts,
				len(wanted.feasible), len(grid), wanted.feasible, dump(r, people))
		}
		for i, n := range answer.Rejected.ByNeed {
			if n.Blocked != wanted.blocked[i] || n.Alone != wanted.alone[i] {
				t.Fatalf("seed %d: need %s: blocked %d, alone %d; reference: %d, %d\n%s", seed, n.Need, n.Blocked, n.Alone, wanted.blocked[i],
					wanted.alone[i], dump(r, people))
			}
		}
		ref.checkVerdicts(t, seed, grid, wanted.feasible)
		checkSuggestions(t, seed, r, people, answer)
		checkRelaxations(t, seed, r, people, answer)
		if t.Failed() {
			t.Fatalf("seed %d\n%s", seed, dump(r, people))
		}
	}
	t.Logf("seeds %d to %d: %d of %d starts feasible", *firstSeed, *firstSeed+*rounds-1, feasible, starts)
	if *rounds >= 60 && (feasible < starts/50 || feasible > starts/2) {
		t.Errorf("%d of %d starts feasible: the random searches prove little", feasible, starts)
	}
}

// checkVerdicts asks At about every start of the grid.
func (ref *reference) checkVerdicts(t *testing.T, seed uint64, grid, feasible []time.Time) {
	t.Helper()
	for _, start := range grid {
		v, err := slots.At(ref.r, ref.people, start)
		if err != nil {
			t.Fatalf("seed %d: At %v: %v", seed, start, err)
		}
		if want := slices.ContainsFunc(feasible, start.Equal); v.Feasible != want || !v.OnGrid {
			t.Errorf("seed %d: At %v: feasible %v on grid %v, Find says %v", seed, start, v.Feasible, v.OnGrid, want)
		}
		for i, n := range v.Needs {
			for _, p := range n.People {
				if can := ref.can(ref.person(p.Person), start, ref.stay(i)); p.Can != can {
					t.Errorf("seed %d: At %v: need %s: %s can %v (%s), the reference says %v", seed, start, n.ID, p.Person, p.Can, p.Why, can)
				}
			}
		}
	}
}

// checkSuggestions holds every suggestion to what it says of itself, and to At.
func checkSuggestions(t *testing.T, seed uint64, r slots.Request, people []slots.Person, answer slots.Answer) {
	t.Helper()
	if want := min(*r.Limit, answer.Feasible); len(answer.Suggestions) != want {
		t.Errorf("seed %d: %d suggestions of %d starts, want %d", seed, len(answer.Suggestions), answer.Feasible, want)
	}
	for i, s := range answer.Suggestions {
		sum := 0
		for _, b := range s.Because {
			sum += b.Points
		}
		if sum != s.Score || (i > 0 && s.Score > answer.Suggestions[i-1].Score) {
			t.Errorf("seed %d: %v: points add up to %d, score %d, not in order", seed, s.Start, sum, s.Score)
		}
		if len(s.WantMet)+len(s.WantMissed) != len(r.Want) {
			t.Errorf("seed %d: %v: wants met %v, missed %v of %d", seed, s.Start, s.WantMet, s.WantMissed, len(r.Want))
		}
		v, err := slots.At(r, people, s.Start)
		if err != nil || fmt.Sprint(v.Cast, v.Unknown, v.End) != fmt.Sprint(s.Cast, s.Unknown, s.End) {
			t.Errorf("seed %d: %v: cast %v, At says %v %v", seed, s.Start, s.Cast, v.Cast, err)
		}
		seen := map[string]bool{}
		for _, n := range r.Need {
			if len(s.Cast[n.ID]) != seats(n) {
				t.Errorf("seed %d: %v: need %s of %d has cast %v", seed, s.Start, n.ID, seats(n), s.Cast[n.ID])
			}
			for _, id := range s.Cast[n.ID] {
				if seen[id] {
					t.Errorf("seed %d: %v: %s sits in two seats", seed, s.Start, id)
				}
				seen[id] = true
			}
		}
	}
}

// checkRelaxations follows each piece of advice and counts.
func checkRelaxations(t *testing.T, seed uint64, r slots.Request, people []slots.Person, answer slots.Answer) {
	t.Helper()
	for _, advice := range answer.Rejected.Relax {
		relaxed := follow(r, advice)
		again, err := slots.Find(relaxed, people)
		if err != nil {
			t.Errorf("seed %d: after %q: %v", seed, advice.Change, err)
			continue
		}
		var gained []time.Time
		for _, start := range again.Starts {
			if !slices.ContainsFunc(answer.Starts, start.Equal) {
				gained = append(gained, start)
			}
		}
		if len(gained) != advice.Gains || advice.Gains == 0 || !gained[0].Equal(advice.First) {
			t.Errorf("seed %d: %q claims %d from %v, gains %d %v", seed, advice.Change, advice.Gains, advice.First, len(gained), gained)
		}
	}
}

// follow changes a request as a relaxation says.
func follow(r slots.Request, advice slots.Relaxation) slots.Request {
	parts := advice.Parts
	if len(advice.Parts) == 0 {
		parts = []slots.Part{{Code: advice.Code, Need: advice.Need, Value: advice.Value}}
	}
	r.Need = slices.Clone(r.Need)
	for _, p := range parts {
		i := slices.IndexFunc(r.Need, func(n slots.Need) bool { return n.ID == p.Need })
		switch p.Code {
		case "shorter":
			r.DurationMin = p.Value
			for i := range r.Need {
				r.Need[i].UntilMin = min(r.Need[i].UntilMin, p.Value)
			}
		case "stand_in":
			s := *r.Need[i].Substitute
			s.Use = true
			r.Need[i].Substitute = &s
		case "fewer":
			r.Need[i].K = &p.Value
		case "without_need":
			r.Need = slices.Delete(r.Need, i, i+1)
		case "tentative_free":
			r.Policy.Tentative = slots.TakeAsFree
		case "use_duty":
			r.Policy.UseDuty = true
		case "outside_hours":
			r.Policy.OutsideHours = slots.LastResort
		case "unknown_offered":
			r.Policy.Unknown = slots.OfferMarked
		case "no_buffer":
			r.Policy.BufferMin, r.Policy.TravelMin = 0, 0
		case "finer_grid":
			r.GridMin = 5
		case "min_notice":
			r.MinNoticeMin = 0
		case "deadline":
			r.Deadline = nil
		}
	}
	return r
}
