package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	videoRing = 256 // packets: about two seconds at 700 kbit/s, longer than any repair is worth
	audioRing = 64  // packets: 1.3 s
	// screenRing: one key frame of a page full of text has up to three hundred packets.
	screenRing = 1024
	// keyFrameEvery spaces requests: a key frame costs ten others.
	keyFrameEvery = 500 * time.Millisecond
	// maxReplay and maxReplayAge bound what a slot is sent at once from the ring when it begins with a key frame that has
	// passed: one that was mended late, or that somebody else has asked for so lately that no other may be asked for. After
	// older ones the picture would lag.
	maxReplay       = 64  // packets
	maxScreenReplay = 512 // packets: of a screen the key frame is almost all that was sent
	maxReplayAge    = uint32(keyFrameEvery * 90000 / time.Second)
	// maxDropout: a greater jump is a new beginning, not a loss. RFC 3550 appendix A.1.
	maxDropout = 3000 // packets
	// quietAfter: a source without packets for so long is off; asking it for key frames is useless. A screen on which nothing
	// moves is as quiet and must be asked, or who comes later never sees it.
	quietAfter = 2 * time.Second
)

// Source is what a peer publishes of one content. It lives as long as the peer and may be put on any slots of other peers.
type Source struct {
	peer    *Peer
	content Content
	kind    Kind   // of content
	clock   uint32 // RTP clock rate
	most    uint32 // packets that are replayed
	slots   atomic.Pointer[[]*slot]

	// Of the goroutine that receives from the peer.
	header rtp.Header // of the packet being sent
	replay [maxPayload]byte

	mu       sync.Mutex
	closed   bool
	ring     *ring
	ssrc     uint32
	epoch    uint32 // counts SSRCs; 0: nothing has come
	highest  uint32 // extended sequence number
	newestTS uint32 // of that packet
	lastAt   time.Time
	losses   losses
	keySeq   uint32 // of the newest key frame's first packet
	keyTS    uint32
	hasKey   bool // in this epoch
	wantsKey bool
	askedKey time.Time
	stats    reception
	level    loudness
}

func newSource(p *Peer, c Content) *Source {
	s := &Source{peer: p, content: c, kind: c.Kind(), clock: 90000, most: maxReplay}
	switch c {
	case Microphone:
		s.clock, s.ring = 48000, newRing(audioRing)
	case Camera:
		s.ring = newRing(videoRing)
	case Screen:
		s.most, s.ring = maxScreenReplay, newRing(screenRing)
	}
	s.slots.Store(&[]*slot{})
	return s
}

// accept takes a packet of the source, or the repair of one, and sends it to the slots.
func (s *Source) accept(h header, repair bool, now time.Time) {
	p := packet{ts: h.ts, marker: h.marker, payload: h.payload}
	if s.kind == Video && len(h.payload) > 0 {
		var ok bool
		if p.picture, _, ok = readPicture(h.payload); !ok {
			return // a payload that ends in its descriptor shows nothing
		}
		p.keyStart = startsKeyFrame(h.payload)
	}
	s.mu.Lock()
	fresh := s.order(&p, h, repair, now)
	ask, lost := s.losses.due(now, s.peer.roundTrip())
	ssrc := s.ssrc
	s.mu.Unlock()
	s.askAgain(ssrc, ask)
	if lost && s.kind == Video {
		s.askKeyFrame(now)
	}
	if fresh {
		for _, to := range *s.slots.Load() {
			s.send(to, &p, now)
		}
	}
}

// order gives p its extended number, keeps it, and counts what is missing. It reports false when p is of no use.
func (s *Source) order(p *packet, h header, repair bool, now time.Time) bool {
	if s.closed || repair && s.epoch == 0 {
		return false
	}
	if !repair && (s.epoch == 0 || h.ssrc != s.ssrc) {
		s.begin(h.ssrc, h.seq)
	}
	ahead := int(int16(h.seq - uint16(s.highest)))
	switch {
	case ahead > maxDropout && repair:
		return false
	case ahead > maxDropout:
		s.begin(s.ssrc, h.seq)
		ahead = 0
	}
	p.seq, p.epoch = s.highest+uint32(ahead), s.epoch
	switch {
	case ahead <= -len(s.ring.cells):
		return false
	case ahead > 1 && !s.losses.open(s.highest+1, p.seq, now):
		s.wantsKey = s.kind == Video
	case ahead <= 0:
		repair = s.losses.mend(p.seq) || repair // sound is repaired on its own SSRC
	}
	if !repair {
		s.stats.count(p.seq, p.ts, now, s.clock)
		s.lastAt = now
		if h.hasLevel {
			s.level.add(h.level, now)
		}
	}
	if ahead >= 0 {
		s.highest, s.newestTS = p.seq, p.ts
	}
	if !s.ring.put(*p) {
		return false
	}
	if p.keyStart && (!s.hasKey || int32(p.seq-s.keySeq) > 0) {
		s.keySeq, s.keyTS, s.hasKey, s.wantsKey = p.seq, p.ts, true, false
	}
	return true
}

