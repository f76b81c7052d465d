package sound

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// step is a frame that is offered to a Packer, and whether it must be taken.
type step struct {
	seq, ts uint32
	frame   []byte
	taken   bool
}

func TestPackerAdd(t *testing.T) {
	silk, stereo := []byte{9 << 3, 1, 2}, []byte{31<<3 | 4, 1, 2}
	many := func(n, size int, last bool) (steps []step) {
		for i := range n {
			steps = append(steps, step{uint32(i), uint32(i) * 960, frame(byte(i), size), i < n-1 || last})
		}
		return steps
	}
	var short []step // frames of 2.5 ms
	for i := range uint32(49) {
		short = append(short, step{i, i * 120, []byte{16 << 3, byte(i)}, i < 48})
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"three of a run", many(3, 60, true)},
		{"120 ms is the most", many(7, 60, false)},
		{"48 frames are the most", short},
		{"bytes end it", many(4, 360, false)},
		{"bytes just suffice", []step{{0, 0, frame(1, 252), true}, {1, 960, frame(2, MaxPayload-256), true}}},
		{"its length has no room", []step{{0, 0, frame(1, 252), true}, {1, 960, frame(2, MaxPayload-255), false}}},
		{"numbers wrap", []step{{1<<32 - 1, 5, frame(1, 9), true}, {0, 965, frame(2, 9), true}}},
		{"time wraps", []step{{1, 1<<32 - 960, frame(1, 9), true}, {2, 0, frame(2, 9), true}}},
		{"another mode", []step{{1, 0, frame(1, 9), true}, {2, 960, silk, false}}},
		{"another width", []step{{1, 0, frame(1, 9), true}, {2, 960, stereo, false}}},
		{"a packet is missing", []step{{1, 0, frame(1, 9), true}, {3, 960, frame(2, 9), false}}},
		{"the same again", []step{{1, 0, frame(1, 9), true}, {1, 0, frame(1, 9), false}}},
		{"late", []step{{2, 960, frame(1, 9), true}, {1, 0, frame(1, 9), false}}},
		{"silence between", []step{{1, 0, frame(1, 9), true}, {2, 1920, frame(2, 9), false}}},
		{"packed before", []step{{1, 0, []byte{31<<3 | 3, 0x82, 1, 1, 1}, false}}},
		{"two of a size", []step{{1, 0, []byte{31<<3 | 1, 1, 1}, false}}},
		{"empty", []step{{1, 0, nil, false}}},
		{"silence has no bytes", []step{{1, 0, []byte{31 << 3}, true}}},
		{"as long as a payload may be", []step{{1, 0, frame(1, MaxPayload-2), true}}},
		{"too long", []step{{1, 0, frame(1, MaxPayload-1), false}}},
		{"longer than Opus", []step{{1, 0, frame(1, maxFrame+1), false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Packer
			for i, s := range c.steps {
				if got := p.Add(s.seq, s.ts, s.frame); got != s.taken {
					t.Errorf("step %d: taken %v, want %v", i, got, s.taken)
				}
			}
		})
	}
}

func TestPackerReady(t *testing.T) {
	var p Packer
	if p.Ready(0) || p.Waiting() != 0 {
		t.Error("an empty one is ready")
	}
	for i := range uint32(3) {
		if p.Ready(2880) {
			t.Errorf("ready with %d frames", i)
		}
		p.Add(i, i*960, frame(1, 20))
		if p.Waiting() != int(i+1)*960 {
			t.Errorf("%d samples wait", p.Waiting())
		}
	}
	if !p.Ready(2880) {
		t.Error("not ready with 60 ms")
	}
	p.Reset()
	if _, _, ok := p.Flush(nil); ok || p.Ready(0) || p.Waiting() != 0 {
		t.Error("something is left")
	}
	p.Add(9, 0, frame(1, 20))
	p.Add(10, 960, frame(1, 1))
	if !p.Ready(2880) {
		t.Error("not ready at the end of speech")
	}
}

func TestPackerFlush(t *testing.T) {
	for _, c := range []struct {
		name   string
		frames [][]byte
		want   []byte
	}{
		{"one stays as it is", [][]byte{{0xf8, 1, 2}}, []byte{0xf8, 1, 2}},
		{"two", [][]byte{{0xf8, 1, 2}, {0xf8, 3}}, []byte{0xfb, 0x82, 2, 1, 2, 3}},
		{"three", [][]byte{{0xf8, 1, 2}, {0xf8, 3, 4, 5}, {0xf8, 6}}, []byte{0xfb, 0x83, 2, 3, 1, 2, 3, 4, 5, 6}},
		{"silence between", [][]byte{{0xf8, 1, 2}, {0xf8}, {0xf8, 6}}, []byte{0xfb, 0x83, 2, 0, 1, 2, 6}},
		{"length in one byte", [][]byte{frame(7, 251), frame(8, 1)}, append(append([]byte{0xfb, 0x82, 251}, bytes.Repeat([]byte{7}, 251)...), 8)},
		{"length in two bytes", [][]byte{frame(7, 252), frame(8, 1)}, append(append([]byte{0xfb, 0x82, 252, 0}, bytes.Repeat([]byte{7}, 252)...), 8)},
		{"length 1021", [][]byte{frame(7, 1021), frame(8, 1)}, append(append([]byte{0xfb, 0x82, 253, 192}, bytes.Repeat([]byte{7}, 1021)...), 8)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Packer
			for i, f := range c.frames {
				if !p.Add(uint32(i), 7+uint32(i)*960, f) {
					t.Fatalf("frame %d is not taken", i)
				}
			}
			out, ts, ok := p.Flush([]byte{99})
			if !ok || ts != 7 || out[0] != 99 || !bytes.Equal(out[1:], c.want) {
				t.Errorf("%x at %d, %v; want %x", out, ts, ok, c.want)
			}
		})
	}
}

