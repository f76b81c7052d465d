package rate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// paced drives a pacer and notes what goes and what is dropped.
type paced struct {
	*Pacer[string]
	at      time.Duration
	gone    []string
	dropped []string
}

func newPaced(bps int) *paced {
	p := &paced{}
	p.Pacer = NewPacer(func(v string, _ Packet) { p.dropped = append(p.dropped, v) })
	p.SetRate(bps, epoch)
	return p
}

func (p *paced) now() time.Time { return epoch.Add(p.at) }

// frame offers a frame of so many packets of 1000 bytes, and reports how many were taken.
func (p *paced) frame(name string, k Packet, packets int) int {
	taken := 0
	k.Size = 1000
	for i := range packets {
		v := fmt.Sprintf("%s%d", name, i)
		switch {
		case p.Pass(k, p.now()):
			p.gone = append(p.gone, v)
		case !p.Push(k, v, p.now()):
			continue
		}
		taken++
	}
	return taken
}

// run pops for a time, each 5 ms.
func (p *paced) run(d time.Duration) {
	for end := p.at + d; p.at < end; p.at += 5 * ms {
		for v, ok := p.Pop(p.now()); ok; v, ok = p.Pop(p.now()) {
			p.gone = append(p.gone, v)
		}
	}
}

func (p *paced) check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestPacerOff(t *testing.T) {
	p := newPaced(0)
	if n := p.frame("a", Packet{Frame: 1}, 100); n != 100 || len(p.gone) != 100 {
		t.Errorf("%d taken, %d gone", n, len(p.gone))
	}
	if p.ring != nil {
		t.Error("it holds memory for nothing")
	}
	if n := p.Spare(p.now()); n != 0 {
		t.Errorf("spare %d", n)
	}
}

func TestPacerOrder(t *testing.T) {
	p := newPaced(800_000) // a packet each 10 ms
	p.frame("fill", Packet{Frame: 1}, 4)
	p.frame("rest", Packet{Stream: 1, Frame: 1, Temporal: 2}, 2)
	p.frame("base", Packet{Stream: 2, Frame: 1}, 2)
	p.frame("after", Packet{Stream: 1, Frame: 2}, 1) // a base frame, but its stream has begun another
	p.frame("repair", Packet{Stream: 1, Repair: true}, 1)
	p.gone = nil
	p.run(200 * ms)
	p.check(t, "gone", p.gone, "repair0", "fill1", "fill2", "fill3", "base0", "base1", "rest0", "rest1", "after0")
	p.check(t, "dropped", p.dropped)
}

func TestPacerRate(t *testing.T) {
	p := newPaced(400_000)
	p.run(sec)
	frames := 0
	for i := range uint32(100) { // 4 s of twice as much
		p.frame("f", Packet{Frame: i}, 4)
		if p.NeedsKey(0) {
			p.frame("key", Packet{Frame: 1000 + i, Key: true}, 4)
			frames++
		}
		p.run(40 * ms)
	}
	if bps := len(p.gone) * 8000 / 4; bps < 340_000 || bps > 480_000 {
		t.Errorf("%d bit/s of 400,000", bps)
	}
	if frames == 0 || frames > 20 {
		t.Errorf("%d key frames", frames)
	}
	if _, wait := p.Waiting(); wait > 450*ms {
		t.Errorf("waits %v", wait)
	}
}

func TestPacerKeyFrame(t *testing.T) {
	gone := func(k Packet) (n int) {
		p := newPaced(400_000) // a packet each 20 ms
		p.run(sec)
		p.frame("f", k, 12)
		p.run(100 * ms)
		return len(p.gone)
	}
	plain, key := gone(Packet{Frame: 1}), gone(Packet{Frame: 1, Key: true})
	if plain > 9 || key < plain+4 || key > 16 {
		t.Errorf("in 100 ms %d packets, %d of a key frame", plain, key)
	}
}

