package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
)

//go:embed rebook.lua
var rebookLua string

var rebookScript = commitScript(rebookLua)

var (
	errNotBooked = errors.New("it is not booked")
	errNoReserve = errors.New("it reserves nobody's time")
)

// rebooking is one change of what a booked meeting reserves.
type rebooking struct {
	what     string
	expected int64
	engaged  []conference.PersonID // who is reserved afterwards and must be free
	only     bool                  // of them, those who have a reservation now
	freed    []conference.PersonID
	hold     Hold
	caps     []Cap
	answer   Idempotency
	mails    []Mail
	begin    []InvitationKey // with a TTL
	end      []string        // hashes of links
}

// rebook writes a meeting as it is after a change against the revision that it was read with.
func (s *Store) rebook(ctx context.Context, before, after conference.Conference, r rebooking) (conference.Conference, error) {
	after.Revision = r.expected + 1
	if _, err := s.extraRows(after.ID, Extras{Invitations: r.begin, Mails: r.mails}); err != nil {
		return after, err
	}
	text, err := json.Marshal(after)
	if err != nil {
		return after, err
	}
	mine := reservationMember(before.ID, before.End)
	want := claim{start: after.Start, end: after.End, people: r.engaged, mine: mine, hold: r.hold.ID, caps: r.caps}
	c := s.newCommit(r.answer)
	c.key(s.conferenceKey(after.ID), s.outboxKey(), s.mailsKey(after.ID), s.wishKey(after.Case), s.wishesKey())
	c.arg(
		string(after.ID), string(after.Case), string(after.Unit), r.expected, schemaVersion, r.what,
		before.Start.UnixMilli(), before.End.UnixMilli(), mine, flag(r.only), len(r.freed),
	)
	for _, p := range r.freed {
		c.key(s.busyKey(p))
		c.arg(string(p))
	}
	c.arg(len(r.end))
	for _, hash := range r.end {
		c.key(s.invitationKey(hash))
	}
	s.addHold(c, r.hold)
	s.addClaim(c, want)
	if err := s.addCandidates(c, want, []candidate{{text: text, people: r.engaged, invitations: r.begin, mails: r.mails}}); err != nil {
		return after, err
	}
	said, err := s.run(ctx, rebookScript, c.keys, c.args...)
	if err != nil {
		return after, err
	}
	return conferenceSaid(said, want, []conference.Conference{after})
}

// toRebook reads a meeting that is to be changed. done means that the request was answered before, by what is returned.
func (s *Store) toRebook(ctx context.Context, id conference.ConferenceID, expected int64, k Idempotency) (c conference.Conference, done bool, err error) {
	if c, err = s.Conference(ctx, id); err != nil {
		return c, false, err
	}
	if c.Revision != expected {
		if earlier, err := s.Replayed(ctx, k); !errors.Is(err, ErrNotFound) {
			return earlier, err == nil, err
		}
		return c, false, ErrRevision
	}
	switch {
	case c.State != conference.Booked:
		return c, false, errNotBooked
	case c.Improvised:
		return c, false, errNoReserve
	}
	return c, false, nil
}

// Move is another time for a meeting.
type Move struct {
	Conference  conference.ConferenceID
	Expected    int64 // the revision that it must still have
	Start, End  time.Time
	By          conference.PersonID // has said yes by moving it; may be empty
	At          time.Time           // when, on the clock of meetings
	Hold        HoldID              // of the new time, used up; one that has ended is no error
	Caps        []Cap
	Idempotency Idempotency
	Mails       []Mail          // with the next Sequence
	Invitations []InvitationKey // the same links, which live on until the new end; with a TTL
}

// Reschedule moves a booked meeting in one script: nobody is free in between and nobody loses the old time for a new one that
// is not to be had. Its own reservations are not in the way, so it may overlap itself. SEQUENCE grows by one and everybody but
// the mover is asked anew (RFC 5546 section 3.2.2.1). The event names who was freed. Those who came by themselves or were added
// by hand were not reserved and are not now. It may refuse: ErrNotFound, ErrIdempotencyMismatch, ErrRevision, *ConflictError.
func (s *Store) Reschedule(ctx context.Context, m Move) (conference.Conference, error) {
	start, end := m.Start.UTC().Truncate(time.Millisecond), m.End.UTC().Truncate(time.Millisecond)
	if !start.Before(end) {
		return conference.Conference{}, fmt.Errorf("store: reschedule %s: it ends before it starts", m.Conference)
	}
	before, done, err := s.toRebook(ctx, m.Conference, m.Expected, m.Idempotency)
	if err != nil || done {
		return before, wrapChange("reschedule", m.Conference, err)
	}
	hold, err := s.holdUsed(ctx, m.Hold)
	if err != nil {
		return before, wrapChange("reschedule", m.Conference, err)
	}
	after := before
	after.Start, after.End = start, end
	after.Sequence++
	after.Participants = slices.Clone(before.Participants)
	for i := range after.Participants {
		p := &after.Participants[i]
		p.Reply, p.RepliedAt = conference.NoReply, nil
		if m.By != "" && p.Person == m.By {
			at := m.At.UTC()
			p.Reply, p.RepliedAt = conference.Accepted, &at
		}
	}
	people := staffOf(before)
	after, err = s.rebook(ctx, before, after, rebooking{
		what: "moved", expected: m.Expected, engaged: people, only: true, freed: people, hold: hold, caps: m.Caps, answer: m.Idempotency,
		mails: m.Mails, begin: m.Invitations,
	})
	return after, wrapChange("reschedule", m.Conference, err)
}

