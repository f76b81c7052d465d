package sfu

import (
	"math"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// What a listener is told puts sound and picture on one clock, ours, though the publisher's is an hour off.
func TestSenderReports(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b := newClient(t, s, nil, 1).join()
	for _, content := range []Content{Microphone, Camera} {
		mid := b.mid(content.Kind(), 0)
		b.put(mid, a.peer.Source(content))
		out, rate := a.sends[content], 48000.0
		payload := []byte{0x78}
		if content == Camera {
			payload, rate = frame(true, 1, 1), 90000
		}
		sentAt := time.Now()
		out.write(t, 1, 77, payload, nil)
		p := b.next(mid)
		a.control(&rtcp.SenderReport{SSRC: out.ssrc, NTPTime: toNTP(sentAt.Add(-time.Hour)), RTPTime: 77, PacketCount: 1})
		cameBy := time.Now().Add(time.Second) // the slowest machine's way of the report
		_, reports := b.inbox(b.ssrcs[mid][0])
		for r := range arrivals(t, reports, "sender report") {
			sr, ok := r.(*rtcp.SenderReport)
			if !ok {
				continue
			}
			// The report says which RTP time it is at an instant; from it, when p was sent.
			since := time.Duration(float64(int32(sr.RTPTime-p.Timestamp)) / rate * float64(time.Second))
			if at := fromNTP(sr.NTPTime).Add(-since); at.Before(sentAt.Add(-10*time.Millisecond)) || at.After(cameBy) {
				t.Errorf("%s: by the report the packet was sent %v after it was", content, at.Sub(sentAt))
			}
			if sr.PacketCount == 0 {
				t.Error("no packets are counted")
			}
			break
		}
	}
}

func TestRoundTrip(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	b := newClient(t, s, nil, 1).join()
	mid := b.mid(Audio, 0)
	b.put(mid, a.peer.Source(Microphone))
	a.sends[Microphone].write(t, 1, 0, []byte{0x78}, nil)
	b.next(mid)
	a.control(&rtcp.SenderReport{SSRC: a.sends[Microphone].ssrc, NTPTime: toNTP(time.Now())})
	_, reports := b.inbox(b.ssrcs[mid][0])
	for r := range arrivals(t, reports, "sender report") {
		sr, ok := r.(*rtcp.SenderReport)
		if trip := time.Duration(b.peer.trip.Load()); trip != 0 {
			if trip < 0 || trip > patience {
				t.Errorf("round trip %v", trip)
			}
			return
		}
		if ok { // what is said of it has been read when the next one comes, or the one after that
			b.control(&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: sr.SSRC, LastSenderReport: middle(sr.NTPTime)}}})
		}
	}
}

// The publisher learns what came: its bandwidth estimate and its FEC need it.
func TestFeedbackToPublisher(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone}, 0).join()
	out := a.sends[Microphone]
	for i := range 20 {
		if i != 5 && i != 6 {
			out.write(t, uint16(100+i), uint32(i*960), []byte{0x78}, map[string][]byte{uriTransport: {0, byte(i)}})
		}
	}
	seen, reported := map[uint16]bool{}, false
	for r := range arrivals(t, out.asked, "reports of all packets") {
		switch r := r.(type) {
		case *rtcp.TransportLayerCC:
			number, deltas := r.BaseSequenceNumber, r.RecvDeltas
			for _, chunk := range r.PacketChunks {
				for _, symbol := range symbols(chunk) {
					if number-r.BaseSequenceNumber >= r.PacketStatusCount {
						break
					}
					if symbol != rtcp.TypeTCCPacketNotReceived {
						seen[number], deltas = true, deltas[1:]
					}
					number++
				}
			}
		case *rtcp.ReceiverReport:
			if len(r.Reports) == 1 && r.Reports[0].LastSequenceNumber&0xffff == 119 {
				reported = true
				if b := r.Reports[0]; b.SSRC != out.ssrc || b.TotalLost != 2 {
					t.Errorf("report %+v", b)
				}
			}
		}
		if len(seen) == 18 && reported {
			break
		}
	}
	if seen[5] || seen[6] {
		t.Error("lost packets are reported as arrived")
	}
}

