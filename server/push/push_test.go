package push

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSend(t *testing.T) {
	now := time.Date(2026, 11, 26, 2, 30, 0, 0, time.UTC)
	s := startService(t, nil)
	b := s.subscribe("kari")
	sender := s.sender(at(&now))
	carries := func(name string, m Message, body, ttl, urgency string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			if err := sender.Send(t.Context(), b.to, m); err != nil {
				t.Fatal(err)
			}
			all := s.all()
			got := all[len(all)-1]
			if text := plain(t, got.record); text != body {
				t.Errorf("body %q, want %q", text, body)
			}
			if got.header.Get("TTL") != ttl || got.header.Get("Urgency") != urgency || got.proto != 2 {
				t.Errorf("TTL %q, urgency %q, HTTP/%d; want %q, %q, HTTP/2", got.header.Get("TTL"), got.header.Get("Urgency"), got.proto, ttl, urgency)
			}
			if topic := got.header.Get("Topic"); len(topic) > 32 || (topic == "") != (m.Topic == "") {
				t.Errorf("topic %q for %q", topic, m.Topic)
			}
			if got.length != all[0].length {
				t.Errorf("%d bytes, the first push had %d", got.length, all[0].length)
			}
			wantClaims(t, got, s.server.URL, now)
		})
	}
	carries("ring", Ring("call1"), `{"t":"ring"}`, "60", "high")
	carries("knock", Knock("call1"), `{"t":"knock"}`, "60", "high")
	carries("stop", Stop("call1"), `{"t":"stop"}`, "60", "high")
	carries("nothing", Message{}, "", "0", "")
	carries("longest", Message{Body: bytes.Repeat([]byte("x"), 64), TTL: 90*time.Second + 900*time.Millisecond, Urgency: VeryLow}, strings.Repeat("x", 64), "90", "very-low")
	carries("negative_ttl", Message{TTL: -time.Second, Urgency: Normal, Topic: strings.Repeat("a topic of any length ", 9)}, "", "0", "normal")
}

// wantClaims holds a token against RFC 8292 section 2.
func wantClaims(t *testing.T, got received, origin string, now time.Time) {
	t.Helper()
	expires, _ := got.claims["exp"].(float64)
	left := time.Unix(int64(expires), 0).Sub(now)
	if got.claims["aud"] != origin || got.claims["sub"] != "mailto:drift@sykehus.example" || len(got.claims) != 3 || left <= 0 || left > 12*time.Hour {
		t.Errorf("claims %v at %s", got.claims, now)
	}
	if key := base64.RawURLEncoding.EncodeToString(got.key); key != NewKeys(bytes.Repeat([]byte("s"), 32)).PublicKey() {
		t.Errorf("k is %q", key)
	}
}

// TestSend_topics: a stop replaces its ring, and the service cannot see that two browsers are rung for the same call.
func TestSend_topics(t *testing.T) {
	s := startService(t, nil)
	kari, ola := s.subscribe("kari"), s.subscribe("ola")
	sender := s.sender(nil)
	topic := func(b browser, m Message) string {
		t.Helper()
		if err := sender.Send(t.Context(), b.to, m); err != nil {
			t.Fatal(err)
		}
		all := s.all()
		return all[len(all)-1].header.Get("Topic")
	}
	ring := topic(kari, Ring("call1"))
	if stop := topic(kari, Stop("call1")); stop != ring {
		t.Errorf("the stop has topic %q, its ring %q", stop, ring)
	}
	if other := topic(kari, Stop("call2")); other == ring {
		t.Error("another call has the same topic")
	}
	if other := topic(ola, Ring("call1")); other == ring {
		t.Error("another browser has the same topic")
	}
}

