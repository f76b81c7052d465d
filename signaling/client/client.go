// Package client takes part in a call without a browser: it speaks signaling/PROTOCOL.md, publishes a tone and a still
// picture, and counts what arrives. Beside that it listens to the page's socket. Tests and cmd/bot use it. It knows nothing
// of sign-in: whoever calls it has the cookie.
//
// One loop owns the stay (socket, numbers, media connection); readers of sockets and tracks post to it.
package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/samtale/samtale/signaling"
)

// Errors of the client.
var (
	ErrOver = errors.New("client: the stay is over") // wrapped with its close code
	ErrDown = errors.New("client: the socket is down")
)

// RefusedError is the server's refusal of a request.
type RefusedError struct{ Code string }

func (e *RefusedError) Error() string { return "client: refused: " + e.Code }

// Config says who goes where.
type Config struct {
	URL        string      // of the socket: ws, wss, http or https
	Origin     string      // of the service's pages
	Header     http.Header // the session cookie
	Conference string
	Device     string // "": a random one
	Muted      bool   // sends no sound
	NoCamera   bool   // sends no picture
	NoMedia    bool   // only signaling: no PeerConnection is made
	Way        Way    // to the media server
	Simulcast  bool   // sends the picture in three encodings
	Load       *Load  // sends and counts as part of a load test, not a tone and a picture; nil: it is none
}

// Client is one device's stay. Its methods may be called from any goroutine. Whoever dialled it must Close it.
type Client struct {
	config  Config
	ctx     context.Context
	stop    context.CancelFunc
	events  chan func()
	wake    chan struct{} // the PeerConnection has a new state
	done    chan struct{} // closed when the loop has ended
	running sync.WaitGroup
	first   atomic.Int64 // see FirstMedia

	// Owned by the loop.
	socket  *socket
	attempt int // sockets that have failed one after the other
	retry   *time.Timer
	id      uint64
	hello   uint64
	waiting map[uint64]chan error
	seen    uint64
	resume  *signaling.Resume
	media   *media
	peer    int
	relay   *signaling.Relay // the latest; nil: there is none

	mu      sync.Mutex
	state   State // what has been heard so far
	tallies []*tally
	changed chan struct{} // closed and replaced when state changes
}

// Dial opens the socket and returns when the server has welcomed the client, into the room or its lobby. Afterwards a lost
// socket is opened anew and the stay resumed until Close, Leave or a close code that forbids it.
func Dial(ctx context.Context, c Config) (*Client, error) {
	if c.Device == "" {
		var b [8]byte
		_, _ = rand.Read(b[:]) // crypto/rand never fails
		c.Device = hex.EncodeToString(b[:])
	}
	running, stop := context.WithCancel(context.Background())
	cl := &Client{
		config: c, ctx: running, stop: stop, events: make(chan func()), wake: make(chan struct{}, 1), done: make(chan struct{}),
		waiting: map[uint64]chan error{}, changed: make(chan struct{}),
	}
	ws, err := dial(ctx, c.URL, c.Origin, c.Header)
	if err != nil {
		stop()
		return nil, err
	}
	cl.running.Go(cl.run)
	cl.post(func() { cl.opened(ws) })
	if _, err := cl.Wait(ctx, func(s State) bool { return s.Welcome.Session != "" }); err != nil {
		cl.Close()
		return nil, err
	}
	return cl, nil
}

// Close drops the socket without a word, as a crashed browser does, and returns when all goroutines have ended.
func (c *Client) Close() {
	c.stop()
	c.running.Wait()
}

// Leave says good-bye and closes.
func (c *Client) Leave(ctx context.Context) error {
	err := c.request(ctx, signaling.KindBye, nil)
	if err == nil {
		_, err = c.Wait(ctx, func(s State) bool { return s.Over })
	}
	c.Close()
	return err
}

// Admit lets a person in from the lobby; only hosts may.
func (c *Client) Admit(ctx context.Context, key string) error {
	return c.request(ctx, signaling.KindAdmit, signaling.PersonRef{Key: key})
}

// Deny sends a person away from the lobby; only hosts may.
func (c *Client) Deny(ctx context.Context, key string) error {
	return c.request(ctx, signaling.KindDeny, signaling.PersonRef{Key: key})
}

// Remove sends a person out of the room; only hosts may.
func (c *Client) Remove(ctx context.Context, key string) error {
	return c.request(ctx, signaling.KindRemove, signaling.PersonRef{Key: key})
}

