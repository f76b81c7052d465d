package server

import (
	"context"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// invited finds whom a personal link is for. Guessing is limited by address.
func (s *Server) invited(ctx context.Context, token string) (conference.Conference, *conference.Participant, error) {
	if err := s.limit(ctx, "invitation:"+remoteOf(ctx), 120, 15*time.Minute); err != nil {
		return conference.Conference{}, nil, err
	}
	ref, err := s.store.Invitation(ctx, identity.Hash(token))
	if err != nil {
		return conference.Conference{}, nil, s.fail("find an invitation", err)
	}
	c, err := s.store.Conference(ctx, ref.Conference)
	if err != nil {
		return c, nil, s.fail("read an invitation's meeting", err)
	}
	part := participant(c, ref.Participant)
	if part == nil || part.RevokedAt != nil {
		return c, nil, errNotFound
	}
	if _, hash := s.invitationToken(c, *part); hash != identity.Hash(token) { // made anew since
		return c, nil, errNotFound
	}
	return c, part, nil
}

// getInvitation shows what a link is for. It changes nothing: mail scanners open links too.
func (s *Server) getInvitation(ctx context.Context, in *invitationInput) (*invitationOutput, error) {
	c, part, err := s.invited(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	return s.showInvitation(c, part), nil
}

func (s *Server) showInvitation(c conference.Conference, part *conference.Participant) *invitationOutput {
	return &invitationOutput{Body: InvitationView{
		Conference: c.ID, MeetingCode: c.MeetingCode, Purpose: c.Purpose, Start: c.Start, End: c.End, State: s.stateOf(c), OpensAt: c.Start.Add(-guestsEarly),
		Name: part.Name, Role: part.Role.Role, Org: part.Org, Guest: part.Guest, Reply: part.Reply, Language: part.Language,
		Zone: s.region.Load().Zone, Now: s.now(),
	}}
}

// useInvitation enters the meeting. The session it opens sees this meeting and nothing else, also for staff: a mail that
// was passed on must not open a ward's board. Whoever is signed in as that very person keeps their own session.
func (s *Server) useInvitation(ctx context.Context, in *useInvitationInput) (*sessionOutput, error) {
	c, part, err := s.invited(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	if !s.joinable(c) {
		return nil, errMeetingEnded
	}
	if part.Guest != "" && s.now().Before(c.Start.Add(-guestsEarly)) {
		return nil, tooEarly(c)
	}
	if p, err := s.principal(ctx); err == nil && p.person != nil && p.person.ID == part.Person {
		return &sessionOutput{Body: s.sessionView(ctx, p)}, nil
	}
	if part.Guest == "" {
		return s.enter(ctx, store.Session{Conference: c.ID, Participant: part.Key, Language: part.Language})
	}
	browser := in.Guest
	if s.config.Secure() {
		browser = in.SecureGuest
	}
	cookie, err := s.takeLink(ctx, c, part, in.Token, browser)
	if err != nil {
		return nil, err
	}
	out, err := s.enter(ctx, store.Session{Conference: c.ID, Participant: part.Key, Link: part.Link, Language: part.Language})
	if err == nil {
		out.SetCookie = append(out.SetCookie, cookie.String())
	}
	return out, err
}

func tooEarly(c conference.Conference) *Problem {
	p := problem(425, "too-early", "The meeting has not opened yet")
	p.Detail = c.Start.Add(-guestsEarly).UTC().Format(time.RFC3339)
	return p
}

// replyByInvitation accepts or declines by the link in the mail.
func (s *Server) replyByInvitation(ctx context.Context, in *invitationReplyInput) (*invitationOutput, error) {
	c, part, err := s.invited(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	changed, err := s.setReply(ctx, c, part.Key, in.Body.Reply)
	if err != nil {
		return nil, err
	}
	return s.showInvitation(changed, participant(changed, part.Key)), nil
}
