package slots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
// and no single change finds one, it tries two at a time, and when those do not help either, all at once.
func (f *finder) relax(found plane, needs []NeedRejected) []Relaxation {
	changes := f.changes()
	empty := found.next(0) < 0
	gained := []Relaxation{}
	for _, c := range changes {
		milder := func(r Relaxation) bool { return r.Code == c.code && r.Need == c.need }
		switch {
		case slices.ContainsFunc(gained, milder): // the longest length that helps is enough, and the most people
		case c.code == "without_need" && f.aloneOf(c.need, needs) == 0:
		case c.code == "finer_grid" && !empty: // it always gains
		default:
			if r, ok := f.gain(found, c); ok {
				gained = append(gained, r)
			}
		}
	}
	if empty && len(gained) == 0 {
		gained = f.relaxTwo(found, changes)
	}
	if empty && len(gained) == 0 {
		gained = f.relaxSeveral(found, changes)
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
	in := f
	if r.fine {
		in = f.everyFive()
	}
	s := in.search(r)
	defer s.close()
	p := s.feasible()
	if in == f { // another grid is only asked when nothing was found on this one
		p.andNot(found)
	}
	first := p.next(0)
	if first < 0 {
		return Relaxation{}, false
	}
	gained := Relaxation{Gains: p.count(), First: instant(in.grid.at(first))}
	if len(changes) == 1 {
		c := changes[0]
		gained.Change, gained.Code, gained.Need, gained.Value = c.text, c.code, c.need, c.value
		return gained, true
	}
	texts := make([]string, len(changes))
	for n, c := range changes {
		texts[n] = c.text
		gained.Parts = append(gained.Parts, Part{Code: c.code, Need: c.need, Value: c.value})
	}
	gained.Change, gained.Code = strings.Join(texts, ", and "), "two_changes"
	if len(changes) > 2 {
		gained.Code = "several_changes"
	}
	return gained, true
}

// everyFive is the finder of the same request on a grid of five minutes.
func (f *finder) everyFive() *finder {
	if f.cells {
		return f // each of its bits is five minutes, and a start by the rule fine
	}
	if f.finer == nil {
		set := *f.settings
		set.grid = cellSeconds
		g, err := f.snapshot.finder(&set, f.snapshot.gridOf(&set))
		if err != nil {
			panic(err) // the same request of the same people has been through
		}
		f.finer = g
	}
	return f.finer
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
				gained = append(gained, r)
			}
		}
	}
	slices.SortStableFunc(gained, func(a, b Relaxation) int { return cmp.Compare(b.Gains, a.Gains) })
	return gained[:min(pairsShown, len(gained))]
}

// relaxSeveral makes every change that leaves the needs alone and, where that is not enough, leaves out all needs but one;
// then it takes back what is not wanted for a start. Each change only ever adds starts, so that where this finds nothing no
// choice of changes does.
func (f *finder) relaxSeveral(found plane, changes []change) []Relaxation {
	var kind, without []change
	for _, c := range changes {
		switch c.code {
		case "shorter", "fewer":
			kind = slices.DeleteFunc(kind, func(d change) bool { return d.code == c.code && d.need == c.need }) // what changes most comes last
			kind = append(kind, c)
		case "without_need":
			without = append(without, c)
		default:
			kind = append(kind, c)
		}
	}
	if least, ok := f.fewest(found, kind); ok {
		return []Relaxation{least}
	}
	for n := range without {
		others := slices.Delete(slices.Clone(without), n, n+1)
		if least, ok := f.fewest(found, slices.Concat(kind, others)); ok {
			return []Relaxation{least}
		}
	}
	return nil
}

// fewest takes changes back, those that ask most first, as long as the rest still helps.
func (f *finder) fewest(found plane, changes []change) (Relaxation, bool) {
	least, ok := f.gain(found, changes...)
	if !ok {
		return least, false
	}
	for n := len(changes) - 1; n >= 0; n-- {
		rest := slices.Delete(slices.Clone(changes), n, n+1)
		if r, ok := f.gain(found, rest...); ok {
			changes, least = rest, r
		}
	}
	return least, true
}

// excludes says that two changes are about the same thing, of which one makes the other void.
func (c change) excludes(d change) bool {
	return c.need == d.need && (c.code == d.code || c.need != "")
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
	add(f.settings.grid > cellSeconds && whole(f.settings.grid), "finer_grid", "begin at any five minutes", func(r *rules) { r.fine = true })
	add(f.MinNoticeMin > 0, "min_notice", fmt.Sprintf("give less than %d minutes' notice", f.MinNoticeMin), func(r *rules) { r.notice = false })
	add(base.hours, "outside_hours", "meet outside working hours", func(r *rules) { r.hours = false })
	for i := range f.needs {
		n := &f.needs[i]
		for _, k := range slices.Compact([]int{max(1, n.k-1), (n.k + 1) / 2, 1}) {
			if k < n.k {
				list = append(list, change{
					code: "fewer", need: n.id, value: k, text: fmt.Sprintf("%d instead of %d for %s", k, n.k, n.id),
					apply: func(r *rules) { r.fewer[i] = uint8(n.k - k) },
				})
			}
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

// changesOfLength lists shorter meetings, three quarters, half and a quarter, in whole multiples of five minutes.
func (f *finder) changesOfLength() []change {
	var list []change
	for _, quarters := range []int64{3, 2, 1} {
		length := f.length * quarters / 4 / lengthStep * lengthStep
		if length < lengthStep || length >= f.length || (len(list) > 0 && int(length/60) == list[len(list)-1].value) {
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
