package slots

import (
	"math/bits"
	"slices"
	"sort"
	"time"
)

// grid is every instant at which the meeting may begin, in order, one bit each. Evenly spaced instants are one run, so that
// a clock change costs a run and finding the first start after an instant costs a division. A grid of cells has a bit for
// every five minutes instead, and starts says which of them are starts.
type grid struct {
	runs   []run
	length int   // number of bits
	starts plane // nil: every bit is a start
	word   int   // of cells: the first word of a Snapshot's layers that the grid looks at
}

type run struct {
	first, step int64 // Unix seconds
	index       int   // of the first start of the run
	count       int
}

// gridOf counts starts in elapsed time from each local midnight, and keeps those in [window.from, window.to).
func gridOf(days []day, window span, step int64) grid {
	var g grid
	eachRun(days, window, step, g.add)
	return g
}

// eachRun calls with the starts of each day.
func eachRun(days []day, window span, step int64, call func(first, step int64, count int)) {
	for n := range days {
		d := &days[n]
		first := d.midnight
		if first < window.from {
			first += (window.from - first + step - 1) / step * step
		}
		if end := min(d.next, window.to); first < end {
			call(first, step, int((end-first+step-1)/step))
		}
	}
}

// onGrid says whether an instant is a start of the grid that the days make.
func onGrid(days []day, at, step int64) bool {
	return slices.ContainsFunc(days, func(d day) bool { return d.midnight <= at && at < d.next && (at-d.midnight)%step == 0 })
}

func singleStart(at time.Time) grid {
	var g grid
	g.add(at.Unix(), 60, 1)
	return g
}

func (g *grid) add(first, step int64, count int) {
	if n := len(g.runs); n > 0 && g.runs[n-1].first+int64(g.runs[n-1].count)*step == first {
		g.runs[n-1].count += count
	} else {
		g.runs = append(g.runs, run{first: first, step: step, index: g.length, count: count})
	}
	g.length += count
}

// at returns the instant of start i.
func (g *grid) at(i int) int64 {
	n := len(g.runs) - 1
	if n > 0 {
		n = sort.Search(n, func(n int) bool { return g.runs[n+1].index > i })
	}
	r := &g.runs[n]
	return r.first + int64(i-r.index)*r.step
}

// from returns the first start at or after the instant; length when there is none.
func (g *grid) from(at int64) int {
	for n := range g.runs {
		r := &g.runs[n]
		if at <= r.first {
			return r.index
		}
		if k := (at - r.first + r.step - 1) / r.step; k < int64(r.count) {
			return r.index + int(k)
		}
	}
	return g.length
}

// reach sets the starts among the bits [from, to).
func (g *grid) reach(p plane, from, to int) {
	p.fill(from, to)
	if g.starts != nil {
		p.and(g.starts)
	}
}

// count returns the number of starts among the bits [from, to).
func (g *grid) count(from, to int) int {
	if g.starts == nil || from >= to {
		return max(0, to-from)
	}
	n := 0
	first, last := from/64, (to-1)/64
	for w := first; w <= last; w++ {
		word := g.starts[w]
		if w == first {
			word &= ^uint64(0) << (from % 64)
		}
		if w == last {
			word &= ^uint64(0) >> (63 - (to-1)%64)
		}
		n += bits.OnesCount64(word)
	}
	return n
}

// plane is one bit per start. A nil plane has no bit set.
type plane []uint64

// fill sets the bits [from, to).
func (p plane) fill(from, to int) {
	if from >= to {
		return
	}
	first, last := from/64, (to-1)/64
	low, high := ^uint64(0)<<(from%64), ^uint64(0)>>(63-(to-1)%64)
	if first == last {
		p[first] |= low & high
		return
	}
	p[first] |= low
	for w := first + 1; w < last; w++ {
		p[w] = ^uint64(0)
	}
	p[last] |= high
}

func (p plane) has(i int) bool { return p != nil && p[i/64]>>(i%64)&1 == 1 }

func (p plane) clear(i int) { p[i/64] &^= 1 << (i % 64) }

// and, or and andNot cut p to the length of q: it spares a check for each word.
func (p plane) and(q plane) {
	p = p[:len(q)]
	for w, bits := range q {
		p[w] &= bits
	}
}

func (p plane) or(q plane) {
	p = p[:len(q)]
	for w, bits := range q {
		p[w] |= bits
	}
}

func (p plane) andNot(q plane) {
	p = p[:len(q)]
	for w, bits := range q {
		p[w] &^= bits
	}
}

func (p plane) count() int {
	n := 0
	for _, word := range p {
		n += bits.OnesCount64(word)
	}
	return n
}

// next returns the first set bit at or after i, or -1.
func (p plane) next(i int) int {
	for w := i / 64; w < len(p); w++ {
		word := p[w]
		if w == i/64 {
			word &= ^uint64(0) << (i % 64)
		}
		if word != 0 {
			return w*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// block sets the starts at which a meeting of the length, with a margin on both sides, would overlap one of the spans:
// start t overlaps [a, b) when t + length + margin > a and t - margin < b.
func (g *grid) block(p plane, spans []span, length, margin int64) {
	for _, s := range spans {
		p.fill(g.from(s.from-margin-length+1), g.from(s.to+margin))
	}
}

// allow sets the starts at which a meeting of the length lies wholly inside one of the spans, which are merged.
func (g *grid) allow(p plane, spans []span, length int64) {
	for _, s := range spans {
		p.fill(g.from(s.from), g.from(s.to-length+1))
	}
}
