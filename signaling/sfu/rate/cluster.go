package rate

import "time"

const (
	// clusterGap without padding ends a probe.
	clusterGap = 70 * time.Millisecond
	// burst is sent at one go: its first packets say nothing about a rate.
	burst = 4 * time.Millisecond
	// shaperDepth is what a line's shaper lets through at once after a pause: it says nothing either.
	shaperDepth = 1500
	// busyGap is longer than the lines worth probing take for a packet of padding.
	busyGap = 40 * time.Millisecond
	// leastCluster is how many packets must have come to tell a rate from.
	leastCluster = 5
)

// cluster measures a probe: how fast it was sent and how fast it came, everything sent meanwhile included.
type cluster struct {
	open           bool
	first, last    time.Time // when the first burst was sent of which anything came, and the last padding
	bytes, tail    int       // after the first burst, up to the last padding; what was sent since
	sent, came     int       // packets
	from, to       time.Duration
	tailTo         time.Duration
	tailN, tailAll int
	gap            time.Duration // the longest in which nothing came
	skipped        int
}

// result is what a probe has found.
type result struct {
	sent, came int     // bit/s
	lost       float64 // of its packets
}

// add takes a fate; a result when the probe is over and tells something.
func (c *cluster) add(a Acked) (r result, ok bool) {
	if c.open && a.Sent.Sub(c.last) > clusterGap {
		r, ok = c.end()
	}
	switch {
	case a.Late:
		if c.open && !a.Sent.Before(c.first) && !a.Sent.After(c.last) { // it was counted as lost
			c.came, c.bytes = c.came+1, c.bytes+a.Size
		}
	case a.Kind == Probe && !c.open:
		*c = cluster{open: true, first: a.Sent, last: a.Sent}
		c.count(a)
		c.settle()
	case c.open:
		c.count(a)
		if a.Kind == Probe {
			c.last = a.Sent
			c.settle()
		}
	}
	return r, ok
}

func (c *cluster) count(a Acked) {
	c.tailAll++
	if a.Lost {
		return
	}
	c.tailN++
	if c.skipped < shaperDepth || a.Sent.Sub(c.first) <= burst {
		c.skipped += a.Size
		c.first, c.from, c.tailTo = a.Sent, a.Arrived, a.Arrived
		return
	}
	c.tail += a.Size
	c.gap = max(c.gap, a.Arrived-c.tailTo)
	c.tailTo = max(c.tailTo, a.Arrived)
}

// settle takes what came since the last padding into the probe.
func (c *cluster) settle() {
	c.bytes, c.sent, c.came = c.bytes+c.tail, c.sent+c.tailAll, c.came+c.tailN
	c.to = c.tailTo
	c.tail, c.tailAll, c.tailN = 0, 0, 0
}

func (c *cluster) end() (result, bool) {
	c.open = false
	r := result{sent: bitrate(c.bytes, c.last.Sub(c.first)), came: bitrate(c.bytes, c.to-c.from)}
	r.lost = 1 - float64(c.came)/float64(max(c.sent, 1))
	if c.to-c.from < leastSpan && c.to > c.from {
		r.came = r.sent // it came in a heap: radio, or a queue that has just gone
	}
	if c.gap > busyGap && 2*c.gap > c.to-c.from && 4*r.came < 3*r.sent {
		return r, false // the client's machine was busy, and then it came in a heap: the line may carry more
	}
	return r, c.came >= leastCluster && c.came*5 >= c.sent*3 && r.sent > 0 && r.came > 0
}
