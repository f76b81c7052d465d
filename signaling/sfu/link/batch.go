package link

import "net"

const (
	maxGroup   = 62_000    // bytes to one target at once; a datagram of segments must stay under 65,507
	maxBatch   = 256 << 10 // bytes of all groups; then it flushes itself
	maxPackets = 512
	maxKept    = 4 << 20 // bytes of buffers a batch keeps for the next time
)

// Batch collects encrypted packets of one wake-up of a reader, so that one system call sends them all. Packets to one
// destination keep their order. A Batch belongs to one goroutine.
type Batch struct {
	port    *Port
	groups  []*group // the first used ones hold packets
	used    int
	next    int // where the search for a target begins: packets visit the same receivers in the same order
	bytes   int
	packets int
	kept    int // capacity of all groups' buffers

	spare   [maxDatagram]byte // a packet that is tried twice
	scratch scratch
	outbox
}

// group is what goes to one target: packets back to back, as GSO wants them.
type group struct {
	to     *target
	buf    []byte
	sizes  []int
	queued bool // in the outbox already
}

func newBatch(p *Port) *Batch { return &Batch{port: p} }

// group finds the target's group that has room for n more bytes.
func (b *Batch) group(t *target, n int) *group {
	if b.bytes+n > maxBatch || b.packets == maxPackets {
		b.Flush()
	}
	g := b.find(t)
	if len(g.buf)+n > maxGroup {
		b.Flush()
		g = b.find(t)
	}
	if need := len(g.buf) + n; need > cap(g.buf) {
		size := max(2*cap(g.buf), 4096, need)
		b.kept += size - cap(g.buf)
		g.buf = append(make([]byte, 0, size), g.buf...)
	}
	return g
}

func (b *Batch) find(t *target) *group {
	for i := range b.used {
		at := b.next + i
		if at >= b.used {
			at -= b.used
		}
		if g := b.groups[at]; g.to == t {
			b.next = at + 1
			return g
		}
	}
	if b.used == len(b.groups) {
		b.groups = append(b.groups, &group{})
	}
	g := b.groups[b.used]
	g.to = t
	b.used++
	b.next = 0
	return g
}

// added takes note of the packet just written behind the others.
func (b *Batch) added(g *group, size int) {
	g.sizes = append(g.sizes, size)
	b.bytes += size
	b.packets++
}

// Flush sends what was collected. It never waits: what the system does not take is lost as on the way.
func (b *Batch) Flush() {
	if b.used == 0 {
		return
	}
	for i, g := range b.groups[:b.used] {
		if g.queued {
			continue
		}
		if s := g.to.socket; s.fast != nil {
			b.send(s, i)
		} else {
			g.sendEach(s.conn)
		}
	}
	for _, g := range b.groups[:b.used] {
		g.to, g.buf, g.sizes, g.queued = nil, g.buf[:0], g.sizes[:0], false
	}
	b.used, b.next, b.bytes, b.packets = 0, 0, 0, 0
	if b.kept > maxKept {
		b.groups, b.kept = nil, 0
	}
}

// sendEach sends packet by packet, the way of systems without sendmmsg.
func (g *group) sendEach(conn *net.UDPConn) {
	if g.to.conn.closing.Load() {
		return // its address may be somebody else's soon
	}
	at := 0
	for _, size := range g.sizes {
		_, _ = conn.WriteToUDPAddrPort(g.buf[at:at+size], g.to.addr)
		at += size
	}
}
