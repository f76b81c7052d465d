package link

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
)

// receiver is a bare socket with the keys of one line of ours.
type receiver struct {
	*pair
	conn *Conn
	udp  *net.UDPConn
	at   uint16 // last number sent
}

func newReceiver(t testing.TB, p *Port, addr string) *receiver {
	t.Helper()
	udp, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	if err != nil {
		t.Fatal(err)
	}
	_ = udp.SetReadBuffer(4 << 20)
	t.Cleanup(func() { _ = udp.Close() })
	r := &receiver{pair: newPair(t, dtls.SRTP_AEAD_AES_128_GCM), udp: udp, conn: &Conn{port: p}}
	to := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	r.conn.session.Store(r.ours)
	r.conn.target.Store(&target{conn: r.conn, socket: p.sockets[0], addr: to, name: newSockaddr(to)})
	return r
}

// send puts the next packet of that size into the batch.
func (r *receiver) send(b *Batch, size int) {
	r.at++
	payload := make([]byte, size)
	binary.BigEndian.PutUint16(payload, r.at)
	r.conn.SendRTP(b, 0, header(r.at), payload)
}

// gets reads the next packet that came, 0 when none waits for it.
func (r *receiver) gets() (seq uint16, size int) {
	r.t.Helper()
	_ = r.udp.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 70_000)
	n, err := r.udp.Read(buf)
	if err != nil {
		r.t.Fatal(err)
	}
	plain, err := r.in.DecryptRTP(nil, buf[:n], nil)
	if err != nil {
		r.t.Fatalf("a packet of %d bytes: %v", n, err)
	}
	var p rtp.Packet
	if err := p.Unmarshal(plain); err != nil {
		r.t.Fatal(err)
	}
	return binary.BigEndian.Uint16(p.Payload), len(p.Payload)
}

func (r *receiver) expects(sizes ...int) {
	r.t.Helper()
	for i, want := range sizes {
		seq, size := r.gets()
		if int(seq) != i+1 || size != want {
			r.t.Fatalf("packet %d of %d bytes, want %d of %d", seq, size, i+1, want)
		}
	}
}

// sizes has runs of equal lengths, shorter and longer ends, and single packets.
var sizes = []int{1000, 1000, 1000, 400, 1000, 1200, 1200, 60, 60, 61, 60, 1100, 1100}

func TestBatchOrder(t *testing.T) {
	test := func(name string, change func(*Config)) {
		t.Run(name, func(t *testing.T) {
			p := open(t, change)
			var all []*receiver
			for range 5 {
				all = append(all, newReceiver(t, p, "127.0.0.1:0"))
			}
			b := p.Batch()
			for _, size := range sizes {
				for _, r := range all {
					r.send(b, size)
				}
			}
			b.Flush()
			for _, r := range all {
				r.expects(sizes...)
			}
			b.Flush() // nothing more
			all[0].send(b, 7)
			b.Flush()
			if seq, size := all[0].gets(); seq != 14 || size != 7 {
				t.Errorf("packet %d of %d bytes", seq, size)
			}
		})
	}
	test("fast", nil)
	test("portable", func(c *Config) { c.portable = true })
}

// TestBatchFull has more packets and bytes than any one message or batch takes.
func TestBatchFull(t *testing.T) {
	p := open(t, nil)
	r, other := newReceiver(t, p, "127.0.0.1:0"), newReceiver(t, p, "127.0.0.1:0")
	b := p.Batch()
	var want, small []int
	for range 300 {
		r.send(b, 1200)
		other.send(b, 40)
		want, small = append(want, 1200), append(small, 40)
	}
	b.Flush()
	r.expects(want...)
	other.expects(small...)
	if r.conn.target.Load().plain.Load() {
		t.Error("a message was longer than the system takes")
	}
	r.conn.SendRTP(b, 0, header(1), make([]byte, maxDatagram)) // longer than anybody may send
	r.conn.SendRTP(b, 0, header(1)[:11], nil)                  // no header
	r.conn.SendRTCP(b, make([]byte, 7))
	if b.used != 0 {
		t.Error("what is no packet was sent")
	}
}

// TestBatchOfTheClosed: an address may be another's by the time of the flush.
func TestBatchOfTheClosed(t *testing.T) {
	for _, portable := range []bool{false, true} {
		p := open(t, func(c *Config) { c.portable = portable })
		gone, stays := newReceiver(t, p, "127.0.0.1:0"), newReceiver(t, p, "127.0.0.1:0")
		b := p.Batch()
		gone.send(b, 100)
		stays.send(b, 100)
		gone.conn.closing.Store(true)
		b.Flush()
		stays.expects(100)
		gone.conn.closing.Store(false)
		gone.send(b, 50)
		b.Flush()
		if seq, size := gone.gets(); seq != 2 || size != 50 {
			t.Errorf("packet %d of %d bytes after the end", seq, size)
		}
	}
}

func TestSendFromManyGoroutines(t *testing.T) {
	p := open(t, nil)
	r := newReceiver(t, p, "127.0.0.1:0")
	done := make(chan struct{})
	const goroutines, each = 4, 200
	for g := range goroutines {
		go func() {
			b := p.Batch()
			for i := range each {
				payload := make([]byte, 100)
				if seq := uint16(g*each + i); i%2 == 0 {
					r.conn.SendRTP(nil, 0, header(seq), payload)
				} else {
					r.conn.SendRTP(b, 0, header(seq), payload)
					r.conn.SendRTCP(b, make([]byte, 12))
					b.Flush()
				}
			}
			done <- struct{}{}
		}()
	}
	for range goroutines {
		await(t, "a goroutine", done)
	}
	seen := map[uint16]bool{}
	for range goroutines * each * 3 / 2 {
		buf := make([]byte, maxDatagram)
		_ = r.udp.SetReadDeadline(time.Now().Add(patience))
		n, err := r.udp.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if buf[1] == 0 { // the reports here have type 0
			continue
		}
		if _, err := r.in.DecryptRTP(nil, buf[:n], nil); err != nil {
			t.Fatal(err)
		}
		seen[binary.BigEndian.Uint16(buf[2:])] = true
	}
	if len(seen) != goroutines*each {
		t.Errorf("%d different packets, want %d", len(seen), goroutines*each)
	}
}
