package rate

import "time"

const (
	// reportKept is how long a receiver report counts: they come every five seconds, and one may be lost.
	reportKept = 12 * time.Second
	// usualFeedback is how often feedback comes before anything is known.
	usualFeedback = 100 * time.Millisecond
	// overdue is feedback that comes so much later than the one after the next should have.
	overdue = 100 * time.Millisecond
	// stallCut is how often a silent line's rate is halved.
	stallCut = time.Second
	// stallFloor is where that ends: sound goes on anyway, and the line may come back as it was.
	stallFloor = 40_000
)

// feedback knows how late and how often feedback comes, to tell a stalled line from a slow one.
type feedback struct {
	origin   time.Time
	last     time.Time
	lag      time.Duration // from sending a packet to hearing of it
	interval time.Duration
	cutAt    time.Time
}

func (f *feedback) came(newest Acked, now time.Time) {
	lag := now.Sub(newest.Sent)
	if f.last.IsZero() {
		f.origin, f.lag, f.interval = now, lag, usualFeedback
	} else if passed := now.Sub(f.last); passed < maxSpan {
		f.interval += (passed - f.interval) / 8
		f.lag += (lag - f.lag) / 8
	}
	f.last = now
}

// silence judges how long the oldest packet has been waited for. Losing a feedback or three is usual on a lossy line.
func (e *Estimator) silence(waiting time.Duration, now time.Time) {
	f := &e.feedback
	if f.last.IsZero() || now.Sub(f.last) > reportKept {
		e.stall, e.blind = 0, false // feedback has never come, or ended: receiver reports judge
		return
	}
	e.blind = waiting > f.lag+2*f.interval+overdue
	e.stall = max(waiting-f.lag-4*f.interval-usualFeedback, 0)
	if e.stall > 2*congestedQueue && now.Sub(f.cutAt) >= stallCut {
		f.cutAt, e.fullAt = now, now
		e.set(max(e.rate/2, min(e.rate, stallFloor)), now)
	}
}

// Backlog says how many bytes wait in the line's TCP connection; call it at each tick. What never goes below some amount is
// a queue, and then what comes is what the connection carries.
func (e *Estimator) Backlog(bytes int, now time.Time) {
	if e.backlog.add(max(bytes, 0), now) && e.backlogQueue() > 2*congestedQueue && now.Sub(e.fullAt) >= windowLength {
		e.fullAt = now
		e.set(int(backOff*float64(e.rate)), now)
	}
}

func (e *Estimator) backlogQueue() time.Duration {
	if e.backlog.least == 0 {
		return 0
	}
	came := e.meter.sum(e.now, 2*time.Second, 5).delivered()
	if came == 0 {
		came = e.rate
	}
	return time.Duration(float64(e.backlog.least*8) / float64(max(came, leastRate)) * float64(time.Second))
}

// backlog is the least that has waited in a window.
type backlog struct {
	least, now int
	turned     time.Time
}

// add reports whether a window has ended.
func (b *backlog) add(bytes int, now time.Time) bool {
	if b.turned.IsZero() || now.Sub(b.turned) < windowLength {
		if b.turned.IsZero() {
			b.turned, b.now = now, bytes
		}
		b.now = min(b.now, bytes)
		b.least = min(b.least, b.now)
		return false
	}
	b.least, b.now, b.turned = min(b.now, bytes), bytes, now
	return true
}

// REMB takes the bit rate the client says it can receive; no more than that is sent while it is fresh. Where there is no
// transport-cc it is the estimate.
func (e *Estimator) REMB(bps int, now time.Time) {
	if bps <= 0 {
		return
	}
	e.remb, e.rembAt = bps, now
	if e.reports.active(now) && e.silent(now) {
		e.set(max(e.rate, min(bps, 2*e.rate)), now)
	}
	e.set(e.rate, now)
}

// silent: no transport-cc feedback has come for long.
func (e *Estimator) silent(now time.Time) bool {
	return e.feedback.last.IsZero() || now.Sub(e.feedback.last) > 5*time.Second
}

