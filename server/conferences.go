package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/samtale/samtale/calendar/slots"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// guestsEarly is how long before the start a guest's link opens the call; staff may meet at any time before.
	guestsEarly = 30 * time.Minute
	// linkGrace is how long after the end a personal link still works (domain.md: 10 minutes).
	linkGrace = 10 * time.Minute
)

// standing is as what somebody comes to a meeting. A link's session has no account: staff who came by the link in their
// mail stand as invited clinicians, in this meeting only; guests as guests.
type standing struct {
	access   conference.Access
	relation identity.Relation
}

func (st standing) can(act identity.Action) bool { return identity.Can(st.access, st.relation, act) }

// conferenceFor reads a meeting that p may see, with how p stands to it.
func (s *Server) conferenceFor(ctx context.Context, id conference.ConferenceID, act identity.Action) (conference.Conference, *principal, standing, error) {
	p, err := s.principal(ctx)
	if err != nil {
		return conference.Conference{}, nil, standing{}, err
	}
	c, err := s.store.Conference(ctx, id)
	if err == nil {
		c, err = s.seatLate(ctx, p, c)
	}
	if err != nil {
		return conference.Conference{}, nil, standing{}, s.fail("read a meeting", err)
	}
	st := s.standingIn(ctx, p, c)
	switch me := p.in(c); {
	case p.person == nil && me != nil && me.RevokedAt == nil && st == standing{}:
		return conference.Conference{}, nil, st, errMeetingEnded
	case !st.can(identity.ViewConference):
		return conference.Conference{}, nil, st, errNotFound
	case !st.can(act):
		return conference.Conference{}, nil, st, errForbidden
	}
	return c, p, st, nil
}

func (s *Server) standingIn(ctx context.Context, p *principal, c conference.Conference) standing {
	me := p.in(c)
	switch {
	case me != nil && me.RevokedAt != nil:
		return standing{}
	case p.person == nil && me != nil && me.Guest != "" && !s.guestsMaySee(c):
		return standing{}
	case p.person == nil && me != nil && me.Guest == "":
		return standing{access: conference.AccessClinician, relation: identity.RelationInvited}
	case p.person == nil && me != nil:
		return standing{relation: identity.RelationGuest}
	case p.person == nil:
		return standing{}
	}
	st := standing{access: p.person.Access}
	if me != nil && (!me.Visitor || s.isInside(c.ID, me.Key)) {
		st.relation |= identity.RelationInvited
	}
	if c.Improvised { // a private talk: being a colleague opens no door
		return st
	}
	if s.region.Load().worksAt(p.person, c.Unit) {
		st.relation |= identity.RelationOwnUnit
	}
	if c.Case != "" {
		if of, err := s.store.Case(ctx, c.Case); err == nil {
			st.relation |= s.relation(ctx, p, of)
		}
	}
	return st
}

// guestsMaySee a meeting for as long as their link works, whether it is held or was cancelled.
func (s *Server) guestsMaySee(c conference.Conference) bool {
	return s.now().Before(c.End.Add(linkGrace)) || s.occupied(c.ID)
}

// in returns p's own participant of a meeting, or nil.
func (p *principal) in(c conference.Conference) *conference.Participant {
	for i := range c.Participants {
		part := &c.Participants[i]
		if (p.person != nil && part.Person == p.person.ID) || p.isGuest(c.ID, part) {
			return part
		}
	}
	return nil
}

// isGuest: a session that was opened by a link is worth as much as the link. One that was made anew ends it.
func (p *principal) isGuest(id conference.ConferenceID, part *conference.Participant) bool {
	return p.session.Conference == id && part.Key == p.session.Participant && (part.Guest == "" || part.Link == p.session.Link)
}

func participant(c conference.Conference, key string) *conference.Participant {
	i := slices.IndexFunc(c.Participants, func(p conference.Participant) bool { return p.Key == key })
	if i < 0 {
		return nil
	}
	return &c.Participants[i]
}

