package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
	"github.com/samtale/samtale/signaling/sfu/sound"
)

const (
	// frameSamples are in a frame of 20 ms. Three of them in a packet take a third of the headers, and are as much as a listener
	// forgives to lose.
	frameSamples = 960
	// packedWait is how long a packet waits for frames that do not come.
	packedWait = 60 * time.Millisecond
)

// protection is how the sound of a listener is put together.
type protection struct {
	distance int // how many earlier packets go beside each (RED)
	frames   int // in a packet
}

func (p protection) packs() bool { return p.frames > 1 }

// voice puts the sound of one slot together. It belongs to the slot and its mutex.
type voice struct {
	red     sound.REDEncoder
	packer  sound.Packer
	marker  bool      // of a frame that waits
	since   time.Time // the first frame that waits came
	packet  [sound.MaxPayload]byte
	payload [maxPayload + sound.MaxPayload]byte
}

// hear sends sound. It needs mu.
func (s *slot) hear(b *link.Batch, src *Source, p *packet, now time.Time) {
	c := s.cuts.now()
	if !s.joined || c.source != src || c.epoch != p.epoch {
		if s.silenced {
			return
		}
		s.join(src, p, now)
		if s.voice != nil {
			s.voice.red.Reset()
			s.voice.packer.Reset()
		}
		c = s.cuts.now()
	}
	mode := s.peer.egress.protection()
	if (mode.packs() || mode.distance > 0) && s.voice == nil {
		s.voice = &voice{}
	}
	newest := int32(p.seq-c.in) >= 0 && (c.packed || int32(c.number(p.seq)-s.head) > 0)
	if newest && c.packed != mode.packs() {
		c = s.repack(b, p, mode, now)
	}
	switch {
	case !newest: // mended, or has overtaken: what was packed meanwhile has gone
		if c = s.cuts.ofIn(src, p); c != nil && int32(c.number(p.seq)-s.head) <= 0 {
			s.place(b, c, p, rate.Audio, now)
		}
	case c.packed:
		s.pack(b, c, p, mode, now)
	case s.silenced || len(p.payload) == 0:
		s.cuts.skip(p.seq, false)
	default:
		s.say(b, c.number(p.seq), p.ts+c.ts, p.marker, p.payload, mode, now)
	}
}

// repack begins or ends the packing. Numbers go on; time does not change.
func (s *slot) repack(b *link.Batch, p *packet, mode protection, now time.Time) *cut {
	s.flush(b, mode, now)
	next := *s.cuts.now()
	s.cuts.now().end, s.cuts.now().ended = p.seq, true
	next.packed, next.in, next.out, next.ended = mode.packs(), p.seq, s.head+1, false
	return s.cuts.add(next)
}

// pack gathers frames and sends what is complete.
func (s *slot) pack(b *link.Batch, c *cut, p *packet, mode protection, now time.Time) {
	v := s.voice
	switch {
	case s.silenced:
		s.flush(b, mode, now)
		c.in = p.seq + 1
		return
	case len(p.payload) == 0:
		return
	}
	c.in = p.seq + 1
	if !v.packer.Add(p.seq, p.ts, p.payload) {
		s.flush(b, mode, now)
		if !v.packer.Add(p.seq, p.ts, p.payload) {
			s.say(b, s.head+1, p.ts+c.ts, p.marker, p.payload, mode, now)
			return
		}
	}
	if v.since.IsZero() {
		v.since = now
	}
	v.marker = v.marker || p.marker
	if v.packer.Ready(mode.frames * frameSamples) {
		s.flush(b, mode, now)
	}
}

// flush sends the frames that wait.
func (s *slot) flush(b *link.Batch, mode protection, now time.Time) {
	v := s.voice
	if v == nil {
		return
	}
	if packed, ts, ok := v.packer.Flush(v.packet[:0]); ok && s.joined {
		s.say(b, s.head+1, ts+s.cuts.now().ts, v.marker, packed, mode, now)
	}
	v.marker, v.since = false, time.Time{}
}

// say sends one packet of sound, the newest, with earlier ones beside it where the line loses some.
func (s *slot) say(b *link.Batch, out, ts uint32, marker bool, frame []byte, mode protection, now time.Time) {
	s.head, s.headTS, s.headAt = out, ts, now
	payloadType, payload := s.formats.opus, frame
	switch {
	case s.voice == nil:
	case mode.distance > 0 && s.formats.red != 0:
		payload = s.voice.red.Encode(s.voice.payload[:0], ts, frame, s.formats.opus, mode.distance)
		payloadType = s.formats.red
	default:
		s.voice.red.Reset()
	}
	s.write(b, out, ts, payloadType, marker, payload, rate.Audio, now)
}

// expire sends frames that wait for others which do not come: the talker has gone or fallen silent.
func (s *slot) expire(b *link.Batch, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.voice; v != nil && !v.since.IsZero() && now.Sub(v.since) > packedWait {
		s.flush(b, s.peer.egress.protection(), now)
	}
}
