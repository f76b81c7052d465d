package signaling

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Subprotocol may be offered by clients and is then echoed.
const Subprotocol = "samtale.v1"

// Limits of PROTOCOL.md, section Connection.
const (
	maxClientMessage = 64 << 10  // bytes
	maxServerMessage = 256 << 10 // bytes
	helloWithin      = 5 * time.Second
	burst            = 20 // messages at once
	perSecond        = 10 // messages for long
	quietFor         = 60 * time.Second
	pingEvery        = 20 * time.Second
)

const (
	outboxMessages = 256                  // that must arrive; those that the next one replaces have places of their own
	outboxBytes    = 2 * maxServerMessage // so that the greatest message fits behind another one
	inboxMessages  = 2 * burst            // before the room reads, a client can have sent no more than its burst
	writeWithin    = 15 * time.Second     // three times the stall of a radio link that changes its mast
	closeWithin    = 2 * time.Second      // for what is still queued, our close frame and the peer's
)

// Which messages are compressed (RFC 7692), each for itself: over a radio link an answer takes a second less. Short ones do
// not shrink. Safari cannot read a compressed message in several frames (gorilla/websocket issue 731), and only what fits
// into the buffer is one: longer ones, which are rare, go as they are, in one frame. The buffers are shared, for they are
// needed only while something is written.
const (
	compressFrom = 1 << 10
	compressUpTo = 63 << 10
	writeBuffer  = 64 << 10 // what deflate cannot shrink grows by 5 bytes in 64 KiB at most
)

var writeBuffers sync.Pool

// Errors of a connection.
var (
	ErrSlow = errors.New("signaling: the peer does not take its messages") // closed with CloseSlow
	ErrGone = errors.New("signaling: the connection is gone")
)

// Policy says whose pages may open a socket.
type Policy struct {
	Origins []string // scheme, host and port of our own pages; a request without Origin is refused like a foreign one

	helloWithin time.Duration // 0: the constant
}

// Conn is a WebSocket of ours. Whoever accepted it must Close it. Its methods may be called from any goroutine.
type Conn struct {
	ws          *websocket.Conn
	helloWithin time.Duration
	inbox       chan []byte
	outbox      *outbox
	heard       atomic.Bool  // somebody takes messages from inbox
	heardAt     atomic.Int64 // when anything came from the peer last, Unix nanoseconds
	faults      int          // malformed messages one after the other; belongs to the room's loop

	ending  sync.Once
	done    chan struct{} // closed when the connection ends; code, reason and abort are set before
	code    int
	reason  string
	abort   *time.Timer
	unread  chan struct{} // closed when the reader has ended
	running sync.WaitGroup
}

// Accept upgrades the request to a WebSocket. When it returns an error it has answered: 403 for a foreign Origin, 400 for
// what is no WebSocket.
func Accept(w http.ResponseWriter, r *http.Request, p Policy) (*Conn, error) {
	upgrader := websocket.Upgrader{
		HandshakeTimeout: writeWithin, Subprotocols: []string{Subprotocol}, CheckOrigin: p.allows,
		EnableCompression: true, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers,
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, fmt.Errorf("signaling: accept: %w", err)
	}
	c := &Conn{
		ws: ws, helloWithin: p.helloWithin, inbox: make(chan []byte, inboxMessages), outbox: newOutbox(),
		done: make(chan struct{}), unread: make(chan struct{}),
	}
	if c.helloWithin == 0 {
		c.helloWithin = helloWithin
	}
	c.running.Go(c.readAll)
	c.running.Go(c.writeAll)
	return c, nil
}

func (p Policy) allows(r *http.Request) bool {
	origin := originOf(r.Header.Get("Origin"))
	for _, own := range p.Origins {
		if origin != "" && origin == originOf(own) {
			return true
		}
	}
	return false
}

// originOf writes the origin of an address in one way (RFC 6454 section 4); "" for what has none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// Done is closed when the connection has ended or is being closed.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Close sends what is queued and a close frame, and returns within a few seconds, when both goroutines of the connection
// have ended. The first code counts, however often and from wherever it is closed.
func (c *Conn) Close(code int, reason string) {
	c.end(code, reason)
	c.running.Wait()
}

// end begins closing and does not wait.
func (c *Conn) end(code int, reason string) {
	c.ending.Do(func() {
		c.code, c.reason = code, reason
		c.abort = time.AfterFunc(closeWithin, func() { _ = c.ws.NetConn().Close() })
		close(c.done)
	})
}

// Send queues a message without number. ErrSlow: the queue was full, and the connection ends; ErrGone: it has ended.
func (c *Conn) Send(kind string, d any) error { return c.push(envelope(kind, 0, 0, payload(d))) }

// push never blocks.
func (c *Conn) push(text []byte) error {
	select {
	case <-c.done:
		return ErrGone
	default:
	}
	if !c.outbox.put(text) {
		c.end(CloseSlow, "slow")
		return ErrSlow
	}
	return nil
}

// pushLatest sends a message that the next one of its kind replaces. It never blocks, and never makes the peer too slow.
func (c *Conn) pushLatest(kind string, text []byte) { c.outbox.replace(kind, text) }

