package sfu

import (
	"strings"
	"testing"

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

// One client does all it can; the others' sound goes on without a gap.
func TestHostileClientHarmsNobody(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, []Content{Microphone}, 1).join()
	evil := newClient(t, s, []Content{Microphone, Camera}, 1).join()
	mid := b.mid(Audio, 0)
	b.put(mid, a.peer.Source(Microphone))
	a.sends[Microphone].write(t, 1, 960, []byte{0x78, 1}, nil)
	before := b.next(mid)
	hears := func(name string, seq uint16) {
		t.Helper()
		a.sends[Microphone].write(t, seq, uint32(seq)*960, []byte{0x78, byte(seq)}, nil)
		p := b.next(mid)
		if p.SequenceNumber != before.SequenceNumber+1 || p.Payload[1] != byte(seq) {
			t.Fatalf("after %s: packet %d after %d: %x", name, p.SequenceNumber, before.SequenceNumber, p.Payload)
		}
		before = p
	}
	victim, out := a.sends[Microphone].ssrc, evil.sends[Microphone]

	for i := range 2000 {
		evil.control(
			&rtcp.PictureLossIndication{SenderSSRC: victim, MediaSSRC: before.SSRC},
			&rtcp.TransportLayerNack{MediaSSRC: before.SSRC, Nacks: []rtcp.NackPair{{PacketID: uint16(i), LostPackets: 0xffff}}},
		)
		evil.control(&rtcp.ReceiverReport{SSRC: victim, Reports: []rtcp.ReceptionReport{{SSRC: before.SSRC, FractionLost: 255, LastSenderReport: 1}}})
		evil.control(&rtcp.SenderReport{SSRC: victim, NTPTime: 1, RTPTime: 1}, &rtcp.Goodbye{Sources: []uint32{victim, before.SSRC}})
		evil.control(&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1, SSRCs: []uint32{before.SSRC}})
		evil.control(&rtcp.TransportLayerCC{
			Header:    rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
			MediaSSRC: before.SSRC, BaseSequenceNumber: uint16(i), PacketStatusCount: 1,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 1}},
		})
	}
	hears("a storm of reports", 2)

	spoofed := &track{ssrc: victim, context: out.context, payloadType: out.payloadType}
	for i := range 200 {
		spoofed.write(t, uint16(2+i), 7, []byte{0x78, 0xff}, nil)
		spoofed.write(t, uint16(2+i), 7, []byte{0x78, 0xff}, map[string][]byte{uriMid: []byte("1")})
	}
	hears("another's SSRC", 3)

	for i := range 200 {
		out.write(t, uint16(i), 0, make([]byte, 1400), nil)
		out.write(t, uint16(i), 0, nil, nil)
		evil.sends[Camera].write(t, uint16(i)*999, uint32(i)*77777, []byte{0x90}, nil)
		evil.sends[Camera].write(t, uint16(i)*999, uint32(i)*77777, frame(true, 1, 1, make([]byte, 1300)...), nil)
	}
	hears("packets of all sizes", 4)

	for i := range 1000 {
		(&track{ssrc: uint32(i), context: out.context, payloadType: byte(i)}).write(t, 1, 1, []byte{1}, map[string][]byte{uriMid: []byte("0")})
	}
	hears("a thousand SSRCs", 5)

	again := Offer{SDP: evil.pc.LocalDescription().SDP, Published: []Published{{"0", Screen}, {"1", Microphone}}}
	if _, err := evil.peer.Answer(t.Context(), again); err == nil {
		t.Error("lines change their seats")
	}
	if err := evil.peer.Put(mid, a.peer.Source(Camera)); err == nil {
		t.Error("a picture on a line of sound")
	}
	hears("wrong seats", 6)
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
