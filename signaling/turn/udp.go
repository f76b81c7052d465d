package turn

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	udpBuffer = 4 << 20 // of the one socket for everybody's relayed media
	// An address that has no relay is answered so often: enough for a ward behind one address that begins at noon, and too little to
	// make our answers, which are four times as long as what asks for them, worth a forged sender.
	requestsPerSecond = 200
	requestBurst      = 1000
	maxBuckets        = 4096
)

// datagrams is the UDP socket as pion reads it: an address without a relay is heard when it asks, and not too often.
type datagrams struct {
	*net.UDPConn
	server *Server
	ended  chan struct{} // closed when it is read no more
}

func (s *Server) serveUDP() error {
	d := &datagrams{UDPConn: s.udp, server: s, ended: make(chan struct{})}
	s.doings.Go(func() { <-d.ended })
	err := s.serve(d, &front{Server: s})
	if err != nil {
		close(d.ended)
	}
	return err
}

// ReadFrom ends when the socket is closed; anything else is an ICMP answer to something of ours.
func (d *datagrams) ReadFrom(b []byte) (n int, from net.Addr, err error) {
	for {
		n, address, err := d.ReadFromUDPAddrPort(b)
		switch {
		case errors.Is(err, net.ErrClosed):
			close(d.ended)
			return 0, nil, err
		case err != nil:
			continue
		}
		address = netip.AddrPortFrom(address.Addr().Unmap(), address.Port())
		if r := d.server.relayOf(client{address: address}); r != nil {
			return n, r.from, nil
		}
		if isRequest(b[:n]) && d.server.requests.allow(address.Addr(), d.server.now()) {
			return n, net.UDPAddrFromAddrPort(address), nil
		}
	}
}

// limiter bounds requests by address: a bucket for each, and one for all others when there are too many.
type limiter struct {
	mu      *sync.Mutex
	buckets map[netip.Addr]*rate.Limiter
	others  *rate.Limiter
}

func newLimiter() limiter {
	return limiter{mu: new(sync.Mutex), buckets: map[netip.Addr]*rate.Limiter{}, others: rate.NewLimiter(requestsPerSecond, requestBurst)}
}

func (l limiter) allow(from netip.Addr, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = network(from)
	b := l.buckets[from]
	switch {
	case b != nil:
	case len(l.buckets) >= maxBuckets:
		b = l.others
	default:
		b = rate.NewLimiter(requestsPerSecond, requestBurst)
		l.buckets[from] = b
	}
	return b.AllowN(now, 1)
}

// sweep forgets whom there is nothing to hold against.
func (l limiter) sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for from, b := range l.buckets {
		if b.TokensAt(now) >= requestBurst {
			delete(l.buckets, from)
		}
	}
}

// network is what one user of addresses has: an IPv4 address, or the 64 bits of an IPv6 network.
func network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 bits are in range
		return p.Addr()
	}
	return a
}
