package sfu

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/samtale/samtale/signaling/sfu/rate"
	"github.com/samtale/samtale/signaling/sfu/sound"
)

// talk is a talker and one listener whose line nobody looks at but the test.
type talk struct {
	t    *testing.T
	from *client
	to   *client
	mid  string
	slot *slot
	seq  uint16
	last *rtp.Packet
}

func newTalk(t *testing.T) *talk {
	t.Helper()
	s := newServer(t, nil)
	from := newClientOf(t, s, PeerConfig{}, []Content{Microphone}, 0, redundancy).join()
	to := newClientOf(t, s, PeerConfig{}, nil, 1, redundancy).join()
	s.stop()
	s.wg.Wait()
	k := &talk{t: t, from: from, to: to, mid: to.mid(Audio, 0), seq: 65530}
	to.put(k.mid, from.peer.Source(Microphone))
	k.slot = to.peer.slot(k.mid)
	return k
}

// frameOf is a frame of 20 ms that tells its number.
func frameOf(n uint16) []byte { return []byte{0x78, byte(n >> 8), byte(n)} }

func timeOf(n uint16) uint32 { return uint32(int32(int16(n))) * 960 }

func (k *talk) say() uint16 {
	k.t.Helper()
	k.seq++
	k.from.sends[Microphone].write(k.t, k.seq, timeOf(k.seq), frameOf(k.seq), nil)
	return k.seq
}

// hear fails unless the next packet follows the last one, of that type, later by so many frames.
func (k *talk) hear(payloadType uint8, frames uint32) *rtp.Packet {
	k.t.Helper()
	p := k.to.next(k.mid)
	if p.PayloadType != payloadType {
		k.t.Fatalf("packet %d is of type %d: %x", p.SequenceNumber, p.PayloadType, p.Payload)
	}
	if k.last != nil {
		follows(k.t, k.last, p, math.MaxInt32)
		if got := p.Timestamp - k.last.Timestamp; got != frames*960 {
			k.t.Fatalf("packet %d is %d units later", p.SequenceNumber, got)
		}
	}
	k.last = p
	return p
}

func TestPacking(t *testing.T) {
	k := newTalk(t)
	mode := k.to.peer.egress.mode.Store
	n := k.say()
	if p := k.hear(109, 0); !bytes.Equal(p.Payload, frameOf(n)) {
		t.Fatalf("plain: %x", p.Payload)
	}
	mode(&protection{frames: 3})
	for round := range 3 {
		first := k.say()
		k.say()
		k.say()
		p := k.hear(109, []uint32{1, 3, 3}[round])
		if samples, ok := sound.Duration(p.Payload); !ok || samples != 3*frameSamples || !bytes.HasSuffix(p.Payload, slices.Concat(frameOf(first)[1:], frameOf(first + 1)[1:], frameOf(first + 2)[1:])) {
			t.Fatalf("packed: %x of %d samples", p.Payload, samples)
		}
	}
	n = k.say()
	k.say()
	k.seq++ // is lost: the run ends
	k.say()
	if p := k.hear(109, 3); !bytes.HasSuffix(p.Payload, slices.Concat(frameOf(n)[1:], frameOf(n + 1)[1:])) {
		t.Fatalf("before a gap: %x", p.Payload)
	}
	mode(&protection{})
	n = k.say() // what waits goes first
	if p := k.hear(109, 3); !bytes.Equal(p.Payload, frameOf(n-1)) {
		t.Fatalf("left over: %x", p.Payload)
	}
	if p := k.hear(109, 1); !bytes.Equal(p.Payload, frameOf(n)) {
		t.Fatalf("plain again: %x", p.Payload)
	}

	// Who falls silent is heard to the end.
	mode(&protection{frames: 3})
	n = k.say()
	for !k.waits() {
		runtime.Gosched()
	}
	k.slot.expire(nil, time.Now().Add(packedWait+time.Second))
	if p := k.hear(109, 1); !bytes.Equal(p.Payload, frameOf(n)) {
		t.Fatalf("the last: %x", p.Payload)
	}
}

func (k *talk) waits() bool {
	k.slot.mu.Lock()
	defer k.slot.mu.Unlock()
	return k.slot.voice.packer.Waiting() > 0
}

