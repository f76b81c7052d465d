package sound

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestSplitRED(t *testing.T) {
	var eleven []byte
	for range MaxBlocks {
		eleven = append(eleven, 0x80|111, 0, 4, 1)
	}
	eleven = append(append(eleven, 111), make([]byte, MaxBlocks+1)...)
	for _, c := range []struct {
		name    string
		payload []byte
		want    []Block // nil: it is not RED
	}{
		{"as Chromium sends it", []byte{0x80 | 111, 0x0f, 0x00, 2, 111, 1, 2, 3, 4}, []Block{{111, 960, []byte{1, 2}}, {111, 0, []byte{3, 4}}}},
		{"alone", []byte{111, 3, 4}, []Block{{111, 0, []byte{3, 4}}}},
		{"three", []byte{0x80 | 111, 0x1e, 0x00, 1, 0x80 | 111, 0x0f, 0x00, 1, 111, 1, 2, 3}, []Block{{111, 1920, []byte{1}}, {111, 960, []byte{2}}, {111, 0, []byte{3}}}},
		{"farthest", []byte{0x80 | 96, 0xff, 0xfc, 1, 97, 1, 2}, []Block{{96, 16383, []byte{1}}, {97, 0, []byte{2}}}},
		{"an empty one before", []byte{0x80 | 111, 0x0f, 0x00, 0, 111, 3}, []Block{{111, 0, []byte{3}}}},
		{"nothing", nil, nil},
		{"header only", []byte{111}, nil},
		{"header ends", []byte{0x80 | 111, 0x0f, 0x00}, nil},
		{"no last header", []byte{0x80 | 111, 0x0f, 0x00, 1}, nil},
		{"block ends", []byte{0x80 | 111, 0x0f, 0x00, 2, 111, 1}, nil},
		{"its own frame is missing", []byte{0x80 | 111, 0x0f, 0x00, 1, 111, 1}, nil},
		{"too many", eleven, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out [MaxBlocks]Block
			n, ok := SplitRED(c.payload, &out)
			if ok != (c.want != nil) {
				t.Fatalf("%v", ok)
			}
			if !ok {
				return
			}
			if n != len(c.want) {
				t.Fatalf("%d blocks, want %d", n, len(c.want))
			}
			for i, want := range c.want {
				if got := out[i]; got.PayloadType != want.PayloadType || got.Offset != want.Offset || !bytes.Equal(got.Data, want.Data) {
					t.Errorf("block %d: %v, want %v", i, got, want)
				}
			}
		})
	}
}

// given is a frame that a REDEncoder gets, and the offsets it must send before it.
type given struct {
	ts       uint32
	size     int
	distance int
	offsets  []uint16
}

