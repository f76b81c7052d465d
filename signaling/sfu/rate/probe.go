package rate

import "time"

const (
	// A probe of a weak line goes a quarter beyond the rate and takes a third of a second. On a line that has just passed one
	// and shows nothing the next goes further, and is short: were the line weaker than thought, its queue stays short too.
	weakProbe, firstProbe, strongProbe = 1.25, 1.5, 2.0
	weakProbeFor, strongProbeFor       = 300 * time.Millisecond, 200 * time.Millisecond
	// firstProbeFor is shorter still while nothing is known.
	firstProbeFor = 120 * time.Millisecond
	// probeAnswer is how long the answer may take: a round trip of a satellite and a slow feedback.
	probeAnswer = 1200 * time.Millisecond
	// probeAgain after one that a queue has answered, doubled once: often enough that a line which has recovered is used
	// within half a minute. One without any answer is tried again soon, but soonTries times only.
	probeAgain, probeSoon = 8 * time.Second, time.Second
	soonTries             = 3
	// passing is how much of a probe's rate must be found.
	passing = 0.85
	// beyond the goal, so that what is found is at least the goal.
	beyond = 1.2
)

// probing is the ladder's series of probes.
type probing struct {
	factor float64
	rate   int // of the probe that runs or waits for its answer; 0: none
	since  time.Time
	until  time.Time
	answer time.Time // by when
	again  time.Time
	stale  bool // the rate was that high before: only a queue could answer
	proven int  // the rate probes have shown since the line was last unwell
	failed int  // in turn, with a queue for an answer
	silent int  // in turn, without any
}

func (p *probing) open(now time.Time) { *p = probing{factor: firstProbe, again: now} }

// fell forgets what was proven: the line is another one.
func (p *probing) fell(now time.Time) { *p = probing{factor: weakProbe, again: now} }

// next starts a probe when one is due, and goes on with the one that runs.
func (p *probing) next(r Reading, goal int, now time.Time) (int, bool) {
	if p.rate > 0 {
		return p.rate, now.Before(p.until)
	}
	if now.Before(p.again) || r.Queue > drainedQueue {
		return 0, false
	}
	factor, length := weakProbe, weakProbeFor
	if p.factor > weakProbe && r.Queue < calmQueue && r.Loss < 0.01 {
		factor, length = p.factor, strongProbeFor
		if p.proven == 0 {
			length = firstProbeFor
		}
	}
	p.rate = min(int(factor*float64(r.Rate)), int(beyond*float64(goal)))
	p.stale = float64(r.Rate) >= passing*float64(p.rate)
	p.since, p.until, p.answer = now, now.Add(length), now.Add(length+probeAnswer)
	return p.rate, true
}

// running reports whether a queue may be the answer of a probe.
func (p *probing) running() bool { return p.rate > 0 }

// judge looks for the answer of the last probe in r.
func (p *probing) judge(r Reading, now time.Time) {
	if r.Queue > brokenQueue || r.AudioLoss > brokenSound {
		p.proven = 0
	}
	if p.rate == 0 {
		return
	}
	if r.Queue > congestedQueue || r.probeFull.After(p.since) { // enough seen: no more padding
		p.failed++
		p.end(weakProbe, now.Add(min(time.Duration(p.failed), 2)*probeAgain))
		return
	}
	found := float64(r.Rate) >= passing*float64(p.rate) && r.Queue < drainedQueue
	switch late := !now.Before(p.answer); {
	case found && (late || !p.stale && !now.Before(p.until)):
		p.proven = max(p.proven, min(p.rate, r.Rate*21/20))
		p.failed, p.silent = 0, 0
		p.end(min(max(p.factor, firstProbe)+0.5, strongProbe), now.Add(2*clusterGap))
	case late && p.silent < soonTries:
		p.silent++
		p.end(max(p.factor-0.25, weakProbe), now.Add(probeSoon))
	case late:
		p.end(weakProbe, now.Add(probeAgain))
	}
}

// end is followed by the next probe, at the instant again.
func (p *probing) end(factor float64, again time.Time) { p.rate, p.factor, p.again = 0, factor, again }
