package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/sound"
)

// unwrap takes a redundant packet of sound apart (RFC 2198): its own frame goes on, the frames of packets before it stand in
// for those that are missing.
func (s *Source) unwrap(b *link.Batch, o origin, h *header, now time.Time) {
	n, ok := sound.SplitRED(h.payload, &s.redundant)
	if !ok || s.redundant[n-1].PayloadType != o.line.formats.opus {
		return
	}
	own := *h
	own.payload = s.redundant[n-1].Data
	for i, block := range s.redundant[:n-1] {
		old := *h
		old.seq, old.ts, old.payload, old.marker, old.hasLevel = h.seq-uint16(n-1-i), h.ts-uint32(block.Offset), block.Data, false, false
		if block.PayloadType == o.line.formats.opus && s.lacks(&old, h.seq) {
			s.take(b, 0, &old, true, now)
		}
	}
	s.take(b, 0, &own, false, now)
}

// lacks reports whether the frame that a later packet repeats has not come. A client may leave frames out of a packet, so the
// number is only believed when its neighbours' times agree.
func (s *Source) lacks(old *header, later uint16) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.layers[0]
	if l.epoch == 0 || l.ssrc != old.ssrc || int16(later-uint16(l.highest)) > maxDropout {
		return false
	}
	seq := l.highest + uint32(int32(int16(old.seq-uint16(l.highest))))
	if c := l.ring.at(seq); c.held && c.seq == seq && c.epoch == l.epoch {
		return false
	}
	before, after := l.ring.at(seq-1), l.ring.at(seq+1)
	return !(before.held && before.seq == seq-1 && before.epoch == l.epoch && int32(old.ts-before.ts) <= 0) &&
		!(after.held && after.seq == seq+1 && after.epoch == l.epoch && int32(after.ts-old.ts) <= 0)
}
