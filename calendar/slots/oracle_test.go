package slots_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar/slots"
)

// TestOracle compares the finder with the sweep on many random regions: every feasible start, every figure of by_need, and
// of every relaxation what it gains and the first of that. It holds each answer to the sentence "never an empty answer
// without a reason and, where one exists, a relaxation that helps". The flags -regions and -seed ask for more of them.
func TestOracle(t *testing.T) {
	t.Parallel()
	tally := map[string]int{}
	for seed := *firstSeed; seed < *firstSeed+*regions; seed++ {
		r, people := randomSearch(seed)
		checkRegion(t, seed, r, people, tally)
		if t.Failed() {
			t.Fatalf("seed %d\n%s", seed, dump(r, people))
		}
	}
	t.Logf("seeds %d to %d: %v", *firstSeed, *firstSeed+*regions-1, tally)
	if *regions >= 1000 && (tally["in cells"] < int(*regions)/4 || tally["in cells"] > int(*regions)*3/4 || tally["empty"] < int(*regions)/20 || tally["feasible"] < tally["starts"]/50 || tally["several_changes"] == 0) {
		t.Errorf("the random regions prove little: %v", tally)
	}
}

func checkRegion(t *testing.T, seed uint64, r slots.Request, people []slots.Person, tally map[string]int) {
	t.Helper()
	answer, err := slots.Find(r, people)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, dump(r, people))
	}
	s := newSweep(r, people)
	want := s.count(s.cut())
	tally["in cells"] += one(inCells(r))
	tally["starts"], tally["feasible"] = tally["starts"]+len(s.starts), tally["feasible"]+len(want.feasible)
	if !slices.EqualFunc(answer.Starts, want.feasible, time.Time.Equal) || answer.Feasible != len(want.feasible) ||
		answer.Rejected.StartsTotal != len(s.starts) {
		t.Errorf("seed %d: %d of %d starts %v\nsweep: %d of %d %v", seed, answer.Feasible, answer.Rejected.StartsTotal, answer.Starts,
			len(want.feasible), len(s.starts), want.feasible)
	}
	for i, n := range answer.Rejected.ByNeed {
		if n.Blocked != want.blocked[i] || n.Alone != want.alone[i] {
			t.Errorf("seed %d: need %s: blocked %d, alone %d; sweep: %d, %d", seed, n.Need, n.Blocked, n.Alone, want.blocked[i], want.alone[i])
		}
	}
	for _, advice := range answer.Rejected.Relax {
		tally[advice.Code]++
		gained := gainOf(follow(r, advice), people, want.feasible)
		if len(gained) != advice.Gains || advice.Gains == 0 || !gained[0].Equal(advice.First) {
			t.Errorf("seed %d: %q gains %d from %v; sweep: %d %v", seed, advice.Change, advice.Gains, advice.First, len(gained), gained)
		}
	}
	if answer.Feasible == 0 {
		tally["empty"]++
		checkReason(t, seed, r, people, answer)
	}
	if seed%4 == 0 {
		checkSnapshot(t, seed, r, people, answer)
	}
}

// inCells says that a request is searched in whole cells of five minutes; the others are searched on their own grid.
func inCells(r slots.Request) bool {
	return r.DurationMin%5 == 0 && r.GridMin%5 == 0 && !slices.ContainsFunc(r.Need, func(n slots.Need) bool { return n.UntilMin%5 != 0 })
}

// gainOf are the starts of a changed request that were not feasible before.
func gainOf(r slots.Request, people []slots.Person, before []time.Time) []time.Time {
	s := newSweep(r, people)
	return slices.DeleteFunc(s.count(s.cut()).feasible, func(start time.Time) bool {
		_, found := slices.BinarySearchFunc(before, start, time.Time.Compare)
		return found
	})
}

