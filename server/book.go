package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// book checks the choice with the same engine that offered it and commits it in one script: idempotency, the case's
// revision, overlap of every person, the meeting, its links and its mails. Of two who book the same start, one wins.
func (s *Server) book(ctx context.Context, in *bookInput) (*conferenceOutput, error) {
	b := in.Body
	of, p, _, err := s.caseFor(ctx, b.Case, identity.BookConference)
	if err != nil {
		return nil, err
	}
	conf, err := s.newConference(p, of, b)
	if err != nil {
		return nil, err
	}
	casts, err := s.casts(p, of, conf, b)
	if err != nil {
		return nil, err
	}
	key := store.Idempotency{Key: scopedKey(p, "book", in.IdempotencyKey), BodyHash: hashOf(b)}
	if done, err := s.store.Replayed(ctx, key); err == nil { // the first answer was lost on the way
		return s.bookedAs(ctx, p, done)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, s.fail("look for an earlier answer", err)
	}
	if casts, err = s.able(ctx, casts, b.Find); err != nil {
		return nil, err
	}
	booking := store.Booking{Conference: casts[0], CaseRevision: b.Revision, Idempotency: key, Hold: store.HoldID(b.Hold)}
	booking.Mails, booking.Invitations = mailsFor(casts[0], mailRequest, 0), s.invitationKeys(casts[0])
	for _, c := range casts {
		booking.Caps = append(booking.Caps, s.capsOf(c)...)
	}
	for _, c := range casts[1:] {
		booking.Casts = append(booking.Casts, store.Cast{Participants: c.Participants, Mails: mailsFor(c, mailRequest, 0), Invitations: s.invitationKeys(c)})
	}
	booked, err := s.store.Book(ctx, booking)
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return nil, s.slotTaken(ctx, s.conflictViews(conflict), b.Find)
	}
	if err != nil {
		return nil, s.fail("book a meeting", err)
	}
	s.metrics.bookings.WithLabelValues("booked").Inc()
	s.releaseOffers(ctx, of)
	s.forceRefresh(staff(booked)) // a clash that came in meanwhile should show at once
	return s.bookedAs(ctx, p, booked)
}

// casts is the meeting with each of the casts that would do, the wanted one first.
func (s *Server) casts(p *principal, of conference.Case, wanted conference.Conference, b NewConference) ([]conference.Conference, error) {
	casts := []conference.Conference{wanted}
	for _, other := range b.Others {
		again := b
		again.Cast = other
		c, err := s.newConference(p, of, again)
		if err != nil {
			return nil, err
		}
		with := wanted
		with.Participants = c.Participants
		casts = append(casts, with)
	}
	return casts, nil
}

// able leaves the casts that the finder finds free. When it is none, the answer speaks of the wanted one.
func (s *Server) able(ctx context.Context, casts []conference.Conference, find *slots.Request) ([]conference.Conference, error) {
	var free []conference.Conference
	var first error
	for _, c := range casts {
		err := s.checkStart(ctx, c, nil, find)
		var taken *Problem
		switch {
		case err == nil:
			free = append(free, c)
		case !errors.As(err, &taken) || taken.Status != http.StatusConflict:
			return nil, err
		case first == nil:
			first = err
		}
	}
	if len(free) == 0 {
		return nil, first
	}
	return free, nil
}

// capsOf are the weeks of a meeting's people that can be full.
func (s *Server) capsOf(c conference.Conference) []store.Cap {
	region := s.region.Load()
	var caps []store.Cap
	for _, id := range staff(c) {
		if p, ok := region.people[id]; ok && p.PerWeek > 0 {
			week := weekOf(c.Start, region.zone)
			caps = append(caps, store.Cap{Person: id, From: week.Start, To: week.End, Most: p.PerWeek})
		}
	}
	return caps
}

