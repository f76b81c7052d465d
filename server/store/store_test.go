package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/samtale/samtale/server/conference"
	"github.com/samtale/samtale/server/duty"
	"github.com/samtale/samtale/server/redisd"
)

// shared is the one real server of this package's tests; every test has a hash tag of its own on it.
var shared struct {
	once   sync.Once
	daemon *redisd.Daemon
	dir    string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.daemon != nil {
		if err := shared.daemon.Stop(context.Background()); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// realServer returns the URL of a private redis-server. Where none is installed the test is skipped; in CI it fails.
func realServer(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "samtale-store-"); shared.err == nil {
			shared.daemon, shared.err = redisd.Start(context.Background(), redisd.Config{Dir: shared.dir})
		}
	})
	needServer(t, shared.err)
	return shared.daemon.URL()
}

func needServer(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, redisd.ErrNoBinary) && os.Getenv("CI") != "true" {
		t.Skip("redis-server is not installed (apt install redis-server)")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// clock is a wall clock that tests set forward.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is an open store with what a test needs around it.
type bench struct {
	*Store
	clock  *clock
	url    string
	memory *miniredis.Miniredis // nil on a real server
}

func openBench(t testing.TB, address string, memory *miniredis.Miniredis) bench {
	t.Helper()
	b := bench{url: address, memory: memory, clock: &clock{now: time.Now()}}
	b.Store = open(t, address, Options{Tag: "t" + strings.ToLower(rand.Text()), Now: b.clock.Now})
	return b
}

func open(t testing.TB, address string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// again opens a second store on the same data, as another process would.
func (b bench) again(t *testing.T) *Store {
	t.Helper()
	return open(t, b.url, Options{Tag: b.tag, Now: b.clock.Now})
}

func onMemory(t *testing.T) bench {
	t.Helper()
	m := miniredis.RunT(t)
	return openBench(t, "redis://"+m.Addr(), m)
}

// onBoth runs a test on a real server and in memory: what works on one only is a bug.
func onBoth(t *testing.T, test func(t *testing.T, b bench)) {
	t.Run("redis", func(t *testing.T) { test(t, openBench(t, realServer(t), nil)) })
	t.Run("memory", func(t *testing.T) { test(t, onMemory(t)) })
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func refused(t *testing.T, want error) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("error %v, want %v", err, want)
		}
	}
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestOpenRefusesNewerSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		if err := b.write.Set(t.Context(), b.core("schema:version"), schemaVersion+1, 0).Err(); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), b.url, Options{Tag: b.tag})
		if !errors.Is(err, ErrNewerSchema) {
			t.Errorf("open: %v, want ErrNewerSchema", err)
		}
	})
}

func TestOpenRefusesEviction(t *testing.T) {
	address := realServer(t)
	b := openBench(t, address, nil)
	set := func(policy string) {
		if err := b.write.ConfigSet(context.Background(), "maxmemory-policy", policy).Err(); err != nil {
			t.Fatal(err)
		}
	}
	set("allkeys-lru")
	defer set("noeviction")
	if _, err := Open(t.Context(), address, Options{Tag: b.tag}); !errors.Is(err, ErrEvicts) {
		t.Errorf("open: %v, want ErrEvicts", err)
	}
}

