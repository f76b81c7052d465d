package turn

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// showWithin is the time for the TLS handshake and the first bytes. Chromium opens spare connections that stay silent, and closes
	// them unused: that is no attack, and no reason for a line in the log.
	showWithin = 10 * time.Second
	// maxWaiting connections may be within that time, and so many from one network: a hospital's proxy is one address with a thousand
	// people behind it, and their browsers' spare connections.
	maxWaiting        = 4096
	maxWaitingNetwork = 1024
	protocolTURN      = "stun.turn" // RFC 7443
)

// Share takes the connections of TURN clients out of a listener and returns a listener for the rest, which is HTTP: of TLS, when c
// is not nil, as the raw *tls.Conn that HTTP/2 needs. What the client says in ALPN decides, else the first bytes. Whoever owns the
// returned listener must Close it, which closes l.
func (s *Server) Share(l net.Listener, c *tls.Config) net.Listener {
	d := &door{Listener: l, out: make(chan net.Conn), done: make(chan struct{})}
	s.split(d, c)
	return d
}

// door is a listener that others than TURN clients may come through.
type door struct {
	net.Listener
	out  chan net.Conn // nil: nobody but TURN clients
	done chan struct{}
	once sync.Once
}

// Accept returns the next connection that is not TURN's.
func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.out:
		return c, nil
	case <-d.done:
		return nil, net.ErrClosed
	}
}

// Close stops listening.
func (d *door) Close() error {
	d.once.Do(func() { close(d.done) })
	return d.Listener.Close()
}

// split accepts from d until it is closed.
func (s *Server) split(d *door, c *tls.Config) {
	if c != nil {
		c = c.Clone()
		for _, protocol := range []string{"h2", "http/1.1", protocolTURN} {
			if !slices.Contains(c.NextProtos, protocol) {
				c.NextProtos = append(c.NextProtos, protocol)
			}
		}
	}
	s.doings.Go(func() {
		for {
			conn, err := d.Listener.Accept()
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err != nil: // too many open files, most likely
				s.log.Warn("connection not accepted", slog.Any("err", err))
				select {
				case <-time.After(100 * time.Millisecond):
				case <-s.ctx.Done():
					return
				}
				continue
			}
			s.receive(d, conn, c)
		}
	})
}

// receive lets a connection show what it is, in a goroutine of its own.
func (s *Server) receive(d *door, conn net.Conn, c *tls.Config) {
	from := addressOf(conn)
	if !s.waiting.enter(from.Addr()) {
		_ = conn.Close()
		return
	}
	if !s.track(conn) {
		s.waiting.leave(from.Addr())
		_ = conn.Close()
		return
	}
	s.doings.Go(func() {
		defer s.untrack(conn)
		var once sync.Once
		leave := func() { once.Do(func() { s.waiting.leave(from.Addr()) }) }
		defer leave()
		shown, what := s.look(conn, c)
		switch {
		case what == isTURN:
			s.serveStream(shown, conn, leave)
		case what == isHTTP && d.out != nil && shown.SetDeadline(time.Time{}) == nil:
			select {
			case d.out <- shown:
				return
			case <-d.done:
			case <-s.ctx.Done():
			}
		}
		_ = conn.Close()
	})
}

// look finds out what a connection is. What comes back is read from its beginning.
func (s *Server) look(conn net.Conn, c *tls.Config) (shown net.Conn, what verdict) {
	if conn.SetDeadline(time.Now().Add(showWithin)) != nil {
		return conn, undecided
	}
	shown = conn
	if c != nil {
		secured := tls.Server(conn, c)
		ctx, cancel := context.WithTimeout(s.ctx, showWithin)
		defer cancel()
		if secured.HandshakeContext(ctx) != nil {
			return conn, undecided
		}
		shown = secured
		switch secured.ConnectionState().NegotiatedProtocol {
		case "":
		case protocolTURN:
			return shown, isTURN
		default:
			return shown, isHTTP
		}
	}
	var b [8]byte
	n := 0
	for what == undecided {
		more, err := shown.Read(b[n:])
		n += more
		if what = judge(b[:n]); err != nil && what == undecided {
			return shown, undecided
		}
	}
	return &begun{Conn: shown, first: b[:n]}, what
}

// begun is a connection whose first bytes have been read.
type begun struct {
	net.Conn
	first []byte
}

// Read returns the first bytes, then what follows.
func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}

// CloseWrite says that nothing more is sent, where the connection can say it: net/http does before it leaves.
func (b *begun) CloseWrite() error {
	if c, ok := b.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

func addressOf(c net.Conn) netip.AddrPort {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort()
	}
	return netip.AddrPort{}
}

// crowd counts who waits, by network.
type crowd struct {
	mu    *sync.Mutex
	from  map[netip.Addr]int
	total *int
}

func newCrowd() crowd { return crowd{mu: new(sync.Mutex), from: map[netip.Addr]int{}, total: new(int)} }

func (c crowd) enter(a netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a = network(a); *c.total >= maxWaiting || c.from[a] >= maxWaitingNetwork {
		return false
	}
	*c.total++
	c.from[a]++
	return true
}

func (c crowd) leave(a netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.total--
	if a = network(a); c.from[a] == 1 {
		delete(c.from, a)
	} else {
		c.from[a]--
	}
}
