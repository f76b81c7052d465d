package duty

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
)

// grid is the step in which the random plans are written and the oracle walks.
const grid = 20 * time.Minute

// randomPlan writes a plan of three days around a night, in local times as people do: days, nights, whole days, odd pieces.
func randomPlan(rng *rand.Rand, night time.Time) Plan {
	pick := func(n int) bool { return rng.IntN(n) == 0 }
	who := func() conference.PersonID {
		return conference.PersonID([]string{"anna", "kaja", "per", "simen"}[rng.IntN(4)])
	}
	y, m, d := night.Date()
	at := func(minutes int) time.Time { return time.Date(y, m, d, 0, minutes, 0, 0, night.Location()).UTC() }
	piece := func() calendar.Interval {
		day := 24 * 60 * (rng.IntN(3) - 1)
		switch rng.IntN(5) {
		case 0:
			return calendar.Interval{Start: at(day + 8*60), End: at(day + 16*60)}
		case 1:
			return calendar.Interval{Start: at(day + 20*60), End: at(day + 32*60)}
		case 2:
			return calendar.Interval{Start: at(day), End: at(day + 24*60)}
		case 3:
			return calendar.Interval{Start: at(day + 16*60), End: at(day + 20*60)}
		}
		start := day + 20*rng.IntN(72)
		return calendar.Interval{Start: at(start), End: at(start + 20*rng.IntN(50))}
	}
	p := Plan{Covers: oncologist}
	for range rng.IntN(9) {
		s := Shift{Interval: piece(), Person: who(), Level: 1 + rng.IntN(2), Source: Source{Origin: FromRoster}}
		switch rng.IntN(6) {
		case 0:
			s.Layer = conference.LayerOverride
		case 1, 2:
			s.Layer = conference.LayerSwap
			if !pick(3) {
				s.Instead = who()
			}
		case 3:
			s.Source.Origin = FromPersonal
		case 4:
			s.Source.Origin = FromHours
		}
		p.Shifts = append(p.Shifts, s)
	}
	for range rng.IntN(4) {
		i := piece()
		p.Declarations = append(p.Declarations, Declaration{Person: who(), Covers: oncologist, In: pick(2), At: i.Start, Until: i.End})
	}
	return p
}

// said is one person of an answer.
type said struct {
	level  int
	person conference.PersonID
	origin Origin
}

// oracle says who is on duty at an instant, level by level, in the plainest way.
func oracle(p Plan, t time.Time, declared bool) []said {
	on := map[conference.PersonID]said{}
	put := func(s Shift, level int) {
		if before, ok := on[s.Person]; !ok || level < before.level {
			on[s.Person] = said{level, s.Person, s.Source.Origin}
		}
	}
	var now []Shift
	for _, s := range p.Shifts {
		if !t.Before(s.Start) && t.Before(s.End) {
			now = append(now, s)
		}
	}
	baseOn := func(person conference.PersonID, level int) bool {
		return slices.ContainsFunc(now, func(s Shift) bool {
			return s.Source.Origin == FromRoster && s.Layer == "" && s.Person == person && s.Level == level
		})
	}
	standsOn := func(swap Shift, level int) bool {
		if swap.Instead == "" || baseOn(swap.Instead, swap.Level) || !baseOn(swap.Instead, 3-swap.Level) {
			return swap.Level == level
		}
		return level == 3-swap.Level
	}
	for level := 1; level <= 2; level++ {
		overridden, cleared := false, false
		replaced := map[conference.PersonID]bool{}
		for _, s := range now {
			if s.Source.Origin != FromRoster {
				continue
			}
			overridden = overridden || s.Layer == conference.LayerOverride && s.Level == level
			if s.Layer == conference.LayerSwap && standsOn(s, level) {
				cleared = cleared || s.Instead == ""
				replaced[s.Instead] = true
			}
		}
		for _, s := range now {
			switch {
			case s.Source.Origin != FromRoster:
			case overridden:
				if s.Layer == conference.LayerOverride && s.Level == level {
					put(s, level)
				}
			case s.Layer == conference.LayerSwap && standsOn(s, level), s.Layer == "" && s.Level == level && !cleared && !replaced[s.Person]:
				put(s, level)
			}
		}
	}
	for _, origin := range []Origin{FromPersonal, FromHours} {
		for empty, i := len(on) == 0, 0; empty && i < len(now); i++ {
			if now[i].Source.Origin == origin {
				put(now[i], now[i].Level)
			}
		}
	}
	latest := map[conference.PersonID]Declaration{}
	for _, d := range p.Declarations {
		if declared && !t.Before(d.At) && t.Before(d.Until) && !d.At.Before(latest[d.Person].At) {
			latest[d.Person] = d
		}
	}
	for person, d := range latest {
		if _, ok := on[person]; !d.In {
			delete(on, person)
		} else if !ok {
			on[person] = said{1, person, FromDeclaration}
		}
	}
	return slices.SortedFunc(maps.Values(on), func(a, b said) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.person, b.person)) })
}

