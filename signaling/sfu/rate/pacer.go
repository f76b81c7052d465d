package rate

import "time"

const (
	// waitMost is how long a picture may wait; a later one is worth more than this one then.
	waitMost = 250 * time.Millisecond
	// waitSome is where pictures that no other picture needs are refused, waitBase where only base layers are taken.
	waitSome, waitBase = waitMost / 3, waitMost * 2 / 3
	// bytesMost bounds what waits whatever the rate.
	bytesMost = 256 << 10
	// packetsMost bounds how many; a key frame of 720p has about 60.
	packetsMost = 512
	// keyPace is how much faster than the rate a key frame goes, keyDebt how much of the rate's time it may borrow.
	keyPace = 2.5
	keyDebt = 150 * time.Millisecond
	// gather is what may go at once after silence, gatherLeast at any rate: two packets.
	gather      = 20 * time.Millisecond
	gatherLeast = 3000
	// soundDebt bounds how long pictures wait for sound that alone fills the line.
	soundDebt = 500 * time.Millisecond
	streams   = 64
)

// Packet is what the pacer needs to know of a packet.
type Packet struct {
	Size     int    // on the wire
	Stream   uint8  // below 64: the order within a stream is kept
	Frame    uint32 // the same for all packets of a picture, another for the next
	Temporal uint8  // 0: of the base layer
	Key      bool   // of a key frame
	Repair   bool   // sent again: goes first, is of no frame
}

// Pacer spreads pictures over time, so that they do not queue up on the way before the sound. Sound is not held: it is
// charged, and pictures wait for it. What waits is bounded; whole frames are dropped beyond, those first that no other
// frame needs, and after a base frame all of the stream until its next key frame. Since frames are dropped out of the
// queue, a packet gets its RTP number when it is popped. T is what the caller holds of a packet.
type Pacer[T any] struct {
	drop    func(T, Packet)
	bucket  bucket
	held    bool // nothing goes
	ring    []held[T]
	head    uint32 // running numbers; the ring's cell is the number modulo its length
	tail    uint32
	bytes   int
	packets int // that wait; cells between head and tail may be gone
	broken  int // streams that wait for a key frame
	streams [streams]stream
}

type held[T any] struct {
	Packet
	value T
	gone  bool
}

// stream is what has been decided for one.
type stream struct {
	known   bool
	frame   uint32 // the newest
	refused bool   // what is still to come of it
	limit   uint8  // frames of this temporal layer and above are refused until one below it comes; 0: none is
	broken  bool   // a base frame is missing: nothing until a key frame
	begun   bool   // packets of the frame sending are on their way
	sending uint32
}

// NewPacer makes a pacer that is off. drop is told of every packet thrown out of the queue.
func NewPacer[T any](drop func(T, Packet)) *Pacer[T] { return &Pacer[T]{drop: drop} }

// SetRate sets the bit rate of all that is sent, sound included; 0: off, everything passes. What waits longer than it may
// at a lower rate is dropped.
func (p *Pacer[T]) SetRate(bps int, now time.Time) {
	p.bucket.set(max(bps, 0), now)
	p.shed()
}

// Pass reports whether the packet may go at once, and charges it; else Push it.
func (p *Pacer[T]) Pass(k Packet, now time.Time) bool {
	if p.packets > 0 || p.held {
		return false
	}
	if p.bucket.rate == 0 && p.broken == 0 {
		return true
	}
	if !k.Repair && !p.admit(k) {
		return false
	}
	if !p.bucket.allows(k, now) {
		return false
	}
	p.bucket.charge(k.Size)
	p.begin(k)
	return true
}

// Push queues a packet. False: its frame is dropped, and v stays the caller's.
func (p *Pacer[T]) Push(k Packet, v T, now time.Time) bool {
	p.bucket.refill(now)
	if k.Repair && p.bucket.wait(p.bytes) > waitMost || !k.Repair && !p.admit(k) {
		return false
	}
	if p.packets == packetsMost || p.bytes+k.Size > bytesMost || int(p.tail-p.head) == packetsMost && !p.squeeze() {
		if !k.Repair {
			p.refuse(k)
			p.purge(func(h *held[T]) bool { return h.Stream == k.Stream && h.Frame == k.Frame })
		}
		return false
	}
	if p.ring == nil {
		p.ring = make([]held[T], packetsMost)
	}
	p.ring[p.tail%packetsMost] = held[T]{Packet: k, value: v}
	p.tail++
	p.bytes += k.Size
	p.packets++
	return true
}

