package sfu

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// slot is one receiving line of a peer: a stream of one SSRC without gaps, whatever source is on it. To pion it is a
// webrtc.TrackLocal.
type slot struct {
	line   Line
	peer   *Peer
	stream string // sound and picture of one stream are kept in step
	clock  uint32 // RTP clock rate

	mu          sync.Mutex
	source      *Source // nil: empty
	joined      bool    // the source has begun here; a picture begins with a key frame
	writer      webrtc.TrackLocalWriter
	ssrc        uint32
	payloadType uint8
	repairSSRC  uint32 // 0: repairs go on the slot's own SSRC
	repairType  uint8
	repairSeq   uint16
	cuts        [cutsKept]cut
	lastCut     int
	begun       bool   // anything was sent
	last        uint32 // extended number of the newest packet sent
	lastTS      uint32
	lastAt      time.Time
	lastPicture uint16
	lastLevel   uint8
	resent      [resentKept]resend
	packets     uint32 // sent, for reports
	octets      uint32
	reportAt    time.Time
}

// cutsKept is how many changes of source back lost packets can still be sent again.
const cutsKept = 8

// cut is a change of source: what to add to the source's numbers to go on where the one before has ended.
type cut struct {
	source  *Source
	epoch   uint32
	in, out uint32 // numbers of the first packet, the source's and ours
	ts      uint32
	picture uint16
	level   uint8
}

func newSlot(p *Peer, line Line, index int) *slot {
	s := &slot{line: line, peer: p, stream: fmt.Sprintf("slot%d", index), clock: 48000}
	if line.Kind == Video {
		s.clock = 90000
	}
	// Below 2^15, so that the loss of the first packets cannot hide a rollover: RFC 3711 section 3.3.1.
	s.last = 1<<16 | rand.Uint32N(1<<15)
	s.lastTS = rand.Uint32()
	return s
}

// number is the SSRC the slot sends with; 0 before it is negotiated.
func (s *slot) number() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ssrc
}

// put changes the source and returns the one before. The slot goes on with the new one at its next packet, or key frame.
func (s *slot) put(src *Source) *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.source
	if before != src {
		s.source, s.joined, s.reportAt = src, false, time.Time{}
	}
	return before
}

// release empties the slot if src is on it.
func (s *slot) release(src *Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source == src {
		s.source, s.joined = nil, false
	}
}

// forward sends a packet of src. It returns false, and has not sent p, when src has to begin on this slot and p may not be
// the beginning.
func (s *slot) forward(src *Source, p *packet, beginning bool, h *rtp.Header, now time.Time) bool {
	s.mu.Lock()
	if s.source != src || s.writer == nil || !s.peer.live.Load() {
		s.mu.Unlock()
		return true
	}
	if c := &s.cuts[s.lastCut]; !s.joined || c.source != src || c.epoch != p.epoch {
		if !beginning {
			s.mu.Unlock()
			return false
		}
		s.join(src, p, now)
	}
	c := &s.cuts[s.lastCut]
	if int32(p.seq-c.in) < 0 { // from before the cut
		s.mu.Unlock()
		return true
	}
	s.place(c, p, h)
	s.packets++
	s.octets += uint32(len(p.payload))
	if out := p.seq - c.in + c.out; int32(out-s.last) > 0 {
		s.last, s.lastTS, s.lastAt = out, h.Timestamp, now
		if p.picture.idAt != 0 {
			s.lastPicture = (p.picture.id + c.picture) & 0x7fff
		}
		if p.picture.levelAt != 0 {
			s.lastLevel = p.picture.level + c.level
		}
	}
	w := s.writer
	s.mu.Unlock()
	_, _ = w.WriteRTP(h, p.payload) // a lost packet is asked for again; a lost line is pion's to notice
	return true
}

// join begins a cut at p. Time goes on by what has passed, so that what comes now is shown now, and by a fiftieth of a
// second at least.
func (s *slot) join(src *Source, p *packet, now time.Time) {
	ts := s.lastTS
	if s.begun {
		elapsed := uint32(min(max(now.Sub(s.lastAt), 0), time.Hour).Milliseconds()) * (s.clock / 1000)
		ts += max(elapsed-min(elapsed, p.behind), s.clock/50)
	}
	s.lastCut = (s.lastCut + 1) % cutsKept
	s.cuts[s.lastCut] = cut{
		source: src, epoch: p.epoch, in: p.seq, out: s.last + 1, ts: ts - p.ts,
		picture: s.lastPicture + 1 - p.picture.id, level: s.lastLevel + 1 - p.picture.level,
	}
	s.joined, s.begun = true, true
}

// place writes the packet's numbers on this slot into h and into the payload.
func (s *slot) place(c *cut, p *packet, h *rtp.Header) {
	*h = rtp.Header{
		Version: 2, Marker: p.marker, PayloadType: s.payloadType, SSRC: s.ssrc,
		SequenceNumber: uint16(p.seq - c.in + c.out), Timestamp: p.ts + c.ts,
	}
	p.picture.write(p.payload, p.picture.id+c.picture, p.picture.level+c.level)
}

// Bind is called by pion when the line is negotiated.
func (s *slot) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want, repair := webrtc.MimeTypeOpus, webrtc.PayloadType(0)
	if s.line.Kind == Video {
		want = webrtc.MimeTypeVP8
	}
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, want) {
			continue
		}
		for _, other := range c.CodecParameters() {
			if strings.EqualFold(other.MimeType, webrtc.MimeTypeRTX) && other.SDPFmtpLine == fmt.Sprintf("apt=%d", codec.PayloadType) {
				repair = other.PayloadType
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.writer, s.ssrc, s.payloadType = c.WriteStream(), uint32(c.SSRC()), uint8(codec.PayloadType)
		if repair != 0 {
			s.repairSSRC, s.repairType = uint32(c.SSRCRetransmission()), uint8(repair)
			s.repairSeq = uint16(rand.Uint32N(1 << 15))
		}
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

var errNoCodec = errors.New("sfu: the line has no codec in common")

// Unbind is called by pion when the connection ends.
func (s *slot) Unbind(webrtc.TrackLocalContext) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writer = nil
	return nil
}

// ID names the track within its stream.
func (s *slot) ID() string { return s.stream + string(s.line.Kind) }

// RID is empty: a slot has one encoding.
func (s *slot) RID() string { return "" }

// StreamID names the stream; the audio and the video slot of one number share it.
func (s *slot) StreamID() string { return s.stream }

// Kind is the kind of the line, in pion's words.
func (s *slot) Kind() webrtc.RTPCodecType { return webrtc.NewRTPCodecType(string(s.line.Kind)) }
