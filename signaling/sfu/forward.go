package sfu

import (
	"math/bits"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

// verdict is what became of a packet at a slot.
type verdict uint8

const (
	taken    verdict = iota // sent, or of no use here
	begins                  // the slot waits for a key frame of the packet's encoding
	switches                // so does it, and shows another encoding meanwhile
)

// forward sends a packet of src, unless the slot has to begin with its encoding and start does not say that it may be the
// beginning.
func (s *slot) forward(b *link.Batch, src *Source, p *packet, start bool, now time.Time) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source != src || !s.peer.live.Load() {
		return taken
	}
	if s.line.Kind == Audio {
		s.hear(b, src, p, now)
		return taken
	}
	target := int(s.target.Load())
	if target < 0 {
		return taken
	}
	c := s.cuts.now()
	on := s.joined && c.source == src
	switch {
	case on && c.layer == p.layer && c.epoch == p.epoch:
		s.pass(b, p, now)
		return taken
	case int(p.layer) != choose(target, p.flows):
		return taken
	case start:
		s.join(src, p, now)
		s.pass(b, p, now)
		return taken
	}
	s.waiting.Store(int32(p.layer))
	if now.Before(s.restAt) {
		return taken
	}
	if on && c.layer != p.layer && p.flows>>c.layer&1 != 0 {
		return switches
	}
	return begins
}

// choose picks the encoding nearest below the one wanted, of those that flow; the lowest above when there is none.
func choose(target int, flows uint8) int {
	if below := flows & (1<<(target+1) - 1); below != 0 {
		return bits.Len8(below) - 1
	}
	if flows != 0 {
		return bits.TrailingZeros8(flows)
	}
	return target
}

// join begins a cut at p. Time goes on by what has passed, so that what comes now is shown now, and by a fiftieth of a
// second at least.
func (s *slot) join(src *Source, p *packet, now time.Time) {
	ts := s.headTS
	if s.begun {
		elapsed := uint32(min(max(now.Sub(s.headAt), 0), time.Hour).Milliseconds()) * (s.clock / 1000)
		ts += max(elapsed-min(elapsed, p.behind), s.clock/50)
	}
	s.cuts.end(s.head)
	s.cuts.add(cut{
		source: src, layer: p.layer, epoch: p.epoch, in: p.seq, out: s.head + 1, ts: ts - p.ts,
		picture: s.picture + 1 - p.picture.id, level: s.level + 1 - p.picture.level,
	})
	s.joined, s.begun, s.reportAt = true, true, time.Time{} // the new relation of clocks is told at once
	s.tier, s.skipped = s.most, noPicture
	s.current.Store(int32(p.layer))
	s.waiting.Store(none)
}

// pass sends a packet of the picture that is shown, or leaves it out without a gap.
func (s *slot) pass(b *link.Batch, p *packet, now time.Time) {
	c := s.cuts.now()
	if int32(p.seq-c.in) < 0 || int32(c.number(p.seq)-s.head) <= 0 {
		s.late(b, p, now)
		return
	}
	out := c.number(p.seq)
	if p.picture.start {
		s.adapt(&p.picture)
	}
	if p.picture.key {
		s.keyTS = p.ts
	}
	sendNow := true
	if len(p.payload) > 0 && p.picture.tier <= s.tier && s.peer.egress.pacing.Load() {
		switch s.peer.egress.admit(s.describe(p, out), now) {
		case waits:
			sendNow = false
		case refused:
			if p.picture.tier == 0 { // nothing can follow but a key frame
				s.leave()
				s.restAt = now.Add(keyFrameEvery)
				return
			}
			s.leaveOut(p)
			return
		case passes:
		}
	}
	if len(p.payload) == 0 || p.picture.tier > s.tier {
		s.leaveOut(p)
		return
	}
	s.advance(c, p, now)
	if sendNow {
		s.place(b, c, p, rate.Video, now)
	}
}

// late sends a packet whose number, or a later one, was passed by: it was mended, or has overtaken. What would be left out
// fills its place.
func (s *slot) late(b *link.Batch, p *packet, now time.Time) {
	c := s.cuts.ofIn(s.source, p)
	if c == nil {
		return
	}
	q := *p
	if q.picture.tier > s.tier {
		q.payload, q.picture = nil, picture{}
	}
	if int32(c.number(q.seq)-s.head) > 0 { // nothing was sent since, only left out
		s.advance(c, &q, now)
	}
	s.place(b, c, &q, rate.Video, now)
}

// advance makes p the newest packet.
func (s *slot) advance(c *cut, p *packet, now time.Time) {
	s.head, s.headTS, s.headAt, s.whole = c.number(p.seq), p.ts+c.ts, now, p.marker
	if p.picture.idAt != 0 {
		s.picture = (p.picture.id + c.picture) & 0x7fff
	}
	if p.picture.levelAt != 0 {
		s.level = p.picture.level + c.level
	}
}

// adapt changes how many temporal layers are sent, at the beginning of a frame: fewer at any, more where the frame does not
// need those that were left out.
func (s *slot) adapt(p *picture) {
	switch {
	case p.key || s.tier > s.most:
		s.tier = s.most
	case p.tier > s.tier && p.tier <= s.most && p.sync:
		s.tier = p.tier
	}
}

// leaveOut takes p's number, and its picture's, for what comes next.
func (s *slot) leaveOut(p *packet) {
	first := p.picture.idAt != 0 && uint32(p.picture.id) != s.skipped
	if first {
		s.skipped = uint32(p.picture.id)
	}
	s.cuts.skip(p.seq, first)
}

// place writes the packet's numbers on this slot and sends it.
func (s *slot) place(b *link.Batch, c *cut, p *packet, kind rate.Kind, now time.Time) {
	p.picture.write(p.payload, p.picture.id+c.picture, p.picture.level+c.level)
	payloadType := s.formats.vp8
	if s.line.Kind == Audio {
		payloadType = s.formats.opus
	}
	s.write(b, c.number(p.seq), p.ts+c.ts, payloadType, p.marker, p.payload, kind, now)
}

// describe says to the pacer what a packet is.
func (s *slot) describe(p *packet, out uint32) parcel {
	return parcel{slot: s, out: out, Packet: rate.Packet{
		Size: len(p.payload) + wireOverhead, Stream: s.index, Frame: p.ts, Temporal: p.picture.tier, Key: p.ts == s.keyTS,
	}}
}

// deliver sends what has waited for the line. The packet comes from its source's ring.
func (s *slot) deliver(b *link.Batch, v parcel, buf []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cuts.ofOut(v.out)
	if c == nil || !s.joined || int32(v.out-s.head) > 0 {
		return
	}
	p, ok := c.source.copy(int(c.layer), v.out-c.out+c.in, c.epoch, buf[repairPrefix:])
	switch {
	case v.Repair && ok:
		s.repair(b, c, &p, buf, now)
	case !v.Repair && ok:
		s.place(b, c, &p, rate.Video, now)
	case !v.Repair: // it has waited for too long
		s.write(b, v.out, s.headTS, s.formats.vp8, false, nil, rate.Video, now)
	}
}

// fill sends padding in place of a packet that was dropped while it waited.
func (s *slot) fill(b *link.Batch, out uint32, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.joined && int32(out-s.head) <= 0 {
		s.write(b, out, s.headTS, s.formats.vp8, false, nil, rate.Probe, now)
	}
}
