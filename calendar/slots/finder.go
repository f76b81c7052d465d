package slots

import (
	"fmt"
	"slices"
	"time"
)

// finder holds one request's grid, people and seats, and the layers worked out so far. It serves one goroutine.
type finder struct {
	*settings
	*memory
	snapshot *Snapshot
	grid     grid
	cells    bool // the grid is one of cells
	members  []*member
	needs    []seat
	wants    []seat
	days     []day // of the request's zone
	layers   [layerCount][]layerOf
	ables    [][]ableOf // by member
	opened   []opening
	closed   bool // holidays count
	matcher  matcher
	cheapest cheapest
	had      []int // by member: minutes outside hours already; only where hours can be left
	wished   *wishes
	finer    *finder // the same request every five minutes, see relax
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

// layerOf is a layer for meetings of one length: by member, the starts that it takes away.
type layerOf struct {
	length int64
	planes []plane
	done   []bool
}

// opening is where a meeting of one length lies inside the working time of a row.
type opening struct {
	row    *uint64 // the first word of the row
	length int64
	starts plane
}

// openingsKept bounds the search for an opening: there are seldom more patterns of hours.
const openingsKept = 64

func (s *Snapshot) finder(set *settings, g grid) (*finder, error) {
	f := &finder{settings: set, snapshot: s, grid: g, cells: g.starts != nil, closed: set.holidays != nil}
	team := s.index.gather()
	var err error
	if f.needs, f.wants, err = team.seats(set); err != nil {
		return nil, err
	}
	f.members = make([]*member, len(team.used))
	for m, person := range team.used {
		f.members[m] = s.people[person]
	}
	if set.Policy.OutsideHours != Never {
		f.had = make([]int, len(f.members))
		for m, who := range f.members {
			f.had[m] = who.burden(set.now)
		}
	}
	around := set.window
	if g.length > 0 {
		around = span{g.at(0), g.at(g.length-1) + set.length}
	}
	f.days = s.daysAround(set.zone, around)
	f.ables = make([][]ableOf, len(f.members))
	f.matcher = newMatcher(len(f.members))
	f.cheapest = newCheapest(len(f.members) + len(f.wants))
	f.memory = s.borrow()
	return f, nil
}

// free gives the memory of the finder back to its snapshot. Nothing that it answered lies in it.
func (f *finder) free() {
	if f.finer != nil {
		f.finer.free()
	}
	f.kept.reset()
	f.scratch.reset()
	f.snapshot.spare.Put(f.memory)
}

func (f *finder) words() int { return (f.grid.length + 63) / 64 }

func (f *finder) every() plane {
	p := f.scratch.plane(f.words())
	p.fill(0, f.grid.length)
	return p
}

// work is a member's working time: hours, without the holidays when closed is set, and time on duty when duty is.
func (f *finder) work(m int, closed, duty bool) []span {
	return f.members[m].work[bit(closed && f.closed)][bit(duty)]
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
		draw := f.drawLayer
		if f.cells {
			draw = f.smearLayer
		}
		l.planes[m], l.done[m] = draw(kind, m, length), true
	}
	return l.planes[m]
}

// drawLayer works a layer out from the spans.
func (f *finder) drawLayer(kind layer, n int, length int64) plane {
	m := f.members[n]
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
	p := f.kept.plane(f.words())
	inside := f.scratch.plane(f.words())
	f.grid.allow(inside, f.work(n, kind.closed(), kind.duty()), length)
	p.fill(0, f.grid.length)
	p.andNot(inside)
	return p
}

func (f *finder) taken(p plane, spans []span, length, margin int64) plane {
	if f.grid.length == 0 {
		return p
	}
	spans = clip(spans, f.grid.at(0)-margin, f.grid.at(f.grid.length-1)+length+margin)
	if len(spans) == 0 {
		return p
	}
	if p == nil {
		p = f.kept.plane(f.words())
	}
	f.grid.block(p, spans, length, margin)
	return p
}

// smearLayer works a layer out from the member's cells.
func (f *finder) smearLayer(kind layer, n int, length int64) plane {
	m := f.members[n]
	var buffer, travel int
	if kind == busyMargin || kind == tentativeMargin {
		buffer, travel = int(f.buffer/cellSeconds), int(f.travel/cellSeconds)
	}
	var p plane
	take := func(r row, margin int) {
		if m.rows[r] == nil {
			return
		}
		if p == nil {
			p = f.kept.plane(f.words())
		}
		p.or(f.taking(m.rows[r], margin))
	}
	switch kind {
	case busyBare, busyMargin:
		take(rowBusy, buffer)
		take(rowAway, travel)
	case tentativeBare, tentativeMargin:
		take(rowTentative, buffer)
	case heldTime:
		take(rowHeld, 0)
	case unknownTime:
		take(rowUnknown, 0)
	default:
		p = f.kept.raw(f.words())
		for w, open := range f.opening(m.open[bit(kind.closed() && f.closed)][bit(kind.duty())], length) {
			p[w] = ^open
		}
		return p
	}
	if p != nil {
		p.smear(int(length / cellSeconds))
	}
	return p
}

// opening returns the cells from which a meeting of the length lies inside the working time of a row.
func (f *finder) opening(r plane, length int64) plane {
	for n := range f.opened {
		if o := &f.opened[n]; o.row == &r[0] && o.length == length {
			return o.starts
		}
	}
	keep := len(f.opened) < openingsKept
	to := &f.scratch
	if keep {
		to = &f.kept
	}
	p := to.raw(f.words())
	copy(p, f.part(r))
	p.erode(int(length / cellSeconds))
	if keep {
		f.opened = append(f.opened, opening{&r[0], length, p})
	}
	return p
}

// part is the grid's part of a row.
func (f *finder) part(r plane) plane { return r[f.grid.word : f.grid.word+f.words()] }

// taking is the grid's part of a row with a margin of cells on both sides.
func (f *finder) taking(r plane, margin int) plane {
	if margin == 0 {
		return f.part(r)
	}
	return f.scratch.widen(r, f.grid.word, f.words(), margin)
}

func (l layer) closed() bool { return l == outsideOpen || l == outsideOpenDuty }

func (l layer) duty() bool { return l == outsideHoursDuty || l == outsideOpenDuty }

// outsideLayer is the layer of the time that is no working time; with duty set, time on duty is.
func outsideLayer(duty bool) layer {
	if duty {
		return outsideOpenDuty
	}
	return outsideOpen
}

func (f *finder) answer() Answer {
	a := Answer{Freshness: f.freshness()}
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
	found := slices.Clone(feasible)
	base.close()
	a.Suggestions = f.suggestions(f.rank(found))
	a.Rejected.Relax = f.relax(found, a.Rejected.ByNeed)
	return a
}

func instant(at int64) time.Time { return time.Unix(at, 0).UTC() }

// freshness repeats, for everybody that a seat could use, how old the knowledge of their time is; "given" for people whose
// time came with the request.
func (f *finder) freshness() map[string]string {
	fresh := make(map[string]string, len(f.members))
	for _, m := range f.members {
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
