package slots

// rules is what one search goes by: the request's own, or those with one thing changed.
type rules struct {
	personal
	notice, late bool // the notice and the deadline are kept; the past never comes back
	fine         bool // every five minutes is a start

	without, standIns uint32 // sets of needs: left out, with their stand-ins
	fewer             [maxNeeds]uint8
}

// personal are the rules that decide when one person can come.
type personal struct {
	length    int64
	margins   bool // buffer and travel are kept
	tentative bool // tentative time is taken
	hours     bool // outside working hours nobody can
	duty      bool // time on duty is working time
	known     bool // whose time is unknown cannot
}

// rules returns the request's own.
func (f *finder) rules() rules {
	return rules{
		personal: personal{
			length: f.length, margins: true, tentative: f.Policy.Tentative == TakeAsBusy, hours: f.Policy.OutsideHours == Never, duty: f.Policy.UseDuty,
			known: f.Policy.Unknown == Exclude,
		},
		notice: true, late: true,
	}
}

// search is the grid searched by one set of rules.
type search struct {
	*finder
	rules
	seats  []active
	groups [][]int // seats that share people, as indices of seats; most groups hold one
	first  int     // the starts that keep window, notice and deadline: those of [first, last)
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

// ableOf is when a member can come by some rules.
type ableOf struct {
	personal
	starts plane
}

// keptMost is how many words of able planes a finder keeps for the next search; 4 MiB.
const keptMost = 1 << 19

// search prepares a search: who can start when, and where each need by itself has its people. One search is open at a
// time; close ends it.
func (f *finder) search(r rules) *search {
	s := &search{finder: f, rules: r, seats: make([]active, 0, len(f.needs))}
	s.first, s.last = f.reach(r)
	for i := range f.needs {
		if r.without>>i&1 == 1 {
			continue
		}
		n := &f.needs[i]
		a := active{need: i, k: n.k - int(r.fewer[i]), pool: n.pool}
		if r.standIns>>i&1 == 1 {
			a.pool = append(append(make([]int, 0, len(n.pool)+len(n.standIns)), n.pool...), n.standIns...)
		}
		a.able = make([]plane, len(a.pool))
		for n2, m := range a.pool {
			a.able[n2] = s.ableStarts(m, n.lengthOf(r.length))
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

// ableStarts is where a person's own time comes before any union over people. Rules that change nothing for the person
// find the plane of another search again.
func (s *search) ableStarts(m int, length int64) plane {
	rules := s.personal
	rules.length = length
	return s.ableBy(m, rules)
}

func (s *search) ableBy(m int, key personal) plane {
	who := s.members[m]
	key.margins = key.margins && s.travel > 0
	key.tentative = key.tentative && len(who.tentative) > 0
	key.known = key.known && len(who.unknown) > 0
	key.duty = key.duty && key.hours && len(who.Duty) > 0
	for n := range s.ables[m] {
		if a := &s.ables[m][n]; a.personal == key {
			return a.starts
		}
	}
	to := &s.kept
	if to.slab*wordsPerSlab > keptMost {
		to = &s.scratch
	}
	p := to.raw(s.words())
	switch {
	case !s.cells:
		s.freeStarts(p, m, key)
	case key.hours: // eroding the one and the other is eroding both
		free := key
		free.hours, free.duty = false, false
		open := s.opening(who.open[bit(s.closed)][bit(key.duty)], key.length)
		for w, able := range s.ableBy(m, free) {
			p[w] = able & open[w]
		}
	default:
		s.freeCells(p, m, key)
	}
	if to == &s.kept {
		s.ables[m] = append(s.ables[m], ableOf{key, p})
	}
	return p
}

// freeCells works out the cells from which a person is free for the whole length, at whatever hour.
func (s *search) freeCells(p plane, m int, key personal) {
	who := s.members[m]
	begun := false
	var buffer, travel int
	if key.margins {
		buffer, travel = int(s.buffer/cellSeconds), int(s.travel/cellSeconds)
	}
	take := func(rule bool, r row, margin int) {
		switch {
		case !rule || who.rows[r] == nil:
		case begun:
			p.andNot(s.taking(who.rows[r], margin))
		default:
			begun = true
			for w, taken := range s.taking(who.rows[r], margin) {
				p[w] = ^taken
			}
		}
	}
	take(!key.margins, rowTaken, 0)
	take(key.margins, rowBusy, buffer)
	take(key.margins, rowAway, travel)
	take(key.margins, rowHeld, 0)
	take(key.tentative, rowTentative, buffer)
	take(key.known, rowUnknown, 0)
	if !begun {
		for w := range p {
			p[w] = ^uint64(0)
		}
		return
	}
	p.erode(int(key.length / cellSeconds))
}

// freeStarts is freeCells from the intervals.
func (s *search) freeStarts(p plane, m int, key personal) {
	clear(p)
	p.fill(0, s.grid.length)
	take := func(rule bool, kind layer) {
		if rule {
			p.andNot(s.layer(kind, m, key.length))
		}
	}
	busy, tentative := busyBare, tentativeBare
	if key.margins {
		busy, tentative = busyMargin, tentativeMargin
	}
	take(true, busy)
	take(key.tentative, tentative)
	take(true, heldTime)
	take(key.hours, outsideLayer(key.duty))
	take(key.known, unknownTime)
}

// reachable returns the starts that keep the window, the notice and the deadline, as a plane.
func (s *search) reachable() plane {
	p := s.scratch.plane(s.words())
	if s.fine {
		p.fill(s.first, s.last)
	} else {
		s.grid.reach(p, s.first, s.last)
	}
	return p
}

// feasible returns the starts at which every need has its own people.
func (s *search) feasible() plane {
	p := s.reachable()
	for i := range s.seats {
		p.and(s.seats[i].quorum)
	}
	for _, g := range s.groups {
		if len(g) > 1 {
			s.keepFitting(p, g, -1)
		}
	}
	return p
}

// keepFitting clears the starts at which the seats of the group, without the seat left out (-1: none), cannot all be
// filled with different people. Where each of them has as many people as all of them want, they can.
func (s *search) keepFitting(p plane, group []int, leftOut int) {
	want := 0
	for _, seat := range group {
		if seat != leftOut {
			want += s.seats[seat].k
		}
	}
	open := s.scratch.plane(s.words())
	open.or(p)
	plenty := s.every()
	for _, seat := range group {
		if seat != leftOut {
			plenty.and(s.atLeast(want, s.seats[seat].able))
		}
	}
	open.andNot(plenty)
	for i := open.next(0); i >= 0; i = open.next(i + 1) {
		if !s.matcher.fits(s, group, leftOut, i) {
			p.clear(i)
		}
	}
}
