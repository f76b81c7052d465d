package turn_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"

	"github.com/samtale/samtale/signaling/turn"
)

// quiet fails when something has arrived at a socket that nothing may reach, or in vain waited for. Loopback keeps the order, so what
// media has answered afterwards proves that all before it was dropped.
func (m *member) quiet(h *house, forbidden ...*echo) {
	m.t.Helper()
	if got := m.permit(h.media.addr.String()); got != 0 {
		m.t.Fatalf("permission for media: %d", got)
	}
	m.send(h.media.addr.String(), "the last")
	if got := m.receive(); got != "the last" {
		m.t.Errorf("came back: %q", got)
	}
	for _, f := range forbidden {
		select {
		case got := <-f.got:
			m.t.Errorf("%s was reached by %q", f.addr, got)
		default:
		}
	}
}

// TestNeverAnOpenProxy asks for everything that is not our media, in each way there is.
func TestNeverAnOpenProxy(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			h := newHouse(t)
			neighbour := newEcho(t, "127.0.0.1:0") // another service on the same address
			other := newEcho(t, "127.0.0.2:0")
			m := h.member(t, transport, h.Credentials("s1", time.Now()))
			if got := m.allocate(); got != 0 {
				t.Fatalf("allocation: %d", got)
			}
			port := fmt.Sprint(h.media.addr.Port())
			m.send(h.media.addr.String(), "no permission yet")
			m.channel(0x4000, "bound to nobody")
			for _, peer := range []string{
				other.addr.String(), "127.0.0.2:" + port, "10.0.0.1:443", "169.254.169.254:80", "0.0.0.0:" + port, "255.255.255.255:" + port,
				"224.0.0.1:" + port, "192.0.2.1:" + port,
			} {
				if got := m.permit(peer); got != 403 {
					t.Errorf("permission for %s: %d", peer, got)
				}
				if got := m.bind(0x4000, peer); got != 401 { // pion's word for it
					t.Errorf("channel to %s: %d", peer, got)
				}
				if got := m.permit(h.media.addr.String(), peer); got != 403 {
					t.Errorf("permission for media together with %s: %d", peer, got)
				}
				m.send(peer, "no")
			}
			for _, peer := range []string{"[::1]:" + port, "[fe80::1]:80", "[::]:" + port} {
				if got := m.permit(peer); got != 443 {
					t.Errorf("permission for %s: %d", peer, got)
				}
				if got := m.bind(0x4000, peer); got != 443 {
					t.Errorf("channel to %s: %d", peer, got)
				}
				m.send(peer, "no")
			}
			// A permission is for an address; the port is ours to guard.
			if got := m.bind(0x4000, neighbour.addr.String()); got != 0 {
				t.Errorf("channel to another port of media's address: %d", got)
			}
			m.channel(0x4000, "no")
			if got := m.permit(neighbour.addr.String()); got != 0 {
				t.Errorf("permission for media's address by another port: %d", got)
			}
			m.send(neighbour.addr.String(), "no")
			m.send("127.0.0.1:22", "no")
			m.quiet(h, neighbour, other)
		})
	}
}

