package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/samtale/samtale/signaling"
)

const (
	dialWithin  = 10 * time.Second
	writeWithin = 5 * time.Second
	quietFor    = 25 * time.Second // the server answers every ping
	pingEvery   = 4 * time.Second
	maxMessage  = 256 << 10 // PROTOCOL.md: from the server
	longMessage = 1 << 10   // from here on it is worth being compressed
)

// socket is one WebSocket. The loop sends, a goroutine of its own reads.
type socket struct {
	ws *websocket.Conn
}

// dial opens a socket at an address of any of the schemes ws, wss, http and https.
func dial(ctx context.Context, url, origin string, header http.Header) (*websocket.Conn, error) {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Origin", origin)
	if rest, ok := strings.CutPrefix(url, "http"); ok {
		url = "ws" + rest
	}
	dialer := websocket.Dialer{
		HandshakeTimeout: dialWithin, Subprotocols: []string{signaling.Subprotocol}, Proxy: http.ProxyFromEnvironment, EnableCompression: true,
	}
	ws, answer, err := dialer.DialContext(ctx, url, header)
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("client: dial: HTTP %d: %w", answer.StatusCode, err)
		}
		return nil, fmt.Errorf("client: dial: %w", err)
	}
	ws.SetReadLimit(maxMessage)
	return ws, nil
}

// send writes; when it fails the reader notices too.
func (s *socket) send(m signaling.Message) {
	text, _ := json.Marshal(m) // our own structs always can
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	s.ws.EnableWriteCompression(len(text) >= longMessage)
	if s.ws.WriteMessage(websocket.TextMessage, text) != nil {
		s.cut()
	}
}

// cut ends the socket without a close frame.
func (s *socket) cut() { _ = s.ws.NetConn().Close() }

// readMessage reads a message. The limit of the socket counts what came over the network, this one what that unfolds into.
func readMessage(ws *websocket.Conn) ([]byte, error) {
	_, message, err := ws.NextReader()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(message, maxMessage+1))
	if err == nil && len(text) > maxMessage {
		err = websocket.ErrReadLimit
	}
	return text, err
}

// read posts what comes until the socket ends.
func (c *Client) read(s *socket) {
	for {
		_ = s.ws.SetReadDeadline(time.Now().Add(quietFor))
		text, err := readMessage(s.ws)
		if err != nil {
			code := signaling.CloseAbnormal
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				code = closed.Code
			}
			s.cut()
			c.post(func() { c.lost(s, code) })
			return
		}
		if m, err := signaling.Parse(text); err == nil {
			c.post(func() { c.received(s, m) })
		}
	}
}

// received takes a message of the current socket in.
func (c *Client) received(s *socket, m signaling.Message) {
	if s != c.socket {
		return
	}
	if m.Seq > 0 {
		if m.Seq <= c.seen {
			return // told again after a break, and heard before it
		}
		c.seen = m.Seq
		c.change(func(s *State) { s.Events++ })
	}
	switch m.T {
	case signaling.KindWelcome:
		take(m, c.welcomed)
	case signaling.KindOK, signaling.KindPong:
		c.replied(m.Re, nil)
	case signaling.KindError:
		take(m, func(r signaling.Refusal) { c.replied(m.Re, &RefusedError{Code: r.Code}) })
	case signaling.KindAnswer:
		take(m, func(a signaling.Answer) { c.answered(m.Re, a) })
	default:
		c.told(m)
	}
}

// told takes the server's word about the room.
func (c *Client) told(m signaling.Message) {
	switch m.T {
	case signaling.KindWaiting:
		take(m, func(w signaling.Waiting) { c.change(func(s *State) { s.Hosts = w.Hosts }) })
	case signaling.KindAdmitted:
		c.change(func(s *State) { s.In, s.Hosts = true, nil })
		c.enter()
	case signaling.KindRoster:
		take(m, func(r signaling.Roster) {
			c.change(func(s *State) { s.Roster = r.People })
			c.showScreen()
		})
	case signaling.KindLobby:
		take(m, func(l signaling.Lobby) { c.change(func(s *State) { s.Lobby = l.People }) })
	case signaling.KindSpeakers:
		take(m, func(k signaling.Speakers) { c.change(func(s *State) { s.Speakers = k.Keys }) })
	case signaling.KindDownlink, signaling.KindUplink, signaling.KindLines, signaling.KindRelay:
		c.toldOfLine(m)
	case signaling.KindNeed:
		take(m, func(n signaling.Need) {
			c.change(func(s *State) { s.Need = n })
			c.grow()
		})
	case signaling.KindSlots:
		take(m, func(sl signaling.Slots) {
			c.change(func(s *State) { s.Slots = sl.Slots })
			c.retune()
		})
	case signaling.KindChanged:
		c.change(func(s *State) { s.Changed++ })
	case signaling.KindRestart:
		if c.media != nil {
			c.media.negotiate(true)
		}
	case signaling.KindRebuild:
		c.connect()
	}
}

// toldOfLine takes the server's word about what lines carry.
func (c *Client) toldOfLine(m signaling.Message) {
	switch m.T {
	case signaling.KindDownlink:
		take(m, func(d signaling.Downlink) {
			c.change(func(s *State) {
				s.Downlink = d
				s.Told.Downlink++
			})
		})
	case signaling.KindUplink:
		take(m, func(u signaling.Uplink) {
			if c.media != nil {
				c.media.wants.Store(int32(u.Layers))
			}
			c.change(func(s *State) {
				s.Uplink = u
				s.Told.Uplink++
			})
		})
	case signaling.KindLines:
		take(m, func(l signaling.Lines) {
			c.change(func(s *State) {
				s.Lines = l.Lines
				s.Told.Lines++
			})
		})
	case signaling.KindRelay:
		take(m, func(r signaling.Relay) {
			c.relay = &r
			c.change(func(s *State) {
				s.Relay = r
				s.Told.Relay++
			})
		})
	}
}

// take decodes the fields of m for f; what cannot be decoded is ignored, as an unknown kind is.
func take[T any](m signaling.Message, f func(T)) {
	var d T
	if json.Unmarshal(m.D, &d) == nil {
		f(d)
	}
}

// replied ends the waiting of a request.
func (c *Client) replied(re uint64, err error) {
	if c.media != nil && err != nil && re == c.media.request {
		c.media.refused()
	}
	if reply, ok := c.waiting[re]; ok {
		delete(c.waiting, re)
		reply <- err
	}
}