// checkReason: an empty answer says why, and what would help if anything does. The request that gives up everything, and
// all needs but one, is asked of the sweep.
func checkReason(t *testing.T, seed uint64, r slots.Request, people []slots.Person, answer slots.Answer) {
	t.Helper()
	rule := answer.Rejected.ByRule
	reasons := rule.OutsideWindow + rule.MinNotice + rule.AfterDeadline
	for _, n := range answer.Rejected.ByNeed {
		reasons += n.Blocked
	}
	// Nobody may be missing from any one need where two want the same people; then all of those are blocked.
	if reasons == 0 && answer.Rejected.StartsTotal > 0 && r.Now.Before(r.Window.From) {
		t.Errorf("seed %d: no start and no reason: %+v", seed, answer.Rejected)
	}
	if len(answer.Rejected.Relax) > 0 {
		return
	}
	for kept := range r.Need {
		everything := follow(r, slots.Relaxation{Parts: giveUpAll(r)})
		everything.Need = everything.Need[kept : kept+1]
		if starts := gainOf(everything, people, nil); len(starts) > 0 {
			t.Errorf("seed %d: no relaxation, but with need %s alone and every rule given up %v would do", seed, r.Need[kept].ID, starts)
		}
	}
}

// giveUpAll lists every change that leaves the needs in.
func giveUpAll(r slots.Request) []slots.Part {
	parts := []slots.Part{{Code: "tentative_free"}, {Code: "use_duty"}, {Code: "outside_hours"}, {Code: "unknown_offered"}, {Code: "no_buffer"}, {Code: "min_notice"}, {Code: "deadline"}}
	if shortest := r.DurationMin / 4 / 5 * 5; shortest >= 5 {
		parts = append(parts, slots.Part{Code: "shorter", Value: shortest})
	}
	if r.GridMin > 5 && r.GridMin%5 == 0 {
		parts = append(parts, slots.Part{Code: "finer_grid"})
	}
	for _, n := range r.Need {
		if n.Substitute != nil {
			parts = append(parts, slots.Part{Code: "stand_in", Need: n.ID})
		}
		parts = append(parts, slots.Part{Code: "fewer", Need: n.ID, Value: 1})
	}
	return parts
}

// checkSnapshot asks a snapshot that holds more days and more people, and one that came about by changes.
func checkSnapshot(t *testing.T, seed uint64, r slots.Request, people []slots.Person, want slots.Answer) {
	t.Helper()
	span := slots.Window{From: r.Window.From.Add(-time.Duration(seed%9) * 1000 * time.Minute), To: r.Window.To.Add(time.Duration(seed%7) * 1000 * time.Minute)}
	options := slots.Options{Zone: location(r.TZ), Holidays: "NO"}
	stranger := slots.Person{ID: "stranger", Busy: people[0].Busy, HasHours: true}
	snapshot, err := slots.NewSnapshot(append(slices.Clone(people), stranger), span, options)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if got := digest(t, r, snapshot); got != digestOf(want) {
		t.Errorf("seed %d: a snapshot answers\n%s\nFind\n%s", seed, got, digestOf(want))
	}
	if seed%8 != 0 {
		return
	}
	stale := slices.Clone(people)
	stale[0] = slots.Person{ID: people[0].ID, Roles: []string{"porter"}, Zone: location("UTC")}
	stale[1].Booked, stale[1].Held = people[0].Busy, nil
	changed, err := slots.NewSnapshot(stale, span, options)
	if err == nil {
		changed, err = changed.With(people[0])
	}
	if err == nil {
		changed, err = changed.WithBooked(people[1].ID, people[1].Booked, people[1].Held)
	}
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if got := digest(t, r, changed); got != digestOf(want) {
		t.Errorf("seed %d: a changed snapshot answers\n%s\nFind\n%s", seed, got, digestOf(want))
	}
}

func digest(t *testing.T, r slots.Request, s *slots.Snapshot) string {
	t.Helper()
	a, err := s.Find(r)
	if err != nil {
		t.Fatal(err)
	}
	return digestOf(a)
}

// digestOf is an answer without the ends of what a snapshot of fewer days does not see.
func digestOf(a slots.Answer) string {
	text := fmt.Sprint(a.Starts, a.Rejected, a.Freshness)
	for _, s := range a.Suggestions {
		text += fmt.Sprint("\n", s.Start, s.Score, s.Cast, s.WantMet, s.Unknown, s.Because)
	}
	return text
}
