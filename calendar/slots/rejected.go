package slots

import "math/bits"

// rejected accounts for the starts that are not feasible.
func (s *search) rejected(feasible plane) Rejected {
	blocked, alone := s.nearMiss()
	r := Rejected{StartsTotal: s.grid.count(0, s.grid.length), Feasible: feasible.count(), ByNeed: make([]NeedRejected, len(s.seats)), Relax: []Relaxation{}}
	for i := range s.seats {
		r.ByNeed[i] = NeedRejected{Need: s.needs[s.seats[i].need].id, Blocked: blocked[i], Alone: alone[i]}
	}
	r.ByRule = s.byRule()
	return r
}

// nearMiss counts, per seat, the starts at which it cannot be filled (by itself, or without taking somebody whom another
// seat cannot spare, or one of a whole circle of seats that want more people than there are) and those of them that would be feasible without it. Two saturating planes, at least one and at least
// two groups unmet, answer the latter without another search.
func (s *search) nearMiss() (blocked, alone []int) {
	candidates := s.reachable()
	one, two := s.scratch.plane(s.words()), s.scratch.plane(s.words())
	unmet := make([]plane, len(s.groups))
	for gi, g := range s.groups {
		u := s.every()
		for _, seat := range g {
			u.and(s.seats[seat].quorum)
		}
		if len(g) > 1 {
			u.and(candidates)
			s.keepFitting(u, g, -1)
		}
		for w := range u { // from met to unmet, among the candidates
			u[w] = candidates[w] &^ u[w]
			two[w] |= one[w] & u[w]
			one[w] |= u[w]
		}
		unmet[gi] = u
	}
	blocked, alone = make([]int, len(s.seats)), make([]int, len(s.seats))
	for gi, g := range s.groups {
		if len(g) == 1 { // what is unmet is met without the one seat
			for w, word := range unmet[gi] {
				alone[g[0]] += bits.OnesCount64(word &^ two[w])
			}
			blocked[g[0]] = unmet[gi].count()
			continue
		}
		together := s.scratch.plane(s.words()) // unmet, and no seat by itself is the cause
		together.or(unmet[gi])
		for _, seat := range g {
			mine := s.scratch.plane(s.words()) // unmet, and met without this seat
			copy(mine, unmet[gi])
			s.keepFitting(mine, g, seat)
			for w := range mine {
				cause := mine[w] | candidates[w]&^s.seats[seat].quorum[w]
				alone[seat] += bits.OnesCount64(mine[w] &^ two[w])
				blocked[seat] += bits.OnesCount64(cause)
				together[w] &^= cause
			}
		}
		for _, seat := range g {
			blocked[seat] += together.count()
		}
	}
	return blocked, alone
}

// byRule counts the starts that each rule takes away, see RuleRejected.
func (s *search) byRule() RuleRejected {
	length := s.length()
	r := RuleRejected{
		OutsideWindow: s.grid.count(s.grid.from(s.window.to-length+1), s.grid.length),
		MinNotice:     s.grid.count(0, s.grid.from(s.notBefore)),
	}
	if s.Deadline != nil {
		r.AfterDeadline = s.grid.count(s.grid.from(s.endBy-length+1), s.grid.length)
	}
	steps := s.steps(&r)
	taken := make([]plane, len(steps))
	for n := range steps {
		taken[n] = s.scratch.plane(s.words())
	}
	for i := range s.seats {
		s.takeStepwise(&s.seats[i], steps, taken)
	}
	for n := range steps {
		*steps[n].count = taken[n].count()
	}
	return r
}

// step is one rule in the order of RuleRejected, with the layers that it takes away.
type step struct {
	count *int
	takes []layer
}

// steps lists those of the search's rules that are kept by people, not by the meeting as a whole.
func (s *search) steps(r *RuleRejected) []step {
	var steps []step
	if s.hours {
		regular := outsideHours
		if s.duty {
			regular = outsideHoursDuty
		}
		steps = append(steps, step{&r.OutsideHours, []layer{regular}}, step{&r.Holiday, []layer{outsideLayer(s.duty)}})
	}
	steps = append(steps, step{&r.Busy, []layer{busyBare}})
	margins := []layer{busyMargin}
	if s.tentative {
		steps = append(steps, step{&r.Tentative, []layer{tentativeBare}})
		margins = append(margins, tentativeMargin)
	}
	if s.margins && s.travel > 0 { // the longer of the two margins
		steps = append(steps, step{&r.Buffer, margins})
	}
	steps = append(steps, step{&r.Held, []layer{heldTime}})
	if s.known {
		steps = append(steps, step{&r.Unknown, []layer{unknownTime}})
	}
	return steps
}

// takeStepwise adds to taken, by step, the starts at which the seat loses its quorum by that step.
func (s *search) takeStepwise(seat *active, steps []step, taken []plane) {
	length := s.needs[seat.need].lengthOf(s.length())
	able := make([]plane, len(seat.pool))
	for n := range able {
		able[n] = s.every()
	}
	before := s.scratch.plane(s.words())
	if seat.k <= len(seat.pool) {
		before.or(s.reachable())
	}
	for n := range steps {
		for index, m := range seat.pool {
			for _, kind := range steps[n].takes {
				able[index].andNot(s.layer(kind, m, length))
			}
		}
		after := s.atLeast(seat.k, able)
		for w := range after {
			taken[n][w] |= before[w] &^ after[w]
			before[w] &= after[w]
		}
	}
}
