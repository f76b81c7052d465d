package sfu

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

func TestThousandCandidates(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 1)
	o := a.offer(nil)
	o.SDP = strings.Replace(o.SDP, "a=sendonly\r\n", "a=sendonly\r\n"+strings.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 1000), 1)
	a.negotiate(o)
	a.reach(StateConnected)
}

// One client does all it can, and so do strangers at the port; the others' sound goes on without a gap, and nobody else is
// asked for more than before.
func TestHostileClientHarmsNobody(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, []Content{Microphone}, 1).join()
	evil := newClient(t, s, []Content{Microphone, Camera}, 1).join()
	mid, sight := b.mid(Audio, 0), evil.mid(Video, 0)
	b.put(mid, a.peer.Source(Microphone))
	evil.put(evil.mid(Audio, 0), a.peer.Source(Microphone))
	evil.put(sight, a.peer.Source(Camera))
	a.sends[Camera].write(t, 1, 3000, frame(true, 1, 1, 1), nil)
	a.sends[Microphone].write(t, 1, 960, []byte{0x78, 1}, nil)
	before := b.next(mid)
	evil.next(sight)
	stranger, err := net.Dial("udp", s.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	begun, sc := time.Now(), scene{a: a, evil: evil, heard: mid, seen: sight, of: before.SSRC, stranger: stranger}

	for i, attack := range sc.attacks(t) {
		for n := range attack.times {
			attack.do(n)
		}
		seq := uint16(2 + i)
		a.sends[Microphone].write(t, seq, uint32(seq)*960, []byte{0x78, byte(seq)}, nil)
		p := b.next(mid)
		if p.SequenceNumber != before.SequenceNumber+1 || p.Payload[1] != byte(seq) {
			t.Fatalf("after %s: packet %d after %d: %x", attack.name, p.SequenceNumber, before.SequenceNumber, p.Payload)
		}
		before = p
	}
	asked, most := 0, 3+int(time.Since(begun)/keyFrameEvery)
	for len(a.sends[Camera].asked) > 0 {
		if _, ok := (<-a.sends[Camera].asked).(*rtcp.PictureLossIndication); ok {
			asked++
		}
	}
	if asked > most {
		t.Errorf("the talker was asked for a key frame %d times, %d are enough", asked, most)
	}
}

// scene is who is there: a talks, another hears, evil does harm.
type scene struct {
	a, evil     *client
	heard, seen string // slots: of the one who hears, and evil's of a's picture
	of          uint32 // SSRC of what is heard
	stranger    net.Conn
}

// attack is done so many times.
type attack struct {
	name  string
	do    func(i int)
	times int
}

