package client

import (
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/samtale/samtale/signaling"
)

// lineEvery is how often the client says what it knows of its line.
const lineEvery = 5 * time.Second

// reportLine says how the client reaches the media server. The rest a browser knows better than we.
func (c *Client) reportLine() {
	if c.media == nil || c.socket == nil {
		return
	}
	path := c.media.path()
	if path == "" {
		return
	}
	c.change(func(s *State) { s.Path = path })
	c.socket.send(message(signaling.KindLine, 0, signaling.LineReport{Path: path}))
}

// path is the protocol's word for how the connection stands; "": it does not.
func (m *media) path() string {
	if m.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return "" // before it starts pion's transport must not be asked
	}
	for _, transceiver := range m.senders {
		transport := transceiver.Sender().Transport()
		if transport == nil {
			continue
		}
		pair, err := transport.ICETransport().GetSelectedCandidatePair()
		if err != nil || pair == nil {
			return ""
		}
		if pair.Local.Typ == webrtc.ICECandidateTypeRelay {
			return "relay-" + m.relayedBy()
		}
		return pair.Local.Protocol.String()
	}
	return ""
}

// relayedBy is the protocol between us and the relay.
func (m *media) relayedBy() string {
	stats := m.pc.GetStats()
	for _, s := range stats {
		pair, ok := s.(webrtc.ICECandidatePairStats)
		if !ok || !pair.Nominated {
			continue
		}
		if local, ok := stats[pair.LocalCandidateID].(webrtc.ICECandidateStats); ok && local.RelayProtocol != "" {
			return local.RelayProtocol
		}
	}
	return "udp"
}