// Hello waits for the first message. When it returns an error it has closed the connection with its reason.
func (c *Conn) Hello(ctx context.Context) (Hello, error) {
	c.heard.Store(true)
	late := time.NewTimer(c.helloWithin)
	defer late.Stop()
	select {
	case text := <-c.inbox:
		return c.readHello(text)
	case <-c.done:
		return Hello{}, ErrGone
	case <-late.C:
		c.end(CloseNoHello, "no hello")
		return Hello{}, fmt.Errorf("signaling: no hello within %v", c.helloWithin)
	case <-ctx.Done():
		c.end(CloseRestart, "restart")
		return Hello{}, fmt.Errorf("signaling: hello: %w", ctx.Err())
	}
}

func (c *Conn) readHello(text []byte) (Hello, error) {
	h := Hello{}
	m, err := Parse(text)
	if err == nil && m.T != KindHello {
		err = fmt.Errorf("%w: another message before hello", ErrMalformed)
	}
	if err == nil {
		err = m.read(&h)
	}
	if err == nil && h.V != Version {
		c.end(CloseVersion, "version")
		return h, fmt.Errorf("signaling: hello in version %d", h.V)
	}
	if err == nil {
		err = h.check()
	}
	if err != nil {
		c.end(ClosePolicy, "no hello")
		return h, err
	}
	h.id = m.ID
	return h, nil
}

// readAll takes messages until the peer is gone, and holds it to the limits.
func (c *Conn) readAll() {
	defer close(c.unread)
	c.ws.SetReadLimit(maxClientMessage)
	alive := func(string) error {
		now := time.Now()
		c.heardAt.Store(now.UnixNano())
		return c.ws.SetReadDeadline(now.Add(quietFor))
	}
	c.ws.SetPongHandler(alive)
	allowance := bucket{tokens: burst, last: time.Now()}
	for first := true; ; first = false { // hello does not count
		_ = alive("")
		kind, text, err := c.readMessage()
		if err != nil {
			c.lost(err)
			return
		}
		switch {
		case kind != websocket.TextMessage:
			c.end(ClosePolicy, "text only")
		case !first && !allowance.take(time.Now()):
			c.end(ClosePolicy, "too many messages")
		default:
			c.deliver(text)
		}
	}
}

// lastHeard is when anything came from the peer.
func (c *Conn) lastHeard() time.Time { return time.Unix(0, c.heardAt.Load()) }

// readMessage reads one message. The limit of the socket counts what came over the network; what a few compressed bytes
// unfold into is counted here.
func (c *Conn) readMessage() (kind int, text []byte, err error) {
	kind, message, err := c.ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	text, err = io.ReadAll(io.LimitReader(message, maxClientMessage+1))
	if err == nil && len(text) > maxClientMessage {
		err = websocket.ErrReadLimit
	}
	return kind, text, err
}

// deliver hands a message to whoever reads the connection. While nobody does (a socket that only sends) the surplus is
// dropped, for the reader must go on to see the peer go.
func (c *Conn) deliver(text []byte) {
	if !c.heard.Load() {
		select {
		case c.inbox <- text:
		default:
		}
		return
	}
	select {
	case c.inbox <- text:
	case <-c.done:
	}
}

func (c *Conn) lost(err error) {
	if errors.Is(err, websocket.ErrReadLimit) {
		c.end(CloseTooBig, "too big")
		// A socket that is closed with bytes unread is reset, and the close frame lost: take them, until abort at the latest.
		_, _ = io.Copy(io.Discard, c.ws.NetConn())
	}
	c.end(CloseAbnormal, "")
}

// writeAll sends what is queued, pings, and ends the connection.
func (c *Conn) writeAll() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-c.done:
			c.finish()
			return
		case <-c.outbox.more:
			c.writeQueued(writeWithin)
		case <-ping.C:
			if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)); err != nil {
				c.end(CloseAbnormal, "")
			}
		}
	}
}

// writeQueued sends what waits, until the connection ends.
func (c *Conn) writeQueued(within time.Duration) {
	for text := c.outbox.take(); text != nil; text = c.outbox.take() {
		_ = c.ws.SetWriteDeadline(time.Now().Add(within)) // never fails: it only notes the instant
		c.ws.EnableWriteCompression(len(text) >= compressFrom && len(text) <= compressUpTo)
		if err := c.ws.WriteMessage(websocket.TextMessage, text); err != nil {
			c.end(CloseAbnormal, "")
			return
		}
	}
}

// finish sends the rest and the close frame, waits for the peer's, and closes; abort bounds it all.
func (c *Conn) finish() {
	if c.code != CloseAbnormal {
		c.writeQueued(closeWithin)
		frame := websocket.FormatCloseMessage(c.code, c.reason)
		if c.ws.WriteControl(websocket.CloseMessage, frame, time.Now().Add(closeWithin)) == nil {
			<-c.unread
		}
	}
	_ = c.ws.Close()
	c.abort.Stop()
	<-c.unread
}

// bucket allows burst messages at once and perSecond for long.
type bucket struct {
	tokens float64
	last   time.Time
}

func (b *bucket) take(now time.Time) bool {
	b.tokens = min(burst, b.tokens+perSecond*now.Sub(b.last).Seconds())
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
