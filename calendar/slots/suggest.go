package slots

import (
	"cmp"
	"math"
	"slices"
)

// Not five starts of one morning: a suggestion loses up to nearPoints in the choice, though not in its score, for lying
// within nearSeconds of a better one. That is more than hours of slack are worth, and less than any tier.
const (
	nearSeconds = 2 * 60 * 60
	nearPoints  = 250
)

// missingShown is how many people are named for one wanted seat that stays empty: those who came closest.
const missingShown = 3

// candidate is a feasible start with its score, and what it loses for lying near a chosen one.
type candidate struct {
	start  int
	score  int
	near   int
	chosen bool
}

// suggestions returns the best and most different of the feasible starts, best first.
func (s *search) suggestions(feasible plane) []Suggestion {
	out := []Suggestion{}
	count := feasible.count()
	if count == 0 {
		return out
	}
	sc := s.scorer()
	candidates := make([]candidate, 0, count)
	for i := feasible.next(0); i >= 0; i = feasible.next(i + 1) {
		candidates = append(candidates, candidate{start: i, score: sc.weigh(i)})
	}
	for _, c := range s.spread(candidates) {
		sc.weigh(c.start)
		out = append(out, sc.suggestion(c))
	}
	return out
}

// spread picks one start after the other: the best of those that are left, less what lies near an earlier one. It sorts
// them by score, then time.
func (s *search) spread(candidates []candidate) []candidate {
	var chosen []candidate
	for len(chosen) < min(s.limit, len(candidates)) {
		best := -1
		for n := range candidates {
			c := &candidates[n]
			if !c.chosen && (best < 0 || c.score-c.near > candidates[best].score-candidates[best].near) {
				best = n
			}
		}
		b := &candidates[best]
		b.chosen = true
		chosen = append(chosen, *b)
		for n := range candidates {
			c := &candidates[n]
			gap := math.Abs(float64(s.grid.at(c.start) - s.grid.at(b.start)))
			if gap < nearSeconds {
				c.near = max(c.near, int(nearPoints*(1-gap/nearSeconds)))
			}
		}
	}
	slices.SortFunc(chosen, func(a, b candidate) int { return cmp.Or(b.score-a.score, a.start-b.start) })
	return chosen
}

// suggestion describes the start that was weighed last.
func (sc *scorer) suggestion(c candidate) Suggestion {
	start := sc.grid.at(c.start)
	sg := Suggestion{
		Start: instant(start), End: instant(start + sc.length()), Score: c.score, Cast: sc.castByNeed(), Unknown: sc.unknownCast(),
		WantMet: []string{}, WantMissed: []WantMissed{}, Missing: sc.notPreferred(), Because: make([]Reason, 0, len(sc.lines)),
	}
	for i := range sc.wants {
		if sc.filled[i] >= 0 {
			sg.WantMet = append(sg.WantMet, sc.wants[i].id)
			continue
		}
		missing := sc.missingFrom(i)
		sg.WantMissed = append(sg.WantMissed, WantMissed{ID: sc.wants[i].id, Why: missing[0].Why, Until: missing[0].Until})
		sg.Missing = append(sg.Missing, missing...)
	}
	for _, l := range sc.lines {
		sg.Because = append(sg.Because, l.reason())
	}
	return sg
}

func (sc *scorer) castByNeed() map[string][]string {
	cast := make(map[string][]string, len(sc.needs))
	for _, p := range sc.cast {
		id := sc.chairs[p.chair].seat.id
		cast[id] = append(cast[id], sc.members[p.member].ID)
	}
	return cast
}

func (sc *scorer) unknownCast() []string {
	ids := []string{}
	for _, p := range sc.cast {
		if sc.fact(p).unknown.has(sc.start) {
			ids = append(ids, sc.members[p.member].ID)
		}
	}
	return ids
}

// sits says whether a member fills a chair at the start that was weighed last.
func (sc *scorer) sits(n, m int) bool {
	c := &sc.chairs[n]
	if c.want >= 0 {
		index := sc.filled[c.want]
		return index >= 0 && c.pool[index] == m
	}
	return slices.ContainsFunc(sc.cast, func(p pick) bool { return p.chair == n && p.member == m })
}

// notPreferred lists those whom a need prefers and who are not in its cast, best first.
func (sc *scorer) notPreferred() []Missing {
	missing := []Missing{}
	for n := range sc.chairs {
		c := &sc.chairs[n]
		ranked := make([]int, len(c.seat.rank))
		for m, rank := range c.seat.rank {
			ranked[rank] = m
		}
		for _, m := range ranked {
			if !sc.sits(n, m) {
				missing = append(missing, sc.whyMissing(c, m))
			}
		}
	}
	return missing
}

// missingFrom lists who did not come to a wanted seat, the closest first; never empty.
func (sc *scorer) missingFrom(want int) []Missing {
	c := &sc.chairs[len(sc.seats)+want]
	var missing []Missing
	for _, m := range c.pool[:len(c.pool)-1] {
		missing = append(missing, sc.whyMissing(c, m))
	}
	if len(missing) == 0 {
		return []Missing{{ID: c.seat.id, Why: whyNobody}}
	}
	slices.SortStableFunc(missing, func(a, b Missing) int {
		return slices.Index(closest, a.Why) - slices.Index(closest, b.Why)
	})
	return missing[:min(missingShown, len(missing))]
}

// whyMissing says why a member does not fill a chair: what refuses them, the other seat they fill, or what made another one
// the better choice.
func (sc *scorer) whyMissing(c *chair, m int) Missing {
	missing := Missing{ID: c.seat.id, Person: sc.members[m].ID}
	why, until, can := sc.state(m, sc.grid.at(sc.start), c.stay, c.want >= 0)
	switch {
	case can && sc.sitsElsewhere(c, m):
		missing.Why = whySeated
	case can && why == whyFree:
		missing.Why = whyPassedOver
	default:
		missing.Why, missing.Until = why, until
	}
	return missing
}

func (sc *scorer) sitsElsewhere(c *chair, m int) bool {
	for n := range sc.chairs {
		if &sc.chairs[n] != c && sc.sits(n, m) {
			return true
		}
	}
	return false
}
