package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// movable reads a booked meeting that lies ahead and may be changed by p, at the revision that the page has seen.
func (s *Server) movable(ctx context.Context, id conference.ConferenceID, match string) (conference.Conference, *principal, standing, int64, error) {
	c, p, st, err := s.conferenceFor(ctx, id, identity.BookConference)
	if err != nil {
		return c, p, st, 0, err
	}
	revision, err := ifMatch(match)
	if err == nil && (c.Improvised || p.person == nil || s.stateOf(c) != "booked") {
		err = errMeetingEnded
	}
	return c, p, st, revision, err
}

// moveConference gives a meeting another time in one commit: nobody is free in between, and the old time is lost only when the new
// one is had. Everybody is asked anew.
func (s *Server) moveConference(ctx context.Context, in *moveInput) (*conferenceOutput, error) {
	c, p, st, revision, err := s.movable(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	moved := c
	moved.Start = in.Body.Start.UTC()
	moved.End = moved.Start.Add(time.Duration(in.Body.DurationMin) * time.Minute)
	if moved.Start.Before(s.now()) {
		return nil, invalid("the start has passed")
	}
	if err := s.checkStart(ctx, moved, &c, in.Body.Find); err != nil {
		return nil, err
	}
	var links []store.InvitationKey
	for _, part := range c.Participants {
		if part.RevokedAt == nil && part.ByHand == nil {
			links = append(links, s.keysOf(moved, part)...)
		}
	}
	after, err := s.store.Reschedule(ctx, store.Move{
		Conference: c.ID, Expected: revision, Start: moved.Start, End: moved.End, By: p.person.ID, At: s.now(),
		Idempotency: sameChange(p, "move", c.ID, revision, []any{in.Body.Start, in.Body.DurationMin}),
		Mails:       mailsFor(c, mailRequest, c.Sequence+1), Invitations: links, Caps: s.capsOf(moved),
	})
	if err != nil {
		return nil, s.rebookRefused(ctx, "move a meeting", err, in.Body.Find)
	}
	s.metrics.bookings.WithLabelValues("moved").Inc()
	s.forceRefresh(staff(after))
	return s.showConference(ctx, p, st, after)
}

// swapParticipant puts another person into a seat in one commit. Who leaves hears it, who comes is invited, the others need not be
// told: their invitations name nobody else.
func (s *Server) swapParticipant(ctx context.Context, in *swapInput) (*conferenceOutput, error) {
	c, p, st, revision, err := s.movable(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	key := sameChange(p, "swap", c.ID, revision, in.Body)
	if done, err := s.store.Replayed(ctx, key); err == nil { // the first answer was lost on the way
		return s.showConference(ctx, p, st, done)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("look for an earlier answer", err)
	}
	out := participant(c, in.Body.Out)
	if out == nil || out.Person == "" {
		return nil, invalid("nobody of the staff sits there")
	}
	if slices.ContainsFunc(c.Participants, func(x conference.Participant) bool { return x.Person == in.Body.In }) {
		return nil, invalid("this person sits in the meeting already")
	}
	of, err := s.store.Case(ctx, c.Case)
	if err != nil {
		return nil, s.fail("read a meeting's case", err)
	}
	comes, err := s.castParticipant(of, CastSeat{Seat: out.Seat, Person: in.Body.In})
	if err != nil {
		return nil, err
	}
	comes.Key = "k_" + newID(s.random)
	alone := c
	alone.Participants = []conference.Participant{comes}
	if err := s.checkStart(ctx, alone, nil, nil); err != nil {
		return nil, err
	}
	var mails []store.Mail
	for _, told := range []struct {
		part conference.Participant
		kind string
	}{{*out, mailCancel}, {comes, mailRequest}} {
		if told.part.Email != "" {
			mails = append(mails, store.Mail{Kind: told.kind, Conference: c.ID, Participant: told.part.Key, Sequence: c.Sequence + 1})
		}
	}
	after, err := s.store.SwapPeople(ctx, store.Swap{
		Conference: c.ID, Expected: revision, Out: []string{out.Key}, In: []conference.Participant{comes},
		Idempotency: key,
		Mails:       mails, Invitations: s.keysOf(c, comes), Revoke: hashesOf(s.keysOf(c, *out)), Caps: s.capsOf(alone),
	})
	if err != nil {
		return nil, s.rebookRefused(ctx, "swap a person", err, nil)
	}
	s.metrics.bookings.WithLabelValues("swapped").Inc()
	s.forceRefresh(staff(after))
	return s.showConference(ctx, p, st, after)
}

// sameChange recognises a change that is asked for again because the first answer was lost. If-Match makes it one.
func sameChange(p *principal, what string, id conference.ConferenceID, revision int64, wish any) store.Idempotency {
	hash := hashOf(wish)
	return store.Idempotency{Key: scopedKey(p, what, fmt.Sprintf("%s %d %s", id, revision, hash)), BodyHash: hash}
}

func (s *Server) rebookRefused(ctx context.Context, doing string, err error, request *slots.Request) error {
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return s.slotTaken(ctx, s.conflictViews(conflict), request)
	}
	return s.fail(doing, err)
}

// getRepair says what can be done for a meeting that has lost somebody: who else could sit there at the same time, and which other
// times would do, with those who are in it now before others.
func (s *Server) getRepair(ctx context.Context, in *conferenceInput) (*repairOutput, error) {
	c, _, _, err := s.conferenceFor(ctx, in.ID, identity.BookConference)
	if err != nil {
		return nil, err
	}
	if c.Case == "" || s.stateOf(c) != "booked" {
		return nil, errMeetingEnded
	}
	of, err := s.store.Case(ctx, c.Case)
	if err != nil {
		return nil, s.fail("read a meeting's case", err)
	}
	out := &repairOutput{Body: RepairView{Find: s.findRequest(of), Seats: []RepairSeat{}}}
	v := &out.Body
	v.Find.DurationMin = int(c.End.Sub(c.Start).Minutes())
	for i := range v.Find.Need { // continuity
		need := &v.Find.Need[i]
		for _, part := range c.Participants {
			if string(part.Seat) == need.ID && part.Person != "" && part.Reply != conference.Declined {
				need.Prefer = []string{string(part.Person)}
			}
		}
	}
	for _, lost := range s.lostSeats(c) {
		seat, err := s.repairSeat(ctx, of, c, lost)
		if err != nil {
			return nil, err
		}
		v.Seats = append(v.Seats, seat)
	}
	if v.Answer, err = s.searchAround(ctx, v.Find, &c); err != nil {
		return nil, err
	}
	v.Answer.Suggestions = slices.DeleteFunc(v.Answer.Suggestions, func(x slots.Suggestion) bool { return x.Start.Equal(c.Start) })
	return out, nil
}

// lost is a seat whose person will not come.
type lost struct {
	part conference.Participant
	why  string
}

// lostSeats lists who has declined, and whose calendar says since that something else is on.
func (s *Server) lostSeats(c conference.Conference) []lost {
	var list []lost
	clashes := s.clashesOf(c)
	for _, part := range c.Participants {
		switch {
		case part.Person == "" || part.Visitor || part.ByHand != nil:
		case part.Reply == conference.Declined:
			list = append(list, lost{part, "declined"})
		case slices.Contains(clashes, part.Person):
			list = append(list, lost{part, "clash"})
		}
	}
	return list
}

// clashesOf lists whose own calendar has another engagement at the time of a meeting. Our own invitations in it are none: they are
// left out when a calendar is read.
func (s *Server) clashesOf(c conference.Conference) []conference.PersonID {
	if c.State != conference.Booked || c.Improvised || !c.End.After(s.now()) {
		return nil
	}
	snapshot := s.calendars.Load()
	var found []conference.PersonID
	for _, part := range c.Participants {
		if part.Person == "" || part.Reply == conference.Declined {
			continue
		}
		if len(calendar.Intersect(snapshot.people[part.Person].busy, []calendar.Interval{{Start: c.Start, End: c.End}})) > 0 {
			found = append(found, part.Person)
		}
	}
	return found
}

func (s *Server) repairSeat(ctx context.Context, of conference.Case, c conference.Conference, l lost) (RepairSeat, error) {
	region := s.region.Load()
	seat := RepairSeat{Participant: l.part.Key, Seat: l.part.Seat, Person: region.personRef(l.part.Person), Why: l.why, Deputies: []RepairDeputy{}}
	i := slices.IndexFunc(of.Seats, func(x conference.Seat) bool { return x.ID == l.part.Seat })
	if i < 0 {
		return seat, nil
	}
	request := s.startRequest(c)
	for _, id := range region.fillers(of.Seats[i]) {
		if !slices.ContainsFunc(c.Participants, func(x conference.Participant) bool { return x.Person == id }) {
			request.Need = append(request.Need, slots.Need{ID: string(id), AnyOf: []string{string(id)}})
		}
	}
	if len(request.Need) == 0 {
		return seat, nil
	}
	verdict, err := s.judge(ctx, request, c.Start, nil)
	if err != nil {
		return seat, err
	}
	for _, need := range verdict.Needs {
		for _, person := range need.People {
			seat.Deputies = append(seat.Deputies, RepairDeputy{
				Person: region.personRef(conference.PersonID(person.Person)), Can: person.Can, Why: person.Why, Until: person.Until,
			})
		}
	}
	slices.SortStableFunc(seat.Deputies, func(a, b RepairDeputy) int { return mineFirst(a.Can) - mineFirst(b.Can) })
	return seat, nil
}
