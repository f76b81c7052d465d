package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// principal is who asks: a person of the region, an administrator's account, or a guest of one meeting.
type principal struct {
	hash    string // of the session's token
	session store.Session
	person  *conference.Person // nil for guests
}

type principalKey struct{}

// attachPrincipal reads the session cookie once a request. A missing or dead session is no error here: the routes decide.
func (s *Server) attachPrincipal(c *gin.Context) {
	cookie, err := c.Cookie(identity.CookieName(s.config.Secure()))
	if err != nil || cookie == "" {
		c.Next()
		return
	}
	p, err := s.principalOf(c.Request.Context(), cookie)
	switch {
	case err == nil:
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), principalKey{}, p))
	case !errors.Is(err, store.ErrNotFound):
		s.log.Warn("session not read", slog.Any("err", err))
		writeProblem(c, errStoreDown)
		return
	}
	c.Next()
}

func (s *Server) principalOf(ctx context.Context, token string) (*principal, error) {
	hash := identity.Hash(token)
	session, err := s.store.Session(ctx, hash)
	if err != nil {
		return nil, err
	}
	p := &principal{hash: hash, session: session}
	if session.Conference != "" && session.Person == "" {
		return p, nil
	}
	if p.person, err = s.person(ctx, session.Person); err != nil {
		return nil, err // the person left the region: the session is worth nothing
	}
	return p, nil
}

// person finds somebody of the region or an administrator's account.
func (s *Server) person(ctx context.Context, id conference.PersonID) (*conference.Person, error) {
	if p, ok := s.region.Load().people[id]; ok {
		return p, nil
	}
	account, err := s.store.Account(ctx, string(id))
	if err != nil {
		return nil, err
	}
	return &conference.Person{ID: conference.PersonID(account.ID), Name: account.Name, Email: account.Email, Access: conference.AccessAdministrator}, nil
}

// principal returns who asks, guests included.
func (s *Server) principal(ctx context.Context) (*principal, error) {
	p, ok := ctx.Value(principalKey{}).(*principal)
	if !ok {
		return nil, errNotSignedIn
	}
	return p, nil
}

// signedIn returns who asks when that is a person, not a guest.
func (s *Server) signedIn(ctx context.Context) (*principal, error) {
	p, err := s.principal(ctx)
	if err == nil && p.person == nil {
		return nil, errForbidden
	}
	return p, err
}

// may checks an action on something of p's own or of p's units, where no case is concerned.
func (p *principal) may(act identity.Action) bool {
	return p.person != nil && identity.Can(p.person.Access, identity.RelationOwnUnit|identity.RelationSelf, act)
}

// relation is how p stands to a case: own unit, invited, or none.
func (s *Server) relation(ctx context.Context, p *principal, c conference.Case) identity.Relation {
	if p.person == nil {
		return identity.RelationNone
	}
	var confs []conference.Conference
	if len(c.Conferences) > 0 {
		var err error
		if confs, err = s.store.ConferencesOf(ctx, c.ID); err != nil {
			s.log.Warn("relation without meetings", slog.Any("err", err))
		}
	}
	return identity.RelationTo(*p.person, s.region.Load().Units, c, confs)
}

// openSession writes a new session and returns its cookie. A session that the browser had before is ended: tokens rotate
// at every sign-in.
func (s *Server) openSession(ctx context.Context, session store.Session) (*http.Cookie, *principal, error) {
	if old, err := s.principal(ctx); err == nil {
		if err := s.store.DeleteSession(ctx, old.hash); err != nil {
			return nil, nil, err
		}
	}
	raw, hash := identity.NewToken(s.random)
	session.Created = time.Now()
	session.Expires = session.Created.Add(identity.SessionLifetime)
	if err := s.store.PutSession(ctx, hash, session, s.config.Idle); err != nil {
		return nil, nil, err
	}
	p := &principal{hash: hash, session: session}
	if session.Person != "" {
		person, err := s.person(ctx, session.Person)
		if err != nil {
			return nil, nil, err
		}
		p.person = person
	}
	return identity.Cookie(raw, s.config.Secure()), p, nil
}
