package server

import (
	"context"
	"net/http"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

var errConsentWithdrawn = problem(http.StatusConflict, "consent-withdrawn", "The patient has withdrawn consent: tick it again first")

// putConsent keeps whether the patient is in the room and has consented. Withdrawing closes the guests' seats at once: their
// links are dead, and whoever sits in them is shown out.
func (s *Server) putConsent(ctx context.Context, in *consentInput) (*conferenceOutput, error) {
	c, p, st, err := s.hosting(ctx, in.ID, identity.KeepConsent)
	if err != nil {
		return nil, err
	}
	me := p.in(c)
	if me == nil || !me.Host {
		return nil, errForbidden
	}
	if in.Body.PatientPresent && !in.Body.Consent {
		return nil, errNoConsent
	}
	var extras store.Extras
	withdraws := !in.Body.Consent && c.Consent != nil && c.Consent.WithdrawnAt == nil
	if withdraws {
		for _, part := range c.Participants {
			if part.Guest != "" && part.RevokedAt == nil {
				extras.Revoke = append(extras.Revoke, hashesOf(s.keysOf(c, part))...)
			}
		}
	}
	changed, err := s.store.ChangeConference(ctx, c.ID, "consent", func(m *conference.Conference) (bool, error) {
		return s.setConsent(m, me.Key, in.Body.PatientPresent, in.Body.Consent), nil
	}, extras)
	if err != nil {
		return nil, s.fail("keep the consent", err)
	}
	s.enforce(changed)
	return s.showConference(ctx, p, st, changed)
}

// setConsent reports whether it changed anything.
func (s *Server) setConsent(m *conference.Conference, by string, present, consent bool) bool {
	now := s.now()
	given := m.Consent != nil && m.Consent.WithdrawnAt == nil
	if m.PatientPresent == present && given == consent {
		return false
	}
	m.PatientPresent = present
	switch {
	case consent && !given:
		m.Consent = &conference.Consent{GivenAt: now, GivenBy: by}
	case !consent && given:
		m.Consent.WithdrawnAt, m.Consent.WithdrawnBy = &now, by
		for i := range m.Participants {
			if part := &m.Participants[i]; part.Guest != "" && part.RevokedAt == nil {
				part.RevokedAt = &now
			}
		}
	}
	return true
}

// withdrawn: no guest is let in until the consent is ticked again.
func withdrawn(c conference.Conference) bool { return c.Consent != nil && c.Consent.WithdrawnAt != nil }

// enforce shows out whoever's seat was closed and has everybody in the room fetch the meeting's page again. Every node does so
// when a meeting changes: one of them has the room.
func (s *Server) enforce(c conference.Conference) {
	for _, part := range c.Participants {
		if part.RevokedAt != nil {
			s.rooms.Remove(string(c.ID), part.Key)
		}
	}
	s.rooms.Tell(string(c.ID))
}

func consentView(c conference.Conference) *ConsentView {
	if c.Consent == nil {
		return nil
	}
	v := &ConsentView{GivenAt: c.Consent.GivenAt, WithdrawnAt: c.Consent.WithdrawnAt}
	if by := participant(c, c.Consent.GivenBy); by != nil {
		v.GivenBy = by.Name
	}
	return v
}
