package link

import (
	"net"

	"golang.org/x/sys/unix"
)

const givesUpAfter = 20_000 // ms without an acknowledgement

// tune lets a connection carry media: little waits in it, and a dead one is noticed.
func tune(conn *net.TCPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentAtMost)
		if err := unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, givesUpAfter); err != nil {
			failed = err
		}
	})
	if err != nil {
		return err
	}
	return failed // TCP_NODELAY is Go's default
}

// forceBuffers passes the system's limit, which is often some hundred packets, where the process may do that
// (CAP_NET_ADMIN): what comes while others use the processor is then kept.
func forceBuffers(conn *net.UDPConn) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer)
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, socketBuffer)
	})
}

// unsent is how many bytes of a connection the kernel has not sent even once.
func unsent(conn *net.TCPConn) int {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	_ = raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQNSD) })
	return n
}
