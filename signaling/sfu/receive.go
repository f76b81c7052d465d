package sfu

import (
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/transport/v5/packetio"
)

// wiring says what the SSRCs of a peer are. It is replaced as a whole after every answer.
type wiring struct {
	ids         extensions
	origins     map[uint32]origin  // declared SSRCs of what the client sends
	mids        map[string]*Source // for SSRCs that are not declared
	repairTypes [128]bool          // payload types of retransmissions
	slots       map[uint32]*slot   // by the SSRC we send with
}

type origin struct {
	source *Source
	repair bool
}

// maxInbound bounds the SSRCs of a client. Each costs memory in pion, and no browser needs more than a few.
const maxInbound = 256

// inbound stands where pion would buffer the packets of one SSRC. Write is called by the goroutine that decrypts, one for
// RTP and one for RTCP of the whole connection, with a slice that is used again.
type inbound struct {
	peer   *Peer // nil: one SSRC too many
	rtcp   bool
	ssrc   uint32
	wired  *wiring // that origin was looked up in
	origin origin
}

func (p *Peer) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	in := &inbound{rtcp: kind == packetio.RTCPBufferPacket, ssrc: ssrc}
	if p.inbound.Add(1) <= maxInbound {
		in.peer = p
	}
	return in
}

// Write takes a packet. It never fails: pion would end the connection's reader.
func (in *inbound) Write(raw []byte) (int, error) {
	switch {
	case in.peer == nil || in.peer.closed.Load():
	case in.rtcp:
		in.peer.feedback(in.ssrc, raw, time.Now())
	default:
		in.peer.receive(in, raw, time.Now())
	}
	return len(raw), nil
}

// Read ends at once: pion's own search for unknown streams finds nothing to do, and leaves no goroutine waiting.
func (in *inbound) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing; the peer ends its sources.
func (in *inbound) Close() error { return nil }

// receive is the hot path: a packet from the client goes to its source and on to all slots.
func (p *Peer) receive(in *inbound, raw []byte, now time.Time) {
	w := p.wiring.Load()
	if w == nil {
		return
	}
	h, ok := readHeader(raw, w.ids)
	if !ok || len(h.payload) > maxPayload {
		return
	}
	if h.hasTransport {
		p.arrived(h, now)
	}
	if in.wired != w {
		in.wired, in.origin = w, w.origins[in.ssrc]
	}
	if in.origin.source == nil && h.mid != nil {
		in.origin = origin{w.mids[string(h.mid)], w.repairTypes[h.payloadType]}
	}
	src := in.origin.source
	if src == nil {
		return
	}
	if in.origin.repair {
		if len(h.payload) < 2 { // bandwidth is being probed
			return
		}
		h.seq, h.payload = uint16(h.payload[0])<<8|uint16(h.payload[1]), h.payload[2:] // RFC 4588 section 4
	}
	src.accept(h, in.origin.repair, now)
}

// feedback takes one RTCP packet that concerns ssrc.
func (p *Peer) feedback(ssrc uint32, raw []byte, now time.Time) {
	w := p.wiring.Load()
	packets, err := rtcp.Unmarshal(raw)
	if w == nil || err != nil {
		return
	}
	to := w.slots[ssrc]
	for _, each := range packets {
		switch r := each.(type) {
		case *rtcp.SenderReport:
			if src := w.origins[ssrc].source; src != nil && r.SSRC == ssrc {
				src.reported(r, now)
			}
			p.measure(ssrc, to, r.Reports, now)
		case *rtcp.ReceiverReport:
			p.measure(ssrc, to, r.Reports, now)
		case *rtcp.TransportLayerNack:
			p.repair(to, r.Nacks, now)
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			to.askKeyFrame(now)
		}
	}
}

// measure takes the round trip from what the client says of a slot. RFC 3550 section 6.4.1.
func (p *Peer) measure(ssrc uint32, to *slot, blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		if to == nil || b.SSRC != ssrc || b.LastSenderReport == 0 {
			continue
		}
		trip := fromMiddle(middle(toNTP(now)) - b.LastSenderReport - b.Delay)
		if trip < maxRoundTrip { // else the report is of a clock that was set meanwhile
			p.trip.Store(int64(trip))
		}
	}
}

// repair answers a NACK.
func (p *Peer) repair(to *slot, pairs []rtcp.NackPair, now time.Time) {
	if to == nil {
		return
	}
	for _, pair := range pairs {
		pair.Range(func(number uint16) bool {
			to.resend(number, now, &p.resender)
			return true
		})
	}
}
