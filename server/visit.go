package server

import (
	"context"
	"errors"
	"slices"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// mayVisit: a colleague with the link of an improvised talk waits outside it, seen by name and role.
func (s *Server) mayVisit(p *principal, c conference.Conference) bool {
	return c.Improvised && p.person != nil && s.joinable(c) && identity.Can(p.person.Access, identity.RelationNone, identity.VisitTalk)
}

// isInside reports whether somebody is in a call on this node.
func (s *Server) isInside(id conference.ConferenceID, key string) bool {
	if s.rooms == nil {
		return false
	}
	for _, who := range s.rooms.Present()[string(id)] {
		if who.Key == key {
			return true
		}
	}
	return false
}

// showDoorstep is what a visitor sees of a talk: that it goes on, and that they may wait. Not who is in it.
func (s *Server) showDoorstep(ctx context.Context, id conference.ConferenceID) (*conferenceOutput, error) {
	p, err := s.principal(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.store.Conference(ctx, id)
	if err != nil {
		return nil, s.fail("read a meeting", err)
	}
	if !s.mayVisit(p, c) {
		return nil, errNotFound
	}
	v := ConferenceView{
		ID: c.ID, MeetingCode: c.MeetingCode, Purpose: c.Purpose, Start: c.Start, End: c.End, State: s.stateOf(c), OpensAt: c.Start,
		Participants: []ParticipantView{}, BookedAt: c.BookedAt, Revision: c.Revision, May: []string{"join"}, Socket: s.config.NodePath + "/ws",
		Improvised: true, Locked: c.Locked, AgendaMinutes: c.AgendaMinutes,
	}
	return &conferenceOutput{ETag: etag(c.Revision), Body: v}, nil
}

// seatLate seats whoever has taken a consult and has no seat yet: the server was killed in between.
func (s *Server) seatLate(ctx context.Context, p *principal, c conference.Conference) (conference.Conference, error) {
	if c.Consult == "" || p.person == nil {
		return c, nil
	}
	if me := p.in(c); me != nil && !me.Visitor {
		return c, nil
	}
	consult, err := s.store.Consult(ctx, duty.ConsultID(c.Consult))
	if errors.Is(err, store.ErrNotFound) {
		return c, nil
	}
	if err != nil || consult.TakenBy != p.person.ID {
		return c, err
	}
	return s.seatTaker(ctx, consult)
}

// addVisitor notes who waits outside, so that the hosts see a name and a role and the report shows it if they are let in.
func (s *Server) addVisitor(ctx context.Context, p *principal, c conference.Conference) (conference.Conference, error) {
	var as conference.RoleAt
	if len(p.person.Roles) > 0 {
		as = p.person.Roles[0]
	}
	return s.store.ChangeConference(ctx, c.ID, "visitor", func(m *conference.Conference) (bool, error) {
		if slices.ContainsFunc(m.Participants, func(x conference.Participant) bool { return x.Person == p.person.ID }) {
			return false, nil
		}
		if len(m.Participants) >= mostParticipants {
			return false, errTooManyGuests
		}
		visitor := s.talker(p.person, as)
		visitor.Seat, visitor.Visitor, visitor.Host, visitor.Reply, visitor.RepliedAt = "visitor", true, false, conference.NoReply, nil
		m.Participants = append(m.Participants, visitor)
		return true, nil
	}, store.Extras{})
}
