package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// feedbackRate bounds what a client makes us do: several times the reports, and packets asked for again, of a browser with
	// all slots in use on a bad line. What is beyond is dropped; browsers say all of it again.
	feedbackRate = 3000 // units of work a second
	// transportCost is what reading a report of arrivals costs, in packets asked for.
	transportCost = 16
	maxRoundTrip  = 10 * time.Second
)

// feedback takes a compound of RTCP packets (RFC 3550 section 6.1, or single ones by RFC 5506). The frequent kinds are read
// in place. One goroutine at a time calls it.
func (p *Peer) feedback(b *link.Batch, compound []byte, now time.Time) {
	w := p.wiring.Load()
	if w == nil || p.closed.Load() {
		return
	}
	e := &p.egress
	for len(compound) >= 8 && compound[0]>>6 == 2 && e.toll.take(1, now) {
		size := 4 * (int(binary.BigEndian.Uint16(compound[2:])) + 1)
		if size < 8 || size > len(compound) {
			return
		}
		part, count := compound[:size], compound[0]&0x1f
		compound = compound[size:]
		switch rtcp.PacketType(part[1]) {
		case rtcp.TypeSenderReport:
			if size >= 28 {
				p.reported(w, part, now)
				p.measure(w, part[28:], count, now)
			}
		case rtcp.TypeReceiverReport:
			p.measure(w, part[8:], count, now)
		case rtcp.TypeTransportSpecificFeedback:
			p.transportFeedback(b, w, part, count, now)
		case rtcp.TypePayloadSpecificFeedback:
			p.payloadFeedback(b, w, part, count, now)
		}
	}
}

// reported takes a sender report. RFC 3550 section 6.4.1.
func (p *Peer) reported(w *wiring, report []byte, now time.Time) {
	ssrc := binary.BigEndian.Uint32(report[4:])
	if o, ok := (*w.known.Load())[ssrc]; ok && !o.repair {
		o.line.source.reported(o.layer, ssrc, binary.BigEndian.Uint64(report[8:]), binary.BigEndian.Uint32(report[16:]), now)
	}
}

const blockSize = 24 // bytes

// measure takes what the client says of slots: losses, and from our last report the round trip. RFC 3550 section 6.4.1.
func (p *Peer) measure(w *wiring, blocks []byte, count uint8, now time.Time) {
	for ; count > 0 && len(blocks) >= blockSize; count, blocks = count-1, blocks[blockSize:] {
		to := w.slots[binary.BigEndian.Uint32(blocks)]
		if to == nil {
			continue
		}
		last, delay := binary.BigEndian.Uint32(blocks[16:]), binary.BigEndian.Uint32(blocks[20:])
		var trip time.Duration
		if last != 0 {
			trip = fromMiddle(middle(toNTP(now)) - last - delay)
			if trip < maxRoundTrip { // else the report is of a clock that was set meanwhile
				p.trip.Store(int64(trip))
			} else {
				trip = 0
			}
		}
		to.heard(blocks[4], now)
		kind := rate.Audio
		if to.line.Kind == Video {
			kind = rate.Video
		}
		p.egress.report(kind, float64(blocks[4])/256, trip, now)
	}
}

// transportFeedback takes RFC 4585 section 6.2 and transport-wide congestion control
// (draft-holmer-rmcat-transport-wide-cc-extensions-01).
func (p *Peer) transportFeedback(b *link.Batch, w *wiring, part []byte, format uint8, now time.Time) {
	e := &p.egress
	if len(part) < 12 {
		return
	}
	switch format {
	case rtcp.FormatTLN:
		to := w.slots[binary.BigEndian.Uint32(part[8:])]
		if to == nil {
			return
		}
		for pairs := part[12:]; len(pairs) >= 4; pairs = pairs[4:] {
			number, more := binary.BigEndian.Uint16(pairs), binary.BigEndian.Uint16(pairs[2:])
			for bit := uint32(more)<<1 | 1; bit != 0; bit, number = bit>>1, number+1 {
				if bit&1 == 0 {
					continue
				}
				if !e.toll.take(1, now) {
					return
				}
				to.resend(b, number, now)
			}
		}
	case rtcp.FormatTCC:
		f := &e.arrivals
		f.PacketChunks, f.RecvDeltas = f.PacketChunks[:0], f.RecvDeltas[:0] // pion appends to them
		if e.toll.take(transportCost, now) && f.Unmarshal(part) == nil {
			e.acknowledge(f, now)
		}
	}
}

// payloadFeedback takes requests for key frames (RFC 4585 section 6.3.1, RFC 5104 section 4.3.1) and what the client thinks
// that its line takes (draft-alvestrand-rmcat-remb-03).
func (p *Peer) payloadFeedback(b *link.Batch, w *wiring, part []byte, format uint8, now time.Time) {
	if len(part) < 12 {
		return
	}
	switch format {
	case rtcp.FormatPLI:
		w.slots[binary.BigEndian.Uint32(part[8:])].askKeyFrame(b, now)
	case rtcp.FormatFIR:
		for entries := part[12:]; len(entries) >= 8; entries = entries[8:] {
			w.slots[binary.BigEndian.Uint32(entries)].askKeyFrame(b, now)
		}
	case rtcp.FormatREMB:
		if len(part) >= 20 && string(part[12:16]) == "REMB" {
			exponent, mantissa := part[17]>>2, uint64(part[17]&3)<<16|uint64(part[18])<<8|uint64(part[19])
			p.egress.believe(int(min(mantissa<<min(exponent, 32), 1<<31)), now)
		}
	}
}
