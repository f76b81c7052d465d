// Package turn is a TURN server (RFC 8656) for whoever reaches us by no other way than the hospital's proxy: over UDP, TCP and
// TLS, the last on the port of HTTPS too. It relays to one place, the media sockets of this process, by address and port:
// whoever gets hold of a credential has gained no way into the network we stand in. There is no relaying of TCP (RFC 6062), no
// even port and no reservation.
//
//	shared listener -> handshake -> ALPN, or a look at the first bytes -> TURN connection | HTTP's listener
//	client <-> the UDP socket or a connection <-> pion <-> relay <-> media socket
//
// The protocol is pion's. Ours is what stands on both sides of it: whom and what it hears, and where its relays lead.
//
// Queues are short: what a slow connection cannot take is lost in the relay socket's small buffer instead of arriving seconds
// late. The package refuses to know rooms, people, SDP and what is in the packets.
package turn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	maxRelays = 4096 // of the process: a socket and a goroutine each
	// perSession: Chromium makes one for each of its network interfaces and each of our addresses, and keeps the old ones for a
	// while when it restarts ICE.
	perSession  = 32
	sweepEvery  = 10 * time.Second
	maxSessions = 1 << 16 // remembered ones, a hundred bytes each
)

// What pion is told, which tells nobody.
var (
	errNotFrame   = errors.New("turn: neither a message nor channel data") // or a longer one than we take
	errNotMedia   = errors.New("turn: not for media")
	errNotOffered = errors.New("turn: not offered")
	errNoMedia    = errors.New("turn: no media in this family")
	errNoRoom     = errors.New("turn: no room for a relay") // or the session has ended meanwhile
)

// Config of a Server.
type Config struct {
	UDPAddr, TCPAddr string // host:port; "": none
	TLSAddr          string // a listener of its own for TURN over TLS; "": none. Needs TLS
	TLS              *tls.Config
	URLs             []string // where clients find us (RFC 7065), the best first
	Secret           []byte   // credentials are derived from it; nodes that share it accept each other's
	// Media returns the media server's UDP sockets: all that may be relayed to. Asked by New, at every connection and at every
	// allocation, from any goroutine.
	Media    func() []netip.AddrPort
	Announce []netip.Addr // what clients are told in place of the sockets' own addresses, for servers behind 1:1 NAT
	Logger   *slog.Logger // nil: nothing is logged
}

// Server is a running TURN server. Its methods may be called from any goroutine.
type Server struct {
	config Config
	log    *slog.Logger
	now    func() time.Time
	keys   keys
	udp    *net.UDPConn
	doors  []net.Listener // of TCPAddr and TLSAddr
	doings sync.WaitGroup
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	requests limiter // of UDP requests by address
	waiting  crowd   // connections that have not shown what they are

	mu       sync.RWMutex
	closed   bool
	relays   map[client]*relay
	sessions map[string]*session // by the id in the username
	streams  map[net.Conn]struct{}
}

// New opens the sockets and serves until Close, which the caller must call.
func New(c Config) (*Server, error) { return newServer(c, time.Now) }

func newServer(c Config, now func() time.Time) (*Server, error) {
	if c.Media == nil || len(c.Secret) < 16 || (c.TLSAddr != "" && c.TLS == nil) {
		return nil, errors.New("turn: media sockets, a secret of 16 bytes, and a certificate for a TLS listener are needed")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		config: c, log: c.Logger, now: now, keys: newKeys(c.Secret), requests: newLimiter(), waiting: newCrowd(),
		relays: map[client]*relay{}, sessions: map[string]*session{}, streams: map[net.Conn]struct{}{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.doings.Go(s.keepSweeping)
	return s, nil
}

func (s *Server) open() error {
	if s.config.UDPAddr != "" {
		conn, err := net.ListenPacket("udp", s.config.UDPAddr)
		if err != nil {
			return fmt.Errorf("turn: %w", err)
		}
		s.udp = conn.(*net.UDPConn)
		_ = s.udp.SetReadBuffer(udpBuffer) // the kernel may allow less
		_ = s.udp.SetWriteBuffer(udpBuffer)
		if err := s.serveUDP(); err != nil {
			return fmt.Errorf("turn: %w", err)
		}
	}
	for _, d := range []struct {
		address string
		tls     *tls.Config
	}{{s.config.TCPAddr, nil}, {s.config.TLSAddr, s.config.TLS}} {
		if d.address == "" {
			continue
		}
		listener, err := net.Listen("tcp", d.address)
		if err != nil {
			return fmt.Errorf("turn: %w", err)
		}
		s.doors = append(s.doors, listener)
		s.split(&door{Listener: listener}, d.tls)
	}
	return nil
}

// Close ends all relaying and connections and returns when nothing of the server runs any more. Connections that a shared
// listener has given to HTTP are HTTP's.
func (s *Server) Close() error {
	s.cancel()
	var err error
	if s.udp != nil {
		err = s.udp.Close()
	}
	for _, d := range s.doors {
		err = errors.Join(err, d.Close())
	}
	s.mu.Lock()
	s.closed = true
	for _, r := range s.relays {
		s.remove(r)
	}
	for c := range s.streams {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.doings.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil // closed before
	}
	return err
}

// Addresses returns where the server listens: UDP, TCP and TLS; nil where it does not.
func (s *Server) Addresses() (udp, tcp, tls net.Addr) {
	if s.udp != nil {
		udp = s.udp.LocalAddr()
	}
	doors := s.doors
	if s.config.TCPAddr != "" {
		tcp, doors = doors[0].Addr(), doors[1:]
	}
	if s.config.TLSAddr != "" {
		tls = doors[0].Addr()
	}
	return udp, tcp, tls
}

// Allocations returns how many relays there are.
func (s *Server) Allocations() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.relays)
}

func (s *Server) keepSweeping() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			s.sweep(s.now())
		}
	}
}

// sweep ends what has run out. Nothing is measured by the packet: an end may come up to sweepEvery late.
func (s *Server) sweep(now time.Time) {
	s.requests.sweep(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.relays {
		if !r.session.stands(now) {
			s.remove(r)
		}
	}
	for id, known := range s.sessions {
		if known.relays == 0 && now.After(known.until) {
			delete(s.sessions, id)
		}
	}
}

// track notes a connection so that Close ends it. It reports false after Close: the caller closes it at once.
func (s *Server) track(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.streams[c] = struct{}{}
	return true
}

func (s *Server) untrack(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, c)
}
