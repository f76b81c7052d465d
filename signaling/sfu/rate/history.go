package rate

import (
	"time"

	"github.com/pion/rtcp"
)

const (
	// historySize packets are remembered: at 2 Mbit/s and a round trip of a second there are still four times as many.
	historySize = 2048
	// referenceUnit is the unit of a feedback's reference time; draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
	referenceUnit = 64 * time.Millisecond
	// clockJump is a difference between the client's clock and ours that no pause and no queue explains: its clock was set.
	clockJump = 10 * time.Second
)

// History remembers the packets that were given a transport-wide number, and reads what the client says became of them.
// The zero value is ready. It allocates once, at the first packet.
type History struct {
	ring       []sent // by number
	next       uint64 // the extended number of the next packet
	spoken     uint64 // feedback has spoken of all before it
	origin     time.Time
	unnumbered int
	client     clientClock
}

type sent struct {
	at   int64 // nanoseconds after the origin
	size uint16
	kind Kind
	fate fate
}

// fate is what feedback has said of a packet.
type fate uint8

const (
	unknown fate = iota
	missing
	arrived
)

// Acked is the fate of one packet.
type Acked struct {
	Number  uint16
	Kind    Kind
	Size    int
	Sent    time.Time
	Arrived time.Duration // on the client's clock, from an instant of its own; nothing when Lost
	Lost    bool
	Late    bool // it was said to be lost before, and has come after all
}

// Sent notes a packet of size bytes on the wire and returns the number it must carry.
func (h *History) Sent(at time.Time, size int, kind Kind) (number uint16) {
	if h.ring == nil {
		h.ring, h.origin = make([]sent, historySize), at
	}
	h.ring[h.next%historySize] = sent{at: int64(at.Sub(h.origin)), size: uint16(min(max(size, 0), 1<<16-1)), kind: kind}
	h.next++
	return uint16(h.next - 1)
}

// Unnumbered notes size bytes sent on a line that has no such numbers (sound to Firefox): they are load all the same.
func (h *History) Unnumbered(size int) { h.unnumbered += max(size, 0) }

// takeUnnumbered returns the bytes without numbers since the last call.
func (h *History) takeUnnumbered() int {
	n := h.unnumbered
	h.unnumbered = 0
	return n
}

// waiting is how long the oldest packet that feedback has not spoken of has been on its way.
func (h *History) waiting(now time.Time) time.Duration {
	if h.spoken == h.next {
		return 0
	}
	oldest := max(h.spoken, h.next-min(h.next, historySize))
	return now.Sub(h.origin) - time.Duration(h.ring[oldest%historySize].at)
}

// Feedback appends the fate of every packet f is the first to tell of, in the order they were sent. What f says of numbers
// never given, or given too long ago, is ignored; a packet said to be lost may come Late in another feedback.
func (h *History) Feedback(f *rtcp.TransportLayerCC, at time.Time, acked []Acked) []Acked {
	behind := uint64(uint16(h.next) - f.BaseSequenceNumber)
	if behind == 0 || behind > h.next {
		return acked
	}
	r := reader{h: h, number: h.next - behind, left: int(f.PacketStatusCount), deltas: f.RecvDeltas, acked: acked}
	r.clock = h.client.read(f.ReferenceTime, at.Sub(h.origin))
	for _, chunk := range f.PacketChunks {
		if r.left <= 0 || r.number >= h.next {
			break
		}
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range c.RunLength {
				if !r.status(c.PacketStatusSymbol) {
					break
				}
			}
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList {
				if !r.status(symbol) {
					break
				}
			}
		}
	}
	h.spoken = max(h.spoken, min(r.number, h.next))
	return r.acked
}

// reader goes through one feedback.
type reader struct {
	h      *History
	number uint64 // the packet whose status comes next
	left   int    // statuses
	deltas []*rtcp.RecvDelta
	clock  time.Duration // the client's, at the packet that came before
	acked  []Acked
}

// status reads the status of the next packet; false: nothing after it can be of use.
func (r *reader) status(symbol uint16) bool {
	if r.left <= 0 || r.number >= r.h.next {
		return false
	}
	came, timed := symbol != rtcp.TypeTCCPacketNotReceived, false
	if symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta {
		if len(r.deltas) == 0 || r.deltas[0] == nil {
			r.left = 0
			return false
		}
		r.clock += time.Duration(r.deltas[0].Delta) * time.Microsecond
		r.deltas, timed = r.deltas[1:], true
	}
	if came == timed { // else it came at a time that is not told: nothing to learn
		r.tell(came)
	}
	r.number++
	r.left--
	return true
}

// tell appends the fate of the packet if it is news.
func (r *reader) tell(came bool) {
	if r.h.next-r.number > historySize {
		return
	}
	s := &r.h.ring[r.number%historySize]
	if s.fate == arrived || s.fate == missing && !came {
		return
	}
	a := Acked{
		Number: uint16(r.number), Kind: s.kind, Size: int(s.size), Sent: r.h.origin.Add(time.Duration(s.at)),
		Arrived: r.clock, Lost: !came, Late: came && s.fate == missing,
	}
	s.fate = missing
	if came {
		s.fate = arrived
	} else {
		a.Arrived = 0
	}
	r.acked = append(r.acked, a)
}

// clientClock turns reference times into a clock that neither wraps nor jumps.
type clientClock struct {
	started   bool
	reference uint32        // the last, 24 bits
	at        time.Duration // ours when it came
	time      time.Duration // what it stood for
}

// referenceWrap is after 12 days. The draft calls the 24 bits signed; only differences matter.
const referenceWrap = 1 << 24

func (c *clientClock) read(reference uint32, ours time.Duration) time.Duration {
	steps := int32((reference-c.reference)<<8) >> 8
	passed := time.Duration(steps) * referenceUnit
	if off := passed - (ours - c.at); c.started && (off > clockJump || off < -clockJump) {
		passed = ours - c.at
	}
	if !c.started {
		passed = 0
	}
	c.started, c.reference, c.at, c.time = true, reference%referenceWrap, ours, c.time+passed
	return c.time
}
