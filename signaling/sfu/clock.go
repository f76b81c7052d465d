package sfu

import (
	"sync"
	"time"
)

// ntpEpoch is 1900 in Unix seconds. RFC 3550 section 4.
const ntpEpoch = 2208988800

// toNTP turns an instant into NTP's 32.32 seconds since 1900.
func toNTP(t time.Time) uint64 {
	seconds := uint64(t.Unix() + ntpEpoch)
	return seconds<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

func fromNTP(ntp uint64) time.Time {
	return time.Unix(int64(ntp>>32)-ntpEpoch, int64((ntp&0xffffffff)*uint64(time.Second)>>32))
}

// middle is the part of an NTP time that reports carry: 16.16 seconds.
func middle(ntp uint64) uint32 { return uint32(ntp >> 16) }

// fromMiddle turns 16.16 seconds into a duration.
func fromMiddle(d uint32) time.Duration {
	return time.Duration(uint64(d) * uint64(time.Second) >> 16)
}

// clock relates a client's clock, as its sender reports tell it, to ours. One clock for sound and picture keeps lips in
// step at the listener. Safe for concurrent use.
type clock struct {
	mu     sync.Mutex
	known  bool
	offset time.Duration // ours minus the client's
}

// creep is the share of a slower report that is believed: clocks drift, queues only delay.
const creep = 64

// jump is a difference that no queue explains: the client's clock was set.
const jump = 5 * time.Second

// see learns from a report that said theirs and came at ours. The fastest way so far is nearest the truth.
func (c *clock) see(theirs, ours time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := ours.Sub(theirs)
	if !c.known || d < c.offset || d > c.offset+jump {
		c.known, c.offset = true, d
		return
	}
	c.offset += (d - c.offset) / creep
}

// ours turns an instant of the client's clock into one of ours.
func (c *clock) ours(theirs time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return theirs.Add(c.offset)
}
