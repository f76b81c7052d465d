package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
	"github.com/samtale/samtale/signaling/sfu/sound"
)

// wireOverhead is what a packet has beside its payload: the RTP header with one extension, and what the line adds.
const wireOverhead = fixedHeader + transportBlock + rate.Overhead

// Bounds of what one source may bring, in bytes a second and with a second's burst: several times what browsers send. More is
// dropped before it costs the room anything.
const (
	maxSoundRate   = 200_000
	maxPictureRate = 4_000_000
)

// Source is what a peer publishes of one content. It lives as long as the peer and may be put on any slots of other peers.
type Source struct {
	peer    *Peer
	content Content
	kind    Kind // of content
	slots   atomic.Pointer[[]*slot]

	// Of the goroutine that receives from the peer: link lets only one at a time.
	bound     bucket
	redundant [sound.MaxBlocks]sound.Block // scratch
	replay    [maxPayload]byte             // scratch

	mu     sync.Mutex
	closed bool
	count  int              // encodings that the client has declared
	layers [maxLayers]layer // lowest first
	level  loudness
}

func newSource(p *Peer, s section) *Source {
	src := &Source{peer: p, content: s.content, kind: s.Kind, count: 1}
	limit := maxPictureRate
	switch s.content {
	case Microphone:
		limit = maxSoundRate
		src.layers[0].size = audioRing
	case Screen:
		src.layers[0].size = screenRing
	case Camera:
		src.declare(s)
	}
	src.bound = bucket{rate: limit, depth: limit}
	src.slots.Store(&[]*slot{})
	return src
}

// declare takes how many encodings of a camera an offer has.
func (s *Source) declare(sec section) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count = min(max(len(sec.rids), 1), maxLayers)
	for i := range s.layers {
		if l := &s.layers[i]; l.ring == nil {
			l.size = layerRings[i]
			if s.count == 1 {
				l.size = onlyRing
			}
		}
	}
}

// accept takes a packet of the source, or the repair of one, and sends it to the slots.
func (s *Source) accept(b *link.Batch, o origin, h *header, now time.Time) {
	if !s.bound.take(len(h.payload)+wireOverhead, now) {
		return
	}
	if o.line.formats.red != 0 && h.payloadType == o.line.formats.red {
		s.unwrap(b, o, h, now)
		return
	}
	s.take(b, o.layer, h, o.repair, now)
}

