package sfu

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

func TestCuts(t *testing.T) {
	a, b := &Source{}, &Source{}
	k := newCuts(4)
	out := func(name string, number uint32, src *Source, in uint32) {
		t.Helper()
		c := k.ofOut(number)
		switch {
		case src == nil && c != nil:
			t.Errorf("%s: number %d is of a cut", name, number)
		case src != nil && (c == nil || c.source != src || number-c.out+c.in != in):
			t.Errorf("%s: number %d is of %+v", name, number, c)
		}
	}
	in := func(name string, src *Source, seq uint32, want uint32, known bool) {
		t.Helper()
		c := k.ofIn(src, &packet{seq: seq})
		if (c != nil) != known || known && c.number(seq) != want {
			t.Errorf("%s: packet %d is of %+v", name, seq, c)
		}
	}
	out("nothing", 5, nil, 0)
	k.add(cut{source: a, in: 1000, out: 10})
	out("before the first", 9, nil, 0)
	out("first", 10, a, 1000)
	k.skip(1005, true) // 1000-1004 are 10-14
	k.skip(1006, true)
	if got := k.now().picture; got != 0xfffe {
		t.Errorf("picture offset %d after two left out", int16(got))
	}
	in("after what was left out", a, 1007, 15, true)
	in("left out", a, 1005, 0, false)
	in("left out", a, 1006, 0, false)
	in("late", a, 1004, 14, true)
	in("from before", a, 999, 0, false)
	in("another source", b, 1007, 0, false)
	out("after what was left out", 15, a, 1007)
	out("before it", 14, a, 1004)
	k.skip(1009, false) // 1008 is lost: its place, 16, stays
	in("lost before what was left out", a, 1008, 16, true)
	in("after it", a, 1010, 17, true)
	k.add(cut{source: b, in: 3, out: 20})
	out("another source", 21, b, 4)
	out("the one before", 19, a, 1012)
	k.add(cut{source: b, in: 9, out: 30, packed: true})
	out("packed", 31, nil, 0)
	out("before the packing", 29, b, 12)
	out("forgotten", 12, nil, 0)
}

func TestChoose(t *testing.T) {
	check := func(name string, target int, flows uint8, want int) {
		t.Helper()
		if got := choose(target, flows); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	check("all flow", 1, 0b111, 1)
	check("top", 2, 0b111, 2)
	check("the wanted one was stopped", 2, 0b011, 1)
	check("only the lowest", 2, 0b001, 0)
	check("only higher ones", 0, 0b110, 1)
	check("none", 1, 0, 1)
}

// bare makes a peer whose line stands nowhere, and which nobody ticks: what it would send is to be seen in its slots.
func bare(t testing.TB) *Peer {
	t.Helper()
	s := newServer(t, nil)
	s.stop()
	p := &Peer{server: s}
	p.egress.open(p, time.Unix(1e9, 0))
	conn, err := s.port.NewConn(link.Handler{})
	if err != nil {
		t.Fatal(err)
	}
	p.conn = conn
	p.live.Store(true)
	return p
}

// stream stands for an encoding with temporal layers.
type stream struct {
	packet
	ids int // how many picture ids there are
}

// frame returns the packets of the next frame.
func (s *stream) frame(n int, tier uint8, key bool) []packet {
	var packets []packet
	s.ts += 3000
	s.picture.id = uint16((int(s.picture.id) + 1) % s.ids)
	if tier == 0 {
		s.picture.level++
	}
	for i := range n {
		s.seq++
		p := s.packet
		p.payload = []byte{0x90, 0xe0, 0x80, 0, 0, tier << 6, 1}
		p.picture.wide, p.picture.idAt, p.picture.levelAt = s.ids > 128, 2, 4
		if !p.picture.wide {
			p.payload, p.picture.levelAt = []byte{0x90, 0xe0, 0, 0, tier << 6, 1}, 3
		}
		p.picture.tier, p.picture.start, p.picture.key, p.marker = tier, i == 0, key && i == 0, i == n-1
		p.picture.sync = tier > 0
		packets = append(packets, p)
	}
	return packets
}

// Whatever is left out, paused, switched and lost on the way to us, a listener sees numbers, times and pictures go on one by
// one; what is lost leaves a place, and what comes late has its place.
func TestNumbersGoOn(t *testing.T) {
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		p := bare(t)
		to := newSlot(p, section{Line: Line{Mid: "1", Kind: Video}, formats: formats{vp8: 96, rtx: 97}, ext: extensions{transport: 3}}, 0)
		src := &Source{kind: Video, content: Camera, peer: p}
		src.slots.Store(&[]*slot{})
		to.source = src
		streams := [maxLayers]*stream{}
		for i := range streams {
			streams[i] = &stream{ids: []int{1 << 15, 128}[seed%2]}
			streams[i].layer, streams[i].flows, streams[i].epoch, streams[i].seq = uint8(i), 7, 1, 1<<16|random.Uint32N(1<<16)
			streams[i].ts, streams[i].picture.id = random.Uint32(), uint16(random.IntN(128))
		}
		now := time.Unix(1e9, 0)
		w := watcher{t: t, seen: map[uint16]string{}, ids: streams[0].ids}
		to.allow(rate.Choice{Layer: 1, Temporal: 2})
		var late []packet
		for i := range 3000 {
			now = now.Add(33 * time.Millisecond)
			switch random.IntN(40) {
			case 0:
				to.allow(rate.None())
			case 1, 2, 3:
				to.allow(rate.Choice{Layer: random.IntN(3), Temporal: random.IntN(3)})
			}
			tier := [4]uint8{0, 2, 1, 2}[i%4]
			key := tier == 0 && random.IntN(10) == 0
			for _, s := range streams {
				packets := s.frame(1+random.IntN(3), tier, key)
				for _, k := range packets {
					if seed > 4 && !k.picture.key && random.IntN(20) == 0 {
						late = append(late, k)
						continue
					}
					w.give(to, src, k, now)
				}
			}
			if len(late) > 20 {
				for _, k := range late {
					w.give(to, src, k, now)
				}
				late = nil
			}
		}
		if w.sent < 700 || w.switched < 10 {
			t.Errorf("seed %d: only %d packets and %d switches were seen", seed, w.sent, w.switched)
		}
	}
}