func (sc scene) attacks(t *testing.T) []attack {
	victim, out, own := sc.a.sends[Microphone].ssrc, sc.evil.sends[Microphone], sc.evil.ssrcs[sc.seen][0]
	spoofed := &track{ssrc: victim, context: out.context, payloadType: out.payloadType}
	return []attack{
		{"a storm of wishes for key frames", func(i int) {
			sc.evil.control(&rtcp.PictureLossIndication{MediaSSRC: own}, &rtcp.FullIntraRequest{MediaSSRC: own, FIR: []rtcp.FIREntry{{SSRC: own, SequenceNumber: uint8(i)}}})
		}, 2000},
		{"a storm of reports", func(i int) {
			sc.evil.control(&rtcp.PictureLossIndication{SenderSSRC: victim, MediaSSRC: sc.of})
			sc.evil.control(&rtcp.ReceiverReport{SSRC: victim, Reports: []rtcp.ReceptionReport{{SSRC: sc.of, FractionLost: 255, LastSenderReport: 1}}})
			sc.evil.control(&rtcp.SenderReport{SSRC: victim, NTPTime: 1, RTPTime: 1}, &rtcp.Goodbye{Sources: []uint32{victim, sc.of}})
			sc.evil.control(&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1, SSRCs: []uint32{sc.of}})
			sc.evil.control(&rtcp.TransportLayerCC{
				Header:    rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
				MediaSSRC: sc.of, BaseSequenceNumber: uint16(i), PacketStatusCount: 1,
				PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 1}},
			})
		}, 2000},
		{"a storm of wishes for all packets there were", func(i int) {
			for _, of := range []uint32{sc.of, own} {
				sc.evil.control(&rtcp.TransportLayerNack{MediaSSRC: of, Nacks: []rtcp.NackPair{{PacketID: uint16(i), LostPackets: 0xffff}}})
			}
		}, 2000},
		{"reports that are none", func(i int) {
			raw := rtcp.RawPacket{0x80 | byte(i&31), byte(200 + i%8), byte(i), byte(i >> 3), 1, 2, 3, 4, byte(i), 0xff, 0xff, 0xff}
			sc.evil.control(&raw)
		}, 2000},
		{"another's SSRC", func(i int) {
			spoofed.write(t, uint16(2+i), 7, []byte{0x78, 0xff}, nil)
			spoofed.write(t, uint16(2+i), 7, []byte{0x78, 0xff}, map[string][]byte{uriMid: []byte("1")})
		}, 200},
		{"packets of all sizes", func(i int) {
			out.write(t, uint16(i), 0, make([]byte, 1400), nil)
			out.write(t, uint16(i), 0, nil, nil)
			sc.evil.sends[Camera].write(t, uint16(i)*999, uint32(i)*77777, []byte{0x90}, nil)
			sc.evil.sends[Camera].write(t, uint16(i)*999, uint32(i)*77777, frame(true, 1, 1, make([]byte, 1300)...), nil)
		}, 200},
		{"a thousand SSRCs", func(i int) {
			(&track{ssrc: uint32(i), context: out.context, payloadType: byte(i)}).write(t, 1, 1, []byte{1}, map[string][]byte{uriMid: []byte("0")})
		}, 1000},
		{"a hundred ways anew", func(int) { sc.evil.negotiate(sc.evil.offer(&webrtc.OfferOptions{ICERestart: true})) }, 100},
		{"looks everywhere", func(i int) {
			sc.evil.peer.Show([]View{{Mid: sc.seen, Height: i}, {Mid: "no such line", Height: 1 << 30}, {Mid: sc.heard}})
		}, 2000},
		{"wrong seats", func(int) {
			again := Offer{SDP: sc.evil.pc.LocalDescription().SDP, Published: []Published{{"0", Screen}, {"1", Microphone}}}
			if _, err := sc.evil.peer.Answer(t.Context(), again); err == nil {
				t.Error("lines change their seats")
			}
			if err := sc.evil.peer.Put(sc.heard, sc.a.peer.Source(Camera)); err == nil {
				t.Error("a picture on a line of sound")
			}
		}, 1},
		{"strangers at the port", func(i int) {
			for _, first := range []byte{0, 1, 22, 128, 0xff} { // STUN, its answer, DTLS, RTP, nothing
				datagram := append([]byte{first, byte(i)}, make([]byte, i%1400)...)
				_, _ = sc.stranger.Write(datagram) // the kernel may have enough of them
			}
		}, 2000},
	}
}

func TestSimulcastOffer(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0)
	var encodings []*encoding
	for _, rid := range []string{"q", "h", "f"} {
		encodings = append(encodings, &encoding{track: &track{content: Camera}, rid: rid})
	}
	transceiver, err := a.pc.AddTransceiverFromTrack(encodings[0], webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range encodings[1:] {
		if err := transceiver.Sender().AddEncoding(each); err != nil {
			t.Fatal(err)
		}
	}
	for i, each := range encodings {
		each.transceiver, each.ssrc = transceiver, uint32(transceiver.Sender().GetParameters().Encodings[i].SSRC)
	}
	a.sends[Camera] = encodings[0].track
	answer := a.negotiate(a.offer(nil))
	for _, part := range []string{"a=simulcast:recv q;h;f\r\n", "a=rid:q recv\r\n", "a=rid:f recv\r\n"} {
		if !strings.Contains(answer.SDP, part) {
			t.Errorf("no %q in the answer", part)
		}
	}
	a.reach(StateConnected)
	wait(t, a.joined, "connection")
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Video, 0)
	b.put(mid, a.peer.Source(Camera))
	for i, each := range encodings {
		each.write(t, 1, 0, frame(true, 1, 1, byte(i)), map[string][]byte{uriMid: []byte(transceiver.Mid()), uriRid: []byte(each.rid)})
	}
	if p := b.next(mid); !startsKeyFrame(p.Payload) {
		t.Errorf("begins with %x", p.Payload)
	}
	if got := a.peer.Uplink(); got.Layers != 3 || got.Step.String() != "full" {
		t.Errorf("at the beginning the client should send %+v", got)
	}
	// Browsers name an encoding only until they know that it is known; another offer changes nothing in that.
	a.negotiate(a.offer(nil))
	for _, each := range encodings {
		each.write(t, 2, 3000, frame(true, 2, 2, 9), nil)
	}
	for b.next(mid).Payload[6] != 9 {
		continue // an encoding of the frame before
	}
	a.negotiate(a.offer(&webrtc.OfferOptions{ICERestart: true}))
}

// encoding is one of several of a camera.
type encoding struct {
	*track
	rid string
}

func (e *encoding) RID() string { return e.rid }