// blocks takes a redundant packet apart: earlier frames with how much earlier they are, and its own.
func (k *talk) blocks(p *rtp.Packet) (frames [][]byte, offsets []uint16) {
	k.t.Helper()
	var out [sound.MaxBlocks]sound.Block
	n, ok := sound.SplitRED(p.Payload, &out)
	if !ok {
		k.t.Fatalf("no RED: %x", p.Payload)
	}
	for _, b := range out[:n] {
		if b.PayloadType != 109 {
			k.t.Fatalf("RED of type %d", b.PayloadType)
		}
		frames, offsets = append(frames, b.Data), append(offsets, b.Offset)
	}
	return frames, offsets
}

func TestRedundancyIsAdded(t *testing.T) {
	k := newTalk(t)
	k.to.peer.egress.mode.Store(&protection{distance: 2})
	for i := range 5 {
		n := k.say()
		frames, offsets := k.blocks(k.hear(63, 1))
		if len(frames) != min(i, 2)+1 {
			t.Fatalf("packet %d has %d frames", i, len(frames))
		}
		for j := range frames {
			if back := len(frames) - 1 - j; !bytes.Equal(frames[j], frameOf(n-uint16(back))) || offsets[j] != uint16(960*back) {
				t.Fatalf("packet %d: frame %d is %x, %d units before", i, j, frames[j], offsets[j])
			}
		}
	}
	k.to.peer.egress.mode.Store(&protection{})
	k.say()
	k.hear(109, 1)
	k.to.peer.egress.mode.Store(&protection{frames: 3, distance: 1})
	for i := range 3 {
		for range 3 {
			k.say()
		}
		frames, offsets := k.blocks(k.hear(63, []uint32{1, 3, 3}[i]))
		if len(frames) != min(i, 1)+1 || i > 0 && offsets[0] != 3*frameSamples {
			t.Fatalf("packed: frames %x at %v", frames, offsets)
		}
	}
}

// A listener without RED gets the frames, and those of packets that were lost on the talker's line in their places.
func TestRedundancyIsTakenOff(t *testing.T) {
	k := newTalk(t)
	send := func(seq uint16, back ...uint16) {
		var payload []byte
		for _, b := range back {
			header := uint32(b)*960<<10 | 3
			payload = append(payload, 0x80|109, byte(header>>16), byte(header>>8), byte(header))
		}
		payload = append(payload, 109)
		for _, b := range back {
			payload = append(payload, frameOf(seq-b)...)
		}
		k.from.sends[Microphone].writeAs(t, 63, seq, timeOf(seq), append(payload, frameOf(seq)...), nil)
	}
	hear := func(want uint16) {
		t.Helper()
		if p := k.hear(109, 1); !bytes.Equal(p.Payload, frameOf(want)) {
			t.Fatalf("%x, want %x", p.Payload, frameOf(want))
		}
	}
	send(10)
	hear(10)
	send(11, 1)
	hear(11)
	send(13, 1) // 12 was lost
	hear(12)
	hear(13)
	send(16, 2, 1) // two were
	hear(14)
	hear(15)
	hear(16)
	send(18, 2, 1)
	hear(17)
	hear(18)
	send(19, 1) // what has come is not sent again
	hear(19)
}

func TestSilencedLeavesNoGap(t *testing.T) {
	k := newTalk(t)
	for _, mode := range []protection{{}, {frames: 3}} {
		k.to.peer.egress.mode.Store(&mode)
		say := func() {
			for range 3 {
				k.say()
			}
			p := k.to.next(k.mid)
			follows(t, k.last, p, math.MaxInt32)
			k.last = p
			for !mode.packs() && k.last.Payload[2] != byte(k.seq) {
				k.hear(109, 1)
			}
		}
		say()
		k.slot.silence(true)
		for range 9 {
			k.say()
		}
		src := k.from.peer.Source(Microphone)
		for { // until all have come
			src.mu.Lock()
			came := uint16(src.layers[0].highest) == k.seq
			src.mu.Unlock()
			if came {
				break
			}
			runtime.Gosched()
		}
		k.slot.silence(false)
		say()
	}
}

