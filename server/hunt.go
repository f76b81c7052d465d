package server

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/store"
)

const (
	// huntEvery is how often the store is asked which hunts are due: what a step may come late.
	huntEvery  = 100 * time.Millisecond
	huntsTaken = 64
	huntAtOnce = 8
)

// hunt steps every consult whose deadline has come, until ctx ends. Deadlines stand in the store: after a crash this or another
// node goes on where a hunt stood, and of nodes that step one at once the first wins.
func (s *Server) hunt(ctx context.Context) error {
	for wait(ctx, huntEvery); ctx.Err() == nil; wait(ctx, huntEvery) {
		due, err := s.store.DueConsults(ctx, s.now(), huntsTaken)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("due consults not read", slog.Any("err", err))
				wait(ctx, time.Second)
			}
			continue
		}
		var stepping sync.WaitGroup
		free := make(chan struct{}, huntAtOnce)
		for _, id := range due {
			free <- struct{}{}
			stepping.Go(func() {
				defer func() { <-free }()
				s.stepHunt(ctx, id)
			})
		}
		stepping.Wait()
	}
	return nil
}

func (s *Server) stepHunt(ctx context.Context, id duty.ConsultID) {
	_, err := s.change(ctx, id, "step", func(c duty.Consult, now time.Time, r duty.Resolve) (duty.Consult, error) {
		return duty.Tick(c, now, r), nil
	})
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) {
		s.log.Warn("hunt not stepped", slog.String("consult", string(id)), slog.Any("err", err))
	}
}

// resolver looks up who may be rung for c. The state machine has no room for errors: failed tells afterwards whether an answer
// could not be relied on, and then nothing is written.
func (s *Server) resolver(ctx context.Context, c duty.Consult) (resolve duty.Resolve, failed func() error) {
	var fault error
	resolve = func(covers conference.RoleAt) []duty.Candidate {
		candidates, err := s.candidates(ctx, c, covers)
		fault = errors.Join(fault, err)
		return candidates
	}
	return resolve, func() error { return fault }
}

// candidates lists who covers a role now, the first level first and in it whoever was not rung for longest. In a knock and a
// practice ring it is the one person.
func (s *Server) candidates(ctx context.Context, c duty.Consult, covers conference.RoleAt) ([]duty.Candidate, error) {
	if c.Kind != duty.Specialist {
		states, err := s.reachOf(ctx, []conference.PersonID{c.Person})
		reach := outcomeOf(states[c.Person])
		if c.Kind == duty.Practice && reach != duty.NoDevice {
			reach = "" // whoever practises wants to hear it
		}
		return []duty.Candidate{{Person: c.Person, Level: 1, Reach: reach}}, err
	}
	on, err := s.onDuty(ctx, covers)
	if err != nil || len(on) == 0 {
		return nil, err
	}
	ids := make([]conference.PersonID, len(on))
	for i, o := range on {
		ids[i] = o.Person
	}
	states, err := s.reachOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	rang, err := s.store.Reach(ctx, ids...)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(on, func(a, b duty.OnDuty) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), rang[a.Person].LastRang.Compare(rang[b.Person].LastRang))
	})
	list := make([]duty.Candidate, len(on))
	for i, o := range on {
		list[i] = duty.Candidate{Person: o.Person, Level: o.Level, Reach: outcomeOf(states[o.Person])}
	}
	return list, nil
}

// outcomeOf is what a ring would meet.
func outcomeOf(r Reachable) duty.Outcome {
	switch r.State {
	case reachFree:
		return ""
	case reachInTalk:
		return duty.InTalk
	case reachEngaged:
		return duty.Engaged
	case reachQuiet:
		return duty.Quiet
	}
	return duty.NoDevice
}

// carryOut does what follows from a change: phones ring or fall silent, whoever took it gets a seat. Open pages have been woken by
// the store's event. All of it may happen twice, and what a crash prevents is made up for: rings are asked for by pages when they
// open, seats when somebody comes.
func (s *Server) carryOut(ctx context.Context, before, after duty.Consult) {
	for _, ring := range after.Rings {
		if !ring.Offered() {
			continue
		}
		was, had := ringOf(before, ring)
		switch running := ring.Outcome == duty.RingOn; {
		case running && (!had || was.Outcome != duty.RingOn || was.Soft != ring.Soft || !was.ResumedAt.Equal(ring.ResumedAt)):
			s.ring(pushJob{person: ring.Person, consult: after.ID, soft: ring.Soft})
			if !ring.Soft {
				s.tellStore("note who rang", func(ctx context.Context) error { return s.store.NoteRang(ctx, ring.Person, s.now()) })
			}
		case !running && had && was.Outcome == duty.RingOn:
			s.ring(pushJob{person: ring.Person, consult: after.ID, stop: true})
		}
	}
	if before.State != after.State {
		s.metrics.consults.WithLabelValues(string(after.Kind), string(after.State)).Inc()
	}
	if after.State == duty.Connected && before.State != duty.Connected {
		if _, err := s.seatTaker(ctx, after); err != nil {
			s.log.Warn("whoever took a consult has no seat yet", slog.String("consult", string(after.ID)), slog.Any("err", err))
		}
	}
}

// ringOf finds the same ring in an earlier state: rings are never removed, and one is told by person and beginning.
func ringOf(c duty.Consult, r duty.Ring) (duty.Ring, bool) {
	for _, was := range c.Rings {
		if was.Person == r.Person && was.At.Equal(r.At) {
			return was, true
		}
	}
	return duty.Ring{}, false
}

// seatTaker gives whoever took a consult a seat in its room, once, and lets the talk's time begin.
func (s *Server) seatTaker(ctx context.Context, c duty.Consult) (conference.Conference, error) {
	person, ok := s.region.Load().people[c.TakenBy]
	if !ok {
		return conference.Conference{}, store.ErrNotFound
	}
	as := c.Covers
	if ring, ok := c.RingOf(c.TakenBy); ok && ring.Covers.Role != "" {
		as = ring.Covers
	}
	if as.Role == "" && len(person.Roles) > 0 {
		as = person.Roles[0]
	}
	return s.store.ChangeConference(ctx, c.Conference, "seated", func(m *conference.Conference) (bool, error) {
		if !s.seat(m, person, as) {
			return false, nil
		}
		m.Start = c.TakenAt
		m.End = m.Start.Add(time.Duration(c.Minutes) * time.Minute)
		return true, nil
	}, store.Extras{})
}
