package turn_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	pion "github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"github.com/samtale/samtale/signaling/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("a secret of at least sixteen bytes")

// echo is a media socket that sends back what it gets, and notes it.
type echo struct {
	conn *net.UDPConn
	addr netip.AddrPort
	got  chan string
}

func newEcho(t testing.TB, address string) *echo {
	t.Helper()
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Skipf("no socket on %s here: %v", address, err)
	}
	e := &echo{conn: conn.(*net.UDPConn), addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), got: make(chan string, 1<<14)}
	e.addr = netip.AddrPortFrom(e.addr.Addr().Unmap(), e.addr.Port())
	var ended sync.WaitGroup
	ended.Go(func() {
		b := make([]byte, 4096)
		for {
			n, from, err := e.conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			select {
			case e.got <- string(b[:n]):
			default:
			}
			_, _ = e.conn.WriteToUDPAddrPort(b[:n], from)
		}
	})
	t.Cleanup(func() { _ = e.conn.Close(); ended.Wait() })
	return e
}

// house is a TURN server on loopback with one media socket.
type house struct {
	*turn.Server
	media         *echo
	udp, tcp, tls net.Addr
	certificate   *tls.Config // the server's
	trusting      *tls.Config // a client's
	mu            sync.Mutex
	clock         time.Time // zero: the real one
}

func newHouse(t testing.TB, change ...func(*turn.Config)) *house {
	t.Helper()
	h := &house{media: newEcho(t, "127.0.0.1:0")}
	h.certificate, h.trusting = certificate(t)
	c := turn.Config{
		UDPAddr: "127.0.0.1:0", TCPAddr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", TLS: h.certificate, URLs: []string{"turn:127.0.0.1"}, Secret: secret,
		Media: func() []netip.AddrPort { return []netip.AddrPort{h.media.addr} }, Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if h.Server, err = turn.NewAt(c, h.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if n := h.Allocations(); n != 0 {
			t.Errorf("%d allocations after Close", n)
		}
	})
	h.udp, h.tcp, h.tls = h.Addresses()
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.clock.IsZero() {
		return time.Now()
	}
	return h.clock
}

// later stops the server's clock, and moves it.
func (h *house) later(d time.Duration) {
	at := h.now().Add(d)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = at
}

func certificate(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

// dial opens a client's transport to the server.
func (h *house) dial(t testing.TB, transport string) (conn net.PacketConn, server net.Addr) {
	t.Helper()
	var stream net.Conn
	var err error
	switch transport {
	case "udp":
		conn, err = net.ListenPacket("udp4", "127.0.0.1:0")
		server = h.udp
	case "tcp":
		stream, err = net.Dial("tcp", h.tcp.String())
		server = h.tcp
	case "tls":
		stream, err = tls.Dial("tcp", h.tls.String(), h.trusting)
		server = h.tls
	}
	if err != nil {
		t.Fatal(err)
	}
	if stream != nil {
		conn = pion.NewSTUNConn(stream)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, server
}

// client is pion's, as pion/webrtc uses it.
func (h *house) client(t testing.TB, transport string, c turn.Credentials) *pion.Client {
	t.Helper()
	conn, server := h.dial(t, transport)
	client, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: server.String(), TURNServerAddr: server.String(), Conn: conn, Username: c.Username, Password: c.Password, RTO: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// allocate returns a relay of pion's client.
func (h *house) allocate(t testing.TB, transport string, c turn.Credentials) net.PacketConn {
	t.Helper()
	relay, err := h.client(t, transport, c).Allocate()
	if err != nil {
		t.Fatalf("%s: %v", transport, err)
	}
	t.Cleanup(func() { _ = relay.Close() })
	return relay
}

// within ends a wait that does not come to an end.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// until waits for a state that is reached by others' doing.
func until(t testing.TB, what string, reached func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx := within(t); !reached(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(errors.New(what + " was not reached"))
		}
	}
}
