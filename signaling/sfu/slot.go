package sfu

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

// slot is one receiving line of a peer: a stream of one SSRC without gaps, whatever source and encoding is on it.
type slot struct {
	line       Line
	peer       *Peer
	stream     string // sound and picture of one stream are kept in step
	clock      uint32 // RTP clock rate
	index      uint8  // among the peer's slots
	ssrc       uint32
	repairSSRC uint32 // 0: repairs go on the slot's own SSRC
	formats    formats
	transport  uint8 // id of the extension with transport-cc's number; 0: not offered

	// Read without mu by who asks what is watched: encodings from 0, lowest first, or none.
	target  atomic.Int32 // what the line bears
	current atomic.Int32 // what is shown
	waiting atomic.Int32 // what the slot waits to begin with

	mu      sync.Mutex
	source  *Source // nil: empty
	joined  bool    // the source has begun here; a picture begins with a key frame
	begun   bool    // anything was sent
	cuts    cuts
	head    uint32 // extended number of the newest packet that has one; it may wait for the line
	sent    uint32 // of the newest packet that was sent
	headTS  uint32
	headAt  time.Time
	picture uint16 // of the head
	level   uint8
	whole   bool      // the head ends a frame
	most    uint8     // the highest temporal layer to send, as allotted
	tier    uint8     // and as sent
	skipped uint32    // the picture left out last; noPicture: none
	keyTS   uint32    // the source's time of the newest key frame
	restAt  time.Time // no key frame is asked for before: the line has just refused a picture

	repairNext uint32 // extended number of the next repair
	resent     []resend
	voice      *voice // nil: sound goes on as it came
	silenced   bool   // others are louder
	shown      bool   // the client shows the slot
	choice     rate.Choice
	lost       uint8     // of 256, as the client last told
	lostAt     time.Time // when
	packets    uint32    // sent, for reports
	octets     uint32
	reportAt   time.Time
	forgotAt   time.Time                          // see forgetEvery
	buf        [fixedHeader + transportBlock]byte // the header being sent
}

const (
	none      = -1
	noPicture = 1 << 16
)

// newSlot makes the peer's next slot of the line's kind. Both streams' numbers begin below 2^15, so that the loss of the first
// packets cannot hide a rollover: RFC 3711 section 3.3.1.
func newSlot(p *Peer, s section, index int) *slot {
	to := &slot{
		line: s.Line, peer: p, stream: fmt.Sprintf("slot%d", index), clock: rateOf(s.Kind), ssrc: rand.Uint32(),
		formats: s.formats, transport: s.ext.transport, cuts: newCuts(soundCuts), resent: make([]resend, soundResent),
		headTS: rand.Uint32(), choice: rate.None(), shown: true,
	}
	to.head = rand.Uint32N(1 << 15)
	to.sent = to.head
	if s.Kind == Video {
		to.cuts, to.resent = newCuts(pictureCuts), make([]resend, pictureResent)
		if s.formats.rtx != 0 {
			to.repairSSRC, to.repairNext = rand.Uint32(), rand.Uint32N(1<<15)
		}
	}
	to.target.Store(none)
	to.current.Store(none)
	to.waiting.Store(none)
	p.egress.add(to)
	return to
}

// rateOf is the RTP clock rate of all we speak.
func rateOf(k Kind) uint32 {
	if k == Video {
		return 90000
	}
	return 48000
}

// put changes the source and returns the one before. The slot goes on with the new one at its next packet, or key frame.
func (s *slot) put(src *Source) *Source {
	s.mu.Lock()
	before := s.source
	if before != src {
		s.source = src
		s.leave()
	}
	s.mu.Unlock()
	if before != src && s.line.Kind == Video {
		s.peer.egress.allot(time.Now())
	}
	return before
}

// release empties the slot if src is on it.
func (s *slot) release(src *Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source == src {
		s.source = nil
		s.leave()
	}
}

// leave ends what is shown; the next packet begins a cut. It needs mu.
func (s *slot) leave() {
	s.joined, s.reportAt = false, time.Time{}
	s.current.Store(none)
	s.waiting.Store(none)
	s.peer.egress.forget(s)
	s.head = s.sent // numbers of what waited for the line were never seen
}

// allow says what the line bears: an encoding and how many of its temporal layers.
func (s *slot) allow(c rate.Choice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.choice, s.most = c, uint8(c.Temporal)
	s.target.Store(int32(c.Layer))
	if c.Layer < 0 && s.joined {
		s.leave()
	}
}

// takes reports whether an encoding is shown here, or is to be.
func (s *slot) takes(index int) bool {
	i := int32(index)
	return s.target.Load() >= 0 && (s.target.Load() == i || s.current.Load() == i || s.waiting.Load() == i)
}

// askKeyFrame passes a request on to what is on the slot, if anything.
func (s *slot) askKeyFrame(b *link.Batch, now time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	src := s.source
	s.mu.Unlock()
	if src != nil {
		src.askKeyFrame(b, now)
	}
}

// write sends a packet of the slot's own stream. It needs mu.
func (s *slot) write(b *link.Batch, out, ts uint32, payloadType uint8, marker bool, payload []byte, kind rate.Kind, now time.Time) {
	if int32(out-s.sent) > 0 {
		s.sent = out
	}
	s.packets++
	s.octets += uint32(len(payload))
	first := byte(plain)
	if len(payload) == 0 { // a place is filled
		first, payload = padded, filler[:]
	}
	s.emit(b, s.ssrc, out, ts, first, payloadType, marker, payload, kind, now)
}

// The first byte of a header: the version, and whether padding follows. RFC 3550 section 5.1.
const (
	plain  = 0x80
	padded = 0xa0
)

// transportBlock is how long the extension block with transport-cc's number is: RFC 8285 section 4.2.
const transportBlock = 8 // bytes

// emit writes the header and hands the packet to the line. It needs mu.
func (s *slot) emit(b *link.Batch, ssrc, number, ts uint32, first, payloadType byte, marker bool, payload []byte, kind rate.Kind, now time.Time) {
	h := s.buf[:fixedHeader]
	if marker {
		payloadType |= 0x80
	}
	h[0], h[1] = first, payloadType
	binary.BigEndian.PutUint16(h[2:], uint16(number))
	binary.BigEndian.PutUint32(h[4:], ts)
	binary.BigEndian.PutUint32(h[8:], ssrc)
	if s.transport != 0 {
		h = s.buf[:fixedHeader+transportBlock]
		h[0] |= 0x10 // X
		copy(h[fixedHeader:], []byte{0xbe, 0xde, 0, 1, s.transport<<4 | 1, 0, 0, 0})
		n := s.peer.egress.number(len(h)+len(payload)+rate.Overhead, kind, now)
		binary.BigEndian.PutUint16(h[fixedHeader+5:], n)
	} else {
		s.peer.egress.unnumbered(len(h)+len(payload)+rate.Overhead, kind, now)
	}
	s.peer.conn.SendRTP(b, number>>16, h, payload)
}
