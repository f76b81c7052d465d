package sfu

import (
	"encoding/binary"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// pictureResent and soundResent packets: more are not asked for within a second on a line that is of use.
	pictureResent = 128
	soundResent   = 32
	// maxResends of one packet: a line that loses it so often loses the next ones too.
	maxResends = 3
	// minResend is how soon the same packet is not sent again: the client has asked twice before the first repair came.
	minResend = 5 * time.Millisecond
	// soundRepairTrip: beyond it a repair of sound comes too late to be played, or makes the client wait for it.
	soundRepairTrip = 120 * time.Millisecond
)

type resend struct {
	seq   uint32
	times int
	at    time.Time
}

// resend sends a packet that the client has missed once more, if its source's ring has it. A packet that was lost on its way
// to us as well comes by itself when it has been mended.
func (s *slot) resend(b *link.Batch, number uint16, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line.Kind == Audio && s.peer.roundTrip() > soundRepairTrip {
		return
	}
	c, out := s.find(number, now)
	if c == nil {
		return
	}
	e := &s.peer.egress
	p, ok := c.source.copy(int(c.layer), out-c.out+c.in, c.epoch, e.repairBuf[repairPrefix:])
	if !ok {
		return
	}
	v := s.describe(&p, out)
	v.Repair = true
	if s.line.Kind == Video {
		if !e.affords(v.Size, now) {
			return
		}
		if e.pacing.Load() && e.admit(v, now) != passes {
			s.note(out, now)
			return
		}
	}
	s.note(out, now)
	s.repair(b, c, &p, e.repairBuf[:], now)
}

// note counts a repair.
func (s *slot) note(out uint32, now time.Time) {
	note := &s.resent[int(out)%len(s.resent)]
	note.times++
	note.at = now
}

// repairPrefix is the original number before the payload. RFC 4588 section 4.
const repairPrefix = 2

// repair sends p again; its payload stands in buf after repairPrefix bytes. It needs mu.
func (s *slot) repair(b *link.Batch, c *cut, p *packet, buf []byte, now time.Time) {
	if s.repairSSRC == 0 || len(p.payload) == 0 {
		s.place(b, c, p, rate.Repair, now)
		return
	}
	p.picture.write(p.payload, p.picture.id+c.picture, p.picture.level+c.level)
	binary.BigEndian.PutUint16(buf, uint16(c.number(p.seq)))
	s.emit(b, s.repairSSRC, s.repairNext, p.ts+c.ts, plain, s.formats.rtx, p.marker, buf[:repairPrefix+len(p.payload)], rate.Repair, now)
	s.repairNext++
}

// find finds the cut that a sent number belongs to; nil: it was not sent, stands for no single packet, or was sent again often
// or lately enough. It needs mu.
func (s *slot) find(number uint16, now time.Time) (*cut, uint32) {
	out := s.sent + uint32(int32(int16(number-uint16(s.sent))))
	if !s.begun || int32(out-s.sent) > 0 {
		return nil, out
	}
	c := s.cuts.ofOut(out)
	note := &s.resent[int(out)%len(s.resent)]
	if note.seq != out {
		*note = resend{seq: out}
	}
	if note.times > 0 {
		s.peer.egress.repeated.Add(1)
	}
	if note.times == maxResends || note.times > 0 && now.Sub(note.at) < max(s.peer.roundTrip()/2, minResend) {
		return nil, out
	}
	return c, out
}
