package sfu

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// track is what a client publishes; tests write every number themselves.
type track struct {
	content     Content
	transceiver *webrtc.RTPTransceiver
	ssrc        uint32
	asked       chan rtcp.Packet // by the server

	mu          sync.Mutex
	context     webrtc.TrackLocalContext
	payloadType uint8
	repairType  uint8
}

func (w *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.context = c
	for _, codec := range c.CodecParameters() {
		if codec.MimeType != webrtc.MimeTypeOpus && codec.MimeType != webrtc.MimeTypeVP8 {
			continue
		}
		w.payloadType = uint8(codec.PayloadType)
		for _, repair := range c.CodecParameters() {
			if repair.SDPFmtpLine == fmt.Sprintf("apt=%d", codec.PayloadType) {
				w.repairType = uint8(repair.PayloadType)
			}
		}
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

func (w *track) Unbind(webrtc.TrackLocalContext) error { return nil }
func (w *track) ID() string                            { return string(w.content) }
func (w *track) RID() string                           { return "" }
func (w *track) StreamID() string                      { return "own" }
func (w *track) Kind() webrtc.RTPCodecType             { return webrtc.NewRTPCodecType(string(w.content.Kind())) }

// write sends a packet with these numbers; extensions are by URI.
func (w *track) write(t testing.TB, seq uint16, ts uint32, payload []byte, extensions map[string][]byte) {
	t.Helper()
	w.writeAs(t, w.payloadType, seq, ts, payload, extensions)
}

// writeAs sends a packet of another payload type.
func (w *track) writeAs(t testing.TB, payloadType uint8, seq uint16, ts uint32, payload []byte, extensions map[string][]byte) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	h := rtp.Header{Version: 2, SequenceNumber: seq, Timestamp: ts, SSRC: w.ssrc, PayloadType: payloadType}
	for _, e := range w.context.HeaderExtensions() {
		if value, ok := extensions[e.URI]; ok {
			if err := h.SetExtension(uint8(e.ID), value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.context.WriteStream().WriteRTP(&h, payload); err != nil && !errors.Is(err, io.ErrClosedPipe) { // the server has gone
		t.Error(err)
	}
}

// repair sends the packet on the SSRC of retransmissions.
func (w *track) repair(t testing.TB, number, seq uint16, ts uint32, payload []byte) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	h := rtp.Header{Version: 2, SequenceNumber: number, Timestamp: ts, SSRC: uint32(w.context.SSRCRetransmission()), PayloadType: w.repairType}
	if _, err := w.context.WriteStream().WriteRTP(&h, append([]byte{byte(seq >> 8), byte(seq)}, payload...)); err != nil {
		t.Fatal(err)
	}
}

// frame is the payload of a VP8 frame in one packet.
func frame(key bool, id uint16, level uint8, rest ...byte) []byte {
	first := byte(1)
	if key {
		first = 0
	}
	return append([]byte{0x90, 0xc0, 0x80 | byte(id>>8), byte(id), level, first}, rest...)
}

// film is a publisher in lock-step with one slot.
type film struct {
	from  *client
	seq   uint16
	ts    uint32
	id    uint16
	level uint8
}

func (f *film) frame(t *testing.T, key bool) {
	t.Helper()
	f.seq++
	f.ts += 3000
	f.id++
	f.level++
	f.from.sends[Camera].write(t, f.seq, f.ts, frame(key, f.id, f.level, 1, 2, 3), nil)
}

// startsKeyFrame reports whether a payload holds the beginning of a key frame.
func startsKeyFrame(payload []byte) bool {
	p, _, ok := readPicture(payload)
	return ok && p.key
}
