// Package link is one client's media line: a UDP port shared by all lines, ICE, DTLS and SRTP. It hands decrypted packets
// up and encrypts what it is given; it knows no source, no slot, no SDP and not who the people are.
//
//	one goroutine a socket: read all there is -> first byte and address say what it is
//	  SRTP, SRTCP of an authenticated address -> decrypt in place -> Handler, which sends to others into the Batch -> one flush
//	  STUN -> the line's agent (pion/ice) by a bounded queue; DTLS -> its handshake (pion/dtls) the same way
//
// Media never passes through pion. Clients' candidates are not asked for: every remote address is learned from a check
// that carries the line's password, so the server sends nothing to an address that did not prove itself.
package link

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/logging"
	"github.com/pion/transport/v5/stdnet"
)

// Errors of the package; others are wrapped from pion and the system.
var (
	ErrClosed      = errors.New("link: closed")
	ErrStarted     = errors.New("link: started already")
	ErrFingerprint = errors.New("link: the fingerprint is not one of sha-256, sha-384, sha-512") // the client's mistake
)

// silent keeps pion quiet: its lines hold addresses and SSRCs of clients.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// Config says where media comes in.
type Config struct {
	UDPAddr          string        // ":7882": one port on every local address; "127.0.0.1:0": one address only
	TCPAddr          string        // of ICE-TCP, for networks that let no UDP out; "": none
	Announce         []netip.Addr  // told to clients instead of the local addresses, for servers behind 1:1 NAT
	IncludeLoopback  bool          // offer loopback addresses too: browsers on this machine
	DisconnectedWait time.Duration // silence after which a line counts as disconnected; 0: 5 s

	// For tests.
	portable      bool          // one system call a packet as on systems without recvmmsg
	sendmmsg      sendmmsg      // instead of the system's
	failedWait    time.Duration // 0: iceFailed
	handshakeWait time.Duration // 0: handshakeWithin
}

// Port owns the sockets, the certificate of all lines, and one reading goroutine a socket. Its methods may be called from
// any goroutine.
type Port struct {
	config      Config
	certificate tls.Certificate
	fingerprint string
	interfaces  *stdnet.Net // read once: an agent would ask the system at every join
	sockets     []*socket
	listener    *listener // nil: no ICE-TCP
	batches     sync.Pool
	segments    atomic.Bool // the system sends several packets of one length in one message (GSO)
	wg          sync.WaitGroup

	mu     sync.RWMutex
	lines  map[string]*generation // by our ufrag
	conns  map[*Conn]struct{}
	closed bool
}

// Open listens and starts reading. The caller must Close the port.
func Open(c Config) (*Port, error) {
	if c.DisconnectedWait == 0 {
		c.DisconnectedWait = 5 * time.Second
	}
	if c.failedWait == 0 {
		c.failedWait = iceFailed
	}
	if c.handshakeWait == 0 {
		c.handshakeWait = handshakeWithin
	}
	certificate, err := selfsign.GenerateSelfSigned() // ECDSA P-256; browsers compare its fingerprint and nothing else
	if err != nil {
		return nil, fmt.Errorf("link: certificate: %w", err)
	}
	p := &Port{config: c, certificate: certificate, lines: map[string]*generation{}, conns: map[*Conn]struct{}{}}
	p.fingerprint = "sha-256 " + colons(sha256.Sum256(certificate.Certificate[0]))
	p.batches.New = func() any { return newBatch(p) }
	if p.interfaces, err = stdnet.NewNet(); err != nil {
		return nil, fmt.Errorf("link: network interfaces: %w", err)
	}
	if err := p.listen(); err != nil {
		_ = p.Close() // what stands already
		return nil, err
	}
	for _, s := range p.sockets {
		p.wg.Go(s.run)
	}
	if p.listener != nil {
		p.wg.Go(p.listener.run)
	}
	return p, nil
}

func colons(sum [sha256.Size]byte) string {
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, 3*len(sum))
	for i, b := range sum {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, hex[b>>4], hex[b&15])
	}
	return string(out)
}

// Addresses are those of the UDP sockets.
func (p *Port) Addresses() []netip.AddrPort {
	out := make([]netip.AddrPort, 0, len(p.sockets))
	for _, s := range p.sockets {
		out = append(out, s.local)
	}
	return out
}

// Fingerprint names the certificate of all lines as SDP does: "sha-256 AA:BB…" (RFC 8122).
func (p *Port) Fingerprint() string { return p.fingerprint }

// Batch makes a batch for a ticker of the caller's. It belongs to one goroutine.
func (p *Port) Batch() *Batch { return newBatch(p) }

// Close ends all lines and sockets, and returns when everything the port started has ended. It may be called again.
func (p *Port) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	conns := make([]*Conn, 0, len(p.conns))
	for c := range p.conns {
		conns = append(conns, c)
	}
	p.mu.Unlock()
	var ending sync.WaitGroup
	for _, c := range conns {
		ending.Go(func() { _ = c.Close() }) // its errors are only of an agent that has ended already
	}
	ending.Wait()
	var errs []error
	if p.listener != nil {
		errs = append(errs, p.listener.close())
	}
	for _, s := range p.sockets {
		errs = append(errs, s.conn.Close())
	}
	p.wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("link: close: %w", err)
	}
	return nil
}

// line is the generation that our ufrag belongs to; nil: none.
func (p *Port) line(ufrag []byte) *generation {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.lines[string(ufrag)]
}

// register adds a line unless the port is closed.
func (p *Port) register(c *Conn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	p.conns[c] = struct{}{}
	return nil
}

// expect lets checks for a generation in; those of the one before are no longer for anybody.
func (p *Port) expect(next, before *generation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if before != nil {
		delete(p.lines, before.Ufrag)
	}
	if next != nil {
		p.lines[next.Ufrag] = next
	}
}

func (p *Port) forget(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}