// TestAgainstOracle compares random plans, on nights with and without a change of the clocks, with an oracle that walks them step by step.
func TestAgainstOracle(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	nights := []time.Time{time.Date(2026, 3, 29, 0, 0, 0, 0, oslo), time.Date(2026, 10, 25, 0, 0, 0, 0, oslo), time.Date(2026, 12, 31, 0, 0, 0, 0, oslo)}
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 4))
		night := nights[seed%3]
		p := randomPlan(rng, night)
		first := night.Add(-30 * time.Hour).UTC()
		steps := int(100 * time.Hour / grid) // all that randomPlan writes, and some hours around it
		walk, bare := make([][]said, steps), make([][]said, steps)
		for i := range steps {
			at := first.Add(time.Duration(i) * grid)
			walk[i], bare[i] = oracle(p, at, true), oracle(p, at, false)
		}
		for range 6 {
			i := 1 + rng.IntN(steps-2)
			checkAt(t, p, first, i, walk)
			checkNext(t, p, first, i, walk, time.Duration(rng.IntN(100))*grid)
			checkShiftEnd(t, p, first, i, bare)
		}
		checkGaps(t, p, first, bare, rng)
		if t.Failed() {
			t.Fatalf("seed %d: shifts %+v declarations %+v", seed, p.Shifts, p.Declarations)
		}
	}
}

func checkAt(t *testing.T, p Plan, first time.Time, i int, walk [][]said) {
	t.Helper()
	var got, want []string
	for _, o := range p.At(first.Add(time.Duration(i) * grid).Add(grid / 3)) {
		got = append(got, fmt.Sprint(said{o.Level, o.Person, o.Source.Origin}, o.Since, o.Until))
	}
	for _, o := range walk[i] {
		from, to := i, i
		for from > 0 && slices.Contains(walk[from-1], o) {
			from--
		}
		for to < len(walk) && slices.Contains(walk[to], o) {
			to++
		}
		want = append(want, fmt.Sprint(o, first.Add(time.Duration(from)*grid), first.Add(time.Duration(to)*grid)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("step %d is %q, want %q", i, got, want)
	}
}

func checkNext(t *testing.T, p Plan, first time.Time, i int, walk [][]said, within time.Duration) {
	t.Helper()
	start, people, ok := p.Next(first.Add(time.Duration(i)*grid), within)
	next := i
	for next < len(walk) && len(walk[next]) == 0 {
		next++
	}
	wanted := next < len(walk) && time.Duration(next-i)*grid <= within
	if ok != wanted || ok && (!start.Equal(first.Add(time.Duration(next)*grid)) || len(people) != len(walk[next])) {
		t.Errorf("after step %d within %s comes %s %v %v, want step %d %v", i, within, start, people, ok, next, wanted)
	}
}

func checkShiftEnd(t *testing.T, p Plan, first time.Time, i int, bare [][]said) {
	t.Helper()
	has := func(list []said, person conference.PersonID) bool {
		return slices.ContainsFunc(list, func(s said) bool { return s.person == person })
	}
	at := first.Add(time.Duration(i) * grid)
	for _, person := range []conference.PersonID{"anna", "kaja"} {
		end, ok := p.ShiftEnd(person, at)
		if ok != has(bare[i], person) || ok && !at.Before(end) {
			t.Errorf("%s at step %d: the shift ends %s, %v", person, i, end, ok)
		}
		for n := i; ok && first.Add(time.Duration(n)*grid).Before(end); n++ {
			if !has(bare[n], person) {
				t.Errorf("%s at step %d: the shift ends %s, but is gone at step %d", person, i, end, n)
			}
		}
	}
}

func checkGaps(t *testing.T, p Plan, first time.Time, bare [][]said, rng *rand.Rand) {
	t.Helper()
	var needed, want []calendar.Interval
	isNeeded := false
	for i := range bare {
		if rng.IntN(40) == 0 {
			isNeeded = !isNeeded
		}
		step := calendar.Interval{Start: first.Add(time.Duration(i) * grid), End: first.Add(time.Duration(i+1) * grid)}
		if isNeeded {
			needed = append(needed, step)
			if len(bare[i]) == 0 {
				want = append(want, step)
			}
		}
	}
	if got, want := Gaps(p, needed), calendar.Merge(want); !slices.Equal(got, want) {
		t.Errorf("gaps are %v, want %v", got, want)
	}
}
