package sfu

import (
	"bytes"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// follows fails unless p is the very next packet after before, later by between 1 and most units.
func follows(t *testing.T, before, p *rtp.Packet, most uint32) {
	t.Helper()
	if before == nil {
		return
	}
	if p.SSRC != before.SSRC || p.SequenceNumber != before.SequenceNumber+1 {
		t.Fatalf("packet %d of %d follows %d of %d", p.SequenceNumber, p.SSRC, before.SequenceNumber, before.SSRC)
	}
	if d := p.Timestamp - before.Timestamp; d == 0 || d > most {
		t.Fatalf("packet %d is %d later than the one before", p.SequenceNumber, int32(d))
	}
}

func TestForwardSound(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	b := newClient(t, s, nil, 2).join()
	mid := b.mid(Audio, 1)
	b.put(mid, a.peer.Source(Microphone))
	var before *rtp.Packet
	for i := range 300 { // over the wrap of both numbers
		payload := []byte{0x78, byte(i), byte(i >> 8)}
		a.sends[Microphone].write(t, uint16(65400+i), uint32(i*960)-9600, payload, nil)
		p := b.next(mid)
		follows(t, before, p, 960)
		if before != nil && p.Timestamp-before.Timestamp != 960 {
			t.Fatalf("packet %d: %d units later", i, p.Timestamp-before.Timestamp)
		}
		if !bytes.Equal(p.Payload, payload) {
			t.Fatalf("packet %d: payload %x", i, p.Payload)
		}
		before = p
	}
}

// pictureOf reads the numbers of a received frame.
func pictureOf(t *testing.T, p *rtp.Packet) (id uint16, level uint8) {
	t.Helper()
	pic, _, ok := readPicture(p.Payload)
	if !ok || !pic.wide {
		t.Fatalf("payload %x", p.Payload)
	}
	return pic.id, pic.level
}

func TestSwap(t *testing.T) {
	s := newServer(t, nil)
	films := []*film{
		{from: newClient(t, s, []Content{Microphone, Camera}, 0).join(), seq: 65000, ts: 4e9, id: 0x7ff0, level: 250},
		{from: newClient(t, s, []Content{Microphone, Camera}, 0).join(), seq: 17, ts: 5, id: 3},
	}
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Video, 0)
	var before *rtp.Packet
	for round := range 6 {
		f := films[round%2]
		b.put(mid, f.from.peer.Source(Camera))
		if round < 2 { // later its last key frame is still in the ring
			f.frame(t, false) // nothing to build on: must not come
		}
		f.frame(t, true)
		for i := range 20 {
			p := b.next(mid)
			follows(t, before, p, 90000*30) // a slow machine may need seconds for a round
			if key := startsKeyFrame(p.Payload); key != (i == 0) {
				t.Fatalf("round %d, frame %d: key frame %v", round, i, key)
			}
			if before != nil {
				id, level := pictureOf(t, p)
				idBefore, levelBefore := pictureOf(t, before)
				if id != (idBefore+1)&0x7fff || level != levelBefore+1 {
					t.Fatalf("round %d, frame %d: picture %d, %d after %d, %d", round, i, id, level, idBefore, levelBefore)
				}
			}
			before = p
			if i < 19 {
				f.frame(t, false)
			}
		}
	}
}

func TestEmptySlotIsSilent(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	c := newClient(t, s, []Content{Microphone}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Audio, 0)
	b.put(mid, a.peer.Source(Microphone))
	a.sends[Microphone].write(t, 1, 960, []byte{0x78, 1}, nil)
	first := b.next(mid)
	b.put(mid, nil)
	a.sends[Microphone].write(t, 2, 1920, []byte{0x78, 2}, nil)
	b.put(mid, c.peer.Source(Microphone))
	c.sends[Microphone].write(t, 9, 7, []byte{0x78, 3}, nil)
	p := b.next(mid)
	follows(t, first, p, 48000*30)
	if p.Payload[1] != 3 {
		t.Fatalf("payload %x", p.Payload)
	}
	c.peer.Close() // takes its source off
	b.put(mid, a.peer.Source(Microphone))
	a.sends[Microphone].write(t, 3, 2880, []byte{0x78, 4}, nil)
	follows(t, p, b.next(mid), 48000*30)
}

// A jump in the numbers is a broken line or another beginning: either way a key frame mends it, not a flood of NACKs.
func TestJump(t *testing.T) {
	for name, by := range map[string]uint16{"too many lost": 2 * maxLosses, "new beginning": maxDropout + 1} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, nil)
			f := &film{from: newClient(t, s, []Content{Camera}, 0).join()}
			b := newClient(t, s, nil, 1).join()
			mid, out := b.mid(Video, 0), f.from.sends[Camera]
			b.put(mid, f.from.peer.Source(Camera))
			f.frame(t, true)
			first := b.next(mid)
			for len(out.asked) > 0 {
				<-out.asked
			}
			f.seq += by
			f.frame(t, false)
			for r := range arrivals(t, out.asked, "request for a key frame") {
				if _, ok := r.(*rtcp.TransportLayerNack); ok {
					t.Error("asks for all that is missing")
				}
				if _, ok := r.(*rtcp.PictureLossIndication); ok {
					break
				}
			}
			f.frame(t, true)
			p := b.next(mid)
			for !startsKeyFrame(p.Payload) {
				p = b.next(mid)
			}
			if by > maxDropout {
				follows(t, first, p, 90000*30)
			}
		})
	}
}

