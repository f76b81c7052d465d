package client

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling"
)

// Payload types of our offers.
const (
	soundType   = 111
	redType     = 63
	pictureType = 96
	repairType  = 97
)

// Way is how a client reaches the media server.
type Way int

// The ways.
const (
	AnyWay    Way = iota // directly, or through the relay
	Direct               // not through the relay
	DirectTCP            // directly, by TCP (RFC 6544)
	RelayOnly            // through the relay, for whoever sits behind a firewall
)

// connect makes a PeerConnection that speaks what browsers speak here: Opus, also as RED, and VP8 with retransmission.
// With an ear it is a load.
func connect(c Config, relay *signaling.Relay, listening *ear) (*webrtc.PeerConnection, error) {
	engine := &webrtc.MediaEngine{}
	if err := register(engine, listening != nil); err != nil {
		return nil, fmt.Errorf("client: media: %w", err)
	}
	registry := &interceptor.Registry{}
	numbering, err := twcc.NewHeaderExtensionInterceptor()
	if err == nil && listening == nil {
		err = webrtc.ConfigureNack(engine, registry)
	}
	if err == nil && listening == nil {
		err = webrtc.ConfigureRTCPReports(registry)
	}
	if err != nil {
		return nil, fmt.Errorf("client: feedback: %w", err)
	}
	registry.Add(numbering)
	se := webrtc.SettingEngine{LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}}
	se.SetIncludeLoopbackCandidate(true) // a server on this machine
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if listening != nil {
		se.BufferFactory = listening.buffer
	}
	config := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	if relay != nil && (c.Way == AnyWay || c.Way == RelayOnly) {
		config.ICEServers = []webrtc.ICEServer{{URLs: relay.URLs, Username: relay.Username, Credential: relay.Credential}}
	}
	switch c.Way {
	case RelayOnly:
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	case DirectTCP:
		se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	case AnyWay, Direct:
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(se))
	pc, err := api.NewPeerConnection(config)
	if err != nil {
		return nil, fmt.Errorf("client: connection: %w", err)
	}
	return pc, nil
}

// register names what is spoken. Only a load asks for transport-wide numbers on what it receives, for it tells what has come;
// others are known by their receiver reports.
func register(engine *webrtc.MediaEngine, load bool) error {
	transport := webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}
	sound, sight := opus, vp8
	sound.RTCPFeedback = []webrtc.RTCPFeedback{transport}
	sight.RTCPFeedback = []webrtc.RTCPFeedback{transport, {Type: webrtc.TypeRTCPFBNACK}, {Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"}, {Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"}}
	red := webrtc.RTPCodecCapability{MimeType: "audio/red", ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111"}
	repair := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}
	for _, c := range []struct {
		kind  webrtc.RTPCodecType
		codec webrtc.RTPCodecCapability
		as    webrtc.PayloadType
	}{
		{webrtc.RTPCodecTypeAudio, sound, soundType},
		{webrtc.RTPCodecTypeAudio, red, redType},
		{webrtc.RTPCodecTypeVideo, sight, pictureType},
		{webrtc.RTPCodecTypeVideo, repair, repairType},
	} {
		if err := engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: c.codec, PayloadType: c.as}, c.kind); err != nil {
			return err
		}
	}
	sending, both := []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionSendonly}, []webrtc.RTPTransceiverDirection(nil)
	numbers := sending
	if load {
		numbers = both
	}
	for _, x := range []struct {
		uri        string
		kind       webrtc.RTPCodecType
		directions []webrtc.RTPTransceiverDirection
	}{
		{sdp.AudioLevelURI, webrtc.RTPCodecTypeAudio, both},
		{sdp.SDESMidURI, webrtc.RTPCodecTypeAudio, sending},
		{sdp.SDESMidURI, webrtc.RTPCodecTypeVideo, sending},
		{sdp.SDESRTPStreamIDURI, webrtc.RTPCodecTypeVideo, sending},
		{sdp.SDESRepairRTPStreamIDURI, webrtc.RTPCodecTypeVideo, sending},
		{sdp.TransportCCURI, webrtc.RTPCodecTypeAudio, numbers},
		{sdp.TransportCCURI, webrtc.RTPCodecTypeVideo, numbers},
	} {
		if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: x.uri}, x.kind, x.directions...); err != nil {
			return err
		}
	}
	return nil
}

// extensionID is the number that an offer gives to a header extension, the same on all its lines; 0: it has none.
func extensionID(offer, uri string) uint32 {
	for line := range strings.Lines(offer) {
		rest, found := strings.CutPrefix(strings.TrimSpace(line), "a=extmap:")
		number, named, _ := strings.Cut(rest, " ")
		if found && named == uri {
			number, _, _ = strings.Cut(number, "/")
			id, _ := strconv.ParseUint(number, 10, 8)
			return uint32(id)
		}
	}
	return 0
}
