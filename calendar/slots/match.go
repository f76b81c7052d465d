package slots

import "math"

// matcher finds out whether seats that share people can all be filled at one start (augmenting paths, Kuhn 1955).
type matcher struct {
	holder []int // by member: the place it fills, or -1
	seen   []int // by member: the round it was tried in
	round  int
	places []int // by place: its seat; a seat of k people has k places
}

func newMatcher(members int) matcher {
	return matcher{holder: make([]int, members), seen: make([]int, members)}
}

// fits says whether the seats of the group, without the seat left out (-1: none), can be filled at start i.
func (m *matcher) fits(s *search, group []int, leftOut, i int) bool {
	m.places = m.places[:0]
	for _, seat := range group {
		if seat == leftOut {
			continue
		}
		for range s.seats[seat].k {
			m.places = append(m.places, seat)
		}
		for _, p := range s.seats[seat].pool {
			m.holder[p] = -1
		}
	}
	for place := range m.places {
		m.round++
		if !m.augment(s, place, i) {
			return false
		}
	}
	return true
}

func (m *matcher) augment(s *search, place, i int) bool {
	seat := &s.seats[m.places[place]]
	for n, p := range seat.pool {
		if m.seen[p] == m.round || !seat.able[n].has(i) {
			continue
		}
		m.seen[p] = m.round
		if m.holder[p] < 0 || m.augment(s, m.holder[p], i) {
			m.holder[p] = place
			return true
		}
	}
	return false
}

// cheapest fills places at the least total cost, one place after the other along the cheapest alternating path (the
// Hungarian method; costs may be negative). A place that may stay empty has somebody in its pool who stands for nobody.
type cheapest struct {
	places []place
	costs  []int64 // of all places, see place.costs
	holder []int   // by member: the place it fills, or -1
	far    []int64 // by member: cost of the cheapest path found to it
	via    []int   // by member: the place before it on that path
}

// place is one person's place in a chair.
type place struct {
	chair int
	pool  []int // the members that may fill it
	costs int   // where their costs begin in cheapest.costs
	held  int   // index in pool of who fills it, or -1
}

// unreached is more than any cost or sum of them.
const unreached = math.MaxInt64 / 4

func newCheapest(members int) cheapest {
	return cheapest{holder: make([]int, members), far: make([]int64, members), via: make([]int, members)}
}

// begin forgets all places.
func (c *cheapest) begin() { c.places, c.costs = c.places[:0], c.costs[:0] }

// add gives a chair k places. price is what a member of the pool costs in it, unreached for who cannot fill it.
func (c *cheapest) add(chair, k int, pool []int, price func(index int) int64) {
	begin := len(c.costs)
	for n, m := range pool {
		c.holder[m] = -1
		c.costs = append(c.costs, price(n))
	}
	for range k {
		c.places = append(c.places, place{chair: chair, pool: pool, costs: begin, held: -1})
	}
}

// fill assigns every place where that can be done, and leaves the result in place.held.
func (c *cheapest) fill() {
	for n := range c.places {
		c.augment(n)
	}
}

// augment gives one more place somebody, moving others along the cheapest alternating path.
func (c *cheapest) augment(added int) {
	for n := range c.places {
		for _, m := range c.places[n].pool {
			c.far[m] = unreached
		}
	}
	c.reach(added, 0)
	for changed := true; changed; {
		changed = false
		for n := range c.places {
			p := &c.places[n]
			if p.held < 0 {
				continue
			}
			if m := p.pool[p.held]; c.far[m] < unreached && c.reach(n, c.far[m]-c.costs[p.costs+p.held]) {
				changed = true
			}
		}
	}
	end := -1
	for n := range c.places {
		for _, m := range c.places[n].pool {
			if c.holder[m] < 0 && c.far[m] < unreached && (end < 0 || c.far[m] < c.far[end]) {
				end = m
			}
		}
	}
	for end >= 0 {
		end = c.seat(end, c.via[end])
	}
}

// reach goes on from a place that was reached at the cost given, and says whether that led anywhere cheaper.
func (c *cheapest) reach(n int, at int64) bool {
	changed := false
	p := &c.places[n]
	for index, m := range p.pool {
		cost := c.costs[p.costs+index]
		if cost < unreached && index != p.held && at+cost < c.far[m] {
			c.far[m], c.via[m], changed = at+cost, n, true
		}
	}
	return changed
}

// seat puts a member into a place and returns who has to leave it, -1 for nobody.
func (c *cheapest) seat(m, n int) (leaves int) {
	p := &c.places[n]
	leaves = -1
	if p.held >= 0 {
		leaves = p.pool[p.held]
	}
	for index, other := range p.pool {
		if other == m {
			p.held = index
		}
	}
	c.holder[m] = n
	return leaves
}