func TestREDEncoder(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []given
	}{
		{"distance 1", []given{{0, 60, 1, nil}, {960, 60, 1, []uint16{960}}, {1920, 60, 1, []uint16{960}}}},
		{"distance 2", []given{{0, 60, 2, nil}, {960, 60, 2, []uint16{960}}, {1920, 60, 2, []uint16{1920, 960}}, {2880, 60, 2, []uint16{1920, 960}}}},
		{"kept while it is off", []given{{0, 60, 0, nil}, {960, 60, 0, nil}, {1920, 60, 2, []uint16{1920, 960}}}},
		{"more than is kept", []given{{0, 60, 9, nil}, {960, 60, 9, []uint16{960}}, {1920, 60, 9, []uint16{1920, 960}}, {2880, 60, 9, []uint16{1920, 960}}}},
		{"packed, 60 ms", []given{{0, 180, 2, nil}, {2880, 180, 2, []uint16{2880}}, {5760, 180, 2, []uint16{5760, 2880}}}},
		{"one was lost", []given{{0, 60, 2, nil}, {1920, 60, 2, []uint16{1920}}}},
		{"silence between", []given{{0, 60, 2, nil}, {19200, 60, 2, nil}, {20160, 60, 2, []uint16{960}}}},
		{"farthest", []given{{0, 60, 1, nil}, {maxOffset, 60, 1, []uint16{maxOffset}}, {2*maxOffset + 1, 60, 1, nil}}},
		{"time wraps", []given{{1<<32 - 960, 60, 1, nil}, {0, 60, 1, []uint16{960}}}},
		{"late", []given{{0, 60, 2, nil}, {1920, 60, 2, []uint16{1920}}, {960, 60, 2, []uint16{960}}, {2880, 60, 2, []uint16{2880, 960}}}},
		{"again", []given{{0, 60, 2, nil}, {960, 60, 2, []uint16{960}}, {960, 60, 2, []uint16{960}}, {1920, 60, 2, []uint16{1920, 960}}}},
		{"block is full", []given{{0, maxBlock, 1, nil}, {960, 60, 1, []uint16{960}}}},
		{"longer than a block", []given{{0, maxBlock + 1, 1, nil}, {960, 60, 1, nil}}},
		{"payload is full", []given{{0, 500, 2, nil}, {960, 500, 2, []uint16{960}}, {1920, 500, 2, []uint16{960}}}},
		{"an older one that would fit stays out", []given{{0, 10, 2, nil}, {960, 900, 2, []uint16{960}}, {1920, 900, 2, nil}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e REDEncoder
			sent := map[uint32]byte{} // what the frame at a time is filled with
			for i, g := range c.given {
				if _, again := sent[g.ts]; !again {
					sent[g.ts] = byte(i + 1)
				}
				f := bytes.Repeat([]byte{sent[g.ts]}, g.size)
				payload := e.Encode(nil, g.ts, f, 111, g.distance)
				clear(f) // the caller's buffer is used again
				var out [MaxBlocks]Block
				n, ok := SplitRED(payload, &out)
				if !ok || n != len(g.offsets)+1 {
					t.Fatalf("frame %d: %d blocks (%v), want %d", i, n, ok, len(g.offsets)+1)
				}
				for j, b := range out[:n] {
					if j < n-1 && b.Offset != g.offsets[j] {
						t.Errorf("frame %d: offset %d, want %d", i, b.Offset, g.offsets[j])
					}
					if want := sent[g.ts-uint32(b.Offset)]; b.PayloadType != 111 || b.Data[0] != want || b.Data[len(b.Data)-1] != want {
						t.Errorf("frame %d: block %d of type %d holds %d, want %d", i, j, b.PayloadType, b.Data[0], want)
					}
				}
			}
		})
	}
}

func TestREDEncoderReset(t *testing.T) {
	var e REDEncoder
	e.Encode(nil, 0, []byte{1}, 111, 2)
	e.Encode(nil, 960, []byte{2}, 111, 2)
	e.Reset()
	if got := e.Encode([]byte{7}, 1920, []byte{3}, 111, 2); !bytes.Equal(got, []byte{7, 111, 3}) {
		t.Errorf("%x has more than its own frame", got)
	}
}

// TestREDMends: with distance 2, of any stream that loses no three packets in a row every frame arrives, at its own time.
func TestREDMends(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		var e REDEncoder
		var buf [MaxPayload]byte
		sent, got := map[uint32][]byte{}, map[uint32][]byte{}
		missed := 0
		for i, ts := 0, r.Uint32(); i < 200; i, ts = i+1, ts+960 {
			f := make([]byte, 1+r.IntN(150))
			for j := range f {
				f[j] = byte(r.Uint32())
			}
			sent[ts] = bytes.Clone(f)
			payload := e.Encode(buf[:0], ts, f, 96, 2)
			if i < 199 && missed < 2 && r.IntN(3) == 0 {
				missed++
				continue
			}
			missed = 0
			var out [MaxBlocks]Block
			n, ok := SplitRED(payload, &out)
			if !ok {
				t.Fatalf("seed %d: no RED", seed)
			}
			for _, b := range out[:n] {
				got[ts-uint32(b.Offset)] = bytes.Clone(b.Data)
			}
		}
		for ts, f := range sent {
			if !bytes.Equal(got[ts], f) {
				t.Fatalf("seed %d: the frame at %d is %x, was %x", seed, ts, got[ts], f)
			}
		}
	}
}

