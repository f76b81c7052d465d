package link

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// streamQueue bounds what waits before a slow connection: half a second at 500 kbit/s. Old sound is worth nothing, so
	// what does not fit is dropped.
	streamQueue  = 32 << 10
	unsentAtMost = 16 << 10 // bytes the kernel takes before it can send them; more would only grow old there
	// proveWithin is how long a connection may take to a check with a line's password, maxStrangers how many such may be.
	proveWithin  = 10 * time.Second
	maxStrangers = 256
	lengthPrefix = 2 // RFC 4571
)

// listener takes ICE-TCP connections (RFC 6544, passive candidates).
type listener struct {
	owner     *Port
	conn      *net.TCPListener
	port      uint16
	told      [2][]netip.Addr // what clients are told, IPv4 and IPv6
	strangers atomic.Int32
	wg        sync.WaitGroup

	mu      sync.Mutex
	streams map[*stream]struct{}
	closed  bool
}

func (p *Port) listenTCP() (*listener, error) {
	addrs, err := p.localAddrs(p.config.TCPAddr)
	if err != nil {
		return nil, err
	}
	conn, err := net.Listen("tcp", p.config.TCPAddr)
	if err != nil {
		return nil, err
	}
	l := &listener{owner: p, conn: conn.(*net.TCPListener), streams: map[*stream]struct{}{}}
	l.port = l.conn.Addr().(*net.TCPAddr).AddrPort().Port()
	for _, a := range addrs {
		family := 0
		if a.Addr().Is6() {
			family = 1
		}
		if told := p.announced(a.Addr()); len(told) > 0 {
			l.told[family] = told
			continue
		}
		l.told[family] = append(l.told[family], a.Addr())
	}
	return l, nil
}

func (l *listener) run() {
	for {
		conn, err := l.conn.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			pause := time.NewTimer(10 * time.Millisecond) // out of descriptors: it must not become a busy loop
			<-pause.C
			continue
		}
		if l.strangers.Load() >= maxStrangers || !l.serve(conn) {
			_ = conn.Close()
		}
	}
}

func (l *listener) serve(conn *net.TCPConn) bool {
	addr := conn.RemoteAddr().(*net.TCPAddr).AddrPort()
	s := &stream{
		listener: l, conn: conn, addr: netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.streams[s] = struct{}{}
	l.strangers.Add(1)
	l.wg.Go(s.read)
	return true
}

func (l *listener) close() error {
	err := l.conn.Close()
	l.mu.Lock()
	l.closed = true
	for s := range l.streams {
		s.close()
	}
	l.mu.Unlock()
	l.wg.Wait()
	return err
}

// stream is one ICE-TCP connection: frames of RFC 4571 both ways.
type stream struct {
	listener *listener
	conn     *net.TCPConn
	addr     netip.AddrPort
	target   atomic.Pointer[target] // nil: has not proved itself
	wake     chan struct{}          // something waits to be written
	done     chan struct{}
	once     sync.Once

	mu      sync.Mutex
	out     []byte // frames that wait
	writing int    // bytes of those being written
	with    scratch
}

func (s *stream) close() {
	s.once.Do(func() {
		close(s.done)
		_ = s.conn.Close()
	})
}

// know binds the connection to the line whose password it knew, unless it has ended or is another's.
func (s *stream) know(t *target) bool {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	if _, lives := s.listener.streams[s]; !lives {
		return false
	}
	before := s.target.Load()
	if before != nil && before.conn != t.conn {
		return false
	}
	s.target.Store(t)
	if before == nil {
		s.listener.strangers.Add(-1)
		_ = s.conn.SetReadDeadline(time.Time{})
		_ = tune(s.conn) // what the system does not know is only slower
		s.listener.wg.Go(s.drain)
	}
	return true
}

// read handles frames until the connection ends.
func (s *stream) read() {
	defer s.end()
	_ = s.conn.SetReadDeadline(time.Now().Add(proveWithin))
	in := bufio.NewReaderSize(s.conn, 2*maxDatagram)
	packet := make([]byte, maxDatagram)
	p := s.listener.owner
	for {
		n, err := readFrame(in, packet)
		if err != nil {
			return
		}
		b := p.batches.Get().(*Batch)
		at := time.Now()
		for err == nil {
			s.handle(b, packet[:n], at)
			if !frameWaits(in) {
				break
			}
			n, err = readFrame(in, packet)
		}
		p.release(b)
		if err != nil {
			return
		}
	}
}

func (s *stream) handle(b *Batch, packet []byte, at time.Time) {
	if len(packet) == 0 {
		return // RFC 4571 allows them
	}
	t := s.target.Load()
	if t != nil && packet[0]>>6 == 2 {
		t.conn.receive(b, t, packet, at)
		return
	}
	s.listener.owner.divert(t, origin{stream: s, addr: s.addr}, packet)
}

func (s *stream) end() {
	s.close()
	s.listener.mu.Lock()
	delete(s.listener.streams, s)
	t := s.target.Load()
	if t == nil {
		s.listener.strangers.Add(-1)
	}
	s.listener.mu.Unlock()
	if t != nil {
		t.conn.dropTargets(func(each *target) bool { return each.stream == s })
	}
}

func readFrame(in *bufio.Reader, packet []byte) (int, error) {
	prefix, err := in.Peek(lengthPrefix)
	if err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(prefix))
	if n > len(packet) {
		return 0, errors.New("link: frame longer than any packet")
	}
	if _, err := in.Discard(lengthPrefix); err != nil {
		return 0, err
	}
	_, err = io.ReadFull(in, packet[:n])
	return n, err
}

// frameWaits tells whether a whole frame is there without waiting for the network.
func frameWaits(in *bufio.Reader) bool {
	if in.Buffered() < lengthPrefix {
		return false
	}
	prefix, err := in.Peek(lengthPrefix)
	return err == nil && in.Buffered() >= lengthPrefix+int(binary.BigEndian.Uint16(prefix))
}

// room begins a frame of at most n bytes, if it still fits. It needs mu.
func (s *stream) room(n int) bool {
	return s.writing+len(s.out)+lengthPrefix+n <= streamQueue
}

// framed ends the frame that began at start. It needs mu.
func (s *stream) framed(start int) {
	binary.BigEndian.PutUint16(s.out[start:], uint16(len(s.out)-start-lengthPrefix))
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) sealRTP(keys *session, n int, roc uint32, header, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start := len(s.out); s.room(n) {
		s.out = keys.sealRTP(append(s.out, 0, 0), &s.with, roc, header, payload)
		s.framed(start)
	}
}

func (s *stream) sealRTCP(keys *session, n int, compound []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start := len(s.out); s.room(n) {
		s.out = keys.sealRTCP(append(s.out, 0, 0), &s.with, compound)
		s.framed(start)
	}
}

// write is for pion's packets.
func (s *stream) write(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start := len(s.out); s.room(len(b)) {
		s.out = append(append(s.out, 0, 0), b...)
		s.framed(start)
	}
}

// drain writes what waits until the connection ends.
func (s *stream) drain() {
	var chunk []byte
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		s.mu.Lock()
		chunk, s.out = s.out, chunk[:0]
		s.writing = len(chunk)
		s.mu.Unlock()
		if _, err := s.conn.Write(chunk); err != nil {
			s.close()
			return
		}
		s.mu.Lock()
		s.writing = 0
		s.mu.Unlock()
	}
}

func (s *stream) backlog() int {
	kernel := unsent(s.conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	return kernel + s.writing + len(s.out)
}
