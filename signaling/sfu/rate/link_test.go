package rate

import (
	"math/rand/v2"
	"time"
)

// link is one direction of a simulated line: a rate with a queue before it, a way, and loss.
type link struct {
	rate   func(t time.Duration) int // bit/s
	most   time.Duration             // of queue, at the rate that holds
	delay  time.Duration
	jitter time.Duration
	lose   func(t time.Duration) bool
	queue  []flying
	bytes  int
	credit float64
}

// flying is a packet on its way.
type flying struct {
	number uint16
	size   int
	kind   Kind
	at     time.Time // of sending
	frame  uint32

	feedback []byte // up the line
}

func steady(bps int) func(time.Duration) int { return func(time.Duration) int { return bps } }

func (l *link) put(t time.Duration, f flying) {
	if l.lose != nil && l.lose(t) {
		return
	}
	if float64((l.bytes+f.size)*8)/float64(l.rate(t)) > l.most.Seconds() {
		return
	}
	l.queue, l.bytes = append(l.queue, f), l.bytes+f.size
}

// step lets a millisecond pass and returns what comes out of the queue.
func (l *link) step(t time.Duration) []flying {
	rate := l.rate(t)
	l.credit = min(l.credit+float64(rate)/8000, max(float64(rate)/4000, 1500))
	n := 0
	for n < len(l.queue) && l.credit >= float64(l.queue[n].size) {
		l.credit -= float64(l.queue[n].size)
		l.bytes -= l.queue[n].size
		n++
	}
	out := l.queue[:n]
	l.queue = l.queue[n:]
	return out
}

func (l *link) wait(t time.Duration) time.Duration {
	return time.Duration(float64(l.bytes*8) / float64(l.rate(t)) * float64(time.Second))
}

// random loses packets independently.
func random(share float64, seed uint64) func(time.Duration) bool {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(time.Duration) bool { return r.Float64() < share }
}

// bursts is the model of Gilbert and Elliott: toBad and toGood are the chances of a change at a packet.
func bursts(toBad, toGood, lossBad, lossGood float64, seed uint64) func(time.Duration) bool {
	r, bad := rand.New(rand.NewPCG(seed, 2)), false
	return func(time.Duration) bool {
		if bad {
			bad = r.Float64() >= toGood
		} else {
			bad = r.Float64() < toBad
		}
		if bad {
			return r.Float64() < lossBad
		}
		return r.Float64() < lossGood
	}
}

// climb carries what the client sends up its line.
func (s *sim) climb() {
	if s.up == nil {
		return
	}
	for s.uploaded += float64(s.upload(s.t)) / 8000; s.uploaded >= 1000; s.uploaded -= 1000 {
		s.up.put(s.t, flying{size: 1000})
	}
	for _, f := range s.up.step(s.t) {
		if f.feedback != nil {
			s.toServer = append(s.toServer, arrival{at: s.now().Add(s.up.delay), b: f.feedback})
		}
	}
}
