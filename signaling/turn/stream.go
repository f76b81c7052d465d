package turn

import (
	"net"
	"time"
)

const (
	allocateWithin = 30 * time.Second // of a connection's beginning; spare ones end then
	writeWithin    = 20 * time.Second // a client that reads nothing for so long is gone
)

// serveStream answers a TURN client's connection until it ends. raw is the TCP connection below; allocated is called once the
// client has shown that it may be here.
func (s *Server) serveStream(c *client, raw net.Conn, first []byte, allocated func()) {
	prepareStream(raw)
	defer func() {
		if c.relay != nil {
			s.mu.Lock()
			s.remove(c.relay)
			s.mu.Unlock()
		}
	}()
	if c.stream.SetReadDeadline(time.Now().Add(allocateWithin)) != nil {
		return
	}
	buffer := make([]byte, maxFrame)
	have := copy(buffer, first)
	for {
		used := 0
		for {
			n, ok := frameLength(buffer[used:have])
			if !ok {
				return
			}
			if n == 0 || n > have-used {
				break
			}
			if !s.fromStream(c, buffer[used:used+n], allocated) {
				return
			}
			used += n
		}
		have = copy(buffer, buffer[used:have])
		n, err := c.stream.Read(buffer[have:])
		if err != nil {
			return
		}
		have += n
	}
}

// fromStream takes a frame. It reports false when the connection should end.
func (s *Server) fromStream(c *client, frame []byte, allocated func()) bool {
	message := isMessage(frame)
	switch {
	case frame[0]>>6 == 0 && !message:
		return false
	case message && !isSend(frame):
		before := c.relay
		c.relay = s.respond(c, c.relay, frame)
		return s.settle(c, before, allocated)
	case c.relay != nil:
		c.relay.forward(frame)
	}
	return true
}

// settle lets a connection live as long as its relay.
func (s *Server) settle(c *client, before *allocation, allocated func()) bool {
	if c.relay == nil {
		return before == nil // a client that has ended its relay has ended
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, here := s.all[c.relay]; !here {
		return false
	}
	allocated()
	return c.stream.SetReadDeadline(time.Now().Add(c.relay.until.Sub(s.now())+sweepEvery)) == nil
}
