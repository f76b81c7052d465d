package slots

import (
	"cmp"
	"fmt"
	"slices"
)

// scorer weighs the feasible starts of a search. Its slices are used again for each start: weighing allocates nothing.
type scorer struct {
	*search
	*wishes
	places    places
	prices    prices
	chairs    []chair
	groups    [][]int // chairs that share people
	standsFor int     // number of members; from there on, nobody in the want of that index

	start  int    // the start being weighed
	cast   []pick // the people in needs, in the order of the needs
	filled []int  // by want: index in its pool, or -1
	lines  []line
}

// wishes are the starts that preferences and guests speak for or against.
type wishes struct {
	prefers, avoids []plane
	yes, ifNeed     []plane // by guest; ifNeed includes yes
	ample           int     // the starts before this one have all the slack that counts
}

// chair is a need or a want as the scorer sees it. The pool of a want ends with a member who stands for nobody.
type chair struct {
	seat  *seat
	k     int
	stay  int64
	want  int // index in wants, or -1
	pool  []int
	able  []plane // parallel to pool
	units []int   // parallel to pool: what each gains in continuity, or loses as a stand-in; nil: nobody does
}

// pick is one person in one chair.
type pick struct{ chair, index, member int }

func (s *search) scorer() *scorer {
	sc := &scorer{
		search: s, wishes: s.wishes(), places: s.placesOf(), prices: s.pricesOf(), standsFor: len(s.members), filled: make([]int, len(s.wants)),
		chairs: make([]chair, 0, len(s.seats)+len(s.wants)),
	}
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
	return sc
}

// wishes works out the planes of the request's preferences and guests, for a meeting of its own length.
func (f *finder) wishes() *wishes {
	if f.wished != nil {
		return f.wished
	}
	f.wished = &wishes{ample: f.grid.from(f.endBy - f.length - slackSteps[len(slackSteps)-1]*60 + 1)}
	for _, w := range f.prefer {
		p := f.kept.plane(f.words())
		f.grid.allow(p, w.spans(f.days), f.length)
		f.wished.prefers = append(f.wished.prefers, p)
	}
	for _, w := range f.avoid {
		p := f.kept.plane(f.words())
		f.grid.block(p, w.spans(f.days), f.length, 0)
		f.wished.avoids = append(f.wished.avoids, p)
	}
	for _, g := range f.Guests {
		yes, either := f.kept.plane(f.words()), f.kept.plane(f.words())
		f.grid.allow(yes, inward(g.Yes), f.length)
		f.grid.allow(either, inward(slices.Concat(g.Yes, g.IfNeeded)), f.length)
		f.wished.yes, f.wished.ifNeed = append(f.wished.yes, yes), append(f.wished.ifNeed, either)
	}
	return f.wished
}

func label(p Preference) string { return fmt.Sprintf("%s %s-%s", p.Days, p.From, p.To) }

// length is the meeting's: the rules' one, which a relaxation may have shortened.
func (s *search) length() int64 { return s.personal.length }

func (s *search) needChair(a *active) chair {
	st := &s.needs[a.need]
	c := chair{seat: st, k: a.k, stay: st.lengthOf(s.length()), want: -1, pool: a.pool, able: a.able}
	if len(st.preferred) == 0 && (st.cost == 0 || len(st.standIns) == 0) {
		return c
	}
	c.units = make([]int, len(a.pool))
	for n, m := range a.pool {
		if rank := slices.Index(st.preferred, m); rank >= 0 {
			c.units[n] = choiceUnits(rank)
		} else if slices.Contains(st.standIns, m) {
			c.units[n] = -st.cost
		}
	}
	return c
}

// wantChair holds those who could come to a wanted seat: known, and inside hours unless the policy allows otherwise. An
// optional colleague is no reason to work at night.
func (s *search) wantChair(i int) chair {
	st := &s.wants[i]
	c := chair{seat: st, k: 1, stay: s.length(), want: i, pool: make([]int, 0, len(st.pool)+1), able: make([]plane, 0, len(st.pool)+1)}
	rules := s.personal
	rules.known = true
	rules.hours = rules.hours || s.Policy.OutsideHours != Allow
	for _, m := range st.pool {
		c.pool, c.able = append(c.pool, m), append(c.able, s.ableBy(m, rules))
	}
	c.pool, c.able = append(c.pool, len(s.members)+i), append(c.able, s.every())
	return c
}

func (c *chair) keptUnits(index int) int {
	if c.units == nil {
		return 0
	}
	return max(0, c.units[index])
}

func (c *chair) standInUnits(index int) int {
	if c.units == nil {
		return 0
	}
	return max(0, -c.units[index])
}

// outside says whether a person in a chair would come outside hours.
func (sc *scorer) outside(c *chair, m int) bool {
	if sc.hours {
		return false
	}
	start := sc.grid.at(sc.start)
	inside, _ := within(sc.work(m, true, sc.duty), start, start+c.stay)
	return inside < c.stay
}

func (sc *scorer) unknown(c *chair, m int) bool {
	return !sc.known && sc.overlaps(sc.members[m].unknown, 0, c.stay)
}

func (sc *scorer) isTentative(c *chair, m int) bool {
	return !sc.tentative && sc.overlaps(sc.members[m].tentative, 0, c.stay)
}

// snug says that a person comes from another engagement less than a cell ago, or goes to one: longer free time stays whole.
func (sc *scorer) snug(c *chair, m int) bool {
	busy := sc.members[m].busy
	return sc.overlaps(busy, -sc.buffer-cellSeconds, -sc.buffer) || sc.overlaps(busy, c.stay+sc.buffer, c.stay+sc.buffer+cellSeconds)
}

// overlaps says whether any of the merged spans overlaps [from, to), counted from the start that is weighed.
func (sc *scorer) overlaps(spans []span, from, to int64) bool {
	if len(spans) == 0 {
		return false
	}
	start := sc.grid.at(sc.start)
	covered, _ := within(spans, start+from, start+to)
	return covered > 0
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
	for n := range sc.lines {
		total += sc.lines[n].points
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

// price is what somebody in a chair costs.
func (sc *scorer) price(c *chair, index int) int64 {
	if !c.able[index].has(sc.start) {
		return unreached
	}
	m := c.pool[index]
	switch {
	case c.want >= 0 && m == sc.standsFor+c.want:
		return 0
	case c.want >= 0:
		return -sc.prices.want * int64(c.seat.weight)
	}
	var price int64
	if c.units != nil {
		price -= sc.prices.continuity * int64(c.units[index])
	}
	if sc.outside(c, m) {
		if sc.Policy.OutsideHours == LastResort {
			price += sc.prices.outside
		}
		_, units := sc.burden(c, m)
		price += sc.prices.burden * int64(units)
	}
	if sc.unknown(c, m) {
		price += sc.prices.unknown
	}
	if sc.isTentative(c, m) {
		price += sc.prices.continuity * tentativeCost
	}
	if sc.snug(c, m) {
		price -= sc.prices.snug
	}
	return price
}
