//go:build !linux

package link

import "net/netip"

// fast is for systems that read and write many packets a system call; here it is never made.
type fast struct{}

func newFast(*socket, bool) (*fast, error) { return nil, nil }

func (*fast) read(*Batch) error { return nil }

type sockaddr struct{}

func newSockaddr(netip.AddrPort) sockaddr { return sockaddr{} }

type sendmmsg func()

type outbox struct{}

func (b *Batch) send(*socket, int) {}
