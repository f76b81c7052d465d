package link

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait: long, because the machine may be slow; waits end by events.
const patience = 30 * time.Second

const ourSSRC = 0x5a5a5a5a

func open(t testing.TB, change func(*Config)) *Port {
	t.Helper()
	c := Config{UDPAddr: "127.0.0.1:0", IncludeLoopback: true}
	if change != nil {
		change(&c)
	}
	p, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// await takes the next value of a channel.
func await[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("%s: nothing came", what)
	}
	panic("unreachable")
}

// awaitThat skips values until one fits.
func awaitThat[T any](t testing.TB, what string, from <-chan T, fits func(T) bool) T {
	t.Helper()
	for {
		if v := await(t, what, from); fits(v) {
			return v
		}
	}
}

// partner stands for a browser: a bare pion PeerConnection with one audio line both ways, and our line to it.
type partner struct {
	t       testing.TB
	pc      *webrtc.PeerConnection
	track   *webrtc.TrackLocalStaticRTP
	sender  *webrtc.RTPSender
	conn    *Conn
	states  chan State
	packets chan rtp.Packet    // that we got
	reports chan []byte        // compounds that we got
	heard   chan rtp.Packet    // that the partner got
	told    chan []rtcp.Packet // reports that the partner got
	seq     uint16
}

// kind changes how a partner connects.
type kind struct {
	profiles     []dtls.SRTPProtectionProfile
	passive      bool           // the partner waits for our ClientHello
	fingerprint  string         // instead of its own
	tcp          bool           // no UDP
	candidate    netip.AddrPort // told instead of ours
	echo         bool
	anyInterface bool // not only loopback
}

func meet(t testing.TB, p *Port, k kind) *partner {
	t.Helper()
	e := &partner{
		t: t, states: make(chan State, 100), packets: make(chan rtp.Packet, 5000), reports: make(chan []byte, 100),
		heard: make(chan rtp.Packet, 5000), told: make(chan []rtcp.Packet, 100),
	}
	e.dial(k)
	offer, err := e.pc.CreateOffer(nil)
	e.must(err)
	gathered := webrtc.GatheringCompletePromise(e.pc)
	e.must(e.pc.SetLocalDescription(offer))
	await(t, "gathering", gathered)
	e.conn, err = p.NewConn(Handler{
		OnState: func(s State) { e.states <- s },
		OnRTP: func(b *Batch, packet []byte, _ time.Time) {
			var r rtp.Packet
			if err := r.Unmarshal(append([]byte(nil), packet...)); err != nil {
				t.Error(err)
				return
			}
			if k.echo {
				e.conn.SendRTP(b, 0, header(r.SequenceNumber), r.Payload)
			}
			select {
			case e.packets <- r:
			default:
			}
		},
		OnRTCP: func(_ *Batch, compound []byte, _ time.Time) { e.reports <- append([]byte(nil), compound...) },
	})
	e.must(err)
	t.Cleanup(func() { e.must(e.conn.Close()) })
	remote, print := e.offered()
	if k.fingerprint != "" {
		print = k.fingerprint
	}
	local, candidates, err := e.conn.Local(t.Context())
	e.must(err)
	e.must(e.conn.Start(remote, print, k.passive))
	e.answer(local, candidates, k)
	return e
}

func (e *partner) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *partner) dial(k kind) {
	engine := &webrtc.MediaEngine{}
	e.must(engine.RegisterDefaultCodecs())
	se := webrtc.SettingEngine{LoggerFactory: silent}
	se.SetIncludeLoopbackCandidate(true)
	se.SetInterfaceFilter(func(name string) bool { return k.anyInterface || name == "lo" })
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	se.SetDTLSRetransmissionInterval(50 * time.Millisecond)
	se.SetICETimeouts(time.Second, 2*time.Second, 100*time.Millisecond)
	se.DisableSRTPReplayProtection(true)
	if k.profiles != nil {
		se.SetSRTPProtectionProfiles(k.profiles...)
	}
	if k.tcp {
		se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	var err error
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(se), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	e.pc, err = api.NewPeerConnection(webrtc.Configuration{})
	e.must(err)
	e.t.Cleanup(func() { e.must(e.pc.GracefulClose()) })
	e.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "a", "b")
	e.must(err)
	e.sender, err = e.pc.AddTrack(e.track)
	e.must(err)
	go func() {
		for {
			packets, _, err := e.sender.ReadRTCP()
			if err != nil {
				return
			}
			e.told <- packets
		}
	}()
	e.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			e.heard <- *p
		}
	})
}