// begin starts a new epoch with seq as its first number.
func (s *Source) begin(ssrc uint32, seq uint16) {
	s.ssrc, s.hasKey = ssrc, false
	s.epoch++
	s.highest = 1<<16 | uint32(seq) // not 0: packets before the first may come late
	s.losses.clear()
	s.stats = reception{base: s.highest}
}

// send lets p appear on a slot, with all since the key frame when the slot begins with this source.
func (s *Source) send(to *slot, p *packet, now time.Time) {
	if to.forward(s, p, s.kind == Audio, &s.header, now) {
		return
	}
	s.mu.Lock()
	first, last, epoch, newest := s.keySeq, s.highest, s.epoch, s.newestTS
	known := s.hasKey && last-first < s.most && newest-s.keyTS <= maxReplayAge
	s.wantsKey = s.wantsKey || !known // the ticker asks
	s.mu.Unlock()
	if !known {
		return
	}
	for seq := first; int32(last-seq) >= 0; seq++ {
		if old, ok := s.copy(seq, epoch, s.replay[:]); ok {
			old.behind = newest - old.ts
			to.forward(s, &old, old.keyStart, &s.header, now)
		}
	}
}

// copy copies a kept packet into buf.
func (s *Source) copy(seq, epoch uint32, buf []byte) (packet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return packet{}, false
	}
	return s.ring.copyTo(seq, epoch, buf)
}

// askAgain sends a NACK upstream. RFC 4585 section 6.2.1.
func (s *Source) askAgain(ssrc uint32, missing []uint16) {
	if len(missing) > 0 {
		s.peer.control(&rtcp.TransportLayerNack{SenderSSRC: s.peer.ssrc, MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(missing)})
	}
}

// askKeyFrame asks the publisher for a key frame, now or when the last request is old enough, until one comes.
func (s *Source) askKeyFrame(now time.Time) {
	s.mu.Lock()
	s.wantsKey = s.kind == Video
	s.mu.Unlock()
	s.pressForKeyFrame(now)
}

// pressForKeyFrame sends a PLI when one is wanted and may be sent. RFC 4585 section 6.3.1.
func (s *Source) pressForKeyFrame(now time.Time) {
	s.mu.Lock()
	ask, ssrc := s.mayAskKey(now), s.ssrc
	s.mu.Unlock()
	if ask {
		s.peer.control(&rtcp.PictureLossIndication{SenderSSRC: s.peer.ssrc, MediaSSRC: ssrc})
	}
}

func (s *Source) mayAskKey(now time.Time) bool {
	still := s.content == Screen && s.epoch != 0 && len(*s.slots.Load()) > 0
	off := now.Sub(s.lastAt) > quietAfter && !still
	if !s.wantsKey || s.closed || off || now.Sub(s.askedKey) < keyFrameEvery {
		return false
	}
	s.askedKey = now
	return true
}

// tick repeats what has not been answered.
func (s *Source) tick(now time.Time) {
	s.mu.Lock()
	missing, lost := s.losses.due(now, s.peer.roundTrip())
	s.wantsKey = s.wantsKey || lost && s.kind == Video
	ssrc := s.ssrc
	s.mu.Unlock()
	s.askAgain(ssrc, missing)
	s.pressForKeyFrame(now)
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
	s.closed, s.ring = true, nil
	s.losses.clear()
	s.mu.Unlock()
	for _, each := range slots {
		each.release(s)
	}
}

// timeAt returns the source's RTP time at an instant of our clock, and its epoch; false: no report has said yet.
func (s *Source) timeAt(now time.Time) (ts, epoch uint32, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stats.report == 0 {
		return 0, 0, false
	}
	passed := now.Sub(s.peer.clock.ours(fromNTP(s.stats.report)))
	return s.stats.reportTS + uint32(int64(passed/time.Microsecond)*int64(s.clock)/1e6), s.epoch, true
}

// reported takes a sender report of the source.
func (s *Source) reported(sr *rtcp.SenderReport, now time.Time) {
	s.peer.clock.see(fromNTP(sr.NTPTime), now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if sr.SSRC == s.ssrc {
		s.stats.take(sr, now)
	}
}

// block makes the source's part of the next receiver report.
func (s *Source) block(now time.Time) (rtcp.ReceptionReport, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats.block(s.ssrc, now)
}

func (s *Source) loudness(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.level.mean(now)
}
