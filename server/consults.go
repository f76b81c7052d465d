package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// roomFor is how long the room of a consult stands while nobody has taken it: a hunt, a promise and another hunt.
	roomFor = 30 * time.Minute
	// Somebody who rings again and again is stopped before everybody is tired of it.
	asksMost   = 30
	asksPeriod = 10 * time.Minute

	practiceMinutes = 2
	listedConsults  = 50
)

var (
	errNobodySuch = problem(http.StatusUnprocessableEntity, "no-such-role", "Nobody in the region has this role")
	errNoConsent  = problem(http.StatusUnprocessableEntity, "consent-needed", "The patient must know and be willing before somebody else hears")
	errTaken      = problem(http.StatusConflict, "taken", "Somebody else has taken it")
	errNotRinging = problem(http.StatusConflict, "not-ringing", "It rings no longer")
	errOverridden = problem(http.StatusConflict, "overridden", "You have interrupted once already")
)

// refusal maps what the state machine does not allow to what people see.
func (s *Server) refusal(doing string, err error) error {
	switch {
	case errors.Is(err, duty.ErrTaken):
		return errTaken
	case errors.Is(err, duty.ErrNotRung):
		return errNotRinging
	case errors.Is(err, duty.ErrOverridden):
		return errOverridden
	case errors.Is(err, duty.ErrOver), errors.Is(err, duty.ErrAnswer), errors.Is(err, duty.ErrPromised), errors.Is(err, duty.ErrNotSoft), errors.Is(err, duty.ErrNoNote):
		return errNotRinging
	case errors.Is(err, duty.ErrWords), errors.Is(err, conference.ErrNoteNumber):
		return errNoteRefused
	}
	return s.fail(doing, err)
}

// createConsult rings: whoever is on duty for a role, one named person, or for practice oneself. The room stands from the
// beginning, so that the caller waits in it and whoever accepts finds it.
func (s *Server) createConsult(ctx context.Context, in *createConsultInput) (*consultOutput, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	act := identity.AskNow
	if in.Body.Kind == duty.Practice {
		act = identity.AnswerNow
	}
	if !p.may(act) {
		return nil, errForbidden
	}
	key := store.Idempotency{Key: scopedKey(p, "consult", in.IdempotencyKey), BodyHash: hashOf(in.Body)}
	if again, err := s.askedBefore(ctx, p, key); again != nil || err != nil {
		return again, err
	}
	c, err := s.newConsult(p, in.Body)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, p, c, in.Body.Consent, key)
}

// askedBefore answers a repeated request with what its first one began, as it stands now; nil: there was none, and p has not asked
// too often. A repetition counts for nothing.
func (s *Server) askedBefore(ctx context.Context, p *principal, key store.Idempotency) (*consultOutput, error) {
	switch c, err := s.store.ReplayedConsult(ctx, key); {
	case err == nil:
		return s.showConsult(ctx, p, c)
	case !errors.Is(err, store.ErrNotFound):
		return nil, s.fail("find a repeated request", err)
	}
	return nil, s.limit(ctx, "ask:"+string(p.person.ID), asksMost, asksPeriod)
}

// newConsult builds the request and refuses what cannot be asked.
func (s *Server) newConsult(p *principal, b NewConsult) (duty.Consult, error) {
	region, now := s.region.Load(), s.now()
	c := duty.Consult{
		ID: duty.ConsultID("c_" + newID(s.random)), Kind: b.Kind, Caller: p.person.ID, Reason: b.Reason, Words: strings.TrimSpace(b.Words),
		Urgency: b.Urgency, Minutes: b.Minutes, PatientPresent: b.PatientPresent, At: now,
	}
	if len(p.person.Roles) > 0 {
		c.CallerRole = p.person.Roles[0]
	}
	if c.Urgency == "" {
		c.Urgency = duty.Hour
	}
	switch c.Kind {
	case duty.Specialist:
		covers, ok := region.ringable(b.Covers)
		if !ok {
			return c, errNobodySuch
		}
		c.Covers, c.Stages = covers, []conference.RoleAt{covers}
		if roster := region.rosters[covers]; roster != nil && roster.Deputy != (conference.RoleAt{}) {
			c.Stages = append(c.Stages, roster.Deputy)
		}
	case duty.Knock:
		asked, ok := region.people[b.Person]
		if !ok || asked.ID == p.person.ID || !identity.Can(asked.Access, identity.RelationSelf, identity.AnswerNow) {
			return c, errNotFound
		}
		c.Person = asked.ID
	case duty.Practice:
		c.Person, c.Reason, c.Minutes = p.person.ID, "", practiceMinutes
	}
	if c.Kind != duty.Practice && c.Minutes == 0 {
		c.Minutes = 2
	}
	if c.PatientPresent && !b.Consent {
		return c, errNoConsent
	}
	switch err := c.Check(); {
	case errors.Is(err, duty.ErrWords), errors.Is(err, conference.ErrNoteNumber):
		return c, errNoteRefused
	case err != nil:
		return c, invalid(strings.TrimPrefix(err.Error(), "duty: "))
	}
	return c, nil
}

