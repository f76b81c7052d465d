package link

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
)

// State is where a line stands.
type State int

// The states of a line. A disconnected one may come back by itself or by an ICE restart; a failed one will not.
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

// Handler is what a line tells its owner. Each may be nil. None runs after Close has returned, so none may call Close.
type Handler struct {
	// OnState is called in order from a goroutine of the line's own. It must not block.
	OnState func(State)
	// OnRTP gets a decrypted, whole packet: header, extensions and padding as sent. OnRTCP gets a decrypted compound. They
	// run on the goroutine that read the packet, never two at once for one line, and must not block. What they send into
	// the batch goes out when all packets of the wake-up are handled. The bytes are reused after the return.
	OnRTP  func(b *Batch, packet []byte, at time.Time)
	OnRTCP func(b *Batch, compound []byte, at time.Time)
}

// Path tells how a client is reached.
type Path struct {
	Network string // "udp", "tcp"; "" before anything came
	Relay   bool   // by a TURN server on this machine; others cannot be told from the client itself
}

// Conn is one client's line. Its methods may be called from any goroutine.
type Conn struct {
	port    *Port
	handler Handler
	agent   *ice.Agent
	wire    *wire           // DTLS
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	once    sync.Once
	wg      sync.WaitGroup
	closing atomic.Bool
	session atomic.Pointer[session] // nil until the handshake is done
	target  atomic.Pointer[target]  // where to send; nil until a check came
	// nominated is the agent's pair: nearly always the target.
	nominated atomic.Pointer[target]

	control sync.Mutex // held by Restart and Close

	receiving sync.Mutex // held while a packet is handled
	shut      bool       // with receiving: nothing is handled any more
	signed    int64      // with receiving: when the agent was told that media comes, in ns

	mu          sync.Mutex
	generation  *generation
	targets     []*target // all that proved themselves, at most maxTargets
	fingerprint fingerprint
	started     bool
	passive     bool // the client's DTLS role
	shaking     bool // the handshake has begun
	dtls        *dtls.Conn
	ice         ice.ConnectionState
	broken      bool // the handshake failed
	state       State
	told        []State // waiting for OnState
	telling     chan struct{}
}

// NewConn makes a line that waits for Start. The caller must Close it. ErrClosed: the port is.
func (p *Port) NewConn(h Handler) (*Conn, error) {
	c := &Conn{port: p, handler: h, telling: make(chan struct{}, 1)}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.wire = newWire(c)
	g := newGeneration(c)
	if err := c.open(g); err != nil {
		return nil, err
	}
	c.wg.Go(c.tell)
	if err := p.register(c); err != nil {
		_ = c.Close()
		return nil, err
	}
	if err := c.gather(g); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// tell calls OnState in order.
func (c *Conn) tell() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.telling:
		}
		c.mu.Lock()
		told := c.told
		c.told = nil
		c.mu.Unlock()
		for _, s := range told {
			if c.handler.OnState != nil && !c.closing.Load() {
				c.handler.OnState(s)
			}
		}
	}
}

// observe makes one state of ICE's and the handshake's. It needs mu.
func (c *Conn) observe() {
	next := c.state
	switch {
	case c.broken || c.ice == ice.ConnectionStateFailed:
		next = StateFailed
	case c.session.Load() == nil:
	case c.ice == ice.ConnectionStateConnected || c.ice == ice.ConnectionStateCompleted:
		next = StateConnected
	case c.ice == ice.ConnectionStateDisconnected:
		next = StateDisconnected // while checking after a restart the state before stays
	}
	if next == c.state || c.state == StateFailed || c.state == StateClosed {
		return
	}
	c.state = next
	c.told = append(c.told, next)
	select {
	case c.telling <- struct{}{}:
	default:
	}
}

func (c *Conn) onICE(s ice.ConnectionState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ice = s
	c.observe()
}

// Local names our credentials and candidates (values of SDP's a=candidate) for the answer.
func (c *Conn) Local(ctx context.Context) (Credentials, []string, error) {
	if err := ctx.Err(); err != nil {
		return Credentials{}, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation.Credentials, c.generation.candidates, nil
}

// Start begins to take the client's checks, with its credentials, and then the handshake: a client that is passive waits
// for our ClientHello. ErrFingerprint: the fingerprint is not "sha-256 AA:BB…", or another hash's of RFC 8122.
func (c *Conn) Start(remote Credentials, fingerprint string, passive bool) error {
	print, err := parseFingerprint(fingerprint)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.started {
		c.mu.Unlock()
		return ErrStarted
	}
	c.started, c.fingerprint, c.passive = true, print, passive
	c.mu.Unlock()
	_, err = c.agent.StartAccept(remote.Ufrag, remote.Password)
	return wrap("start ICE", err)
}

// Restart begins a new generation of ICE (RFC 8445 section 9) and names our new credentials. DTLS and SRTP go on, on the
// old path until the client has nominated a new one.
func (c *Conn) Restart(ctx context.Context, remote Credentials) (Credentials, []string, error) {
	if err := ctx.Err(); err != nil {
		return Credentials{}, nil, err
	}
	c.control.Lock()
	defer c.control.Unlock()
	if c.closing.Load() {
		return Credentials{}, nil, ErrClosed
	}
	g := newGeneration(c)
	if err := c.restart(g, remote); err != nil {
		return Credentials{}, nil, err
	}
	return g.Credentials, g.candidates, nil
}

// Path tells how the client is reached now.
func (c *Conn) Path() Path {
	switch t := c.target.Load(); {
	case t == nil:
		return Path{}
	case t.stream != nil:
		return Path{Network: "tcp", Relay: c.port.own(t.addr.Addr())}
	default:
		return Path{Network: "udp", Relay: c.port.own(t.addr.Addr())}
	}
}

// Backlog is how many bytes wait in a TCP connection; 0 for UDP.
func (c *Conn) Backlog() int {
	if t := c.target.Load(); t != nil && t.stream != nil {
		return t.stream.backlog()
	}
	return 0
}

// Close ends the line and tells the client. It may take long and may be called again; the second waits for the first.
func (c *Conn) Close() error {
	var err error
	c.once.Do(func() {
		c.receiving.Lock() // no handler is running after this
		c.shut = true
		c.receiving.Unlock()
		c.control.Lock()
		defer c.control.Unlock()
		c.mu.Lock()
		c.state = StateClosed
		secured, g := c.dtls, c.generation
		c.mu.Unlock()
		if secured != nil {
			_ = secured.Close() // says goodbye to the client
		}
		c.closing.Store(true)
		c.stop()
		_ = c.wire.Close()
		c.port.expect(nil, g)
		err = c.agent.GracefulClose()
		c.wg.Wait()
		c.dropTargets(func(*target) bool { return true })
		c.port.forget(c)
	})
	return wrap("close ICE", err)
}
