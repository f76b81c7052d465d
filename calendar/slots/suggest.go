package slots

import "slices"

// missingShown is how many people are named for one wanted seat that stays empty: those who came closest.
const missingShown = 3

// suggestions describes the chosen starts.
func (f *finder) suggestions(chosen []candidate) []Suggestion {
	out := make([]Suggestion, 0, len(chosen))
	if len(chosen) == 0 {
		return out
	}
	s := f.search(f.rules())
	defer s.close()
	sc := s.scorer()
	for _, c := range chosen {
		sc.weigh(c.start)
		out = append(out, sc.suggestion(c))
	}
	return out
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
		if sc.unknown(&sc.chairs[p.chair], p.member) {
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
		for _, m := range c.seat.preferred {
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
