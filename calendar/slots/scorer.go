package slots

import (
	"cmp"
	"fmt"
	"slices"
)

// scorer weighs the feasible starts of a search. Its slices are used again for each start: weighing allocates nothing.
type scorer struct {
	*search
	chairs      []chair
	groups      [][]int // chairs that share people
	standsFor   int     // number of members; from there on, nobody in the want of that index
	prefers     []plane
	avoids      []plane
	yes, ifNeed []plane     // by guest; ifNeed includes yes
	labels      [2][]string // of prefer and avoid

	start  int    // the start being weighed
	cast   []pick // the people in needs, in the order of the needs
	filled []int  // by want: index in its pool, or -1
	lines  []line
}

// chair is a need or a want as the scorer sees it. The pool of a want ends with a member who stands for nobody.
type chair struct {
	seat  *seat
	k     int
	stay  int64
	want  int // index in wants, or -1
	pool  []int
	facts []facts // parallel to pool
}

// facts are the starts at which something holds for one person in one chair. A nil plane has none.
type facts struct {
	able, outside, unknown, tentative, snug plane
	kept, standIn                           int // points gained and lost by this person whatever the start
}

// pick is one person in one chair.
type pick struct{ chair, index, member int }

func (s *search) scorer() *scorer {
	sc := &scorer{search: s, standsFor: len(s.members), filled: make([]int, len(s.wants))}
	for i := range s.seats {
		sc.chairs = append(sc.chairs, s.needChair(&s.seats[i]))
	}
	for i := range s.wants {
		sc.chairs = append(sc.chairs, s.wantChair(i))
	}
	pools := make([][]int, len(sc.chairs))
	for i := range sc.chairs {
		pools[i] = sc.chairs[i].pool
	}
	sc.groups = groupsOf(pools, sc.standsFor+len(s.wants))
	for i, w := range s.prefer {
		p := s.scratch.plane(s.words())
		s.grid.allow(p, w.spans(s.days), s.length())
		sc.prefers, sc.labels[0] = append(sc.prefers, p), append(sc.labels[0], label(s.Prefer[i]))
	}
	for i, w := range s.avoid {
		p := s.scratch.plane(s.words())
		s.grid.block(p, w.spans(s.days), s.length(), 0)
		sc.avoids, sc.labels[1] = append(sc.avoids, p), append(sc.labels[1], label(s.Avoid[i]))
	}
	for _, g := range s.Guests {
		yes, either := s.scratch.plane(s.words()), s.scratch.plane(s.words())
		s.grid.allow(yes, inward(g.Yes), s.length())
		s.grid.allow(either, inward(slices.Concat(g.Yes, g.IfNeeded)), s.length())
		sc.yes, sc.ifNeed = append(sc.yes, yes), append(sc.ifNeed, either)
	}
	return sc
}

func label(p Preference) string { return fmt.Sprintf("%s %s-%s", p.Days, p.From, p.To) }

// length is the meeting's: the rules' one, which a relaxation may have shortened.
func (s *search) length() int64 { return s.rules.length }

func (s *search) needChair(a *active) chair {
	st := &s.needs[a.need]
	c := chair{seat: st, k: a.k, stay: st.lengthOf(s.length()), want: -1, pool: a.pool, facts: make([]facts, len(a.pool))}
	for n, m := range a.pool {
		f := &c.facts[n]
		f.able = a.able[n]
		if !s.hours {
			f.outside = s.layer(outsideLayer(s.duty), m, c.stay)
		}
		f.unknown = s.layer(unknownTime, m, c.stay)
		if !s.tentative {
			f.tentative = s.layer(tentativeBare, m, c.stay)
		}
		f.snug = s.snugStarts(m, c.stay)
		if rank, ok := st.rank[m]; ok {
			f.kept = max(continuity-continuityStep*rank, continuity/2)
		}
		if slices.Contains(st.standIns, m) {
			f.standIn = st.cost
		}
	}
	return c
}