func TestPacerSound(t *testing.T) {
	p := newPaced(80_000)
	p.run(100 * ms)
	for range 20 { // sound takes all of it
		p.Charge(100, p.now())
		p.run(10 * ms)
	}
	p.frame("f", Packet{Frame: 1}, 1)
	p.frame("g", Packet{Frame: 2}, 1)
	p.gone = nil
	for range 10 {
		p.Charge(100, p.now())
		p.run(10 * ms)
	}
	if len(p.gone) > 1 {
		t.Errorf("%v went before sound", p.gone)
	}
	if n := p.Spare(p.now()); n > 0 {
		t.Errorf("padding before sound: %d", n)
	}
}

func TestPacerDrops(t *testing.T) {
	full := func() *paced { // 200 ms wait of one stream
		p := newPaced(400_000)
		p.frame("first", Packet{Frame: 1}, 12)
		return p
	}
	t.Run("frames nobody needs first", func(t *testing.T) {
		p := full()
		if n := p.frame("T2", Packet{Frame: 2, Temporal: 2}, 2); n != 0 {
			t.Error("a frame of the highest layer was taken")
		}
		if n := p.frame("T1", Packet{Frame: 3, Temporal: 1}, 2); n != 0 {
			t.Error("a frame of the middle layer was taken")
		}
		if n := p.frame("T0", Packet{Frame: 4}, 2); n != 2 {
			t.Errorf("of the base frame %d were taken", n)
		}
	})
	t.Run("what needs a dropped frame is dropped", func(t *testing.T) {
		p := full()
		p.frame("T1", Packet{Frame: 2, Temporal: 1}, 1)
		p.run(300 * ms)
		if n := p.frame("T2", Packet{Frame: 3, Temporal: 2}, 1); n != 0 {
			t.Error("taken without its T1")
		}
		if n := p.frame("T0", Packet{Frame: 4}, 1) + p.frame("T2", Packet{Frame: 5, Temporal: 2}, 1); n != 2 {
			t.Errorf("%d taken after the next base frame", n)
		}
	})
	t.Run("after a base frame all until a key frame", func(t *testing.T) {
		p := full()
		p.frame("second", Packet{Frame: 2}, 6)
		if n := p.frame("third", Packet{Frame: 3}, 1); n != 0 {
			t.Error("taken beyond the bound")
		}
		if p.NeedsKey(0) {
			t.Error("a key frame is asked for while there is no room")
		}
		p.run(300 * ms)
		if n := p.frame("fourth", Packet{Frame: 4}, 1); n != 0 || !p.NeedsKey(0) {
			t.Errorf("%d taken, needs a key frame: %v", n, p.NeedsKey(0))
		}
		if n := p.frame("key", Packet{Frame: 5, Key: true}, 3); n != 3 || p.NeedsKey(0) {
			t.Errorf("of the key frame %d were taken, needs another: %v", n, p.NeedsKey(0))
		}
		if n := p.frame("fifth", Packet{Frame: 6}, 1); n != 1 {
			t.Error("not taken after the key frame")
		}
	})
	t.Run("a frame is taken whole", func(t *testing.T) {
		p := newPaced(400_000)
		if n := p.frame("large", Packet{Frame: 1}, 40); n != 40 {
			t.Errorf("%d of 40", n)
		}
	})
	t.Run("the rate collapses", func(t *testing.T) {
		p := newPaced(2_000_000)
		p.frame("sent", Packet{Frame: 1}, 8)
		for i := range uint32(6) {
			p.frame(fmt.Sprint("f", i), Packet{Frame: 2 + i, Temporal: uint8(i) % 3}, 6)
		}
		p.SetRate(200_000, p.now())
		if _, wait := p.Waiting(); wait > 500*ms {
			t.Errorf("%v wait", wait)
		}
		if len(p.dropped) == 0 || len(p.dropped)%6 != 0 {
			t.Errorf("dropped %v", p.dropped)
		}
	})
	t.Run("bounded whatever the rate", func(t *testing.T) {
		p := newPaced(2_000_000_000)
		p.bucket.tokens = 0
		p.rateStill()
		for i := range uint32(100) {
			p.frame("f", Packet{Frame: i}, 100)
		}
		if p.bytes > bytesMost || p.packets > packetsMost {
			t.Errorf("%d bytes, %d packets", p.bytes, p.packets)
		}
	})
	t.Run("forgotten", func(t *testing.T) {
		p := full()
		p.frame("other", Packet{Stream: 1, Frame: 1}, 2)
		p.Forget(0)
		p.gone = nil
		p.run(200 * ms)
		p.check(t, "gone", p.gone, "other0", "other1")
	})
}