func TestLateJoiner(t *testing.T) {
	s := newServer(t, nil)
	a := &film{from: newClient(t, s, []Content{Camera}, 0).join()}
	early := newClient(t, s, nil, 1).join()
	early.put(early.mid(Video, 0), a.from.peer.Source(Camera))
	a.frame(t, true)
	early.next(early.mid(Video, 0))
	for range onlyRing / 2 { // the key frame is too old to begin with
		a.frame(t, false)
		early.next(early.mid(Video, 0))
	}
	late := newClient(t, s, nil, 1).join()
	late.put(late.mid(Video, 0), a.from.peer.Source(Camera))
	for p := range arrivals(t, a.from.sends[Camera].asked, "request for a key frame") {
		if pli, ok := p.(*rtcp.PictureLossIndication); ok && pli.MediaSSRC == a.from.sends[Camera].ssrc {
			break
		}
	}
	a.frame(t, true)
	if p := late.next(late.mid(Video, 0)); !startsKeyFrame(p.Payload) {
		t.Fatalf("begins with %x", p.Payload)
	}
}

func TestBeginFromRing(t *testing.T) {
	s := newServer(t, nil)
	a := &film{from: newClient(t, s, []Content{Camera}, 0).join()}
	early := newClient(t, s, nil, 1).join()
	early.put(early.mid(Video, 0), a.from.peer.Source(Camera))
	for i := range 10 {
		a.frame(t, i == 0)
		early.next(early.mid(Video, 0))
	}
	late := newClient(t, s, nil, 1).join()
	late.put(late.mid(Video, 0), a.from.peer.Source(Camera))
	a.frame(t, false)
	var before *rtp.Packet
	for i := range 11 {
		p := late.next(late.mid(Video, 0))
		if startsKeyFrame(p.Payload) != (i == 0) {
			t.Fatalf("frame %d: %x", i, p.Payload)
		}
		follows(t, before, p, 3000)
		before = p
	}
}

func TestUndeclaredSSRCByMid(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 1)
	o := a.offer(nil)
	o.SDP = without(o.SDP, "a=ssrc")
	a.negotiate(o)
	a.reach(StateConnected)
	wait(t, a.joined, "connection")
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Audio, 0)
	b.put(mid, a.peer.Source(Microphone))
	out := a.sends[Microphone]
	out.write(t, 1, 960, []byte{0x78, 1}, nil) // whose is not said
	out.write(t, 2, 1920, []byte{0x78, 2}, map[string][]byte{uriMid: []byte(out.transceiver.Mid())})
	if p := b.next(mid); p.Payload[1] != 2 {
		t.Fatalf("payload %x", p.Payload)
	}
	out.write(t, 3, 2880, []byte{0x78, 3}, nil) // is remembered
	if p := b.next(mid); p.Payload[1] != 3 {
		t.Fatalf("payload %x", p.Payload)
	}
}

// A publisher may go on with another SSRC, and its first packets may be lost: the slot begins anew with a key frame.
func TestNewSSRC(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0)
	o := a.offer(nil)
	o.SDP = without(o.SDP, "a=ssrc")
	a.negotiate(o)
	a.reach(StateConnected)
	wait(t, a.joined, "connection")
	b := newClient(t, s, nil, 1).join()
	mid, out := b.mid(Video, 0), a.sends[Camera]
	b.put(mid, a.peer.Source(Camera))
	name := map[string][]byte{uriMid: []byte(out.transceiver.Mid())}
	out.write(t, 5, 9000, frame(true, 1, 1), name)
	first := b.next(mid)
	_, out.asked = a.inbox(out.ssrc + 1)
	out.ssrc++
	out.write(t, 60000, 77, frame(false, 9, 9), name)
	for p := range arrivals(t, out.asked, "request for a key frame") {
		if pli, ok := p.(*rtcp.PictureLossIndication); ok && pli.MediaSSRC == out.ssrc {
			break
		}
	}
	out.write(t, 60001, 3077, frame(true, 10, 10), name)
	p := b.next(mid)
	follows(t, first, p, 90000*30)
	if !startsKeyFrame(p.Payload) {
		t.Errorf("goes on with %x", p.Payload)
	}
}

func TestLoudness(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	b := newClient(t, s, nil, 1).join()
	if got := a.peer.Loudness(); got != 0 {
		t.Errorf("loudness %d before anything came", got)
	}
	if got := b.peer.Loudness(); got != 0 {
		t.Errorf("loudness %d of a listener", got)
	}
	mid := b.mid(Audio, 0)
	b.put(mid, a.peer.Source(Microphone))
	got := 0
	for i := 0; got != 100 && i < 1000; i++ { // a slow machine may take longer than the window for a packet
		a.sends[Microphone].write(t, uint16(i), uint32(i*960), []byte{0x78}, map[string][]byte{uriAudioLevel: {0x80 | 27}})
		b.next(mid)
		got = a.peer.Loudness()
	}
	if got != 100 {
		t.Errorf("loudness %d, want 100", got)
	}
}
