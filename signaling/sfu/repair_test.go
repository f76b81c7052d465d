package sfu

import (
	"slices"
	"testing"

	"github.com/pion/rtcp"
)

// asks waits until the server asks for exactly these packets again.
func (w *track) asks(t *testing.T, want ...uint16) {
	t.Helper()
	for p := range arrivals(t, w.asked, "NACK") {
		if nack, ok := p.(*rtcp.TransportLayerNack); ok {
			var got []uint16
			for _, pair := range nack.Nacks {
				got = append(got, pair.PacketList()...)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("asks for %v, want %v", got, want)
			}
			return
		}
	}
}

func TestUplinkLossIsRepaired(t *testing.T) {
	for name, repair := range map[string]func(t *testing.T, w *track, seq uint16, ts uint32, payload []byte){
		"retransmission stream": func(t *testing.T, w *track, seq uint16, ts uint32, payload []byte) {
			w.repair(t, 500+seq, seq, ts, payload)
		},
		"same stream": func(t *testing.T, w *track, seq uint16, ts uint32, payload []byte) { w.write(t, seq, ts, payload, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, nil)
			a := newClient(t, s, []Content{Camera}, 0).join()
			b := newClient(t, s, nil, 1).join()
			mid, out := b.mid(Video, 0), a.sends[Camera]
			b.put(mid, a.peer.Source(Camera))
			out.write(t, 65534, 0, frame(true, 1, 1), nil)
			first := b.next(mid)
			out.write(t, 1, 9000, frame(false, 4, 4), nil) // 65535 and 0 are lost
			if p := b.next(mid); p.SequenceNumber != first.SequenceNumber+3 {
				t.Fatalf("packet %d after %d", p.SequenceNumber, first.SequenceNumber)
			}
			out.asks(t, 65535, 0)
			repair(t, out, 65535, 3000, frame(false, 2, 2, 7))
			repair(t, out, 65535, 3000, frame(false, 2, 2, 7)) // once is enough
			repair(t, out, 0, 6000, frame(false, 3, 3, 8))
			for i, last := range []byte{7, 8} {
				p := b.next(mid)
				if p.SequenceNumber != first.SequenceNumber+1+uint16(i) || p.Timestamp != first.Timestamp+3000*uint32(i+1) || p.Payload[len(p.Payload)-1] != last {
					t.Fatalf("repair %d is %d, %d: %x", i, p.SequenceNumber, p.Timestamp, p.Payload)
				}
			}
		})
	}
}

// The first packet of a key frame comes as a repair, after the rest: the picture begins all the same.
func TestLateKeyFrameStart(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Camera}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid, out := b.mid(Video, 0), a.sends[Camera]
	b.put(mid, a.peer.Source(Camera))
	out.write(t, 10, 0, frame(false, 1, 1), nil)
	rest := frame(false, 2, 2, 9)
	rest[0] &^= 0x10                  // not the start of a partition
	out.write(t, 12, 3000, rest, nil) // of the key frame whose start, 11, is lost
	out.asks(t, 11)
	out.repair(t, 500, 11, 3000, frame(true, 2, 2))
	first := b.next(mid)
	if !startsKeyFrame(first.Payload) {
		t.Fatalf("begins with %x", first.Payload)
	}
	if p := b.next(mid); p.SequenceNumber != first.SequenceNumber+1 || p.Payload[len(p.Payload)-1] != 9 {
		t.Fatalf("then %d: %x", p.SequenceNumber, p.Payload)
	}
}

func TestUnmendableLossAsksForKeyFrame(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Camera}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid, out := b.mid(Video, 0), a.sends[Camera]
	b.put(mid, a.peer.Source(Camera))
	f := &film{from: a}
	f.frame(t, true)
	b.next(mid)
	for len(out.asked) > 0 { // what was asked until the first frame
		<-out.asked
	}
	f.seq++ // lost for ever
	asked := 0
	for {
		f.frame(t, false)
		b.next(mid)
		p := wait(t, out.asked, "NACK or PLI")
		switch p.(type) {
		case *rtcp.TransportLayerNack:
			asked++
		case *rtcp.PictureLossIndication:
			if asked == 0 || asked > nackTries {
				t.Fatalf("asked %d times before the key frame", asked)
			}
			return
		}
	}
}

func TestListenerIsRepaired(t *testing.T) {
	s := newServer(t, nil)
	a := &film{from: newClient(t, s, []Content{Microphone, Camera}, 0).join(), seq: 65530}
	c := &film{from: newClient(t, s, []Content{Camera}, 0).join(), seq: 300}
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Video, 0)
	b.put(mid, a.from.peer.Source(Camera))
	var sent [][]byte
	var numbers []uint16
	for i := range 20 {
		if i == 10 {
			b.put(mid, c.from.peer.Source(Camera))
		}
		f := a
		if i >= 10 {
			f = c
		}
		f.frame(t, i%10 == 0)
		p := b.next(mid)
		sent, numbers = append(sent, p.Payload), append(numbers, p.SequenceNumber)
	}
	for _, i := range []int{3, 13} { // from before the swap and after it
		b.control(&rtcp.TransportLayerNack{MediaSSRC: b.ssrcs[mid][0], Nacks: rtcp.NackPairsFromSequenceNumbers(numbers[i : i+2])})
		for n := i; n < i+2; n++ {
			if p := b.nextRepair(mid); p.SequenceNumber != numbers[n] || !slices.Equal(p.Payload, sent[n]) {
				t.Fatalf("repair of %d is %d: %x, want %x", numbers[n], p.SequenceNumber, p.Payload, sent[n])
			}
		}
	}

	sound := b.mid(Audio, 0) // has no stream of its own for repairs
	b.put(sound, a.from.peer.Source(Microphone))
	a.from.sends[Microphone].write(t, 5, 960, []byte{0x78, 5}, nil)
	first := b.next(sound)
	b.control(&rtcp.TransportLayerNack{MediaSSRC: first.SSRC, Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{first.SequenceNumber})})
	if p := b.next(sound); p.SequenceNumber != first.SequenceNumber || !slices.Equal(p.Payload, first.Payload) {
		t.Fatalf("repair of %d is %d", first.SequenceNumber, p.SequenceNumber)
	}
}

func TestListenerAsksForKeyFrame(t *testing.T) {
	for name, ask := range map[string]func(ssrc uint32) rtcp.Packet{
		"PLI": func(ssrc uint32) rtcp.Packet { return &rtcp.PictureLossIndication{MediaSSRC: ssrc} },
		"FIR": func(ssrc uint32) rtcp.Packet {
			return &rtcp.FullIntraRequest{MediaSSRC: ssrc, FIR: []rtcp.FIREntry{{SSRC: ssrc}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, nil)
			a := &film{from: newClient(t, s, []Content{Camera}, 0).join()}
			b := newClient(t, s, nil, 1).join()
			mid, out := b.mid(Video, 0), a.from.sends[Camera]
			b.put(mid, a.from.peer.Source(Camera))
			a.frame(t, true)
			p := b.next(mid)
			for len(out.asked) > 0 {
				<-out.asked
			}
			b.control(ask(p.SSRC))
			for p := range arrivals(t, out.asked, "request for a key frame") {
				if _, ok := p.(*rtcp.PictureLossIndication); ok {
					return
				}
			}
		})
	}
}
