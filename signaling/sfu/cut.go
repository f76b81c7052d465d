package sfu

const (
	// pictureCuts is how many changes of the mapping back lost packets can still be sent again. Where temporal layers are left
	// out every frame is followed by one: these are some seconds.
	pictureCuts = 64
	soundCuts   = 8
)

// cut is where the numbers of a slot begin to follow a source's in another way: another source or encoding, or packets that
// are left out without a gap. It says what to add to the source's numbers to go on where the one before has ended.
type cut struct {
	source  *Source // nil: none
	layer   uint8
	packed  bool // sound is put together from here on: numbers of ours stand for no single packet
	epoch   uint32
	in, out uint32 // numbers of the first packet, the source's and ours
	end     uint32 // the source's number that is no longer of this cut, once ended
	ended   bool
	ts      uint32
	picture uint16
	level   uint8
}

// number is ours for a number of the source's.
func (c *cut) number(seq uint32) uint32 { return seq - c.in + c.out }

// cuts are the last ones, a circle.
type cuts struct {
	kept []cut
	last int
}

func newCuts(n int) cuts { return cuts{kept: make([]cut, n)} }

// now is the cut that holds; it has no source before the first.
func (k *cuts) now() *cut { return &k.kept[k.last] }

func (k *cuts) add(c cut) *cut {
	k.last = (k.last + 1) % len(k.kept)
	k.kept[k.last] = c
	return &k.kept[k.last]
}

// gone stands for the sources of peers that have left.
var gone = &Source{closed: true}

// forget lets go of them: a cut would keep all that such a peer was in memory, for as long as the listener stays.
func (k *cuts) forget() {
	for i := range k.kept {
		if c := &k.kept[i]; c.source != nil && c.source.peer != nil && c.source.peer.closed.Load() {
			c.source = gone
		}
	}
}

func (k *cuts) back(i int) *cut { return &k.kept[(k.last-i+len(k.kept))%len(k.kept)] }

// end ends the cuts at head, our newest number: what comes late has a place up to there, and numbers beyond are free.
func (k *cuts) end(head uint32) {
	for i := range k.kept {
		c := k.back(i)
		limit := head + 1 - c.out + c.in
		if c.source == nil || c.ended && int32(c.end-limit) <= 0 {
			return
		}
		c.end, c.ended = limit, true
	}
}

// ofOut finds the cut that a number of ours belongs to; nil: none that is known, or that stands for one packet.
func (k *cuts) ofOut(out uint32) *cut {
	for i := range k.kept {
		c := k.back(i)
		switch {
		case c.source == nil:
			return nil
		case int32(out-c.out) >= 0:
			if c.packed {
				return nil
			}
			return c
		}
	}
	return nil
}

// ofIn finds the cut that a packet belongs to which comes late; nil: it was left out, or is from before the slot began.
func (k *cuts) ofIn(src *Source, p *packet) *cut {
	for i := range k.kept {
		c := k.back(i)
		if c.source != src || c.layer != p.layer || c.epoch != p.epoch {
			return nil
		}
		if int32(p.seq-c.in) < 0 {
			continue
		}
		if c.packed || c.ended && int32(p.seq-c.end) >= 0 {
			return nil
		}
		return c
	}
	return nil
}

// skip leaves the newest packet of the cut out, with a picture of its own if wholePicture: what comes after it takes its number.
func (k *cuts) skip(seq uint32, wholePicture bool) {
	c := k.now()
	next := *c
	next.in, next.out = seq+1, c.number(seq)
	if wholePicture {
		next.picture--
	}
	if seq == c.in { // nothing of this cut was sent
		*c = next
		return
	}
	c.end, c.ended = seq, true
	k.add(next)
}
