package sfu

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
)

const (
	reportEvery = time.Second
	// transportEvery is what browsers' senders expect between reports of arrivals; they estimate their line from it.
	transportEvery = 100 * time.Millisecond
	// maxCompound packets of at most 28 bytes stay within a datagram.
	maxCompound = 32
	// usualRoundTrip is believed until one is measured.
	usualRoundTrip = 100 * time.Millisecond
	maxRoundTrip   = 10 * time.Second
)

func (p *Peer) roundTrip() time.Duration {
	if trip := p.trip.Load(); trip != 0 {
		return time.Duration(trip)
	}
	return usualRoundTrip
}

// control sends RTCP; before and after the connection it does nothing.
func (p *Peer) control(packets ...rtcp.Packet) {
	if !p.live.Load() || p.closed.Load() {
		return
	}
	for part := range slices.Chunk(packets, maxCompound) {
		_ = p.pc.WriteRTCP(part) // what is lost is said again
	}
}

// arrived notes a packet for the client's bandwidth estimate.
func (p *Peer) arrived(h header, now time.Time) {
	p.arrivalsMu.Lock()
	defer p.arrivalsMu.Unlock()
	p.arrivals.Record(h.ssrc, h.transport, now.Sub(p.born).Microseconds())
}

// tick does what is due; one goroutine calls it.
func (p *Peer) tick(now time.Time) {
	p.overdue(now)
	if !p.live.Load() {
		return
	}
	p.mu.Lock()
	slots, sources := p.slots, p.sources // both are only appended to
	p.mu.Unlock()
	for _, src := range sources {
		src.tick(now)
	}
	if now.Sub(p.transportAt) >= transportEvery {
		p.transportAt = now
		p.arrivalsMu.Lock()
		feedback := p.arrivals.BuildFeedbackPacket()
		p.arrivalsMu.Unlock()
		p.control(feedback...)
	}
	var packets []rtcp.Packet
	for _, each := range slots {
		if sr := each.report(now); sr != nil {
			packets = append(packets, sr)
		}
	}
	if now.Sub(p.reportAt) >= reportEvery {
		p.reportAt = now
		packets = append(packets, p.receiverReport(sources, now))
	}
	p.control(packets...)
}

func (p *Peer) receiverReport(sources []*Source, now time.Time) *rtcp.ReceiverReport {
	rr := &rtcp.ReceiverReport{SSRC: p.ssrc}
	for _, src := range sources {
		if b, ok := src.block(now); ok {
			rr.Reports = append(rr.Reports, b)
		}
	}
	return rr
}

// report makes the slot's sender report when one is due: our clock, and the source's time on it as this slot shows it. So
// round trips can be measured, and the sound and picture of a person stay in step over every change. RFC 3550 section 6.4.1.
func (s *slot) report(now time.Time) *rtcp.SenderReport {
	s.mu.Lock()
	src, due := s.source, s.joined && now.Sub(s.reportAt) >= reportEvery
	s.mu.Unlock()
	if src == nil || !due {
		return nil
	}
	ts, epoch, ok := src.timeAt(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.cuts[s.lastCut]
	if !ok || !s.joined || c.source != src || c.epoch != epoch {
		return nil
	}
	s.reportAt = now
	return &rtcp.SenderReport{SSRC: s.ssrc, NTPTime: toNTP(now), RTPTime: ts + c.ts, PacketCount: s.packets, OctetCount: s.octets}
}

// askKeyFrame passes a request on to what is on the slot, if anything.
func (s *slot) askKeyFrame(now time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	src := s.source
	s.mu.Unlock()
	if src != nil {
		src.askKeyFrame(now)
	}
}
