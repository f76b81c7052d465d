//go:build !linux

package link

import "net"

// tune does nothing where the system has no such options; TCP_NODELAY is Go's default.
func tune(*net.TCPConn) error { return nil }

// forceBuffers is for systems that know privileges for it.
func forceBuffers(*net.UDPConn) {}

// unsent is unknown there.
func unsent(*net.TCPConn) int { return 0 }
