package sfu

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
)

// State is where a peer's connection stands.
type State = link.State

// The states of a connection. A disconnected one may come back by itself or by an ICE restart; a failed one will not.
const (
	StateNew          = link.StateNew
	StateConnected    = link.StateConnected
	StateDisconnected = link.StateDisconnected
	StateFailed       = link.StateFailed
	StateClosed       = link.StateClosed
)

// PeerConfig says what a peer is for, and who is told of its changes.
type PeerConfig struct {
	// OnState is called in order from a goroutine of the server, and not after Close has returned. It must not block and not
	// call the peer's Close, which waits for it. May be nil.
	OnState func(State)
	// Echo puts the peer's own microphone on its first audio slot: a test of its line.
	Echo bool
}

// Peer is one client's connection. Its methods may be called from any goroutine; none waits for the network.
type Peer struct {
	server  *Server
	config  PeerConfig
	conn    *link.Conn
	ssrc    uint32 // of our reports
	session uint64 // of our descriptions
	clock   clock

	closed atomic.Bool
	live   atomic.Bool // was connected
	paced  atomic.Bool // is known to the server as one whose line is slow
	wiring atomic.Pointer[wiring]
	trip   atomic.Int64 // round trip in ns; 0: unknown

	egress egress
	uplink uplink

	turn    chan struct{} // holds the one who negotiates
	offered *description  // the last offer that was answered; with turn
	answers int           // with turn

	stateMu  sync.Mutex // held while OnState is called
	state    State
	deadline time.Time // of the first connection; zero: none

	mu      sync.Mutex
	slots   []*slot   // in the order of the offer; appended to only
	sources []*Source // at most one of each content; appended to only
}

// NewPeer makes a peer that waits for its first offer. The caller must Close it. ErrClosed: the server is.
func (s *Server) NewPeer(c PeerConfig) (*Peer, error) {
	p := &Peer{server: s, config: c, ssrc: rand.Uint32(), session: rand.Uint64() >> 2, turn: make(chan struct{}, 1)}
	now := time.Now()
	p.egress.open(p, now)
	p.uplink.open(now)
	var err error
	p.conn, err = s.port.NewConn(link.Handler{
		OnState: p.observe,
		OnRTP: func(b *link.Batch, packet []byte, at time.Time) {
			if !p.closed.Load() {
				p.receive(b, packet, at)
			}
		},
		OnRTCP: func(b *link.Batch, compound []byte, at time.Time) {
			if !p.closed.Load() {
				p.feedback(b, compound, at)
			}
		},
	})
	switch {
	case errors.Is(err, link.ErrClosed):
		return nil, ErrClosed
	case err != nil:
		return nil, fmt.Errorf("sfu: new connection: %w", err)
	}
	if err := s.add(p); err != nil {
		_ = p.conn.Close() // nothing has started yet
		return nil, err
	}
	return p, nil
}

// observe takes over the connection's state.
func (p *Peer) observe(now State) {
	p.stateMu.Lock()
	switch now {
	case StateConnected:
		p.change(StateConnected)
	case StateDisconnected:
		p.change(StateDisconnected)
	case StateFailed:
		p.change(StateFailed)
	case StateNew, StateClosed:
	}
	p.stateMu.Unlock()
	if now == StateConnected {
		p.refresh()
	}
}

// change needs stateMu.
func (p *Peer) change(s State) {
	if p.state == s || p.state == StateFailed || p.state == StateClosed {
		return
	}
	p.state, p.deadline = s, time.Time{}
	if s == StateConnected {
		p.live.Store(true)
	}
	if p.config.OnState != nil {
		p.config.OnState(s)
	}
}

// overdue fails a connection that has not come to stand in time.
func (p *Peer) overdue(now time.Time) {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	if !p.deadline.IsZero() && now.After(p.deadline) {
		p.change(StateFailed)
	}
}

// stands reports whether the connection is there now.
func (p *Peer) stands() bool {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	return p.state == StateConnected
}

// refresh asks for key frames on all slots: what was sent while the line was down is lost.
func (p *Peer) refresh() {
	slots, _ := p.lines()
	now := time.Now()
	for _, each := range slots {
		each.askKeyFrame(nil, now)
	}
}

// lines returns the slots and the sources, both of which are only appended to.
func (p *Peer) lines() ([]*slot, []*Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots, p.sources
}

// tick does what is due; one goroutine calls it.
func (p *Peer) tick(b *link.Batch, now time.Time) {
	p.overdue(now)
	if !p.live.Load() || p.closed.Load() {
		return
	}
	slots, sources := p.lines()
	for _, src := range sources {
		src.tick(b, now)
	}
	for _, each := range slots {
		each.tick(b, now)
	}
	p.egress.tick(b, now)
	p.uplink.tick(p, b, sources, now)
}

// maxCompound is how long a datagram of reports may be: within any path's limit.
const maxCompound = 1100 // bytes

// control sends RTCP; before and after the connection it does nothing.
func (p *Peer) control(b *link.Batch, packets ...rtcp.Packet) {
	if !p.live.Load() || p.closed.Load() {
		return
	}
	for len(packets) > 0 {
		n, size := 1, packets[0].MarshalSize()
		for n < len(packets) && size+packets[n].MarshalSize() <= maxCompound {
			size += packets[n].MarshalSize()
			n++
		}
		if compound, err := rtcp.Marshal(packets[:n]); err == nil { // else a number does not fit: it is said again
			p.conn.SendRTCP(b, compound)
		}
		packets = packets[n:]
	}
}

// usualRoundTrip is believed until one is measured.
const usualRoundTrip = 100 * time.Millisecond

func (p *Peer) roundTrip() time.Duration {
	if trip := p.trip.Load(); trip != 0 {
		return time.Duration(trip)
	}
	return usualRoundTrip
}

// Close takes the peer's sources off all slots and ends its connection in the background. It may be called again.
func (p *Peer) Close() {
	p.stateMu.Lock()
	p.state = StateClosed
	p.stateMu.Unlock()
	p.mu.Lock()
	p.closed.Store(true)
	slots, sources := p.slots, p.sources
	p.mu.Unlock()
	for _, each := range slots {
		if src := each.put(nil); src != nil {
			src.detach(each)
		}
	}
	for _, src := range sources {
		src.close()
	}
	p.egress.close()
	p.server.retire(p)
}
