package client

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"

	"github.com/samtale/samtale/signaling"
)

// What is published can be heard and seen in a browser, too.
var (
	// tone is one second of 440 Hz at -23 dBov: 50 Opus packets of 20 ms (RFC 6716), 40 bytes each.
	//go:embed tone.opus
	tone []byte
	// picture is one VP8 key frame of 320x180 (RFC 6386).
	//go:embed picture.vp8
	picture []byte

	opus = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
	vp8  = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
)

const (
	toneBytes = 40 // a packet
	toneTime  = 20 * time.Millisecond
	toneLevel = 23      // RFC 6464: -dBov
	pictureIn = 5       // a picture with every fifth packet of sound: 10 a second
	isSpeech  = 0x80    // RFC 6464 section 3: voice activity
	toneClock = 48 * 20 // RFC 7587 section 4.1: always 48 kHz
	frameTime = pictureIn * toneTime
	pageTime  = 200 * time.Millisecond // between two pictures of a screen
)

// publishAll adds the lines of what is sent, and sends on them until the connection ends.
func (m *media) publishAll() error {
	config := m.client.config
	if config.Load != nil {
		return m.publishLoad(config.Load)
	}
	sound, err := webrtc.NewTrackLocalStaticRTP(opus, "sound", "samtale-client")
	if err != nil {
		return fmt.Errorf("client: sound: %w", err)
	}
	if err := m.add(signaling.SourceMicrophone, sound); err != nil {
		return err
	}
	show, err := m.publishCamera(config.Simulcast)
	if err != nil {
		return err
	}
	level := uint8(m.extension(signaling.SourceMicrophone, sdp.AudioLevelURI))
	m.start(func() { m.send(sound, show, level) })
	return nil
}

// add adds a sending line.
func (m *media) add(source string, track webrtc.TrackLocal) error {
	transceiver, err := m.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return fmt.Errorf("client: %s: %w", source, err)
	}
	m.senders[source] = transceiver
	m.start(func() { readFeedback(transceiver.Sender()) })
	return nil
}

// show sends a screen, or none. Its line is added, and offered unless the first offer is still to come, when it is first
// needed; it stays.
func (m *media) show(on bool) {
	m.shown.Store(on)
	if !on || m.senders[signaling.SourceScreen] != nil {
		return
	}
	page, err := webrtc.NewTrackLocalStaticSample(vp8, "screen", "samtale-client-screen")
	if err == nil {
		err = m.add(signaling.SourceScreen, page)
	}
	if err != nil {
		return // the connection is closed
	}
	m.start(func() { m.sendScreen(page) })
	if m.number > 0 {
		m.negotiate(false)
	}
}

// sendScreen paces the pictures of the screen.
func (m *media) sendScreen(page *webrtc.TrackLocalStaticSample) {
	tick := time.NewTicker(pageTime)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-m.ctx.Done():
			return
		}
		if m.shown.Load() {
			_ = page.WriteSample(samples.Sample{Data: picture, Duration: pageTime}) // fails only when closed
		}
	}
}

// setSwitches decides what is sent from now on.
func (m *media) setSwitches(s signaling.DeviceState) {
	m.muted.Store(s.Muted)
	m.dark.Store(!s.Camera)
}

// send paces the tone and the picture. Before the connection stands the tracks drop what is written.
func (m *media) send(sound *webrtc.TrackLocalStaticRTP, show func(), level uint8) {
	tick := time.NewTicker(toneTime)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
		case <-m.ctx.Done():
			return
		}
		if !m.muted.Load() {
			_ = sound.WriteRTP(tonePacket(n, level)) // fails only when closed
		}
		if n%pictureIn == 0 && !m.dark.Load() {
			show()
		}
	}
}

// extension is the number under which our offer announces a header extension on a sending line; 0: it does not.
func (m *media) extension(source, uri string) int {
	for _, x := range m.senders[source].Sender().GetParameters().HeaderExtensions {
		if x.URI == uri {
			return x.ID
		}
	}
	return 0
}

func tonePacket(n int, level uint8) *rtp.Packet {
	at := n % (len(tone) / toneBytes) * toneBytes
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: n == 0, SequenceNumber: uint16(n), Timestamp: uint32(n) * toneClock},
		Payload: tone[at : at+toneBytes],
	}
	if level > 0 {
		_ = p.SetExtension(level, []byte{isSpeech | toneLevel}) // one byte always fits
	}
	return p
}

// readFeedback takes what comes back to a sender: pion answers requests for retransmission while it is read.
func readFeedback(sender *webrtc.RTPSender) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(buffer); err != nil {
			return
		}
	}
}
