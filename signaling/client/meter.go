package client

import (
	"slices"
	"sync/atomic"
	"time"
)

// Meter counts what loads receive. Many clients may share one. Its methods may be called from any goroutine.
type Meter struct {
	Sound, Sight Count
	Repairs      atomic.Uint64 // retransmissions; what they bring is counted where it belongs
	Sent         atomic.Uint64 // by those who send
}

// Count counts packets of one kind.
type Count struct {
	Expected, Received, Bytes atomic.Uint64 // Expected: by their numbers
	delays                    [mostDelay/delayStep + 1]atomic.Uint64
}

// Delays are counted in steps up to a bound; what takes longer counts as that.
const (
	delayStep = 10 * time.Microsecond
	mostDelay = 200 * time.Millisecond
)

func (c *Count) delay(d time.Duration) {
	c.delays[min(max(d, 0), mostDelay)/delayStep].Add(1)
}

// Reading is what a Meter has counted in some time.
type Reading struct {
	Sound, Sight  Counted
	Repairs, Sent uint64
}

// Counted is what a Count has counted in some time.
type Counted struct {
	Expected, Received, Bytes uint64
	delays                    []uint64
}

// Read returns all that has been counted so far.
func (m *Meter) Read() Reading {
	return Reading{Sound: m.Sound.read(), Sight: m.Sight.read(), Repairs: m.Repairs.Load(), Sent: m.Sent.Load()}
}

func (c *Count) read() Counted {
	r := Counted{Expected: c.Expected.Load(), Received: c.Received.Load(), Bytes: c.Bytes.Load(), delays: make([]uint64, len(c.delays))}
	for i := range c.delays {
		r.delays[i] = c.delays[i].Load()
	}
	return r
}

// Since returns what has been counted after before was read.
func (r Reading) Since(before Reading) Reading {
	return Reading{
		Sound: r.Sound.since(before.Sound), Sight: r.Sight.since(before.Sight), Repairs: r.Repairs - before.Repairs, Sent: r.Sent - before.Sent,
	}
}

func (c Counted) since(before Counted) Counted {
	out := Counted{
		Expected: c.Expected - before.Expected, Received: c.Received - before.Received, Bytes: c.Bytes - before.Bytes, delays: slices.Clone(c.delays),
	}
	for i := range before.delays {
		out.delays[i] -= before.delays[i]
	}
	return out
}

// Packets sums sound and sight.
func (r Reading) Packets() uint64 { return r.Sound.Received + r.Sight.Received }

// Loss is the share of what was expected that has not come.
func (r Reading) Loss() float64 {
	return lost(r.Sound.Expected+r.Sight.Expected, r.Sound.Received+r.Sight.Received)
}

// Loss is the share of what was expected that has not come.
func (c Counted) Loss() float64 { return lost(c.Expected, c.Received) }

func lost(expected, received uint64) float64 {
	if received >= expected {
		return 0
	}
	return float64(expected-received) / float64(expected)
}

// Delay is how long that share of all packets took at most, from the sender's call to the receiver's socket being read.
func (r Reading) Delay(share float64) time.Duration {
	both := slices.Clone(r.Sound.delays)
	for i, n := range r.Sight.delays {
		both[i] += n
	}
	return Counted{delays: both}.Delay(share)
}

// Delay is how long that share of the packets took at most.
func (c Counted) Delay(share float64) time.Duration {
	all := uint64(0)
	for _, n := range c.delays {
		all += n
	}
	for i, below := 0, uint64(0); i < len(c.delays); i++ {
		if below += c.delays[i]; all > 0 && float64(below) >= share*float64(all) {
			return time.Duration(i) * delayStep
		}
	}
	return 0
}