// offered are the partner's credentials and fingerprint.
func (e *partner) offered() (Credentials, string) {
	var s sdp.SessionDescription
	e.must(s.UnmarshalString(e.pc.LocalDescription().SDP))
	read := func(key string) string {
		if v, ok := s.MediaDescriptions[0].Attribute(key); ok {
			return v
		}
		v, _ := s.Attribute(key)
		return v
	}
	return Credentials{read("ice-ufrag"), read("ice-pwd")}, read("fingerprint")
}

// answer is the least that a PeerConnection takes.
func (e *partner) answer(local Credentials, candidates []string, k kind) {
	e.t.Helper()
	setup := "passive"
	if k.passive {
		setup = "active"
	}
	if k.candidate.IsValid() {
		candidates = []string{fmt.Sprintf("1 1 udp 2130706431 %s %d typ host", k.candidate.Addr(), k.candidate.Port())}
	}
	lines := []string{
		"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0",
		"a=mid:0", "a=rtcp-mux", "a=sendrecv", "a=rtpmap:111 opus/48000/2", "a=setup:" + setup, "a=fingerprint:" + e.conn.port.Fingerprint(),
		"a=ice-ufrag:" + local.Ufrag, "a=ice-pwd:" + local.Password, fmt.Sprintf("a=ssrc:%d cname:x", ourSSRC), fmt.Sprintf("a=ssrc:%d msid:x y", ourSSRC),
	}
	for _, c := range candidates {
		lines = append(lines, "a=candidate:"+c)
	}
	e.must(e.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: strings.Join(append(lines, "a=end-of-candidates", ""), "\r\n")}))
}

// connect waits until both ends stand.
func (e *partner) connect() {
	e.t.Helper()
	up := make(chan struct{}, 100)
	e.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			up <- struct{}{}
		}
	})
	if s := await(e.t, "our state", e.states); s != StateConnected {
		e.t.Fatalf("state %s", s)
	}
	if e.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		await(e.t, "the partner's state", up)
	}
}

// say sends a packet of the partner's; the payload is its number.
func (e *partner) say() uint16 {
	e.t.Helper()
	e.seq++
	e.must(e.track.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: e.seq}, Payload: []byte{byte(e.seq >> 8), byte(e.seq), 1, 2, 3}}))
	return e.seq
}

// header is one of ours.
func header(seq uint16) []byte {
	b, err := (&rtp.Header{Version: 2, PayloadType: 111, SequenceNumber: seq, SSRC: ourSSRC}).Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

// resumes repeats packets both ways until they get through: on the way from one path to the next the partner's are lost.
func (e *partner) resumes() {
	e.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	first := e.seq + 1
	var came, went bool
	for deadline := time.After(patience); !came || !went; {
		select {
		case <-deadline:
			e.t.Fatalf("nothing got through (theirs %t, ours %t)", came, went)
		case <-again.C:
			_ = e.say()
			e.conn.SendRTP(nil, 0, header(1000+e.seq), []byte{7})
		case p := <-e.packets:
			came = came || p.SequenceNumber >= first
		case p := <-e.heard:
			went = went || p.SequenceNumber >= 1000+first
		}
	}
}

// passes shows media both ways.
func (e *partner) passes() {
	e.t.Helper()
	for range 3 {
		seq := e.say()
		awaitThat(e.t, "a packet at ours", e.packets, func(p rtp.Packet) bool { return p.SequenceNumber == seq && len(p.Payload) == 5 })
	}
	for i := range uint16(3) {
		e.conn.SendRTP(nil, 0, header(i+1), []byte{9, byte(i)})
		awaitThat(e.t, "a packet at the partner's", e.heard, func(p rtp.Packet) bool { return p.SequenceNumber == i+1 && p.Payload[0] == 9 })
	}
}
