package sfu

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// reporter tells the server how packets arrive, as browsers do.
type reporter struct {
	c        *client
	id       uint8 // of the extension
	recorder *twcc.Recorder
	born     time.Time
}

func newReporter(c *client) *reporter {
	return &reporter{c: c, id: c.peer.slots[0].transport, recorder: twcc.NewRecorder(1), born: time.Now()}
}

// drain notes what has come on all slots.
func (r *reporter) drain() {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	for ssrc, packets := range r.c.packets {
		for len(packets) > 0 {
			if value := (<-packets).GetExtension(r.id); len(value) == 2 {
				r.recorder.Record(ssrc, binary.BigEndian.Uint16(value), time.Since(r.born).Microseconds())
			}
		}
	}
}

// A client that reports arrivals begins with a careful line and is soon sent all on a good one.
func TestLineIsFeltOut(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, nil, 1)
	b.numbered = true
	b.join()
	r := newReporter(b)
	b.put(b.mid(Audio, 0), a.peer.Source(Microphone))
	b.put(b.mid(Video, 0), a.peer.Source(Camera))
	if d := b.peer.Downlink(); d.Step < rate.Sound {
		t.Errorf("begins at %v", d)
	}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	f := &film{from: a}
	began := time.Now()
	for i := 0; time.Since(began) < 2*patience; i++ { // what a busy machine delays looks like a queue; rate has the figures
		<-ticker.C
		a.sends[Microphone].write(t, uint16(i), uint32(i*960), make([]byte, 60), nil)
		f.frame(t, i%50 == 0)
		r.drain()
		if i%5 == 0 {
			for _, each := range r.recorder.BuildFeedbackPacket() {
				b.control(each)
			}
		}
		if b.peer.Downlink().Step <= rate.Reduced {
			return
		}
	}
	t.Fatalf("still at %v", b.peer.Downlink())
}

// Pictures are held back for the line's sake, sound is not; they return with a key frame where they have left off.
func TestPicturesArePaused(t *testing.T) {
	p, to, src := shown(t)
	now := time.Unix(1e9, 0)
	var seq uint16
	shoot(src, &seq, true, now)
	shoot(src, &seq, false, now)
	if to.packets != 2 || p.egress.paused("0") {
		t.Fatalf("%d packets, paused %v", to.packets, p.egress.paused("0"))
	}
	// The client says that its line takes no more than sound.
	p.egress.believe(100_000, now)
	for d := time.Duration(0); d < 2*time.Second; d += 50 * time.Millisecond {
		p.egress.tick(nil, now.Add(d))
	}
	now = now.Add(2 * time.Second)
	if !p.egress.paused("0") || p.egress.downlink().Step != rate.Sound || p.egress.downlink().Why != rate.Slow {
		t.Fatalf("after two seconds: paused %v, %+v", p.egress.paused("0"), p.egress.downlink())
	}
	if src.watched() != 0 {
		t.Error("what nobody is sent is still watched")
	}
	head := to.head
	shoot(src, &seq, true, now)
	if to.head != head {
		t.Error("a picture is sent")
	}
	p.egress.step.Store(uint32(rate.Full))
	p.egress.reading.Rate = trustedRate
	p.egress.allot(now)
	if p.egress.paused("0") || src.watched() == 0 {
		t.Fatal("the picture does not return")
	}
	now = now.Add(10 * time.Second)
	shoot(src, &seq, false, now)
	shoot(src, &seq, false, now)
	if to.head != head+3 { // the key frame that has passed is not too old to begin with
		t.Errorf("%d packets after the pause", to.head-head)
	}
}

// A slow line is sent what it takes, bit by bit, and what is too much is left out so that nobody asks for it.
func TestSlowLineIsPaced(t *testing.T) {
	p, to, src := shown(t)
	e := &p.egress
	p.paced.Store(true) // the server's ticker is away
	now := time.Unix(1e9, 0)
	var seq uint16
	shoot(src, &seq, true, now)
	e.pacer.SetRate(100_000, now)
	e.pacing.Store(true)
	for range 60 { // of about 80 bytes each, 5 ms apart: more than the rate
		now = now.Add(5 * time.Millisecond)
		shoot(src, &seq, false, now)
		e.release(nil, now)
	}
	bytes, _ := e.pacer.Waiting()
	sent := int(to.packets) * 90 * 8
	if bytes == 0 || sent > 80_000 || sent < 20_000 {
		t.Errorf("%d bits are sent in 300 ms, %d bytes wait", sent, bytes)
	}
	for bytes, _ = e.pacer.Waiting(); bytes > 0; bytes, _ = e.pacer.Waiting() {
		now = now.Add(5 * time.Millisecond)
		e.release(nil, now)
	}
	if to.joined && to.sent != to.head {
		t.Errorf("%d is sent of %d", to.sent, to.head)
	}
}

// When the line becomes narrow what waits is thrown away at once, and nothing but sound is sent.
func TestBrakeClearsTheQueue(t *testing.T) {
	p, to, src := shown(t)
	e := &p.egress
	p.paced.Store(true) // the server's ticker is away
	now := time.Unix(1e9, 0)
	var seq uint16
	shoot(src, &seq, true, now)
	e.pacer.SetRate(100_000, now)
	e.pacing.Store(true)
	for range 60 {
		now = now.Add(5 * time.Millisecond)
		shoot(src, &seq, false, now)
		e.release(nil, now)
	}
	if bytes, _ := e.pacer.Waiting(); bytes == 0 {
		t.Fatal("nothing waits")
	}
	sent := to.packets
	e.mu.Lock()
	e.brake(now)
	e.mu.Unlock()
	if bytes, _ := e.pacer.Waiting(); bytes > 0 {
		t.Errorf("%d bytes wait", bytes)
	}
	shoot(src, &seq, true, now)
	e.release(nil, now)
	if to.packets != sent {
		t.Errorf("%d packets are sent", to.packets-sent)
	}
}