func TestLoudest(t *testing.T) {
	var l loudest
	now := time.Unix(1e9, 0)
	check := func(name string, after time.Duration, levels []int, want ...int) {
		t.Helper()
		now = now.Add(after)
		chosen := l.choose(levels, now)
		got := slices.DeleteFunc(slices.Sorted(slices.Values(chosen[:])), func(i int) bool { return i == none })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v are heard, want %v", name, got, want)
		}
	}
	check("nobody speaks", 0, []int{0, 0, 0, 0})
	check("one begins", 50*time.Millisecond, []int{0, 0, 100, 0}, 2)
	check("another", 50*time.Millisecond, []int{0, 0, 100, 90}, 2, 3)
	check("a third, not as loud", time.Second, []int{80, 0, 100, 90}, 2, 3)
	check("a third, louder", 50*time.Millisecond, []int{95, 0, 100, 90}, 2, 3)
	check("not for long", louderFor-time.Millisecond, []int{95, 0, 100, 90}, 2, 3)
	check("long enough", time.Millisecond, []int{95, 0, 100, 90}, 0, 2)
	check("one goes on", time.Second, []int{0, 0, 100, 0}, 0, 2)
	check("a pause", time.Minute, []int{0, 0, 0, 0}, 0, 2)
	check("one takes a silent place at once", 50*time.Millisecond, []int{0, 90, 0, 60}, 1, 2)
	check("a short cough does not count", 50*time.Millisecond, []int{100, 90, 70, 60}, 1, 2)
	check("it is over", louderFor, []int{0, 90, 70, 60}, 1, 2)
	check("who spoke last keeps the place", time.Minute, []int{0, 0, 0, 60}, 1, 3)
	check("a slot has gone", louderFor, []int{0, 90}, 1)
}

func TestGuard(t *testing.T) {
	var g guard
	now := time.Unix(1e9, 0)
	check := func(name string, after time.Duration, loss float64, want int) {
		t.Helper()
		now = now.Add(after)
		if got := g.next(loss, now); got != want {
			t.Errorf("%s: distance %d, want %d", name, got, want)
		}
	}
	check("clean", 0, 0, 0)
	check("a little", time.Second, 0.02, 0)
	check("some", time.Second, 0.03, 1)
	check("much", time.Second, 0.09, 2)
	check("less", guardFor-time.Millisecond, 0.03, 2)
	check("less for long", time.Millisecond, 0.03, 1)
	check("hardly any", time.Hour, 0.01, 1)
	check("clean again", guardFor-time.Millisecond, 0, 1)
	check("clean for long", time.Millisecond, 0, 0)
	check("hardly any does not begin it", time.Second, 0.01, 0)
}

// Copies go beside the sound as far as the line has room for them, and packets get longer where it is narrow, but not while
// a queue drains.
func TestShield(t *testing.T) {
	g := guard{}
	now := time.Unix(1e9, 0)
	talkers, red := 1, true
	check := func(name string, after time.Duration, r rate.Reading, frames, copies int) {
		t.Helper()
		now = now.Add(after)
		if got, want := g.pack(r, talkers, red, now), (rate.Bundle{Frames: frames, Copies: copies}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	const second = time.Second
	check("a good line", 0, reading(2_000_000, 0, 0, 0), 1, 0)
	check("loss", second, reading(2_000_000, 0, 0, .05), 1, 1)
	check("much loss", second, reading(2_000_000, 0, 0, .1), 1, 2)
	check("the line becomes narrow, and drains", second, reading(40_000, 95_000, 500*time.Millisecond, .1), 1, 2)
	check("it has", second, reading(80_000, 0, 0, .1), 1, 1)
	check("narrower", second, reading(57_000, 0, 0, .1), 3, 1)
	check("a little wider", second, reading(66_000, 0, 0, .1), 3, 1)
	check("a little wider for long", bundleFor, reading(66_000, 0, 0, .1), 2, 1)
	talkers = 2
	check("another talks", second, reading(66_000, 0, 0, .1), 3, 0)
	talkers = 1
	check("a pause", second, reading(66_000, 0, 0, .1), 2, 1)
	check("full", second, reading(30_000, 36_000, 150*time.Millisecond, .1), 3, 0)
	check("nobody knows what is beyond", bundleFor, reading(36_000, 0, 0, .1), 3, 0)
	check("so it is tried", tryAfter, reading(36_000, 0, 0, .1), 3, 1)
	check("in vain", second, reading(36_000, 0, 150*time.Millisecond, .1), 3, 0)
	check("not again soon", second, reading(36_000, 0, 0, .1), 3, 0)
	red = false
	check("a client without RED", tryAfter, reading(66_000, 0, 0, .1), 1, 0)
}

func reading(bps, carries int, queue time.Duration, loss float64) rate.Reading {
	return rate.Reading{Rate: bps, Carries: carries, Queue: queue, AudioLoss: loss}
}