// Swap is other staff for a meeting at the same time. Either list may be empty: somebody only leaves, or only comes.
type Swap struct {
	Conference  conference.ConferenceID
	Expected    int64                    // the revision that it must still have
	Out         []string                 // Participant.Key
	In          []conference.Participant // with new keys; in the place of who leaves the same seat, else at the end
	Hold        HoldID                   // of those who come, used up; one that has ended is no error
	Caps        []Cap
	Idempotency Idempotency
	Mails       []Mail          // with the next Sequence
	Invitations []InvitationKey // links that begin or live on, with a TTL
	Revoke      []string        // hashes of links that end
}

// SwapPeople replaces people of a booked meeting in one script: the new ones are reserved and the old ones freed together, or
// nothing happens. SEQUENCE grows by one, so that the cancellation to who leaves counts (RFC 5546 section 3.2.5); they move to
// Conference.Former, where it finds them. The event names who was freed. It may refuse: ErrNotFound for the meeting or a key,
// ErrIdempotencyMismatch, ErrRevision, *ConflictError.
func (s *Store) SwapPeople(ctx context.Context, w Swap) (conference.Conference, error) {
	before, done, err := s.toRebook(ctx, w.Conference, w.Expected, w.Idempotency)
	if err != nil || done {
		return before, wrapChange("swap", w.Conference, err)
	}
	after, freed, err := swapped(before, w)
	if err != nil {
		return before, wrapChange("swap", w.Conference, err)
	}
	hold, err := s.holdUsed(ctx, w.Hold)
	if err != nil {
		return before, wrapChange("swap", w.Conference, err)
	}
	after, err = s.rebook(ctx, before, after, rebooking{
		what: "swapped", expected: w.Expected, engaged: staffOf(conference.Conference{Participants: w.In}), freed: freed, hold: hold, caps: w.Caps,
		answer: w.Idempotency, mails: w.Mails, begin: w.Invitations, end: w.Revoke,
	})
	return after, wrapChange("swap", w.Conference, err)
}

// swapped is the meeting with its other people, and who left it.
func swapped(before conference.Conference, w Swap) (conference.Conference, []conference.PersonID, error) {
	after := before
	after.Sequence++
	after.Participants = slices.Clone(before.Participants)
	after.Former = slices.Clone(before.Former)
	for _, p := range w.In {
		known := func(x conference.Participant) bool { return x.Key == p.Key }
		if p.Key == "" || strings.ContainsAny(p.Key, " \n") || slices.ContainsFunc(before.Participants, known) || slices.ContainsFunc(before.Former, known) {
			return after, nil, fmt.Errorf("the key %q is taken or wrong", p.Key)
		}
	}
	var left []conference.Participant
	coming := slices.Clone(w.In)
	for _, key := range w.Out {
		i := slices.IndexFunc(after.Participants, func(p conference.Participant) bool { return p.Key == key })
		if i < 0 {
			return after, nil, ErrNotFound
		}
		out := after.Participants[i]
		left = append(left, out)
		if j := slices.IndexFunc(coming, func(p conference.Participant) bool { return p.Seat == out.Seat }); j >= 0 {
			after.Participants[i] = coming[j]
			coming = slices.Delete(coming, j, j+1)
		} else {
			after.Participants = slices.Delete(after.Participants, i, i+1)
		}
	}
	after.Participants, after.Former = append(after.Participants, coming...), append(after.Former, left...)
	switch {
	case len(w.Out)+len(w.In) == 0:
		return after, nil, errors.New("nobody leaves and nobody comes")
	case twice(staffOf(after)):
		return after, nil, errTwoSeats
	}
	return after, staffOf(conference.Conference{Participants: left}), nil
}

// Cancel ends a booked meeting that still has the expected revision: its people are free again, SEQUENCE grows by one
// (RFC 5546 section 3.2.5) and the mails are queued, in one script; the event names who was freed. Cancelling what is cancelled
// returns it unchanged, so a lost answer may be asked for again. Else ErrRevision or ErrNotFound.
func (s *Store) Cancel(ctx context.Context, id conference.ConferenceID, expected int64, mails []Mail) (conference.Conference, error) {
	c, err := s.Conference(ctx, id)
	if err != nil {
		return c, err
	}
	if c.State == conference.Cancelled {
		return c, nil
	}
	if c.Revision != expected {
		return c, wrapChange("cancel", id, ErrRevision)
	}
	after := c
	after.State = conference.Cancelled
	after.Sequence++
	after, err = s.rebook(ctx, c, after, rebooking{what: "cancelled", expected: expected, freed: peopleOf(c), mails: mails})
	return after, wrapChange("cancel", id, err)
}
