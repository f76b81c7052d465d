package turn_test

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling/turn"
)

// dialer opens the TLS connections of pion's client, which knows no other authorities than the system's.
type dialer func(address string) (net.Conn, error)

// Dial opens one.
func (d dialer) Dial(_, address string) (net.Conn, error) { return d(address) }

// mediaPeer is a PeerConnection with one host candidate, as our media server has.
func mediaPeer(t *testing.T, conn net.PacketConn) *webrtc.PeerConnection {
	t.Helper()
	var settings webrtc.SettingEngine
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Logger: logging.NewDefaultLoggerFactory().NewLogger("ice")})
	settings.SetICEUDPMux(mux)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose(); _ = mux.Close() })
	return pc
}

// connect answers client's offer on server and waits until a message has gone there and back.
func connect(t *testing.T, client, server *webrtc.PeerConnection) {
	t.Helper()
	server.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnMessage(func(m webrtc.DataChannelMessage) { _ = d.Send(m.Data) })
	})
	channel, err := client.CreateDataChannel("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	back := make(chan int, 1)
	channel.OnOpen(func() { _ = channel.Send(make([]byte, 50_000)) }) // many packets
	channel.OnMessage(func(m webrtc.DataChannelMessage) { back <- len(m.Data) })
	offer, err := client.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(client)
	if err := client.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	sdp := client.LocalDescription()
	if !strings.Contains(sdp.SDP, "typ relay") {
		t.Fatal("no relay was had")
	}
	if err := server.SetRemoteDescription(*sdp); err != nil {
		t.Fatal(err)
	}
	answer, err := server.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered = webrtc.GatheringCompletePromise(server)
	if err := server.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := client.SetRemoteDescription(*server.LocalDescription()); err != nil {
		t.Fatal(err)
	}
	select {
	case n := <-back:
		if n != 50_000 {
			t.Errorf("%d bytes came back", n)
		}
	case <-within(t).Done():
		t.Error("nothing came back")
	}
}

// TestPeerConnection: a browser's stand-in that may use nothing but the relay is connected, over each transport and through a
// hospital's proxy.
func TestPeerConnection(t *testing.T) {
	for _, way := range []string{"udp", "tcp", "tls", "proxy"} {
		t.Run(way, func(t *testing.T) {
			conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			h := newHouse(t, func(c *turn.Config) {
				c.Media = func() []netip.AddrPort { return []netip.AddrPort{conn.LocalAddr().(*net.UDPAddr).AddrPort()} }
			})
			var settings webrtc.SettingEngine
			settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4})
			settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
			settings.SetRelayAcceptanceMinWait(0)
			url := "turns:" + h.tls.String() + "?transport=tcp"
			switch way {
			case "udp":
				url = "turn:" + h.udp.String() + "?transport=udp"
			case "tcp":
				url = "turn:" + h.tcp.String() + "?transport=tcp"
			case "tls":
				settings.SetICEProxyDialer(dialer(func(to string) (net.Conn, error) { return tls.Dial("tcp", to, h.trusting) }))
			case "proxy":
				middle := newProxy(t)
				settings.SetICEProxyDialer(dialer(func(to string) (net.Conn, error) { return tls.Client(middle.dial(t, to), h.trusting), nil }))
			}
			c := h.Credentials("s1", time.Now())
			server := mediaPeer(t, conn)
			client, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{
				ICETransportPolicy: webrtc.ICETransportPolicyRelay,
				ICEServers:         []webrtc.ICEServer{{URLs: []string{url}, Username: c.Username, Credential: c.Password}},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer client.GracefulClose()
			connect(t, client, server)
		})
	}
}
