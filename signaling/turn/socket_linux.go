package turn

import (
	"encoding/binary"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// Buffers are sized in time: at 150 kbit/s, 16 KB are most of a second.
const (
	streamRelayBuffer = 16 << 10  // of a relay socket whose client's connection may be slow
	udpRelayBuffer    = 256 << 10 // of one whose client is reached by UDP, which never waits: room for the burst of a key frame
	sendBuffer        = 32 << 10
	// unsentBytes may be in the kernel and not on the wire yet. Measured with 400 kbit/s for a line of 150: 16 KB made a packet 2.8 s old.
	unsentBytes = 4 << 10
	stampBytes  = 64 // room for the kernel's note of when a packet came
)

// prepareRelay bounds what waits for a client.
func prepareRelay(c *net.UDPConn, stream bool) {
	size := udpRelayBuffer
	if stream {
		size = streamRelayBuffer
	}
	_ = c.SetReadBuffer(size) // the system's bound stands otherwise
	if system, err := c.SyscallConn(); stream && err == nil {
		_ = system.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, 1)
		})
	}
}

// stampOf reads when a packet came from what the kernel says beside it: a struct timespec of 64 bits each (socket(7)).
func stampOf(control []byte) (at time.Time, ok bool) {
	from := unix.CmsgLen(0)
	if len(control) < from+16 || int32(binary.NativeEndian.Uint32(control[from-4:])) != unix.SO_TIMESTAMPNS_NEW {
		return time.Time{}, false
	}
	value := control[from:]
	return time.Unix(int64(binary.NativeEndian.Uint64(value)), int64(binary.NativeEndian.Uint64(value[8:]))), true
}

// prepareStream bounds what waits in a connection, and ends it when the other side has gone without a word (RFC 5482). A system
// that does not know an option does without.
func prepareStream(c net.Conn) {
	conn, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	_ = conn.SetNoDelay(true)
	_ = conn.SetWriteBuffer(sendBuffer)
	system, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = system.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentBytes)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(writeWithin.Milliseconds()))
	})
}