// weekOf is the ISO week (Monday to Sunday) around an instant in a zone.
func weekOf(t time.Time, zone *time.Location) calendar.Interval {
	local := t.In(zone)
	monday := time.Date(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 0, 0, 0, 0, zone)
	return calendar.Interval{Start: monday.UTC(), End: monday.AddDate(0, 0, 7).UTC()}
}

func (s *Server) bookedAs(ctx context.Context, p *principal, c conference.Conference) (*conferenceOutput, error) {
	return s.showConference(ctx, p, s.standingIn(ctx, p, c), c)
}

func staff(c conference.Conference) []conference.PersonID {
	var ids []conference.PersonID
	for _, part := range c.Participants {
		if part.Person != "" {
			ids = append(ids, part.Person)
		}
	}
	return ids
}

// newConference builds the meeting from the choice and refuses casts that the seats do not allow.
func (s *Server) newConference(p *principal, of conference.Case, b NewConference) (conference.Conference, error) {
	now := s.now()
	start := b.Start.UTC()
	if start.Before(now) {
		return conference.Conference{}, invalid("the start has passed")
	}
	id := newID(s.random)
	c := conference.Conference{
		ID: conference.ConferenceID("m_" + id), MeetingCode: conference.NewMeetingCode(s.random), UID: id + "@" + s.mailDomain(), Case: of.ID, Unit: of.Origin,
		Purpose: conference.PurposeDischarge, Start: start, End: start.Add(time.Duration(b.DurationMin) * time.Minute), State: conference.Booked,
		BookedBy: p.person.ID, BookedAt: now, SchemaVersion: 1,
	}
	for _, seat := range b.Cast {
		part, err := s.castParticipant(of, seat)
		if err != nil {
			return c, err
		}
		if part.Person == p.person.ID { // whoever books has said yes
			part.Reply, part.RepliedAt = conference.Accepted, &now
		}
		c.Participants = append(c.Participants, part)
	}
	for _, g := range b.Guests {
		part, err := guestParticipant(of, g)
		if err != nil {
			return c, err
		}
		c.Participants = append(c.Participants, part)
	}
	seen := map[string]bool{}
	for i := range c.Participants {
		part := &c.Participants[i]
		if who := string(part.Person); who != "" && seen[who] {
			return c, invalid(fmt.Sprintf("%s sits in two seats", part.Name))
		} else if who != "" {
			seen[who] = true
		}
		part.Key = "k_" + newID(s.random)
	}
	return c, nil
}

func (s *Server) castParticipant(of conference.Case, chosen CastSeat) (conference.Participant, error) {
	region := s.region.Load()
	i := slices.IndexFunc(of.Seats, func(x conference.Seat) bool { return x.ID == chosen.Seat })
	if i < 0 {
		return conference.Participant{}, invalid(fmt.Sprintf("the case has no seat %q", chosen.Seat))
	}
	seat := of.Seats[i]
	person, known := region.people[chosen.Person]
	switch {
	case seat.Objected:
		return conference.Participant{}, errObjected
	case !known || !slices.Contains(region.fillers(seat), chosen.Person):
		return conference.Participant{}, invalid(fmt.Sprintf("%q may not fill the seat %q", chosen.Person, chosen.Seat))
	}
	ref := region.refOf(person)
	return conference.Participant{
		Seat: seat.ID, Need: seat.Need, Person: person.ID, Role: roleIn(seat, person), Name: person.Name, Org: ref.Org, Email: person.Email,
		Language: person.Language, Reply: conference.NoReply, Host: true,
	}, nil
}

// roleIn is the role by which a person fills a seat.
func roleIn(seat conference.Seat, p *conference.Person) conference.RoleAt {
	for _, r := range seat.AnyOf {
		if slices.Contains(p.Roles, r) {
			return r
		}
	}
	if len(p.Roles) > 0 {
		return p.Roles[0]
	}
	return conference.RoleAt{}
}

