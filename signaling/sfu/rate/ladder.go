package rate

import "time"

const (
	// A rate must be this far beyond a threshold to count, so that one near it does not change the step to and fro.
	upMargin, downMargin = 1.10, 0.95
	// collapse of the rate below a threshold is obeyed at once; less than that has slowFor to pass by.
	collapse = 0.6
	slowFor  = 1500 * time.Millisecond
	// brokenQueue makes talk impossible; the step goes down at once, and again when that has not helped for queueTries.
	brokenQueue = 300 * time.Millisecond
	queueTries  = 1500 * time.Millisecond
	// brokenSound is the loss of sound that no concealment hides; cleanSound is where it is well again.
	brokenSound, cleanSound = 0.10, 0.07
	// brokenRepeats for repeatsFor is a line on which pictures cannot be mended.
	brokenRepeats = 0.08
	repeatsFor    = 2 * time.Second
	// cleanFor is how long a line must be well before more is tried, doubled up to mostCleanFor each time it was wrong:
	// when the step falls again within provenAfter.
	cleanFor     = 20 * time.Second
	mostCleanFor = 160 * time.Second
	provenAfter  = 60 * time.Second
	// climb is the time between two steps up of one recovery.
	climb = time.Second
	// trialStep is how long the rate may take to follow a step that was taken without a probe.
	trialStep = 10 * time.Second
)

// Ladder turns readings into a step: down within two seconds, and at once on hard evidence; up when the line was well for
// 20 seconds and a probe has shown that it carries more. A new line climbs as soon as probes allow. The person's own
// wish is not its business.
type Ladder struct {
	probes    bool
	step      Step
	why       Why
	fell      bool          // ever
	wait      time.Duration // clean time asked for
	bad       time.Time     // when the line was last unwell
	downAt    time.Time
	queueLow  time.Duration // the least since the queue was broken
	queueAt   time.Time     // when it was last seen shrinking
	upAt      time.Time
	trying    bool // the last step up was a trial
	slowSince time.Time
	repeatsAt time.Time // since when
	probed    time.Time // when a probe last ran, or was waited for
	reading   Reading
	probe     probing
}

// NewLadder begins at the step that rate carries. Without probes (a client's uplink, whose padding is not ours) the step
// up is itself the trial, taken after the clean time.
func NewLadder(rate int, probes bool, now time.Time) *Ladder {
	l := &Ladder{probes: probes, step: stepFor(rate), wait: cleanFor, bad: now}
	l.probe.open(now)
	if !probes {
		l.upAt = now
	}
	return l
}

// Step takes a reading and answers with the step that holds, and why it is not Full: Fine on a new line that is still
// being felt out.
func (l *Ladder) Step(r Reading, now time.Time) (Step, Why) {
	l.reading = r
	if l.probe.running() {
		l.probed = now
	}
	l.probe.judge(r, now)
	if l.unwell(r, now) {
		l.bad = now
	}
	if to, why := l.lower(r, now); to > l.step {
		l.down(to, why, now)
	} else if l.mayRise(r, now) {
		l.trying = !l.probes && r.Rate < l.target()
		l.step--
		l.upAt = now
		if l.step == Full {
			l.why = Fine
		}
	}
	return l.step, l.why
}

// ours reports whether a queue may be our own padding, which ends by itself.
func (l *Ladder) ours(now time.Time) bool {
	return !l.probed.IsZero() && now.Sub(l.probed) < time.Second
}

func (l *Ladder) unwell(r Reading, now time.Time) bool {
	most := congestedQueue
	if l.ours(now) {
		most = brokenQueue
	}
	return r.Queue > most || r.AudioLoss > cleanSound || r.Repeated > brokenRepeats
}