// begin writes a consult with its room and starts to ring. Of two equal requests at once the later one finds the first.
func (s *Server) begin(ctx context.Context, p *principal, c duty.Consult, consent bool, key store.Idempotency) (*consultOutput, error) {
	now := s.now()
	var room store.Booking
	if c.Kind != duty.Practice {
		room = s.roomFor(p, c, consent)
		c.Conference = room.Conference.ID
	}
	resolve, failed := s.resolver(ctx, c)
	started := duty.Start(c, now, resolve)
	if err := failed(); err != nil {
		return nil, s.fail("find who is on duty", err)
	}
	begun, err := s.store.CreateConsult(ctx, started, key, room)
	if err != nil {
		return nil, s.fail("begin a consult", err)
	}
	if begun.ID == started.ID {
		s.metrics.consults.WithLabelValues(string(begun.Kind), "asked").Inc()
		s.carryOut(ctx, duty.Consult{}, begun)
	}
	return s.showConsult(ctx, p, begun)
}

// roomFor is the meeting of a consult, with the caller in it.
func (s *Server) roomFor(p *principal, c duty.Consult, consent bool) store.Booking {
	now, id := s.now(), newID(s.random)
	m := conference.Conference{
		ID: conference.ConferenceID("m_" + id), MeetingCode: conference.NewMeetingCode(s.random), UID: id + "@" + s.mailDomain(), Purpose: conference.PurposeConsult,
		Unit: c.CallerRole.Unit, Start: now, End: now.Add(roomFor), State: conference.Booked, BookedBy: c.Caller, BookedAt: now, SchemaVersion: 1,
		Improvised: true, Locked: true, PatientPresent: c.PatientPresent, Consult: string(c.ID), AgendaMinutes: c.Minutes,
	}
	if c.Kind == duty.Knock {
		m.Purpose = conference.PurposeKnock
	}
	caller := s.talker(p.person, c.CallerRole)
	m.Participants = []conference.Participant{caller}
	if consent && c.PatientPresent {
		m.Consent = &conference.Consent{GivenAt: now, GivenBy: caller.Key}
	}
	return store.Booking{Conference: m}
}

// talker seats somebody in an improvised talk: there is no quorum, everybody is a host.
func (s *Server) talker(p *conference.Person, as conference.RoleAt) conference.Participant {
	now := s.now()
	part := conference.Participant{
		Key: "k_" + newID(s.random), Seat: "talk", Need: conference.Optional, Person: p.ID, Role: as, Name: p.Name, Language: p.Language,
		Reply: conference.Accepted, RepliedAt: &now, Host: true,
	}
	part.Org = s.region.Load().orgOf(as.Unit)
	return part
}

// seat gives somebody a seat in an improvised talk and reports whether they had none. Whoever waits outside it does so no longer.
func (s *Server) seat(m *conference.Conference, p *conference.Person, as conference.RoleAt) bool {
	if slices.ContainsFunc(m.Participants, func(part conference.Participant) bool { return part.Person == p.ID && !part.Visitor }) {
		return false
	}
	m.Participants = slices.DeleteFunc(m.Participants, func(part conference.Participant) bool { return part.Person == p.ID })
	m.Participants = append(m.Participants, s.talker(p, as))
	return true
}

func (s *Server) getConsult(ctx context.Context, in *consultInput) (*consultOutput, error) {
	p, c, err := s.consultFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.showConsult(ctx, p, c)
}

// consultFor reads a consult that p takes part in, or whose note p inherits. For everybody else it does not exist.
func (s *Server) consultFor(ctx context.Context, id duty.ConsultID) (*principal, duty.Consult, error) {
	p, err := s.signedIn(ctx)
	if err != nil {
		return nil, duty.Consult{}, err
	}
	c, err := s.store.Consult(ctx, id)
	if err != nil {
		return nil, c, s.fail("read a consult", err)
	}
	if slices.Contains(c.Concerns(), p.person.ID) || s.inherits(ctx, p, c) {
		return p, c, nil
	}
	return nil, c, errNotFound
}

