package client

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling"
)

// Load makes a client part of a load test. It sends what a browser would, as far as the server can tell, with the instant of
// sending in each packet; it counts what comes where it is decrypted, decodes nothing, and answers as browsers do. It does
// not repair what it has sent.
type Load struct {
	Silent bool   // sends nothing
	Meter  *Meter // counts what comes
}

// The load is that of other servers' published measurements: sound of 50 packets a second, pictures of 125, of which 25
// frames a second are spread over 16 ms each, and a greater frame for a beginning every 10 s and when one is asked for.
const (
	loadSoundBytes = 120
	loadSightBytes = 1200
	loadCycle      = 40 * time.Millisecond
	loadFrameParts = 5
	loadPartEvery  = 4 * time.Millisecond
	loadKeyParts   = 15
	loadKeyFrames  = 250                    // frames from one key frame to the next
	loadKeyPause   = 500 * time.Millisecond // between two that are asked for
	loadSoundAt    = 2 * time.Millisecond   // in the cycle, and again half a cycle later
)

// stamp ends every payload: a mark, and the instant of sending in Unix nanoseconds.
const (
	stampMark  = 0x73744c6f
	stampBytes = 12
)

func putStamp(payload []byte, now time.Time) {
	at := payload[len(payload)-stampBytes:]
	binary.BigEndian.PutUint32(at, stampMark)
	binary.BigEndian.PutUint64(at[4:], uint64(now.UnixNano()))
}

// readStamp tells how long ago the packet was sent. It ends with the payload, or with the last frame of several.
func readStamp(payload []byte, now time.Time) (time.Duration, bool) {
	if len(payload) < stampBytes {
		return 0, false
	}
	at := payload[len(payload)-stampBytes:]
	if binary.BigEndian.Uint32(at) != stampMark {
		return 0, false
	}
	return time.Duration(uint64(now.UnixNano()) - binary.BigEndian.Uint64(at[4:])), true
}

// part is one wake-up of the sender's cycle.
type part struct {
	at    time.Duration
	sound bool
	piece int // of a frame
}

// parts is one cycle.
func parts() []part {
	all := []part{{at: loadSoundAt, sound: true}, {at: loadSoundAt + loadCycle/2, sound: true}}
	for n := range loadFrameParts {
		all = append(all, part{at: time.Duration(n) * loadPartEvery, piece: n})
	}
	slices.SortFunc(all, func(a, b part) int { return int(a.at - b.at) })
	return all
}

// publishLoad adds the lines of microphone and camera, and sends on them. Who is silent adds them too, as a page does.
func (m *media) publishLoad(load *Load) error {
	sound, err := webrtc.NewTrackLocalStaticRTP(opus, "sound", "samtale-load")
	if err != nil {
		return fmt.Errorf("client: sound: %w", err)
	}
	sight, err := webrtc.NewTrackLocalStaticRTP(vp8, "picture", "samtale-load")
	if err != nil {
		return fmt.Errorf("client: picture: %w", err)
	}
	if err := m.add(signaling.SourceMicrophone, sound); err != nil {
		return err
	}
	if err := m.add(signaling.SourceCamera, sight); err != nil {
		return err
	}
	m.start(m.report)
	if !load.Silent {
		level := uint8(m.extension(signaling.SourceMicrophone, sdp.AudioLevelURI))
		m.start(func() { m.sendLoad(load.Meter, sound, sight, level) })
	}
	return nil
}

// sendLoad paces the load, beginning anywhere in the cycle so that many senders do not send at once.
func (m *media) sendLoad(meter *Meter, sound, sight *webrtc.TrackLocalStaticRTP, level uint8) {
	var voice voice
	var film film
	voice.level = level
	timer := time.NewTimer(0)
	defer timer.Stop()
	cycle := parts()
	for start := time.Now().Add(rand.N(loadCycle)); ; start = start.Add(loadCycle) {
		for _, p := range cycle {
			timer.Reset(time.Until(start.Add(p.at)))
			select {
			case <-timer.C:
			case <-m.ctx.Done():
				return
			}
			if m.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
				continue
			}
			if p.sound {
				_ = sound.WriteRTP(voice.next(time.Now())) // fails only when closed
				meter.Sent.Add(1)
				continue
			}
			if p.piece == 0 && film.begin(m.ear.keyWanted.Load(), time.Now()) {
				m.ear.keyWanted.Store(false)
			}
			for range film.share(p.piece) {
				_ = sight.WriteRTP(film.next(time.Now()))
				meter.Sent.Add(1)
			}
		}
	}
}

// voice makes packets of sound.
type voice struct {
	n       int
	level   uint8
	payload [loadSoundBytes]byte
}

func (v *voice) next(now time.Time) *rtp.Packet {
	v.payload[0] = tone[0] // as if it were Opus: RFC 6716 section 3.1
	putStamp(v.payload[:], now)
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: v.n == 0, SequenceNumber: uint16(v.n), Timestamp: uint32(v.n) * toneClock},
		Payload: v.payload[:],
	}
	if v.level > 0 {
		_ = p.SetExtension(v.level, []byte{isSpeech | toneLevel}) // one byte always fits
	}
	v.n++
	return p
}

// film makes packets of pictures: VP8 as RFC 7741 has it, as far as a server looks.
type film struct {
	packets uint16
	frames  int
	key     bool
	keyAt   time.Time
	left    int // packets of the frame
	first   bool
	base    uint8 // TL0PICIDX
	payload [loadSightBytes]byte
}

// begin starts the next frame, and reports whether it is one to begin with.
func (f *film) begin(keyWanted bool, now time.Time) bool {
	f.key = f.frames%loadKeyFrames == 0 || (keyWanted && now.Sub(f.keyAt) >= loadKeyPause)
	f.frames++
	f.left, f.first = loadFrameParts, true
	if f.key {
		f.keyAt, f.left = now, loadKeyParts
	}
	if f.temporal() == 0 {
		f.base++
	}
	return f.key
}

// temporal is the frame's layer: every other frame can be left out.
func (f *film) temporal() byte {
	if f.key || f.frames%2 == 1 {
		return 0
	}
	return 1
}

// share is how many packets of the frame go now.
func (f *film) share(piece int) int {
	if f.key {
		return loadKeyParts / loadFrameParts
	}
	return 1
}

func (f *film) next(now time.Time) *rtp.Packet {
	head := byte(0x80) // X
	if f.first {
		head |= 0x10 // S: RFC 7741 section 4.2
	}
	picture := uint16(f.frames) & 0x7fff
	copy(f.payload[:], []byte{head, 0xe0, 0x80 | byte(picture>>8), byte(picture), f.base, f.temporal() << 6})
	frame := f.payload[6:]
	frame[0] = 0x11 // RFC 6386 section 9.1: no key frame, shown
	if f.key {
		copy(frame, []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}) // 640x360
	}
	putStamp(f.payload[:], now)
	f.left--
	f.first = false
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: f.left == 0, SequenceNumber: f.packets, Timestamp: uint32(f.frames) * 3600},
		Payload: f.payload[:],
	}
	f.packets++
	return p
}
