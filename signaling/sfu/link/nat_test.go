package link

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/stun/v4"
)

// nat is a network address translator before our port: it may give its client another address at any time, and shows and
// forges what passes.
type nat struct {
	t      testing.TB
	inside *net.UDPConn
	to     netip.AddrPort
	wg     sync.WaitGroup

	mu      sync.Mutex
	client  netip.AddrPort
	outside *net.UDPConn
	old     []*net.UDPConn
	media   [][]byte // of the client's
	checks  [][]byte // requests of the client's
	deaf    bool     // to the client's checks and answers
	late    bool     // lets no hello of ours through before the first of our answers to a check
	hellos  [][]byte // ours
	lost    int      // of them
}

func newNAT(t testing.TB, p *Port) *nat {
	t.Helper()
	n := &nat{t: t, to: p.Addresses()[0]}
	n.inside = n.socket()
	n.wg.Go(n.out)
	n.rebind()
	t.Cleanup(func() {
		n.mu.Lock()
		_ = n.inside.Close()
		for _, each := range append(n.old, n.outside) {
			_ = each.Close()
		}
		n.mu.Unlock()
		n.wg.Wait()
	})
	return n
}

func (n *nat) socket() *net.UDPConn {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		n.t.Fatal(err)
	}
	return conn
}

func (n *nat) addr() netip.AddrPort { return n.inside.LocalAddr().(*net.UDPAddr).AddrPort() }

// rebind gives the client another address.
func (n *nat) rebind() {
	conn := n.socket()
	n.mu.Lock()
	if n.outside != nil {
		n.old = append(n.old, n.outside)
	}
	n.outside = conn
	n.mu.Unlock()
	n.wg.Go(func() { n.in(conn) })
}

func (n *nat) out() {
	buf := make([]byte, maxDatagram)
	for {
		size, from, err := n.inside.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		n.mu.Lock()
		n.client = from
		outside, pass := n.outside, true
		switch packet := slices.Clone(buf[:size]); {
		case packet[0]>>6 == 2:
			n.media = append(n.media, packet)
		case packet[0] == 0:
			n.checks = append(n.checks, packet)
			pass = !n.deaf
		case packet[0] == 1:
			pass = !n.deaf
		}
		n.mu.Unlock()
		if pass {
			_, _ = outside.WriteToUDPAddrPort(buf[:size], n.to)
		}
	}
}

// in takes only what comes to the address of now.
func (n *nat) in(conn *net.UDPConn) {
	buf := make([]byte, maxDatagram)
	for {
		size, _, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		n.mu.Lock()
		client, now := n.client, n.outside == conn
		switch {
		case size > 13 && buf[0] == 22 && buf[13] == 1: // RFC 6347 section 4.3.2: a handshake's ClientHello
			n.hellos = append(n.hellos, slices.Clone(buf[:size]))
			if n.late {
				n.lost++
				now = false
			}
		case buf[0] == 1: // RFC 8489 section 5: a success response
			n.late = false
		}
		n.mu.Unlock()
		if now {
			_, _ = n.inside.WriteToUDPAddrPort(buf[:size], client)
		}
	}
}

func (n *nat) last(of *[][]byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone((*of)[len(*of)-1])
}

// forge sends as the client.
func (n *nat) forge(packet []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, _ = n.outside.WriteToUDPAddrPort(packet, n.to)
}

// A client drops what comes before it knows that its way to us is open.
func TestEarlyHelloIsRepeated(t *testing.T) {
	p := open(t, nil)
	for lost := 0; lost == 0; { // now and then the answer comes first
		n := newNAT(t, p)
		n.mu.Lock()
		n.late = true
		n.mu.Unlock()
		e := meet(t, p, kind{candidate: n.addr(), passive: true})
		e.connect()
		e.passes()
		n.mu.Lock()
		lost = n.lost
		if lost > 0 && !slices.Equal(n.hellos[0], n.hellos[1]) {
			t.Error("the second hello is not the first again but DTLS's own repeat")
		}
		n.mu.Unlock()
	}
}

func TestRebinding(t *testing.T) {
	p := open(t, nil)
	n := newNAT(t, p)
	e := meet(t, p, kind{candidate: n.addr()})
	e.connect()
	e.passes()
	for range 3 {
		before := e.conn.target.Load().addr
		n.rebind()
		e.resumes()
		if e.conn.target.Load().addr == before {
			t.Error("we still send to the old address")
		}
	}
	e.passes()
}

