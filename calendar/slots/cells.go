package slots

// A cell is five minutes; bit c of a layer is [origin + 300c, origin + 300(c+1)) in Unix seconds. Taken time is rounded
// outward to whole cells and working time inward. That is exact, and not an approximation, for whoever asks for whole cells:
// [t, t+n·300) with t on the border of a cell touches a taken interval just when one of its n cells is touched by it, and
// lies inside merged working time just when all n cells do. Where any start, length or margin of a request is no whole
// number of cells (a grid of seven minutes, a meeting of twenty-two), the finder counts on the request's own grid, from the
// intervals themselves.
const cellSeconds = 5 * 60

// whole says that every one of the lengths is a whole number of cells.
func whole(lengths ...int64) bool {
	for _, l := range lengths {
		if l%cellSeconds != 0 {
			return false
		}
	}
	return true
}

// cellFloor and cellCeil round an instant, which may lie before 1970, to the border of a cell before and after it.
func cellFloor(at int64) int64 {
	if rest := at % cellSeconds; rest < 0 {
		return at - rest - cellSeconds
	} else {
		return at - rest
	}
}

func cellCeil(at int64) int64 { return -cellFloor(-at) }

// ahead is the word that begins n bits on; next is the word after it.
func ahead(word, next uint64, n uint) uint64 { return word>>(n&63) | next<<1<<(^n&63) }

// andAhead leaves a bit set where the bit n places on is set too; past the end none is.
func (p plane) andAhead(n int) {
	skip, shift := n/64, uint(n%64)
	if skip >= len(p) {
		clear(p)
		return
	}
	from := p[skip:]
	word := from[0]
	for w, next := range from[1:] {
		p[w] &= ahead(word, next, shift)
		word = next
	}
	p[len(from)-1] &= word >> shift
	clear(p[len(from):])
}

// orAhead sets a bit where the bit n places on is set.
func (p plane) orAhead(n int) {
	skip, shift := n/64, uint(n%64)
	if skip >= len(p) {
		return
	}
	from := p[skip:]
	word := from[0]
	for w, next := range from[1:] {
		p[w] |= ahead(word, next, shift)
		word = next
	}
	p[len(from)-1] |= word >> shift
}

// erode leaves the cells from which n cells in a row are set: who is free in each can stay for all.
func (p plane) erode(n int) {
	for have := 1; have < n; {
		step := min(have, n-have)
		p.andAhead(step)
		have += step
	}
}

// smear sets the cells from which any of the n cells that follow, itself included, is set.
func (p plane) smear(n int) {
	for have := 1; have < n; {
		step := min(have, n-have)
		p.orAhead(step)
		have += step
	}
}

// behind writes p, moved n places on, into to, which begins skip words after p.
func (p plane) behind(n, skip int, to plane) {
	words, shift := skip-n/64, uint(n%64)
	for w := range to {
		to[w] = p[w+words]<<shift | p[w+words-1]>>(64-shift)
	}
}

// marginWords is how many words on either side of a search the longest margin reaches into: travel of ten hours.
const marginWords = 2

// widen returns the cells of a layer, from its given word on, that lie within margin cells of a set one.
func (a *arena) widen(row plane, word, words, margin int) plane {
	wide := a.raw(words + 2*marginWords + 1)
	copy(wide, row[word-marginWords-1:word+words+marginWords])
	wide.smear(2*margin + 1)
	p := a.raw(words)
	wide.behind(margin, marginWords+1, p)
	return p
}

// everyNth sets each step-th bit from first on, count of them.
func (p plane) everyNth(first, step, count int) {
	if count <= 0 {
		return
	}
	if step > 32 {
		for i := range count {
			at := first + i*step
			p[at/64] |= 1 << (at % 64)
		}
		return
	}
	var pattern uint64 // of the bits that are multiples of step
	for b := 0; b < 64; b += step {
		pattern |= 1 << b
	}
	end := first + (count-1)*step // the last bit
	for w := first / 64; w <= end/64; w++ {
		word := pattern << ((first%step - w*64%step + step) % step)
		if w == first/64 {
			word &= ^uint64(0) << (first % 64)
		}
		if w == end/64 {
			word &= ^uint64(0) >> (63 - end%64)
		}
		p[w] |= word
	}
}

// orBeside sets the cells of able for which the cell back places before, or on places after, is set in a row. The plane
// begins with the given word of the row.
func (p plane) orBeside(row plane, word, back, on int, able plane) {
	b, a := word*64-back, word*64+on
	before, after := row[b/64:], row[a/64:]
	bs, as := uint(b%64), uint(a%64)
	able, before, after = able[:len(p)], before[:len(p)+1], after[:len(p)+1]
	for w := range p {
		p[w] |= (ahead(before[w], before[w+1], bs) | ahead(after[w], after[w+1], as)) & able[w]
	}
}
