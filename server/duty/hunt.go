package duty

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/samtale/samtale/server/conference"
)

// ErrRequest is returned by Check for a request with a field missing or unknown.
var ErrRequest = errors.New("duty: not a request")

// ErrWords is returned for free text that is too long, or missing where a reason is demanded.
var ErrWords = errors.New("duty: the words do not fit")

// ErrAnswer is returned for an answer that this kind of consult does not have.
var ErrAnswer = errors.New("duty: no such answer here")

// ErrNotRung is returned when somebody answers who was not asked, or promises when it no longer rings for them.
var ErrNotRung = errors.New("duty: not being rung")

// ErrTaken is returned when somebody has the consult, or its note, already: TakenBy says who.
var ErrTaken = errors.New("duty: taken")

// ErrPromised is returned when somebody promises a second time: now it is accept or decline.
var ErrPromised = errors.New("duty: promised before")

// ErrOver is returned for an answer to a consult that was missed, was cancelled or has ended.
var ErrOver = errors.New("duty: the consult is over")

// ErrNotConnected is returned by End for a consult that nobody took.
var ErrNotConnected = errors.New("duty: nobody is connected")

// ErrNotSoft is returned for an override of what is no silent card.
var ErrNotSoft = errors.New("duty: nothing soft to override")

// ErrOverridden is returned for the second override.
var ErrOverridden = errors.New("duty: overridden before")

// ErrNoNote is returned when there is no note for the person.
var ErrNoNote = errors.New("duty: no note")

const (
	ringFor     = 20 * time.Second // five or six rings: to find the phone and look at it
	ringNowFor  = 15 * time.Second
	stageFor    = 90 * time.Second // no ring of a stage begins after it; one that goes on may finish
	rungMost    = 3                // people in a stage
	promiseIn   = 5 * time.Minute
	knockFor    = 30 * time.Second // a knock is for one person: nobody waits behind them
	cardFor     = 10 * time.Minute // a silent card stays for the length of a consultation
	outageAfter = 2 * time.Second  // a step is done within a moment; later than this the server was away
	restLeast   = 5 * time.Second  // of a ring that was seen before an outage: to find the button again
	forgetAfter = 10 * time.Minute // nobody waits by the screen any more: a note is better than a ring out of the blue
)

// Resolve says who covers a role at the present, by level, and whether each may be rung. For a knock it is asked with the
// zero role and answers with the one person; whoever it does not know cannot be reached.
type Resolve func(covers conference.RoleAt) []Candidate

// Start begins the hunt of a request that Check lets pass. A specialist is looked for in Stages one after the other (Covers
// alone when there are none), a knock rings Person, a practice ring the caller. Where nobody can be rung the consult
// is missed at once, and its rings say why everybody was passed over.
func Start(c Consult, now time.Time, r Resolve) Consult {
	now = instant(now)
	c = c.clone()
	c.At, c.State, c.Rings = now, Ringing, []Ring{}
	switch c.Kind {
	case Knock:
		c.knock(now, r)
	case Practice:
		c.ring(Ring{Person: c.Caller}, now, ringFor)
	case Specialist:
		c.Stages = distinct(c.Stages)
		if len(c.Stages) == 0 {
			c.Stages = []conference.RoleAt{c.Covers}
		}
		c.Stage, c.Begun = 0, []time.Time{now}
		c.search(now, r)
	}
	c.schedule()
	return c
}

// Respond is what somebody says who is or was rung. Accept connects them, unless somebody was faster (ErrTaken): whoever
// was asked may accept for as long as the hunt goes on, even after they did not answer, declined or were stopped by a
// promise, because a late yes is better than none. Later promises a call-back and stops the others. Decline and NotMe let
// the hunt go on at once; said by who promised, they withdraw the promise. The same answer again changes nothing and is no
// error: the first reply was lost. Nor does a decline after NotMe, which says more.
func Respond(c Consult, by conference.PersonID, answer Answer, now time.Time, r Resolve) (Consult, error) {
	outcome, err := c.outcomeOf(answer)
	if err != nil {
		return c, err
	}
	i := c.offered(by)
	switch {
	case c.TakenBy == by && answer == Accept && by != "":
		return c, nil
	case c.TakenBy != "":
		return c, ErrTaken
	case i < 0:
		return c, ErrNotRung
	case c.Rings[i].Outcome == outcome, c.Rings[i].Outcome == NotOnDuty && outcome == Declined:
		return c, nil
	case !c.Hunting():
		return c, ErrOver
	case answer == Later && c.Rings[i].CallBack:
		return c, ErrPromised
	case answer == Later && c.Rings[i].Outcome != RingOn:
		return c, ErrNotRung
	}
	now = instant(now)
	c = c.clone()
	switch answer {
	case Accept:
		c.connect(i, now)
	case Later:
		c.Rings[i].end(PromisedBack, now)
		c.stop(now)
		c.State, c.Promise = Promised, &Promise{By: by, At: now.Add(promiseIn)}
	case Decline, NotMe:
		c.refuse(i, outcome, now, r)
	}
	c.schedule()
	return c, nil
}

