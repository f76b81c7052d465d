package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/samtale/samtale/calendar"
	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/identity"
	"github.com/samtale/samtale/server/mail"
	"github.com/samtale/samtale/server/store"
)

// The kinds of mail in the outbox. A row names whom and what; address, link and text are made when it is sent.
const (
	mailRequest = "request" // METHOD:REQUEST (RFC 5546 section 3.2.2)
	mailCancel  = "cancel"  // METHOD:CANCEL (RFC 5546 section 3.2.5)
	mailSignIn  = "signin"
	mailNotice  = "notice"
)

const (
	mailRetryFirst = 30 * time.Second
	mailRetryMost  = time.Hour
	mailGiveUp     = 48 * time.Hour
	mailDeadline   = 30 * time.Second
)

// errMailObsolete means that a row is no longer wanted: the meeting was cancelled or moved before it was sent.
var errMailObsolete = errors.New("server: the mail is no longer wanted")

func mailsFor(c conference.Conference, kind string, sequence int) []store.Mail {
	var mails []store.Mail
	for _, part := range c.Participants {
		if part.Email != "" {
			mails = append(mails, store.Mail{Kind: kind, Conference: c.ID, Participant: part.Key, Sequence: sequence})
		}
	}
	return mails
}

// sendMails works the outbox until ctx ends. Sending is at least once: a crash between the server's 250 and our mark sends
// again, with the same Message-ID, UID and SEQUENCE, so calendars update in place.
func (s *Server) sendMails(ctx context.Context) error {
	for ctx.Err() == nil {
		row, err := s.store.NextMail(ctx, s.config.Node, 2*time.Second)
		if errors.Is(err, store.ErrNotFound) || ctx.Err() != nil {
			continue
		}
		if err != nil {
			s.log.Warn("outbox not read", slog.Any("err", err))
			wait(ctx, time.Second)
			continue
		}
		s.sendRow(ctx, row)
	}
	return nil
}

func (s *Server) sendRow(ctx context.Context, row store.OutboxMail) {
	message, err := s.compose(ctx, row)
	if err == nil {
		sending, cancel := context.WithTimeout(ctx, mailDeadline)
		err = s.sender.Send(sending, message)
		cancel()
	}
	if ctx.Err() != nil {
		return // the row stays pending and is taken again at the next start
	}
	var permanent *mail.PermanentError
	switch {
	case err == nil:
		s.metrics.mails.WithLabelValues("sent").Inc()
		err = s.store.MailSent(ctx, row, s.now())
	case errors.Is(err, errMailObsolete):
		err = s.store.MailSent(ctx, row, s.now())
	case errors.As(err, &permanent), time.Since(row.Queued) > mailGiveUp:
		s.metrics.mails.WithLabelValues("refused").Inc()
		s.log.Warn("mail refused", slog.String("kind", row.Kind), slog.String("conference", string(row.Conference)), slog.Any("err", err))
		err = s.store.MailDead(ctx, row, "refused", s.now())
	default:
		s.metrics.mails.WithLabelValues("retried").Inc()
		s.log.Warn("mail not sent yet", slog.String("kind", row.Kind), slog.Any("err", err))
		err = s.store.MailFailed(ctx, row, time.Now().Add(min(mailRetryFirst<<min(row.Attempts, 7), mailRetryMost)))
	}
	if err != nil {
		s.log.Warn("outbox row not marked", slog.Any("err", err))
	}
}

// compose writes the mail for a row from what is true now.
func (s *Server) compose(ctx context.Context, row store.OutboxMail) (mail.Message, error) {
	switch row.Kind {
	case mailRequest, mailCancel:
		return s.composeInvitation(ctx, row)
	case mailSignIn:
		person, err := s.person(ctx, conference.PersonID(row.Subject))
		if err != nil {
			return mail.Message{}, obsoleteIfGone(err)
		}
		raw, hash := identity.NewToken(s.random)
		if err := s.store.PutToken(ctx, hash, store.Token{Kind: tokenSignIn, Subject: row.Subject}, signInLifetime); err != nil {
			return mail.Message{}, err
		}
		return mail.SignIn(mail.Letter{From: s.organizer(), To: calendar.Address{Name: person.Name, Email: person.Email}, Language: row.Language, Link: s.link("signin", raw), ID: row.ID})
	case mailNotice:
		person, err := s.person(ctx, conference.PersonID(row.Subject))
		if err != nil {
			return mail.Message{}, obsoleteIfGone(err)
		}
		return mail.Notice(mail.Letter{From: s.organizer(), To: calendar.Address{Name: person.Name, Email: person.Email}, Language: person.Language, Link: s.config.PublicURL.String() + "/", ID: row.ID})
	}
	return mail.Message{}, fmt.Errorf("server: outbox row of kind %q", row.Kind)
}

func obsoleteIfGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errMailObsolete
	}
	return err
}

func (s *Server) composeInvitation(ctx context.Context, row store.OutboxMail) (mail.Message, error) {
	c, err := s.store.Conference(ctx, row.Conference)
	if err != nil {
		return mail.Message{}, obsoleteIfGone(err)
	}
	part := participant(c, row.Participant)
	if part == nil && row.Kind == mailCancel { // somebody else has taken the seat
		part = participant(conference.Conference{Participants: c.Former}, row.Participant)
	}
	if part == nil || part.Email == "" || (row.Kind == mailRequest && (c.State == conference.Cancelled || row.Sequence < c.Sequence || part.RevokedAt != nil)) {
		return mail.Message{}, errMailObsolete
	}
	raw, _ := s.invitationToken(c, *part)
	method := "REQUEST"
	if row.Kind == mailCancel {
		method = "CANCEL"
	}
	return mail.Invitation(mail.Invite{
		Method: method, UID: c.UID, Sequence: row.Sequence, Stamp: s.now(), Start: c.Start, End: c.End, Zone: s.region.Load().zone,
		Language: part.Language, MeetingCode: c.MeetingCode, JoinURL: s.link("join", raw), Organizer: s.organizer(),
		Recipient: calendar.Address{Name: part.Name, Email: part.Email}, ShowName: part.Guest == "", Optional: part.Need != conference.Required, ID: row.ID,
	})
}

// organizer is the service mailbox: never a person, never a department.
func (s *Server) organizer() calendar.Address {
	return calendar.Address{Name: "Samtale", Email: s.config.MailFrom}
}

func (s *Server) mailDomain() string {
	_, domain, _ := strings.Cut(s.config.MailFrom, "@")
	return domain
}
