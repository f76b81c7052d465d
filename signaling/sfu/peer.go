package sfu

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/webrtc/v4"
)

// State is where a peer's connection stands.
type State int

// The states of a connection. A disconnected one may come back by itself or by an ICE restart; a failed one will not.
const (
	StateNew State = iota
	StateConnected
	StateDisconnected
	StateFailed
	StateClosed
)

// String names the state for logs.
func (s State) String() string {
	return [...]string{"new", "connected", "disconnected", "failed", "closed"}[s]
}

// PeerConfig says who is told of a peer's changes.
type PeerConfig struct {
	// OnState is called in order from a goroutine of the server, and not after Close has returned. It must not block and not
	// call the peer's Close, which waits for it. May be nil.
	OnState func(State)
}

// Peer is one client's connection. Its methods may be called from any goroutine; none waits for the network.
type Peer struct {
	server *Server
	config PeerConfig
	pc     *webrtc.PeerConnection
	ssrc   uint32 // of our reports
	born   time.Time
	clock  clock

	closed  atomic.Bool
	live    atomic.Bool // was connected
	inbound atomic.Int32
	wiring  atomic.Pointer[wiring]
	trip    atomic.Int64 // round trip in ns; 0: unknown

	resender resender // of the goroutine that receives RTCP

	// Of the server's ticker.
	reportAt, transportAt time.Time

	arrivalsMu sync.Mutex
	arrivals   *twcc.Recorder

	turn     chan struct{} // holds the one who negotiates
	sections []section     // of the last offer; with turn
	broken   bool          // pion was left in the middle of an offer; with turn

	stateMu  sync.Mutex // held while OnState is called
	state    State
	deadline time.Time // of the first connection; zero: none

	mu      sync.Mutex
	slots   []*slot   // in the order of the offer; appended to only
	sources []*Source // at most one of each content; appended to only
}

// NewPeer makes a peer that waits for its first offer. The caller must Close it. ErrClosed: the server is.
func (s *Server) NewPeer(c PeerConfig) (*Peer, error) {
	p := &Peer{server: s, config: c, ssrc: rand.Uint32(), born: time.Now(), turn: make(chan struct{}, 1)}
	p.arrivals = twcc.NewRecorder(p.ssrc)
	var err error
	if p.pc, err = s.connection(p.buffer); err != nil {
		return nil, fmt.Errorf("sfu: new connection: %w", err)
	}
	p.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { p.observe() })
	if err := s.add(p); err != nil {
		_ = p.pc.Close() // nothing has started yet
		return nil, err
	}
	return p, nil
}

// observe takes over the connection's state. Pion calls it from many goroutines in any order, so it asks anew, with the
// state locked: the last to ask has the last word.
func (p *Peer) observe() {
	p.stateMu.Lock()
	now := p.pc.ConnectionState()
	switch now {
	case webrtc.PeerConnectionStateConnected:
		p.change(StateConnected)
	case webrtc.PeerConnectionStateDisconnected:
		p.change(StateDisconnected)
	case webrtc.PeerConnectionStateFailed:
		p.change(StateFailed)
	}
	p.stateMu.Unlock()
	if now == webrtc.PeerConnectionStateConnected {
		p.refresh()
	}
}

// fail gives the connection up.
func (p *Peer) fail() {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	p.change(StateFailed)
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

// overdue fails a connection that has not come to stand in time: pion does not tell of every failed handshake.
func (p *Peer) overdue(now time.Time) {
	p.stateMu.Lock()
	defer p.stateMu.Unlock()
	if !p.deadline.IsZero() && now.After(p.deadline) {
		p.change(StateFailed)
	}
}

// refresh asks for key frames on all slots: what was sent while the line was down is lost.
func (p *Peer) refresh() {
	p.mu.Lock()
	slots := p.slots
	p.mu.Unlock()
	now := time.Now()
	for _, each := range slots {
		each.askKeyFrame(now)
	}
}

// Source returns the peer's source of that content, nil when it publishes none. It is the same for the peer's whole life.
func (p *Peer) Source(c Content) *Source {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.source(c)
}

func (p *Peer) source(c Content) *Source {
	for _, src := range p.sources {
		if src.content == c {
			return src
		}
	}
	return nil
}

// Put lets a source of another peer appear on the slot with that mid, without a new offer; nil empties the slot.
// ErrClosed: this peer or the source's is.
func (p *Peer) Put(mid string, src *Source) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return ErrClosed
	}
	to := p.slot(mid)
	switch {
	case to == nil:
		return fmt.Errorf("sfu: no receiving line %q", mid)
	case src != nil && src.kind != to.line.Kind:
		return fmt.Errorf("sfu: %s on %s line %q", src.kind, to.line.Kind, mid)
	case src != nil && src.peer == p:
		return fmt.Errorf("sfu: the peer's own %s on its line %q", src.kind, mid)
	}
	before := to.put(src)
	if before == src {
		return nil
	}
	if before != nil {
		before.detach(to)
	}
	if src == nil {
		return nil
	}
	if !src.attach(to) {
		to.release(src)
		return ErrClosed
	}
	src.askKeyFrame(time.Now())
	return nil
}

func (p *Peer) slot(mid string) *slot {
	for _, each := range p.slots {
		if each.line.Mid == mid {
			return each
		}
	}
	return nil
}

// Loudness tells how loud the peer is: 0 silent … 127 loudest, the mean of what its microphone's packets have said in the
// last 400 ms (RFC 6464); 0 when nothing came.
func (p *Peer) Loudness() int {
	if src := p.Source(Microphone); src != nil {
		return src.loudness(time.Now())
	}
	return 0
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
	p.server.retire(p)
}