// rateStill makes the bucket earn nothing more at the present instant.
func (p *paced) rateStill() { p.bucket.at = p.now().Add(time.Hour) }

// TestPacerNeverLoses: whatever happens, each packet taken goes or is dropped, once, in order within its stream, and what
// goes stays near the rate.
func TestPacerNeverLoses(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 5))
		fate := map[int]string{}
		type item struct{ id, stream int }
		p := NewPacer(func(i item, _ Packet) {
			if fate[i.id] != "waits" {
				t.Fatalf("dropped: %d %s", i.id, fate[i.id])
			}
			fate[i.id] = "dropped"
		})
		var frame [4]uint32
		last := [4]int{-1, -1, -1, -1}
		id, now := 0, epoch
		for range 3000 {
			now = now.Add(time.Duration(r.IntN(8)) * ms)
			switch r.IntN(20) {
			case 0:
				p.SetRate(r.IntN(3)*r.IntN(2_000_000), now)
			case 1:
				p.Charge(r.IntN(300), now)
			case 2:
				p.Forget(uint8(r.IntN(4)))
			default:
				s := r.IntN(4)
				frame[s]++
				k := Packet{Stream: uint8(s), Frame: frame[s], Temporal: uint8(r.IntN(3)), Key: r.IntN(10) == 0, Repair: r.IntN(8) == 0}
				for range 1 + r.IntN(20) {
					k.Size = 1 + r.IntN(1200)
					id++
					if p.Pass(k, now) {
						continue
					}
					stream := s
					if k.Repair {
						stream = -1
					}
					if p.Push(k, item{id, stream}, now) {
						fate[id] = "waits"
					}
				}
			}
			for range r.IntN(10) {
				i, ok := p.Pop(now)
				if !ok {
					break
				}
				if fate[i.id] != "waits" {
					t.Fatalf("popped: %d %s", i.id, fate[i.id])
				}
				fate[i.id] = "gone"
				if i.stream >= 0 {
					if i.id < last[i.stream] {
						t.Fatalf("%d after %d", i.id, last[i.stream])
					}
					last[i.stream] = i.id
				}
			}
			if p.packets < 0 || p.bytes < 0 || p.bytes > bytesMost || p.broken < 0 {
				t.Fatalf("%d packets, %d bytes, %d broken", p.packets, p.bytes, p.broken)
			}
		}
		p.SetRate(0, now)
		for _, ok := p.Pop(now); ok; _, ok = p.Pop(now) {
		}
		if b, wait := p.Waiting(); b != 0 || wait != 0 || p.packets != 0 {
			t.Fatalf("%d bytes, %v, %d packets wait at the end", b, wait, p.packets)
		}
	}
}

func TestPacerHold(t *testing.T) {
	p := newPaced(1_000_000)
	p.frame("a", Packet{Frame: 1, Key: true}, 2)
	p.Hold(true)
	p.frame("b", Packet{Frame: 2}, 2)
	p.run(100 * ms)
	p.check(t, "held", p.gone, "a0", "a1")
	if p.Spare(p.now()) > 0 {
		t.Error("padding goes while pictures are held")
	}
	p.Hold(false)
	p.run(100 * ms)
	p.check(t, "not any more", p.gone, "a0", "a1", "b0", "b1")

	p.Hold(true)
	p.frame("c", Packet{Frame: 3}, 2)
	p.Clear()
	p.Hold(false)
	p.check(t, "thrown away", p.dropped, "c1", "c0")
	if p.frame("d", Packet{Frame: 4}, 1) > 0 || !p.NeedsKey(0) {
		t.Error("a picture goes on without the one before")
	}
	if p.Pass(Packet{Size: 1000, Frame: 5, Key: true}, p.now()) {
		t.Error("what was saved is sent at once")
	}
}
