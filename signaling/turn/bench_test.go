package turn_test

import (
	"testing"
	"time"
)

// BenchmarkRelay is what one packet of a client costs on its way to media and back, system calls of both ends included.
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