// take takes a packet that is no longer wrapped.
func (s *Source) take(b *link.Batch, index int, h *header, repair bool, now time.Time) {
	p := packet{ts: h.ts, marker: h.marker, layer: uint8(index), payload: h.payload}
	if s.kind == Video && len(h.payload) > 0 {
		var ok bool
		if p.picture, _, ok = readPicture(h.payload); !ok {
			return // a payload that ends in its descriptor shows nothing
		}
	}
	mend := s.isWatched(index)
	if s.kind == Audio {
		mend = s.peer.roundTrip() <= soundRepairTrip
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	l := &s.layers[index]
	fresh := l.order(&p, h, repair, mend, s.kind, now)
	if h.hasLevel && !repair {
		s.level.add(h.level, now)
	}
	p.flows = s.flowing(now)
	ask, lost := l.losses.due(now, s.peer.roundTrip())
	ssrc := l.ssrc
	s.mu.Unlock()
	s.askAgain(b, ssrc, ask)
	if lost && s.kind == Video {
		s.askLayer(b, index, now)
	}
	if !fresh {
		return
	}
	for _, to := range *s.slots.Load() {
		s.send(b, to, &p, now)
	}
}

// flowing has a bit for each encoding that comes. It needs mu.
func (s *Source) flowing(now time.Time) uint8 {
	var flows uint8
	for i := range s.layers {
		if s.layers[i].flows(now) {
			flows |= 1 << i
		}
	}
	return flows
}

// isWatched reports whether a slot shows that encoding or waits for it.
func (s *Source) isWatched(index int) bool {
	for _, each := range *s.slots.Load() {
		if each.takes(index) {
			return true
		}
	}
	return false
}

// send lets p appear on a slot, with all since the key frame when the slot begins with this encoding.
func (s *Source) send(b *link.Batch, to *slot, p *packet, now time.Time) {
	maxAge := maxReplayAge
	switch to.forward(b, s, p, false, now) {
	case taken:
		return
	case switches:
		maxAge = maxSwitchAge
	case begins:
	}
	s.mu.Lock()
	l := &s.layers[p.layer]
	first, last, epoch, newest := l.keySeq, l.highest, l.epoch, l.newestTS
	known := !s.closed && l.known(maxAge)
	s.mu.Unlock()
	if !known {
		s.askLayer(b, int(p.layer), now)
		return
	}
	for seq := first; int32(last-seq) >= 0; seq++ {
		if old, ok := s.copy(int(p.layer), seq, epoch, s.replay[:]); ok {
			old.behind, old.flows = newest-old.ts, p.flows
			to.forward(b, s, &old, old.picture.key, now)
		}
	}
}

// copy copies a kept packet into buf.
func (s *Source) copy(index int, seq, epoch uint32, buf []byte) (packet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.layers[index]
	if s.closed || l.ring == nil {
		return packet{}, false
	}
	return l.ring.copyTo(seq, epoch, buf)
}

// askAgain sends a NACK upstream. RFC 4585 section 6.2.1.
func (s *Source) askAgain(b *link.Batch, ssrc uint32, missing []uint16) {
	if len(missing) > 0 {
		s.peer.control(b, &rtcp.TransportLayerNack{SenderSSRC: s.peer.ssrc, MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(missing)})
	}
}

// askKeyFrame asks the publisher for key frames of what slots show or wait for.
func (s *Source) askKeyFrame(b *link.Batch, now time.Time) {
	for i := range s.layers {
		if s.isWatched(i) {
			s.askLayer(b, i, now)
		}
	}
}

// askLayer asks for a key frame of an encoding, now or when the last request is old enough, until one comes.
func (s *Source) askLayer(b *link.Batch, index int, now time.Time) {
	if s.kind != Video {
		return
	}
	s.mu.Lock()
	s.layers[index].wantsKey = true
	s.mu.Unlock()
	s.press(b, index, now)
}

// press sends a PLI when one is wanted and may be sent. RFC 4585 section 6.3.1.
func (s *Source) press(b *link.Batch, index int, now time.Time) {
	s.mu.Lock()
	ask, ssrc := s.mayAskKey(index, now), s.layers[index].ssrc
	s.mu.Unlock()
	if ask {
		s.peer.control(b, &rtcp.PictureLossIndication{SenderSSRC: s.peer.ssrc, MediaSSRC: ssrc})
	}
}

func (s *Source) mayAskKey(index int, now time.Time) bool {
	l := &s.layers[index]
	still := s.content == Screen && l.epoch != 0 && len(*s.slots.Load()) > 0
	off := now.Sub(l.lastAt) > quietAfter && !still
	if !l.wantsKey || s.closed || off || now.Sub(l.askedKey) < keyFrameEvery {
		return false
	}
	l.askedKey = now
	return true
}

// tick repeats what has not been answered.
func (s *Source) tick(b *link.Batch, now time.Time) {
	for i := range s.layers {
		s.mu.Lock()
		l := &s.layers[i]
		missing, lost := l.losses.due(now, s.peer.roundTrip())
		l.wantsKey = l.wantsKey || lost && s.kind == Video
		ssrc := l.ssrc
		s.mu.Unlock()
		s.askAgain(b, ssrc, missing)
		s.press(b, i, now)
	}
}

// attach adds a slot; false: the source is closed.
func (s *Source) attach(to *slot) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	slots := append(slices.Clone(*s.slots.Load()), to)
	s.slots.Store(&slots)
	return true
}

func (s *Source) detach(from *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slots := slices.DeleteFunc(slices.Clone(*s.slots.Load()), func(other *slot) bool { return other == from })
	s.slots.Store(&slots)
}

// close takes the source off all slots and gives its memory back.
func (s *Source) close() {
	s.mu.Lock()
	slots := *s.slots.Swap(&[]*slot{})
	s.closed = true
	for i := range s.layers {
		s.layers[i].ring = nil
		s.layers[i].losses.clear()
	}
	s.mu.Unlock()
	for _, each := range slots {
		each.release(s)
	}
}

// bucket bounds a rate: what would overflow it is refused. The zero time is long ago.
type bucket struct {
	rate, depth int // bytes a second, bytes
	level       int // of what was taken and has not drained
	at          time.Time
}

func (k *bucket) take(size int, now time.Time) bool {
	if passed := now.Sub(k.at); passed > time.Millisecond || passed < 0 {
		drained := int(int64(k.rate) * int64(min(max(passed, 0), time.Minute)/time.Microsecond) / 1e6)
		k.level, k.at = max(k.level-drained, 0), now
	}
	if k.level+size > k.depth {
		return false
	}
	k.level += size
	return true
}
