package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

const (
	resentKept = 128 // packets: more are not asked for within a second on a line that is of use
	// maxResends of one packet: a line that loses it so often loses the next ones too.
	maxResends = 3
	// minResend is how soon the same packet is not sent again: the client has asked twice before the first repair came.
	minResend = 5 * time.Millisecond
)

type resend struct {
	seq   uint32
	times int
	at    time.Time
}

// resender is the scratch of one goroutine that resends.
type resender struct {
	header rtp.Header
	buf    [2 + maxPayload]byte // RFC 4588 section 4: the original number, then the payload
}

// resend sends a packet that the client has missed once more, if a source's ring has it. A packet that was lost on its way
// to us as well comes by itself when it has been mended.
func (s *slot) resend(number uint16, now time.Time, r *resender) {
	c, out, ok := s.find(number, now)
	if !ok {
		return
	}
	p, ok := c.source.copy(out-c.out+c.in, c.epoch, r.buf[2:])
	if !ok {
		return
	}
	s.mu.Lock()
	note := &s.resent[int(out)%resentKept]
	note.times++
	note.at = now
	s.place(&c, &p, &r.header)
	payload := p.payload
	if s.repairSSRC != 0 {
		binary.BigEndian.PutUint16(r.buf[:], r.header.SequenceNumber)
		payload = r.buf[:2+len(p.payload)]
		r.header.SSRC, r.header.PayloadType, r.header.SequenceNumber = s.repairSSRC, s.repairType, s.repairSeq
		s.repairSeq++
	}
	w := s.writer
	s.mu.Unlock()
	if w != nil {
		_, _ = w.WriteRTP(&r.header, payload)
	}
}

// find finds the cut that a sent number belongs to; false: it was not sent, or again often or lately enough.
func (s *slot) find(number uint16, now time.Time) (c cut, out uint32, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out = s.last + uint32(int32(int16(number-uint16(s.last))))
	if !s.begun || int32(out-s.last) > 0 {
		return c, out, false
	}
	for _, other := range s.cuts {
		if other.source != nil && int32(out-other.out) >= 0 && (!ok || int32(other.out-c.out) > 0) {
			c, ok = other, true
		}
	}
	note := &s.resent[int(out)%resentKept]
	if note.seq != out {
		*note = resend{seq: out}
	}
	if note.times == maxResends || now.Sub(note.at) < max(s.peer.roundTrip()/2, minResend) {
		ok = false
	}
	return c, out, ok
}
