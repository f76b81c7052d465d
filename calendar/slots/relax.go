package slots

import (
	"cmp"
	"fmt"
	"slices"
)

// Bounds of the search for two changes, which is run only when no single one helps.
const (
	maxPairs   = 150 // pairs tried: all of them for a meeting of ten seats
	pairsShown = 3
)

// lengthStep is what a shorter meeting lasts a whole multiple of, in seconds.
const lengthStep = 5 * 60

// change is one rule given up, and how a client is told of it.
type change struct {
	code  string
	need  string
	value int
	text  string
	apply func(*rules)
}

// relax searches again with one rule changed and counts what that gains over the starts already found. When there are none
// and no single change finds one, it tries two at a time.
func (f *finder) relax(found plane, needs []NeedRejected) []Relaxation {
	changes := f.changes()
	gained := []Relaxation{}
	shorter := false
	for _, c := range changes {
		if c.code == "shorter" && shorter {
			continue // the longest length that helps is enough
		}
		if c.code == "without_need" && f.aloneOf(c.need, needs) == 0 {
			continue
		}
		if r, ok := f.gain(found, c); ok {
			gained = append(gained, r)
			shorter = shorter || c.code == "shorter"
		}
	}
	if len(gained) == 0 && found.next(0) < 0 {
		gained = f.relaxTwo(found, changes)
	}
	slices.SortStableFunc(gained, func(a, b Relaxation) int { return b.Gains - a.Gains })
	return gained
}

func (f *finder) aloneOf(need string, needs []NeedRejected) int {
	i := slices.IndexFunc(needs, func(n NeedRejected) bool { return n.Need == need })
	return needs[i].Alone
}

// gain runs the search with the changes applied. Not ok: they gain nothing.
func (f *finder) gain(found plane, changes ...change) (Relaxation, bool) {
	r := f.rules()
	for _, c := range changes {
		c.apply(&r)
	}
	s := f.search(r)
	defer s.close()
	p := s.feasible()
	p.andNot(found)
	first := p.next(0)
	if first < 0 {
		return Relaxation{}, false
	}
	c := changes[0]
	return Relaxation{Change: c.text, Code: c.code, Need: c.need, Value: c.value, Gains: p.count(), First: instant(f.grid.at(first))}, true
}

func (f *finder) relaxTwo(found plane, changes []change) []Relaxation {
	var gained []Relaxation
	tried := 0
	for i, a := range changes {
		for _, b := range changes[i+1:] {
			if tried == maxPairs || a.excludes(b) || (a.code == "without_need" && b.code == "without_need" && len(f.needs) == 2) {
				continue
			}
			tried++
			if r, ok := f.gain(found, a, b); ok {
				r.Change, r.Code, r.Need, r.Value = a.text+", and "+b.text, "two_changes", "", 0
				r.Parts = []Part{a.part(), b.part()}
				gained = append(gained, r)
			}
		}
	}
	slices.SortStableFunc(gained, func(a, b Relaxation) int { return cmp.Compare(b.Gains, a.Gains) })
	return gained[:min(pairsShown, len(gained))]
}

func (c change) part() Part { return Part{Code: c.code, Need: c.need, Value: c.value} }

// excludes says that two changes are about the same thing, of which one makes the other void.
func (c change) excludes(d change) bool {
	return c.code == d.code && c.need == d.need || c.need != "" && c.need == d.need
}

// changes lists what could be given up, mildest first.
func (f *finder) changes() []change {
	base := f.rules()
	list := f.changesOfLength()
	add := func(possible bool, code, text string, apply func(*rules)) {
		if possible {
			list = append(list, change{code: code, text: text, apply: apply})
		}
	}
	for i := range f.needs {
		n := &f.needs[i]
		if len(n.standIns) > 0 && !f.Need[i].Substitute.Use {
			list = append(list, change{
				code: "stand_in", need: n.id, value: n.cost, text: fmt.Sprintf("let %s stand in for %s", f.standInName(i), n.id),
				apply: func(r *rules) { r.standIns |= 1 << i },
			})
		}
	}
	add(base.hours && !base.duty, "use_duty", "count time on duty as working time", func(r *rules) { r.duty = true })
	add(f.travel > 0, "no_buffer", "keep no time free around engagements", func(r *rules) { r.margins = false })
	add(base.tentative, "tentative_free", "take tentative time as free", func(r *rules) { r.tentative = false })
	add(base.known, "unknown_offered", "offer people whose time is unknown", func(r *rules) { r.known = false })
	add(f.MinNoticeMin > 0, "min_notice", fmt.Sprintf("give less than %d minutes' notice", f.MinNoticeMin), func(r *rules) { r.notice = false })
	add(base.hours, "outside_hours", "meet outside working hours", func(r *rules) { r.hours = false })
	for i := range f.needs {
		n := &f.needs[i]
		if n.k > 1 {
			list = append(list, change{
				code: "fewer", need: n.id, value: n.k - 1, text: fmt.Sprintf("%d instead of %d for %s", n.k-1, n.k, n.id),
				apply: func(r *rules) { r.fewer |= 1 << i },
			})
		}
	}
	add(f.Deadline != nil, "deadline", "meet after the deadline", func(r *rules) { r.late = false })
	for i := range f.needs {
		if n := &f.needs[i]; len(f.needs) > 1 {
			list = append(list, change{code: "without_need", need: n.id, text: "meet without " + n.id, apply: func(r *rules) { r.without |= 1 << i }})
		}
	}
	return list
}

// changesOfLength lists shorter meetings, three quarters and half, in whole multiples of five minutes.
func (f *finder) changesOfLength() []change {
	var list []change
	for _, quarters := range []int64{3, 2} {
		length := f.length * quarters / 4 / lengthStep * lengthStep
		if length < lengthStep || length >= f.length {
			continue
		}
		list = append(list, change{
			code: "shorter", value: int(length / 60), text: fmt.Sprintf("%d instead of %d minutes", length/60, f.length/60),
			apply: func(r *rules) { r.length = length },
		})
	}
	return list
}

// standInName is the role of a need's stand-ins, or their names when there are few.
func (f *finder) standInName(need int) string {
	s := f.Need[need].Substitute
	switch {
	case s.Role != "":
		return s.Role
	case len(s.AnyOf) == 1:
		return s.AnyOf[0]
	}
	return fmt.Sprintf("one of %d others", len(s.AnyOf))
}
