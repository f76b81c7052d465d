// Package sfu forwards sound and picture between browsers: a selective forwarding unit. Every client has one Peer (a
// connection that it offers and we answer) with Sources, what it publishes, and Slots, receiving lines of fixed SSRC into
// which any Source may be put and swapped without renegotiation.
//
//	publisher: reader of a socket -> Peer.receive -> Source (ring, loss, level) -> each Slot: new number -> batch -> socket
//
// Forwarding happens in the goroutine that has received, and waits for nothing; pictures that a slow line cannot take at once
// are sent by the server's ticker. What each line carries is measured and decided by package rate; package link has the
// sockets and the encryption. The package decodes nothing, mixes nothing, records nothing, and knows neither JSON nor
// sockets of signaling, nor who the people are.
package sfu

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling/sfu/link"
)

// Kind is the kind of a media line.
type Kind string

// The two kinds.
const (
	Audio Kind = "audio"
	Video Kind = "video"
)

// Content is what a source holds.
type Content string

// contents are what a peer may publish, one source of each.
var contents = [...]Content{Microphone, Camera, Screen}

// What a peer may publish.
const (
	Microphone Content = "microphone"
	Camera     Content = "camera"
	Screen     Content = "screen" // large pictures, few of them, and none at all while nothing moves
)

// Kind is the kind of line that a content needs; "" for an unknown content.
func (c Content) Kind() Kind {
	switch c {
	case Microphone:
		return Audio
	case Camera, Screen:
		return Video
	}
	return ""
}

// Errors of the package; others are wrapped from package link.
var (
	ErrBadOffer = errors.New("sfu: offer refused") // the client's mistake; the peer stands as before
	ErrClosed   = errors.New("sfu: closed")
)

// Config says where media comes in.
type Config struct {
	UDPAddr          string        // ":7882": one port for all calls on every interface; "127.0.0.1:0": one address only
	TCPAddr          string        // the same for clients that no UDP gets through to; "": none
	Announce         []netip.Addr  // told to clients instead of the interfaces' own addresses, for servers behind 1:1 NAT
	IncludeLoopback  bool          // offer loopback addresses too: browsers on this machine
	ConnectWithin    time.Duration // from a peer's first answer to its connection; 0: 30 s
	DisconnectedWait time.Duration // silence after which a peer counts as disconnected; 0: 5 s
	Logger           *slog.Logger  // nil: nothing is logged
}

// Server owns the media port and all peers. Its methods may be called from any goroutine.
type Server struct {
	config Config
	port   *link.Port
	log    *slog.Logger
	stop   context.CancelFunc
	wg     sync.WaitGroup // the ticker and closing connections

	mu     sync.Mutex
	peers  map[*Peer]struct{}
	closed bool
	come   chan struct{} // there is a peer: nothing ticks without one

	thin    atomic.Uint32 // thinning
	thinner thinner       // of run

	pacedMu sync.Mutex
	paced   []*Peer       // whose lines are slower than what came for them
	hurry   chan struct{} // there is one
}

const (
	// tickEvery paces what is not driven by packets: repeated NACKs, reports, feedback.
	tickEvery = 50 * time.Millisecond
	// paceEvery is how often packets that wait for a slow line are looked after, while there are any: a frame of a small
	// picture is spread over its time.
	paceEvery = 5 * time.Millisecond
)

// New opens the media port. The caller must Close the server.
func New(c Config) (*Server, error) {
	if c.ConnectWithin == 0 {
		c.ConnectWithin = 30 * time.Second
	}
	if c.DisconnectedWait == 0 {
		c.DisconnectedWait = 5 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	port, err := link.Open(link.Config{
		UDPAddr: c.UDPAddr, TCPAddr: c.TCPAddr, Announce: c.Announce, IncludeLoopback: c.IncludeLoopback, DisconnectedWait: c.DisconnectedWait,
	})
	if err != nil {
		return nil, fmt.Errorf("sfu: media port %q: %w", c.UDPAddr, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{config: c, port: port, log: c.Logger, stop: stop, peers: map[*Peer]struct{}{}, come: make(chan struct{}, 1), hurry: make(chan struct{}, 1)}
	s.wg.Go(func() { s.run(ctx) })
	return s, nil
}

// Addresses returns the UDP addresses that media comes in on, as the sockets have them.
func (s *Server) Addresses() []netip.AddrPort { return s.port.Addresses() }

// run drives the timers of all peers until ctx ends. It sends what each round brings in one go.
func (s *Server) run(ctx context.Context) {
	batch := s.port.Batch()
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	pace := time.NewTimer(paceEvery)
	defer pace.Stop()
	var peers []*Peer
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			peers = s.list(peers[:0])
			s.keepUp(peers, now)
			for _, p := range peers {
				p.tick(batch, now)
			}
			if len(peers) == 0 {
				ticker.Stop()
			}
		case <-s.come:
			ticker.Reset(tickEvery)
		case <-s.hurry:
			pace.Reset(paceEvery)
		case now := <-pace.C:
			peers = s.takePaced(peers[:0])
			for _, p := range peers {
				p.paced.Store(false)
				if p.egress.release(batch, now) {
					s.pace(p)
				}
			}
		}
		batch.Flush()
		clear(peers)
	}
}

// keepUp leaves out pictures of all lines while the server is behind.
func (s *Server) keepUp(peers []*Peer, now time.Time) {
	before := thinning(s.thin.Load())
	level := s.thinner.next(s.port.Behind(), now)
	if level == before {
		return
	}
	s.thin.Store(uint32(level))
	s.log.Warn("pictures are thinned so that the server keeps up", slog.Int("level", int(level)))
	for _, p := range peers {
		p.egress.allot(now)
	}
}

// pace has what waits for the peer's line sent bit by bit. It may be called from any goroutine, and again.
func (s *Server) pace(p *Peer) {
	if p.paced.Swap(true) {
		return
	}
	s.pacedMu.Lock()
	s.paced = append(s.paced, p)
	s.pacedMu.Unlock()
	select {
	case s.hurry <- struct{}{}:
	default: // it is known
	}
}

func (s *Server) takePaced(into []*Peer) []*Peer {
	s.pacedMu.Lock()
	defer s.pacedMu.Unlock()
	into = append(into, s.paced...)
	clear(s.paced)
	s.paced = s.paced[:0]
	return into
}

func (s *Server) list(into []*Peer) []*Peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.peers {
		into = append(into, p)
	}
	return into
}

// add registers a peer unless the server is closed.
func (s *Server) add(p *Peer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.peers[p] = struct{}{}
	if len(s.peers) == 1 {
		select {
		case s.come <- struct{}{}:
		default: // it is known
		}
	}
	return nil
}

// retire forgets a peer and ends its connection in the background; Close waits for that.
func (s *Server) retire(p *Peer) {
	s.mu.Lock()
	_, known := s.peers[p]
	delete(s.peers, p)
	if known {
		s.wg.Add(1)
	}
	s.mu.Unlock()
	if !known {
		return
	}
	go func() {
		defer s.wg.Done()
		if err := p.conn.Close(); err != nil {
			s.log.Debug("media connection closed", slog.Any("err", err))
		}
	}()
}

// Close ends all peers and the port, and returns when everything the server started has ended.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, p := range s.list(nil) {
		p.Close()
	}
	s.stop()
	s.wg.Wait()
	if err := s.port.Close(); err != nil {
		return fmt.Errorf("sfu: close the media port: %w", err)
	}
	return nil
}
