// Package store keeps everything in Redis (the command set of 7.0) and is the only importer of go-redis. One file per noun,
// one method per question. It refuses to decide: who may do what, which flag burns, whether a meeting makes sense. What it
// promises is that a write happens whole or not at all, once, and that nobody is booked twice.
//
// Every change that touches more than one key is one Lua script beside the Go that calls it; times, ids and everything else
// that varies are arguments, so a script does the same on every server. Entities are hashes with v (schema), rev (the ETag)
// and json. Keys of the scheduling core share one hash tag, {s} unless Options say otherwise:
//
//	{s}:region  {s}:case:<id>  {s}:cases  {s}:codes        what is set up, cases, which are open, their codes
//	{s}:conference:<id>  {s}:busy:<person>                 meetings; per person a sorted set of reservations
//	{s}:hold:<id>  {s}:held:<person>                       time kept for somebody; per person a hash of who holds what until when
//	{s}:holds:due  {s}:holds:by:<person>                   all holds, an owner's holds, by when they end
//	{s}:wish:<case>  {s}:wishes                            the waiting list: who waits for a start, by deadline
//	{s}:idem:<key>  {s}:invitation:<hash>                  answers to replay; personal links by the hash of their token
//	{s}:outbox  {s}:outbox:due  {s}:mails:<conference>     mail to send (stream), to send again (by time), what became of it
//	{s}:feed:<id>  {s}:feeds  {s}:feeds:<person>           calendars that people added themselves; all ids, one person's ids
//	{s}:hours:<person>  {s}:hours                          working hours painted by hand; who has any
//	{s}:consult:<id>  {s}:consults:due                     hunts; which have a step to take, by time
//	{s}:consults:of:<person>  {s}:consults:for:<role>      whom they concern; what a role has missed (inbox)
//	{s}:duties  {s}:reach:<person>  {s}:present:<person>   "I am in / out"; quiet until, last rang; nodes with a page open
//	{s}:events  {s}:values  {s}:schema:version             what changed (stream); small values
//	{s.access}:…  {s.feeds}:…                              sessions, tokens, accounts, devices; what was read of calendars, leases
//	s:attendance:{<conference>}  s:limit:{<key>}           the ledger of a meeting (stream); rate limits
//
// No key and no log line holds a patient, an address, a feed's URL or a token; tokens come here only as hashes.
package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The errors that callers tell apart. All come wrapped with what was asked.
var (
	// ErrNotFound means that there is no such thing, or no longer.
	ErrNotFound = errors.New("store: not found")
	// ErrRevision means that somebody changed it since the caller read it; nothing was written.
	ErrRevision = errors.New("store: changed meanwhile")
	// ErrIdempotencyMismatch means that the key was used before with another body; nothing was written.
	ErrIdempotencyMismatch = errors.New("store: idempotency key used with another body")
	// ErrCodeTaken means that another open case has this code; nothing was written.
	ErrCodeTaken = errors.New("store: case code in use")
	// ErrEmailTaken means that another account has this address; nothing was written.
	ErrEmailTaken = errors.New("store: address in use by another account")
	// ErrExists means that the id is taken already; nothing was written.
	ErrExists = errors.New("store: exists already")
	// ErrReserved means that a change would move a booked meeting or its staff, whose time is reserved; nothing was written.
	ErrReserved = errors.New("store: the time of its staff is reserved")
	// ErrTooMany means that somebody has as many holds, or has extended one as often, as anybody may; nothing was written.
	ErrTooMany = errors.New("store: too many")
	// ErrNewerSchema means that a newer Samtale wrote this store; nothing is touched.
	ErrNewerSchema = errors.New("store: written by a newer version")
	// ErrEvicts means that the server is set up to throw keys away when memory is short.
	ErrEvicts = errors.New("store: the server evicts keys")
)

var errTag = errors.New("store: the tag may hold a-z, 0-9 and - only")

// schemaVersion is what this binary writes. A higher one in the store is refused, a lower one is read and raised entity by
// entity.
const schemaVersion = 1

const (
	writeTimeout = 2 * time.Second
	readTimeout  = time.Second
	readRetries  = 3
	poolSize     = 32
	poolTimeout  = 2 * time.Second
	dialAttempts = 3  // 100 ms apart: enough for a private server that is started again
	waitingPool  = 16 // readers of streams that wait for news
)

