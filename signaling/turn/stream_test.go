package turn_test

import (
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"

	"github.com/samtale/samtale/signaling/turn"
)

// TestSlowReader: what a client's connection cannot take is lost, not kept: after two seconds of video it has waiting what fits into a
// few small buffers, and hears what is new right after that. Nobody else notices.
func TestSlowReader(t *testing.T) {
	h := newHouse(t)
	small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) (err error) {
		_ = c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10) })
		return err
	}}
	conn, err := small.DialContext(t.Context(), "tcp", h.tcp.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	gate := &gated{Conn: conn}
	slow := h.memberOn(t, pion.NewSTUNConn(gate), h.tcp, h.Credentials("s1", time.Now()))
	if slow.allocate() != 0 || slow.bind(0x4000, h.media.addr.String()) != 0 {
		t.Fatal("no channel")
	}
	good := h.member(t, "tcp", h.Credentials("s2", time.Now()))
	if good.allocate() != 0 || good.bind(0x4000, h.media.addr.String()) != 0 {
		t.Fatal("no channel")
	}
	open := sync.OnceFunc(gate.shut())
	defer open()
	const packets = 2000
	to := net.UDPAddrFromAddrPort(slow.relayed)
	for i := range packets {
		if _, err := h.media.conn.WriteTo([]byte(strings.Repeat("v", 1200)), to); err != nil {
			t.Fatal(err)
		}
		if i%50 == 0 {
			good.channel(0x4000, "hello")
			if got := good.receive(); got != "hello" {
				t.Fatalf("another client heard %q", got)
			}
		}
	}
	waiting := 0
	open()
	for ctx := within(t); ; {
		if _, err := h.media.conn.WriteTo([]byte("new"), to); err != nil {
			t.Fatal(err)
		}
		got := slow.receive()
		if got == "new" {
			break
		}
		if waiting += len(got); got == "" || ctx.Err() != nil {
			t.Fatal("nothing new is heard")
		}
	}
	if waiting > 48<<10 || waiting == 0 {
		t.Errorf("%d bytes had waited, of %d", waiting, packets*1200)
	}
}

// gated is a connection that is not read while it is shut, but for the read that waits already.
type gated struct {
	net.Conn
	mu   sync.Mutex
	gate chan struct{} // nil: open
}

func (g *gated) shut() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	gate := make(chan struct{})
	g.gate = gate
	return func() { close(gate) }
}

// Read waits for the gate.
func (g *gated) Read(b []byte) (int, error) {
	g.mu.Lock()
	gate := g.gate
	g.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return g.Conn.Read(b)
}

// noting is a listener whose one connection notes until when it may be read.
type noting struct {
	net.Listener
	until chan time.Time
}

// Accept returns the connection.
func (n noting) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	return noted{c, n.until}, err
}

type noted struct {
	net.Conn
	until chan time.Time
}

// SetReadDeadline notes it.
func (n noted) SetReadDeadline(at time.Time) error {
	n.until <- at
	return n.Conn.SetReadDeadline(at)
}

// TestConnectionLivesAsItsRelay: briefly without one, then as long as there is one.
func TestConnectionLivesAsItsRelay(t *testing.T) {
	h := newHouse(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := noting{listener, make(chan time.Time, 9)}
	defer h.Share(n, nil).Close()
	h.tcp = listener.Addr()
	m := h.member(t, "tcp", h.Credentials("s1", time.Now()))
	if got := m.request(stun.MethodBinding); got != 0 {
		t.Fatalf("binding: %d", got)
	}
	if left := time.Until(<-n.until); left <= 0 || left > 30*time.Second {
		t.Errorf("without a relay for %v", left)
	}
	if got := m.allocate(); got != 0 {
		t.Fatalf("allocation: %d", got)
	}
	if at := <-n.until; !at.IsZero() {
		t.Errorf("with a relay until %v", at)
	}
	h.Revoke("s1")
	if at := <-n.until; at.IsZero() || at.After(time.Now()) {
		t.Errorf("after its end until %v", at)
	}
}

// TestPacketsKnowTheirAge, where the kernel says it: that of a stream's relay is read as it is.
func TestPacketsKnowTheirAge(t *testing.T) {
	e := newEcho(t, "127.0.0.1:0")
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	turn.PrepareRelay(conn.(*net.UDPConn), true)
	before := time.Now()
	if _, err := conn.WriteTo([]byte("hello"), net.UDPAddrFromAddrPort(e.addr)); err != nil {
		t.Fatal(err)
	}
	var b, control [64]byte
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, n, _, _, err := conn.(*net.UDPConn).ReadMsgUDPAddrPort(b[:], control[:])
	if err != nil {
		t.Fatal(err)
	}
	at, ok := turn.StampOf(control[:n])
	if runtime.GOOS == "linux" && (!ok || at.Before(before.Add(-time.Second)) || at.After(time.Now().Add(time.Second))) {
		t.Errorf("came at %v, %v; sent at %v", at, ok, before)
	}
	if _, ok := turn.StampOf(control[:n/2]); ok {
		t.Error("half a note is read")
	}
}

// FuzzSigned: whatever a member of the house signs, nothing but media is reached and nothing falls over.
func FuzzSigned(f *testing.F) {
	h := newHouse(f)
	neighbour := newEcho(f, "127.0.0.1:0")
	c := h.Credentials("s1", time.Now())
	m := h.member(f, "udp", c)
	if m.allocate() != 0 {
		f.Fatal("no allocation")
	}
	ended := make(chan struct{})
	drained, stop := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		for {
			select {
			case <-m.replies:
			case <-m.data:
			case <-drained.Done():
				return
			}
		}
	}()
	f.Cleanup(func() { stop(); <-ended })
	var peer stun.Message
	_ = peerOf(neighbour.addr.String()).AddTo(&peer)
	f.Add(uint16(stun.MethodChannelBind), append([]byte{0, 0x0c, 0, 4, 0x40, 0, 0, 0}, peer.Raw...))
	f.Add(uint16(stun.MethodCreatePermission), peer.Raw)
	f.Add(uint16(stun.MethodRefresh), []byte{0, 0x0d, 0, 4, 0, 0, 0, 1})
	f.Add(uint16(stun.MethodAllocate), []byte{0, 0x19, 0, 4, 17, 0, 0, 0, 0, 0x17, 0, 4, 2, 0, 0, 0})
	f.Add(uint16(stun.MethodSend), append(peer.Raw, 0, 0x13, 0, 4, 'n', 'o', 'o', 'o'))
	f.Fuzz(func(t *testing.T, method uint16, attributes []byte) {
		if len(attributes) > 1000 {
			return
		}
		msg := stun.New()
		msg.SetType(stun.NewType(stun.Method(method&0xfff), stun.ClassRequest))
		msg.WriteHeader()
		rest := attributes
		for len(rest) >= 4 {
			n := min(int(rest[2])<<8|int(rest[3]), len(rest)-4)
			msg.Add(stun.AttrType(uint16(rest[0])<<8|uint16(rest[1])), rest[4:4+n])
			rest = rest[4+n:]
		}
		for _, s := range []stun.Setter{stun.NewUsername(c.Username), stun.NewRealm("samtale"), stun.NewNonce(m.nonce), m.integrity} {
			if s.AddTo(msg) != nil {
				return
			}
		}
		for _, b := range [][]byte{msg.Raw, attributes} {
			if _, err := m.conn.WriteTo(b, m.server); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case got := <-neighbour.got:
			t.Fatalf("a neighbour was reached by %q", got)
		default:
		}
		if n := h.Allocations(); n > turn.PerSession {
			t.Fatalf("%d allocations", n)
		}
	})
}
