package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/samtale/samtale/server/conference"
)

// ErrLease means that another node has the feed in its hands, or that the feed was removed; nothing was written.
var ErrLease = errors.New("store: the feed is not leased to the caller")

var (
	//go:embed feed_lease.lua
	feedLeaseLua    string
	feedLeaseScript = redis.NewScript(feedLeaseLua)

	//go:embed feed_put.lua
	feedPutLua    string
	feedPutScript = redis.NewScript(feedPutLua)

	//go:embed feed_release.lua
	feedReleaseLua    string
	feedReleaseScript = redis.NewScript(feedReleaseLua)
)

// FeedRecord is the state of one calendar of a person and its last good copy. The URL may hold a secret and is not in it;
// for a feed of the region file its hash tells whether the file names another one now.
type FeedRecord struct {
	Person       conference.PersonID `json:"person"`
	Own          string              `json:"own,omitempty"`      // OwnFeed.ID; empty: a feed of the region file
	Index        int                 `json:"index"`              // in Person.Feeds
	URLHash      string              `json:"url_hash,omitempty"` // URLHash(Feed.URL)
	Kind         conference.FeedKind `json:"kind"`
	ETag         string              `json:"etag,omitempty"`
	LastModified string              `json:"last_modified,omitempty"`
	Body         []byte              `json:"-"`                 // last good copy; stored beside the rest
	Memory       string              `json:"-"`                 // what the fetcher wants back with the copy, encrypted; likewise
	ReadAt       time.Time           `json:"read_at,omitzero"`  // when the copy was last known to be current
	CheckedAt    time.Time           `json:"checked,omitzero"`  // when it was last tried
	Failure      string              `json:"failure,omitempty"` // code of what is wrong now; empty when it was read
	Failures     int                 `json:"failures,omitempty"`
	FailingSince time.Time           `json:"failing_since,omitzero"`
	Shrunk       int                 `json:"shrunk,omitempty"`    // how many answers in a row had lost nearly everything
	NextAt       time.Time           `json:"next_at,omitzero"`    // when it is due
	RestUntil    time.Time           `json:"rest_until,omitzero"` // the server asks to be left alone so long
	Events       int                 `json:"events,omitempty"`
	Missing      int                 `json:"missing,omitempty"` // objects that a CalDAV server lists and does not give
}

// Key names the record: the id of an own feed, else person, place in the list and hash of the URL.
func (r FeedRecord) Key() string {
	if r.Own != "" {
		return r.Own
	}
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

func (s *Store) feedLeaseKey(key string) string { return s.feedsKey("lease:" + key) }

// LeaseFeed takes the right to fetch a feed for a while, for an owner with a name of its own, and returns the feed's state as
// it is now, without its copy; a feed that has none yet has only its zero value. ErrLease when another has it.
func (s *Store) LeaseFeed(ctx context.Context, key, owner string, period time.Duration) (FeedRecord, error) {
	var r FeedRecord
	said, err := s.run(ctx, feedLeaseScript, []string{s.feedLeaseKey(key), s.feedsKey("state")}, key, owner, period.Milliseconds())
	if err == nil && said[0] == "held" {
		err = ErrLease
	}
	if err == nil && said.at(0) != "" {
		err = json.Unmarshal([]byte(said.at(0)), &r)
	}
	if err != nil {
		return r, fmt.Errorf("store: lease a feed: %w", err)
	}
	return r, nil
}

// ReleaseFeed gives a lease back without writing anything. A lease that the owner has no more is left alone.
func (s *Store) ReleaseFeed(ctx context.Context, key, owner string) error {
	if _, err := s.run(ctx, feedReleaseScript, []string{s.feedLeaseKey(key)}, owner); err != nil {
		return fmt.Errorf("store: release a feed: %w", err)
	}
	return nil
}

// PutFeed writes the state of a feed whoever has it leased. A nil Body leaves the last good copy as it is.
func (s *Store) PutFeed(ctx context.Context, r FeedRecord) error { return s.FinishFeed(ctx, r, "") }

// FinishFeed writes the state of a feed that is leased to owner and gives the lease back. A nil Body leaves the last good copy
// as it is, and its Memory unless there is a new one. ErrLease when the lease has run out meanwhile: another owner's result is newer.
func (s *Store) FinishFeed(ctx context.Context, r FeedRecord, owner string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store: feed %d of %s: %w", r.Index, r.Person, err)
	}
	withCopy := ""
	if r.Body != nil {
		withCopy = "1"
	}
	keys := []string{s.feedsKey("state"), s.feedsKey("body"), s.feedsKey("memory"), s.feedLeaseKey(r.Key())}
	said, err := s.run(ctx, feedPutScript, keys, r.Key(), text, withCopy, r.Body, r.Memory, owner)
	switch {
	case err != nil:
	case said[0] == "lease":
		err = ErrLease
	default:
		err = said.outcome()
	}
	if err != nil {
		return fmt.Errorf("store: write feed %d of %s: %w", r.Index, r.Person, err)
	}
	return nil
}

// FeedCopy returns the last good copy of a feed and the fetcher's memory of it, which may be empty. ErrNotFound when there is
// no copy.
func (s *Store) FeedCopy(ctx context.Context, key string) (body []byte, memory string, err error) {
	var found, kept *redis.StringCmd
	_, err = s.read.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		found, kept = pipe.HGet(ctx, s.feedsKey("body"), key), pipe.HGet(ctx, s.feedsKey("memory"), key)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, "", fmt.Errorf("store: copy of a feed: %w", err)
	}
	if body, err = found.Bytes(); err != nil {
		return nil, "", fmt.Errorf("store: copy of a feed: %w", notFound(err))
	}
	return body, kept.Val(), nil
}

// FeedsByKey returns the records of these feeds with their copies; those that were never written are left out.
func (s *Store) FeedsByKey(ctx context.Context, keys ...string) ([]FeedRecord, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var states, bodies *redis.SliceCmd
	_, err := s.read.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		states, bodies = pipe.HMGet(ctx, s.feedsKey("state"), keys...), pipe.HMGet(ctx, s.feedsKey("body"), keys...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: feeds by key: %w", err)
	}
	found, copies := map[string]string{}, map[string]string{}
	for i, key := range keys {
		if text, ok := states.Val()[i].(string); ok {
			found[key] = text
		}
		if body, ok := bodies.Val()[i].(string); ok {
			copies[key] = body
		}
	}
	return feedsOf(found, copies)
}

// FeedStates returns every feed without its copy, in a fixed order: enough to see what is due.
func (s *Store) FeedStates(ctx context.Context) ([]FeedRecord, error) {
	states, err := s.read.HGetAll(ctx, s.feedsKey("state")).Result()
	if err != nil {
		return nil, fmt.Errorf("store: feeds: %w", err)
	}
	return feedsOf(states, nil)
}

// Feeds returns every feed with its last good copy: by person, those of the region file first.
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
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Own, b.Own), cmp.Compare(a.Index, b.Index))
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
		pipe.HDel(ctx, s.feedsKey("memory"), keys...)
		for _, key := range keys {
			pipe.Del(ctx, s.feedLeaseKey(key)) // a fetch that runs now must not write it again
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: drop %d feeds: %w", len(keys), err)
	}
	return nil
}
