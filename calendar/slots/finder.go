package slots

import (
	"fmt"
	"slices"
	"time"
)

// finder holds one request's grid, people and seats, and the layers worked out so far. It serves one goroutine.
type finder struct {
	*settings
	grid     grid
	members  []member
	needs    []seat
	wants    []seat
	days     []day // of the request's zone
	layers   [layerCount][]layerOf
	kept     arena // planes that live as long as the finder
	scratch  arena // planes of one search, see search.close
	matcher  matcher
	cheapest cheapest
}

// layer is a kind of taken time. The outside layers differ in what counts as working time.
type layer int

const (
	busyBare layer = iota
	busyMargin
	tentativeBare
	tentativeMargin
	heldTime
	unknownTime
	outsideHours     // hours
	outsideHoursDuty // hours or on duty
	outsideOpen      // hours without holidays
	outsideOpenDuty  // hours without holidays, or on duty
	layerCount       = iota
)

// A slab holds planesPerSlab planes, but no more than 128 KiB of short ones: the planes of 20 people over 4 weeks fit in one,
// and a single start takes 2 KiB.
const (
	planesPerSlab = 256
	wordsPerSlab  = 1 << 14
)

// layerOf is a layer for meetings of one length: by member, the starts that it takes away.
type layerOf struct {
	length int64
	planes []plane
	done   []bool
}

// arena hands out zeroed planes from large slabs; reset takes all of them back at once.
type arena struct {
	slabs [][]uint64
	slab  int
	used  int
}

func (a *arena) plane(words int) plane {
	for a.slab < len(a.slabs) && a.used+words > len(a.slabs[a.slab]) {
		a.slab, a.used = a.slab+1, 0
	}
	if a.slab == len(a.slabs) {
		a.slabs = append(a.slabs, make([]uint64, max(words, min(planesPerSlab*words, wordsPerSlab))))
	}
	p := a.slabs[a.slab][a.used : a.used+words : a.used+words]
	a.used += words
	clear(p)
	return p
}

func (a *arena) reset() { a.slab, a.used = 0, 0 }

func newFinder(s settings, people []Person, g grid) (*finder, error) {
	f := &finder{settings: &s, grid: g}
	team, err := newGather(people)
	if err != nil {
		return nil, err
	}
	for i := range s.Need {
		need, err := team.need(i, &s.Need[i])
		if err != nil {
			return nil, err
		}
		f.needs = append(f.needs, need)
	}
	for i := range s.Want {
		want, err := team.want(i, &s.Want[i])
		if err != nil {
			return nil, err
		}
		f.wants = append(f.wants, want)
	}
	around := s.window
	if g.length > 0 {
		around = span{g.at(0), g.at(g.length-1) + s.length}
	}
	f.days = daysOf(s.zone, around, nil)
	if f.members, err = team.membersOf(&s, around); err != nil {
		return nil, err
	}
	f.matcher = newMatcher(len(f.members))
	f.cheapest = newCheapest(len(f.members) + len(f.wants))
	return f, nil
}

func (f *finder) words() int { return (f.grid.length + 63) / 64 }

func (f *finder) every() plane {
	p := f.scratch.plane(f.words())
	p.fill(0, f.grid.length)
	return p
}

// layer returns the starts that a layer takes away from a member for meetings of the length; nil when none.
func (f *finder) layer(kind layer, m int, length int64) plane {
	i := slices.IndexFunc(f.layers[kind], func(l layerOf) bool { return l.length == length })
	if i < 0 {
		i = len(f.layers[kind])
		f.layers[kind] = append(f.layers[kind], layerOf{length: length, planes: make([]plane, len(f.members)), done: make([]bool, len(f.members))})
	}
	l := &f.layers[kind][i]
	if !l.done[m] {
		l.planes[m], l.done[m] = f.drawLayer(kind, &f.members[m], length), true
	}
	return l.planes[m]
}

func (f *finder) drawLayer(kind layer, m *member, length int64) plane {
	var buffer, travel int64
	if kind == busyMargin || kind == tentativeMargin {
		buffer, travel = f.buffer, f.travel
	}
	switch kind {
	case busyBare, busyMargin:
		p := f.taken(nil, m.busy, length, buffer)
		return f.taken(p, m.away, length, travel)
	case tentativeBare, tentativeMargin:
		return f.taken(nil, m.tentative, length, buffer)
	case heldTime:
		return f.taken(nil, m.held, length, 0)
	case unknownTime:
		return f.taken(nil, m.unknown, length, 0)
	}
	open := m.working(kind == outsideOpen || kind == outsideOpenDuty, kind == outsideHoursDuty || kind == outsideOpenDuty)
	p := f.kept.plane(f.words())
	inside := f.scratch.plane(f.words())
	f.grid.allow(inside, open, length)
	p.fill(0, f.grid.length)
	p.andNot(inside)
	return p
}

func (f *finder) taken(p plane, spans []span, length, margin int64) plane {
	if len(spans) == 0 {
		return p
	}
	if p == nil {
		p = f.kept.plane(f.words())
	}
	f.grid.block(p, spans, length, margin)
	return p
}

// lengthOf is how long whoever fills the seat must stay in a meeting of the length.
func (st *seat) lengthOf(meeting int64) int64 {
	if st.length == 0 {
		return meeting
	}
	return min(st.length, meeting)
}

// outsideLayer is the layer of the time that is no working time; with duty set, time on duty is.
func outsideLayer(duty bool) layer {
	if duty {
		return outsideOpenDuty
	}
	return outsideOpen
}

func (f *finder) answer() Answer {
	a := Answer{Freshness: f.freshness()}
	best := f.bestTier()
	base := f.search(f.rules())
	feasible := base.feasible()
	a.Feasible = feasible.count()
	if f.List == ListStarts {
		a.Starts = make([]time.Time, 0, a.Feasible)
		for i := feasible.next(0); i >= 0; i = feasible.next(i + 1) {
			a.Starts = append(a.Starts, instant(f.grid.at(i)))
		}
	}
	a.Rejected = base.rejected(feasible)
	if best.count() < f.limit {
		best = feasible
	}
	a.Suggestions = base.suggestions(best)
	found := slices.Clone(feasible)
	base.close()
	a.Rejected.Relax = f.relax(found, a.Rejected.ByNeed)
	return a
}

// bestTier returns the starts at which the whole cast can be known and, where that counts, inside hours. Where they are
// enough for all suggestions no other start needs to be weighed: the tiers come first.
func (f *finder) bestTier() plane {
	r := f.rules()
	r.known = true
	r.hours = r.hours || f.Policy.OutsideHours == LastResort
	s := f.search(r)
	defer s.close()
	return slices.Clone(s.feasible())
}

func instant(at int64) time.Time { return time.Unix(at, 0).UTC() }

// freshness repeats, for everybody that a seat could use, how old the knowledge of their time is; "given" for people whose
// time came with the request.
func (f *finder) freshness() map[string]string {
	fresh := make(map[string]string, len(f.members))
	for i := range f.members {
		m := &f.members[i]
		unknown, _ := within(m.unknown, f.window.from, f.window.to)
		switch {
		case m.Fresh != "":
			fresh[m.ID] = m.Fresh
		case unknown > 0 && m.Why != "":
			fresh[m.ID] = fmt.Sprintf("unknown: %s", m.Why)
		case unknown > 0:
			fresh[m.ID] = "unknown"
		default:
			fresh[m.ID] = "given"
		}
	}
	return fresh
}
