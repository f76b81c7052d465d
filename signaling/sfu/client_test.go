package sfu

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v5/packetio"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// silent keeps pion quiet.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// patience bounds every wait: long, because the machine may be slow; waits end by events.
const patience = 30 * time.Second

func newServer(t testing.TB, change func(*Config)) *Server {
	t.Helper()
	c := Config{UDPAddr: "127.0.0.1:0", IncludeLoopback: true}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client stands for a browser: a bare pion PeerConnection that offers, whose packets are read as they come.
type client struct {
	t      testing.TB
	pc     *webrtc.PeerConnection
	peer   *Peer
	states chan State
	joined chan struct{} // closed when its own side is connected
	sends  map[Content]*track
	slots  []Line
	ssrcs  map[string][]uint32 // of the slots by mid: the stream's and the one of its repairs

	numbered bool // offers to report by number what comes on its slots, and is then believed by that alone

	blind   atomic.Bool   // takes no notice of packets
	came    chan struct{} // told of packets on any slot
	mu      sync.Mutex
	packets map[uint32]chan *rtp.Packet // by SSRC
	reports map[uint32]chan rtcp.Packet
}

// newClient makes a client that publishes the contents and has so many slots of each; it has not offered yet.
func newClient(t testing.TB, s *Server, publishes []Content, slots int) *client {
	t.Helper()
	return newClientOf(t, s, PeerConfig{}, publishes, slots)
}

// redundancy is RED as a client may speak it beside Opus.
var redundancy = webrtc.RTPCodecParameters{PayloadType: 63, RTPCodecCapability: webrtc.RTPCodecCapability{
	MimeType: "audio/red", ClockRate: 48000, Channels: 2, SDPFmtpLine: "109/109",
}}

// newClientOf makes a client whose engine knows more formats.
func newClientOf(t testing.TB, s *Server, config PeerConfig, publishes []Content, slots int, more ...webrtc.RTPCodecParameters) *client {
	t.Helper()
	engine := &webrtc.MediaEngine{}
	nack := []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "transport-cc"}}
	for _, c := range append([]webrtc.RTPCodecParameters{ // numbers as Firefox has them: the client's win
		{PayloadType: 109, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10"}},
		{PayloadType: 120, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: nack}},
		{PayloadType: 124, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=120"}},
	}, more...) {
		kind := webrtc.RTPCodecTypeVideo
		if strings.HasPrefix(c.MimeType, "audio/") {
			kind = webrtc.RTPCodecTypeAudio
		}
		if err := engine.RegisterCodec(c, kind); err != nil {
			t.Fatal(err)
		}
	}
	for _, uri := range []string{uriMid, uriAudioLevel, uriTransport, uriRid, uriRepairedRid} {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	se := webrtc.SettingEngine{LoggerFactory: silent}
	se.SetIncludeLoopbackCandidate(true)
	se.DisableSRTPReplayProtection(true) // repairs on the same SSRC are to be seen
	c := &client{
		t: t, states: make(chan State, 100), joined: make(chan struct{}), sends: map[Content]*track{}, ssrcs: map[string][]uint32{},
		came: make(chan struct{}, 100), packets: map[uint32]chan *rtp.Packet{}, reports: map[uint32]chan rtcp.Packet{},
	}
	se.BufferFactory = func(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
		return &tap{c, kind == packetio.RTCPBufferPacket, ssrc}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(se), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	c.pc = pc
	var once sync.Once
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		if pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(c.joined) })
		}
	})
	config.OnState = func(s State) { c.states <- s }
	c.peer, err = s.NewPeer(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range publishes {
		c.publish(each)
	}
	c.grow(slots)
	t.Cleanup(c.leave)
	return c
}

func (c *client) leave() {
	c.peer.Close()
	if err := c.pc.GracefulClose(); err != nil {
		c.t.Error(err)
	}
}

func (c *client) publish(content Content) {
	c.t.Helper()
	out := &track{content: content}
	transceiver, err := c.pc.AddTransceiverFromTrack(out, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		c.t.Fatal(err)
	}
	out.transceiver = transceiver
	out.ssrc = uint32(transceiver.Sender().GetParameters().Encodings[0].SSRC)
	_, out.asked = c.inbox(out.ssrc)
	c.sends[content] = out
}

