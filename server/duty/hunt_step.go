package duty

import (
	"cmp"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// Due reports whether Tick would do something.
func (c Consult) Due(now time.Time) bool { return !c.Deadline.IsZero() && !now.Before(c.Deadline) }

// Tick takes the one step that is due at Deadline, and does nothing before it: unanswered rings end and the next begin, a
// promise is kept, a knock becomes a silent card.
//
// A step always begins at now, never in the past, so a server that was away does not burn through people who never had a
// chance to answer. A hunt that nobody stepped for outageAfter resumes where it stood: whoever was being rung is given time
// again, once: the whole ring when no page had shown it, else restLeast, and the stage's clock stands still
// meanwhile. After forgetAfter nobody is rung any more; the consult is missed and its note tells.
func Tick(c Consult, now time.Time, r Resolve) Consult {
	now = instant(now)
	if !c.Due(now) {
		return c
	}
	late := now.Sub(c.Deadline)
	c = c.clone()
	switch {
	case c.Kind == Knock && c.State == Ringing && !c.calledBack():
		c.tickKnock(now)
	case late > forgetAfter:
		c.expire(now)
		c.giveUp(now)
	case c.State == Promised:
		c.callBack(now)
	case late > outageAfter && c.resume(now):
		c.StageSince = shifted(c.StageSince, late)
	default:
		c.expire(now)
		if !c.rings() {
			c.goOn(now, r)
		}
	}
	c.schedule()
	return c
}

// expire ends the rings whose time is up. They stopped at that time, whenever it is noticed.
func (c *Consult) expire(now time.Time) {
	for i := range c.Rings {
		if r := &c.Rings[i]; r.Outcome == RingOn && !now.Before(r.Until) {
			r.end(Unanswered, r.Until)
		}
	}
}

// resume gives running rings time again after an outage. It reports whether any had not been given it before: a server
// that dies again and again must not ring the same person for ever.
func (c *Consult) resume(now time.Time) bool {
	resumed := false
	for i := range c.Rings {
		r := &c.Rings[i]
		if r.Outcome != RingOn || !r.ResumedAt.IsZero() {
			continue
		}
		rest := r.Until.Sub(r.At)
		if !r.SeenAt.IsZero() {
			rest = restLeast
		}
		r.ResumedAt, r.Until, resumed = now, now.Add(rest), true
	}
	return resumed
}

// callBack rings the one who promised. Whatever keeps them by now, they said that they would come.
func (c *Consult) callBack(now time.Time) {
	promised := c.Rings[c.offered(c.Promise.By)]
	c.State = Ringing
	c.ring(Ring{Person: promised.Person, Covers: promised.Covers, Level: promised.Level, CallBack: true}, now, ringFor)
}

// calledBack reports whether the ring that goes on keeps a promise.
func (c *Consult) calledBack() bool {
	return slices.ContainsFunc(c.Rings, func(r Ring) bool { return r.CallBack && r.Outcome == RingOn })
}

// goOn is what happens when nobody rings any more and nobody took it, by a step or by an answer, which may be the first
// thing that a server hears after an outage.
func (c *Consult) goOn(now time.Time, r Resolve) {
	late := now.Sub(c.Deadline)
	if c.Kind != Specialist || late > forgetAfter {
		c.giveUp(now)
		return
	}
	if late > outageAfter {
		c.StageSince = shifted(c.StageSince, late)
	}
	if c.Promise != nil { // its minutes were not the stage's
		c.Promise, c.StageSince = nil, now
	}
	c.State = Ringing
	c.search(now, r)
}

// giveUp ends a hunt that found nobody.
func (c *Consult) giveUp(now time.Time) {
	if c.Kind == Practice { // nothing was missed
		c.finish(Ended, now)
		return
	}
	c.finish(Missed, now)
}

// search begins the next ring, in this stage or a later one, or gives up. People are resolved anew for every ring: who was
// free a minute ago may be in a call now, and who was on duty may have gone home.
func (c *Consult) search(now time.Time, r Resolve) {
	for {
		if c.next(now, r) {
			return
		}
		c.Waiting, c.StageSince = nil, time.Time{}
		if c.Stage+1 >= len(c.Stages) {
			c.giveUp(now)
			return
		}
		c.Stage++
		c.Begun = append(c.Begun, now)
	}
}

// next rings the next in this stage, all of a level together when it cannot wait. It reports false when the stage is over.
func (c *Consult) next(now time.Time, r Resolve) bool {
	covers := c.Stages[c.Stage]
	left := rungMost - c.rung(covers)
	if left <= 0 || (!c.StageSince.IsZero() && now.Sub(c.StageSince) >= stageFor) {
		return false
	}
	c.Waiting = c.candidates(covers, r)
	for len(c.Waiting) > 0 && !c.rings() {
		together := 1
		if c.Urgency == Now {
			together = sameLevel(c.Waiting)
		}
		for ; together > 0 && left > 0; together-- {
			if c.ask(c.Waiting[0], covers, now) {
				left--
			}
			c.Waiting = c.Waiting[1:]
		}
	}
	if len(c.Waiting) == 0 {
		c.Waiting = nil
	}
	if !c.rings() {
		return false
	}
	if c.StageSince.IsZero() {
		c.StageSince = now
	}
	return true
}

// ask rings a candidate, or notes why they are passed over.
func (c *Consult) ask(k Candidate, covers conference.RoleAt, now time.Time) bool {
	ring := Ring{Person: k.Person, Covers: covers, Level: k.Level, Reach: k.Reach}
	engaged := k.Reach == InTalk || k.Reach == Engaged || k.Reach == Quiet
	switch {
	case k.Reach == NoDevice, engaged && c.Urgency != Now:
		ring.At, ring.EndedAt, ring.Outcome = now, now, k.Reach
		c.Rings = append(c.Rings, ring)
		return false
	case c.Urgency == Now:
		c.ring(ring, now, ringNowFor)
	default:
		c.ring(ring, now, ringFor)
	}
	return true
}

// candidates are those of a role who have not had their turn: nobody is rung twice in a hunt, nor passed over twice in a
// stage, and nobody rings themself.
func (c *Consult) candidates(covers conference.RoleAt, r Resolve) []Candidate {
	var found []Candidate
	for _, k := range r(covers) {
		had := slices.ContainsFunc(c.Rings, func(r Ring) bool { return r.Person == k.Person && (r.Offered() || r.Covers == covers) })
		twice := slices.ContainsFunc(found, func(f Candidate) bool { return f.Person == k.Person })
		if k.Person != c.Caller && !had && !twice {
			found = append(found, k)
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return cmp.Compare(a.Level, b.Level) })
	return found
}

// rung counts the people of a stage who were asked. A call-back is not another person.
func (c *Consult) rung(covers conference.RoleAt) int {
	n := 0
	for _, r := range c.Rings {
		if r.Covers == covers && r.Offered() && !r.CallBack {
			n++
		}
	}
	return n
}

// sameLevel counts the first candidates that share a level.
func sameLevel(waiting []Candidate) int {
	n := slices.IndexFunc(waiting, func(k Candidate) bool { return k.Level != waiting[0].Level })
	if n < 0 {
		return len(waiting)
	}
	return n
}

// shifted moves an instant unless it is not set.
func shifted(t time.Time, by time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(by)
}
