package sfu

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v5/packetio"
	"github.com/pion/webrtc/v4"
)

const (
	socketBuffer = 4 << 20 // both ways: a burst of key frames to a full room
	// iceFailed is how long a silent connection is waited for; the client restarts ICE or builds anew long before.
	iceFailed    = 45 * time.Second
	iceKeepalive = 2 * time.Second
	// dtlsRetransmit: the default of 1 s costs seconds on lossy links; 100 ms floods links of 300 ms round trip.
	dtlsRetransmit = 400 * time.Millisecond
	replayWindow   = 1024 // packets; browsers probe with old ones
)

// silent keeps pion quiet: its lines hold addresses and SSRCs of clients.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// openPort listens on one UDP port. With a host in the address there is one socket, else one for each local address:
// a single wildcard socket would answer from the wrong source address on machines with several.
func openPort(c Config) (ice.UDPMux, error) {
	host, portText, err := net.SplitHostPort(c.UDPAddr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number up to 65535", portText)
	}
	if host != "" {
		addr, err := netip.ParseAddr(host)
		if err != nil {
			return nil, err
		}
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, uint16(port))))
		if err != nil {
			return nil, err
		}
		_ = conn.SetReadBuffer(socketBuffer) // the kernel's limit may be lower; it then takes what it can
		_ = conn.SetWriteBuffer(socketBuffer)
		return ice.NewUDPMuxDefault(ice.UDPMuxParams{Logger: silent.NewLogger("ice"), UDPConn: conn}), nil
	}
	options := []ice.UDPMuxFromPortOption{
		ice.UDPMuxFromPortWithReadBufferSize(socketBuffer),
		ice.UDPMuxFromPortWithWriteBufferSize(socketBuffer),
		ice.UDPMuxFromPortWithLogger(silent.NewLogger("ice")),
	}
	if c.IncludeLoopback {
		options = append(options, ice.UDPMuxFromPortWithLoopback())
	}
	return ice.NewMultiUDPMuxFromPort(int(port), options...)
}

// connection makes pion's PeerConnection. The buffer factory sees only kind and SSRC, so every peer has its own API.
func (s *Server) connection(buffers func(packetio.BufferPacketType, uint32) io.ReadWriteCloser) (*webrtc.PeerConnection, error) {
	engine := &webrtc.MediaEngine{}
	if err := registerMedia(engine); err != nil {
		return nil, err
	}
	se := webrtc.SettingEngine{LoggerFactory: silent, BufferFactory: buffers}
	se.SetICEUDPMux(s.mux)
	se.SetIncludeLoopbackCandidate(s.config.IncludeLoopback)
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	se.SetICETimeouts(s.config.DisconnectedWait, iceFailed, iceKeepalive)
	se.SetDTLSRetransmissionInterval(dtlsRetransmit)
	se.SetDTLSInsecureSkipHelloVerify(true) // one round trip less; ICE has verified the address already
	se.DisableCloseByDTLS(true)             // a client that says goodbye on DTLS may still have its socket
	se.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	se.SetSRTPReplayProtectionWindow(replayWindow)
	if len(s.config.Announce) > 0 {
		rule := webrtc.ICEAddressRewriteRule{AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace}
		for _, a := range s.config.Announce {
			rule.External = append(rule.External, a.String())
		}
		if err := se.SetICEAddressRewriteRules(rule); err != nil {
			return nil, err
		}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(se), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	return api.NewPeerConnection(webrtc.Configuration{})
}

const (
	uriMid        = sdp.SDESMidURI
	uriTransport  = sdp.TransportCCURI
	uriAudioLevel = sdp.AudioLevelURI
)

// registerMedia names all we speak: Opus, VP8 and its retransmissions. Numbers are only defaults; the client's win.
func registerMedia(engine *webrtc.MediaEngine) error {
	transport := webrtc.RTCPFeedback{Type: "transport-cc"}
	nack := webrtc.RTCPFeedback{Type: "nack"}
	opus := webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		RTCPFeedback: []webrtc.RTCPFeedback{transport, nack},
	}}
	vp8 := webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
		RTCPFeedback: []webrtc.RTCPFeedback{transport, nack, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}},
	}}
	rtx := webrtc.RTPCodecParameters{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}}
	for _, c := range []struct {
		codec webrtc.RTPCodecParameters
		kind  webrtc.RTPCodecType
	}{{opus, webrtc.RTPCodecTypeAudio}, {vp8, webrtc.RTPCodecTypeVideo}, {rtx, webrtc.RTPCodecTypeVideo}} {
		if err := engine.RegisterCodec(c.codec, c.kind); err != nil {
			return fmt.Errorf("register %s: %w", c.codec.MimeType, err)
		}
	}
	// Slots carry none of these: their SSRC in the answer is all a browser needs.
	for _, e := range []struct {
		uri  string
		kind webrtc.RTPCodecType
	}{
		{uriMid, webrtc.RTPCodecTypeAudio},
		{uriMid, webrtc.RTPCodecTypeVideo},
		{uriAudioLevel, webrtc.RTPCodecTypeAudio},
		{uriTransport, webrtc.RTPCodecTypeAudio},
		{uriTransport, webrtc.RTPCodecTypeVideo},
	} {
		if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: e.uri}, e.kind, webrtc.RTPTransceiverDirectionRecvonly); err != nil {
			return fmt.Errorf("register %s: %w", e.uri, err)
		}
	}
	return nil
}
