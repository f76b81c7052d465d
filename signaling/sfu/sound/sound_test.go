package sound

import (
	"bytes"
	"testing"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		name    string
		frame   []byte
		samples int // 0: not Opus
	}{
		{"nothing", nil, 0},
		{"SILK 10 ms", []byte{0 << 3, 1}, 480},
		{"SILK 20 ms", []byte{9 << 3, 1}, 960},
		{"SILK 40 ms", []byte{6 << 3, 1}, 1920},
		{"SILK 60 ms", []byte{3 << 3, 1}, 2880},
		{"hybrid 10 ms", []byte{14 << 3, 1}, 480},
		{"hybrid 20 ms stereo", []byte{13<<3 | 4, 1}, 960},
		{"CELT 2.5 ms", []byte{16 << 3, 1}, 120},
		{"CELT 5 ms", []byte{21 << 3, 1}, 240},
		{"CELT 10 ms", []byte{26 << 3, 1}, 480},
		{"CELT 20 ms", []byte{31 << 3, 1}, 960},
		{"two frames of a size", []byte{31<<3 | 1, 1, 1}, 1920},
		{"two frames", []byte{31<<3 | 2, 1, 1, 1}, 1920},
		{"three frames", []byte{31<<3 | 3, 0x83, 1, 1, 1, 1, 1}, 2880},
		{"120 ms", []byte{31<<3 | 3, 6, 1}, 5760},
		{"140 ms", []byte{31<<3 | 3, 7, 1}, 0},
		{"two of 60 ms", []byte{3<<3 | 1, 1, 1}, 5760},
		{"three of 60 ms", []byte{3<<3 | 3, 3, 1}, 0},
		{"no frame", []byte{31<<3 | 3, 0x80}, 0},
		{"count is missing", []byte{31<<3 | 3}, 0},
		{"silence", []byte{31 << 3}, 960},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Duration(c.frame)
			if ok != (c.samples != 0) || (ok && got != c.samples) {
				t.Errorf("%d, %v; want %d", got, ok, c.samples)
			}
		})
	}
}

// maxFrame is the longest frame, in bytes without the TOC: RFC 6716 section 3.2.1.
const maxFrame = 1275

// parse reads an Opus packet as a decoder does, RFC 6716 section 3.2, and returns its frames without the TOC.
func parse(packet []byte) (frames [][]byte, ok bool) {
	if len(packet) < 1 {
		return nil, false
	}
	rest := packet[1:]
	switch packet[0] & 3 {
	case 0:
		return [][]byte{rest}, true
	case 1:
		return [][]byte{rest[:len(rest)/2], rest[len(rest)/2:]}, len(rest)%2 == 0
	case 2:
		n, rest, ok := parseLength(rest)
		if !ok || n > len(rest) {
			return nil, false
		}
		return [][]byte{rest[:n], rest[n:]}, true
	}
	if len(rest) < 1 {
		return nil, false
	}
	count, vbr, padded := int(rest[0]&0x3f), rest[0]&0x80 != 0, rest[0]&0x40 != 0
	if rest = rest[1:]; count == 0 || padded || !vbr { // we make neither padding nor equal frames
		return nil, false
	}
	lengths := make([]int, count-1)
	for i := range lengths {
		if lengths[i], rest, ok = parseLength(rest); !ok {
			return nil, false
		}
	}
	for _, n := range lengths {
		if n > len(rest) {
			return nil, false
		}
		frames, rest = append(frames, rest[:n]), rest[n:]
	}
	return append(frames, rest), len(rest) <= maxFrame
}

func parseLength(b []byte) (n int, rest []byte, ok bool) {
	switch {
	case len(b) > 0 && b[0] < 252:
		return int(b[0]), b[1:], true
	case len(b) > 1:
		return int(b[0]) + 4*int(b[1]), b[2:], true
	}
	return 0, nil, false
}

// frame is an Opus packet of one frame of CELT, 20 ms, with n bytes after the TOC.
func frame(fill byte, n int) []byte {
	return append([]byte{31 << 3}, bytes.Repeat([]byte{fill}, n)...)
}

func TestNothingIsAllocated(t *testing.T) {
	var e REDEncoder
	var p Packer
	var out [MaxBlocks]Block
	buf, packed, f := make([]byte, 0, MaxPayload), make([]byte, 0, MaxPayload), frame(1, 60)
	seq := uint32(0)
	if n := testing.AllocsPerRun(100, func() {
		seq++
		p.Add(seq, seq*960, f)
		if p.Ready(2880) {
			long, ts, _ := p.Flush(packed)
			SplitRED(e.Encode(buf, ts, long, 111, 2), &out)
		}
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}
