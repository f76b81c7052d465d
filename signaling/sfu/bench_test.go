package sfu

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// nowhere takes packets and does nothing: what is left is the package's own work.
type nowhere struct{}

func (nowhere) WriteRTP(h *rtp.Header, payload []byte) (int, error) { return len(payload), nil }
func (nowhere) Write(raw []byte) (int, error)                       { return len(raw), nil }

// BenchmarkForward counts a packet of one source sent to n slots, per packet sent: through pion's encryption and the
// loopback, and the package's own part of that.
func BenchmarkForward(b *testing.B) {
	for _, n := range []int{1, 8, 24} {
		b.Run(fmt.Sprintf("wire/slots=%d", n), func(b *testing.B) { benchmarkForward(b, n, nil) })
		b.Run(fmt.Sprintf("own/slots=%d", n), func(b *testing.B) { benchmarkForward(b, n, nowhere{}) })
	}
}

func benchmarkForward(b *testing.B, n int, writer webrtc.TrackLocalWriter) {
	s := newServer(b, nil)
	from := newClient(b, s, []Content{Camera}, 1)
	from.negotiate(from.offer(nil))
	to := newClient(b, s, nil, n)
	to.blind.Store(true)
	to.join()
	for i := range n {
		to.put(to.mid(Video, i), from.peer.Source(Camera))
	}
	if writer != nil {
		for _, each := range to.peer.slots {
			each.writer = writer
		}
	}
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 120, SSRC: from.sends[Camera].ssrc}, Payload: frame(true, 1, 1, make([]byte, 1100)...)}
	raw, err := p.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	in := &inbound{peer: from.peer, ssrc: p.SSRC}
	now := time.Now()
	b.ReportAllocs()
	sent := 0
	for b.Loop() {
		// One iteration is one packet sent: every n-th receives one.
		if sent%n == 0 {
			p.SequenceNumber++
			p.Timestamp += 3000
			raw[2], raw[3] = byte(p.SequenceNumber>>8), byte(p.SequenceNumber)
			raw[4], raw[5], raw[6], raw[7] = byte(p.Timestamp>>24), byte(p.Timestamp>>16), byte(p.Timestamp>>8), byte(p.Timestamp)
			from.peer.receive(in, raw, now)
		}
		sent++
	}
}
