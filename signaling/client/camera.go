package client

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"

	"github.com/samtale/samtale/signaling"
)

// encodings of a camera in PROTOCOL.md, lowest first: the same picture in three sizes.
var (
	//go:embed picture360.vp8
	picture360 []byte
	//go:embed picture720.vp8
	picture720 []byte

	encodings = [...]struct {
		rid   string
		frame []byte
	}{{"q", picture}, {"h", picture360}, {"f", picture720}}
)

// publishCamera adds the camera's line. The function it returns sends a picture, unless the server wants none.
func (m *media) publishCamera(simulcast bool) (show func(), err error) {
	if simulcast {
		return m.publishEncodings()
	}
	sight, err := webrtc.NewTrackLocalStaticSample(vp8, "picture", "samtale-client")
	if err != nil {
		return nil, fmt.Errorf("client: picture: %w", err)
	}
	if err := m.add(signaling.SourceCamera, sight); err != nil {
		return nil, err
	}
	return func() {
		if m.wants.Load() > 0 {
			_ = sight.WriteSample(samples.Sample{Data: picture, Duration: frameTime}) // fails only when closed
		}
	}, nil
}

// encoding is one of the camera's.
type encoding struct {
	track   *webrtc.TrackLocalStaticRTP
	rid     string
	frame   []byte
	packets rtp.Packetizer
}

// packetBytes leaves room for what the server and relays put around a packet.
const packetBytes = 1200

func (m *media) publishEncodings() (show func(), err error) {
	var all []encoding
	for _, e := range encodings {
		track, err := webrtc.NewTrackLocalStaticRTP(vp8, "picture", "samtale-client", webrtc.WithRTPStreamID(e.rid))
		if err != nil {
			return nil, fmt.Errorf("client: picture %s: %w", e.rid, err)
		}
		packets := rtp.NewPacketizer(packetBytes, 0, 0, &codecs.VP8Payloader{EnablePictureID: true}, rtp.NewRandomSequencer(), vp8.ClockRate)
		all = append(all, encoding{track: track, rid: e.rid, frame: e.frame, packets: packets})
	}
	if err := m.add(signaling.SourceCamera, all[0].track); err != nil {
		return nil, err
	}
	line := m.senders[signaling.SourceCamera]
	for _, e := range all[1:] {
		if err := line.Sender().AddEncoding(e.track); err != nil {
			return nil, fmt.Errorf("client: picture %s: %w", e.rid, err)
		}
		m.start(func() { readFeedbackOf(line.Sender(), e.rid) })
	}
	mid, rid := uint8(m.extension(signaling.SourceCamera, sdp.SDESMidURI)), uint8(m.extension(signaling.SourceCamera, sdp.SDESRTPStreamIDURI))
	clock := rand.Uint32()
	return func() {
		clock += uint32(frameTime * time.Duration(vp8.ClockRate) / time.Second)
		for _, e := range all[:min(max(0, int(m.wants.Load())), len(all))] {
			for _, p := range e.packets.Packetize(e.frame, 0) {
				p.Timestamp = clock
				_ = p.SetExtension(mid, []byte(line.Mid())) // short enough for one byte's length
				_ = p.SetExtension(rid, []byte(e.rid))
				_ = e.track.WriteRTP(p) // fails only when closed
			}
		}
	}, nil
}

// readFeedbackOf is readFeedback for another encoding than the first.
func readFeedbackOf(sender *webrtc.RTPSender, rid string) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := sender.ReadSimulcast(buffer, rid); err != nil {
			return
		}
	}
}
