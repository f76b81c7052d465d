package rate

import "time"

const (
	// leastRate is less than one packed voice needs: there is nothing to save below it.
	leastRate = 16_000
	// mostRate: beyond it nothing here is limited by a line.
	mostRate = 50_000_000
	// congestedQueue is more than jitter makes; drainedQueue is where a queue of ours counts as gone.
	congestedQueue = 120 * time.Millisecond
	drainedQueue   = 60 * time.Millisecond
	// calmQueue is no queue: what the fastest packet of a window loses to jitter.
	calmQueue = 20 * time.Millisecond
	// congestedLoss with congestedRepeats is a line that drops because of us; random loss seldom hits a repair twice.
	congestedLoss    = 0.10
	congestedRepeats = 0.08
	lossyFor         = 400 * time.Millisecond
	backOff          = 0.85
	// headroom is how far evidence reaches: what was carried, and a quarter.
	headroom = 1.25
	// evidenceKept is how long what was once carried stands for what can be.
	evidenceKept = 10 * time.Second
	// wary is how long after a congestion growth stays slow.
	wary = 20 * time.Second
	// quickly is how far beyond what was carried a calm line is believed at once.
	quickly = 1.1
	// Growth a second: near the rate at which the line was last full, and elsewhere.
	nearGrowth, farGrowth = 0.01, 0.08
	// restored is how much of what the line carried when full is used when the queue is gone.
	restored = 0.9
	// drainTries is how long a queue that does not shrink is taken for ours.
	drainTries = 5 * time.Second
)

// Estimator tells what a line carries safely, from the fates of the packets sent (transport-cc), and where the client gives
// none, from receiver reports, REMB and the buffer of a TCP connection.
type Estimator struct {
	rate       int
	delay      delayLine
	rise       rise
	braked     bool // a queue has begun to grow since Braked was last asked
	meter      meter
	cluster    cluster
	now        time.Time // of the window's end
	queue      time.Duration
	before     time.Duration // the queue a window ago
	capacity   int           // what came while the line was full; 0: it never was
	fullAt     time.Time     // when it was last
	probeFull  time.Time     // when a probe has found it full
	lossySince time.Time     // since when loss and repeats are both high; zero: they are not
	draining   bool
	drainOurs  bool          // what came when it began was what the line carries
	drainAt    time.Time     // when the queue was last seen shrinking
	drainLow   time.Duration // the least queue since draining began
	carried    [11]carried   // per second
	trial      trial
	repeats    ratio
	feedback   feedback
	reports    reports
	remb       int
	rembAt     time.Time
	backlog    backlog
	stall      time.Duration
	blind      bool // feedback is overdue
}

// carried is the most that came within a second.
type carried struct {
	second int64
	rate   int
}

// NewEstimator begins at start bit/s: 150,000 for a line nothing is known of, or what the device had last.
func NewEstimator(start int, now time.Time) *Estimator {
	e := &Estimator{rate: min(max(start, leastRate), mostRate), now: now}
	e.meter.opened = now
	return e
}

// Rate is how many bit/s are safe to send, sound included.
func (e *Estimator) Rate() int { return e.rate }

// Reading is what is known of the line.
func (e *Estimator) Reading() Reading {
	two := e.meter.sum(e.now, 2*time.Second, windowsKept)
	three := e.meter.sum(e.now, 3*time.Second, windowsKept)
	r := Reading{Rate: e.rate, Carries: e.rate, Queue: e.Queue(), Repeated: e.repeats.value(), probeFull: e.probeFull}
	r.Blind = e.blind
	if e.draining && e.drainOurs {
		r.Carries = max(e.rate, int(restored*float64(e.capacity)))
	}
	if e.trial.rate > 0 {
		r.Carries = max(e.rate, e.trial.rate)
	}
	r.Loss, r.AudioLoss = share(two.lost, two.total), share(three.soundLost, three.soundOf)
	if two.total == 0 {
		r.Loss = e.reports.loss(Video, e.now)
	}
	if three.soundOf == 0 {
		r.AudioLoss = e.reports.loss(Audio, e.now)
	}
	r.Strong = !e.blind && e.rate > least[Full] && r.Queue < calmQueue && r.Loss < 0.01 && e.quiet(e.now)
	return r
}

