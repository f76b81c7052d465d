package turn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"

	"github.com/samtale/samtale/signaling/turn"
)

func TestCredentials(t *testing.T) {
	h := newHouse(t)
	h.later(0)
	now := h.clock
	good := h.Credentials("s1", now)
	elsewhere := newHouse(t, func(c *turn.Config) { c.Secret = []byte("the secret of another installation") }).Credentials("s1", now)
	check := func(name string, want int, c turn.Credentials) {
		t.Run(name, func(t *testing.T) {
			if got := h.member(t, "udp", c).allocate(); got != want {
				t.Errorf("%d, want %d", got, want)
			}
		})
	}
	check("good", 0, good)
	check("of_another_installation", 401, elsewhere)
	check("wrong_password", 401, turn.Credentials{Username: good.Username, Password: good.Password + "x"})
	check("no_password", 401, turn.Credentials{Username: good.Username})
	check("another's_name", 401, turn.Credentials{Username: h.Credentials("s2", now).Username, Password: good.Password})
	check("later_end", 401, turn.Credentials{Username: "9" + good.Username, Password: good.Password})
	check("no_end", 401, turn.Credentials{Username: strings.TrimLeft(good.Username, "0123456789"), Password: good.Password})
	check("nothing", 401, turn.Credentials{})
	if strings.Contains(good.Username, "s1") || good.Valid != 20*time.Minute || len(good.URLs) != 1 {
		t.Errorf("%+v", good)
	}
	h.later(turn.Validity)
	check("expired", 401, good)
	fresh := h.Credentials("s1", h.clock)
	check("expired_with_new_ones_given", 401, good)
	check("new", 0, fresh)
}

// TestOtherNode: nodes that share the secret take each other's credentials, and the newest that was used counts.
func TestOtherNode(t *testing.T) {
	h, other := newHouse(t), newHouse(t)
	h.later(0)
	m := h.member(t, "udp", other.Credentials("s1", h.clock))
	if got := m.allocate(); got != 0 {
		t.Fatalf("allocation: %d", got)
	}
	h.later(turn.Validity - time.Minute)
	fresh := other.Credentials("s1", h.clock)
	m.username, m.integrity = fresh.Username, stun.NewLongTermIntegrity(fresh.Username, "samtale", fresh.Password)
	if got := m.request(stun.MethodRefresh); got != 0 {
		t.Fatalf("refresh: %d", got)
	}
	h.later(2 * time.Minute)
	if h.Sweep(h.clock); h.Allocations() != 1 {
		t.Error("ended with the older credentials")
	}
}

// TestRefresh: a relay lives as long as its session is given new credentials, and not longer.
func TestRefresh(t *testing.T) {
	h := newHouse(t)
	h.later(0)
	m := h.member(t, "udp", h.Credentials("s1", h.clock))
	foreign := h.Credentials("s2", h.clock)
	check := func(what string, want int, seconds uint32) {
		t.Helper()
		m.lifetime = 0
		if got := m.request(stun.MethodRefresh); got != want || m.lifetime != seconds {
			t.Fatalf("%s: %d for %d s, want %d for %d s", what, got, m.lifetime, want, seconds)
		}
	}
	if m.allocate(lifetime(3600)) != 0 || m.lifetime != 600 {
		t.Fatalf("allocated for %d s", m.lifetime)
	}
	h.later(9 * time.Minute)
	check("refresh", 0, 600)
	h.later(9 * time.Minute)
	check("near the credential's end", 0, 600) // the sweep ends it then
	h.Credentials("s1", h.clock)
	check("the session has new ones", 0, 600)
	h.later(9 * time.Minute)
	h.Sweep(h.clock)
	check("by the old name", 0, 600)
	mine := m.username
	m.username, m.integrity = foreign.Username, stun.NewLongTermIntegrity(foreign.Username, "samtale", foreign.Password)
	check("by another session", 401, 0) // expired
	fresh := h.Credentials("s2", h.clock)
	m.username, m.integrity = fresh.Username, stun.NewLongTermIntegrity(fresh.Username, "samtale", fresh.Password)
	check("by another session with good ones", 401, 0)
	m.username = mine
	h.later(11 * time.Minute)
	if h.Sweep(h.clock); h.Allocations() != 0 {
		t.Error("an allocation outlives its lifetime")
	}
	h.later(time.Hour)
	if h.Sweep(h.clock); h.Sessions() != 0 {
		t.Errorf("%d sessions are remembered for nothing", h.Sessions())
	}
}

// TestRevoke ends relays at once, also those of connections, and refuses what was given before.
func TestRevoke(t *testing.T) {
	h := newHouse(t)
	h.later(0)
	c := h.Credentials("s1", h.clock)
	datagrams, stream := h.member(t, "udp", c), h.member(t, "tls", c)
	if datagrams.allocate() != 0 || stream.allocate() != 0 || h.member(t, "udp", h.Credentials("s2", h.clock)).allocate() != 0 {
		t.Fatal("no allocation")
	}
	h.Revoke("s1")
	if n := h.Allocations(); n != 1 {
		t.Errorf("%d allocations, want the other session's", n)
	}
	for range stream.replies { // ends with the connection
		t.Error("an answer to nothing")
	}
	if got := datagrams.request(stun.MethodRefresh); got != 401 {
		t.Errorf("refresh: %d", got)
	}
	if got := h.member(t, "udp", c).allocate(); got != 401 {
		t.Errorf("allocation with what was revoked: %d", got)
	}
	h.later(time.Second)
	if got := h.member(t, "udp", h.Credentials("s1", h.clock)).allocate(); got != 0 {
		t.Errorf("allocation with new credentials: %d", got)
	}
	if got := h.member(t, "udp", c).allocate(); got != 401 {
		t.Errorf("allocation with what was revoked before the new ones: %d", got)
	}
}

// TestNonce: one of another connection and a forged one are stale; the client is told a new one.
func TestNonce(t *testing.T) {
	h := newHouse(t)
	c := h.Credentials("s1", time.Now())
	first, second := h.member(t, "tcp", c), h.member(t, "tcp", c)
	if first.allocate() != 0 {
		t.Fatal("no allocation")
	}
	ask := func(m *member, nonce string) int {
		return code(m.ask(5*time.Second, stun.NewType(stun.MethodRefresh, stun.ClassRequest), stun.NewUsername(c.Username), stun.NewRealm("samtale"), stun.NewNonce(nonce), m.integrity))
	}
	if got := ask(second, first.nonce); got != 438 {
		t.Errorf("another's nonce: %d", got)
	}
	for _, forged := range []string{"x", strings.Repeat("A", 27), first.nonce + "A"} {
		if got := ask(first, forged); got != 438 {
			t.Errorf("nonce %q: %d", forged, got)
		}
	}
	if got := code(first.ask(5*time.Second, stun.NewType(stun.MethodRefresh, stun.ClassRequest), first.integrity)); got != 400 {
		t.Errorf("integrity and no name: %d", got)
	}
}