// Pop returns the next packet that may go: repairs, then base layers, then the rest. False: nothing may go now.
func (p *Pacer[T]) Pop(now time.Time) (v T, ok bool) {
	if p.packets == 0 {
		p.head = p.tail
		return v, false
	}
	h := &p.ring[p.pick()%packetsMost]
	if p.held || !p.bucket.allows(h.Packet, now) {
		return v, false
	}
	p.bucket.charge(h.Size)
	p.begin(h.Packet)
	return p.take(h), true
}

// Charge counts sound, and padding, that was sent beside the pacer.
func (p *Pacer[T]) Charge(size int, now time.Time) {
	p.bucket.refill(now)
	p.bucket.charge(size)
}

// Spare is how many bytes of padding may go now: what the rate leaves when nothing waits.
func (p *Pacer[T]) Spare(now time.Time) int {
	p.bucket.refill(now)
	if p.packets > 0 || p.held || p.bucket.rate == 0 {
		return 0
	}
	return max(int(p.bucket.tokens), 0)
}

// NeedsKey reports whether the stream can go on with a key frame only, and there is room for one.
func (p *Pacer[T]) NeedsKey(id uint8) bool {
	return p.streams[id%streams].broken && p.bucket.wait(p.bytes) < waitSome
}

// Forget drops what waits of a stream and what was decided for it: another source goes on there, or another layer.
func (p *Pacer[T]) Forget(id uint8) {
	s := &p.streams[id%streams]
	if s.broken {
		p.broken--
	}
	*s = stream{}
	p.purge(func(h *held[T]) bool { return h.Stream%streams == id%streams })
}

// Hold lets nothing go until it is taken back. A rate is needed meanwhile, for what waits to be bounded.
func (p *Pacer[T]) Hold(on bool) { p.held = on }

// Clear drops all that waits, and what was saved to be sent at once.
func (p *Pacer[T]) Clear() {
	p.bucket.tokens, p.bucket.fast = min(p.bucket.tokens, 0), min(p.bucket.fast, 0)
	for n := p.tail; n != p.head; n-- {
		if h := &p.ring[(n-1)%packetsMost]; !h.gone {
			k := h.Packet
			if !k.Repair {
				p.refuse(k)
			}
			p.drop(p.take(h), k)
		}
	}
}

// Waiting is how much waits, and how long the last of it will.
func (p *Pacer[T]) Waiting() (bytes int, wait time.Duration) { return p.bytes, p.bucket.wait(p.bytes) }

// begin notes that a packet of a frame goes.
func (p *Pacer[T]) begin(k Packet) {
	if !k.Repair {
		s := &p.streams[k.Stream%streams]
		s.begun, s.sending = true, k.Frame
	}
}

// admit decides for a whole frame, at its first packet.
func (p *Pacer[T]) admit(k Packet) bool {
	s := &p.streams[k.Stream%streams]
	if s.known && s.frame == k.Frame {
		return !s.refused
	}
	s.known, s.frame, s.refused = true, k.Frame, false
	if s.limit > k.Temporal {
		s.limit = 0
	}
	wait := p.bucket.wait(p.bytes)
	switch {
	case k.Key:
		if wait > waitSome { // it makes up for all before it
			p.purge(func(h *held[T]) bool { return h.Stream == k.Stream && !h.Repair && !p.onItsWay(h) })
		}
		s.refused = p.bucket.wait(p.bytes) > waitMost
	case s.broken:
		s.refused = true
	case k.Temporal > 0:
		s.refused = s.limit > 0 || wait > waitBase || k.Temporal > 1 && wait > waitSome
	case wait > waitMost:
		p.shed()
		s.refused = s.broken || p.bucket.wait(p.bytes) > waitMost
	}
	if s.refused {
		p.refuse(k)
	} else if k.Key && s.broken {
		s.broken = false
		p.broken--
	}
	return !s.refused
}

// refuse drops the frame of k, and what needs it.
func (p *Pacer[T]) refuse(k Packet) {
	s := &p.streams[k.Stream%streams]
	if s.frame == k.Frame {
		s.refused = true
	}
	if k.Temporal > 0 {
		s.limit = k.Temporal
	} else if !s.broken {
		s.broken = true
		p.broken++
	}
}
