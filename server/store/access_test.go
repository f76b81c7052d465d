package store

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/samtale/samtale/server/conference"
)

func TestTokenIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if err := b.PutToken(ctx, "h1", Token{Kind: "signin", Subject: "p_kari"}, time.Minute); err != nil {
			t.Fatal(err)
		}
		for range 2 { // looking does not use it up
			if got := must[Token](t)(b.PeekToken(ctx, "h1")); got.Kind != "signin" {
				t.Errorf("peek %+v", got)
			}
		}
		var mu sync.Mutex
		taken := 0
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				got, err := b.TakeToken(ctx, "h1")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && got == Token{Kind: "signin", Subject: "p_kari"}:
					taken++
				case !errors.Is(err, ErrNotFound):
					t.Errorf("take: %+v, %v", got, err)
				}
			})
		}
		wg.Wait()
		if taken != 1 {
			t.Errorf("taken %d times", taken)
		}
		refused(t, ErrNotFound)(b.PeekToken(ctx, "h1"))
		if err := b.PutToken(ctx, "h2", Token{Kind: "setup"}, 0); err == nil {
			t.Error("a token without end was written")
		}
	})
}

func TestTokenExpires(t *testing.T) {
	b := onMemory(t)
	if err := b.PutToken(t.Context(), "h1", Token{Kind: "signin"}, 15*time.Minute); err != nil {
		t.Fatal(err)
	}
	b.memory.FastForward(15*time.Minute + time.Second)
	refused(t, ErrNotFound)(b.TakeToken(t.Context(), "h1"))
}

// pass lets time go by on both clocks: the server's, which expires keys, and ours.
func (b bench) pass(d time.Duration) {
	b.memory.FastForward(d)
	b.clock.advance(d)
}

func TestSessionLifetime(t *testing.T) {
	b := onMemory(t)
	ctx := t.Context()
	b.clock.now = noon
	want := Session{Person: "p_kari", Created: noon, Expires: noon.Add(12 * time.Hour), Language: "nb"}
	if err := b.PutSession(ctx, "h1", want, time.Hour); err != nil {
		t.Fatal(err)
	}
	for range 14 { // each request within the idle time starts it anew, up to the absolute end
		b.pass(50 * time.Minute)
		if got := must[Session](t)(b.Session(ctx, "h1")); !reflect.DeepEqual(got, want) {
			t.Fatalf("session %+v, want %+v", got, want)
		}
	}
	b.pass(21 * time.Minute) // 12 h 1 min
	refused(t, ErrNotFound)(b.Session(ctx, "h1"))

	want.Created, want.Expires = b.now(), b.now().Add(12*time.Hour)
	if err := b.PutSession(ctx, "h2", want, time.Hour); err != nil {
		t.Fatal(err)
	}
	b.pass(61 * time.Minute)
	refused(t, ErrNotFound)(b.Session(ctx, "h2"))
	if err := b.PutSession(ctx, "h3", Session{Expires: b.now()}, time.Hour); err == nil {
		t.Error("an expired session was written")
	}
}

// TestSessionEndsByOurClockToo: the server has not noticed yet that the time is over.
func TestSessionEndsByOurClockToo(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		if err := b.PutSession(t.Context(), "h1", Session{Person: "p_kari", Expires: b.now().Add(time.Hour)}, time.Hour); err != nil {
			t.Fatal(err)
		}
		must[Session](t)(b.Session(t.Context(), "h1"))
		b.clock.advance(time.Hour)
		refused(t, ErrNotFound)(b.Session(t.Context(), "h1"))
	})
}

func TestDeleteSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		for i, person := range []conference.PersonID{"p_kari", "p_kari", "p_ola", ""} {
			if err := b.PutSession(ctx, fmt.Sprint("h", i), Session{Person: person, Expires: b.now().Add(time.Hour)}, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(b.DeleteSessionsOf(ctx, "p_kari"), b.DeleteSessionsOf(ctx, "p_nobody")); err != nil {
			t.Fatal(err)
		}
		refused(t, ErrNotFound)(b.Session(ctx, "h0"))
		refused(t, ErrNotFound)(b.Session(ctx, "h1"))
		must[Session](t)(b.Session(ctx, "h2"))
		must[Session](t)(b.Session(ctx, "h3"))
		if err := errors.Join(b.DeleteSession(ctx, "h2"), b.DeleteSession(ctx, "h2")); err != nil {
			t.Fatal(err)
		}
		refused(t, ErrNotFound)(b.Session(ctx, "h2"))
	})
}

