package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

const (
	// mostGuests of one meeting: a family at a kitchen table, each on a phone.
	mostGuests = 10
	// linksKept is how long after the end the store remembers a link, so that whoever opens it late reads that the meeting is over.
	linksKept = 30 * 24 * time.Hour
	// codeTries bounds guessing from one address: of 40 bits it gets nowhere, and a whole ward may sit behind one address.
	codeTries  = 30
	codePeriod = 15 * time.Minute
)

// hosting reads an open meeting in which p may do something that is the hosts'.
func (s *Server) hosting(ctx context.Context, id conference.ConferenceID, act identity.Action) (conference.Conference, *principal, standing, error) {
	c, p, st, err := s.conferenceFor(ctx, id, act)
	if err != nil {
		return c, p, st, err
	}
	me := p.in(c)
	switch {
	case (me == nil || !me.Host) && st.relation&identity.RelationOwnUnit == 0:
		return c, p, st, errForbidden
	case !s.joinable(c):
		return c, p, st, errMeetingEnded
	}
	return c, p, st, nil
}

// addGuest makes a personal link: mailed when there is an address, else to be shown or read out.
func (s *Server) addGuest(ctx context.Context, in *addGuestInput) (*guestLinkOutput, error) {
	c, p, _, err := s.hosting(ctx, in.ID, identity.InviteGuest)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Body.Name)
	if name == "" || conference.CheckNote(name) != nil {
		return nil, errNoteRefused
	}
	seat, err := s.guestSeat(ctx, c, in.Body.Kind)
	if err != nil {
		return nil, err
	}
	// The key follows from the request, so that a repeated one finds the guest it has made.
	key := "k_" + shortHash(scopedKey(p, "guest:"+string(c.ID), in.IdempotencyKey))
	guest := conference.Participant{
		Key: key, Seat: seat.ID, Need: seat.Need, Guest: in.Body.Kind, Name: name, Email: strings.TrimSpace(in.Body.Email), Language: in.Body.Language,
		Reply: conference.NoReply,
	}
	extras := store.Extras{Invitations: s.keysOf(c, guest)}
	if guest.Email != "" {
		extras.Mails = []store.Mail{{Kind: mailRequest, Conference: c.ID, Participant: key, Sequence: c.Sequence}}
	}
	changed, err := s.store.ChangeConference(ctx, c.ID, "guest", func(m *conference.Conference) (bool, error) {
		if was := participant(*m, key); was != nil {
			if was.Name != guest.Name || was.Guest != guest.Guest || was.Email != guest.Email || was.Language != guest.Language {
				return false, errOtherBody
			}
			return false, nil
		}
		if withdrawn(*m) {
			return false, errConsentWithdrawn
		}
		if n := len(slices.DeleteFunc(slices.Clone(m.Participants), func(x conference.Participant) bool { return x.Guest == "" || x.RevokedAt != nil })); n >= mostGuests {
			return false, errTooManyGuests
		}
		m.Participants = append(m.Participants, guest)
		return true, nil
	}, extras)
	if err != nil {
		return nil, s.fail("add a guest", err)
	}
	return &guestLinkOutput{Body: s.guestLink(changed, *participant(changed, key))}, nil
}

var errTooManyGuests = problem(http.StatusConflict, "too-many-guests", "The meeting has as many guests as it can take")

// guestSeat is where a guest sits: the case's seat for that kind, unless the patient does not want it, else one by need.
func (s *Server) guestSeat(ctx context.Context, c conference.Conference, kind string) (conference.Seat, error) {
	seat := conference.Seat{ID: conference.SeatID("guest_" + kind), Need: conference.Offered}
	if c.Case == "" {
		return seat, nil
	}
	of, err := s.store.Case(ctx, c.Case)
	if err != nil {
		return seat, s.fail("read a meeting's case", err)
	}
	for _, x := range of.Seats {
		if x.Guest == kind && x.Objected {
			return seat, errObjected
		}
		if x.Guest == kind {
			return x, nil
		}
	}
	return seat, nil
}

// guestLink is all the ways into one guest's seat.
func (s *Server) guestLink(c conference.Conference, part conference.Participant) GuestLink {
	raw, _ := s.invitationToken(c, part)
	code, _ := identity.InvitationCode(s.secret, string(c.ID), part.Key, part.Link)
	return GuestLink{
		Participant: part.Key, Name: part.Name, URL: s.link("join", raw), Code: code, Used: part.LinkUsed != nil, Expires: c.End.Add(linkGrace),
	}
}

