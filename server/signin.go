package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/store"
)

// The kinds of one-time token.
const (
	tokenSignIn = "signin"
	tokenSetup  = "setup"
)

const (
	signInLifetime = 15 * time.Minute
	setupLifetime  = 24 * time.Hour
)

func (s *Server) getSession(ctx context.Context, _ *struct{}) (*sessionOutput, error) {
	p, err := s.principal(ctx)
	if err != nil {
		return nil, err
	}
	return &sessionOutput{Body: s.sessionView(ctx, p)}, nil
}

// requestSignIn mails a link. It answers the same, in the same time, whether the address is known or not.
func (s *Server) requestSignIn(ctx context.Context, in *signInRequest) (*struct{}, error) {
	email := strings.ToLower(strings.TrimSpace(in.Body.Email))
	if err := s.limit(ctx, "signin:"+identity.Hash(email), 5, 15*time.Minute); err != nil {
		return nil, err
	}
	person, err := s.byEmail(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, s.fail("find the address", err)
	}
	language := in.Body.Language
	if language == "" {
		language = person.Language
	}
	if err := s.store.QueueMail(ctx, store.Mail{Kind: mailSignIn, Subject: string(person.ID), Language: language}); err != nil {
		return nil, s.fail("queue the sign-in mail", err)
	}
	return nil, nil
}

func (s *Server) byEmail(ctx context.Context, email string) (*conference.Person, error) {
	region := s.region.Load()
	if id, ok := region.byEmail[email]; ok {
		return region.people[id], nil
	}
	account, err := s.store.AccountByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	return s.person(ctx, conference.PersonID(account.ID))
}

// confirmSignIn is the button behind the mailed link. Mail scanners follow links but do not press it; the token works once.
func (s *Server) confirmSignIn(ctx context.Context, in *tokenInput) (*sessionOutput, error) {
	if err := s.limit(ctx, "confirm:"+remoteOf(ctx), 30, 15*time.Minute); err != nil {
		return nil, err
	}
	token, err := s.store.TakeToken(ctx, identity.Hash(in.Body.Token))
	if errors.Is(err, store.ErrNotFound) || (err == nil && token.Kind != tokenSignIn) {
		return nil, errLinkUsed
	}
	if err != nil {
		return nil, s.fail("take the sign-in token", err)
	}
	return s.enter(ctx, store.Session{Person: conference.PersonID(token.Subject)})
}

// enter opens a session and answers with it.
func (s *Server) enter(ctx context.Context, session store.Session) (*sessionOutput, error) {
	cookie, p, err := s.openSession(ctx, session)
	if err != nil {
		return nil, s.fail("open a session", err)
	}
	return &sessionOutput{SetCookie: []string{cookie.String()}, Body: s.sessionView(ctx, p)}, nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
	p, err := s.principal(ctx)
	if err == nil {
		err = s.store.DeleteSession(ctx, p.hash)
	}
	if err != nil && !errors.Is(err, errNotSignedIn) {
		return nil, s.fail("end the session", err)
	}
	gone := identity.Cookie("", s.config.Secure())
	gone.MaxAge = -1
	return &signOutOutput{SetCookie: []string{gone.String()}}, nil
}

// createAdministrator uses the one-time link that serve prints while there is no administrator.
func (s *Server) createAdministrator(ctx context.Context, in *setupInput) (*sessionOutput, error) {
	if err := s.limit(ctx, "setup:"+remoteOf(ctx), 10, 15*time.Minute); err != nil {
		return nil, err
	}
	token, err := s.store.TakeToken(ctx, identity.Hash(in.Body.Token))
	if errors.Is(err, store.ErrNotFound) || (err == nil && token.Kind != tokenSetup) {
		return nil, errLinkUsed
	}
	if err != nil {
		return nil, s.fail("take the set-up token", err)
	}
	account := store.Account{ID: "a_" + newID(s.random), Name: strings.TrimSpace(in.Body.Name), Email: strings.ToLower(in.Body.Email), Created: s.now()}
	if err := s.store.PutAccount(ctx, account); err != nil {
		return nil, s.fail("write the administrator", err)
	}
	s.log.Info("first administrator created")
	return s.enter(ctx, store.Session{Person: conference.PersonID(account.ID)})
}

// printSetupLink prints a one-time link for the first administrator while there is none.
func (s *Server) printSetupLink(ctx context.Context) error {
	n, err := s.store.CountAdministrators(ctx)
	if err != nil || n > 0 {
		return err
	}
	raw, hash := identity.NewToken(s.random)
	if err := s.store.PutToken(ctx, hash, store.Token{Kind: tokenSetup}, setupLifetime); err != nil {
		return err
	}
	s.say("There is no administrator yet. Open this link within 24 hours to become the first; it works once:\n\n  %s\n", s.link("setup", raw))
	return nil
}

// link is an address for a page of ours with a secret in the fragment, which browsers do not send and proxies do not log.
func (s *Server) link(page, token string) string {
	return s.config.PublicURL.String() + "/" + page + "#" + token
}

// limit refuses with 429 beyond n in a period.
func (s *Server) limit(ctx context.Context, key string, n int, period time.Duration) error {
	ok, _, err := s.store.Allow(ctx, key, n, period)
	if err != nil {
		return s.fail("check a limit", err)
	}
	if !ok {
		return errTooMany
	}
	return nil
}

func (s *Server) sessionView(ctx context.Context, p *principal) SessionView {
	region := s.region.Load()
	v := SessionView{
		Kind: "guest", Units: []UnitRef{}, Language: p.session.Language, Zone: region.Zone, Now: s.now(), Demo: s.config.Demo,
		Ephemeral: s.ephemeral, Can: []string{}, IdleMinutes: int(s.config.Idle.Minutes()), RegionLoaded: len(region.Units) > 0,
		Conference: string(p.session.Conference), Participant: p.session.Participant,
	}
	if p.person == nil {
		if c, err := s.store.Conference(ctx, p.session.Conference); err == nil {
			if me := participant(c, p.session.Participant); me != nil {
				v.Name = me.Name
			}
		} else {
			s.log.Warn("guest's meeting not read", slog.Any("err", err))
		}
		return v
	}
	ref := region.refOf(p.person)
	v.Kind, v.Person, v.Name, v.Access = "person", &ref, p.person.Name, p.person.Access
	if p.may(identity.ViewBoard) {
		v.Units = region.boardUnits(p.person)
	}
	if state := s.calendars.Load().stateOf(p.person); state.State != "none" {
		v.Calendar = &state
	}
	if v.Language == "" {
		v.Language = p.person.Language
	}
	for name, act := range map[string]identity.Action{
		"view_board": identity.ViewBoard, "create_case": identity.CreateCase, "manage_region": identity.ManageRegion,
		"view_audit": identity.ViewAudit, "view_directory": identity.ViewDirectory, "view_feeds": identity.ViewFeeds,
		"edit_own_feeds": identity.EditOwnFeeds, "ask_now": identity.AskNow, "answer_now": identity.AnswerNow, "view_duty": identity.ViewDuty,
		"view_rosters": identity.ViewRosters,
	} {
		if p.may(act) {
			v.Can = append(v.Can, name)
		}
	}
	return v
}

// remoteKey carries the caller's address, for rate limits only.
type remoteKey struct{}

func remoteOf(ctx context.Context) string {
	remote, _ := ctx.Value(remoteKey{}).(string)
	return remote
}

// attachRemote notes where a request comes from. It is hashed before it becomes part of a key.
func attachRemote(c *gin.Context) {
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), remoteKey{}, identity.Hash(c.ClientIP())))
	c.Next()
}
