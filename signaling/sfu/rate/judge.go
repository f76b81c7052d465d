package rate

import "time"

// judge looks at the window that has just ended and changes the rate: down when the line is full, less than it carries
// while a queue of ours drains, else up as far as there is evidence.
func (e *Estimator) judge(now time.Time, passed time.Duration) {
	recent := e.meter.sum(now, time.Second, 2)
	two := e.meter.sum(now, 2*time.Second, windowsKept)
	loss, queue := share(two.lost, two.total), max(e.queue, e.backlogQueue())
	if loss > congestedLoss && e.repeats.value() > congestedRepeats {
		if e.lossySince.IsZero() {
			e.lossySince = now.Add(-passed)
		}
	} else {
		e.lossySince = time.Time{}
	}
	lossy := !e.lossySince.IsZero() && now.Sub(e.lossySince) >= lossyFor
	rising := e.queue > e.before+2*time.Millisecond || queue > 2*congestedQueue && !e.draining
	switch {
	case lossy || queue > congestedQueue && rising:
		e.congested(recent, queue, lossy, now)
	case e.draining:
		e.drain(queue, loss, now)
	case recent.total == 0: // nothing is learned from silence
	case e.trial.runs(now):
	case e.tried(two, queue, now):
	case queue < drainedQueue && loss <= congestedLoss:
		e.grow(recent.offered(), loss, queue, passed, now)
	}
}

// congested: what has come is what the line carries. A flow far below the rate says nothing about it; then the queue may
// be other people's, and the rate gives way by steps instead.
func (e *Estimator) congested(w window, queue time.Duration, lossy bool, now time.Time) {
	came := w.delivered()
	if last := e.meter.sum(now, time.Second, 1).delivered(); last > 0 {
		came = min(came, last) // the window before may have been of a better line
	}
	if came == 0 {
		return
	}
	rate := drainFactor(queue) * float64(came)
	if w.offered() > 0 && 2*w.offered() < e.rate {
		rate = max(rate, backOff*float64(e.rate))
		e.drainOurs = false
	} else {
		e.drainOurs = true
		e.capacity = came
		e.forget(came)
	}
	if !e.draining || queue < e.drainLow {
		e.drainLow, e.drainAt = queue, now
	}
	e.fullAt, e.draining = now, !lossy || queue > drainedQueue
	e.set(min(e.rate, int(rate)), now)
	if lossy {
		e.lossySince = time.Time{} // the cut has to show first
	}
}

// drainFactor is how much of what the line carries is sent while a queue drains: the longer the queue the less, so that
// it is gone in a second and a half.
func drainFactor(queue time.Duration) float64 {
	return min(max(1-queue.Seconds()/1.5, 0.4), backOff)
}

// drain keeps below what the line carries until the queue is gone.
func (e *Estimator) drain(queue time.Duration, loss float64, now time.Time) {
	if queue < drainedQueue {
		e.draining = false
		if e.drainOurs {
			e.set(max(e.rate, int(restored*float64(e.capacity))), now)
		}
		return
	}
	if queue < e.drainLow-calmQueue {
		e.drainLow, e.drainAt = queue, now
	}
	if now.Sub(e.drainAt) > drainTries && loss < congestedLoss/2 && e.backlogQueue() < drainedQueue {
		e.delay.accept(e.queue)
		e.draining, e.queue = false, 0
		return
	}
	if !e.drainOurs {
		return // what comes is what we send, not what the line carries
	}
	if came := e.meter.sum(now, time.Second, 1).delivered(); came > 0 {
		e.capacity += (came - e.capacity) / 2 // as long as packets wait the line is full
	}
	e.set(min(e.rate, int(drainFactor(queue)*float64(e.capacity))), now)
}

// grow goes up as far as what has been carried allows, and quickly on a line that shows no sign of load.
func (e *Estimator) grow(offered int, loss float64, queue, passed time.Duration, now time.Time) {
	most := e.most(now)
	limit := most
	if offered > most*2/3 {
		limit = int(headroom * float64(most)) // else what is sent says nothing of what lies beyond
	}
	if e.rate >= limit {
		return
	}
	rate := float64(e.rate)
	near := e.capacity > 0 && now.Sub(e.fullAt) < 3*wary && e.rate > e.capacity*3/4 && e.rate < e.capacity*5/4
	switch {
	case e.quiet(now) && queue < calmQueue && loss < 0.02 && rate < quickly*float64(most):
		rate = min(headroom*rate, quickly*float64(most))
	case near:
		rate *= 1 + nearGrowth*passed.Seconds()
	default:
		rate *= 1 + farGrowth*passed.Seconds()
	}
	// What came for a second without a queue is carried; only what is beyond has to be felt for.
	rate = max(rate, 0.9*float64(most))
	e.set(min(int(rate), limit), now)
}

// probed takes the result of a probe. Padding that came about as fast as it was sent is evidence like anything carried.
func (e *Estimator) probed(r result, now time.Time) {
	carried := min(r.sent, r.came)
	if 4*r.came < 3*r.sent {
		e.probeFull = now
	}
	two := e.meter.sum(now, 2*time.Second, windowsKept)
	switch {
	case 10*r.came < 6*r.sent && r.came < e.rate:
		// It came far slower than sent, and than the rate: the line is narrower than thought.
		e.capacity, e.fullAt = r.came, now
		e.forget(r.came)
		e.set(int(0.95*float64(r.came)), now)
	case r.lost > max(congestedLoss, 2*two.worst()):
		e.capacity, e.fullAt = carried, now
	case e.draining || e.trial.rate > 0 || e.queue > drainedQueue:
	default:
		e.evidence(carried, now)
		e.set(max(e.rate, carried), now)
	}
}