// lower is the step that r calls for; the present one when none lower is.
func (l *Ladder) lower(r Reading, now time.Time) (Step, Why) {
	to, why := l.step, l.why
	limit, carries := float64(least[l.step]), max(r.Carries, r.Rate)
	if l.trying && now.Sub(l.upAt) < trialStep {
		limit = float64(least[l.step+1])
	}
	if float64(carries) >= downMargin*limit {
		l.slowSince = time.Time{}
	} else if l.slowSince.IsZero() {
		l.slowSince = now
	}
	if !l.slowSince.IsZero() && now.Sub(l.slowSince) >= slowFor {
		to, why = stepFor(carries), Slow
	} else if float64(carries) < collapse*limit {
		to, why = max(stepFor(carries*6/5), l.step), Slow // the first measure of a collapse is rough
	}
	if r.AudioLoss > brokenSound && to < Sound {
		to, why = Sound, Loss
	}
	broken := brokenQueue
	if l.ours(now) {
		broken *= 2
	}
	if r.Queue <= broken {
		l.queueLow = 0
	} else if l.queueLow == 0 || r.Queue < l.queueLow-calmQueue {
		l.queueLow, l.queueAt = r.Queue, now
	}
	if r.Queue > broken && to == l.step && to < Lifeline && now.Sub(l.downAt) >= queueTries && (to < Sound || now.Sub(l.queueAt) >= queueTries) {
		to, why = l.step+1, Delay
	}
	if r.Repeated > brokenRepeats && (r.Loss > congestedLoss || r.Queue > drainedQueue) {
		if l.repeatsAt.IsZero() {
			l.repeatsAt = now
		}
		if now.Sub(l.repeatsAt) >= repeatsFor && to == l.step && to < Sound {
			to, why = l.step+1, Loss
		}
	} else {
		l.repeatsAt = time.Time{}
	}
	return to, why
}

func (l *Ladder) down(to Step, why Why, now time.Time) {
	switch tried := l.upAt.After(l.downAt); {
	case tried && l.fell && now.Sub(l.upAt) < provenAfter:
		l.wait = min(2*l.wait, mostCleanFor)
	case tried:
		l.wait = cleanFor
	}
	l.step, l.why, l.fell = to, why, true
	l.downAt, l.bad = now, now
	l.slowSince, l.repeatsAt = time.Time{}, time.Time{}
	l.probe.fell(now)
}

// mayRise: the line is well long enough, and carries what the next step needs as far as that was tried.
func (l *Ladder) mayRise(r Reading, now time.Time) bool {
	if l.step == Full || now.Sub(l.upAt) < climb || r.Queue > drainedQueue || r.AudioLoss > cleanSound {
		return false
	}
	calm := r.Queue < 2*calmQueue && r.Loss < 0.01
	if !l.well(now) || l.fell && !calm && now.Sub(l.upAt) < l.wait {
		return false // only a line that shows no sign of load climbs several steps at once
	}
	if l.probes {
		return l.probe.proven >= l.target() && r.Rate >= l.target()
	}
	// A client that sends little does not know what its line carries: the trial tells.
	return now.Sub(l.upAt) >= l.wait || r.Rate >= l.target()
}

// well: long enough for another try. A line that never fell needs no patience.
func (l *Ladder) well(now time.Time) bool {
	return !l.fell || now.Sub(l.bad) >= l.wait
}

// target is the rate that the next step up needs.
func (l *Ladder) target() int { return int(upMargin * float64(least[l.step-1])) }

// WantsProbe says at what bit rate, media included, to send now to learn whether the line carries more, and whether to at
// all. Missing bytes are filled with padding of Kind Probe, spread evenly. want is what all pictures and the sound would
// take if the line had room (Wanted); 0: there are no pictures, and nothing is probed.
func (l *Ladder) WantsProbe(want int, now time.Time) (bitrate int, ok bool) {
	r := l.reading
	if !l.probes || want <= 0 || !l.well(now) || r.Rate == 0 || r.Carries > r.Rate || r.Blind {
		return 0, false
	}
	goal := want
	if l.step > Full {
		goal = l.target()
		if l.probe.proven >= goal && r.Rate >= goal {
			return 0, false // the step up is taken with the next reading
		}
	} else if r.Rate >= want*5/4 {
		return 0, false
	}
	return l.probe.next(r, goal, now)
}