// Seen notes that a page has shown the person their ring; only the first time counts.
func Seen(c Consult, by conference.PersonID, now time.Time) Consult {
	i := c.offered(by)
	if i < 0 || c.Rings[i].Outcome != RingOn || !c.Rings[i].SeenAt.IsZero() {
		return c
	}
	c = c.clone()
	c.Rings[i].SeenAt = instant(now)
	return c
}

// Cancel is the caller hanging up. It is ErrTaken when somebody has answered meanwhile: then the caller leaves the room.
func Cancel(c Consult, now time.Time) (Consult, error) {
	switch {
	case c.State == Cancelled:
		return c, nil
	case c.State == Connected:
		return c, ErrTaken
	case !c.Hunting():
		return c, ErrOver
	}
	now = instant(now)
	c = c.clone()
	c.stop(now)
	c.finish(Cancelled, now)
	c.schedule()
	return c, nil
}

// End closes a consult whose talk is over.
func End(c Consult, now time.Time) (Consult, error) {
	switch c.State {
	case Ended:
		return c, nil
	case Connected:
		c = c.clone()
		c.State, c.EndedAt = Ended, instant(now)
		return c, nil
	case Ringing, Promised, Missed, Cancelled:
	}
	return c, ErrNotConnected
}

// Changed reports whether a transition did anything, so that nothing is written or announced for a repeated answer.
func Changed(before, after Consult) bool { return !reflect.DeepEqual(before, after) }

// outcomeOf is how a ring ends by an answer. "Not me" is about a roster, and a practice ring can only be taken or refused.
func (c Consult) outcomeOf(answer Answer) (Outcome, error) {
	switch {
	case answer == Accept:
		return Accepted, nil
	case answer == Decline:
		return Declined, nil
	case answer == Later && c.Kind != Practice:
		return PromisedBack, nil
	case answer == NotMe && c.Kind == Specialist:
		return NotOnDuty, nil
	}
	return "", ErrAnswer
}

func (c *Consult) connect(i int, now time.Time) {
	c.Rings[i].end(Accepted, now)
	c.stop(now)
	c.State, c.TakenBy, c.TakenAt = Connected, c.Rings[i].Person, now
	c.Promise, c.Waiting = nil, nil
	if c.Kind == Practice { // it was heard: there is nobody to talk to
		c.finish(Ended, now)
	}
}

func (c *Consult) refuse(i int, outcome Outcome, now time.Time, r Resolve) {
	wasOn := c.Rings[i].Outcome == RingOn
	c.Rings[i].end(outcome, now)
	withdrawn := c.State == Promised && c.Promise.By == c.Rings[i].Person
	if withdrawn || (wasOn && !c.rings()) {
		c.goOn(now, r)
	}
}

// stop ends every running ring because of somebody else.
func (c *Consult) stop(now time.Time) {
	for i := range c.Rings {
		if c.Rings[i].Outcome == RingOn {
			c.Rings[i].end(Stopped, now)
		}
	}
}

// finish ends the consult. A missed one leaves a note.
func (c *Consult) finish(state State, now time.Time) {
	c.State, c.EndedAt = state, now
	c.Promise, c.Waiting = nil, nil
	if state == Missed {
		c.Note = &Note{}
	}
}

// ring begins one ring.
func (c *Consult) ring(r Ring, now time.Time, length time.Duration) {
	r.At, r.Until, r.Outcome = now, now.Add(length), RingOn
	c.Rings = append(c.Rings, r)
}

// rings reports whether anybody's ring goes on, soft or loud.
func (c *Consult) rings() bool {
	return slices.ContainsFunc(c.Rings, func(r Ring) bool { return r.Outcome == RingOn })
}

// schedule sets the deadline of what happens next by itself.
func (c *Consult) schedule() {
	c.Deadline = time.Time{}
	if c.State == Promised {
		c.Deadline = c.Promise.At
		return
	}
	for _, r := range c.Rings {
		if r.Outcome == RingOn && (c.Deadline.IsZero() || r.Until.Before(c.Deadline)) {
			c.Deadline = r.Until
		}
	}
}

// end closes a ring, or changes how it had ended. Two servers' clocks may differ: nothing ends before it began.
func (r *Ring) end(outcome Outcome, at time.Time) {
	if r.Outcome != RingOn {
		r.Before = append(slices.Clip(r.Before), Said{At: r.EndedAt, Outcome: r.Outcome})
	}
	if at.Before(r.At) {
		at = r.At
	}
	r.Outcome, r.EndedAt = outcome, at
}

// clone keeps a transition from writing into the consult that it was given.
func (c Consult) clone() Consult {
	c.Rings, c.Begun, c.Waiting = slices.Clone(c.Rings), slices.Clone(c.Begun), slices.Clone(c.Waiting)
	return c
}

// instant is a time as it comes back from JSON: UTC, without the monotonic clock.
func instant(t time.Time) time.Time { return t.UTC().Round(0) }

// distinct drops a role that is empty (a roster without a deputy) or was named before.
func distinct(roles []conference.RoleAt) []conference.RoleAt {
	var once []conference.RoleAt
	for _, r := range roles {
		if r != (conference.RoleAt{}) && !slices.Contains(once, r) {
			once = append(once, r)
		}
	}
	return once
}