func (s *Server) getConference(ctx context.Context, in *conferenceInput) (*conferenceOutput, error) {
	c, p, st, err := s.conferenceFor(ctx, in.ID, identity.ViewConference)
	if errors.Is(err, errNotFound) {
		return s.showDoorstep(ctx, in.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.showConference(ctx, p, st, c)
}

func (s *Server) showConference(ctx context.Context, p *principal, st standing, c conference.Conference) (*conferenceOutput, error) {
	region := s.region.Load()
	v := ConferenceView{
		ID: c.ID, MeetingCode: c.MeetingCode, Purpose: c.Purpose, Start: c.Start, End: c.End, State: s.stateOf(c), OpensAt: c.Start.Add(-guestsEarly),
		Participants: []ParticipantView{}, BookedAt: c.BookedAt, Revision: c.Revision, May: s.mayOnConference(p, st, c), Socket: s.config.NodePath + "/ws",
		Improvised: c.Improvised, Locked: c.Locked, PatientPresent: c.PatientPresent, Consent: consentView(c), AgendaMinutes: cmp.Or(c.AgendaMinutes, usualMinutes),
	}
	if p.person != nil && st.relation&identity.RelationInvited != 0 {
		v.Consult = duty.ConsultID(c.Consult)
	}
	if c.BookedBy != "" {
		ref := region.personRef(c.BookedBy)
		v.BookedBy = &ref
	}
	if c.Case != "" && p.person != nil {
		if of, err := s.store.Case(ctx, c.Case); err == nil && identity.Can(p.person.Access, s.relation(ctx, p, of), identity.ViewCase) {
			v.Case = &CaseRef{ID: of.ID, Code: of.Code}
		}
	}
	mails, err := s.store.OutboxStatus(ctx, c.ID)
	if err != nil {
		return nil, s.fail("read what was mailed", err)
	}
	me := p.in(c)
	for _, part := range c.Participants {
		view := ParticipantView{
			Key: part.Key, Seat: part.Seat, Need: part.Need, Name: part.Name, Role: part.Role.Role, Org: part.Org, Guest: part.Guest,
			Reply: part.Reply, RepliedAt: part.RepliedAt, Mail: mailState(part, mails), Host: part.Host, You: me != nil && me.Key == part.Key,
			Visitor: part.Visitor, LinkUsed: part.LinkUsed != nil, Revoked: part.RevokedAt != nil,
		}
		if part.ByHand != nil {
			view.ByHand, view.ByHandEnd = part.ByHand.How, part.ByHand.Until
		}
		v.Participants = append(v.Participants, view)
	}
	if me != nil {
		v.You = me.Key
	}
	return &conferenceOutput{ETag: etag(c.Revision), Body: v}, nil
}

func mailState(p conference.Participant, mails map[string]store.MailStatus) string {
	if p.Email == "" {
		return "none"
	}
	return mails[p.Key].State
}

// stateOf: a meeting runs while its time is on or anybody is in it, and is over after that.
func (s *Server) stateOf(c conference.Conference) string {
	now := s.now()
	switch {
	case c.State == conference.Cancelled:
		return "cancelled"
	case s.occupied(c.ID), !now.Before(c.Start) && now.Before(c.End):
		return "running"
	case now.Before(c.Start):
		return "booked"
	}
	return "ended"
}

func (s *Server) conferenceCard(c conference.Conference) ConferenceCard {
	card := ConferenceCard{ID: c.ID, Start: c.Start, End: c.End, State: s.stateOf(c)}
	for _, p := range c.Participants {
		switch p.Reply {
		case conference.Accepted:
			card.Yes++
		case conference.Declined:
			card.No++
		case conference.NoReply, conference.Tentative:
			card.Silent++
		}
	}
	return card
}

func (s *Server) mayOnConference(p *principal, st standing, c conference.Conference) []string {
	may := []string{}
	add := func(name string, act identity.Action, sensible bool) {
		if sensible && st.can(act) {
			may = append(may, name)
		}
	}
	me, open := p.in(c), s.joinable(c)
	add("join", identity.JoinConference, open && me != nil)
	add("reply", identity.Reply, open && me != nil && me.Guest == "")
	add("cancel", identity.CancelConference, c.State == conference.Booked && s.stateOf(c) == "booked")
	add("admit", identity.AdmitGuests, open && me != nil && me.Host)
	add("view_attendance", identity.ViewAttendance, true)
	hosts := me != nil && me.Host
	add("invite_guests", identity.InviteGuest, open && (hosts || st.relation&identity.RelationOwnUnit != 0))
	add("keep_consent", identity.KeepConsent, open && hosts)
	add("add_by_hand", identity.AddByHand, open && hosts)
	return may
}

// joinable: until ten minutes after the end, and longer while somebody is in it.
func (s *Server) joinable(c conference.Conference) bool {
	return c.State == conference.Booked && (s.now().Before(c.End.Add(linkGrace)) || s.occupied(c.ID))
}

// cancelConference frees everybody and mails a CANCEL.
func (s *Server) cancelConference(ctx context.Context, in *cancelInput) (*conferenceOutput, error) {
	c, p, st, err := s.conferenceFor(ctx, in.ID, identity.CancelConference)
	if err != nil {
		return nil, err
	}
	revision, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if s.stateOf(c) != "booked" {
		return nil, errMeetingEnded
	}
	cancelled, err := s.store.Cancel(ctx, c.ID, revision, mailsFor(c, mailCancel, c.Sequence+1))
	if err != nil {
		return nil, s.fail("cancel a meeting", err)
	}
	return s.showConference(ctx, p, st, cancelled)
}

// reply records one's own answer given in the page.
func (s *Server) reply(ctx context.Context, in *replyInput) (*conferenceOutput, error) {
	c, p, st, err := s.conferenceFor(ctx, in.ID, identity.Reply)
	if err != nil {
		return nil, err
	}
	me := p.in(c)
	if me == nil {
		return nil, errForbidden
	}
	changed, err := s.setReply(ctx, c, me.Key, in.Body.Reply)
	if err != nil {
		return nil, err
	}
	return s.showConference(ctx, p, st, changed)
}

func (s *Server) setReply(ctx context.Context, c conference.Conference, key string, reply conference.Reply) (conference.Conference, error) {
	if !s.joinable(c) {
		return c, errMeetingEnded
	}
	changed, err := s.store.SetReply(ctx, c.ID, key, reply, s.now())
	if err != nil {
		return c, s.fail("write a reply", err)
	}
	return changed, nil
}

// slotTaken answers a lost race: who is taken, and the next best slots.
func (s *Server) slotTaken(ctx context.Context, conflicts []ConflictView, request *slots.Request) error {
	p := problem(http.StatusConflict, "slot-taken", "Somebody in this meeting was just taken")
	p.Conflicts = conflicts
	s.metrics.bookings.WithLabelValues("taken").Inc()
	if request == nil {
		return p
	}
	answer, err := s.search(ctx, *request)
	if err != nil {
		return errors.Join(p, err)
	}
	p.Alternatives = &answer
	return p
}
