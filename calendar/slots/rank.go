package slots

import (
	"cmp"
	"slices"
)

// Not five starts of one morning: a start within nearSeconds of one that was chosen waits until no other of its tier is left.
const nearSeconds = 2 * 60 * 60

// candidate is a feasible start and its score; not exact: no more than that.
type candidate struct {
	start int
	score int
	exact bool
}

// before says that a candidate is to be looked at before another: the better, of equals the earlier.
func (c candidate) before(d candidate) bool {
	return c.score > d.score || c.score == d.score && c.start < d.start
}

// rank returns the best and most different of the feasible starts, best first. It goes down by tiers, and within one weighs
// only those starts that a bound on their score cannot rule out.
func (f *finder) rank(found plane) []candidate {
	var chosen []candidate
	left := f.kept.raw(f.words())
	copy(left, found)
	for _, r := range f.tiers() {
		if len(chosen) == f.limit || left.next(0) < 0 {
			break
		}
		s := f.search(r)
		p := s.feasible()
		p.and(left)
		if p.next(0) >= 0 {
			left.andNot(p)
			chosen = s.scorer().choose(p, chosen)
		}
		s.close()
	}
	slices.SortFunc(chosen, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.score, a.score), a.start-b.start) })
	return chosen
}

// tiers are the request's rules made stricter, strictest first: the whole cast inside hours and known, inside hours, and as
// the request has it. Outside hours there is no stricter tier of the known, as two people outside hours are worse than one of
// them and somebody unknown.
func (f *finder) tiers() []rules {
	own := f.rules()
	strict := own
	strict.hours, strict.known = f.Policy.OutsideHours != Allow, true
	inside := strict
	inside.known = own.known
	return slices.Compact([]rules{strict, inside, own})
}

// choose adds starts of the plane to those chosen until there are enough.
func (sc *scorer) choose(p plane, chosen []candidate) []candidate {
	open := sc.bounds(p)
	var near []candidate
	heapify(open)
	apart := true
	for len(chosen) < sc.limit {
		if len(open) == 0 {
			if len(near) == 0 {
				break
			}
			open, near, apart = near, nil, false
			heapify(open)
		}
		top := &open[0]
		switch {
		case apart && sc.isNear(top.start, chosen):
			near = append(near, *top)
			open = pop(open)
		case !top.exact:
			top.score, top.exact = sc.weigh(top.start), true
			sink(open, 0)
		default:
			chosen = append(chosen, *top)
			open = pop(open)
		}
	}
	return chosen
}

func (sc *scorer) isNear(start int, chosen []candidate) bool {
	at := sc.grid.at(start)
	return slices.ContainsFunc(chosen, func(c candidate) bool {
		gap := at - sc.grid.at(c.start)
		return -nearSeconds < gap && gap < nearSeconds
	})
}

// bounds gives each start of the plane the most that it could score: every seat has its best person who is able, whether or
// not another seat wants the same.
func (sc *scorer) bounds(p plane) []candidate {
	candidates := make([]candidate, 0, p.count())
	var snugs []snugSeat
	var hopes []hope
	for n := range sc.chairs {
		c := &sc.chairs[n]
		if c.want < 0 {
			snugs = append(snugs, snugSeat{sc.snugStarts(c), c.k})
		}
		if c.want >= 0 || c.units != nil {
			hopes = append(hopes, sc.hopeOf(c))
		}
	}
	tier := 0
	switch { // starts of the stricter tiers are not among these
	case !sc.hours && sc.Policy.OutsideHours == LastResort:
		tier -= sc.places.outside
	case !sc.known:
		tier -= sc.places.unknown
	}
	for i := p.next(0); i >= 0; i = p.next(i + 1) {
		score, snug := tier+sc.timeScore(i), 0
		for n := range snugs {
			if snugs[n].starts.has(i) {
				snug += snugs[n].k
			}
		}
		for n := range hopes {
			score += hopes[n].at(i)
		}
		candidates = append(candidates, candidate{start: i, score: score + sc.places.snug*min(snug, snugCap)})
	}
	return candidates
}

// snugSeat is the starts at which somebody's free time could stay whole, and how many people the seat has.
type snugSeat struct {
	starts plane
	k      int
}

// hope is what a chair could add to a score: the first class that has the start decides.
type hope []class

type class struct {
	starts plane
	score  int
}

func (h hope) at(i int) int {
	for n := range h {
		if h[n].starts.has(i) {
			return h[n].score
		}
	}
	return 0
}

func (sc *scorer) hopeOf(c *chair) hope {
	if c.want >= 0 {
		people := len(c.pool) - 1
		return hope{{sc.atLeast(1, c.able[:people]), sc.places.want * c.seat.weight}}
	}
	units := slices.Sorted(slices.Values(c.units))
	slices.Reverse(units)
	var h hope
	for _, u := range slices.Compact(units) {
		starts := sc.scratch.plane(sc.words())
		for index, able := range c.able {
			if c.units[index] == u {
				starts.or(able)
			}
		}
		score := u * sc.places.continuity
		if c.k > 1 { // the others could be as good
			score = max(0, u) * c.k * sc.places.continuity
		}
		h = append(h, class{starts, score})
	}
	return h
}

// snugStarts are those at which somebody who is able to fill the chair comes from or goes to another engagement; on a grid
// that is none of cells, all of them.
func (sc *scorer) snugStarts(c *chair) plane {
	if !sc.cells {
		return sc.every()
	}
	p := sc.scratch.plane(sc.words())
	back, ahead := int(sc.buffer/cellSeconds)+1, int((c.stay+sc.buffer)/cellSeconds)
	for index, m := range c.pool {
		if busy := sc.members[m].rows[rowBusy]; busy != nil {
			p.orBeside(busy, sc.grid.word, back, ahead, c.able[index])
		}
	}
	return p
}

// heapify makes a heap of the candidates, the first to be looked at on top.
func heapify(h []candidate) {
	for n := len(h)/2 - 1; n >= 0; n-- {
		sink(h, n)
	}
}

// pop takes the top off the heap.
func pop(h []candidate) []candidate {
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	sink(h, 0)
	return h
}

func sink(h []candidate, n int) {
	for {
		child := 2*n + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(h[n]) {
			return
		}
		h[n], h[child] = h[child], h[n]
		n = child
	}
}
