package rate

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
)

// said is what a feedback says: the time of arrival of each number in 250 microseconds, -1 when it has not come.
func said(t *testing.T, f *rtcp.TransportLayerCC, into map[uint16]int64) {
	t.Helper()
	number, left, clock, deltas := f.BaseSequenceNumber, int(f.PacketStatusCount), int64(f.ReferenceTime)*ticksPerReference, f.RecvDeltas
	status := func(symbol uint16) {
		if left == 0 {
			return
		}
		if symbol == notReceived {
			if _, known := into[number]; !known {
				into[number] = -1
			}
		} else {
			clock += deltas[0].Delta / 250
			deltas = deltas[1:]
			into[number] = clock
		}
		number++
		left--
	}
	for _, chunk := range f.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range c.RunLength {
				status(c.PacketStatusSymbol)
			}
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList {
				status(symbol)
			}
		}
	}
	if left != 0 || len(deltas) != 0 {
		t.Fatalf("%d statuses and %d deltas left", left, len(deltas))
	}
}

// TestArrivalsAsPion compares what we tell with what pion's recorder tells, on streams with loss, disorder and gaps.
func TestArrivalsAsPion(t *testing.T) {
	test := func(name string, start uint16, lose float64, disorder time.Duration, gap int) {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(start), 9))
			var ours Arrivals
			theirs := twcc.NewRecorder(1)
			number := start
			feedbacks, first := 0, time.Duration(-1) // our clock begins at the first packet
			for round := range 200 {
				got, want := map[uint16]int64{}, map[uint16]int64{}
				type one struct {
					number uint16
					at     time.Duration
				}
				var all []one
				for i := range 20 {
					number += uint16(1 + gap*r.IntN(2))
					at := time.Duration(round)*100*ms + time.Duration(i)*4*ms + time.Duration(r.Int64N(int64(disorder/tick)+1))*tick
					if r.Float64() >= lose {
						all = append(all, one{number, at})
					}
				}
				for _, p := range all {
					if first < 0 {
						first = p.at
					}
					ours.Record(p.number, epoch.Add(p.at))
					theirs.Record(2, p.number, (time.Hour + p.at - first).Microseconds())
				}
				b := ours.Feedback(nil, 1, 2, 100*ms, epoch.Add(time.Duration(round+1)*100*ms))
				if len(b) == 0 {
					continue
				}
				packets, err := rtcp.Unmarshal(b)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range packets {
					feedbacks++
					said(t, p.(*rtcp.TransportLayerCC), got)
				}
				if again, err := rtcp.Marshal(packets); err != nil || !bytes.Equal(again, b) {
					t.Fatalf("%x as pion writes it: %x, %v", b, again, err)
				}
				for _, p := range theirs.BuildFeedbackPacket() {
					said(t, p.(*rtcp.TransportLayerCC), want)
				}
				for n, at := range want {
					if have, ok := got[n]; at >= 0 && (!ok || have != at) {
						t.Fatalf("round %d: %d came at %d, told %d (%v)", round, n, at, have, ok)
					}
				}
				for n, at := range got {
					if have, ok := want[n]; at >= 0 && (!ok || have != at) {
						t.Fatalf("round %d: %d told at %d, pion %d (%v)", round, n, at, have, ok)
					}
				}
			}
			if feedbacks < 150 {
				t.Errorf("%d feedbacks", feedbacks)
			}
		})
	}
	test("clean", 7, 0, 0, 0)
	test("numbers wrap", 65_000, 0, 0, 0)
	test("loss", 7, .2, 0, 0)
	test("heavy loss", 65_500, .8, 0, 0)
	test("disorder", 7, .1, 30*ms, 0)
	test("gaps", 60_000, .1, 10*ms, 40)
}

func TestArrivalsInterval(t *testing.T) {
	var a Arrivals
	due := func(at time.Duration) bool { return len(a.Feedback(nil, 1, 2, 100*ms, epoch.Add(at))) > 0 }
	if due(0) {
		t.Error("a feedback about nothing")
	}
	a.Record(5, epoch)
	if due(50 * ms) {
		t.Error("too early")
	}
	if !due(100 * ms) {
		t.Error("not due after the interval")
	}
	if due(300 * ms) {
		t.Error("again about nothing new")
	}
	a.Record(3, epoch.Add(301*ms))
	if !due(302 * ms) {
		t.Error("a late packet is news")
	}
	for i := range uint16(leastEvery) {
		a.Record(6+i, epoch.Add(303*ms))
	}
	if !due(304 * ms) {
		t.Error("a fast line waits for the interval")
	}
}