// keysOf are the hashes by which a participant's link is recognised, for guests also that of the code.
func (s *Server) keysOf(c conference.Conference, part conference.Participant) []store.InvitationKey {
	_, hash := s.invitationToken(c, part)
	key := store.InvitationKey{Hash: hash, Participant: part.Key, Expires: c.End.Add(linksKept)}
	key.TTL = key.Expires.Sub(s.now())
	keys := []store.InvitationKey{key}
	if part.Guest != "" {
		_, key.Hash = identity.InvitationCode(s.secret, string(c.ID), part.Key, part.Link)
		keys = append(keys, key)
	}
	return keys
}

func hashesOf(keys []store.InvitationKey) []string {
	hashes := make([]string, len(keys))
	for i, k := range keys {
		hashes[i] = k.Hash
	}
	return hashes
}

// revokeGuest ends a link at once. Whoever sits in the seat is shown out by the node that has the room; see enforce.
func (s *Server) revokeGuest(ctx context.Context, in *guestInput) (*conferenceOutput, error) {
	c, p, st, err := s.hosting(ctx, in.ID, identity.InviteGuest)
	if err != nil {
		return nil, err
	}
	part := participant(c, in.Key)
	if part == nil || part.Guest == "" {
		return nil, errNotFound
	}
	now := s.now()
	changed, err := s.store.ChangeConference(ctx, c.ID, "revoked", func(m *conference.Conference) (bool, error) {
		guest := participant(*m, in.Key)
		if guest == nil || guest.RevokedAt != nil {
			return false, nil
		}
		guest.RevokedAt = &now
		return true, nil
	}, store.Extras{Revoke: hashesOf(s.keysOf(c, *part))})
	if err != nil {
		return nil, s.fail("end a guest's link", err)
	}
	s.enforce(changed)
	return s.showConference(ctx, p, st, changed)
}

// renewGuestLink makes a new link and ends the old one: for whoever has opened it in the wrong browser or lost it.
func (s *Server) renewGuestLink(ctx context.Context, in *guestInput) (*guestLinkOutput, error) {
	c, _, _, err := s.hosting(ctx, in.ID, identity.InviteGuest)
	if err != nil {
		return nil, err
	}
	part := participant(c, in.Key)
	if part == nil || part.Guest == "" {
		return nil, errNotFound
	}
	renewed := *part
	renewed.Link, renewed.LinkUsed, renewed.RevokedAt = part.Link+1, nil, nil
	extras := store.Extras{Invitations: s.keysOf(c, renewed), Revoke: hashesOf(s.keysOf(c, *part))}
	if part.Email != "" {
		extras.Mails = []store.Mail{{Kind: mailRequest, Conference: c.ID, Participant: part.Key, Sequence: c.Sequence, Link: renewed.Link}}
	}
	changed, err := s.store.ChangeConference(ctx, c.ID, "renewed", func(m *conference.Conference) (bool, error) {
		guest := participant(*m, in.Key)
		switch {
		case guest == nil:
			return false, errNotFound
		case withdrawn(*m):
			return false, errConsentWithdrawn
		case guest.Link != part.Link: // somebody else was faster: their link is the new one
			return false, nil
		case part.RevokedAt == nil && guest.RevokedAt != nil: // whoever ended it meanwhile did not know of this one
			return false, errChanged
		}
		guest.Link, guest.LinkUsed, guest.RevokedAt = renewed.Link, nil, nil
		return true, nil
	}, extras)
	if err != nil {
		return nil, s.fail("make a new link", err)
	}
	s.rooms.Remove(string(c.ID), in.Key) // whoever came by the old link
	return &guestLinkOutput{Body: s.guestLink(changed, *participant(changed, in.Key))}, nil
}

// findByCode finds the link that a code which was read out stands for.
func (s *Server) findByCode(ctx context.Context, in *codeInput) (*codeOutput, error) {
	if err := s.limit(ctx, "code:"+remoteOf(ctx), codeTries, codePeriod); err != nil {
		return nil, err
	}
	hash, ok := identity.CodeHash(in.Body.Code)
	if !ok {
		return nil, errNotFound
	}
	ref, err := s.store.Invitation(ctx, hash)
	if err != nil {
		return nil, s.fail("find a code", err)
	}
	c, err := s.store.Conference(ctx, ref.Conference)
	if err != nil {
		return nil, s.fail("read a code's meeting", err)
	}
	part := participant(c, ref.Participant)
	if part == nil || part.RevokedAt != nil || !slices.Contains(hashesOf(s.keysOf(c, *part)), hash) {
		return nil, errNotFound
	}
	if !s.joinable(c) {
		return nil, errMeetingEnded
	}
	out := &codeOutput{}
	out.Body.Token, _ = s.invitationToken(c, *part)
	return out, nil
}

