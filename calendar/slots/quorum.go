package slots

import "slices"

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