// inherits: a missed call is left to the role, and so to whoever is on duty in it now.
func (s *Server) inherits(ctx context.Context, p *principal, c duty.Consult) bool {
	if c.Note == nil || c.Kind != duty.Specialist {
		return false
	}
	for _, covers := range c.Stages {
		if !slices.Contains(p.person.Roles, covers) {
			continue
		}
		on, err := s.onDuty(ctx, covers)
		if err != nil {
			s.log.Warn("roster not read", slog.Any("err", err))
		}
		if slices.ContainsFunc(on, func(o duty.OnDuty) bool { return o.Person == p.person.ID }) {
			return true
		}
	}
	return false
}

// change steps a consult and carries out what follows from it. Of many who change it at once the first one wins, and the
// others are judged by what it is then.
func (s *Server) change(ctx context.Context, id duty.ConsultID, what string, step func(duty.Consult, time.Time, duty.Resolve) (duty.Consult, error)) (duty.Consult, error) {
	var before duty.Consult
	after, err := s.store.ChangeConsult(ctx, id, what, func(c *duty.Consult) (bool, error) {
		before = *c
		resolve, failed := s.resolver(ctx, *c)
		stepped, err := step(*c, s.now(), resolve)
		if err := errors.Join(err, failed()); err != nil {
			return false, err
		}
		*c = stepped
		return duty.Changed(before, stepped), nil
	})
	if err != nil {
		return after, err
	}
	s.carryOut(ctx, before, after)
	return after, nil
}

func (s *Server) answerConsult(ctx context.Context, in *answerInput) (*consultOutput, error) {
	p, _, err := s.consultFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.change(ctx, in.ID, string(in.Body.Answer), func(c duty.Consult, now time.Time, r duty.Resolve) (duty.Consult, error) {
		return duty.Respond(c, p.person.ID, in.Body.Answer, now, r)
	})
	if err != nil {
		return nil, s.refusal("answer a ring", err)
	}
	return s.showConsult(ctx, p, c)
}

func (s *Server) seeConsult(ctx context.Context, in *consultInput) (*consultOutput, error) {
	p, _, err := s.consultFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.change(ctx, in.ID, "seen", func(c duty.Consult, now time.Time, _ duty.Resolve) (duty.Consult, error) {
		return duty.Seen(c, p.person.ID, now), nil
	})
	if err != nil {
		return nil, s.refusal("note that a ring was seen", err)
	}
	return s.showConsult(ctx, p, c)
}

func (s *Server) cancelConsult(ctx context.Context, in *consultInput) (*consultOutput, error) {
	p, _, err := s.ownConsult(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.change(ctx, in.ID, "cancelled", func(c duty.Consult, now time.Time, _ duty.Resolve) (duty.Consult, error) {
		return duty.Cancel(c, now)
	})
	if err != nil {
		return nil, s.refusal("hang up", err)
	}
	return s.showConsult(ctx, p, c)
}

func (s *Server) overrideKnock(ctx context.Context, in *overrideInput) (*consultOutput, error) {
	p, _, err := s.ownConsult(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.change(ctx, in.ID, "override", func(c duty.Consult, now time.Time, _ duty.Resolve) (duty.Consult, error) {
		return duty.OverrideKnock(c, strings.TrimSpace(in.Body.Reason), now)
	})
	if err != nil {
		return nil, s.refusal("interrupt", err)
	}
	s.log.Info("a knock was made loud", slog.String("consult", string(c.ID)), slog.String("person", string(p.person.ID)))
	return s.showConsult(ctx, p, c)
}

// ownConsult is a consult that p asked for.
func (s *Server) ownConsult(ctx context.Context, id duty.ConsultID) (*principal, duty.Consult, error) {
	p, c, err := s.consultFor(ctx, id)
	if err == nil && c.Caller != p.person.ID {
		err = errForbidden
	}
	return p, c, err
}

func (s *Server) putNote(ctx context.Context, in *noteInput) (*consultOutput, error) {
	p, c, err := s.consultFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if c.Caller == p.person.ID {
		return nil, errForbidden
	}
	c, err = s.takeNote(ctx, p, c.ID, in.Body.State == "taken")
	if err != nil {
		return nil, s.refusal("mark a missed call", err)
	}
	return s.showConsult(ctx, p, c)
}

func (s *Server) takeNote(ctx context.Context, p *principal, id duty.ConsultID, taken bool) (duty.Consult, error) {
	what := "note_read"
	if taken {
		what = "note_taken"
	}
	return s.change(ctx, id, what, func(c duty.Consult, now time.Time, _ duty.Resolve) (duty.Consult, error) {
		if taken {
			return duty.TakeNote(c, p.person.ID, now)
		}
		return duty.ReadNote(c, p.person.ID, now)
	})
}
