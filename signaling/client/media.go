package client

import (
	"context"
	"encoding/binary"
	"sync"
	"sync/atomic"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling"
)

// media is one PeerConnection. Its methods are called by the client's loop; pion's callbacks only post.
type media struct {
	client  *Client
	peer    int
	pc      *webrtc.PeerConnection
	senders map[string]*webrtc.RTPTransceiver // by source
	slots   signaling.Need                    // receiving lines there are
	number  int
	request uint64 // id of the offer that is out; 0: none
	again   bool   // offer once more after the answer
	restart bool   // with a new ICE name

	ctx   context.Context // ends with the connection
	stop  context.CancelFunc
	ear   *ear // of a load
	muted atomic.Bool
	dark  atomic.Bool  // camera off
	shown atomic.Bool  // screen shared
	wants atomic.Int32 // encodings of the camera that the server wants

	mu      sync.Mutex
	lines   map[string]*atomic.Pointer[tally] // by mid
	closed  bool
	running sync.WaitGroup // whatever reads and writes tracks; nothing is added once closed
}

func newMedia(c *Client, peer int) (*media, error) {
	var listening *ear
	if c.config.Load != nil {
		listening = newEar(c.config.Load.Meter, &c.first)
	}
	pc, err := connect(c.config, c.relay, listening)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(c.ctx)
	m := &media{
		client: c, peer: peer, pc: pc, senders: map[string]*webrtc.RTPTransceiver{}, ctx: ctx, stop: stop, ear: listening,
		lines: map[string]*atomic.Pointer[tally]{},
	}
	m.wants.Store(int32(len(encodings)))
	m.setSwitches(signaling.DeviceState{Muted: c.config.Muted, Camera: !c.config.NoCamera})
	if err := m.publishAll(); err != nil {
		stop()
		_ = pc.Close()
		return nil, err
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		m.start(func() { m.count(track, receiver) })
	})
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		select {
		case c.wake <- struct{}{}:
		default: // the loop will look anyway
		}
	})
	return m, nil
}

// start runs f in a goroutine that close waits for.
func (m *media) start(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.running.Go(f)
	}
}

// grow has at least so many receiving lines and offers them. The first call makes the first offer.
func (m *media) grow(need signaling.Need) {
	if m.number > 0 && need.Audio <= m.slots.Audio && need.Video <= m.slots.Video {
		return
	}
	receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	for ; m.slots.Audio < need.Audio; m.slots.Audio++ {
		if _, err := m.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, receive); err != nil {
			return // the connection is closed
		}
	}
	for ; m.slots.Video < need.Video; m.slots.Video++ {
		if _, err := m.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, receive); err != nil {
			return
		}
	}
	m.negotiate(false)
}

// negotiate offers; while an offer is out the next one waits.
func (m *media) negotiate(restart bool) {
	if m.request != 0 {
		m.again, m.restart = true, m.restart || restart
		return
	}
	c := m.client
	if c.socket == nil {
		return // repeat is called when it is back
	}
	offer, err := m.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err == nil {
		err = m.pc.SetLocalDescription(offer)
	}
	if err != nil {
		return // closed, or failed: the state change makes a new one
	}
	m.number++
	var published []signaling.Published
	for source, transceiver := range m.senders {
		published = append(published, signaling.Published{Mid: transceiver.Mid(), Source: source})
	}
	if m.ear != nil {
		m.ear.transport.Store(extensionID(offer.SDP, sdp.TransportCCURI))
	}
	m.request = c.nextID()
	c.socket.send(message(signaling.KindOffer, m.request, signaling.Offer{
		Peer: m.peer, Number: m.number, SDP: offer.SDP, Published: published, ICERestart: restart,
	}))
}

// repeat offers once more what a lost socket has left unanswered, and looks for a new way if nothing flows.
func (m *media) repeat() {
	state := m.pc.ConnectionState()
	stands := state == webrtc.PeerConnectionStateConnected || state == webrtc.PeerConnectionStateConnecting
	if m.request == 0 && stands {
		return
	}
	if m.request != 0 {
		if m.pc.CurrentRemoteDescription() == nil {
			m.client.connect()
			return
		}
		_ = m.pc.SetLocalDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback}) // or pion makes no other offer
	}
	m.request = 0
	m.next(!stands)
}

func (m *media) next(restart bool) {
	restart, m.again, m.restart = restart || m.restart, false, false
	m.negotiate(restart)
}

func (m *media) answered(a signaling.Answer) {
	if a.Number != m.number {
		return
	}
	m.request = 0
	if err := m.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: a.SDP}); err != nil {
		m.client.connect()
		return
	}
	m.client.change(func(s *State) { s.Answers++ })
	if m.again {
		m.next(false)
	}
}

// refused: the connection stands as before, if it ever stood.
func (m *media) refused() {
	m.request, m.again, m.restart = 0, false, false
	if m.pc.CurrentRemoteDescription() == nil {
		m.client.connect()
		return
	}
	_ = m.pc.SetLocalDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback})
}

// readState acts on where the connection stands; a failed one is replaced.
func (m *media) readState() {
	state := m.pc.ConnectionState()
	m.client.change(func(s *State) { s.Media = state == webrtc.PeerConnectionStateConnected })
	switch state {
	case webrtc.PeerConnectionStateConnected:
		m.client.reportLine()
	case webrtc.PeerConnectionStateFailed:
		m.client.connect()
	}
}

// line returns the pointer through which the line's reader finds its counter.
func (m *media) line(mid string) *atomic.Pointer[tally] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lines[mid] == nil {
		m.lines[mid] = &atomic.Pointer[tally]{}
	}
	return m.lines[mid]
}

// count reads a track until the connection is closed.
func (m *media) count(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	line := m.line(receiver.RTPTransceiver().Mid())
	buffer := make([]byte, 1500)
	var numbers stream
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		expected := numbers.arrived(binary.BigEndian.Uint16(buffer[2:]))
		if t := line.Load(); t != nil {
			t.packets.Add(1)
			t.bytes.Add(uint64(n))
			t.lost.Add(int64(expected) - 1) // what comes late was counted as lost
		}
	}
}

// close ends the connection and what reads and writes its tracks; the client's Close waits for it.
func (m *media) close() {
	m.stop()
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.client.running.Go(func() {
		_ = m.pc.GracefulClose()
		m.running.Wait()
	})
}