func TestArrivalsLoss(t *testing.T) {
	var a Arrivals
	r := rand.New(rand.NewPCG(1, 2))
	now := epoch
	for i := range 1000 {
		now = now.Add(10 * ms)
		if i < 500 || r.Float64() >= .2 {
			a.Record(uint16(65_000+i), now)
		}
		a.Feedback(nil, 1, 2, 100*ms, now)
		if i == 499 && a.Loss() > 0 {
			t.Errorf("loss %v on a clean line", a.Loss())
		}
	}
	if a.Loss() < .1 || a.Loss() > .3 {
		t.Errorf("loss %v, should be about 0.2", a.Loss())
	}
}

// FuzzArrivals takes numbers and times as a client may send them: feedback can be read, is bounded, and ends.
func FuzzArrivals(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0, 2, 2, 0, 9, 200, 255, 255, 1, 128, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		var a Arrivals
		now := epoch
		for ; len(b) >= 3; b = b[3:] {
			now = now.Add(time.Duration(int8(b[2])) * 10 * ms)
			a.Record(uint16(b[0])<<8|uint16(b[1]), now)
			if b[2]%4 == 0 {
				out := a.Feedback(nil, 1, 2, 0, now)
				if _, err := rtcp.Unmarshal(out); len(out) > 0 && err != nil {
					t.Fatalf("%x: %v", out, err)
				}
			}
			if l := a.Loss(); l < 0 || l > 1 {
				t.Fatalf("loss %v", l)
			}
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	var a Arrivals
	now, buffer := epoch, make([]byte, 0, 4096)
	b.ReportAllocs()
	for i := range b.N {
		now = now.Add(ms)
		a.Record(uint16(i), now)
		if i%100 == 99 {
			buffer = a.Feedback(buffer[:0], 1, 2, 100*ms, now)
		}
	}
}

func BenchmarkSent(b *testing.B) {
	var h History
	b.ReportAllocs()
	for i := range b.N {
		h.Sent(epoch.Add(time.Duration(i)*ms), 1200, Video)
	}
}

func BenchmarkFeedback(b *testing.B) {
	var h History
	e := NewEstimator(1_000_000, epoch)
	f := told(0, 0, "1111111111")
	acked := make([]Acked, 0, 16)
	b.ReportAllocs()
	for i := range b.N {
		now := epoch.Add(time.Duration(i) * 10 * ms)
		f.BaseSequenceNumber = uint16(h.next)
		f.ReferenceTime = uint32(now.Sub(epoch)/referenceUnit) % referenceWrap
		for range 10 {
			h.Sent(now, 1200, Video)
		}
		acked = h.Feedback(f, now, acked[:0])
		e.Acked(acked, now)
	}
}

// TestNoAllocation holds the promise of the hot path.
func TestNoAllocation(t *testing.T) {
	var h History
	var a Arrivals
	p := NewPacer(func(int, Packet) {})
	p.SetRate(1_000_000, epoch)
	e := NewEstimator(1_000_000, epoch)
	acked, buffer, now, n := make([]Acked, 0, 64), make([]byte, 0, 4096), epoch, 0
	f := told(0, 0, "1")
	work := func() {
		now = now.Add(10 * ms)
		n++
		f.BaseSequenceNumber = h.Sent(now, 1200, Video)
		f.ReferenceTime = uint32(now.Sub(epoch) / referenceUnit)
		acked = h.Feedback(f, now, acked[:0])
		e.Acked(acked, now)
		e.Tick(&h, now)
		a.Record(uint16(n), now)
		buffer = a.Feedback(buffer[:0], 1, 2, 100*ms, now)
		if k := (Packet{Size: 1200, Frame: uint32(n), Key: n == 1}); !p.Pass(k, now) {
			p.Push(k, n, now)
		}
		p.Pop(now)
	}
	work()
	if allocs := testing.AllocsPerRun(1000, work); allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}
