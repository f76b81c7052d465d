package duty

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

var everybody = []conference.PersonID{"gp", "a", "b", "c", "d", "e", "f", "g"}

// life is one random consult. Its people change every half minute, the same way each time they are looked up.
type life struct {
	t      *testing.T
	seed   uint64
	source *rand.PCG
	random *rand.Rand
	now    time.Time
	c      Consult
	steady bool // the people stay
}

func newLife(t *testing.T, seed uint64, steady bool) *life {
	l := &life{t: t, seed: seed, source: rand.NewPCG(seed, 4), now: began.In(time.FixedZone("CET", 3600)), steady: steady}
	l.random = rand.New(l.source)
	c := request([]Kind{Specialist, Specialist, Specialist, Knock, Practice}[l.random.IntN(5)], []Urgency{Today, Hour, Now}[l.random.IntN(3)])
	if l.random.IntN(3) == 0 {
		c.Stages = c.Stages[:min(1, len(c.Stages))]
	}
	l.c = Start(c, l.now, l.resolve(l.now))
	l.check("start", c, l.c)
	return l
}

func (l *life) resolve(now time.Time) Resolve {
	age := uint64(now.Sub(began) / (30 * time.Second))
	if l.steady {
		age = 0
	}
	return func(covers conference.RoleAt) []Candidate {
		random := rand.New(rand.NewPCG(l.seed, age<<8+uint64(len(covers.Role))))
		found := make([]Candidate, random.IntN(7))
		for i := range found {
			reach := []Outcome{"", "", "", "", InTalk, Engaged, Quiet, NoDevice}[random.IntN(8)]
			found[i] = Candidate{Person: everybody[random.IntN(len(everybody))], Level: 1 + i/2, Reach: reach}
		}
		return found
	}
}

// step does something at random to the consult and says what.
func (l *life) step() (what string, err error) {
	by, roll := everybody[l.random.IntN(len(everybody))], l.random.IntN(20)
	if last := len(l.c.Rings) - 1; last >= 0 && l.random.IntN(2) == 0 {
		by = l.c.Rings[last].Person
	}
	switch {
	case roll < 8 && !l.c.Deadline.IsZero():
		l.now = l.c.Deadline
		l.c = Tick(l.c, l.now, l.resolve(l.now))
		return "tick", nil
	case roll < 10:
		l.now = l.now.Add([]time.Duration{time.Second, 30 * time.Second, 11 * time.Minute}[l.random.IntN(3)])
		l.c = Tick(l.c, l.now, l.resolve(l.now))
		return "outage", nil
	case roll < 12:
		l.c = Seen(l.c, by, l.now)
		return "seen by " + string(by), nil
	case roll < 18:
		answer := []Answer{Accept, Later, NotMe, NotMe, Decline, Decline, "write"}[l.random.IntN(7)]
		l.c, err = Respond(l.c, by, answer, l.now, l.resolve(l.now))
		return fmt.Sprint(by, " ", answer), err
	case roll == 18 && l.random.IntN(4) == 0:
		l.c, err = Cancel(l.c, l.now)
		return "cancel", err
	case l.c.State == Connected:
		l.c, err = End(l.c, l.now)
		return "end", err
	case l.c.State == Missed:
		l.c, err = TakeNote(l.c, by, l.now)
		return "taken by " + string(by), err
	}
	l.c, err = OverrideKnock(l.c, "the pump has stopped", l.now)
	return "override", err
}

func (l *life) run(steps int) {
	for range steps {
		again, source, kept := *l, *l.source, l.c.clone()
		again.source, again.random = &source, rand.New(&source)
		what, err := l.step()
		l.check(what, again.c, l.c)
		if err != nil && Changed(kept, l.c) {
			l.fail("%s was refused with %v and changed the consult", what, err)
		}
		if Changed(kept, again.c) {
			l.fail("%s wrote into its input", what)
		}
		if _, _ = again.step(); Changed(again.c, l.c) {
			l.fail("%s: the second time %s", what, told(again.c))
		}
	}
}

func (l *life) fail(format string, args ...any) {
	l.t.Helper()
	l.t.Fatalf("seed %d, %s, urgency %s: %s\nnow %s", l.seed, l.c.Kind, l.c.Urgency, fmt.Sprintf(format, args...), told(l.c))
}

// mayFollow are the states that may follow one another.
var mayFollow = map[State][]State{
	"":        {Ringing, Missed},
	Ringing:   {Ringing, Promised, Connected, Missed, Cancelled, Ended},
	Promised:  {Promised, Ringing, Connected, Missed, Cancelled},
	Connected: {Connected, Ended},
	Missed:    {Missed}, Cancelled: {Cancelled}, Ended: {Ended},
}

func (l *life) check(what string, before, c Consult) {
	l.t.Helper()
	if !slices.Contains(mayFollow[before.State], c.State) {
		l.fail("%s: from %s", what, before.State)
	}
	if before.TakenBy != "" && before.TakenBy != c.TakenBy {
		l.fail("%s: taken from %s", what, before.TakenBy)
	}
	if c.TakenBy != "" {
		if r, ok := c.RingOf(c.TakenBy); !ok || r.Outcome != Accepted {
			l.fail("%s: %s took what they were not offered", what, c.TakenBy)
		}
	}
	if (c.Note != nil) != (c.State == Missed) || (c.Kind == Practice && c.Note != nil) {
		l.fail("%s: note %v", what, c.Note)
	}
	if (c.Promise != nil) != (c.State == Promised || c.calledBack()) || c.Waiting != nil && !c.Hunting() || c.EndedAt.IsZero() != c.Active() {
		l.fail("%s: promise %v, waiting %v, ended %v", what, c.Promise, c.Waiting, c.EndedAt)
	}
	l.checkRings(what, before, c)
}