// Queue is how long packets wait on the way because of load.
func (e *Estimator) Queue() time.Duration {
	queue := max(e.queue, e.backlogQueue(), e.stall)
	if e.silent(e.now) {
		queue = max(queue, e.reports.queue(e.now))
	}
	return queue
}

// quiet: the line was not full for a while.
func (e *Estimator) quiet(now time.Time) bool { return e.fullAt.IsZero() || now.Sub(e.fullAt) > wary }

// Acked takes what History.Feedback has appended.
func (e *Estimator) Acked(acked []Acked, now time.Time) {
	if len(acked) > 0 {
		e.feedback.came(acked[len(acked)-1], now)
		e.stall, e.blind = 0, false
	}
	for _, a := range acked {
		if r, ok := e.cluster.add(a); ok {
			e.probed(r, now)
		}
		e.meter.add(a)
		if !a.Lost {
			e.delay.add(a.Arrived - a.Sent.Sub(e.feedback.origin))
			if !a.Late {
				e.rise.add(a, a.Arrived-a.Sent.Sub(e.feedback.origin)-e.delay.base)
			}
		}
	}
	e.brake(now)
	e.close(now)
}

// Tick does what time alone does; call it every 20 to 100 ms. It notices a line that has gone silent.
func (e *Estimator) Tick(h *History, now time.Time) {
	e.reports.sent(h.takeUnnumbered(), now)
	if e.cluster.open && now.Sub(e.cluster.last) > time.Minute {
		e.cluster.open = false
	}
	e.silence(h.waiting(now), now)
	e.close(now)
}

// Braked reports, once, that a queue has begun to grow because the line carries far less than was sent: whatever waits to be
// sent would come too late.
func (e *Estimator) Braked() bool {
	braked := e.braked
	e.braked = false
	return braked
}

// close ends the window when it is long enough and has something to tell.
func (e *Estimator) close(now time.Time) {
	passed := now.Sub(e.meter.opened)
	if passed < windowLength || e.meter.now.total == 0 && passed < time.Second {
		return
	}
	e.meter.close(now)
	e.now = now
	e.before = e.queue
	if queue, ok := e.delay.close(passed); ok {
		e.queue = queue
	} else if passed >= time.Second {
		e.queue = 0 // nothing is on its way
	}
	e.note(now)
	e.judge(now, passed)
}

// note keeps what the line has carried.
func (e *Estimator) note(now time.Time) {
	if e.draining || !e.fullAt.IsZero() && now.Sub(e.fullAt) < 6*windowLength {
		return // the windows still hold what came before
	}
	w := e.meter.sum(now, 1500*time.Millisecond, 5)
	e.evidence(w.delivered()+e.reports.delivered(now), now)
}

func (e *Estimator) evidence(rate int, now time.Time) {
	second := now.Unix()
	c := &e.carried[int(second%int64(len(e.carried)))]
	if c.second != second {
		*c = carried{second: second}
	}
	c.rate = max(c.rate, rate)
}

// forget takes back what was carried before: the line is not what it was.
func (e *Estimator) forget(above int) {
	for i := range e.carried {
		e.carried[i].rate = min(e.carried[i].rate, above)
	}
}

// most is what the line has carried of late.
func (e *Estimator) most(now time.Time) int {
	most := 0
	for _, c := range e.carried {
		if now.Unix()-c.second <= int64(evidenceKept/time.Second) {
			most = max(most, c.rate)
		}
	}
	return most
}

// set changes the rate within its bounds. What the client says it can take is obeyed while it is fresh.
func (e *Estimator) set(rate int, now time.Time) {
	if e.remb > 0 && now.Sub(e.rembAt) < evidenceKept {
		rate = min(rate, e.remb)
	}
	e.rate = min(max(rate, leastRate), mostRate)
}