// guestCookie names the browser that has used a guest's link: the session ends sooner, and a reload must not lock anybody out.
const guestCookie = "samtale-guest"

// takeLink lets one browser use a guest's link. Who is signed in by it already goes on; another browser needs a new link, which
// any host makes with one tap.
func (s *Server) takeLink(ctx context.Context, c conference.Conference, part *conference.Participant, token, browser string) (*http.Cookie, error) {
	raw := browser
	if len(raw) < 20 {
		raw, _ = identity.NewToken(s.random)
	}
	err := s.store.TakeLink(ctx, identity.Hash(token), identity.Hash(raw))
	if errors.Is(err, store.ErrExists) {
		return nil, errGuestLinkUsed
	}
	if err != nil {
		return nil, s.fail("take a guest's link", err)
	}
	if part.LinkUsed == nil {
		now := s.now()
		_, err := s.store.ChangeConference(ctx, c.ID, "opened", func(m *conference.Conference) (bool, error) {
			guest := participant(*m, part.Key)
			if guest == nil || guest.LinkUsed != nil {
				return false, nil
			}
			guest.LinkUsed = &now
			return true, nil
		}, store.Extras{})
		if err != nil {
			return nil, s.fail("note that a link was used", err)
		}
	}
	return &http.Cookie{
		Name: s.guestCookieName(), Value: raw, Path: "/", Secure: s.config.Secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int((7 * 24 * time.Hour).Seconds()),
	}, nil
}

func (s *Server) guestCookieName() string {
	if s.config.Secure() {
		return "__Host-" + guestCookie
	}
	return guestCookie
}

var errGuestLinkUsed = problem(http.StatusConflict, "guest-link-used", "This link has been opened in another browser; ask for a new one")

// addByHand notes somebody who is there without a device of their own.
func (s *Server) addByHand(ctx context.Context, in *byHandInput) (*conferenceOutput, error) {
	c, p, st, err := s.hosting(ctx, in.ID, identity.AddByHand)
	if err != nil {
		return nil, err
	}
	b := in.Body
	name := strings.TrimSpace(b.Name)
	switch {
	case name == "" || conference.CheckNote(name) != nil || conference.CheckNote(b.Org) != nil:
		return nil, errNoteRefused
	case b.Role != "" && !b.Role.Known():
		return nil, invalid("the role " + strconv.Quote(string(b.Role)) + " is not known")
	}
	me := p.in(c)
	if me == nil || !me.Host {
		return nil, errForbidden
	}
	now, key := s.now(), "k_"+shortHash(scopedKey(p, "by-hand:"+string(c.ID), in.IdempotencyKey))
	there := conference.Participant{
		Key: key, Seat: "by_hand", Need: conference.Optional, Role: conference.RoleAt{Role: b.Role}, Name: name, Org: strings.TrimSpace(b.Org),
		Reply: conference.Accepted, ByHand: &conference.ByHand{How: b.How, By: me.Key, From: now},
	}
	for _, other := range c.Participants {
		if b.Seat != "" && string(other.Seat) == b.Seat {
			there.Seat, there.Need = other.Seat, other.Need
		}
	}
	changed, err := s.store.ChangeConference(ctx, c.ID, "by_hand", func(m *conference.Conference) (bool, error) {
		if participant(*m, key) != nil {
			return false, nil
		}
		if len(m.Participants) >= mostParticipants {
			return false, errTooManyGuests
		}
		m.Participants = append(m.Participants, there)
		return true, nil
	}, store.Extras{})
	if err != nil {
		return nil, s.fail("add somebody by hand", err)
	}
	return s.showConference(ctx, p, st, changed)
}

// mostParticipants of one meeting, guests and visitors among them.
const mostParticipants = 60

func (s *Server) endByHand(ctx context.Context, in *byHandEndInput) (*conferenceOutput, error) {
	c, p, st, err := s.hosting(ctx, in.ID, identity.AddByHand)
	if err != nil {
		return nil, err
	}
	if part := participant(c, in.Key); part == nil || part.ByHand == nil {
		return nil, errNotFound
	}
	now := s.now()
	changed, err := s.store.ChangeConference(ctx, c.ID, "by_hand", func(m *conference.Conference) (bool, error) {
		part := participant(*m, in.Key)
		if part == nil || part.ByHand.Until != nil {
			return false, nil
		}
		part.ByHand.Until = &now
		return true, nil
	}, store.Extras{})
	if err != nil {
		return nil, s.fail("note that somebody has left", err)
	}
	return s.showConference(ctx, p, st, changed)
}
