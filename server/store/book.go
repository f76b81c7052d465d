package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed book.lua
var bookLua string

var bookScript = redis.NewScript(bookLua)

// Booking is all that one commit writes.
type Booking struct {
	Conference   conference.Conference
	CaseRevision int64 // the case must still have it; 0: not checked
	Idempotency  Idempotency
	Mails        []Mail
	Invitations  []InvitationKey
}

// Conflict is one person who is engaged in another meeting then.
type Conflict struct {
	Person     conference.PersonID
	Conference conference.ConferenceID // the other meeting
	Start, End time.Time
}

// ConflictError lists everybody who is engaged already; nothing was written.
type ConflictError struct{ Conflicts []Conflict }

// Error names how many, not who.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("store: %d overlapping reservations", len(e.Conflicts))
}

// Book writes a meeting, the reservations of its people, its place in the case, its links, its mails and the event: all or
// nothing, in one script. In this order it may refuse: ErrIdempotencyMismatch (a repeated request gets its first answer
// instead), ErrExists, ErrNotFound for the case, *ConflictError when a person has another meeting that overlaps [Start, End),
// ErrRevision for the case. Start and End are cut to milliseconds. An improvised
// meeting reserves nobody's time.
func (s *Store) Book(ctx context.Context, b Booking) (conference.Conference, error) {
	c := newMeeting(b.Conference)
	if err := checkBooking(c, b); err != nil {
		return c, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return c, fmt.Errorf("store: conference %s: %w", c.ID, err)
	}
	people := peopleOf(c)
	keys := []string{s.conferenceKey(c.ID), s.idempotencyKey(b.Idempotency), s.caseKey(c.Case), s.eventsKey(), s.outboxKey(), s.mailsKey(c.ID)}
	for _, p := range people {
		keys = append(keys, s.busyKey(p))
	}
	for _, i := range b.Invitations {
		keys = append(keys, s.invitationKey(i.Hash))
	}
	args := []any{
		string(c.ID), string(c.Case), string(c.Unit), b.CaseRevision, text, schemaVersion, c.Start.UnixMilli(), c.End.UnixMilli(),
		b.Idempotency.Key, b.Idempotency.BodyHash, answersKept.Milliseconds(), eventsKept, len(people), len(b.Invitations),
	}
	args = append(args, invitationRows(b.Invitations, c.BookedAt)...)
	rows, err := s.mailRows(b.Mails)
	if err != nil {
		return c, err
	}
	said, err := s.run(ctx, bookScript, keys, append(args, rows...)...)
	if err == nil && said[0] == "taken" {
		err = conflictsOf(people, said[1:])
	} else if err == nil {
		err = said.outcome()
	}
	if err == nil && said[0] == "replay" {
		c = conference.Conference{}
		err = json.Unmarshal([]byte(said.at(0)), &c)
	}
	if err != nil {
		return c, fmt.Errorf("store: book: %w", err)
	}
	return c, nil
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
	case len(slices.Compact(slices.Sorted(slices.Values(people)))) != len(people):
		return fmt.Errorf("store: book %s: somebody sits in two seats", c.ID)
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

// conflictsOf reads triples of the person's number, the reservation and its start.
func conflictsOf(people []conference.PersonID, triples []string) error {
	found := &ConflictError{}
	for t := range slices.Chunk(triples, 3) {
		i, err := strconv.Atoi(t[0])
		if err != nil || i < 1 || i > len(people) || len(t) < 3 {
			return fmt.Errorf("store: conflict %q", t)
		}
		r, err := parseReservation(t[1], t[2])
		if err != nil {
			return err
		}
		found.Conflicts = append(found.Conflicts, Conflict{Person: people[i-1], Conference: r.conference, Start: r.start, End: r.end})
	}
	return found
}

// retryChange is how often a change that nobody guards by a revision is tried again after somebody else's.
const retryChange = 16

// errBusyEntity means that others changed it every time we tried.
var errBusyEntity = errors.New("store: changed by others too often")
