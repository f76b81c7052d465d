package client

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/transport/v5/packetio"
	"github.com/pion/webrtc/v4"
)

// How often a load tells the server what has come, as Chromium does.
const (
	feedbackEvery = 100 * time.Millisecond
	reportEvery   = time.Second
)

// ear takes what a load receives where pion decrypts it: without a goroutine for each line, and without decoding.
type ear struct {
	meter     *Meter
	transport atomic.Uint32 // header extension of transport-cc; 0: not agreed on
	first     *atomic.Int64 // when the first packet of a load came, Unix nanoseconds
	keyWanted atomic.Bool

	mu       sync.Mutex
	ssrc     uint32 // of our reports
	arrivals *twcc.Recorder
	streams  map[uint32]*stream
}

// stream is what is known of one SSRC.
type stream struct {
	started          bool
	highest          uint32 // extended number
	base             uint32
	received         uint32
	toldOf, toldRecv uint32 // at the last report
	senderReport     uint32 // the middle of its time
	reportAt         time.Time
}

func newEar(meter *Meter, first *atomic.Int64) *ear {
	ssrc := rand.Uint32()
	return &ear{meter: meter, first: first, ssrc: ssrc, arrivals: twcc.NewRecorder(ssrc), streams: map[uint32]*stream{}}
}

// inlet stands where pion would buffer the packets of one SSRC.
type inlet struct {
	ear  *ear
	rtcp bool
	ssrc uint32
}

func (e *ear) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	return inlet{ear: e, rtcp: kind == packetio.RTCPBufferPacket, ssrc: ssrc}
}

// Write takes a packet. It never fails: pion would end the connection's reader.
func (in inlet) Write(raw []byte) (int, error) {
	if in.rtcp {
		in.ear.feedback(raw, time.Now())
	} else {
		in.ear.packet(raw, time.Now())
	}
	return len(raw), nil
}

// Read ends at once: nobody waits for what Write has counted.
func (inlet) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing.
func (inlet) Close() error { return nil }

// packet counts one (RFC 3550 section 5.1).
func (e *ear) packet(raw []byte, now time.Time) {
	if len(raw) < 12 {
		return
	}
	payloadType, number, ssrc := raw[1]&0x7f, binary.BigEndian.Uint16(raw[2:]), binary.BigEndian.Uint32(raw[8:])
	transport, payload := readExtension(raw, uint8(e.transport.Load()))
	e.mu.Lock()
	if transport != nil {
		e.arrivals.Record(ssrc, binary.BigEndian.Uint16(transport), now.UnixMicro())
	}
	if payloadType == repairType {
		e.mu.Unlock()
		e.meter.Repairs.Add(1)
		return
	}
	s := e.streams[ssrc]
	if s == nil {
		s = &stream{}
		e.streams[ssrc] = s
	}
	expected := s.arrived(number)
	e.mu.Unlock()
	count := &e.meter.Sight
	if payloadType != pictureType {
		count = &e.meter.Sound
	}
	count.Expected.Add(uint64(expected))
	count.Received.Add(1)
	count.Bytes.Add(uint64(len(raw)))
	if took, ok := readStamp(payload, now); ok {
		count.delay(took)
		e.first.CompareAndSwap(0, now.UnixNano())
	}
}

// arrived notes a number, and returns how many more packets are known to have been sent.
func (s *stream) arrived(number uint16) uint32 {
	s.received++
	if !s.started {
		s.started, s.base, s.highest = true, uint32(number), uint32(number)
		return 1
	}
	ahead := int16(number - uint16(s.highest))
	if ahead <= 0 {
		return 0 // late, or once more
	}
	s.highest += uint32(ahead)
	return uint32(ahead)
}

// readExtension finds a header extension of two bytes (RFC 8285 section 4.2) and where the payload begins.
func readExtension(raw []byte, id uint8) (found, payload []byte) {
	at := 12 + 4*int(raw[0]&0xf)
	if raw[0]&0x10 == 0 || len(raw) < at+4 {
		return nil, raw[min(at, len(raw)):]
	}
	end := at + 4 + 4*int(binary.BigEndian.Uint16(raw[at+2:]))
	if end > len(raw) || binary.BigEndian.Uint16(raw[at:]) != 0xbede {
		return nil, raw[min(end, len(raw)):]
	}
	for i := at + 4; i < end; {
		each, length := raw[i]>>4, int(raw[i]&0xf)+1
		if raw[i] == 0 { // padding
			i++
			continue
		}
		if each == id && length == 2 && i+3 <= end {
			found = raw[i+1 : i+3]
		}
		i += 1 + length
	}
	return found, raw[end:]
}

// feedback takes RTCP of the server: sender reports, and requests for key frames.
func (e *ear) feedback(raw []byte, now time.Time) {
	packets, err := rtcp.Unmarshal(raw)
	if err != nil {
		return
	}
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			e.mu.Lock()
			if s := e.streams[p.SSRC]; s != nil {
				s.senderReport, s.reportAt = uint32(p.NTPTime>>16), now
			}
			e.mu.Unlock()
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			e.keyWanted.Store(true)
		}
	}
}

// report tells the server what has come, until the connection ends.
func (m *media) report() {
	tick := time.NewTicker(feedbackEvery)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case now := <-tick.C:
			if m.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
				continue
			}
			m.ear.mu.Lock()
			packets := m.ear.arrivals.BuildFeedbackPacket()
			if now.Sub(last) >= reportEvery {
				last = now
				packets = append([]rtcp.Packet{m.ear.receiverReport(now)}, packets...)
			}
			m.ear.mu.Unlock()
			if len(packets) > 0 {
				_ = m.pc.WriteRTCP(packets) // fails only when closed
			}
		case <-m.ctx.Done():
			return
		}
	}
}

// receiverReport needs mu (RFC 3550 section 6.4.2). Streams on which nothing new has come are left out.
func (e *ear) receiverReport(now time.Time) *rtcp.ReceiverReport {
	report := &rtcp.ReceiverReport{SSRC: e.ssrc}
	for ssrc, s := range e.streams {
		sent := s.highest - s.base + 1
		expected, received := sent-s.toldOf, s.received-s.toldRecv
		if expected == 0 || len(report.Reports) == 31 {
			continue
		}
		s.toldOf, s.toldRecv = sent, s.received
		block := rtcp.ReceptionReport{SSRC: ssrc, LastSequenceNumber: s.highest, LastSenderReport: s.senderReport}
		if received < expected {
			block.FractionLost = uint8(min(255, (expected-received)*256/expected))
		}
		if sent > s.received {
			block.TotalLost = sent - s.received
		}
		if !s.reportAt.IsZero() {
			block.Delay = uint32(now.Sub(s.reportAt).Seconds() * 65536)
		}
		report.Reports = append(report.Reports, block)
	}
	return report
}