func TestSend_answers(t *testing.T) {
	now := time.Date(2026, 11, 26, 2, 30, 0, 0, time.UTC)
	ends := func(name string, status int, after string, want error, wait time.Duration) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			s := startService(t, func(w http.ResponseWriter, r *http.Request) {
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
				w.Write([]byte(`{"reason":"` + r.URL.Path + `"}`))
			})
			b := s.subscribe("a-secret-path")
			err := s.sender(at(&now)).Send(t.Context(), b.to, Ring("call1"))
			checkError(t, err, want, wait)
			if len(s.all()) != 1 {
				t.Errorf("%d requests", len(s.all()))
			}
		})
	}
	retry := &RetryError{}
	ends("created", http.StatusCreated, "", nil, 0)
	ends("ok", http.StatusOK, "", nil, 0)
	ends("accepted", http.StatusAccepted, "", nil, 0)
	ends("gone", http.StatusGone, "", ErrGone, 0)
	ends("not_found", http.StatusNotFound, "", ErrGone, 0)
	ends("too_many", http.StatusTooManyRequests, "30", retry, 30*time.Second)
	ends("too_many_until", http.StatusTooManyRequests, now.Add(time.Minute).Format(http.TimeFormat), retry, time.Minute)
	ends("too_many_until_past", http.StatusTooManyRequests, now.Add(-time.Minute).Format(http.TimeFormat), retry, 0)
	ends("too_many_unsaid", http.StatusTooManyRequests, "", retry, 0)
	ends("too_many_nonsense", http.StatusTooManyRequests, "-1", retry, 0)
	ends("too_many_for_years", http.StatusTooManyRequests, "999999999", retry, 24*time.Hour)
	ends("request_timeout", http.StatusRequestTimeout, "", retry, 0)
	ends("server_error", http.StatusInternalServerError, "", retry, 0)
	ends("unavailable", http.StatusServiceUnavailable, "5", retry, 5*time.Second)
	ends("bad_request", http.StatusBadRequest, "", ErrRefused, 0)
	ends("unauthorized", http.StatusUnauthorized, "", ErrRefused, 0)
	ends("forbidden", http.StatusForbidden, "", ErrRefused, 0)
	ends("too_large", http.StatusRequestEntityTooLarge, "", ErrRefused, 0)
	ends("redirect", http.StatusTemporaryRedirect, "", ErrRefused, 0) // the test server fails when it is followed
}

// checkError wants an error of a kind that shows nothing of the endpoint but its host.
func checkError(t *testing.T, err, want error, after time.Duration) {
	t.Helper()
	var retry *RetryError
	switch {
	case want == nil || !errors.As(want, &retry):
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	case !errors.As(err, &retry) || retry.After != after:
		t.Errorf("got %v, want another try after %s", err, after)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows the endpoint: %v", err)
	}
}

func TestSend_unreachable(t *testing.T) {
	s := startService(t, nil)
	b := s.subscribe("a-secret-path")
	fails := func(name string, change func(*Config), to Subscription, want error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			checkError(t, s.sender(change).Send(t.Context(), to, Ring("call1")), want, 0)
		})
	}
	dial := func(d func(context.Context, string, string) (net.Conn, error)) func(*Config) {
		return func(c *Config) { c.Dial = d }
	}
	// What the server's guard against private networks does.
	guard := &net.Dialer{Control: func(string, string, syscall.RawConn) error { return errors.New("a secret reason") }}
	fails("guarded", dial(guard.DialContext), b.to, &RetryError{})
	fails("unknown_name", dial(func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "secret.example", IsNotFound: true}
	}), b.to, &RetryError{})
	fails("untrusted", func(c *Config) { c.Roots = nil }, b.to, &RetryError{})
	fails("hangs_up", dial(func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		theirs.Close()
		return ours, nil
	}), b.to, &RetryError{})
	plainHTTP := b.to
	plainHTTP.Endpoint = "http" + strings.TrimPrefix(b.to.Endpoint, "https")
	fails("http", nil, plainHTTP, ErrRefused)
	fails("not_a_subscription", nil, Subscription{Endpoint: b.to.Endpoint}, ErrRefused)
	fails("not_a_subscription_either", nil, Subscription{Endpoint: b.to.Endpoint}, ErrSubscription)
	t.Run("long_body", func(t *testing.T) {
		err := s.sender(nil).Send(t.Context(), b.to, Message{Body: make([]byte, 65)})
		checkError(t, err, ErrRefused, 0)
	})
	if len(s.all()) != 0 {
		t.Errorf("%d pushes arrived", len(s.all()))
	}
}

