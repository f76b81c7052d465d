package sfu

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// BenchmarkForward counts a packet of one source sent to n listeners, per packet sent: with encryption and the loopback.
func BenchmarkForward(b *testing.B) {
	for _, n := range []int{1, 7, 20} {
		b.Run(fmt.Sprintf("listeners=%d", n), func(b *testing.B) { benchmarkForward(b, n) })
	}
}

func benchmarkForward(b *testing.B, n int) {
	s := newServer(b, nil)
	from := newClient(b, s, []Content{Camera}, 1)
	from.negotiate(from.offer(nil))
	for range n {
		to := newClient(b, s, nil, 1)
		to.blind.Store(true)
		to.join()
		to.put(to.mid(Video, 0), from.peer.Source(Camera))
	}
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 120, SSRC: from.sends[Camera].ssrc}, Payload: frame(true, 1, 1, make([]byte, 1100)...)}
	raw, err := p.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	batch := s.port.Batch()
	now := time.Now()
	next := func() {
		now = now.Add(time.Millisecond) // else it were a flood
		p.SequenceNumber++
		p.Timestamp += 90
		raw[2], raw[3] = byte(p.SequenceNumber>>8), byte(p.SequenceNumber)
		raw[4], raw[5], raw[6], raw[7] = byte(p.Timestamp>>24), byte(p.Timestamp>>16), byte(p.Timestamp>>8), byte(p.Timestamp)
		from.peer.receive(batch, raw, now)
		batch.Flush()
	}
	for range onlyRing { // the ring gets its memory
		next()
	}
	b.ReportAllocs()
	sent := 0
	for b.Loop() {
		// One iteration is one packet sent: every n-th receives one.
		if sent%n == 0 {
			next()
		}
		sent++
	}
}

// What is said for every packet allocates nothing, however it is put together.
func TestForwardAllocatesNothing(t *testing.T) {
	p, to, src := shown(t)
	now := time.Unix(1e9, 0)
	var seq uint16
	shoot(src, &seq, true, now)
	camera := origin{line: &incoming{source: src, formats: formats{vp8: 96}}}
	frameHeader := header{ssrc: 5, payloadType: 96, payload: frame(false, 1, 1, make([]byte, 1000)...)}
	picture := func() {
		seq++
		frameHeader.seq = seq
		frameHeader.ts = uint32(seq) * 3000
		now = now.Add(20 * time.Millisecond)
		src.accept(nil, camera, &frameHeader, now)
	}
	for range onlyRing {
		picture()
	}
	ear := newSlot(p, section{Line: Line{Mid: "9", Kind: Audio}, formats: formats{opus: 111, red: 63}, ext: extensions{transport: 3}}, 0)
	voice := newSource(src.peer, section{Line: Line{Mid: "3", Kind: Audio}, content: Microphone})
	ear.put(voice)
	voice.attach(ear)
	line := &incoming{source: voice, formats: formats{opus: 111, red: 63}}
	h := header{ssrc: 6, payloadType: 111, payload: make([]byte, 60)}
	sound := func() {
		h.seq++
		h.ts += 960
		now = now.Add(20 * time.Millisecond)
		voice.accept(nil, origin{line: line}, &h, now)
	}
	check := func(name string, slot *slot, do func()) {
		t.Helper()
		for range 100 {
			do()
		}
		before := slot.packets
		if got := testing.AllocsPerRun(200, do); got != 0 {
			t.Errorf("%s: %v allocations a packet", name, got)
		}
		if slot.packets == before {
			t.Errorf("%s: nothing is sent", name)
		}
	}
	check("pictures", to, picture)
	check("sound", ear, sound)
	p.egress.mode.Store(&protection{distance: 2})
	check("sound with copies", ear, sound)
	p.egress.mode.Store(&protection{frames: 3, distance: 1})
	check("packed sound with copies", ear, sound)
	h.payload, h.payloadType = append([]byte{0x80 | 111, 0x0f, 0, 60, 111}, make([]byte, 120)...), 63
	check("sound that comes with copies", ear, sound)
}