// watcher checks what a slot sends.
type watcher struct {
	t              testing.TB
	ids            int
	any            bool
	head           rtp.Header
	picture, level uint16
	layer          uint8
	lost           bool // what should be next is missing since the last frame
	seen           map[uint16]string
	sent, switched int
	last           [32]packet // as sent
	numbers        [32]uint32
}

// give forwards a packet and looks at what was sent of it.
func (w *watcher) give(to *slot, src *Source, p packet, now time.Time) {
	w.t.Helper()
	before := to.packets
	to.forward(nil, src, &p, p.picture.key, now)
	if to.packets == before {
		return
	}
	w.sent++
	var h rtp.Header
	if _, err := h.Unmarshal(to.buf[:]); err != nil {
		w.t.Fatal(err)
	}
	got := p.picture
	got.readDescriptor(p.payload)
	ahead := int16(h.SequenceNumber - w.head.SequenceNumber)
	if w.any && ahead <= 0 {
		if _, double := w.seen[h.SequenceNumber]; double {
			w.t.Fatalf("packet %d is sent twice", h.SequenceNumber)
		}
		w.seen[h.SequenceNumber] = "late"
		return
	}
	for n := w.head.SequenceNumber + 1; w.any && n != h.SequenceNumber; n++ {
		delete(w.seen, n)
		w.lost = true
	}
	if w.any && p.picture.start && !h.Padding {
		if d := int32(h.Timestamp - w.head.Timestamp); d <= 0 {
			w.t.Fatalf("packet %d: time goes on by %d", h.SequenceNumber, d)
		}
		if id := uint16(int(got.id) % w.ids); !w.lost && id != uint16((int(w.picture)+1)%w.ids) {
			w.t.Fatalf("packet %d: picture %d after %d", h.SequenceNumber, id, w.picture)
		}
		want := uint8(w.level)
		if got.tier == 0 {
			want++
		}
		if !w.lost && got.level != want {
			w.t.Fatalf("packet %d: level %d after %d", h.SequenceNumber, got.level, w.level)
		}
		w.lost = false
	}
	if w.any && w.layer != p.layer {
		w.switched++
		if !p.picture.key {
			w.t.Fatalf("packet %d: another encoding without a key frame", h.SequenceNumber)
		}
	}
	w.seen[h.SequenceNumber] = "sent"
	if h.Padding { // of a lost packet that would be left out
		w.head.SequenceNumber, w.lost = h.SequenceNumber, true
		return
	}
	w.any, w.head, w.picture, w.level, w.layer = true, h, got.id, uint16(got.level), p.layer
	w.found(to, p)
}

// found fails unless the last packets would be found again when they are asked for.
func (w *watcher) found(to *slot, p packet) {
	w.t.Helper()
	w.last[int(to.head)%len(w.last)] = p
	w.numbers[int(to.head)%len(w.last)] = to.head
	for i, old := range w.last {
		if out := w.numbers[i]; to.head-out < 16 && w.sent > 100 {
			if c := to.cuts.ofOut(out); c == nil || c.layer != old.layer || out-c.out+c.in != old.seq {
				w.t.Fatalf("packet %d, %d of encoding %d, is looked for at %+v", out, old.seq, old.layer, c)
			}
		}
	}
}

// Without a stream for repairs padding goes between two frames, and the numbers go on after it.
func TestPaddingBetweenFrames(t *testing.T) {
	p := bare(t)
	to := newSlot(p, section{Line: Line{Mid: "1", Kind: Video}, formats: formats{vp8: 96}}, 0)
	src := &Source{kind: Video, content: Camera, peer: p}
	to.source = src
	to.allow(rate.Choice{})
	now := time.Unix(1e9, 0)
	if to.pad(nil, now) {
		t.Error("padding is the first that is sent")
	}
	s := &stream{ids: 1 << 15, packet: packet{flows: 1, epoch: 1, seq: 500}}
	w := watcher{t: t, seen: map[uint16]string{}, ids: 1 << 15}
	frames := s.frame(3, 0, true)
	w.give(to, src, frames[0], now)
	if to.pad(nil, now) {
		t.Error("padding is sent within a frame")
	}
	w.give(to, src, frames[2], now)
	head := to.head
	for range 2 {
		if !to.pad(nil, now) {
			t.Fatal("no padding is sent")
		}
	}
	w.give(to, src, frames[1], now) // late: its place is before the padding
	if got := uint32(uint16(to.buf[2])<<8 | uint16(to.buf[3])); got != uint32(uint16(head-1)) {
		t.Errorf("what came late is %d, want %d", got, uint16(head-1))
	}
	w.head.SequenceNumber += 2
	for _, each := range s.frame(2, 0, false) {
		w.give(to, src, each, now)
	}
	if to.head != head+4 || w.sent != 5 {
		t.Errorf("at %d after %d, %d packets", to.head, head, w.sent)
	}
}