// FuzzSplitRED: what is read lies in the payload, in order, and says the same when it is written again.
func FuzzSplitRED(f *testing.F) {
	f.Add([]byte{0x80 | 111, 0x0f, 0x00, 2, 111, 1, 2, 3, 4})
	f.Add([]byte{0x80 | 111, 0x1e, 0x00, 1, 0x80 | 111, 0x0f, 0x00, 0, 111, 1, 2, 3})
	f.Add([]byte{111})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var out [MaxBlocks]Block
		n, ok := SplitRED(payload, &out)
		if !ok {
			return
		}
		var heads, bodies []byte
		for _, b := range out[:n-1] {
			if len(b.Data) == 0 {
				t.Fatal("an empty block")
			}
			heads = append(heads, 0x80|b.PayloadType, byte(b.Offset>>6), byte(b.Offset<<2)|byte(len(b.Data)>>8), byte(len(b.Data)))
			bodies = append(bodies, b.Data...)
		}
		last := out[n-1]
		if last.Offset != 0 || len(last.Data) == 0 || last.PayloadType > 127 {
			t.Fatalf("its own frame is %v", last)
		}
		again := append(append(append(heads, last.PayloadType), bodies...), last.Data...)
		if len(again) > len(payload) || !bytes.HasSuffix(payload, append(bodies, last.Data...)) {
			t.Fatalf("%x became %x", payload, again)
		}
		var second [MaxBlocks]Block
		if m, ok := SplitRED(again, &second); !ok || m != n {
			t.Fatalf("%d blocks, then %d", n, m)
		}
	})
}

// FuzzREDEncoder: whatever frames come at whatever times, the newest is sent whole, and what goes with it was given before.
func FuzzREDEncoder(f *testing.F) {
	f.Add([]byte{1, 60, 1, 60, 1, 60, 3, 200}, 2)
	f.Add([]byte{0, 0, 255, 255, 0, 1, 1, 255, 1, 255}, 1)
	f.Fuzz(func(t *testing.T, input []byte, distance int) {
		var e REDEncoder
		sent := map[uint32][]byte{}
		ts := uint32(1<<32 - 2000)
		for ; len(input) >= 2; input = input[2:] {
			ts += uint32(int8(input[0])) * 480
			frame := bytes.Repeat(input[1:2], 1+int(input[1])*5)
			if before, ok := sent[ts]; ok {
				frame = before // a repair holds what was lost
			}
			sent[ts] = frame
			payload := e.Encode(nil, ts, frame, 111, distance)
			if len(payload) > max(MaxPayload, 1+len(frame)) {
				t.Fatalf("%d bytes", len(payload))
			}
			var out [MaxBlocks]Block
			n, ok := SplitRED(payload, &out)
			if !ok || n-1 > max(distance, 0) {
				t.Fatalf("%d blocks (%v) at distance %d", n, ok, distance)
			}
			for i, b := range out[:n] {
				if want := sent[ts-uint32(b.Offset)]; !bytes.Equal(b.Data, want) {
					t.Fatalf("block %d is %x, was %x", i, b.Data, want)
				}
				if i < n-1 && b.Offset <= out[i+1].Offset {
					t.Fatalf("blocks out of order: %v", out[:n])
				}
			}
		}
	})
}

func BenchmarkREDEncoder(b *testing.B) {
	var e REDEncoder
	buf, f := make([]byte, 0, MaxPayload), frame(1, 60)
	b.ReportAllocs()
	for i := range uint32(b.N) {
		e.Encode(buf, i*960, f, 111, 2)
	}
}

func BenchmarkSplitRED(b *testing.B) {
	var e REDEncoder
	e.Encode(nil, 0, frame(1, 60), 111, 2)
	e.Encode(nil, 960, frame(1, 60), 111, 2)
	payload := e.Encode(nil, 1920, frame(1, 60), 111, 2)
	var out [MaxBlocks]Block
	b.ReportAllocs()
	for b.Loop() {
		if n, ok := SplitRED(payload, &out); n != 3 || !ok {
			b.Fatal(n)
		}
	}
}