func guestParticipant(of conference.Case, g GuestInvite) (conference.Participant, error) {
	i := slices.IndexFunc(of.Seats, func(x conference.Seat) bool { return x.ID == g.Seat && x.Guest != "" })
	if i < 0 {
		return conference.Participant{}, invalid(fmt.Sprintf("the case has no guest seat %q", g.Seat))
	}
	seat := of.Seats[i]
	if seat.Objected {
		return conference.Participant{}, errObjected
	}
	return conference.Participant{
		Seat: seat.ID, Need: seat.Need, Guest: seat.Guest, Name: strings.TrimSpace(g.Name), Email: strings.TrimSpace(g.Email), Language: g.Language,
		Reply: conference.NoReply,
	}, nil
}

// startRequest is the search for one start with one cast. Unknown calendars do not refuse: they were shown as uncertain and a
// human chose. What is busy does.
func (s *Server) startRequest(c conference.Conference) slots.Request {
	now := s.now()
	return slots.Request{
		DurationMin: int(c.End.Sub(c.Start).Minutes()), TZ: s.region.Load().Zone, Now: &now, Window: slots.Window{From: c.Start, To: c.End},
		Policy: slots.Policy{OutsideHours: slots.Allow, Unknown: slots.OfferMarked, Tentative: slots.TakeAsFree, UseDuty: true},
	}
}

// checkStart runs the finder for this one start with this one cast. own is a meeting that moves, as it is now: it is not in the
// way of itself.
func (s *Server) checkStart(ctx context.Context, c conference.Conference, own *conference.Conference, find *slots.Request) error {
	request := s.startRequest(c)
	for _, part := range c.Participants {
		if part.Person != "" && part.Need == conference.Required {
			request.Need = append(request.Need, slots.Need{ID: string(part.Person), AnyOf: []string{string(part.Person)}})
		}
	}
	if len(request.Need) == 0 {
		return nil
	}
	verdict, err := s.judge(ctx, request, c.Start, own)
	if err != nil {
		return err
	}
	if verdict.Feasible {
		return nil
	}
	var conflicts []ConflictView
	for _, n := range verdict.Needs {
		for _, person := range n.People {
			if !person.Can {
				conflicts = append(conflicts, ConflictView{Person: s.region.Load().personRef(conference.PersonID(person.Person)), Why: person.Why, Until: person.Until})
			}
		}
	}
	return s.slotTaken(ctx, conflicts, find)
}

func (s *Server) conflictViews(e *store.ConflictError) []ConflictView {
	region := s.region.Load()
	views := make([]ConflictView, 0, len(e.Conflicts))
	for _, c := range e.Conflicts {
		v := ConflictView{Person: region.personRef(c.Person), Why: string(c.Kind), Start: instant(c.Start), End: instant(c.End)}
		if c.Kind == store.KindHeld {
			by, until := region.personRef(c.By), s.shown(c.Until)
			v.HeldBy, v.Until = &by, &until
		}
		views = append(views, v)
	}
	return views
}

// invitationKeys are the hashes by which personal links are recognised. The links themselves are derived when a mail is
// written and are stored nowhere.
func (s *Server) invitationKeys(c conference.Conference) []store.InvitationKey {
	keys := make([]store.InvitationKey, 0, len(c.Participants))
	for _, part := range c.Participants {
		keys = append(keys, s.keysOf(c, part)...)
	}
	return keys
}

func (s *Server) invitationToken(c conference.Conference, part conference.Participant) (raw, hash string) {
	return identity.InvitationToken(s.secret, string(c.ID), part.Key, part.Link)
}

// getLinks gives a host, or whoever may book for the ward, the guests' links to be shown or read out.
func (s *Server) getLinks(ctx context.Context, in *conferenceInput) (*linksOutput, error) {
	c, _, _, err := s.hosting(ctx, in.ID, identity.InviteGuest)
	if err != nil {
		return nil, err
	}
	out := &linksOutput{}
	out.Body.Links = []GuestLink{}
	for _, part := range c.Participants {
		if part.Guest != "" && part.RevokedAt == nil {
			out.Body.Links = append(out.Body.Links, s.guestLink(c, part))
		}
	}
	return out, nil
}