func TestOpenErrorsHideThePassword(t *testing.T) {
	for _, address := range []string{"redis://:hunter2@[::1", "http://:hunter2@localhost", "redis://:hunter2@127.0.0.1:1"} {
		_, err := Open(t.Context(), address, Options{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("open: %v", err)
		}
	}
}

// TestOpenOnMemory: the store that keeps nothing works like the others.
func TestOpenOnMemory(t *testing.T) {
	daemon := must[*redisd.Daemon](t)(redisd.Memory())
	s, err := Open(t.Context(), daemon.URL(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	must[conference.Conference](t)(s.Book(t.Context(), newBooking("m_1", noon, "p_kari")))
	must[OutboxMail](t)(s.NextMail(t.Context(), "n1", 0))
	if err := errors.Join(s.Close(), daemon.Stop(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func TestRegion(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		if _, _, err := b.Region(t.Context()); !errors.Is(err, ErrNotFound) {
			t.Fatalf("empty store: %v", err)
		}
		cursor := must[string](t)(b.LastEventID(t.Context()))
		for want := int64(1); want <= 2; want++ {
			if got := must[int64](t)(b.PutRegion(t.Context(), conference.Region{Name: fmt.Sprint("region ", want)})); got != want {
				t.Errorf("revision %d, want %d", got, want)
			}
		}
		r, revision, err := b.Region(t.Context())
		if err != nil || r.Name != "region 2" || revision != 2 {
			t.Errorf("region %q revision %d: %v", r.Name, revision, err)
		}
		if changes := must[[]Change](t)(b.Events(t.Context(), cursor, 0)); len(changes) != 2 || changes[0].Kind != "region" {
			t.Errorf("events %+v", changes)
		}
	})
}

// TestKeysNameNobody fills a store and looks at every key: no address, URL, token or case code may stand in one.
func TestKeysNameNobody(t *testing.T) {
	b := onMemory(t)
	ctx := t.Context()
	c := newCase("c_1", "K7QX2")
	must[conference.Case](t)(b.CreateCase(ctx, c, Idempotency{}))
	booking := newBooking("m_1", noon, "p_kari")
	booking.Conference.Case, booking.Conference.Participants[0].Email = c.ID, "kari@example.org"
	must[conference.Conference](t)(b.Book(ctx, booking))
	must[Hold](t)(b.PlaceHold(ctx, newHold("h_1", noon.Add(time.Hour), people("kari"))))
	must[string](t)(b.CreateOwnFeed(ctx, OwnFeed{ID: "f_1", Person: "p_kari", Host: "secret.example"}, Idempotency{Key: "k", BodyHash: "h"}))
	must[int64](t)(b.PutHours(ctx, "p_kari", &PaintedHours{Person: "p_kari"}, 0))
	must[FeedRecord](t)(b.LeaseFeed(ctx, FeedKey("p_kari", 0, "https://example.org/secret.ics"), "n1", time.Minute))
	hunt, room := newConsult("q_1")
	hunt.Words = "secret"
	must[duty.Consult](t)(b.CreateConsult(ctx, hunt, Idempotency{}, room))
	must[duty.Consult](t)(b.ChangeConsult(ctx, "q_1", "missed", miss))
	if err := errors.Join(
		b.Wait(ctx, newWish(c.ID, noon.Add(time.Hour), "kari")),
		b.PutDeclaration(ctx, duty.Declaration{Person: "p_kari", Covers: onDuty, At: noon, Until: noon.Add(time.Hour)}), b.NoteRang(ctx, "p_kari", noon),
		b.NotePresent(ctx, "n1", []conference.PersonID{"p_kari"}, time.Minute), b.PutDevice(ctx, Device{ID: "d_1", Person: "p_kari", Sealed: "secret"}),
		b.PutAccount(ctx, Account{ID: "a_1", Email: "admin@example.org"}),
		b.PutFeed(ctx, FeedRecord{Person: "p_kari", URLHash: URLHash("https://example.org/secret.ics"), Body: []byte("x")}),
		b.PutSession(ctx, "hash", Session{Person: "p_kari", Expires: b.now().Add(time.Hour)}, time.Hour),
		b.PutToken(ctx, "hash", Token{Kind: "signin"}, time.Hour),
	); err != nil {
		t.Fatal(err)
	}
	if keys := b.memory.Keys(); len(keys) < 20 {
		t.Errorf("only %d keys: %q", len(keys), keys)
	}
	for _, key := range b.memory.Keys() {
		for _, secret := range []string{"@", "http", "secret", "K7QX2"} {
			if strings.Contains(key, secret) {
				t.Errorf("key %q holds %q", key, secret)
			}
		}
	}
}

// rawClient is a client of the same server for what the store has no method for. It is patient with a server that restarts.
func rawClient(t *testing.T, address string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries, options.MaxRetryBackoff = 5, 20*time.Millisecond // many would all be spent on a connection that is dead
	options.DialerRetries, options.DialerRetryTimeout = 500, 20*time.Millisecond
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}
