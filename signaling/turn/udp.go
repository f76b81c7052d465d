package turn

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	udpBuffer = 4 << 20 // of the one socket for everybody's relayed media
	// An address that has no relay is answered so often: enough for a ward behind one address that begins at noon, and too little to
	// make our answers, which are four times as long as what asks for them, worth a forged sender.
	requestsPerSecond = 200
	requestBurst      = 1000
	maxBuckets        = 4096
)

// serveUDP reads until the socket is closed. It never waits for anything else.
func (s *Server) serveUDP() {
	buffer := make([]byte, maxFrame+1)
	for {
		n, from, err := s.udp.ReadFromUDPAddrPort(buffer)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil || n > maxFrame:
			continue // an ICMP answer to something of ours, or nothing that we take
		}
		s.fromUDP(from, buffer[:n])
	}
}

func (s *Server) fromUDP(from netip.AddrPort, frame []byte) {
	s.mu.RLock()
	relay := s.byClient[from]
	s.mu.RUnlock()
	switch {
	case isMessage(frame) && !isSend(frame):
		if relay != nil || s.requests.allow(from.Addr(), s.now()) {
			s.respond(&client{server: s, address: from}, relay, frame)
		}
	case relay != nil:
		relay.forward(frame)
	}
}

// limiter bounds requests by address: a bucket for each, and one for all others when there are too many.
type limiter struct {
	mu      *sync.Mutex
	buckets map[netip.Addr]*bucket
	others  *bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter() limiter {
	return limiter{mu: new(sync.Mutex), buckets: map[netip.Addr]*bucket{}, others: &bucket{left: requestBurst}}
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
		b = &bucket{left: requestBurst, at: now}
		l.buckets[from] = b
	}
	b.refill(now)
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

func (b *bucket) refill(now time.Time) {
	b.left = min(requestBurst, b.left+now.Sub(b.at).Seconds()*requestsPerSecond)
	b.at = now
}

// sweep forgets whom there is nothing to hold against.
func (l limiter) sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for from, b := range l.buckets {
		if b.refill(now); b.left >= requestBurst {
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
