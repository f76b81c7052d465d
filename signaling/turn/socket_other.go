//go:build !linux

package turn

import (
	"net"
	"time"
)

// Buffers are sized in time: at 150 kbit/s, 16 KB are most of a second.
const (
	streamRelayBuffer = 16 << 10  // of a relay socket whose client's connection may be slow
	udpRelayBuffer    = 256 << 10 // of one whose client is reached by UDP, which never waits: room for the burst of a key frame
	sendBuffer        = 32 << 10
	stampBytes        = 0
)

// prepareRelay bounds what waits for a client.
func prepareRelay(c *net.UDPConn, stream bool) {
	size := udpRelayBuffer
	if stream {
		size = streamRelayBuffer
	}
	_ = c.SetReadBuffer(size) // the system's bound stands otherwise
}

// stampOf knows nothing here: packets do not grow old.
func stampOf([]byte) (at time.Time, ok bool) { return time.Time{}, false }

// prepareStream bounds what waits in a connection, as far as every system can.
func prepareStream(c net.Conn) {
	conn, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	_ = conn.SetNoDelay(true)
	_ = conn.SetWriteBuffer(sendBuffer)
}
