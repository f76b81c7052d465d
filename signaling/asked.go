package signaling

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/samtale/samtale/signaling/sfu"
)

// Hello says who comes to which conference. Conn.Hello returns only what keeps to the protocol.
type Hello struct {
	V          int     `json:"v"`
	Conference string  `json:"conference"`
	Device     string  `json:"device"`
	Muted      bool    `json:"muted"`
	Camera     bool    `json:"camera"`
	Screens    bool    `json:"screens,omitempty"` // the device shows shared screens
	Resume     *Resume `json:"resume,omitempty"`  // nil: a new stay

	id uint64 // of its message; the welcome is the reply
}

// Resume names the stay that a lost socket belonged to. Seq is the last event seen.
type Resume struct {
	Session string `json:"session"`
	Secret  string `json:"secret"`
	Seq     uint64 `json:"seq"`
}

// Published names a sending line of an offer.
type Published struct {
	Mid    string `json:"mid"`
	Source string `json:"source"` // SourceMicrophone, SourceCamera or SourceScreen
}

// What a person sends.
const (
	SourceMicrophone = string(sfu.Microphone)
	SourceCamera     = string(sfu.Camera)
	SourceScreen     = string(sfu.Screen)
)

// Offer is an offer of the client's PeerConnection.
type Offer struct {
	Peer       int         `json:"peer"`
	Number     int         `json:"number"`
	SDP        string      `json:"sdp"`
	Published  []Published `json:"published"`
	ICERestart bool        `json:"ice_restart"`
}

// DeviceState is what a person has switched on. Hand and Screen may be changed by a host meanwhile, so a device tells them
// only when the person has pressed something; nil: as before.
type DeviceState struct {
	Muted  bool  `json:"muted"`
	Camera bool  `json:"camera"`
	Hand   *bool `json:"hand,omitempty"`
	Screen *bool `json:"screen,omitempty"`
}

// View says how large the device shows which pictures.
type View struct {
	Lines     []ViewLine `json:"lines"`      // most important first; a line that is not named is not shown
	SoundOnly bool       `json:"sound_only"` // the person's own choice: no pictures are wanted
}

// ViewLine is a receiving line whose picture is shown.
type ViewLine struct {
	Mid    string `json:"mid"`
	Height int    `json:"height"` // device pixels
}

// LineReport holds what the device knows of its own line; 0 and "": it does not know.
type LineReport struct {
	Path        string `json:"path"` // PathUDP …
	UpKbps      int    `json:"up_kbps"`
	DownKbps    int    `json:"down_kbps"`
	RTTMs       int    `json:"rtt_ms"`
	JitterMs    int    `json:"jitter_ms"`
	GapPermille int    `json:"gap_permille"` // of the sound heard: what had to be made up
}

// Paths of a LineReport.
const (
	PathUDP      = "udp"
	PathTCP      = "tcp"
	PathRelayUDP = "relay-udp"
	PathRelayTCP = "relay-tcp"
	PathRelayTLS = "relay-tls"
)

// PersonRef names the person whom admit, deny, remove, lower or unshare is about.
type PersonRef struct {
	Key string `json:"key"`
}

// Ping asks for a Pong. Sent comes back as it was; Seq is the last event seen.
type Ping struct {
	Sent json.Number `json:"sent"`
	Seq  uint64      `json:"seq"`
}

// check holds h against the limits of PROTOCOL.md.
func (h Hello) check() error {
	switch {
	case h.Conference == "" || len(h.Conference) > maxName:
		return fmt.Errorf("%w: hello without a conference", ErrMalformed)
	case len(h.Device) < 8 || len(h.Device) > 64 || !isName(h.Device):
		return fmt.Errorf("%w: hello without a device's name", ErrMalformed)
	}
	return nil
}

// maxHeight is 8K, more than any screen here shows.
const maxHeight = 4320

// check holds v against the limits of PROTOCOL.md.
func (v View) check() error {
	if len(v.Lines) > mostReceiving {
		return fmt.Errorf("%w: view of %d lines", ErrMalformed, len(v.Lines))
	}
	for i, line := range v.Lines {
		again := slices.ContainsFunc(v.Lines[:i], func(before ViewLine) bool { return before.Mid == line.Mid })
		if line.Mid == "" || len(line.Mid) > maxName || line.Height < 0 || line.Height > maxHeight || again {
			return fmt.Errorf("%w: a line of view", ErrMalformed)
		}
	}
	return nil
}

// check holds l against the limits of PROTOCOL.md.
func (l LineReport) check() error {
	switch l.Path {
	case "", PathUDP, PathTCP, PathRelayUDP, PathRelayTCP, PathRelayTLS:
	default:
		return fmt.Errorf("%w: path of line", ErrMalformed)
	}
	least := min(l.UpKbps, l.DownKbps, l.RTTMs, l.JitterMs, l.GapPermille)
	most := max(l.UpKbps, l.DownKbps, l.RTTMs, l.JitterMs)
	if least < 0 || most > maxReported || l.GapPermille > 1000 {
		return fmt.Errorf("%w: numbers of line", ErrMalformed)
	}
	return nil
}

// maxReported is more than any line carries in kbit/s, and more ms than anybody waits.
const maxReported = 10_000_000

// maxName bounds ids that strangers send; ours are a third of it.
const maxName = 128

func isName(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(b byte) bool {
		return (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' && b != '-'
	})
}

// lines translates what an offer publishes into the media server's words. Its error is ErrMalformed.
func (o Offer) lines() ([]sfu.Published, error) {
	var lines []sfu.Published
	for _, p := range o.Published {
		content := sfu.Content(p.Source)
		if content.Kind() == "" || slices.ContainsFunc(lines, func(l sfu.Published) bool { return l.Content == content }) {
			return nil, fmt.Errorf("%w: published sources", ErrMalformed)
		}
		lines = append(lines, sfu.Published{Mid: p.Mid, Content: content})
	}
	return lines, nil
}
