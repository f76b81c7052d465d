package client

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestStamp(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	payload := make([]byte, 100)
	putStamp(payload, now)
	if took, ok := readStamp(payload, now.Add(3*time.Millisecond)); !ok || took != 3*time.Millisecond {
		t.Errorf("%v, %v", took, ok)
	}
	for name, text := range map[string][]byte{"nothing": nil, "short": payload[:11], "another": make([]byte, 100), "cut": payload[:99]} {
		if took, ok := readStamp(text, now); ok {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// TestFilm: what is sent is VP8 for whoever looks at its beginning, in frames of 5 packets and key frames of 15.
func TestFilm(t *testing.T) {
	var f film
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	var number uint16
	keys := 0
	for n := range 2*loadKeyFrames + 1 {
		key := f.begin(false, now)
		if key != (n%loadKeyFrames == 0) {
			t.Fatalf("frame %d: key %v", n, key)
		}
		packets := 0
		for piece := range loadFrameParts {
			for range f.share(piece) {
				p := f.next(now)
				if p.SequenceNumber != number || p.Timestamp != uint32(n+1)*3600 || len(p.Payload) != loadSightBytes {
					t.Fatalf("frame %d: %v", n, p)
				}
				starts := p.Payload[0]&0x10 != 0
				if starts != (packets == 0) || (starts && p.Payload[6]&1 == 0 != key) {
					t.Fatalf("frame %d, packet %d: % x", n, packets, p.Payload[:12])
				}
				if _, ok := readStamp(p.Payload, now); !ok {
					t.Fatalf("frame %d: no stamp", n)
				}
				number++
				packets++
				if last := packets == f.length(); p.Marker != last {
					t.Fatalf("frame %d, packet %d: marker %v", n, packets, p.Marker)
				}
			}
		}
		if key {
			keys++
		}
		if packets != f.length() {
			t.Fatalf("frame %d of %d packets", n, packets)
		}
	}
	if keys != 3 {
		t.Errorf("%d key frames", keys)
	}
	if !f.begin(true, now.Add(time.Second)) || f.begin(true, now.Add(time.Second+loadKeyPause/2)) {
		t.Error("a key frame that is asked for comes, but not each time")
	}
}

func (f *film) length() int {
	if f.key {
		return loadKeyParts
	}
	return loadFrameParts
}

func TestParts(t *testing.T) {
	sounds, last := 0, time.Duration(-1)
	for _, p := range parts() {
		if p.at < last || p.at >= loadCycle {
			t.Errorf("at %v after %v", p.at, last)
		}
		last = p.at
		if p.sound {
			sounds++
		}
	}
	if sounds != 2 || len(parts()) != 7 {
		t.Errorf("%d of %d parts are sound", sounds, len(parts()))
	}
}

func TestArrived(t *testing.T) {
	check := func(name string, expected, received uint32, numbers ...uint16) {
		t.Helper()
		var s stream
		sum := uint32(0)
		for _, n := range numbers {
			sum += s.arrived(n)
		}
		if sum != expected || s.received != received {
			t.Errorf("%s: %d of %d", name, s.received, sum)
		}
	}
	check("one", 1, 1, 65000)
	check("in order, over the end of numbers", 4, 4, 65534, 65535, 0, 1)
	check("two lost", 4, 2, 7, 10)
	check("late", 3, 3, 7, 9, 8)
}

func TestReadExtension(t *testing.T) {
	header := rtp.Header{Version: 2, PayloadType: 96, CSRC: []uint32{1, 2}}
	_ = header.SetExtension(1, []byte{0x85})
	_ = header.SetExtension(5, []byte{0x12, 0x34})
	text, err := header.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	found, payload := readExtension(append(text, 'x'), 5)
	if len(found) != 2 || binary.BigEndian.Uint16(found) != 0x1234 || string(payload) != "x" {
		t.Errorf("% x, %q", found, payload)
	}
	if found, _ := readExtension(append(text, 'x'), 4); found != nil {
		t.Errorf("% x", found)
	}
	for n := 12; n < len(text); n++ {
		readExtension(text[:n], 5) // whatever is cut off
	}
}

func TestMeter(t *testing.T) {
	var m Meter
	before := m.Read()
	for n := range 100 {
		m.Sound.Expected.Add(1)
		m.Sound.Received.Add(uint64(n % 2))
		m.Sight.delay(time.Duration(n+1) * 100 * time.Microsecond)
	}
	m.Sound.delay(time.Hour)
	r := m.Read().Since(before)
	if r.Loss() != .5 || r.Sight.Loss() != 0 || r.Packets() != 50 {
		t.Errorf("loss %v, %v of %d", r.Loss(), r.Sight.Loss(), r.Packets())
	}
	if p50, p99, all := r.Sight.Delay(.5), r.Sight.Delay(.99), r.Delay(1); p50 != 5*time.Millisecond || p99 != 9900*time.Microsecond || all != mostDelay {
		t.Errorf("%v, %v, %v", p50, p99, all)
	}
	if none := r.Since(r); none.Delay(.99) != 0 || none.Loss() != 0 {
		t.Errorf("%v of nothing", none.Delay(.99))
	}
}
