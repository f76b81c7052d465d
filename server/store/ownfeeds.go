package store

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// ErrTooManyFeeds means that a person has as many feeds of their own as they may; nothing was written.
var ErrTooManyFeeds = errors.New("store: too many feeds of one person")

// ownFeedsMost is how many feeds a person may add: as many as a region's file may give to one.
const ownFeedsMost = 20

var (
	//go:embed ownfeed_create.lua
	ownFeedCreateLua    string
	ownFeedCreateScript = redis.NewScript(ownFeedCreateLua)

	//go:embed ownfeed_delete.lua
	ownFeedDeleteLua    string
	ownFeedDeleteScript = redis.NewScript(ownFeedDeleteLua)
)

// OwnFeed is a calendar that a person has added, by address or as a file. What was read of it is its FeedRecord.
type OwnFeed struct {
	ID      string              `json:"id"`
	Person  conference.PersonID `json:"person"`
	Kind    conference.FeedKind `json:"kind"`
	Host    string              `json:"host,omitempty"`   // what may be shown of the address
	Sealed  string              `json:"sealed,omitempty"` // address, user and password, encrypted; empty: an uploaded file
	AddedAt time.Time           `json:"added_at"`
}

func (s *Store) ownFeedKey(id string) string { return s.core("feed:" + id) }

func (s *Store) ownFeedsKey(person conference.PersonID) string {
	return s.core("feeds:" + string(person))
}

// CreateOwnFeed adds a feed and says so in the event stream. It returns the id: that of an earlier feed when the request is
// repeated. Else ErrTooManyFeeds, ErrExists, ErrIdempotencyMismatch.
func (s *Store) CreateOwnFeed(ctx context.Context, f OwnFeed, k Idempotency) (string, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("store: feed %s: %w", f.ID, err)
	}
	keys := []string{s.ownFeedKey(f.ID), s.core("feeds"), s.ownFeedsKey(f.Person), s.eventsKey(), s.idempotencyKey(k)}
	said, err := s.run(ctx, ownFeedCreateScript, keys, f.ID, text, schemaVersion, ownFeedsMost, k.Key, k.BodyHash, answersKept.Milliseconds(), eventsKept)
	if err == nil && said[0] == "full" {
		err = ErrTooManyFeeds
	}
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return "", fmt.Errorf("store: add a feed of %s: %w", f.Person, err)
	}
	return said.at(0), nil
}

// ReplayedFeed returns the id that CreateOwnFeed gave to a request with this key and body. ErrNotFound: there was none;
// ErrIdempotencyMismatch.
func (s *Store) ReplayedFeed(ctx context.Context, k Idempotency) (string, error) {
	id, err := s.replayed(ctx, k)
	if err != nil {
		return "", fmt.Errorf("store: replay a feed: %w", err)
	}
	return id, nil
}

// DeleteOwnFeed removes a feed with all that was read of it, says so in the event stream, and lets no fetch that runs now
// write it again. ErrNotFound when there is none.
func (s *Store) DeleteOwnFeed(ctx context.Context, person conference.PersonID, id string) error {
	said, err := s.run(ctx, ownFeedDeleteScript, []string{s.ownFeedKey(id), s.core("feeds"), s.ownFeedsKey(person), s.eventsKey()}, id, eventsKept)
	if err == nil {
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: remove feed %s: %w", id, err)
	}
	return s.DropFeeds(ctx, id)
}

// OwnFeeds returns everybody's own feeds, ordered by person and by when they were added.
func (s *Store) OwnFeeds(ctx context.Context) ([]OwnFeed, error) {
	return s.ownFeeds(ctx, s.core("feeds"))
}

// OwnFeedsOf returns one person's own feeds, oldest first.
func (s *Store) OwnFeedsOf(ctx context.Context, person conference.PersonID) ([]OwnFeed, error) {
	return s.ownFeeds(ctx, s.ownFeedsKey(person))
}

func (s *Store) ownFeeds(ctx context.Context, index string) ([]OwnFeed, error) {
	ids, err := s.read.SMembers(ctx, index).Result()
	if err != nil {
		return nil, fmt.Errorf("store: own feeds: %w", err)
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = s.ownFeedKey(id)
	}
	entities, err := s.entities(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("store: own feeds: %w", err)
	}
	feeds := make([]OwnFeed, 0, len(entities))
	for _, e := range entities {
		var f OwnFeed
		if err := json.Unmarshal([]byte(e.text), &f); err != nil {
			return nil, fmt.Errorf("store: own feed: %w", err)
		}
		feeds = append(feeds, f)
	}
	slices.SortFunc(feeds, func(a, b OwnFeed) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), a.AddedAt.Compare(b.AddedAt), cmp.Compare(a.ID, b.ID))
	})
	return feeds, nil
}
