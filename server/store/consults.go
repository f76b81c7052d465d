package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
)

const (
	// consultKept is how long a consult stays after its last change: as long as a case shell (domain.md, retention).
	consultKept = 90 * 24 * time.Hour
	// consultsListed is how many consults one person's list and one role's inbox hold: ten a day over that time.
	consultsListed = 1000
)

//go:embed consult_put.lua
var consultPutLua string

var consultPutScript = redis.NewScript(consultPutLua)

func (s *Store) consultKey(id duty.ConsultID) string { return s.core("consult:" + string(id)) }

func (s *Store) consultsDueKey() string { return s.core("consults:due") }

func (s *Store) consultsOfKey(person conference.PersonID) string {
	return s.core("consults:of:" + string(person))
}

func (s *Store) consultsForKey(covers conference.RoleAt) string {
	return s.core("consults:for:" + string(covers.Role) + ":" + string(covers.Unit))
}

// CreateConsult writes a new consult with its deadline, its place in the lists of its people, its room with the personal links
// to it, and the event: all or nothing, in one script. The room is an improvised meeting without a case and without mails; a
// consult that needs none (duty.Practice) has no Conference and comes with the zero Booking. A repeated request gets the
// consult as it stands now: whoever asks again must not ring with what was true then. ErrExists, ErrIdempotencyMismatch.
func (s *Store) CreateConsult(ctx context.Context, c duty.Consult, k Idempotency, room Booking) (duty.Consult, error) {
	roomText, err := roomOf(c, &room)
	if err != nil {
		return c, err
	}
	keys, args, err := s.consultWrite(c, 0, "asked", k)
	if err != nil {
		return c, err
	}
	for _, i := range room.Invitations {
		keys = append(keys, s.invitationKey(i.Hash))
	}
	args = append(args, string(c.Conference), roomText, len(c.Concerns()), len(rolesOf(c)), len(room.Invitations))
	args = append(args, invitationRows(room.Invitations, room.Conference.BookedAt)...)
	said, err := s.run(ctx, consultPutScript, keys, args...)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return c, fmt.Errorf("store: create a consult: %w", err)
	}
	if said[0] == "replay" {
		return s.Consult(ctx, duty.ConsultID(said.at(0)))
	}
	c.Revision = 1
	return c, nil
}

// roomOf checks the room of a new consult and returns it as it is stored; empty when it has none.
func roomOf(c duty.Consult, room *Booking) (string, error) {
	meeting := &room.Conference
	switch {
	case c.ID == "":
		return "", errors.New("store: a consult without id")
	case c.Conference != meeting.ID:
		return "", fmt.Errorf("store: consult %s: its room is %q, not %q", c.ID, c.Conference, meeting.ID)
	case meeting.ID == "":
		return "", nil
	case !meeting.Improvised || meeting.Case != "" || len(room.Mails) > 0:
		return "", fmt.Errorf("store: consult %s: its room is improvised, of no case and mailed to nobody", c.ID)
	}
	*meeting = newMeeting(*meeting)
	if err := checkBooking(*meeting, *room); err != nil {
		return "", err
	}
	text, err := json.Marshal(meeting)
	if err != nil {
		return "", fmt.Errorf("store: conference %s: %w", meeting.ID, err)
	}
	return string(text), nil
}

// consultWrite makes the keys and arguments that creating and changing share, up to the room.
func (s *Store) consultWrite(c duty.Consult, expected int64, what string, k Idempotency) ([]string, []any, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, nil, fmt.Errorf("store: consult %s: %w", c.ID, err)
	}
	deadline, listed := "", ""
	if !c.Deadline.IsZero() {
		deadline = milliseconds(c.Deadline.Add(time.Millisecond - 1)) // never due before it is
	}
	if leftToRole(c) {
		listed = "1"
	}
	people := c.Concerns()
	keys := []string{s.consultKey(c.ID), s.consultsDueKey(), s.eventsKey(), s.idempotencyKey(k), s.conferenceKey(c.Conference)}
	for _, p := range people {
		keys = append(keys, s.consultsOfKey(p))
	}
	for _, r := range rolesOf(c) {
		keys = append(keys, s.consultsForKey(r))
	}
	return keys, []any{
		string(c.ID), strconv.FormatInt(expected, 10), text, schemaVersion, deadline, milliseconds(s.now()), consultKept.Milliseconds(), consultsListed,
		what, words(people), eventsKept, listed, k.Key, k.BodyHash, answersKept.Milliseconds(),
	}, nil
}

// leftToRole says whether a consult lies in the inboxes of its roles: nobody has answered it, or somebody who was rung by the plan was
// not on duty, which whoever owns the plan must see.
func leftToRole(c duty.Consult) bool {
	return c.State == duty.Missed || slices.ContainsFunc(c.Rings, func(r duty.Ring) bool { return r.Outcome == duty.NotOnDuty })
}

// rolesOf lists the roles in whose inboxes a consult may lie: those that the hunt has come to.
func rolesOf(c duty.Consult) []conference.RoleAt {
	roles := append([]conference.RoleAt{c.Covers}, c.Stages[:min(c.Stage+1, len(c.Stages))]...)
	known := map[conference.RoleAt]bool{{}: true}
	return slices.DeleteFunc(roles, func(r conference.RoleAt) bool {
		again := known[r]
		known[r] = true
		return again
	})
}