// stream sends frames through p as its comment says, and checks what comes out.
type stream struct {
	t      *testing.T
	p      Packer
	buf    [MaxPayload]byte
	frames [][]byte // that came out
	starts []uint32 // of those
}

func (s *stream) offer(seq, ts uint32, f []byte, samples int) {
	if !s.p.Add(seq, ts, f) {
		s.flush()
		if !s.p.Add(seq, ts, f) {
			s.frames, s.starts = append(s.frames, bytes.Clone(f)), append(s.starts, ts)
		}
	}
	if s.p.Ready(samples) {
		s.flush()
	}
}

func (s *stream) flush() {
	waiting := s.p.Waiting()
	out, ts, ok := s.p.Flush(s.buf[:0])
	if !ok {
		return
	}
	if len(out) > MaxPayload {
		s.t.Fatalf("%d bytes", len(out))
	}
	if duration, valid := Duration(out); !valid || duration != waiting {
		s.t.Fatalf("%x lasts %d (%v), its frames %d", out[:2], duration, valid, waiting)
	}
	bodies, valid := parse(out)
	if !valid {
		s.t.Fatalf("no decoder reads %x", out)
	}
	for _, body := range bodies {
		f := append([]byte{out[0] &^ 3}, body...)
		s.frames, s.starts = append(s.frames, f), append(s.starts, ts)
		n, _ := Duration(f)
		ts += uint32(n)
	}
}

// TestPackerLosesNothing: whatever comes in comes out, each frame at its own time.
func TestPackerLosesNothing(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		modes := []byte{31 << 3, 9 << 3, 13<<3 | 4, 16 << 3, 28<<3 | 1, 3 << 3}
		s := stream{t: t}
		seq, ts := r.Uint32(), r.Uint32()
		var frames [][]byte
		var starts []uint32
		mode := modes[0]
		for range 100 {
			switch r.IntN(12) {
			case 0:
				mode = modes[r.IntN(len(modes))]
			case 1:
				seq++
			case 2:
				ts += 960 * r.Uint32N(20)
			}
			size := r.IntN(200)
			if r.IntN(8) == 0 {
				size = r.IntN(maxFrame)
			}
			f := append([]byte{mode}, make([]byte, size/2*2)...) // code 1 has two of a size
			for i := range f[1:] {
				f[i+1] = byte(r.Uint32())
			}
			frames, starts = append(frames, bytes.Clone(f)), append(starts, ts)
			s.offer(seq, ts, f, 2880)
			n, _ := Duration(f)
			clear(f) // the caller's buffer is used again
			seq++
			ts += uint32(n)
		}
		s.flush()
		if len(s.frames) != len(frames) {
			t.Fatalf("seed %d: %d frames of %d", seed, len(s.frames), len(frames))
		}
		for i := range frames {
			if s.starts[i] != starts[i] || !bytes.Equal(s.frames[i], frames[i]) {
				t.Fatalf("seed %d: frame %d is %x at %d, was %x at %d", seed, i, s.frames[i], s.starts[i], frames[i], starts[i])
			}
		}
	}
}

func FuzzPacker(f *testing.F) {
	f.Add([]byte{31 << 3, 3, 1, 2, 3, 31 << 3, 2, 1, 2}, uint16(2880))
	f.Add([]byte{16 << 3, 1, 1, 16 << 3, 0, 16 << 3, 1, 2, 9 << 3, 255, 1}, uint16(480))
	f.Add([]byte{31<<3 | 3, 4, 0x82, 1, 1, 1}, uint16(0))
	f.Fuzz(func(t *testing.T, input []byte, samples uint16) {
		s := stream{t: t}
		var frames [][]byte
		for seq, ts := uint32(0), uint32(0); len(input) >= 2; seq++ {
			n := int(input[1]) * 6
			frame := append([]byte{input[0]}, bytes.Repeat(input[1:2], n)...)
			if n < 60 && n/6 <= len(input)-2 { // small ones have bytes of their own
				frame = append([]byte{input[0]}, input[2:2+n/6]...)
				input = input[n/6:]
			}
			input = input[2:]
			frames = append(frames, bytes.Clone(frame))
			s.offer(seq, ts, frame, int(samples))
			length, _ := Duration(frame)
			ts += uint32(length)
		}
		s.flush()
		if len(s.frames) != len(frames) {
			t.Fatalf("%d frames of %d", len(s.frames), len(frames))
		}
		for i := range frames {
			if !bytes.Equal(s.frames[i], frames[i]) {
				t.Fatalf("frame %d is %x, was %x", i, s.frames[i], frames[i])
			}
		}
	})
}

func BenchmarkPacker(b *testing.B) {
	var p Packer
	buf, f := make([]byte, 0, MaxPayload), frame(1, 60)
	b.ReportAllocs()
	for i := range uint32(b.N) {
		p.Add(i, i*960, f)
		if p.Ready(2880) {
			p.Flush(buf)
		}
	}
}