// grow adds slots of each kind.
func (c *client) grow(slots int) {
	c.t.Helper()
	for range slots {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if _, err := c.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// tap stands where pion buffers what comes of one SSRC.
type tap struct {
	c    *client
	rtcp bool
	ssrc uint32
}

func (in *tap) Write(raw []byte) (int, error) {
	if in.c.blind.Load() {
		return len(raw), nil
	}
	packets, reports := in.c.inbox(in.ssrc)
	if in.rtcp {
		got, err := rtcp.Unmarshal(raw)
		if err != nil {
			in.c.t.Error(err)
		}
		for _, r := range got {
			select {
			case reports <- r:
			default: // nobody reads these
			}
		}
		return len(raw), nil
	}
	p := &rtp.Packet{}
	if err := p.Unmarshal(slices.Clone(raw)); err != nil {
		in.c.t.Error(err)
	}
	select {
	case packets <- p:
	default:
	}
	select {
	case in.c.came <- struct{}{}:
	default:
	}
	return len(raw), nil
}

func (in *tap) Read([]byte) (int, error) { return 0, io.EOF }
func (in *tap) Close() error             { return nil }

func (c *client) inbox(ssrc uint32) (chan *rtp.Packet, chan rtcp.Packet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.packets[ssrc] == nil {
		c.packets[ssrc], c.reports[ssrc] = make(chan *rtp.Packet, 10000), make(chan rtcp.Packet, 1000)
	}
	return c.packets[ssrc], c.reports[ssrc]
}

// offer makes an offer of the client's lines as they are.
func (c *client) offer(options *webrtc.OfferOptions) Offer {
	c.t.Helper()
	description, err := c.pc.CreateOffer(options)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.pc.SetLocalDescription(description); err != nil {
		c.t.Fatal(err)
	}
	o := Offer{SDP: description.SDP}
	if !c.numbered {
		o.SDP = bareSlots(o.SDP)
	}
	for _, content := range []Content{Microphone, Camera, Screen} {
		if out := c.sends[content]; out != nil {
			o.Published = append(o.Published, Published{Mid: out.transceiver.Mid(), Content: content})
		}
	}
	return o
}

// negotiate offers and takes the answer.
func (c *client) negotiate(o Offer) Answer {
	c.t.Helper()
	a, err := c.peer.Answer(c.t.Context(), o)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: a.SDP}); err != nil {
		c.t.Fatal(err)
	}
	c.slots = a.Slots
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(a.SDP); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range parsed.MediaDescriptions {
		mid, _ := m.Attribute("mid")
		var ssrcs []uint32
		for _, attribute := range m.Attributes {
			first, _, _ := strings.Cut(attribute.Value, " ")
			if ssrc, err := strconv.ParseUint(first, 10, 32); err == nil && attribute.Key == "ssrc" && !slices.Contains(ssrcs, uint32(ssrc)) {
				ssrcs = append(ssrcs, uint32(ssrc))
			}
		}
		c.ssrcs[mid] = ssrcs
	}
	return a
}

// join negotiates for the first time and waits until both sides are connected.
func (c *client) join() *client {
	c.t.Helper()
	c.negotiate(c.offer(nil))
	c.reach(StateConnected)
	wait(c.t, c.joined, "the client's side of the connection")
	return c
}

// reach waits for a state of the server's side.
func (c *client) reach(s State) {
	c.t.Helper()
	for got := range arrivals(c.t, c.states, "state "+s.String()) {
		if got == s {
			return
		}
	}
}

// mid is the i-th slot of a kind.
func (c *client) mid(k Kind, i int) string {
	c.t.Helper()
	for _, l := range c.slots {
		if l.Kind == k {
			if i == 0 {
				return l.Mid
			}
			i--
		}
	}
	c.t.Fatalf("no such %s slot", k)
	return ""
}

// next waits for the next packet on a slot.
func (c *client) next(mid string) *rtp.Packet {
	c.t.Helper()
	packets, _ := c.inbox(c.ssrcs[mid][0])
	return wait(c.t, packets, "packet on slot "+mid)
}

// nextRepair waits for the next packet of a slot's retransmissions and unwraps it.
func (c *client) nextRepair(mid string) *rtp.Packet {
	c.t.Helper()
	packets, _ := c.inbox(c.ssrcs[mid][1])
	p := wait(c.t, packets, "repair on slot "+mid)
	p.SequenceNumber, p.Payload = uint16(p.Payload[0])<<8|uint16(p.Payload[1]), p.Payload[2:]
	return p
}

func (c *client) put(mid string, src *Source) {
	c.t.Helper()
	if err := c.peer.Put(mid, src); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) control(packets ...rtcp.Packet) {
	c.t.Helper()
	if err := c.pc.WriteRTCP(packets); err != nil {
		c.t.Fatal(err)
	}
}

// wait returns the next value of a channel.
func wait[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	for v := range arrivals(t, from, what) {
		return v
	}
	var none T
	return none
}

// arrivals yields values until the caller has seen enough; it fails the test when that takes too long.
func arrivals[T any](t testing.TB, from <-chan T, what string) func(func(T) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	return func(yield func(T) bool) {
		defer cancel()
		for {
			select {
			case v := <-from:
				if !yield(v) {
					return
				}
			case <-ctx.Done():
				t.Fatalf("no %s", what)
			}
		}
	}
}

// without leaves out the lines of a description that begin so.
func without(sdp, prefix string) string {
	lines := strings.SplitAfter(sdp, "\r\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) }), "")
}

// bareSlots leaves transport-cc out of the lines on which the client receives.
func bareSlots(sdp string) string {
	parts := strings.SplitAfter(sdp, "\r\nm=")
	for i, part := range parts {
		if strings.Contains(part, "a=recvonly\r\n") {
			lines := strings.SplitAfter(part, "\r\n")
			parts[i] = strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, uriTransport) }), "")
		}
	}
	return strings.Join(parts, "")
}
