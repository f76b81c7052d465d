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
