package rate

import "time"

const (
	// creep is how fast the least delay seen is doubted: ten times what clocks drift, and too slow to hide a queue of ours.
	creep = time.Millisecond // per second
	// leap is growth no queue explains: the client's clock was set, or the line stood still and has come back.
	leap = 5 * time.Second
)

// delayLine tells queueing from the way itself: what a packet took beyond the fastest one. The two clocks differ by an
// unknown constant, which the fastest packet holds too. The least of a window counts, so that a burst or a radio's jitter
// is no queue; a queue is what even the luckiest packet waits for.
type delayLine struct {
	known bool
	base  time.Duration // the fastest way so far, slowly growing
	least time.Duration // of this window
	any   bool
}

func (l *delayLine) add(took time.Duration) {
	if !l.known || took < l.base || took > l.base+leap {
		l.known, l.base, l.any = true, took, false
	}
	if !l.any || took < l.least {
		l.any, l.least = true, took
	}
}

// close ends the window and returns the queue in it; false: nothing has come.
func (l *delayLine) close(passed time.Duration) (time.Duration, bool) {
	l.base += time.Duration(float64(creep) * min(passed, time.Minute).Seconds())
	if !l.any {
		return 0, false
	}
	l.any = false
	return max(l.least-l.base, 0), true
}

// accept takes the queue for a longer way: it does not answer to what we send.
func (l *delayLine) accept(queue time.Duration) { l.base += queue }
