package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

// maxPadding is how many bytes the last of them can count. RFC 3550 section 5.1.
const maxPadding = 255

// padding is sent to learn what a line takes, and its last byte in place of packets that were left out.
var (
	padding = [maxPadding]byte{maxPadding - 1: maxPadding}
	filler  = [1]byte{1}
)

// pad sends padding while the line is probed, as much as the pace leaves.
func (e *egress) pad(b *link.Batch, now time.Time) {
	e.mu.Lock()
	spare := 0
	if e.probing {
		spare = e.pacer.Spare(now)
	}
	e.mu.Unlock()
	const size = maxPadding + wireOverhead
	if spare < size/2 {
		return
	}
	for _, each := range *e.slots.Load() {
		if each.line.Kind != Video || each.transport == 0 {
			continue
		}
		for spare >= size/2 && each.pad(b, now) {
			e.mu.Lock()
			e.pacer.Charge(size, now)
			e.mu.Unlock()
			spare -= size
		}
		if spare < size/2 {
			return
		}
	}
}

// pad sends a packet of padding, on the stream of repairs if there is one, else between two frames. It reports false when
// it cannot.
func (s *slot) pad(b *link.Batch, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.repairSSRC != 0 {
		s.emit(b, s.repairSSRC, s.repairNext, s.headTS, padded, s.formats.rtx, false, padding[:], rate.Probe, now)
		s.repairNext++
		return true
	}
	if !s.joined || !s.whole || s.head != s.sent {
		return false
	}
	c := s.cuts.now()
	next := *c
	next.in, next.out = s.head-c.out+c.in+1, s.head+2
	c.end, c.ended = next.in, true
	s.cuts.add(next)
	s.head++
	s.sent = s.head
	s.emit(b, s.ssrc, s.head, s.headTS, padded, s.formats.vp8, false, padding[:], rate.Probe, now)
	return true
}
