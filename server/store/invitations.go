package store

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

//go:embed link_take.lua
var linkTakeLua string

var linkTakeScript = redis.NewScript(linkTakeLua)

// InvitationKey lets a personal link be recognised by the hash of its token.
type InvitationKey struct {
	Hash        string
	Participant string        // Participant.Key
	Expires     time.Time     // on the clock of Conference.BookedAt
	TTL         time.Duration // how long from now; 0 in a Booking: from BookedAt to Expires
}

// lifetime is how long the key stays, whatever the server's clock says.
func (i InvitationKey) lifetime(booked time.Time) time.Duration {
	if i.TTL != 0 {
		return i.TTL
	}
	return i.Expires.Sub(booked)
}

// invitationRows makes the three script arguments of each invitation.
func invitationRows(keys []InvitationKey, booked time.Time) []any {
	rows := make([]any, 0, 3*len(keys))
	for _, i := range keys {
		rows = append(rows, i.Participant, milliseconds(i.Expires), i.lifetime(booked).Milliseconds())
	}
	return rows
}

// InvitationRef is whom a personal link is for.
type InvitationRef struct {
	Conference  conference.ConferenceID
	Participant string
	Expires     time.Time
}

func (s *Store) invitationKey(hash string) string { return s.core("invitation:" + hash) }

// Invitation finds whom the link with this token hash is for; ErrNotFound when it has expired or was revoked.
func (s *Store) Invitation(ctx context.Context, hash string) (InvitationRef, error) {
	fields, err := s.read.HGetAll(ctx, s.invitationKey(hash)).Result()
	if err == nil && len(fields) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return InvitationRef{}, fmt.Errorf("store: invitation: %w", err)
	}
	expires, err := fromMilliseconds(fields["expires"])
	return InvitationRef{Conference: conference.ConferenceID(fields["conference"]), Participant: fields["participant"], Expires: expires}, err
}

// TakeLink binds a guest's link to a browser, named by an opaque hash. The first to take it has it and may take it again;
// any other gets ErrExists. ErrNotFound when the link has expired or was revoked.
func (s *Store) TakeLink(ctx context.Context, hash, browser string) error {
	if browser == "" {
		return fmt.Errorf("store: take a link: no browser")
	}
	said, err := runOn(ctx, s.read, linkTakeScript, []string{s.invitationKey(hash)}, browser)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: take a link: %w", err)
	}
	return nil
}
