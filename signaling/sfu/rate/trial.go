package rate

import "time"

const (
	// trialFor is how long less is sent: the loss of its second half answers.
	trialFor = 3 * time.Second
	// trialRate is how much of what came is sent meanwhile: enough less to be felt by whatever drops.
	trialRate = 0.8
	// trialLeast packets are needed to tell a loss.
	trialLeast = 30
	// A trial is repeated after trialAgain: soon when the loss was ours and the rate may still be too high.
	trialAgain, trialSoon = time.Minute, 10 * time.Second
)

// trial finds out whether loss without a queue is the line's nature (radio) or made by what we send (a policer): less is
// sent for a while. Loss that does not care is no reason to send less, so the rate is as before then.
type trial struct {
	rate  int // before; 0: none runs
	came  int
	loss  float64
	until time.Time
	again time.Time
}

func (t *trial) runs(now time.Time) bool { return t.rate > 0 && now.Before(t.until) }

// tried begins a trial when heavy loss calls for one, and ends it. True: there is nothing more to judge now.
func (e *Estimator) tried(two window, queue time.Duration, now time.Time) bool {
	t := &e.trial
	if t.rate > 0 {
		late := e.meter.sum(now, trialFor/2, windowsKept)
		ours := late.total >= trialLeast && late.worst() < t.loss/2.5
		t.again = now.Add(trialAgain)
		if ours {
			e.capacity, e.fullAt, t.again = t.came, now, now.Add(trialSoon)
			e.forget(t.came)
		} else {
			e.set(max(e.rate, t.rate), now)
		}
		t.rate = 0
		return true
	}
	loss, came := two.worst(), two.delivered()
	if !e.fullAt.IsZero() && now.Sub(e.fullAt) < trialFor {
		return false // that explains it
	}
	if loss <= congestedLoss || queue > drainedQueue || two.total-two.soundOf < trialLeast || now.Before(t.again) || 3*two.offered() < 2*e.rate {
		return false
	}
	*t = trial{rate: e.rate, came: came, loss: loss, until: now.Add(trialFor)}
	e.set(min(e.rate, int(trialRate*float64(came))), now)
	return true
}
