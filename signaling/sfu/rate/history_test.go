package rate

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// told makes a feedback: '.' has not come, a digit came so many times 5 ms after the one before, '?' came at an untold time.
func told(base uint16, reference uint32, what string) *rtcp.TransportLayerCC {
	f := &rtcp.TransportLayerCC{BaseSequenceNumber: base, PacketStatusCount: uint16(len(what)), ReferenceTime: reference}
	list := &rtcp.StatusVectorChunk{SymbolSize: rtcp.TypeTCCSymbolSizeTwoBit}
	for _, c := range what {
		switch c {
		case '.':
			list.SymbolList = append(list.SymbolList, rtcp.TypeTCCPacketNotReceived)
		case '?':
			list.SymbolList = append(list.SymbolList, rtcp.TypeTCCPacketReceivedWithoutDelta)
		default:
			list.SymbolList = append(list.SymbolList, rtcp.TypeTCCPacketReceivedSmallDelta)
			f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Delta: int64(c-'0') * 5000})
		}
	}
	f.PacketChunks = []rtcp.PacketStatusChunk{list}
	return f
}

func TestHistory(t *testing.T) {
	// sent packets go out first, a millisecond apart; each feedback then gives what is said of them in order: the number
	// and ':' and the time of arrival in ms, or '-' when lost, '+' when late.
	test := func(name string, sent int, feedback []*rtcp.TransportLayerCC, want ...string) {
		t.Run(name, func(t *testing.T) {
			var h History
			for i := range sent {
				h.Sent(epoch.Add(time.Duration(i)*ms), 100, Video)
			}
			var got []string
			for i, f := range feedback {
				for _, a := range h.Feedback(f, epoch.Add(time.Duration(100*i)*ms), nil) {
					got = append(got, say(a))
				}
			}
			if len(got) != len(want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	one := func(base uint16, reference uint32, what string) []*rtcp.TransportLayerCC {
		return []*rtcp.TransportLayerCC{told(base, reference, what)}
	}
	test("all came", 3, one(0, 0, "123"), "0:5", "1:15", "2:30")
	test("one is lost", 3, one(0, 0, "1.1"), "0:5", "1-", "2:10")
	test("of some an instant is not told", 3, one(0, 0, "1?1"), "0:5", "2:10")
	test("said twice", 2, append(one(0, 0, "11"), told(0, 0, "11")), "0:5", "1:10")
	test("late after all", 3, append(one(0, 0, "1.1"), told(1, 1, "1")), "0:5", "1-", "2:10", "1+69")
	test("later feedback first", 4, append(one(2, 10, "11"), told(0, 9, "11")), "2:5", "3:10", "0:-59", "1:-54")
	test("numbers never given", 2, one(1, 0, "111"), "1:5")
	test("only numbers never given", 2, one(2, 0, "11"))
	test("before anything was sent", 0, one(0, 0, "11"))
	test("fewer instants than promised", 3, []*rtcp.TransportLayerCC{func() *rtcp.TransportLayerCC {
		f := told(0, 0, "111")
		f.RecvDeltas = f.RecvDeltas[:1]
		return f
	}()}, "0:5")
	test("an instant that is nothing", 2, []*rtcp.TransportLayerCC{func() *rtcp.TransportLayerCC {
		f := told(0, 0, "11")
		f.RecvDeltas[0] = nil
		return f
	}()})
	test("a run longer than the status count", 5, []*rtcp.TransportLayerCC{{
		PacketStatusCount: 2, PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{RunLength: 8000}},
	}}, "0-", "1-")
	test("the reference time wraps", 4, append(one(0, 1<<24-1, "00"), told(2, 1, "00")), "0:0", "1:0", "2:128", "3:128")
	test("the client's clock is set", 4, append(one(0, 100, "00"), told(2, 100_000, "00")), "0:0", "1:0", "2:100", "3:100")
	test("too old", historySize+2, one(0, 0, "1111"), "2:15", "3:20")
}

func say(a Acked) string {
	digits := func(n int) string {
		if n == 0 {
			return "0"
		}
		s := ""
		for m := max(n, -n); m > 0; m /= 10 {
			s = string(rune('0'+m%10)) + s
		}
		if n < 0 {
			s = "-" + s
		}
		return s
	}
	s := digits(int(a.Number))
	switch {
	case a.Lost:
		return s + "-"
	case a.Late:
		return s + "+" + digits(int(a.Arrived/ms))
	}
	return s + ":" + digits(int(a.Arrived/ms))
}

// TestHistoryWraps sends far more packets than there are numbers; each is told of once, with its own data.
func TestHistoryWraps(t *testing.T) {
	var h History
	var acked []Acked
	for i := 0; i < 200_000; i += 10 {
		var base uint16
		for j := range 10 {
			n := h.Sent(epoch.Add(time.Duration(i+j)*ms), 100+j, Kind(j%4))
			if j == 0 {
				base = n
			}
		}
		at := epoch.Add(time.Duration(i+50) * ms)
		acked = h.Feedback(told(base, uint32(at.Sub(epoch)/referenceUnit), "1111111111"), at, acked[:0])
		if len(acked) != 10 {
			t.Fatalf("%d: %d told of", i, len(acked))
		}
		for j, a := range acked {
			if a.Size != 100+j || a.Kind != Kind(j%4) || a.Number != base+uint16(j) || !a.Sent.Equal(epoch.Add(time.Duration(i+j)*ms)) {
				t.Fatalf("%d: %+v", i+j, a)
			}
		}
		if w := h.waiting(at); w != 0 {
			t.Fatalf("%d: waiting %v", i, w)
		}
	}
}

func TestWaiting(t *testing.T) {
	var h History
	if w := h.waiting(epoch); w != 0 {
		t.Errorf("nothing sent: %v", w)
	}
	h.Sent(epoch, 100, Audio)
	h.Sent(epoch.Add(30*ms), 100, Audio)
	if w := h.waiting(epoch.Add(50 * ms)); w != 50*ms {
		t.Errorf("two on their way: %v", w)
	}
	h.Feedback(told(0, 0, "."), epoch.Add(60*ms), nil)
	if w := h.waiting(epoch.Add(70 * ms)); w != 40*ms {
		t.Errorf("one on its way: %v", w)
	}
	for range 2 * historySize {
		h.Sent(epoch.Add(100*ms), 100, Audio)
	}
	if w := h.waiting(epoch.Add(150 * ms)); w != 50*ms {
		t.Errorf("more than are kept: %v", w)
	}
}

// FuzzFeedback reads hostile feedback: nothing is told twice as it was, nothing of packets never sent, and the estimator
// stays within its bounds.
func FuzzFeedback(f *testing.F) {
	good, _ := told(100, 5, "12.?3").Marshal()
	f.Add(good, uint16(200))
	var a Arrivals
	for i := range uint16(100) {
		a.Record(i*i/50, epoch.Add(time.Duration(i)*7*ms))
	}
	f.Add(a.Feedback(nil, 1, 2, 0, epoch.Add(time.Second)), uint16(300))
	f.Add([]byte{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0x1f, 0xff, 0x9f, 0xff}, uint16(3000))
	f.Fuzz(func(t *testing.T, b []byte, sent uint16) {
		packets, err := rtcp.Unmarshal(b)
		if err != nil {
			return
		}
		var h History
		e := NewEstimator(150_000, epoch)
		now := epoch
		for range sent {
			now = now.Add(ms)
			h.Sent(now, 1000, Kind(sent%4))
		}
		fates := map[uint16]int{}
		for range 3 {
			for _, p := range packets {
				cc, ok := p.(*rtcp.TransportLayerCC)
				if !ok {
					continue
				}
				now = now.Add(100 * ms)
				acked := h.Feedback(cc, now, nil)
				for _, a := range acked {
					fates[a.Number]++
					if a.Number >= sent || fates[a.Number] > 2 {
						t.Fatalf("%+v for the %d. time, %d were sent", a, fates[a.Number], sent)
					}
				}
				e.Acked(acked, now)
				e.Tick(&h, now)
				bounded(t, e.Reading())
			}
		}
	})
}

// bounded checks what every reading has to keep.
func bounded(t testing.TB, r Reading) {
	t.Helper()
	share := func(f float64) bool { return f >= 0 && f <= 1 }
	if r.Rate < leastRate || r.Rate > mostRate || r.Carries < r.Rate || r.Queue < 0 || !share(r.Loss) || !share(r.AudioLoss) || !share(r.Repeated) {
		t.Fatalf("reading %+v", r)
	}
}

// TestHostileFeedback lets a client say anything, for a simulated minute each time.
func TestHostileFeedback(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		var h History
		e, l := NewEstimator(1_000_000, epoch), NewLadder(1_000_000, true, epoch)
		for now := epoch; now.Before(epoch.Add(time.Minute)); now = now.Add(20 * ms) {
			for range r.IntN(5) {
				h.Sent(now, r.IntN(1500), Kind(r.IntN(4)))
			}
			f := told(uint16(r.Uint32()), r.Uint32N(1<<24), "1234.1?1")
			if r.IntN(2) == 0 {
				f.BaseSequenceNumber = uint16(h.next) - uint16(r.IntN(50))
			}
			for _, d := range f.RecvDeltas {
				d.Delta = int64(r.IntN(1<<22) - 1<<21)
			}
			e.Acked(h.Feedback(f, now, nil), now)
			e.Report(Kind(r.IntN(4)), r.Float64()*3-1, time.Duration(r.Int64N(int64(time.Hour)))-time.Minute, now)
			e.REMB(int(int32(r.Uint32())), now)
			e.Backlog(int(int32(r.Uint32())), now)
			e.Nacked(r.IntN(100)-10, r.IntN(100)-10, now)
			e.Tick(&h, now)
			bounded(t, e.Reading())
			l.Step(e.Reading(), now)
			if bps, ok := l.WantsProbe(3_000_000, now); ok && (bps <= 0 || bps > 2*mostRate) {
				t.Fatalf("probe of %d", bps)
			}
		}
	}
}
