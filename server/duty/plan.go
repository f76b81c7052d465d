package duty

import (
	"cmp"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// At returns who covers the role at an instant, each person once, by level and then by id. Nobody gives nil.
//
// On every level an override stands alone; else a swap without Instead takes the place of the base plan, and a swap with Instead that of the
// one person's base shift, on whatever level that is. People's own duty calendars count only while the roster has nobody on any
// level, their working hours only while those have nobody. Declarations come last: the latest of a person that is in force takes
// the person out, or in, on level 1 where the plan has nothing of them.
//
// Since and Until are the ends of the stretch in which the person is in the answer on the same level and from the same origin.
func (p Plan) At(t time.Time) []OnDuty {
	l := p.line(true)
	list := l.at(t)
	if len(list) == 0 {
		return nil
	}
	next, _ := slices.BinarySearchFunc(l.cuts, t, func(cut, t time.Time) int { return cmp.Or(cut.Compare(t), -1) }) // the first cut after t
	l.follow(list, next, 1, func(o *OnDuty, end time.Time) { o.Until = end })
	l.follow(list, next-1, -1, func(o *OnDuty, end time.Time) { o.Since = end })
	return list
}

// Next returns when somebody is on duty next: t itself if somebody is, else the first instant after t at which somebody comes, no
// later than within. ok is false when there is none.
func (p Plan) Next(t time.Time, within time.Duration) (start time.Time, people []conference.PersonID, ok bool) {
	l := p.line(true)
	for _, at := range append([]time.Time{t}, l.cuts...) {
		if at.Before(t) || at.Sub(t) > max(within, 0) {
			continue
		}
		if list := l.at(at); len(list) > 0 {
			for _, o := range list {
				people = append(people, o.Person)
			}
			return at, people, true
		}
	}
	return time.Time{}, nil, false
}

// ShiftEnd returns when the person's shift at t ends, or is taken over by another layer: what "I am in" and "I am out" end with.
// Shifts that follow each other stay apart, and declarations do not count. ok is false when the plan has nothing of the person then.
func (p Plan) ShiftEnd(person conference.PersonID, t time.Time) (end time.Time, ok bool) {
	l := p.line(false)
	for _, s := range l.inForce(t) {
		if s.Person == person && s.End.After(end) {
			end, ok = s.End, true
		}
	}
	for _, cut := range l.cuts {
		if cut.After(t) && cut.Before(end) && !slices.ContainsFunc(l.inForce(cut), func(s Shift) bool { return s.Person == person }) {
			return cut, true
		}
	}
	return end, ok
}

// line is a plan in the order of time.
type line struct {
	shifts       []*Shift    // sorted by start
	latest       []time.Time // latest[i] is the last end of shifts[:i+1]
	declarations []Declaration
	cuts         []time.Time // the instants at which the answer can change, sorted
}

// line sorts a plan. What has no length or nobody is left out.
func (p Plan) line(declared bool) *line {
	n := len(p.Shifts)
	l := &line{shifts: make([]*Shift, 0, n), latest: make([]time.Time, 0, n), cuts: make([]time.Time, 0, 2*(n+len(p.Declarations)))}
	for i := range p.Shifts {
		if s := &p.Shifts[i]; s.Start.Before(s.End) && s.Person != "" {
			l.shifts = append(l.shifts, s)
			l.cuts = append(l.cuts, s.Start, s.End)
		}
	}
	slices.SortFunc(l.shifts, func(a, b *Shift) int { return a.Start.Compare(b.Start) })
	for i, s := range l.shifts {
		end := s.End
		if i > 0 && l.latest[i-1].After(end) {
			end = l.latest[i-1]
		}
		l.latest = append(l.latest, end)
	}
	for _, d := range p.Declarations {
		if declared && d.Covers == p.Covers && d.At.Before(d.Until) {
			l.declarations = append(l.declarations, d)
			l.cuts = append(l.cuts, d.At, d.Until)
		}
	}
	slices.SortFunc(l.cuts, time.Time.Compare)
	l.cuts = slices.CompactFunc(l.cuts, time.Time.Equal)
	return l
}

// at returns who is on duty at an instant, without the ends of their stretches.
func (l *line) at(t time.Time) []OnDuty {
	var list []OnDuty
	for _, s := range l.inForce(t) {
		i := slices.IndexFunc(list, func(o OnDuty) bool { return o.Person == s.Person })
		switch {
		case i < 0:
			list = append(list, OnDuty{Person: s.Person, Level: s.Level, Source: s.Source})
		case s.Level < list[i].Level || s.Level == list[i].Level && s.Source.fresherThan(list[i].Source):
			list[i].Level, list[i].Source = s.Level, s.Source
		}
	}
	for i, d := range l.declarations {
		if !d.holds(t) || slices.ContainsFunc(l.declarations[i+1:], func(e Declaration) bool { return e.Person == d.Person && e.holds(t) && !e.At.Before(d.At) }) ||
			slices.ContainsFunc(l.declarations[:i], func(e Declaration) bool { return e.Person == d.Person && e.holds(t) && e.At.After(d.At) }) {
			continue // another one holds
		}
		isPerson := func(o OnDuty) bool { return o.Person == d.Person }
		if !d.In {
			list = slices.DeleteFunc(list, isPerson)
		} else if !slices.ContainsFunc(list, isPerson) {
			list = append(list, OnDuty{Person: d.Person, Level: 1, Source: Source{Origin: FromDeclaration}})
		}
	}
	slices.SortFunc(list, func(a, b OnDuty) int { return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Person, b.Person)) })
	return list
}

