package store

import (
	"context"
	"fmt"
	"time"

	"github.com/samtale/samtale/server/conference"
)

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

// RevokeInvitation ends a personal link at once. Revoking what is not there is no error.
func (s *Store) RevokeInvitation(ctx context.Context, hash string) error {
	if err := s.write.Del(ctx, s.invitationKey(hash)).Err(); err != nil {
		return fmt.Errorf("store: revoke an invitation: %w", err)
	}
	return nil
}
