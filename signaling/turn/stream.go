package turn

import (
	"bufio"
	"io"
	"net"
	"time"

	"github.com/pion/stun/v4"
)

const (
	allocateWithin = 30 * time.Second // of a connection's beginning; spare ones end then
	writeWithin    = 20 * time.Second // a client that reads nothing for so long is gone
)

// stream is a TURN client's connection as pion reads it: frame by frame, none longer than we take. Pion's own STUNConn gathers 64 KB
// from whoever has not shown a credential yet, and calls itself once for every piece of it.
type stream struct {
	net.Conn          // of TLS, where that is spoken
	raw      net.Conn // the TCP connection below
	reader   *bufio.Reader
	admitted func()        // called once the client has shown that it may be here
	ended    chan struct{} // closed when it is read no more
}

// serveStream serves a TURN client's connection until it ends.
func (s *Server) serveStream(shown, raw net.Conn, admitted func()) {
	prepareStream(raw)
	if shown.SetReadDeadline(time.Now().Add(allocateWithin)) != nil {
		return
	}
	c := &stream{Conn: shown, raw: raw, reader: bufio.NewReaderSize(shown, maxFrame), admitted: admitted, ended: make(chan struct{})}
	if s.serve(c, &front{Server: s, stream: c}) != nil {
		return
	}
	<-c.ended
	if r := s.relayOf(client{stream: c}); r != nil {
		_ = r.Close()
	}
}

// ReadFrom returns the next frame. After an error pion asks no more.
func (c *stream) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := c.next(b)
	if err != nil {
		close(c.ended)
		return 0, nil, err
	}
	return n, c.RemoteAddr(), nil
}

func (c *stream) next(b []byte) (int, error) {
	head, err := c.reader.Peek(channelHeader)
	if err != nil {
		return 0, err
	}
	n, ok := frameLength(head)
	if !ok {
		return 0, errNotFrame
	}
	if _, err := io.ReadFull(c.reader, b[:n]); err != nil {
		return 0, err
	}
	if b[0]>>6 == 0 && !stun.IsMessage(b[:n]) {
		return 0, errNotFrame
	}
	return n, nil
}

// WriteTo sends a frame. It waits while the connection is full, at most writeWithin; then half a frame may have gone, and the
// connection ends.
func (c *stream) WriteTo(frame []byte, _ net.Addr) (n int, err error) {
	if err = c.SetWriteDeadline(time.Now().Add(writeWithin)); err == nil {
		n, err = c.Write(frame)
	}
	if err != nil {
		_ = c.raw.Close()
	}
	return n, err
}
