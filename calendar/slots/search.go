package slots

import "slices"

// rules is what one search goes by: the request's own, or those with one thing changed.
type rules struct {
	length       int64
	margins      bool // buffer and travel are kept
	tentative    bool // tentative time is taken
	hours        bool // outside working hours nobody can
	duty         bool // time on duty is working time
	known        bool // whose time is unknown cannot
	notice, late bool // the notice and the deadline are kept; the past never comes back

	without, standIns, fewer uint32 // sets of needs: left out, with their stand-ins, with one person less
}

// rules returns the request's own.
func (f *finder) rules() rules {
	return rules{
		length: f.length, margins: true, tentative: f.Policy.Tentative == TakeAsBusy, hours: f.Policy.OutsideHours == Never, duty: f.Policy.UseDuty,
		known: f.Policy.Unknown == Exclude, notice: true, late: true,
	}
}

// search is the grid searched by one set of rules.
type search struct {
	*finder
	rules
	seats  []active
	groups [][]int  // seats that share people, as indices of seats; most groups hold one
	able   []ableOf // by length
	first  int      // the starts that keep window, notice and deadline: [first, last)
	last   int
}

// active is a need as the rules have it.
type active struct {
	need   int
	k      int
	pool   []int
	able   []plane // parallel to pool: the starts at which each can stay the whole time
	quorum plane   // the starts at which k of them can
}

// ableOf is, by member, the starts at which each can stay for the length; nil: not asked for yet.
type ableOf struct {
	length int64
	starts []plane
}

// search prepares a search: who can start when, and where each need by itself has its people. One search is open at a
// time; close ends it.
func (f *finder) search(r rules) *search {
	s := &search{finder: f, rules: r}
	s.first, s.last = f.reach(r)
	for i := range f.needs {
		if r.without>>i&1 == 1 {
			continue
		}
		n := &f.needs[i]
		a := active{need: i, k: n.k, pool: n.pool}
		if r.fewer>>i&1 == 1 {
			a.k--
		}
		if r.standIns>>i&1 == 1 {
			a.pool = slices.Concat(n.pool, n.standIns)
		}
		for _, m := range a.pool {
			a.able = append(a.able, s.ableStarts(m, n.lengthOf(r.length)))
		}
		a.quorum = s.atLeast(a.k, a.able)
		s.seats = append(s.seats, a)
	}
	pools := make([][]int, len(s.seats))
	for i := range s.seats {
		pools[i] = s.seats[i].pool
	}
	s.groups = groupsOf(pools, len(f.members))
	return s
}

// close gives the planes of the search back.
func (s *search) close() { s.scratch.reset() }

// reach returns the starts that keep the window, the notice and the deadline.
func (f *finder) reach(r rules) (first, last int) {
	end := f.window.to
	if r.late {
		end = min(end, f.endBy)
	}
	from := max(f.window.from, f.now)
	if r.notice {
		from = max(from, f.notBefore)
	}
	first, last = f.grid.from(from), f.grid.from(end-r.length+1)
	return first, max(first, last)
}

// ableStarts is where a person's own time comes before any union over people.
func (s *search) ableStarts(m int, length int64) plane {
	i := slices.IndexFunc(s.able, func(a ableOf) bool { return a.length == length })
	if i < 0 {
		i = len(s.able)
		s.able = append(s.able, ableOf{length, make([]plane, len(s.members))})
	}
	if p := s.able[i].starts[m]; p != nil {
		return p
	}
	p := s.every()
	take := func(rule bool, kind layer) {
		if rule {
			p.andNot(s.layer(kind, m, length))
		}
	}
	busy, tentative := busyBare, tentativeBare
	if s.margins {
		busy, tentative = busyMargin, tentativeMargin
	}
	take(true, busy)
	take(s.tentative, tentative)
	take(true, heldTime)
	take(s.hours, outsideLayer(s.duty))
	take(s.known, unknownTime)
	s.able[i].starts[m] = p
	return p
}

// atLeast returns the starts at which at least k of the planes are set, counting bit-sliced: sliced[j] holds bit j of
// every start's number of missing people, beginning with k (at least 1) and stopping at zero.
func (s *search) atLeast(k int, able []plane) plane {
	if k == 1 {
		p := s.scratch.plane(s.words())
		for _, a := range able {
			p.or(a)
		}
		return p
	}
	width := 0
	for k>>width > 0 {
		width++
	}
	missing := make([]plane, width)
	for j := range missing {
		missing[j] = s.scratch.plane(s.words())
		if k>>j&1 == 1 {
			missing[j].fill(0, s.grid.length)
		}
	}
	quorum := s.scratch.plane(s.words())
	for w := range quorum {
		for _, a := range able {
			borrow := a[w]
			left := uint64(0)
			for j := range missing {
				left |= missing[j][w]
			}
			borrow &= left // starts that miss nobody any more stay at zero
			for j := range missing {
				missing[j][w], borrow = missing[j][w]^borrow, borrow&^missing[j][w]
			}
		}
		left := uint64(0)
		for j := range missing {
			left |= missing[j][w]
		}
		quorum[w] = ^left
	}
	all := s.every()
	quorum.and(all)
	return quorum
}

// groupsOf joins pools that share people: only there can one person be counted twice. A group lists its pools by index.
func groupsOf(pools [][]int, members int) [][]int {
	of := make([]int, members) // group of each member, plus one
	var groups [][]int
	for i, pool := range pools {
		mine := len(groups)
		groups = append(groups, []int{i})
		for _, m := range pool {
			if g := of[m] - 1; g >= 0 && g != mine {
				for _, other := range groups[g] {
					for _, o := range pools[other] {
						of[o] = mine + 1
					}
				}
				groups[mine] = append(groups[mine], groups[g]...)
				groups[g] = nil
			}
			of[m] = mine + 1
		}
	}
	groups = slices.DeleteFunc(groups, func(g []int) bool { return g == nil })
	for _, g := range groups {
		slices.Sort(g)
	}
	return groups
}

// feasible returns the starts at which every need has its own people.
func (s *search) feasible() plane {
	p := s.scratch.plane(s.words())
	p.fill(s.first, s.last)
	for i := range s.seats {
		p.and(s.seats[i].quorum)
	}
	for _, g := range s.groups {
		if len(g) < 2 {
			continue
		}
		s.keepFitting(p, g, -1)
	}
	return p
}

// keepFitting clears the starts at which the seats of the group, without the seat left out (-1: none), cannot all be
// filled with different people.
func (s *search) keepFitting(p plane, group []int, leftOut int) {
	for i := p.next(0); i >= 0; i = p.next(i + 1) {
		if !s.matcher.fits(s, group, leftOut, i) {
			p.clear(i)
		}
	}
}