// wantChair holds those who could come to a wanted seat: known, and inside hours unless the policy allows otherwise. An
// optional colleague is no reason to work at night.
func (s *search) wantChair(i int) chair {
	st := &s.wants[i]
	c := chair{seat: st, k: 1, stay: s.length(), want: i, pool: append(slices.Clone(st.pool), len(s.members)+i)}
	for _, m := range st.pool {
		p := s.scratch.plane(s.words())
		copy(p, s.ableStarts(m, c.stay))
		p.andNot(s.layer(unknownTime, m, c.stay))
		if s.Policy.OutsideHours != Allow {
			p.andNot(s.layer(outsideLayer(s.duty), m, c.stay))
		}
		c.facts = append(c.facts, facts{able: p})
	}
	c.facts = append(c.facts, facts{able: s.every()})
	return c
}

// snugStarts are those at which the meeting touches one of the member's engagements, or its buffer.
func (s *search) snugStarts(m int, length int64) plane {
	p := s.scratch.plane(s.words())
	set := func(at int64) {
		if i := s.grid.from(at); i < s.grid.length && s.grid.at(i) == at {
			p.fill(i, i+1)
		}
	}
	for _, b := range s.members[m].busy {
		set(b.to + s.buffer)
		set(b.from - s.buffer - length)
	}
	return p
}

// weigh chooses who comes at a start and returns its score; cast, filled and lines hold the account. Needs and wants that
// share people are filled together, so that nobody takes a seat at the cost of a better use.
func (sc *scorer) weigh(i int) int {
	sc.start = i
	sc.cast = sc.cast[:0]
	for _, g := range sc.groups {
		if len(g) == 1 {
			sc.fillAlone(g[0])
			continue
		}
		sc.cheapest.begin()
		for _, n := range g {
			c := &sc.chairs[n]
			sc.cheapest.add(n, c.k, c.pool, func(index int) int64 { return sc.price(c, index) })
		}
		sc.cheapest.fill()
		for _, p := range sc.cheapest.places {
			if p.held >= 0 {
				sc.put(p.chair, p.held)
			}
		}
	}
	slices.SortFunc(sc.cast, func(a, b pick) int { return cmp.Or(a.chair-b.chair, a.index-b.index) })
	sc.lines = sc.lines[:0]
	sc.addTiers()
	sc.addTime()
	sc.addPeople()
	total := 0
	for _, l := range sc.lines {
		total += l.points
	}
	return total
}

// put gives a place in a chair to somebody of its pool.
func (sc *scorer) put(n, index int) {
	c := &sc.chairs[n]
	switch {
	case c.want < 0:
		sc.cast = append(sc.cast, pick{n, index, c.pool[index]})
	case c.pool[index] < sc.standsFor:
		sc.filled[c.want] = index
	default:
		sc.filled[c.want] = -1
	}
}

// fillAlone takes the cheapest people for a chair that shares nobody.
func (sc *scorer) fillAlone(n int) {
	c := &sc.chairs[n]
	begin := len(sc.cast)
	for range c.k {
		best, least := -1, int64(unreached)
		for index := range c.pool {
			taken := slices.ContainsFunc(sc.cast[begin:], func(p pick) bool { return p.index == index })
			if taken {
				continue
			}
			if price := sc.price(c, index); price < least {
				best, least = index, price
			}
		}
		if best >= 0 {
			sc.put(n, best)
		}
	}
}

// price is what somebody in a chair costs in points, but that the fewest people are outside hours and, after that, unknown.
func (sc *scorer) price(c *chair, index int) int64 {
	f := &c.facts[index]
	switch {
	case !f.able.has(sc.start):
		return unreached
	case c.want >= 0 && c.pool[index] == sc.standsFor+c.want:
		return 0
	case c.want >= 0:
		return -int64(c.seat.weight)
	}
	cost := f.standIn - f.kept
	var tiers int64
	if f.outside.has(sc.start) {
		if sc.Policy.OutsideHours == LastResort {
			tiers += fewestOutside
		}
		_, points := sc.burden(c, c.pool[index])
		cost += points
	}
	if f.unknown.has(sc.start) {
		tiers += fewestUnknown
	}
	if f.tentative.has(sc.start) {
		cost += tentativeCost
	}
	if f.snug.has(sc.start) {
		cost -= snugPoints
	}
	return tiers + int64(cost)
}
