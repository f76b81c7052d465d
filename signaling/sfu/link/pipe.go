package link

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v4"
)

// pipeQueue holds more than two agents ever say to each other at once; a flood only displaces itself.
const pipeQueue = 32

// datagram is a copy of a packet on its way to pion.
type datagram struct {
	bytes *[maxDatagram]byte
	n     int
	from  origin
}

var buffers = sync.Pool{New: func() any { return new([maxDatagram]byte) }}

func copied(packet []byte, from origin) datagram {
	b := buffers.Get().(*[maxDatagram]byte)
	return datagram{bytes: b, n: copy(b[:], packet), from: from}
}

func (d datagram) into(b []byte) int {
	n := copy(b, d.bytes[:d.n])
	buffers.Put(d.bytes)
	return n
}

// pipe is what the agent takes for the socket of one of its candidates. It lets only those in who know the password.
type pipe struct {
	conn     *Conn
	password string // ours, of this generation
	local    net.Addr
	queue    chan datagram
	done     chan struct{}
	once     sync.Once
}

func newPipe(c *Conn, password string, local net.Addr) *pipe {
	return &pipe{conn: c, password: password, local: local, queue: make(chan datagram, pipeQueue), done: make(chan struct{})}
}

// push never waits.
func (p *pipe) push(packet []byte, from origin) {
	select {
	case <-p.done:
		return
	default:
	}
	if len(packet) > maxDatagram || len(p.queue) == cap(p.queue) {
		return // the copy is saved; who fills the gap in between is dropped below
	}
	d := copied(packet, from)
	select {
	case p.queue <- d:
	default:
		buffers.Put(d.bytes)
	}
}

// indication is a STUN Binding indication (RFC 8445 section 11): the agent takes it as a sign of life.
var indication = func() []byte {
	b := make([]byte, stunHeader)
	binary.BigEndian.PutUint16(b, 0x0011)
	binary.BigEndian.PutUint32(b[4:], stunCookie)
	return b
}()

// ReadFromAddrPort is the agent's reading.
func (p *pipe) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		select {
		case <-p.done:
			return 0, netip.AddrPort{}, io.EOF
		case d := <-p.queue:
			from := d.from
			n := d.into(b)
			if p.admit(b[:n], from) {
				return n, from.addr, nil
			}
		}
	}
}

// admit checks a request's MESSAGE-INTEGRITY and with it learns the sender. Everything else came from one who was learned
// before, or from ourselves.
func (p *pipe) admit(packet []byte, from origin) bool {
	if len(packet) < 2 || packet[0] != 0 || packet[1] != 1 {
		return true
	}
	m := stun.Message{Raw: packet}
	if m.Decode() != nil || stun.NewShortTermIntegrity(p.password).Check(&m) != nil {
		return false
	}
	return p.conn.learn(p, from, time.Now())
}

// WriteToAddrPort is the agent's writing, only ever to those who were admitted.
func (p *pipe) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if t := p.conn.find(p, netip.AddrPortFrom(to.Addr().Unmap(), to.Port())); t != nil {
		t.send(b)
	}
	return len(b), nil
}

// ReadFrom is for net.PacketConn.
func (p *pipe) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := p.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteTo is for net.PacketConn.
func (p *pipe) WriteTo(b []byte, to net.Addr) (int, error) {
	addr, err := netip.ParseAddrPort(to.String())
	if err != nil {
		return 0, err
	}
	return p.WriteToAddrPort(b, addr)
}

// LocalAddr is the candidate's.
func (p *pipe) LocalAddr() net.Addr { return p.local }

// Close ends reading. What is queued is left to the garbage collector.
func (p *pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// SetDeadline and its two parts do nothing: the agent ends its reading by Close, and writing never waits.
func (p *pipe) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (p *pipe) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }
