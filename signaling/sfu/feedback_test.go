package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// shown makes a bare peer with a picture on its only slot, of a source that somebody else publishes.
func shown(t testing.TB) (*Peer, *slot, *Source) {
	t.Helper()
	p := bare(t)
	lines := []section{
		{Line: Line{Mid: "0", Kind: Video}, receiving: true, formats: formats{vp8: 96, rtx: 97}, ext: extensions{mid: 1}},
		{Line: Line{Mid: "1", Kind: Audio}, content: Microphone, formats: formats{opus: 111, red: 63}, ssrcs: map[uint32]bool{7: false}},
	}
	p.slots = []*slot{newSlot(p, lines[0], 0)}
	p.sources = []*Source{newSource(p, lines[1])}
	p.wire(lines)
	from := bare(t)
	src := newSource(from, section{Line: Line{Mid: "2", Kind: Video}, content: Camera, formats: formats{vp8: 96}})
	p.slots[0].put(src)
	if !src.attach(p.slots[0]) {
		t.Fatal("the source is closed")
	}
	return p, p.slots[0], src
}

// shoot gives the source a frame of one packet.
func shoot(src *Source, seq *uint16, key bool, now time.Time) {
	*seq++
	h := &header{ssrc: 5, seq: *seq, ts: uint32(*seq) * 3000, payloadType: 96, payload: frame(key, *seq, uint8(*seq))}
	src.accept(nil, origin{line: &incoming{source: src, formats: formats{vp8: 96}}}, h, now)
}

// Repairs keep their own numbers, over their wrap and after more packets than a number has values, and the client can decrypt
// them.
func TestRepairNumbers(t *testing.T) {
	s := newServer(t, nil)
	a := &film{from: newClient(t, s, []Content{Camera}, 0).join()}
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Video, 0)
	to := b.peer.slot(mid)
	to.mu.Lock()
	to.head, to.sent, to.repairNext = 65500, 65500, 65532 // as after so many packets
	to.mu.Unlock()
	b.put(mid, a.from.peer.Source(Camera))
	var sent []*rtp.Packet
	for i := range 60 {
		a.frame(t, i == 0)
		sent = append(sent, b.next(mid))
	}
	if sent[59].SequenceNumber > 100 {
		t.Fatalf("at number %d", sent[59].SequenceNumber)
	}
	repairs, _ := b.inbox(b.ssrcs[mid][1])
	for i, n := range []int{3, 20, 30, 34, 35, 36, 40, 55} { // from before and after the wrap
		b.control(&rtcp.TransportLayerNack{MediaSSRC: b.ssrcs[mid][0], Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{sent[n].SequenceNumber})})
		p := wait(t, repairs, "repair")
		if p.SequenceNumber != uint16(65532+i) || !slices.Equal(p.Payload[2:], sent[n].Payload) || p.Timestamp != sent[n].Timestamp {
			t.Fatalf("repair %d of %d is %d: %x", i, sent[n].SequenceNumber, p.SequenceNumber, p.Payload)
		}
	}
}

// A client can make us do so much in a second and no more.
func TestStorm(t *testing.T) {
	p, to, src := shown(t)
	now := time.Unix(1e9, 0)
	var seq uint16
	for i := range 100 {
		shoot(src, &seq, i == 0, now)
	}
	storm, err := rtcp.Marshal([]rtcp.Packet{&rtcp.TransportLayerNack{MediaSSRC: to.ssrc, Nacks: []rtcp.NackPair{{PacketID: uint16(to.sent) - 16, LostPackets: 0xffff}}}})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 * feedbackRate {
		p.feedback(nil, storm, now)
	}
	if p.egress.toll.take(1, now) {
		t.Error("all of a storm is worked on")
	}
	if got := to.repairNext; p.egress.affords(repairBurst, now) || got == 0 {
		t.Errorf("repairs up to %d leave the burst untouched", got)
	}
	now = now.Add(2 * time.Second)
	if !p.egress.toll.take(feedbackRate/2, now) {
		t.Error("a storm is never over")
	}
}

// Sound is asked for again only where the repair comes in time, pictures only where pictures are sent.
func TestRepairsThatPay(t *testing.T) {
	p, to, src := shown(t)
	now := time.Unix(1e9, 0)
	var seq uint16
	for i := range 10 {
		shoot(src, &seq, i == 0, now)
	}
	repaired := func() bool {
		before := to.repairNext
		now = now.Add(time.Second)
		to.resend(nil, uint16(to.sent), now)
		return to.repairNext != before
	}
	if !repaired() {
		t.Error("a picture is not repaired")
	}
	p.egress.step.Store(uint32(rate.Sound))
	if repaired() {
		t.Error("a picture is repaired on a line that bears only sound")
	}
	p.egress.step.Store(uint32(rate.Full))
	times := 1
	for repaired() {
		times++
	}
	if times != maxResends {
		t.Errorf("a packet is sent again %d times", times)
	}
	ear := newSlot(p, section{Line: Line{Mid: "9", Kind: Audio}, formats: formats{opus: 111}}, 0)
	voice := newSource(src.peer, section{Line: Line{Mid: "3", Kind: Audio}, content: Microphone})
	ear.put(voice)
	voice.attach(ear)
	voice.accept(nil, origin{line: &incoming{source: voice, formats: formats{opus: 111}}}, &header{ssrc: 6, seq: 1, payloadType: 111, payload: []byte{0x78, 1}}, now)
	if ear.packets != 1 {
		t.Fatalf("%d packets of sound", ear.packets)
	}
	p.trip.Store(int64(soundRepairTrip + 1))
	if ear.resend(nil, uint16(ear.sent), now); ear.packets != 1 {
		t.Error("sound is repaired over a long way")
	}
	p.trip.Store(int64(soundRepairTrip))
	if ear.resend(nil, uint16(ear.sent), now); ear.packets != 2 {
		t.Error("sound is not repaired")
	}
}

// Nothing that a client sends as reports does harm.
func FuzzFeedback(f *testing.F) {
	p, to, src := shown(f)
	now := time.Unix(1e9, 0)
	var seq uint16
	for i := range 20 {
		shoot(src, &seq, i == 0, now)
	}
	for _, each := range []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 7, NTPTime: toNTP(now), RTPTime: 9, Reports: []rtcp.ReceptionReport{{SSRC: to.ssrc, FractionLost: 9}}},
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: to.ssrc, LastSenderReport: 1}}},
		&rtcp.TransportLayerNack{MediaSSRC: to.ssrc, Nacks: []rtcp.NackPair{{PacketID: uint16(to.sent), LostPackets: 5}}},
		&rtcp.PictureLossIndication{MediaSSRC: to.ssrc},
		&rtcp.FullIntraRequest{MediaSSRC: to.ssrc, FIR: []rtcp.FIREntry{{SSRC: to.ssrc}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1e6, SSRCs: []uint32{to.ssrc}},
		&rtcp.TransportLayerCC{
			Header:             rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
			BaseSequenceNumber: 1, PacketStatusCount: 1, ReferenceTime: 1,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1}},
			RecvDeltas:   []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}},
		},
	} {
		raw, err := rtcp.Marshal([]rtcp.Packet{each})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		now = now.Add(time.Second)
		p.feedback(nil, raw, now)
	})
}

// Nothing that a client sends as sound does harm, whole or redundant.
func FuzzReceive(f *testing.F) {
	p, _, _ := shown(f)
	ear := newSlot(p, section{Line: Line{Mid: "9", Kind: Audio}, formats: formats{opus: 111, red: 63}}, 0)
	ear.put(p.sources[0])
	p.sources[0].attach(ear)
	now := time.Unix(1e9, 0)
	for _, c := range []rtp.Packet{
		{Header: rtp.Header{Version: 2, SSRC: 7, PayloadType: 111, SequenceNumber: 1}, Payload: []byte{0x78, 1}},
		{Header: rtp.Header{Version: 2, SSRC: 7, PayloadType: 63, SequenceNumber: 9}, Payload: []byte{0x80 | 111, 0x0f, 0x00, 2, 111, 0x78, 1, 0x78, 2}},
	} {
		raw, err := c.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, uint8(0), uint8(1))
		f.Add(raw, uint8(1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, raw []byte, distance, frames uint8) {
		now = now.Add(20 * time.Millisecond)
		p.egress.mode.Store(&protection{distance: int(distance % 3), frames: int(frames % 4)})
		before := ear.head
		p.receive(nil, raw, now)
		if int32(ear.head-before) < 0 {
			t.Errorf("numbers go back from %d to %d", before, ear.head)
		}
	})
}
