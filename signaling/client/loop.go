package client

import (
	"context"
	"time"

	"github.com/gorilla/websocket"

	"github.com/samtale/samtale/signaling"
)

// waits before a new socket, the protocol's; the last one repeats.
var waits = [...]time.Duration{0, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}

// run is the loop. It ends when the client is closed.
func (c *Client) run() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	line := time.NewTicker(lineEvery)
	defer line.Stop()
	c.retry = time.NewTimer(0)
	<-c.retry.C
	for {
		select {
		case f := <-c.events:
			f()
		case <-c.retry.C:
			c.redial()
		case <-c.wake:
			if c.media != nil {
				c.media.readState()
			}
		case <-line.C:
			c.reportLine()
		case <-ping.C:
			if c.socket != nil {
				c.socket.send(message(signaling.KindPing, c.nextID(), signaling.Ping{Sent: "0", Seq: c.seen}))
			}
		case <-c.ctx.Done():
			c.hold()
			if c.socket != nil {
				c.socket.cut()
			}
			close(c.done)
			c.disconnect()
			return
		}
	}
}

// hold stops coming back.
func (c *Client) hold() { c.retry.Stop() }

// redial opens a socket in a goroutine of its own.
func (c *Client) redial() {
	if c.socket != nil || c.State().Over {
		return
	}
	c.hold()
	c.running.Go(func() {
		ctx, cancel := context.WithTimeout(c.ctx, dialWithin)
		defer cancel()
		ws, err := dial(ctx, c.config.URL, c.config.Origin, c.config.Header)
		kept := c.post(func() {
			if err != nil {
				c.again()
				return
			}
			c.opened(ws)
		})
		if !kept && ws != nil {
			_ = ws.Close()
		}
	})
}

func (c *Client) again() {
	c.retry.Reset(waits[min(c.attempt, len(waits)-1)])
	c.attempt++
}

// opened introduces the client on a new socket.
func (c *Client) opened(ws *websocket.Conn) {
	if c.socket != nil {
		_ = ws.Close() // two were on their way
		return
	}
	s := &socket{ws: ws}
	c.socket = s
	c.running.Go(func() { c.read(s) })
	hello := signaling.Hello{
		V: signaling.Version, Conference: c.config.Conference, Device: c.config.Device, Muted: c.config.Muted, Camera: !c.config.NoCamera,
		Screens: true,
	}
	if c.resume != nil {
		hello.Resume = &signaling.Resume{Session: c.resume.Session, Secret: c.resume.Secret, Seq: c.seen}
	}
	c.hello = c.nextID()
	s.send(message(signaling.KindHello, c.hello, hello))
}

// lost notes the end of a socket and decides whether to come back.
func (c *Client) lost(s *socket, code int) {
	if s != c.socket {
		return
	}
	c.socket = nil
	for id, reply := range c.waiting {
		delete(c.waiting, id)
		reply <- ErrDown
	}
	final := signaling.Final(code)
	c.change(func(s *State) { s.Connected, s.Code, s.Over = false, code, final })
	if final {
		c.disconnect()
		return
	}
	c.again()
}

// welcomed begins the stay, or goes on with it.
func (c *Client) welcomed(w signaling.Welcome) {
	c.attempt, c.relay = 0, w.Relay
	c.resume = &signaling.Resume{Session: w.Session, Secret: w.Secret}
	if !w.Resumed {
		c.seen, c.peer = 0, 0
		c.disconnect()
	}
	c.change(func(s *State) {
		if w.Resumed {
			s.Resumed++
		} else {
			*s = State{Resumed: s.Resumed, Events: s.Events}
		}
		s.Welcome, s.In, s.Connected, s.Need, s.Code = w, w.Place == signaling.PlaceIn, true, w.Need, 0
	})
	if w.Place == signaling.PlaceIn {
		c.enter()
	}
}

// enter is called on every way in: the first, out of the lobby, and after a break with the connection kept.
func (c *Client) enter() {
	switch {
	case c.config.NoMedia:
	case c.media == nil:
		c.connect()
	default:
		c.media.repeat()
		c.grow()
	}
}

// connect makes a new PeerConnection in the place of the old one.
func (c *Client) connect() {
	if c.config.NoMedia {
		return
	}
	c.disconnect()
	c.peer++
	m, err := newMedia(c, c.peer)
	if err != nil {
		return // pion refuses its own defaults: only when the machine has no randomness
	}
	c.media = m
	c.change(func(s *State) { s.Peer, s.Answers = c.peer, 0 })
	c.showScreen()
	c.grow()
}

// showScreen publishes the screen while the server says that this device shares it: a host may have ended it.
func (c *Client) showScreen() {
	if c.media != nil {
		c.media.show(c.State().sharing())
	}
}

func (c *Client) disconnect() {
	if c.media != nil {
		c.media.close()
		c.media = nil
		c.change(func(s *State) { s.Media, s.Slots = false, nil })
	}
}

// grow has as many receiving lines as are needed.
func (c *Client) grow() {
	if c.media != nil {
		c.media.grow(c.State().Need)
	}
}

// retune counts what comes on each line for whoever is on it now.
func (c *Client) retune() {
	if c.media == nil {
		return
	}
	for _, s := range c.State().Slots {
		c.media.line(s.Mid).Store(c.tallyOf(s))
	}
}

func (c *Client) answered(re uint64, a signaling.Answer) {
	if c.media != nil && a.Peer == c.peer && re == c.media.request {
		c.media.answered(a)
	}
}
