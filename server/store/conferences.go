package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

var (
	//go:embed conference_update.lua
	conferenceUpdateLua    string
	conferenceUpdateScript = redis.NewScript(conferenceUpdateLua)
)

func (s *Store) conferenceKey(id conference.ConferenceID) string {
	return s.core("conference:" + string(id))
}

// Conference returns one meeting, cancelled ones too.
func (s *Store) Conference(ctx context.Context, id conference.ConferenceID) (conference.Conference, error) {
	e, err := s.entity(ctx, s.conferenceKey(id))
	if err != nil {
		return conference.Conference{}, fmt.Errorf("store: conference %s: %w", id, err)
	}
	return conferenceOf(e)
}

func conferenceOf(e entity) (conference.Conference, error) {
	var c conference.Conference
	if err := json.Unmarshal([]byte(e.text), &c); err != nil {
		return c, fmt.Errorf("store: conference: %w", err)
	}
	c.Revision = e.revision
	return c, nil
}

// ConferencesOf returns the meetings of a case, oldest first, cancelled ones too.
func (s *Store) ConferencesOf(ctx context.Context, id conference.CaseID) ([]conference.Conference, error) {
	c, err := s.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.conferences(ctx, c.Conferences)
}

// ConferencesOfPerson returns the meetings that a person is booked for and that overlap [from, to), earliest first.
// Cancelled ones have released the person and are not among them.
func (s *Store) ConferencesOfPerson(ctx context.Context, person conference.PersonID, from, to time.Time) ([]conference.Conference, error) {
	booked, err := s.reservations(ctx, []conference.PersonID{person}, from, to)
	if err != nil {
		return nil, err
	}
	ids := make([]conference.ConferenceID, 0, len(booked[0]))
	for _, r := range booked[0] {
		ids = append(ids, r.conference)
	}
	return s.conferences(ctx, ids)
}

func (s *Store) conferences(ctx context.Context, ids []conference.ConferenceID) ([]conference.Conference, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.conferenceKey(id)
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: conferences: %w", err)
	}
	found := make([]conference.Conference, 0, len(entities))
	for _, e := range entities {
		c, err := conferenceOf(e)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// SetReply records an invitee's answer. Giving the same answer again changes nothing. ErrNotFound when there is no such
// meeting or participant.
func (s *Store) SetReply(ctx context.Context, id conference.ConferenceID, key string, reply conference.Reply, at time.Time) (conference.Conference, error) {
	return s.ChangeConference(ctx, id, "reply", func(c *conference.Conference) (bool, error) {
		i := slices.IndexFunc(c.Participants, func(p conference.Participant) bool { return p.Key == key })
		if i < 0 {
			return false, ErrNotFound
		}
		if c.Participants[i].Reply == reply {
			return false, nil
		}
		at := at.UTC()
		c.Participants[i].Reply, c.Participants[i].RepliedAt = reply, &at
		return true, nil
	}, Extras{})
}

// Extras are what is written together with a change of a meeting. They are made before it from what the caller knows; change
// must refuse when the meeting has moved on from that.
type Extras struct {
	Invitations []InvitationKey // links that begin, with a TTL; one that is there already lives on for so long
	Revoke      []string        // hashes of links that end; what is not there is no error
	Mails       []Mail
}

// ChangeConference reads, changes and writes against the revision read, in one script with the extras; after somebody else's
// change it reads again and change is called anew. change reports whether there is anything to write: if not, the extras are
// not written either. Its error comes back wrapped. A booked meeting keeps its staff and its time, for these are reserved;
// else ErrReserved. Guests and visitors may come and go, colleagues who take part by phone or from the room of another may be
// added by hand. An improvised meeting reserves nothing: there everybody may come and go.
func (s *Store) ChangeConference(
	ctx context.Context, id conference.ConferenceID, what string, change func(*conference.Conference) (bool, error), with Extras,
) (conference.Conference, error) {
	rows, err := s.extraRows(id, with)
	if err != nil {
		return conference.Conference{}, wrapChange(what, id, err)
	}
	for range retryChange {
		c, err := s.Conference(ctx, id)
		if err != nil {
			return c, err
		}
		before := c
		before.Participants = slices.Clone(c.Participants) // change may write into those that it got
		wanted, err := change(&c)
		if err == nil && wanted {
			err = checkChange(before, c)
		}
		if err != nil {
			return c, wrapChange(what, id, err)
		}
		if !wanted {
			return c, nil
		}
		err = s.putConference(ctx, &c, what, with, rows)
		if err == nil || !errors.Is(err, ErrRevision) {
			return c, wrapChange(what, id, err)
		}
	}
	return conference.Conference{}, wrapChange(what, id, errBusyEntity)
}

// extraRows checks the extras and makes their script arguments.
func (s *Store) extraRows(id conference.ConferenceID, with Extras) ([]any, error) {
	for _, i := range with.Invitations {
		if i.TTL < time.Millisecond || i.Hash == "" {
			return nil, fmt.Errorf("invitation of %q for %s", i.Participant, i.TTL)
		}
	}
	for _, m := range with.Mails {
		if m.Conference != id {
			return nil, fmt.Errorf("mail about %q", m.Conference)
		}
	}
	mails, err := s.mailRows(with.Mails)
	return append(invitationRows(with.Invitations, time.Time{}), mails...), err
}

// checkChange keeps what a change must not touch.
func checkChange(before, c conference.Conference) error {
	staff := staffOf(c)
	switch {
	case c.ID != before.ID || c.Case != before.Case || c.State != before.State || c.Improvised != before.Improvised:
		return errors.New("its id, case, state and kind do not change so")
	case !c.Start.Before(c.End):
		return errors.New("it ends before it starts")
	case len(slices.Compact(slices.Sorted(slices.Values(staff)))) != len(staff):
		return errors.New("somebody sits in two seats")
	case c.Improvised:
		return nil
	case !c.Start.Equal(before.Start) || !c.End.Equal(before.End):
		return ErrReserved
	}
	was := staffOf(before)
	for _, p := range c.Participants {
		if p.Person != "" && !p.Visitor && p.ByHand == nil && !slices.Contains(was, p.Person) {
			return ErrReserved
		}
	}
	for _, p := range before.Participants {
		if p.Person != "" && !p.Visitor && !slices.Contains(staff, p.Person) {
			return ErrReserved
		}
	}
	return nil
}

// putConference writes a meeting against the revision that it was read with.
func (s *Store) putConference(ctx context.Context, c *conference.Conference, what string, with Extras, rows []any) error {
	expected := c.Revision
	c.Revision++
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	people := "" // a booked meeting is on the boards of more than those who sit in it
	if c.Improvised {
		people = words(staffOf(*c))
	}
	keys := []string{s.conferenceKey(c.ID), s.eventsKey(), s.outboxKey(), s.mailsKey(c.ID)}
	for _, hash := range with.Revoke {
		keys = append(keys, s.invitationKey(hash))
	}
	for _, i := range with.Invitations {
		keys = append(keys, s.invitationKey(i.Hash))
	}
	args := []any{
		string(c.ID), string(c.Case), string(c.Unit), expected, text, schemaVersion, what, eventsKept, people, len(with.Revoke), len(with.Invitations),
	}
	said, err := s.run(ctx, conferenceUpdateScript, keys, append(args, rows...)...)
	if err != nil {
		return err
	}
	return said.outcome()
}

func wrapChange(what string, id conference.ConferenceID, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s on conference %s: %w", what, id, err)
}
