package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// reception counts what came of one SSRC, for the reports to its sender. RFC 3550 appendix A.3 and A.8. Repairs do not
// count: the sender is to know what its line loses. Not safe for concurrent use.
type reception struct {
	base, highest   uint32 // extended sequence numbers
	received        uint32
	expectedBefore  uint32
	receivedBefore  uint32
	transit, jitter float64 // RTP units
	started         bool
	report          uint64 // NTP time of the last sender report; 0: none
	reportTS        uint32 // its RTP time
	reportAt        time.Time
}

func (r *reception) count(seq, ts uint32, now time.Time, rate uint32) {
	if !r.started || int32(seq-r.highest) > 0 {
		r.highest = seq
	}
	if int32(seq-r.base) < 0 {
		r.base = seq
	}
	r.received++
	transit := float64(now.UnixMicro())*float64(rate)/1e6 - float64(ts)
	if d := transit - r.transit; r.started && d < float64(rate) && d > -float64(rate) { // else the timestamp has wrapped or jumped
		r.jitter += (max(d, -d) - r.jitter) / 16
	}
	r.transit, r.started = transit, true
}

// take keeps what a sender report says: which RTP time it is at an instant of the sender's clock.
func (r *reception) take(ntp uint64, ts uint32, now time.Time) {
	r.report, r.reportTS, r.reportAt = ntp, ts, now
}

// block makes the next report block; false: nothing has come yet.
func (r *reception) block(ssrc uint32, now time.Time) (rtcp.ReceptionReport, bool) {
	if !r.started {
		return rtcp.ReceptionReport{}, false
	}
	expected := r.highest - r.base + 1
	b := rtcp.ReceptionReport{SSRC: ssrc, LastSequenceNumber: r.highest, Jitter: uint32(r.jitter)}
	if expected > r.received {
		b.TotalLost = min(expected-r.received, 1<<23-1)
	}
	if wanted, got := expected-r.expectedBefore, r.received-r.receivedBefore; wanted > 0 && wanted > got {
		b.FractionLost = uint8(min((wanted-got)*256/wanted, 255))
	}
	r.expectedBefore, r.receivedBefore = expected, r.received
	if r.report != 0 {
		b.LastSenderReport = middle(r.report)
		b.Delay = uint32(now.Sub(r.reportAt) * 65536 / time.Second)
	}
	return b, true
}

const (
	// levelWindow is how far back loudness looks: shorter follows syllables, longer misses answers.
	levelWindow = 400 * time.Millisecond
	levelsKept  = 20 // one for each 20 ms packet of the window
)

// loudness keeps the audio levels of the last packets. Not safe for concurrent use.
type loudness struct {
	levels [levelsKept]uint8
	at     [levelsKept]time.Time
	next   int
}

func (l *loudness) add(level uint8, now time.Time) {
	l.levels[l.next], l.at[l.next] = level, now
	l.next = (l.next + 1) % levelsKept
}

// mean is 0 silent … 127 loudest.
func (l *loudness) mean(now time.Time) int {
	sum, n := 0, 0
	for i, level := range l.levels {
		if now.Sub(l.at[i]) < levelWindow {
			sum += 127 - int(level)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}
