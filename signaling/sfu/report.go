package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

// weakReportEvery is for lines on which every byte is the sound's.
const weakReportEvery = 3 * reportEvery

// heardFor is how long what a listener has reported counts: browsers report every few seconds.
const heardFor = 10 * time.Second

// timeAt returns the RTP time of an encoding at an instant of our clock, and its epoch; false: no report has said yet.
func (s *Source) timeAt(index int, now time.Time) (ts, epoch uint32, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &s.layers[index]
	if l.stats.report == 0 {
		return 0, 0, false
	}
	passed := now.Sub(s.peer.clock.ours(fromNTP(l.stats.report)))
	return l.stats.reportTS + uint32(int64(passed/time.Microsecond)*int64(rateOf(s.kind))/1e6), l.epoch, true
}

// reported takes what a sender report says of an encoding.
func (s *Source) reported(index int, ssrc uint32, ntp uint64, ts uint32, now time.Time) {
	s.peer.clock.see(fromNTP(ntp), now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := &s.layers[index]; ssrc == l.ssrc {
		l.stats.take(ntp, ts, now)
	}
}

// blocks appends the source's part of the next receiver report.
func (s *Source) blocks(now time.Time, into []rtcp.ReceptionReport) []rtcp.ReceptionReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.layers {
		l := &s.layers[i]
		if l.epoch != 0 && now.Sub(l.lastAt) > heardFor {
			continue // the sender has stopped it
		}
		if block, ok := l.stats.block(l.ssrc, now); ok {
			into = append(into, block)
		}
	}
	return into
}

// worstListener is the greatest loss, of 256, that a listener has of the source, and whether any listener's line bears no
// more than the least.
func (s *Source) worstListener() (lost uint8, lifeline bool) {
	now := time.Now()
	for _, each := range *s.slots.Load() {
		each.mu.Lock()
		if now.Sub(each.lostAt) < heardFor {
			lost = max(lost, each.lost)
		}
		each.mu.Unlock()
		lifeline = lifeline || rate.Step(each.peer.egress.step.Load()) == rate.Lifeline
	}
	return lost, lifeline
}

func (s *Source) loudness(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.level.mean(now)
}

// heard takes what the client reports to have lost of the slot, of 256.
func (s *slot) heard(lost uint8, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost, s.lostAt = lost, now
}

// forgetEvery is how often a slot looks whether those it has shown have left.
const forgetEvery = time.Second

// tick makes the slot's report when it is due. The peer's next tick of its egress sends those of all slots together.
func (s *slot) tick(_ *link.Batch, now time.Time) {
	if sr := s.report(now); sr != nil {
		s.peer.egress.reports = append(s.peer.egress.reports, sr)
	}
}

// report makes the slot's sender report when one is due: our clock, and the source's time on it as this slot shows it. So
// round trips can be measured, and the sound and picture of a person stay in step over every change. RFC 3550 section 6.4.1.
func (s *slot) report(now time.Time) *rtcp.SenderReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.forgotAt) >= forgetEvery {
		s.forgotAt = now
		s.cuts.forget()
	}
	every := reportEvery
	if rate.Step(s.peer.egress.step.Load()) >= rate.Sound {
		every = weakReportEvery
	}
	if !s.joined || now.Sub(s.reportAt) < every {
		return nil
	}
	c := s.cuts.now()
	ts, epoch, ok := c.source.timeAt(int(c.layer), now)
	if !ok || c.epoch != epoch {
		return nil
	}
	s.reportAt = now
	return &rtcp.SenderReport{SSRC: s.ssrc, NTPTime: toNTP(now), RTPTime: ts + c.ts, PacketCount: s.packets, OctetCount: s.octets}
}