// RaiseHand raises the person's hand, or lowers it.
func (c *Client) RaiseHand(ctx context.Context, up bool) error {
	return c.press(ctx, func(s *signaling.DeviceState) { s.Hand = &up })
}

// Lower lowers a person's hand; only hosts may.
func (c *Client) Lower(ctx context.Context, key string) error {
	return c.request(ctx, signaling.KindLower, signaling.PersonRef{Key: key})
}

// PublishScreen shares a screen: a still picture, while the roster says that this device shares. When somebody else does, the
// refusal is signaling.CodeScreenTaken.
func (c *Client) PublishScreen(ctx context.Context) error {
	return c.press(ctx, func(s *signaling.DeviceState) { s.Screen = new(true) })
}

// StopScreen ends the sharing.
func (c *Client) StopScreen(ctx context.Context) error {
	return c.press(ctx, func(s *signaling.DeviceState) { s.Screen = new(false) })
}

// Unshare ends the sharing of a person's screen; only hosts may.
func (c *Client) Unshare(ctx context.Context, key string) error {
	return c.request(ctx, signaling.KindUnshare, signaling.PersonRef{Key: key})
}

// press tells a change of what is on; the microphone and the camera stay as they are.
func (c *Client) press(ctx context.Context, change func(*signaling.DeviceState)) error {
	return c.send(ctx, func(id uint64) signaling.Message {
		s := signaling.DeviceState{Muted: c.config.Muted, Camera: !c.config.NoCamera}
		change(&s)
		return message(signaling.KindState, id, s)
	})
}

// End ends the meeting for everybody; only hosts may.
func (c *Client) End(ctx context.Context) error { return c.request(ctx, signaling.KindEnd, nil) }

// Switch says what is on. A muted client sends no sound, and one without camera no picture.
func (c *Client) Switch(ctx context.Context, s signaling.DeviceState) error {
	c.post(func() {
		c.config.Muted, c.config.NoCamera = s.Muted, !s.Camera
		if c.media != nil {
			c.media.setSwitches(s)
		}
	})
	return c.request(ctx, signaling.KindState, s)
}

// Ping tells the server what has been seen.
func (c *Client) Ping(ctx context.Context) error {
	return c.send(ctx, func(id uint64) signaling.Message {
		return message(signaling.KindPing, id, signaling.Ping{Sent: "1", Seq: c.seen})
	})
}

// View says what the client looks at: how tall it shows which line.
func (c *Client) View(ctx context.Context, v signaling.View) error {
	return c.request(ctx, signaling.KindView, v)
}

// Report tells the server what the client knows of its line.
func (c *Client) Report(ctx context.Context, l signaling.LineReport) error {
	return c.request(ctx, signaling.KindLine, l)
}

// Restart looks for a new way to the media server on the same PeerConnection, as after a change of the network.
func (c *Client) Restart() {
	c.post(func() {
		if c.media != nil {
			c.media.negotiate(true)
		}
	})
}

// Interrupt loses the socket without a word, as a tunnel does. The client does not come back by itself before Return.
func (c *Client) Interrupt() {
	c.post(func() {
		if c.socket != nil {
			c.socket.cut()
			c.lost(c.socket, signaling.CloseAbnormal)
		}
		c.hold()
	})
}

// Return opens a new socket after Interrupt.
func (c *Client) Return() { c.post(func() { c.redial() }) }

// Rebuild makes a new PeerConnection.
func (c *Client) Rebuild() { c.post(c.connect) }

// request sends a message and waits for its reply. A refusal is a RefusedError.
func (c *Client) request(ctx context.Context, kind string, d any) error {
	return c.send(ctx, func(id uint64) signaling.Message { return message(kind, id, d) })
}

func (c *Client) send(ctx context.Context, build func(id uint64) signaling.Message) error {
	reply := make(chan error, 1)
	c.post(func() {
		if c.socket == nil {
			reply <- ErrDown
			return
		}
		c.waiting[c.nextID()] = reply
		c.socket.send(build(c.id))
	})
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return fmt.Errorf("client: no reply: %w", ctx.Err())
	case <-c.done:
		return ErrOver
	}
}

func message(kind string, id uint64, d any) signaling.Message {
	m := signaling.Message{T: kind, ID: id}
	if d != nil {
		m.D, _ = json.Marshal(d) // our own structs always can
	}
	return m
}

func (c *Client) nextID() uint64 {
	c.id++
	return c.id
}

// post runs f in the loop. It reports false when the loop has ended.
func (c *Client) post(f func()) bool {
	select {
	case c.events <- f:
		return true
	case <-c.done:
		return false
	}
}