// TestNobodyElseIsHeard: a stranger who finds the relay's socket does not get through to the client.
func TestNobodyElseIsHeard(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	if m.allocate() != 0 || m.bind(0x4001, h.media.addr.String()) != 0 {
		t.Fatal("no channel")
	}
	stranger, err := net.Dial("udp", m.relayed.String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	for range 10 {
		if _, err := stranger.Write([]byte("let me in")); err != nil {
			t.Fatal(err)
		}
	}
	m.channel(0x4001, "hello")
	if got := m.receive(); got != "hello" {
		t.Errorf("the client heard %q", got)
	}
}

// TestChannelRules of RFC 8656 section 12.
func TestChannelRules(t *testing.T) {
	h := newHouse(t, func(c *turn.Config) { c.Announce = []netip.Addr{netip.MustParseAddr("198.51.100.7")} })
	public := netip.AddrPortFrom(netip.MustParseAddr("198.51.100.7"), h.media.addr.Port()).String()
	m := h.member(t, "tcp", h.Credentials("s1", time.Now()))
	check := func(name string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	check("no allocation", m.bind(0x4000, h.media.addr.String()), 401)
	check("allocation", m.allocate(), 0)
	check("second allocation", m.allocate(), 437)
	check("bind", m.bind(0x4000, h.media.addr.String()), 0)
	check("again", m.bind(0x4000, h.media.addr.String()), 0)
	check("another number", m.bind(0x4001, h.media.addr.String()), 400)
	check("another peer", m.bind(0x4000, public), 400)
	check("the other name", m.bind(0x4001, public), 0)
	m.channel(0x4001, "hello")
	if got := m.receive(); got != "hello" {
		t.Errorf("came back: %q", got)
	}
	check("no peer", m.request(stun.MethodCreatePermission), 400)
	check("two peers", m.request(stun.MethodChannelBind, attribute{stun.AttrChannelNumber, []byte{0x40, 5, 0, 0}}, peerOf(public), peerOf(public)), 400)
	check("bad peer", m.request(stun.MethodCreatePermission, attribute{stun.AttrXORPeerAddress, []byte{0, 1, 2}}), 400)
	check("end", m.request(stun.MethodRefresh, lifetime(0)), 0)
	until(t, "no allocation", func() bool { return h.Allocations() == 0 })
}

// TestManyChannels: media's address has 65535 ports, and a relay may not bind them all.
func TestManyChannels(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "tcp", h.Credentials("s1", time.Now()))
	if m.allocate() != 0 || m.bind(0x4000, h.media.addr.String()) != 0 {
		t.Fatal("no channel")
	}
	for i := range turn.MaxChannels {
		want := 0
		if i == turn.MaxChannels-1 {
			want = 401
		}
		if got := m.bind(uint16(0x4001+i), fmt.Sprintf("127.0.0.1:%d", i+1)); got != want {
			t.Fatalf("channel %d: %d, want %d", i+1, got, want)
		}
	}
	m.channel(0x4000, "hello")
	if got := m.receive(); got != "hello" {
		t.Errorf("came back: %q", got)
	}
}

// TestAllocateRefuses what is not offered here.
func TestAllocateRefuses(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	check := func(name string, want int, setters ...stun.Setter) {
		t.Helper()
		if got := m.request(stun.MethodAllocate, setters...); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	check("no transport", 400)
	check("RFC 6062", 508, attribute{stun.AttrRequestedTransport, []byte{6, 0, 0, 0}})
	check("even port", 508, udpTransport, attribute{stun.AttrEvenPort, []byte{0x80}})
	check("reservation", 508, udpTransport, attribute{stun.AttrReservationToken, make([]byte, 8)})
	check("don't fragment", 420, udpTransport, attribute{stun.AttrDontFragment, nil})
	check("unknown", 420, udpTransport, attribute{0x7ffe, nil})
	check("no such family", 440, udpTransport, family(3))
	check("short family", 400, udpTransport, attribute{stun.AttrRequestedAddressFamily, []byte{1}})
	if n := h.Allocations(); n != 0 {
		t.Errorf("%d allocations", n)
	}
	if got := m.allocate(); got != 0 {
		t.Fatalf("allocation: %d", got)
	}
	for _, method := range []stun.Method{stun.MethodConnect, stun.MethodConnectionBind} { // of RFC 6062
		if got := m.request(method, peerOf(h.media.addr.String()), attribute{stun.AttrConnectionID, make([]byte, 4)}); got != 401 {
			t.Errorf("%s: %d", method, got)
		}
	}
}

// TestQuota: a session has its number, and leaves the others theirs.
func TestQuota(t *testing.T) {
	h := newHouse(t)
	greedy := h.Credentials("s1", time.Now())
	var first *member
	for i := range turn.PerSession {
		m := h.member(t, []string{"udp", "tcp"}[i%2], greedy)
		if got := m.allocate(); got != 0 {
			t.Fatalf("allocation %d: %d", i, got)
		}
		if first == nil {
			first = m
		}
	}
	if got := h.member(t, "udp", h.Credentials("s1", time.Now().Add(time.Second))).allocate(); got != 486 {
		t.Errorf("one more with new credentials: %d", got)
	}
	if got := h.member(t, "udp", h.Credentials("s2", time.Now())).allocate(); got != 0 {
		t.Errorf("of another session: %d", got)
	}
	if first.request(stun.MethodRefresh, lifetime(0)) != 0 {
		t.Error("no end")
	}
	if got := h.member(t, "udp", greedy).allocate(); got != 0 {
		t.Errorf("after one has ended: %d", got)
	}
}

// TestThousandAllocations stand side by side, relay, and leave nothing behind.
func TestThousandAllocations(t *testing.T) {
	h := newHouse(t)
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i := range 1000 {
		m := h.member(t, []string{"udp", "tcp"}[i%2], h.Credentials(fmt.Sprint("s", i/20), time.Now()))
		if got := m.allocate(); got != 0 {
			t.Fatalf("allocation %d: %d", i, got)
		}
		if i%100 == 0 {
			m.quiet(h)
		}
	}
	if n := h.Allocations(); n != 1000 {
		t.Errorf("%d allocations", n)
	}
}

// TestRetransmittedAllocate gets the same answer: the first was lost.
func TestRetransmittedAllocate(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	if m.request(stun.MethodRefresh) != 401 { // to learn the nonce
		t.Fatal("a refresh of nothing")
	}
	request, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), udpTransport,
		stun.NewUsername(m.username), stun.NewRealm("samtale"), stun.NewNonce(m.nonce), m.integrity)
	if err != nil {
		t.Fatal(err)
	}
	var answers [2]string
	for i := range answers {
		m.raw(request.Raw)
		answers[i] = string((<-m.replies).Raw)
	}
	if answers[0] != answers[1] || h.Allocations() != 1 {
		t.Errorf("answers differ, or %d allocations", h.Allocations())
	}
}

