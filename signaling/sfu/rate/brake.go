package rate

import "time"

const (
	// Packets that wait longer and longer, from risingFrom by risingBy more over risingSpan of arrivals and no less than
	// risingPackets, are a queue that grows. Jitter is less, and a machine that was busy for a moment takes what has come
	// meanwhile in a heap, whose last packet has not waited.
	risingFrom    = 40 * time.Millisecond
	risingBy      = 80 * time.Millisecond
	risingSpan    = 60 * time.Millisecond
	risingPackets = 4
	// risingShare of the rate and less is a line that has become another one; a queue before the rest drains by itself.
	risingShare = 0.6
)

// rise watches the packets that come one after the other through a queue. While one stands, the line is full, so the
// distances of what comes out of it tell what it carries.
type rise struct {
	from, to    time.Duration // of arrival
	first, last time.Duration // waited
	bytes       int           // after the first
	packets     int
}

// add takes a packet that waited so long.
func (r *rise) add(a Acked, waited time.Duration) {
	switch {
	case waited < risingFrom:
		*r = rise{}
	case r.packets == 0 || a.Arrived < r.to:
		*r = rise{from: a.Arrived, to: a.Arrived, first: waited, last: waited, packets: 1}
	default:
		r.to, r.last = a.Arrived, waited
		r.bytes += a.Size
		r.packets++
	}
}

// carries is what the line carries when a queue has shown itself; else 0. It is asked after a whole feedback, because only
// the last packet of a heap tells.
func (r *rise) carries() int {
	span := r.to - r.from
	if r.packets < risingPackets || span < risingSpan || r.last < r.first+risingBy {
		return 0
	}
	return int(float64(r.bytes) * 8 / span.Seconds())
}

// brake stops what a window would be too late for: when the line has suddenly become much narrower, each tenth of a second
// of pictures is a second of queue before the sound.
func (e *Estimator) brake(now time.Time) {
	came := e.rise.carries()
	if came == 0 || e.draining || float64(came) > risingShare*float64(e.rate) {
		return
	}
	e.braked, e.draining, e.drainOurs = true, true, true
	e.capacity, e.fullAt = came, now
	e.queue, e.drainLow, e.drainAt = e.rise.last, e.rise.last, now
	e.forget(came)
	e.set(int(drainFactor(e.rise.last)*float64(came)), now)
}