func (l *life) checkRings(what string, before, c Consult) {
	l.t.Helper()
	type call struct {
		person conference.PersonID
		back   bool
	}
	rung, asked, begun, running := map[conference.RoleAt]int{}, map[call]int{}, 0, 0
	deadline := time.Time{}
	for i, r := range c.Rings {
		if i >= len(before.Rings) {
			if !r.At.Equal(l.now) {
				l.fail("%s: a ring in the past", what)
			}
			if r.Offered() {
				begun++
			}
		}
		if r.Outcome == RingOn {
			running++
			if deadline.IsZero() || r.Until.Before(deadline) {
				deadline = r.Until
			}
		}
		if !r.Offered() {
			continue
		}
		asked[call{r.Person, r.CallBack}]++
		if !r.CallBack {
			rung[r.Covers]++
		}
		if r.Person == c.Caller && c.Kind != Practice || r.Reach == NoDevice || (r.Reach != "" && c.Kind == Specialist && c.Urgency != Now) {
			l.fail("%s: rang %s, who is %s", what, r.Person, r.Reach)
		}
		if r.Outcome == Unanswered && r.EndedAt.Sub(r.At) < ringNowFor {
			l.fail("%s: %s had no time to answer", what, r.Person)
		}
	}
	for who, n := range asked {
		if n > 1 {
			l.fail("%s: %s was asked %d times", what, who.person, n)
		}
	}
	for covers, n := range rung {
		if n > rungMost {
			l.fail("%s: rang %d people of %s", what, n, covers)
		}
	}
	if begun > 1 && c.Urgency != Now {
		l.fail("%s: %d rings at once", what, begun)
	}
	if (running > 0) != (c.State == Ringing) || (running > 1 && c.Urgency != Now) {
		l.fail("%s: %d rings go on", what, running)
	}
	if c.State == Promised {
		deadline = c.Promise.At
	}
	if !c.Deadline.Equal(deadline) || c.Deadline.IsZero() == c.Hunting() {
		l.fail("%s: deadline %v, want %v", what, c.Deadline, deadline)
	}
	if early := Tick(c, c.Deadline.Add(-1), l.resolve(l.now)); c.Hunting() && Changed(c, early) {
		l.fail("%s: a step before its time: %s", what, told(early))
	}
}

func (l *life) checkLedger() {
	l.t.Helper()
	lines := Ledger(l.c)
	if lines[0].Step != StepRequested || !slices.IsSortedFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) }) {
		l.fail("the ledger is out of order: %v", lines)
	}
	rings := 0
	for _, line := range lines {
		switch line.Step {
		case StepPassedOver, StepRang, StepCard, StepCallBack:
			rings++
		}
	}
	if rings != len(l.c.Rings) {
		l.fail("%d of %d rings in the ledger: %v", rings, len(l.c.Rings), lines)
	}
}

func (l *life) checkJSON() {
	l.t.Helper()
	text, err := json.Marshal(l.c)
	if err != nil {
		l.t.Fatal(err)
	}
	var back Consult
	if err := json.Unmarshal(text, &back); err != nil || Changed(l.c, back) {
		l.fail("another consult after JSON (%v): %s", err, text)
	}
}

func TestRandomLives(t *testing.T) {
	states := map[State]int{}
	for seed := range uint64(2000) {
		l := newLife(t, seed, false)
		l.run(l.random.IntN(14))
		states[l.c.State]++
		l.checkLedger()
		l.checkJSON()
		for range 30 { // left alone it comes to an end
			if l.c.Hunting() {
				l.now = l.c.Deadline
				before := l.c
				l.c = Tick(l.c, l.now, l.resolve(l.now))
				l.check("tick", before, l.c)
			}
		}
		l.checkLedger()
		if l.c.Hunting() {
			l.fail("it goes on for ever")
		}
	}
	for _, s := range []State{Promised, Connected, Missed, Cancelled, Ended} {
		if states[s] < 20 {
			t.Errorf("only %d lives came to %s: the test does not reach it", states[s], s)
		}
	}
}

// Without answers and outages the people who are rung are the first three of each role who can be, in order of level.
func TestRandomHuntsRingInOrder(t *testing.T) {
	for seed := range uint64(3000) {
		l := newLife(t, seed, true)
		if l.c.Kind != Specialist {
			continue
		}
		for l.c.Hunting() {
			l.now = l.c.Deadline
			l.c = Tick(l.c, l.now, l.resolve(l.now))
		}
		var want, got []conference.PersonID
		for _, covers := range l.c.Stages {
			n := 0
			had := map[conference.PersonID]bool{l.c.Caller: true}
			for _, k := range l.resolve(l.now)(covers) {
				free := k.Reach == "" || (k.Reach != NoDevice && l.c.Urgency == Now)
				if !had[k.Person] && free && n < 3 && !slices.Contains(want, k.Person) {
					want = append(want, k.Person)
					n++
				}
				had[k.Person] = true
			}
		}
		first := map[conference.RoleAt]time.Time{}
		for _, r := range l.c.Rings {
			if !r.Offered() {
				continue
			}
			got = append(got, r.Person)
			if first[r.Covers].IsZero() {
				first[r.Covers] = r.At
			}
			if r.At.Sub(first[r.Covers]) >= stageFor || r.EndedAt.Sub(r.At) > ringFor {
				l.fail("%s rang from %v to %v", r.Person, r.At.Sub(first[r.Covers]), r.EndedAt.Sub(first[r.Covers]))
			}
		}
		if !slices.Equal(got, want) {
			l.fail("rang %v, want %v", got, want)
		}
	}
}
