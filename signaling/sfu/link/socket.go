package link

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxDatagram = 2048 // above any path's MTU that browsers use; longer ones are not for us
	// ownerSilence: an address belongs to its line until it was silent for this long, so that nobody takes a living line's
	// address by a check with a forged source.
	ownerSilence = 5 * time.Second
)

// target is where packets of a line come from and go to: an address behind one of our UDP sockets, or a TCP connection.
// Only checks with the line's password make one. It does not change but for the marks.
type target struct {
	conn   *Conn
	pipe   *pipe
	socket *socket // nil: stream
	stream *stream
	addr   netip.AddrPort
	name   sockaddr // addr as the system wants it

	last  int64        // when media came last, in ns; with conn.receiving
	heard atomic.Int64 // about the same, and when a check came
	plain atomic.Bool  // its path takes no segments: too small an MTU
}

func (t *target) alive(now time.Time) bool {
	return now.UnixNano()-t.heard.Load() < int64(ownerSilence)
}

// send writes one packet of pion's. Errors count as loss. It takes the way of media, which is the cheaper one.
func (t *target) send(packet []byte) {
	if t.stream != nil {
		t.stream.write(packet)
		return
	}
	p := t.conn.port
	b := p.batches.Get().(*Batch)
	defer p.release(b)
	g := b.group(t, len(packet))
	g.buf = append(g.buf, packet...)
	b.added(g, len(packet))
}

// socket is one UDP socket.
type socket struct {
	port  *Port
	conn  *net.UDPConn
	local netip.AddrPort
	fast  *fast // many packets a system call; nil: one

	reads atomic.Uint32 // that brought packets
	empty atomic.Uint32 // that found none
	seen  [2]uint32     // both, by Port.Behind

	mu    sync.RWMutex
	known map[netip.AddrPort]*target
}

// Behind reports whether packets came faster than they could be handled ever since the last call: a socket was read, and
// never found empty. One goroutine calls it. Where the system reads one packet at a time it is never known.
func (p *Port) Behind() bool {
	behind := false
	for _, s := range p.sockets {
		now := [2]uint32{s.reads.Load(), s.empty.Load()}
		behind = behind || now[0]-s.seen[0] > 1 && now[1] == s.seen[1]
		s.seen = now
	}
	return behind && p.sockets[0].fast != nil
}

// run reads until the socket is closed.
func (s *socket) run() {
	b := s.port.Batch()
	for {
		var err error
		if s.fast != nil {
			err = s.fast.read(b)
		} else {
			err = s.read(b)
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// The system's trouble, such as no memory or an interface that went away: it must not become a busy loop.
			pause := time.NewTimer(10 * time.Millisecond)
			<-pause.C
		}
	}
}

// read handles packets one by one until one fails.
func (s *socket) read(b *Batch) error {
	packet := make([]byte, maxDatagram)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(packet)
		if err != nil {
			return err
		}
		if n < len(packet) { // else it was cut
			s.handle(b, packet[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
			b.Flush()
		}
	}
}

// handle demultiplexes one datagram by its first byte (RFC 7983) and its sender.
func (s *socket) handle(b *Batch, packet []byte, from netip.AddrPort, at time.Time) {
	if len(packet) == 0 {
		return
	}
	t := s.lookup(from)
	if t != nil && packet[0]>>6 == 2 {
		t.conn.receive(b, t, packet, at)
		return
	}
	s.port.divert(t, origin{socket: s, addr: from}, packet)
}

func (s *socket) lookup(from netip.AddrPort) *target {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[from]
}

// know gives an address to a line unless it is another's that lives.
func (s *socket) know(t *target, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.known[t.addr]; before != nil && before.conn != t.conn && before.alive(now) {
		return false
	}
	s.known[t.addr] = t
	return true
}

func (s *socket) unknow(t *target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[t.addr] == t {
		delete(s.known, t.addr)
	}
}

// origin is where a packet came from that nobody has authenticated yet.
type origin struct {
	socket *socket
	stream *stream
	addr   netip.AddrPort
}

// divert passes on what is not media: STUN to the agent, DTLS to the handshake. It copies and never waits: a full queue
// drops. t is nil for senders that have not proved themselves; only a check for one of our lines is taken from them.
func (p *Port) divert(t *target, from origin, packet []byte) {
	switch first := packet[0]; {
	case first < 4:
		ufrag, ok := checkFor(packet)
		if !ok {
			if t != nil && packet[0] == 1 { // a response; requests without a name and indications prove nothing
				t.pipe.push(packet, t.origin())
			}
			return
		}
		if g := p.line(ufrag); g != nil {
			if to := g.pipe(from); to != nil {
				to.push(packet, from)
			}
		}
	case first >= 20 && first < 64 && t != nil:
		t.conn.wire.push(packet)
	}
}

func (t *target) origin() origin { return origin{socket: t.socket, stream: t.stream, addr: t.addr} }

const (
	stunHeader   = 20
	stunCookie   = 0x2112A442
	stunUsername = 0x0006
)

// checkFor finds whom a STUN Binding request is for: the first part of its USERNAME (RFC 8445 section 7.2.2). It
// allocates nothing, since anybody may send such packets.
func checkFor(b []byte) (ufrag []byte, ok bool) {
	if len(b) < stunHeader || binary.BigEndian.Uint16(b) != 0x0001 || binary.BigEndian.Uint32(b[4:]) != stunCookie {
		return nil, false
	}
	if int(binary.BigEndian.Uint16(b[2:])) != len(b)-stunHeader {
		return nil, false
	}
	for rest := b[stunHeader:]; len(rest) >= 4; {
		kind, n := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		padded := 4 + (n+3)&^3
		if padded > len(rest) {
			return nil, false
		}
		if kind != stunUsername {
			rest = rest[padded:]
			continue
		}
		for i, c := range rest[4 : 4+n] {
			if c == ':' {
				return rest[4 : 4+i], true
			}
		}
		return nil, false
	}
	return nil, false
}