func TestAccounts(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if n := must[int](t)(b.CountAdministrators(ctx)); n != 0 {
			t.Errorf("%d administrators in an empty store", n)
		}
		a := Account{ID: "a_1", Name: "Åse", Email: "ase@example.org", Created: noon}
		if err := b.PutAccount(ctx, a); err != nil {
			t.Fatal(err)
		}
		if got := must[Account](t)(b.AccountByEmail(ctx, " Ase@Example.org ")); got != a {
			t.Errorf("by address %+v", got)
		}
		refused(t, ErrEmailTaken)(nil, b.PutAccount(ctx, Account{ID: "a_2", Email: "ASE@example.org"}))
		a.Email = "new@example.org"
		if err := b.PutAccount(ctx, a); err != nil {
			t.Fatal(err)
		}
		refused(t, ErrNotFound)(b.AccountByEmail(ctx, "ase@example.org"))
		if got := must[Account](t)(b.Account(ctx, "a_1")); got != a {
			t.Errorf("by id %+v", got)
		}
		refused(t, ErrNotFound)(b.Account(ctx, "a_2"))
		if n := must[int](t)(b.CountAdministrators(ctx)); n != 1 {
			t.Errorf("%d administrators, want 1", n)
		}
	})
}

func TestAllow(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		allow := func(key string) (bool, time.Duration) {
			t.Helper()
			ok, again, err := b.Allow(t.Context(), key, 3, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return ok, again
		}
		for i := range 3 {
			if ok, _ := allow("k"); !ok {
				t.Errorf("attempt %d refused", i+1)
			}
		}
		for range 2 { // a refusal is not counted
			if ok, again := allow("k"); ok || again != 20*time.Second {
				t.Errorf("fourth attempt: %v, again in %s, want refused for 20s", ok, again)
			}
		}
		if ok, _ := allow("other"); !ok {
			t.Error("another key is limited too")
		}
		b.clock.advance(20 * time.Second)
		if ok, _ := allow("k"); !ok {
			t.Error("refused after waiting as told")
		}
		if ok, _ := allow("k"); ok {
			t.Error("one more was allowed")
		}
		if _, _, err := b.Allow(t.Context(), "k", 0, time.Minute); err == nil {
			t.Error("a limit of none is no limit")
		}
	})
}

func TestValues(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		refused(t, ErrNotFound)(b.Value(ctx, "clock"))
		if err := b.SetValue(ctx, "clock", "-3h"); err != nil {
			t.Fatal(err)
		}
		if got := must[string](t)(b.Value(ctx, "clock")); got != "-3h" {
			t.Errorf("value %q", got)
		}
		for want := int64(1); want <= 2; want++ {
			if got := must[int64](t)(b.Increment(ctx, "boots")); got != want {
				t.Errorf("count %d, want %d", got, want)
			}
		}
	})
}

func TestFeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		address := "https://example.org/secret.ics"
		first := FeedRecord{
			Person: "p_kari", Index: 0, URLHash: URLHash(address), Kind: conference.FeedBusy, ETag: `"x"`, Body: []byte("BEGIN:VCALENDAR\r\n\x00\xff"),
			ReadAt: noon, CheckedAt: noon, NextAt: noon.Add(time.Minute), Events: 3,
		}
		second := FeedRecord{Person: "p_kari", Index: 1, URLHash: URLHash("x"), Kind: conference.FeedDuty, Failure: "unreachable", Failures: 2, CheckedAt: noon}
		if err := errors.Join(b.PutFeed(ctx, second), b.PutFeed(ctx, first)); err != nil {
			t.Fatal(err)
		}
		if got := must[[]FeedRecord](t)(b.Feeds(ctx)); !reflect.DeepEqual(got, []FeedRecord{first, second}) {
			t.Errorf("feeds %+v", got)
		}
		if first.Key() != FeedKey("p_kari", 0, address) {
			t.Errorf("key %q, want %q", first.Key(), FeedKey("p_kari", 0, address))
		}
		failed := first
		failed.Body, failed.Failure = nil, "not_found" // the last good copy survives
		if err := b.PutFeed(ctx, failed); err != nil {
			t.Fatal(err)
		}
		got := must[[]FeedRecord](t)(b.Feeds(ctx))[0]
		if got.Failure != "not_found" || string(got.Body) != string(first.Body) {
			t.Errorf("after a failure %+v", got)
		}
		if states := must[[]FeedRecord](t)(b.FeedStates(ctx)); len(states) != 2 || states[0].Body != nil || states[0].ETag != `"x"` {
			t.Errorf("states %+v", states)
		}
		if err := errors.Join(b.DropFeeds(ctx), b.DropFeeds(ctx, first.Key(), "no such key")); err != nil {
			t.Fatal(err)
		}
		if left := must[[]FeedRecord](t)(b.Feeds(ctx)); len(left) != 1 || left[0].Index != 1 {
			t.Errorf("after dropping one %+v", left)
		}
	})
}
