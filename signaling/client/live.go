package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/samtale/samtale/signaling"
)

const (
	liveQuiet = 60 * time.Second // the server pings every 20 s
	liveQueue = 64               // messages that nobody has asked for; then the server waits
)

// Live listens to the socket that tells a page what has changed. Whoever dialled it must Close it. Its methods may be called
// from any goroutine.
type Live struct {
	ws       *websocket.Conn
	messages chan signaling.Message
	done     chan struct{} // closed by Close
	ended    chan struct{} // closed when the reader has ended, by err
	err      error
	closing  sync.Once
}

// DialLive opens the page's socket at url, of any of the schemes ws, wss, http and https, with the session cookie in header.
// It returns when the server has greeted: every change from then on is told.
func DialLive(ctx context.Context, url, origin string, header http.Header) (*Live, error) {
	ws, err := dial(ctx, url, origin, header)
	if err != nil {
		return nil, err
	}
	l := &Live{ws: ws, messages: make(chan signaling.Message, liveQueue), done: make(chan struct{}), ended: make(chan struct{})}
	go l.read()
	switch m, err := l.Next(ctx); {
	case err != nil:
		l.Close()
		return nil, err
	case m.T != signaling.KindHello:
		l.Close()
		return nil, fmt.Errorf("client: live: %q before the greeting", m.T)
	}
	return l, nil
}

// Next waits for the next message, "changed" as a rule, its fields in D as they came. ErrDown: the socket has ended.
func (l *Live) Next(ctx context.Context) (signaling.Message, error) {
	select {
	case m := <-l.messages:
		return m, nil
	default:
	}
	select {
	case m := <-l.messages:
		return m, nil
	case <-l.ended:
		select {
		case m := <-l.messages: // came before the end
			return m, nil
		default:
			return signaling.Message{}, fmt.Errorf("%w: %w", ErrDown, l.err)
		}
	case <-ctx.Done():
		return signaling.Message{}, fmt.Errorf("client: live: %w", ctx.Err())
	}
}

// Close drops the socket and returns when its goroutine has ended.
func (l *Live) Close() {
	l.closing.Do(func() { close(l.done) })
	_ = l.ws.Close()
	<-l.ended
}

// read passes on what comes until the socket ends.
func (l *Live) read() {
	defer close(l.ended)
	answer := l.ws.PingHandler()
	l.ws.SetPingHandler(func(data string) error {
		_ = l.ws.SetReadDeadline(time.Now().Add(liveQuiet))
		return answer(data)
	})
	for {
		_ = l.ws.SetReadDeadline(time.Now().Add(liveQuiet))
		text, err := readMessage(l.ws)
		if err != nil {
			l.err = err
			return
		}
		m, err := signaling.Parse(text)
		if err != nil {
			continue
		}
		select {
		case l.messages <- m:
		case <-l.done:
			l.err = net.ErrClosed
			return
		}
	}
}