func symbols(c rtcp.PacketStatusChunk) []uint16 {
	switch c := c.(type) {
	case *rtcp.RunLengthChunk:
		all := make([]uint16, c.RunLength)
		for i := range all {
			all[i] = c.PacketStatusSymbol
		}
		return all
	case *rtcp.StatusVectorChunk:
		return c.SymbolList
	}
	return nil
}

func TestReceptionBlock(t *testing.T) {
	start := time.Unix(1e9, 0)
	r := reception{base: 100}
	if _, ok := r.block(1, start); ok {
		t.Error("a report of nothing")
	}
	check := func(name string, fraction uint8, lost, highest uint32) {
		t.Helper()
		b, ok := r.block(7, start)
		if !ok || b.SSRC != 7 || b.FractionLost != fraction || b.TotalLost != lost || b.LastSequenceNumber != highest {
			t.Errorf("%s: %+v, want fraction %d, lost %d, highest %d", name, b, fraction, lost, highest)
		}
	}
	for seq := uint32(100); seq < 110; seq++ {
		if seq != 103 && seq != 104 {
			r.count(seq, (seq-100)*960, start.Add(time.Duration(seq-100)*20*time.Millisecond), 48000)
		}
	}
	check("two of ten lost", 51, 2, 109)
	r.count(103, 2880, start, 48000)
	check("one came late", 0, 1, 109)
	r.count(98, 0, start, 48000)
	check("one from before the first, and one missing between", 128, 2, 109)
	r.count(113, 13*960, start, 48000)
	check("three of four lost", 192, 5, 113)
}

func TestJitter(t *testing.T) {
	start := time.Unix(1e9, 0)
	var r reception
	for i := range 200 { // every other packet 10 ms late: differences of 10 ms, 480 units
		late := time.Duration(i%2) * 10 * time.Millisecond
		r.count(uint32(i), uint32(i*960)+math.MaxUint32-9600, start.Add(time.Duration(i)*20*time.Millisecond+late), 48000)
	}
	if b, _ := r.block(1, start); b.Jitter < 450 || b.Jitter > 480 {
		t.Errorf("jitter %d, want about 480", b.Jitter)
	}
}

func TestClock(t *testing.T) {
	var c clock
	base := time.Unix(1e9, 0)
	for i, lag := range []time.Duration{30, 10, 50, 12} { // milliseconds on the way
		theirs := base.Add(time.Duration(i) * time.Second)
		c.see(theirs, theirs.Add(time.Hour+lag*time.Millisecond))
	}
	if got := c.ours(base).Sub(base) - time.Hour; got < 10*time.Millisecond || got > 12*time.Millisecond {
		t.Errorf("offset %v over an hour, want about the fastest way", got)
	}
	c.see(base, base.Add(2*time.Hour)) // the client's clock was set back
	if got := c.ours(base).Sub(base); got != 2*time.Hour {
		t.Errorf("offset %v after the clock was set", got)
	}
	if at := time.Unix(1795641753, 123456789); fromNTP(toNTP(at)).Sub(at).Abs() > 2*time.Nanosecond {
		t.Errorf("%v is %v after NTP and back", at, fromNTP(toNTP(at)))
	}
}

func TestLosses(t *testing.T) {
	var l losses
	now := time.Unix(1e9, 0)
	if !l.open(65534, 65538, now) || l.open(100, 100+maxLosses, now) {
		t.Fatal("four losses are too many, or a whole line is not")
	}
	l.open(65534, 65538, now)
	if ask, _ := l.due(now, 0); len(ask) != 0 {
		t.Errorf("asks for %v at once", ask)
	}
	l.mend(65535)
	rounds, lost := 0, false
	for !lost {
		now = now.Add(time.Second)
		var ask []uint16
		ask, lost = l.due(now, 100*time.Millisecond)
		if !lost && (len(ask) != 3 || ask[0] != 65534 || ask[1] != 0 || ask[2] != 1) {
			t.Fatalf("asks for %v", ask)
		}
		if again, _ := l.due(now, 100*time.Millisecond); len(again) != 0 {
			t.Fatalf("asks again at once for %v", again)
		}
		rounds++
	}
	if rounds != nackTries+1 || len(l.missing) != 0 {
		t.Errorf("gives up after %d rounds with %d left", rounds, len(l.missing))
	}
}
