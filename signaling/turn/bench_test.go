package turn_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/turn"
)

// BenchmarkRelay is what one packet of a client costs on its way to media and back, system calls of both ends included. The
// allocations are the client's, and two of crypto/tls.
func BenchmarkRelay(b *testing.B) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		b.Run(transport, func(b *testing.B) {
			h := newHouse(b)
			m := h.member(b, transport, h.Credentials("s1", time.Now()))
			if m.allocate() != 0 || m.bind(0x4000, h.media.addr.String()) != 0 {
				b.Fatal("no channel")
			}
			frame := append([]byte{0x40, 0, 1200 >> 8, 1200 & 0xff}, make([]byte, 1200)...)
			b.SetBytes(1200)
			b.ReportAllocs()
			for b.Loop() {
				m.raw(frame)
				if m.receive() == "" {
					b.Fatal("lost")
				}
			}
		})
	}
}

// BenchmarkForward is the server's part of one packet of a client by UDP alone: find the relay and the channel, and send.
func BenchmarkForward(b *testing.B) {
	h := newHouse(b)
	m := h.member(b, "udp", h.Credentials("s1", time.Now()))
	if m.allocate() != 0 || m.bind(0x4000, h.media.addr.String()) != 0 {
		b.Fatal("no channel")
	}
	local := m.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	from := netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	frame := append([]byte{0x40, 0, 1200 >> 8, 1200 & 0xff}, make([]byte, 1200)...)
	_ = h.media.conn.Close() // nothing comes back
	b.ReportAllocs()
	for b.Loop() {
		h.Feed(from, frame)
	}
}

// TestForwardAllocatesNothing per packet, in either form of it.
func TestForwardAllocatesNothing(t *testing.T) {
	h := newHouse(t)
	m := h.member(t, "udp", h.Credentials("s1", time.Now()))
	if m.allocate() != 0 || m.bind(0x4000, h.media.addr.String()) != 0 {
		t.Fatal("no channel")
	}
	local := m.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	from := netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	channel := append([]byte{0x40, 0, 0, 100}, make([]byte, 100)...)
	var b [turn.Headroom + turn.MaxPayload + 4]byte
	indication := turn.WrapData(b[:], 100, h.media.addr, [12]byte{1})
	indication[1] = 0x16 // what is sent instead of what is received
	_ = h.media.conn.Close()
	for name, frame := range map[string][]byte{"channel": channel, "indication": indication} {
		if n := testing.AllocsPerRun(1000, func() { h.Feed(from, frame) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