// TestGarbage by UDP is passed over; a connection that sends it is closed.
func TestGarbage(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	if m.allocate() != 0 || m.permit(h.media.addr.String()) != 0 {
		t.Fatal("no relay to media")
	}
	giant := make([]byte, 60000)
	binary.BigEndian.PutUint16(giant[2:], uint16(len(giant)-20))
	binary.BigEndian.PutUint32(giant[4:], 0x2112A442)
	for _, b := range [][]byte{
		nil,
		{0},
		{0x40},
		{0x40, 0, 0, 8},
		{0x40, 0, 0xff, 0xff, 1},
		make([]byte, 19), make([]byte, 20), giant, giant[:1000],
		[]byte(strings.Repeat("GET / HTTP/1.1\r\n", 20)),
	} {
		m.raw(b)
	}
	m.send(h.media.addr.String(), strings.Repeat("x", turn.MaxPayload+1))
	m.quiet(h)
	if got := <-h.media.got; got != "the last" {
		t.Errorf("media got %d bytes", len(got))
	}
	for name, begin := range map[string]string{
		"no_cookie": "\x00\x03\x00\x00abcdefghijklmnop", "giant": "\x00\x03\xff\xfc\x21\x12\xa4\x42abcdefghijkl", "channel": "\x40\x00\xff\xf0",
		"odd_length": "\x00\x03\x00\x01\x21\x12\xa4\x42abcdefghijkl", "http": "GET / HTTP/1.1\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", h.tcp.String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if name == "channel" || name == "no_cookie" { // what comes first must be a request
				begin = bindingRequest + begin
			}
			if _, err := io.WriteString(conn, begin); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			rest, err := io.ReadAll(conn)
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Errorf("still open after %d bytes", len(rest))
			}
		})
	}
}

const bindingRequest = "\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl"

// TestRequestFlood: an address without a relay is answered so often and no more, another one goes on being answered.
func TestRequestFlood(t *testing.T) {
	h := newHouse(t)
	h.later(0)
	conn, err := net.Dial("udp", h.udp.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers, b := 0, make([]byte, 1500)
	for range (turn.RequestBurst + 500) / 50 {
		for range 50 { // no more than the client's socket has room for
			_, _ = conn.Write([]byte(bindingRequest))
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		for {
			if _, err := conn.Read(b); err != nil {
				break
			}
			answers++
		}
	}
	if answers == 0 || answers > turn.RequestBurst {
		t.Errorf("%d answers", answers)
	}
	far, err := net.ListenPacket("udp", "127.0.0.9:0")
	if err != nil {
		t.Skip(err)
	}
	defer far.Close()
	if _, err := far.WriteTo([]byte(bindingRequest), h.udp); err != nil {
		t.Fatal(err)
	}
	_ = far.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, _, err := far.ReadFrom(b); err != nil {
		t.Errorf("another address is not answered: %v", err)
	}
}