// holds reports whether a declaration is in force.
func (d Declaration) holds(t time.Time) bool { return !t.Before(d.At) && t.Before(d.Until) }

// fresherThan prefers a feed that can be read, then the one that was read last.
func (s Source) fresherThan(other Source) bool {
	if s.Stale != other.Stale {
		return !s.Stale
	}
	return s.ReadAt.After(other.ReadAt)
}

// follow walks the cuts from one on, forward or back, and tells where each stretch of the list ends.
func (l *line) follow(list []OnDuty, from, step int, end func(o *OnDuty, at time.Time)) {
	open := make([]*OnDuty, 0, len(list))
	for i := range list {
		open = append(open, &list[i])
	}
	for i := from; len(open) > 0 && i >= 0 && i < len(l.cuts); i += step {
		var beside []OnDuty // on the other side of the cut
		if step > 0 {
			beside = l.at(l.cuts[i])
		} else if i > 0 {
			beside = l.at(l.cuts[i-1])
		}
		open = slices.DeleteFunc(open, func(o *OnDuty) bool {
			goesOn := slices.ContainsFunc(beside, func(b OnDuty) bool {
				return b.Person == o.Person && b.Level == o.Level && b.Source.Origin == o.Source.Origin
			})
			if !goesOn {
				end(o, l.cuts[i])
			}
			return !goesOn
		})
	}
}

// inForce returns the shifts that put people on duty at an instant: of the strongest origin that has any.
func (l *line) inForce(t time.Time) []Shift {
	var roster, personal, hours []Shift
	i, _ := slices.BinarySearchFunc(l.shifts, t, func(s *Shift, t time.Time) int { return cmp.Or(s.Start.Compare(t), -1) })
	for i--; i >= 0 && l.latest[i].After(t); i-- {
		s := *l.shifts[i]
		s.Level = max(s.Level, 1)
		switch {
		case !s.End.After(t):
		case s.Source.Origin == FromPersonal:
			personal = append(personal, s)
		case s.Source.Origin == FromHours:
			hours = append(hours, s)
		default:
			roster = append(roster, s)
		}
	}
	switch {
	case len(roster) > 0:
		return standing(roster)
	case len(personal) > 0:
		return personal
	}
	return hours
}

// standing returns what the layers of a roster leave of the shifts of one instant. They are never none where there were any: what takes
// a shift away stands in its place.
func standing(all []Shift) []Shift {
	if !slices.ContainsFunc(all, func(s Shift) bool { return s.Layer == conference.LayerSwap || s.Layer == conference.LayerOverride }) {
		return all
	}
	var base, swaps, overrides []Shift
	for _, s := range all {
		switch s.Layer {
		case conference.LayerSwap:
			swaps = append(swaps, s)
		case conference.LayerOverride:
			overrides = append(overrides, s)
		default:
			base = append(base, s)
		}
	}
	left := slices.Clone(base)
	var stand []Shift
	for _, s := range swaps {
		if s.Instead == "" {
			left = slices.DeleteFunc(left, func(b Shift) bool { return b.Level == s.Level })
			stand = append(stand, s)
			continue
		}
		levels := levelsOf(base, s)
		left = slices.DeleteFunc(left, func(b Shift) bool { return b.Person == s.Instead && slices.Contains(levels, b.Level) })
		for _, s.Level = range levels {
			stand = append(stand, s)
		}
	}
	stand = slices.DeleteFunc(append(left, stand...), func(s Shift) bool {
		return slices.ContainsFunc(overrides, func(o Shift) bool { return o.Level == s.Level })
	})
	return append(stand, overrides...)
}

// levelsOf returns where a swap stands: on its own level if the replaced person's base shift is there or nowhere, else where that is.
func levelsOf(base []Shift, swap Shift) []int {
	var levels []int
	for _, b := range base {
		if b.Person == swap.Instead && !slices.Contains(levels, b.Level) {
			levels = append(levels, b.Level)
		}
	}
	if len(levels) == 0 || slices.Contains(levels, swap.Level) {
		return []int{swap.Level}
	}
	return levels
}