// Nacked says how many packets were asked for again although a repair had been sent, and how many picture packets were
// sent meanwhile.
func (e *Estimator) Nacked(repeated, packets int, now time.Time) {
	e.repeats.add(repeated, packets, now)
}

// ratio is a share over the last second or two.
type ratio struct {
	part, all, partBefore, allBefore int
	turned                           time.Time
}

func (r *ratio) add(part, all int, now time.Time) {
	if now.Sub(r.turned) >= time.Second {
		r.partBefore, r.allBefore, r.part, r.all, r.turned = r.part, r.all, 0, 0, now
	}
	r.part, r.all = r.part+max(part, 0), r.all+max(all, 0)
}

func (r *ratio) value() float64 { return share(r.part+r.partBefore, r.all+r.allBefore) }

// Report takes the loss of one receiver report block (0 … 1) and the round trip it tells; 0: unknown. For lines where
// transport-cc says nothing of sound, or nothing at all.
func (e *Estimator) Report(kind Kind, loss float64, rtt time.Duration, now time.Time) {
	r := &e.reports
	r.take(kind, min(max(loss, 0), 1), rtt, now)
	if !e.silent(now) || now.Sub(r.judgedAt) < time.Second {
		return
	}
	r.judgedAt = now
	queue, worst := r.queue(now), max(r.loss(Audio, now), r.loss(Video, now))
	switch {
	case queue > congestedQueue && r.rising, worst > congestedLoss && e.repeats.value() > congestedRepeats:
		e.capacity, e.fullAt = e.rate, now
		e.set(int(backOff*float64(e.rate)), now)
	case queue < drainedQueue && worst <= congestedLoss:
		if limit := int(headroom * float64(r.delivered(now))); limit > e.rate {
			e.set(min(int(1.1*float64(e.rate)), limit), now)
		}
	}
	e.now = now
}

// reports is what receiver reports say.
type reports struct {
	at        [2]time.Time // by kind
	lossOf    [2]float64
	way       delayLine // of round trips
	waits     time.Duration
	rising    bool
	judgedAt  time.Time
	bytes     int // without numbers, in the second that runs
	second    time.Time
	plainRate int
}

func (r *reports) take(kind Kind, loss float64, rtt time.Duration, now time.Time) {
	k := min(kind, Video)
	passed := now.Sub(r.at[k])
	if r.at[k].IsZero() || passed > reportKept {
		r.lossOf[k], passed = loss, 0
	} else {
		r.lossOf[k] += (loss - r.lossOf[k]) / 2
	}
	r.at[k] = now
	if rtt <= 0 {
		return
	}
	r.way.add(rtt)
	waits, _ := r.way.close(passed)
	r.rising, r.waits = waits > r.waits, waits
}

func (r *reports) active(now time.Time) bool {
	return !r.at[Audio].IsZero() && now.Sub(r.at[Audio]) < reportKept || !r.at[Video].IsZero() && now.Sub(r.at[Video]) < reportKept
}

func (r *reports) silent(now time.Time) bool { return !r.active(now) }

func (r *reports) loss(kind Kind, now time.Time) float64 {
	if now.Sub(r.at[kind]) > reportKept {
		return 0
	}
	return r.lossOf[kind]
}

func (r *reports) queue(now time.Time) time.Duration {
	if r.silent(now) {
		return 0
	}
	return r.waits
}

// sent counts bytes without numbers.
func (r *reports) sent(bytes int, now time.Time) {
	r.bytes += bytes
	if passed := now.Sub(r.second); passed >= time.Second {
		r.plainRate = 0
		if passed < 2*time.Second {
			r.plainRate = bitrate(r.bytes, passed)
		}
		r.bytes, r.second = 0, now
	}
}

// delivered is what of that has come as far as known.
func (r *reports) delivered(now time.Time) int {
	return int(float64(r.plainRate) * (1 - r.loss(Audio, now)))
}