// TestStrangers may send what they like: nothing moves without the password.
func TestStrangers(t *testing.T) {
	p := open(t, nil)
	n := newNAT(t, p)
	e := meet(t, p, kind{candidate: n.addr()})
	e.connect()
	e.passes()
	to := e.conn.target.Load()
	stranger := n.socket()
	defer func() { _ = stranger.Close() }()
	throw := func(packet []byte) {
		_, _ = stranger.WriteToUDPAddrPort(packet, p.Addresses()[0])
	}
	seq := e.say()
	awaitThat(t, "a packet", e.packets, func(p rtp.Packet) bool { return p.SequenceNumber == seq })
	media := n.last(&n.media)
	throw(media)
	n.forge(media)                             // again
	n.forge(flipped(media, len(media)-1))      // tampered with
	n.forge(withSSRC(slices.Clone(media), 77)) // another's
	n.forge(media[:20])
	forged, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(e.conn.generation.Ufrag+":x"),
		stun.NewShortTermIntegrity("not the password we told"), stun.Fingerprint)
	e.must(err)
	throw(forged.Raw)
	throw(flipped(n.last(&n.checks), 10)) // a check of the client's, changed
	for _, each := range []*net.UDPConn{stranger, nil} {
		for i := range 5000 {
			garbage := make([]byte, i%200)
			for j := range garbage {
				garbage[j] = byte(i * (j + 7))
			}
			if each != nil {
				throw(garbage)
			} else {
				n.forge(garbage)
			}
		}
	}
	e.passes() // what was sent before was handled before
	for len(e.packets) > 0 {
		t.Errorf("packet %d once more", (<-e.packets).SequenceNumber)
	}
	if got := e.conn.target.Load(); got != to {
		t.Errorf("we send to %v", got.addr)
	}
	if s := p.sockets[0]; s.lookup(stranger.LocalAddr().(*net.UDPAddr).AddrPort()) != nil {
		t.Error("the stranger is known")
	}
	if len(e.states) > 0 {
		t.Errorf("state %s", <-e.states)
	}
}

// TestStolenAddress has a client claim the address of another that lives.
func TestStolenAddress(t *testing.T) {
	p := open(t, nil)
	n := newNAT(t, p)
	e := meet(t, p, kind{candidate: n.addr()})
	e.connect()
	thief, err := p.NewConn(Handler{})
	e.must(err)
	e.must(thief.Start(Credentials{"abcd", "abcdabcdabcdabcdabcdab"}, p.Fingerprint(), false))
	mine, _, err := thief.Local(t.Context())
	e.must(err)
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(mine.Ufrag+":abcd"),
		stun.NewShortTermIntegrity(mine.Password), stun.Fingerprint)
	e.must(err)
	n.forge(check.Raw)
	e.passes()
	if got := p.sockets[0].lookup(e.conn.target.Load().addr); got.conn != e.conn {
		t.Error("the address was taken from a line that lives")
	}
	// The same from an address of its own is answered.
	own := n.socket()
	defer func() { _ = own.Close() }()
	_, err = own.WriteToUDPAddrPort(check.Raw, p.Addresses()[0])
	e.must(err)
	_ = own.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, maxDatagram)
	size, err := own.Read(buf)
	e.must(err)
	if size < stunHeader || binary.BigEndian.Uint16(buf) != 0x0101 && binary.BigEndian.Uint16(buf) != 0x0001 {
		t.Errorf("answered with %x", buf[:size])
	}
}

// TestMediaIsLife: a line whose checks are lost while its media comes is connected.
func TestMediaIsLife(t *testing.T) {
	p := open(t, func(c *Config) { c.DisconnectedWait = time.Second })
	n := newNAT(t, p)
	e := meet(t, p, kind{candidate: n.addr()})
	e.connect()
	until := time.After(2500 * time.Millisecond)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	n.mu.Lock()
	n.deaf = true
	n.mu.Unlock()
	for {
		select {
		case <-until:
			return
		case s := <-e.states:
			t.Fatalf("state %s while media came", s)
		case <-again.C:
			e.say()
		}
	}
}

// TestHandshakeInTime has a client that answers checks but never shakes hands.
func TestHandshakeInTime(t *testing.T) {
	p := open(t, func(c *Config) { c.handshakeWait = 200 * time.Millisecond })
	states := make(chan State, 10)
	conn, err := p.NewConn(Handler{OnState: func(s State) { states <- s }})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Start(Credentials{"abcd", "abcdabcdabcdabcdabcdab"}, p.Fingerprint(), false); err != nil {
		t.Fatal(err)
	}
	if err := conn.Start(Credentials{}, p.Fingerprint(), false); err != ErrStarted {
		t.Errorf("a second start: %v", err)
	}
	local, _, err := conn.Local(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(local.Ufrag+":abcd"),
		stun.NewShortTermIntegrity(local.Password), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("udp", p.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := client.Write(check.Raw); err != nil {
		t.Fatal(err)
	}
	if s := await(t, "the state", states); s != StateFailed {
		t.Errorf("state %s", s)
	}
}
