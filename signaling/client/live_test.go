package client

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"github.com/samtale/samtale/signaling"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// page serves a socket that says what the test wants.
func page(t *testing.T, talk func(*signaling.Conn)) *httptest.Server {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "session=1" {
			http.Error(w, "not signed in", http.StatusUnauthorized)
			return
		}
		conn, err := signaling.Accept(w, r, signaling.Policy{Origins: []string{server.URL}})
		if err != nil {
			return
		}
		talk(conn)
		conn.Close(signaling.CloseGone, "")
	}))
	t.Cleanup(server.Close)
	return server
}

var cookie = http.Header{"Cookie": {"session=1"}}

func TestLive(t *testing.T) {
	server := page(t, func(conn *signaling.Conn) {
		_ = conn.Send("hello", struct{}{})
		for range 2 * liveQueue { // more than waits for the reader
			_ = conn.Send("changed", map[string]string{"kind": "consult"})
		}
	})
	l, err := DialLive(t.Context(), server.URL, server.URL, cookie)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 2 * liveQueue {
		m, err := l.Next(t.Context())
		if err != nil || m.T != "changed" || string(m.D) != `{"kind":"consult"}` {
			t.Fatalf("%s %s: %v", m.T, m.D, err)
		}
	}
	if m, err := l.Next(t.Context()); !errors.Is(err, ErrDown) {
		t.Errorf("after the end %s: %v", m.T, err)
	}
	l.Close()
	l.Close() // again is nothing
}

func TestLiveNotDialled(t *testing.T) {
	check := func(name string, header http.Header, talk func(*signaling.Conn)) {
		t.Helper()
		server := page(t, talk)
		if _, err := DialLive(t.Context(), server.URL, server.URL, header); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	check("not signed in", nil, nil)
	check("another greeting", cookie, func(conn *signaling.Conn) { _ = conn.Send("changed", nil) })
	check("no greeting", cookie, func(*signaling.Conn) {})
}

func TestLiveWaits(t *testing.T) {
	server := page(t, func(conn *signaling.Conn) {
		_ = conn.Send("hello", struct{}{})
		<-conn.Done()
	})
	l, err := DialLive(t.Context(), server.URL, server.URL, cookie)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that was given up: %v", err)
	}
	l.Close()
	if _, err := l.Next(t.Context()); !errors.Is(err, ErrDown) {
		t.Errorf("after Close: %v", err)
	}
}

// TestLiveUnread: a queue that nobody empties does not keep Close waiting.
func TestLiveUnread(t *testing.T) {
	sent := make(chan struct{})
	server := page(t, func(conn *signaling.Conn) {
		_ = conn.Send("hello", struct{}{})
		for range 2 * liveQueue {
			_ = conn.Send("changed", nil)
		}
		close(sent)
		<-conn.Done()
	})
	l, err := DialLive(t.Context(), server.URL, server.URL, cookie)
	if err != nil {
		t.Fatal(err)
	}
	<-sent
	l.Close()
}
