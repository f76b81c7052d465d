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

//go:embed book.lua
var bookLua string

var bookScript = commitScript(bookLua)

// Booking is all that one commit writes.
type Booking struct {
	Conference   conference.Conference // with the cast that is wanted first
	CaseRevision int64                 // the case must still have it; 0: not checked
	Idempotency  Idempotency
	Mails        []Mail
	Invitations  []InvitationKey
	Casts        []Cast // who else would do for the same start, in this order
	Caps         []Cap
	Hold         HoldID // used up by this booking: it is not in the way and ends; one that has ended, or is for another time, is no error
}

// Cast is another set of participants for the same start, with what is written for them. Guests belong to each cast.
type Cast struct {
	Participants []conference.Participant
	Mails        []Mail
	Invitations  []InvitationKey
}

// Book writes a meeting, the reservations of its people, its place in the case, its links, its mails and the event: all or
// nothing, in one script. The first cast of which nobody is engaged is booked; Conference.Cast of the answer says which. A wish
// of the case on the waiting list ends. In this order it may refuse: ErrIdempotencyMismatch (a repeated request gets its first
// answer instead), ErrExists, ErrNotFound for the case, *ConflictError when in each cast somebody is booked, held by somebody
// else or has a full week, ErrRevision for the case. Start and End are cut to milliseconds. An improvised meeting reserves
// nobody's time.
func (s *Store) Book(ctx context.Context, b Booking) (conference.Conference, error) {
	list, confs, err := candidatesOf(b)
	c := confs[0]
	if err != nil {
		return c, err
	}
	kept, err := s.holdUsed(ctx, b.Hold)
	if err != nil {
		return c, fmt.Errorf("store: book %s: %w", c.ID, err)
	}
	want := claim{start: c.Start, end: c.End, people: everybody(list), hold: kept.ID, caps: b.Caps}
	commit := s.newCommit(b.Idempotency)
	commit.key(s.conferenceKey(c.ID), s.caseKey(c.Case), s.outboxKey(), s.mailsKey(c.ID), s.wishKey(c.Case), s.wishesKey())
	commit.arg(string(c.ID), string(c.Case), string(c.Unit), b.CaseRevision, schemaVersion)
	s.addHold(commit, kept)
	s.addClaim(commit, want)
	if err := s.addCandidates(commit, want, list); err != nil {
		return c, err
	}
	said, err := s.run(ctx, bookScript, commit.keys, commit.args...)
	if err == nil {
		c, err = conferenceSaid(said, want, confs)
	}
	if err != nil {
		return c, fmt.Errorf("store: book: %w", err)
	}
	return c, nil
}

// conferenceSaid is the meeting that a script wrote now or had written before.
func conferenceSaid(said answer, want claim, confs []conference.Conference) (conference.Conference, error) {
	var c conference.Conference
	chosen, earlier, err := said.committed(want)
	switch {
	case err != nil:
		return confs[0], err
	case earlier != "":
		return c, json.Unmarshal([]byte(earlier), &c)
	case chosen < 0 || chosen >= len(confs):
		return c, fmt.Errorf("script chose cast %d", chosen)
	}
	return confs[chosen], nil
}

// candidatesOf makes the meeting with each of its casts.
func candidatesOf(b Booking) ([]candidate, []conference.Conference, error) {
	casts := append([]Cast{{Participants: b.Conference.Participants, Mails: b.Mails, Invitations: b.Invitations}}, b.Casts...)
	list, confs := make([]candidate, len(casts)), make([]conference.Conference, len(casts))
	for i, cast := range casts {
		c := newMeeting(b.Conference)
		c.Participants, c.Cast = cast.Participants, i
		confs[i] = c
		if err := checkBooking(c, Booking{Mails: cast.Mails, Invitations: cast.Invitations}); err != nil {
			return nil, confs, err
		}
		text, err := json.Marshal(c)
		if err != nil {
			return nil, confs, fmt.Errorf("store: conference %s: %w", c.ID, err)
		}
		list[i] = candidate{text: text, people: peopleOf(c), invitations: cast.Invitations, booked: c.BookedAt, mails: cast.Mails}
	}
	return list, confs, nil
}

// newMeeting is a meeting as it is stored first.
func newMeeting(c conference.Conference) conference.Conference {
	c.Revision, c.Start, c.End = 1, c.Start.UTC().Truncate(time.Millisecond), c.End.UTC().Truncate(time.Millisecond)
	return c
}

func checkBooking(c conference.Conference, b Booking) error {
	people := staffOf(c)
	switch {
	case c.ID == "" || c.State != conference.Booked:
		return fmt.Errorf("store: book: conference %q in state %q", c.ID, c.State)
	case !c.Start.Before(c.End):
		return fmt.Errorf("store: book %s: it ends before it starts", c.ID)
	case twice(people):
		return fmt.Errorf("store: book %s: %w", c.ID, errTwoSeats)
	case strings.ContainsAny(string(c.ID), "| "):
		return fmt.Errorf("store: book: id %q", c.ID)
	}
	for _, m := range b.Mails {
		if m.Conference != c.ID {
			return fmt.Errorf("store: book %s: mail about %q", c.ID, m.Conference)
		}
	}
	for _, i := range b.Invitations {
		if i.lifetime(c.BookedAt) < time.Millisecond {
			return fmt.Errorf("store: book %s: an invitation has expired before it is written", c.ID)
		}
	}
	return nil
}

var errTwoSeats = errors.New("somebody sits in two seats")

// twice says whether somebody is in the list more than once.
func twice(people []conference.PersonID) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(people)))) != len(people)
}

// peopleOf lists whose time a meeting reserves: its staff's, unless it was thrown together. Guests have no calendar here.
func peopleOf(c conference.Conference) []conference.PersonID {
	if c.Improvised {
		return nil
	}
	return staffOf(c)
}

func staffOf(c conference.Conference) []conference.PersonID {
	var people []conference.PersonID
	for _, p := range c.Participants {
		if p.Person != "" {
			people = append(people, p.Person)
		}
	}
	return people
}

// retryChange is how often a change that nobody guards by a revision is tried again after somebody else's.
const retryChange = 16

// errBusyEntity means that others changed it every time we tried.
var errBusyEntity = errors.New("store: changed by others too often")