func TestSend_in_time(t *testing.T) {
	private, err := ecdh.P256().NewPrivateKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	to := Subscription{
		Endpoint: "http://push.example/secret",
		P256dh:   base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()),
		Auth:     base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
	}
	ends := func(name string, wait time.Duration, want error, context func() (context.Context, context.CancelFunc)) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender, err := New(Config{Keys: NewKeys(make([]byte, 32)), Subject: "https://sykehus.example", Dial: deaf(t), AllowHTTP: true})
				if err != nil {
					t.Fatal(err)
				}
				defer sender.Close()
				ctx, cancel := context()
				defer cancel()
				begin := time.Now()
				checkError(t, sender.Send(ctx, to, Ring("call1")), want, 0)
				if took := time.Since(begin); took != wait {
					t.Errorf("took %s, want %s", took, wait)
				}
			})
		})
	}
	background := context.Background()
	ends("own_limit", 10*time.Second, &RetryError{}, func() (context.Context, context.CancelFunc) { return context.WithCancel(background) })
	ends("the_callers", time.Second, context.DeadlineExceeded, func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(background, time.Second)
	})
	ends("cancelled", 0, context.Canceled, func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(background)
		cancel()
		return ctx, cancel
	})
}

// TestSend_endless_answer: the service never stops talking. What fits in the connection's window may come, no more.
func TestSend_endless_answer(t *testing.T) {
	sent := make(chan int, 1)
	s := startService(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		total := 0
		for chunk := make([]byte, 1<<16); total < 64<<20; total += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		sent <- total
	})
	b := s.subscribe("kari")
	if err := s.sender(nil).Send(t.Context(), b.to, Ring("call1")); err != nil {
		t.Error(err)
	}
	if total := <-sent; total > 16<<20 {
		t.Errorf("%d bytes were taken", total)
	}
}

// forgotten is a connection that a firewall may drop without telling us.
type forgotten struct {
	net.Conn
	dead *atomic.Bool
}

func (c forgotten) Write(b []byte) (int, error) {
	if c.dead.Load() {
		return 0, syscall.ECONNRESET
	}
	return c.Conn.Write(b)
}

// TestSend_stale_connection: the person is rung all the same.
func TestSend_stale_connection(t *testing.T) {
	s := startService(t, nil)
	b := s.subscribe("kari")
	var made []*atomic.Bool
	sender := s.sender(func(c *Config) {
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			made = append(made, &atomic.Bool{})
			return forgotten{conn, made[len(made)-1]}, err
		}
	})
	for range 3 {
		if err := sender.Send(t.Context(), b.to, Ring("call1")); err != nil {
			t.Error(err)
		}
		made[len(made)-1].Store(true)
	}
	if len(s.all()) != 3 || len(made) != 3 {
		t.Errorf("%d pushes arrived by %d connections", len(s.all()), len(made))
	}
}

func TestNew(t *testing.T) {
	takes := func(name, subject string, ok bool) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{Keys: NewKeys(make([]byte, 32)), Subject: subject, Dial: (&net.Dialer{}).DialContext})
			if (err == nil) != ok {
				t.Errorf("%q: %v", subject, err)
			}
		})
	}
	takes("mailto", "mailto:drift@sykehus.example", true)
	takes("https", "https://samtale.sykehus.example/om", true)
	takes("empty", "", false)
	takes("bare_address", "drift@sykehus.example", false)
	takes("name_and_address", "mailto:Drift <drift@sykehus.example>", false)
	takes("no_address", "mailto:drift", false)
	takes("http", "http://sykehus.example", false)
	takes("credentials", "https://a:b@sykehus.example", false)
	if _, err := New(Config{Keys: NewKeys(make([]byte, 32)), Subject: "mailto:a@b.example"}); err == nil {
		t.Error("no dialer is taken for any dialer")
	}
}