// Options vary a store. The zero value is right for production.
type Options struct {
	Tag string           // hash tag of the region, "s" when empty: two regions may share a server; a-z, 0-9 and - only
	Now func() time.Time // wall clock for expiry, retries and limits; time.Now when nil
}

// Store is an open store. All methods may be called from any goroutine.
type Store struct {
	write *redis.Client // never retries: a lost reply may be a write that happened, and a second try would write twice
	read  *redis.Client // retries: reading twice harms nobody
	wait  *redis.Client // blocking reads of streams
	tag   string
	now   func() time.Time
	mail  pendingMail
}

// quiet is done once: go-redis prints to stderr by itself, beside the log. Each of its failures comes back as an error too.
var quiet sync.Once

// silent is go-redis's logger.
type silent struct{}

// Printf drops what the caller learns from an error.
func (silent) Printf(context.Context, string, ...any) {}

// Open connects to the server at a redis://, rediss:// or unix:// URL, checks that it may be used and returns the store.
// The caller closes it.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	quiet.Do(func() { redis.SetLogger(silent{}) })
	base, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("store: the URL is not redis://, rediss:// or unix://") // err may hold the password
	}
	if strings.IndexFunc(o.Tag, notInTag) >= 0 {
		return nil, errTag
	}
	s := &Store{
		write: newClient(base, -1, writeTimeout, poolSize), read: newClient(base, readRetries, readTimeout, poolSize),
		wait: newClient(base, -1, readTimeout, waitingPool), tag: o.Tag, now: o.Now,
	}
	if s.tag == "" {
		s.tag = "s"
	}
	if s.now == nil {
		s.now = time.Now
	}
	for _, check := range []func(context.Context) error{s.Ping, s.checkEviction, s.checkSchema, s.makeMailGroup} {
		if err := check(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// newClient sets what go-redis leaves unsafe: by default it ignores contexts and executes a write again after a lost reply.
func newClient(base *redis.Options, retries int, timeout time.Duration, pool int) *redis.Client {
	o := *base
	o.MaxRetries = retries
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = 2*time.Second, timeout, timeout
	o.DialerRetries = dialAttempts
	o.PoolSize, o.PoolTimeout = pool, poolTimeout
	o.DisableIdentity = true // CLIENT SETINFO is unknown to 7.0
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(&o)
}

// Close ends all connections. Calls that wait return with an error.
func (s *Store) Close() error {
	return errors.Join(s.wait.Close(), s.read.Close(), s.write.Close())
}

// Ping asks whether the store answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("store: ping: %w", err)
	}
	return nil
}

// checkEviction refuses a server that would throw bookings away. A server that does not tell is believed.
func (s *Store) checkEviction(ctx context.Context) error {
	info, err := s.read.Info(ctx, "memory").Result()
	if err != nil {
		return nil // miniredis and some hosted servers do not answer this
	}
	_, policy, _ := strings.Cut(info, "maxmemory_policy:")
	policy, _, _ = strings.Cut(policy, "\r\n")
	if strings.HasPrefix(policy, "allkeys-") {
		return fmt.Errorf("%w: maxmemory-policy is %s, set noeviction", ErrEvicts, policy)
	}
	return nil
}

func (s *Store) checkSchema(ctx context.Context) error {
	key := s.core("schema:version")
	if err := s.write.SetNX(ctx, key, schemaVersion, 0).Err(); err != nil {
		return fmt.Errorf("store: mark the schema version: %w", err)
	}
	found, err := s.read.Get(ctx, key).Int()
	if err != nil {
		return fmt.Errorf("store: read the schema version: %w", err)
	}
	if found > schemaVersion {
		return fmt.Errorf("%w: its schema is %d, ours is %d", ErrNewerSchema, found, schemaVersion)
	}
	return nil
}

// core names a key of the scheduling core. All of them live in one slot, so that one script may touch any of them.
func (s *Store) core(name string) string { return "{" + s.tag + "}:" + name }

// access names a key of sessions, tokens and accounts.
func (s *Store) access(name string) string { return "{" + s.tag + ".access}:" + name }

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func fromMilliseconds(text string) (time.Time, error) {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("store: time %q: %w", text, err)
	}
	return time.UnixMilli(ms).UTC(), nil
}

// notFound turns the nil reply of Redis into ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, redis.Nil) {
		return ErrNotFound
	}
	return err
}

// notInTag keeps out what would end the hash tag or match more keys than our own.
func notInTag(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}
