package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// FeedRecord is the state of one calendar of a person and its last good copy. The URL may hold a secret and is not in it;
// its hash tells whether the region file names another one now.
type FeedRecord struct {
	Person       conference.PersonID `json:"person"`
	Index        int                 `json:"index"`    // in Person.Feeds
	URLHash      string              `json:"url_hash"` // URLHash(Feed.URL)
	Kind         conference.FeedKind `json:"kind"`
	ETag         string              `json:"etag,omitempty"`
	LastModified string              `json:"last_modified,omitempty"`
	Body         []byte              `json:"-"`                 // last good copy; stored beside the rest
	ReadAt       time.Time           `json:"read_at,omitzero"`  // when the copy was last known to be current
	CheckedAt    time.Time           `json:"checked,omitzero"`  // when it was last tried
	Failure      string              `json:"failure,omitempty"` // code of what is wrong now; empty when it was read
	Failures     int                 `json:"failures,omitempty"`
	NextAt       time.Time           `json:"next_at,omitzero"` // when it is due
	Events       int                 `json:"events,omitempty"`
}

// Key names the record: person, place in the list and hash of the URL.
func (r FeedRecord) Key() string {
	return string(r.Person) + " " + strconv.Itoa(r.Index) + " " + r.URLHash
}

// URLHash is the form in which a feed's URL is stored: SHA-256 in unpadded base64url, as for tokens.
func URLHash(address string) string {
	sum := sha256.Sum256([]byte(address))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// FeedKey is the Key of the record for a feed of the region file.
func FeedKey(person conference.PersonID, index int, address string) string {
	return FeedRecord{Person: person, Index: index, URLHash: URLHash(address)}.Key()
}

func (s *Store) feedsKey(part string) string { return "{" + s.tag + ".feeds}:" + part }

// PutFeed writes the state of a feed. A nil Body leaves the last good copy as it is.
func (s *Store) PutFeed(ctx context.Context, r FeedRecord) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store: feed %d of %s: %w", r.Index, r.Person, err)
	}
	_, err = s.write.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, s.feedsKey("state"), r.Key(), text)
		if r.Body != nil {
			pipe.HSet(ctx, s.feedsKey("body"), r.Key(), r.Body)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: write feed %d of %s: %w", r.Index, r.Person, err)
	}
	return nil
}

// FeedStates returns every feed without its copy, ordered by person and index: enough to see what is due.
func (s *Store) FeedStates(ctx context.Context) ([]FeedRecord, error) {
	states, err := s.read.HGetAll(ctx, s.feedsKey("state")).Result()
	if err != nil {
		return nil, fmt.Errorf("store: feeds: %w", err)
	}
	return feedsOf(states, nil)
}

// Feeds returns every feed with its last good copy, ordered by person and index.
func (s *Store) Feeds(ctx context.Context) ([]FeedRecord, error) {
	var states, bodies *redis.MapStringStringCmd
	_, err := s.read.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		states, bodies = pipe.HGetAll(ctx, s.feedsKey("state")), pipe.HGetAll(ctx, s.feedsKey("body"))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: feeds: %w", err)
	}
	return feedsOf(states.Val(), bodies.Val())
}

func feedsOf(states, bodies map[string]string) ([]FeedRecord, error) {
	records := make([]FeedRecord, 0, len(states))
	for key, text := range states {
		var r FeedRecord
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("store: feed %s: %w", key, err)
		}
		if body, ok := bodies[key]; ok {
			r.Body = []byte(body)
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b FeedRecord) int {
		if a.Person != b.Person {
			return strings.Compare(string(a.Person), string(b.Person))
		}
		return a.Index - b.Index
	})
	return records, nil
}

// DropFeeds deletes records with their copies: of feeds that the region file no longer names, or of people who left.
func (s *Store) DropFeeds(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := s.write.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HDel(ctx, s.feedsKey("state"), keys...)
		pipe.HDel(ctx, s.feedsKey("body"), keys...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: drop %d feeds: %w", len(keys), err)
	}
	return nil
}
