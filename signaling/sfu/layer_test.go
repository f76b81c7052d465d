package sfu

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// simulcast makes a client whose camera has three encodings.
func simulcast(t *testing.T, s *Server) *client {
	t.Helper()
	c := newClient(t, s, []Content{Microphone, Camera}, 0)
	o := c.offer(nil)
	parts := strings.SplitAfter(without(o.SDP, "a=ssrc"), "\r\nm=")
	for i, part := range parts {
		if strings.HasPrefix(part, "video") {
			parts[i] = strings.Replace(part, "a=sendonly\r\n", "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\na=sendonly\r\n", 1)
		}
	}
	o.SDP = strings.Join(parts, "")
	a, err := c.peer.Answer(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	text := without(without(a.SDP, "a=rid"), "a=simulcast") // this client's engine has not offered them
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text}); err != nil {
		t.Fatal(err)
	}
	c.reach(StateConnected)
	wait(t, c.joined, "the client's side of the connection")
	return c
}

// tier is one of a camera's.
type tier struct {
	out  *track
	name map[string][]byte
	ssrc uint32
	film
}

func encodings(c *client) [maxLayers]*tier {
	var all [maxLayers]*tier
	out := c.sends[Camera]
	for i, rid := range []string{"q", "h", "f"} {
		e := &tier{out: out, ssrc: uint32(1000 * (i + 1)), film: film{seq: uint16(100 * i), ts: uint32(7777 * i), id: uint16(50 * i)}}
		e.name = map[string][]byte{uriMid: []byte(out.transceiver.Mid()), uriRid: []byte(rid)}
		all[i] = e
	}
	return all
}

// frame sends a frame of one packet whose last byte is the height's.
func (e *tier) frame(t *testing.T, key bool) {
	t.Helper()
	e.seq++
	e.ts += 3000
	e.id++
	e.level++
	e.out.ssrc = e.ssrc
	e.out.write(t, e.seq, e.ts, frame(key, e.id, e.level, byte(e.ssrc/1000)), e.name)
}

func encodingOf(p *rtp.Packet) int { return int(p.Payload[len(p.Payload)-1]) - 1 }

// asksFor waits until the server asks for a key frame of that encoding.
func asksFor(t *testing.T, c *client, e *tier) {
	t.Helper()
	_, asked := c.inbox(e.ssrc)
	for r := range arrivals(t, asked, "request for a key frame") {
		if pli, ok := r.(*rtcp.PictureLossIndication); ok && pli.MediaSSRC == e.ssrc {
			return
		}
	}
}

func TestEncodings(t *testing.T) {
	s := newServer(t, nil)
	a := simulcast(t, s)
	b := newClient(t, s, nil, 1).join()
	mid, src := b.mid(Video, 0), a.peer.Source(Camera)
	b.peer.Show([]View{{Mid: mid, Height: 720}})
	b.put(mid, src)
	all := encodings(a)
	var before *rtp.Packet
	next := func(name string, want int, key bool) {
		t.Helper()
		p := b.next(mid)
		if encodingOf(p) != want || startsKeyFrame(p.Payload) != key {
			t.Fatalf("%s: %x", name, p.Payload)
		}
		follows(t, before, p, 90000*30)
		if before != nil {
			id, _ := pictureOf(t, p)
			if idBefore, _ := pictureOf(t, before); id != (idBefore+1)&0x7fff {
				t.Fatalf("%s: picture %d after %d", name, id, idBefore)
			}
		}
		before = p
	}
	all[0].frame(t, true)
	next("the first there is", 0, true)
	if got := src.watched(); got != 3 {
		t.Errorf("%d encodings are wanted of a picture shown large", got)
	}
	all[0].frame(t, false)
	next("goes on", 0, false)
	all[2].frame(t, false) // there is a better one: its key frame is asked for
	asksFor(t, a, all[2])
	all[0].frame(t, false)
	next("goes on meanwhile", 0, false)
	all[2].frame(t, true)
	next("the best", 2, true)
	all[0].frame(t, false)
	all[1].frame(t, false)
	all[2].frame(t, false)
	next("no other", 2, false)

	// The sender stops the best: the next one is asked for and taken.
	src.mu.Lock()
	src.layers[2].lastAt = time.Now().Add(-stoppedAfter)
	src.layers[0].lastAt = src.layers[2].lastAt
	src.mu.Unlock()
	all[1].frame(t, false)
	asksFor(t, a, all[1])
	all[1].frame(t, true)
	next("the best of the rest", 1, true)

	// The view grows small, is closed, and opened again.
	b.peer.Show([]View{{Mid: mid, Height: 90}})
	all[0].frame(t, true)
	next("a small view", 0, true)
	if got := src.watched(); got != 1 {
		t.Errorf("%d encodings are wanted of a picture shown small", got)
	}
	b.peer.Show([]View{{Mid: mid}})
	if src.watched() != 0 || b.peer.Paused(mid) {
		t.Error("a picture that is not shown is watched, or held back")
	}
	all[0].frame(t, false)
	b.peer.Show(nil)
	all[1].frame(t, false)
	next("shown again, from its last key frame", 1, true)
	next("shown again", 1, false)

	b.peer.SetSoundOnly(true)
	if !b.peer.Paused(mid) || b.peer.Downlink().Why != "choice" {
		t.Errorf("sound only: paused %v, %+v", b.peer.Paused(mid), b.peer.Downlink())
	}
	all[1].frame(t, true)
	b.peer.SetSoundOnly(false)
	all[1].frame(t, true)
	next("after sound only", 1, true)
}

// Repairs of an encoding are known by the name of what they repair.
func TestEncodingIsRepaired(t *testing.T) {
	s := newServer(t, nil)
	a := simulcast(t, s)
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Video, 0)
	b.put(mid, a.peer.Source(Camera))
	e := encodings(a)[1]
	e.frame(t, true)
	first := b.next(mid)
	e.seq++ // is lost
	e.frame(t, false)
	b.next(mid)
	_, asked := a.inbox(e.ssrc)
	for r := range arrivals(t, asked, "NACK") {
		if nack, ok := r.(*rtcp.TransportLayerNack); ok && nack.Nacks[0].PacketID == e.seq-1 {
			break
		}
	}
	name := map[string][]byte{uriMid: e.name[uriMid], uriRepairedRid: []byte("h")}
	e.out.ssrc = 9999
	e.out.writeAs(t, e.out.repairType, 5, e.ts, append([]byte{byte((e.seq - 1) >> 8), byte(e.seq - 1)}, frame(false, 7, 7, 2)...), name)
	if p := b.next(mid); p.SequenceNumber != first.SequenceNumber+1 {
		t.Fatalf("the repair is %d after %d", p.SequenceNumber, first.SequenceNumber)
	}
}

// Only so many SSRCs are remembered; what says itself whose it is goes on all the same.
func TestManySSRCs(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid, out := b.mid(Audio, 0), a.sends[Microphone]
	b.put(mid, a.peer.Source(Microphone))
	name := map[string][]byte{uriMid: []byte(out.transceiver.Mid())}
	for i := range 3 * maxLearned {
		out.ssrc = uint32(100 + i)
		out.write(t, uint16(i), uint32(i*960), []byte{0x78, byte(i)}, name)
		if p := b.next(mid); p.Payload[1] != byte(i) {
			t.Fatalf("packet %d is %x", i, p.Payload)
		}
	}
	if got := len(*a.peer.wiring.Load().known.Load()); got > maxLearned+8 {
		t.Errorf("%d SSRCs are remembered", got)
	}
}