// Consult returns one consult, also when it is over.
func (s *Store) Consult(ctx context.Context, id duty.ConsultID) (duty.Consult, error) {
	e, err := s.entity(ctx, s.consultKey(id))
	if err != nil {
		return duty.Consult{}, fmt.Errorf("store: consult %s: %w", id, err)
	}
	return consultOf(e)
}

func consultOf(e entity) (duty.Consult, error) {
	var c duty.Consult
	if err := json.Unmarshal([]byte(e.text), &c); err != nil {
		return c, fmt.Errorf("store: consult: %w", err)
	}
	c.Revision = e.revision
	return c, nil
}

// ReplayedConsult returns, as it stands now, the consult that CreateConsult made for a request with this key and body.
// ErrNotFound: there was none; ErrIdempotencyMismatch.
func (s *Store) ReplayedConsult(ctx context.Context, k Idempotency) (duty.Consult, error) {
	id, err := s.replayed(ctx, k)
	if err != nil {
		return duty.Consult{}, fmt.Errorf("store: replay a consult: %w", err)
	}
	return s.Consult(ctx, duty.ConsultID(id))
}

// PutConsult replaces a consult that still has the expected revision, sets or removes its deadline, adds it to the lists of
// whoever is new in it and says what happened in the event stream. Of many who write against one revision one succeeds, the
// others get ErrRevision: so the first accept wins. ErrNotFound.
func (s *Store) PutConsult(ctx context.Context, c duty.Consult, expected int64, what string) (duty.Consult, error) {
	if expected < 1 { // to the script it would be a new one
		return c, fmt.Errorf("store: %s on consult %s: revision %d", what, c.ID, expected)
	}
	keys, args, err := s.consultWrite(c, expected, what, Idempotency{})
	if err != nil {
		return c, err
	}
	said, err := s.run(ctx, consultPutScript, keys, append(args, "", "", len(c.Concerns()), len(rolesOf(c)), 0)...)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return c, wrapConsult(what, c.ID, err)
	}
	c.Revision = expected + 1
	return c, nil
}

// ChangeConsult reads, changes and writes against the revision read; after somebody else's change it reads again and change is
// called anew, on what is true then. change reports whether there is anything to write; its error comes back wrapped, with
// the consult as change left it. ErrNotFound.
func (s *Store) ChangeConsult(ctx context.Context, id duty.ConsultID, what string, change func(*duty.Consult) (bool, error)) (duty.Consult, error) {
	for range retryChange {
		c, err := s.Consult(ctx, id)
		if err != nil {
			return c, err
		}
		expected := c.Revision
		wanted, err := change(&c)
		if err != nil {
			return c, wrapConsult(what, id, err)
		}
		if !wanted {
			return c, nil
		}
		if c, err = s.PutConsult(ctx, c, expected, what); !errors.Is(err, ErrRevision) {
			return c, err
		}
	}
	return duty.Consult{}, wrapConsult(what, id, errBusyEntity)
}

func wrapConsult(what string, id duty.ConsultID, err error) error {
	return fmt.Errorf("store: %s on consult %s: %w", what, id, err)
}

// DueConsults returns the consults whose deadline has come, the longest overdue first, at most limit. They stay due until a
// change gives them another deadline or none.
func (s *Store) DueConsults(ctx context.Context, now time.Time, limit int) ([]duty.ConsultID, error) {
	if limit < 1 { // to Redis it would be no limit
		return nil, nil
	}
	found, err := s.read.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: s.consultsDueKey(), ByScore: true, Start: "-inf", Stop: milliseconds(now), Count: int64(limit),
	}).Result()
	if err != nil {
		return nil, fmt.Errorf("store: due consults: %w", err)
	}
	ids := make([]duty.ConsultID, len(found))
	for i, id := range found {
		ids[i] = duty.ConsultID(id)
	}
	return ids, nil
}

// ConsultsOf returns the consults that concern a person, as caller or as somebody who was asked: those that came last, newest
// first, at most limit.
func (s *Store) ConsultsOf(ctx context.Context, person conference.PersonID, limit int) ([]duty.Consult, error) {
	return s.listedConsults(ctx, s.consultsOfKey(person), limit)
}

// ConsultsOfRole returns a role's inbox: the consults that nobody of it answered, or that rang somebody who was not on duty, newest
// first, at most limit. Those that somebody has taken up since are among them and say so.
func (s *Store) ConsultsOfRole(ctx context.Context, covers conference.RoleAt, limit int) ([]duty.Consult, error) {
	return s.listedConsults(ctx, s.consultsForKey(covers), limit)
}

func (s *Store) listedConsults(ctx context.Context, list string, limit int) ([]duty.Consult, error) {
	if limit < 1 {
		return nil, nil
	}
	ids, err := s.read.ZRangeArgs(ctx, redis.ZRangeArgs{Key: list, Start: 0, Stop: limit - 1, Rev: true}).Result()
	if err != nil {
		return nil, fmt.Errorf("store: list of consults: %w", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.consultKey(duty.ConsultID(id))
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: list of consults: %w", err)
	}
	consults := make([]duty.Consult, 0, len(entities))
	for _, e := range entities {
		c, err := consultOf(e)
		if err != nil {
			return nil, err
		}
		consults = append(consults, c)
	}
	return consults, nil
}
