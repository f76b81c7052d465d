package slots

// memory is where a search keeps its planes. Searches of one snapshot hand it on, so that it is not made anew for each.
type memory struct {
	kept    arena // planes that live as long as the finder
	scratch arena // planes of one search, see search.close
}

// borrow takes memory that another search has given back, or new.
func (s *Snapshot) borrow() *memory {
	if m, ok := s.spare.Get().(*memory); ok {
		return m
	}
	return new(memory)
}

// A slab holds planesPerSlab planes, but no more than 128 KiB of short ones: the planes of 20 people over 4 weeks fit in one,
// and a single start takes 2 KiB.
const (
	planesPerSlab = 256
	wordsPerSlab  = 1 << 14
)

// arena hands out planes from large slabs; reset takes all of them back at once.
type arena struct {
	slabs [][]uint64
	slab  int
	used  int
}

// plane returns a plane of zeros.
func (a *arena) plane(words int) plane {
	p := a.raw(words)
	clear(p)
	return p
}

// raw returns a plane that holds anything.
func (a *arena) raw(words int) plane {
	for a.slab < len(a.slabs) && a.used+words > len(a.slabs[a.slab]) {
		a.slab, a.used = a.slab+1, 0
	}
	if a.slab == len(a.slabs) {
		a.slabs = append(a.slabs, make([]uint64, max(words, min(planesPerSlab*words, wordsPerSlab))))
	}
	p := a.slabs[a.slab][a.used : a.used+words : a.used+words]
	a.used += words
	return p
}

func (a *arena) reset() { a.slab, a.used = 0, 0 }
