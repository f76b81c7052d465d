package sfu

// maxPayload holds any RTP payload of a path with an Ethernet MTU.
const maxPayload = 1500

// packet is one RTP packet of a source as slots see it: number and time are the source's own, repairs are in place.
type packet struct {
	seq     uint32 // extended over wraps, RFC 3550 appendix A.1
	ts      uint32 // RTP time, as behind
	marker  bool
	picture picture // of VP8
	layer   uint8   // which of the source's encodings it is of
	flows   uint8   // a bit for each encoding that comes now
	behind  uint32  // time since, when it is sent from the ring
	epoch   uint32  // counts the encoding's SSRCs: numbers of different epochs have nothing to do with each other
	payload []byte  // valid during the call only; empty: a number that only fills a gap
}

// ring keeps copies of the last packets for repair. Not safe for concurrent use.
type ring struct {
	cells []cell
}

type cell struct {
	packet
	held  bool
	bytes []byte
}

// newRing makes a ring of size cells, a power of two. Cells get their memory when first used.
func newRing(size int) *ring { return &ring{cells: make([]cell, size)} }

func (r *ring) at(seq uint32) *cell { return &r.cells[int(seq)&(len(r.cells)-1)] }

// put copies p. It reports false when p is there already.
func (r *ring) put(p *packet) bool {
	c := r.at(p.seq)
	if c.held && c.seq == p.seq && c.epoch == p.epoch {
		return false
	}
	c.bytes = append(c.bytes[:0], p.payload...)
	c.packet, c.held = *p, true
	c.payload = c.bytes
	return true
}

// copyTo copies the packet with number seq of epoch into buf and reports whether the ring still holds it.
func (r *ring) copyTo(seq, epoch uint32, buf []byte) (packet, bool) {
	c := r.at(seq)
	if !c.held || c.seq != seq || c.epoch != epoch || len(c.bytes) > len(buf) {
		return packet{}, false
	}
	p := c.packet
	p.payload = buf[:copy(buf, c.bytes)]
	return p, true
}
