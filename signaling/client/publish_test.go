package client

import (
	"testing"

	"github.com/pion/rtp"
)

func TestWhatIsPublished(t *testing.T) {
	if len(tone) != 50*toneBytes {
		t.Errorf("%d bytes of tone", len(tone))
	}
	for i := 0; i < len(tone); i += toneBytes {
		if tone[i] != 31<<3 { // RFC 6716 section 3.1: full band, 20 ms, mono, one frame
			t.Fatalf("packet at %d begins with %#x", i, tone[i])
		}
	}
	for i, e := range encodings {
		// RFC 6386 section 9.1: key frame, start code, 14 bits each of width and height.
		p := e.frame
		if p[0]&1 != 0 || p[3] != 0x9d || p[4] != 0x01 || p[5] != 0x2a {
			t.Errorf("%s: no key frame: % x", e.rid, p[:10])
		}
		if w, h := int(p[6])|int(p[7]&0x3f)<<8, int(p[8])|int(p[9]&0x3f)<<8; w != 320<<i || h != 180<<i {
			t.Errorf("%s: %dx%d", e.rid, w, h)
		}
	}
}

func TestTonePacket(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 70_000} {
		text, err := tonePacket(n, 3).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var p rtp.Packet
		if err := p.Unmarshal(text); err != nil {
			t.Fatal(err)
		}
		if p.SequenceNumber != uint16(n) || p.Timestamp != uint32(n)*960 || p.Marker != (n == 0) || len(p.Payload) != toneBytes {
			t.Errorf("packet %d: %v", n, p)
		}
		if level := p.GetExtension(3); len(level) != 1 || level[0] != 0x80|toneLevel {
			t.Errorf("packet %d: level % x", n, level)
		}
	}
}
