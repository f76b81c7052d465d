package signaling

import (
	"encoding/json"

	"github.com/samtale/samtale/signaling/sfu"
)

// Places of a Welcome.
const (
	PlaceIn    = "in"
	PlaceLobby = "lobby"
)

// Welcome is the reply to Hello.
type Welcome struct {
	V             int    `json:"v"`
	Session       string `json:"session"`
	Secret        string `json:"secret"`
	Resumed       bool   `json:"resumed"`
	Place         string `json:"place"`
	You           Party  `json:"you"`
	Need          Need   `json:"need"`
	ResumeSeconds int    `json:"resume_seconds"`
	Relay         *Relay `json:"relay,omitempty"` // nil: there is none
}

// Relay is a TURN server and how it is entered, for one session (RFC 8656). The credential is a secret.
type Relay struct {
	URLs       []string `json:"urls"` // RFC 7065, the best first
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
	Seconds    int      `json:"seconds"` // how long it can be entered with these
}

// Party is a person as the others see them.
type Party struct {
	Key          string `json:"key"`
	Name         string `json:"name"`
	Role         string `json:"role"` // a role's id, or the kind of guest
	Organization string `json:"organization"`
	Guest        bool   `json:"guest"`
	Host         bool   `json:"host"`
}

// Need is how many receiving lines a client should have at least.
type Need struct {
	Audio int `json:"audio"`
	Video int `json:"video"`
}

// Waiting tells who waits in the lobby which hosts could open.
type Waiting struct {
	Hosts []Party `json:"hosts"`
}

// Admitted tells who has opened.
type Admitted struct {
	By Party `json:"by"`
}

// Device is one of a person's devices in the room.
type Device struct {
	Session   string `json:"session"`
	Muted     bool   `json:"muted"`
	Camera    bool   `json:"camera"`
	Hand      bool   `json:"hand"`
	Screen    bool   `json:"screen"`
	Connected bool   `json:"connected"` // false: its socket is lost and waited for
	Media     bool   `json:"media"`     // its PeerConnection stands
}

// RosterPerson is a person in the room. Hand is 1 for whose hand was raised first, 2 for the next; 0: it is not raised.
type RosterPerson struct {
	Party
	Hand    int      `json:"hand"`
	Devices []Device `json:"devices"`
}

// Roster is who is in the room, in order of arrival.
type Roster struct {
	People []RosterPerson `json:"people"`
}

// Lobby is who waits, first come first.
type Lobby struct {
	People []Party `json:"people"`
}

// States of a slot.
const (
	SlotOn     = "on"
	SlotPaused = "paused" // nothing comes for now; Why says why
	SlotOff    = "off"
)

// Why a slot is paused.
const (
	WhySender = "sender" // the sender's connection is down
	WhyLine   = "line"   // the picture is held back to keep the sound
	WhyChoice = "choice" // the person wants sound only
)

// Slot is what comes on a receiving line. Key, Session and Source are empty when it is off.
type Slot struct {
	Mid     string   `json:"mid"`
	Kind    sfu.Kind `json:"kind"`
	State   string   `json:"state"`
	Why     string   `json:"why,omitempty"`
	Key     string   `json:"key,omitempty"`
	Session string   `json:"session,omitempty"`
	Source  string   `json:"source,omitempty"`
}

// Slots is what comes on each receiving line, in the order of the offer.
type Slots struct {
	Slots []Slot `json:"slots"`
}

// Reason says why a Restart or Rebuild is wanted.
type Reason struct {
	Reason string `json:"reason"`
}

// Answer is the answer to the Offer of that peer and number.
type Answer struct {
	Peer   int    `json:"peer"`
	Number int    `json:"number"`
	SDP    string `json:"sdp"`
}

// Speakers holds the keys of who speaks, the dominant speaker first.
type Speakers struct {
	Keys []string `json:"keys"`
}

// Downlink says what the device is sent, and why it is not more.
type Downlink struct {
	Step string `json:"step"` // "full", "reduced", "speaker", "sound", "lifeline"
	Why  string `json:"why"`  // "", "slow", "delay", "loss", "choice"
	Kbps int    `json:"kbps"` // what its line is thought to carry
}

// Uplink says what the device should send.
type Uplink struct {
	Step      string `json:"step"`
	Why       string `json:"why"`
	Layers    int    `json:"layers"` // encodings of the camera, lowest first; 0: no picture
	Kbps      int    `json:"kbps"`   // all pictures together
	AudioKbps int    `json:"audio_kbps"`
	RED       bool   `json:"red"` // RFC 2198: each packet of sound holds the one before, too
}

// Words for how good a line is.
const (
	WordGood = "good"
	WordFair = "fair" // words are missed now and then
	WordPoor = "poor" // talking is hard
	WordLost = "lost" // nothing gets through
)

// LineState is how good one device's line is.
type LineState struct {
	Session          string  `json:"session"`
	Key              string  `json:"key"`
	Score            float64 `json:"score"` // 1 bad … 5 good, one decimal; 0 when lost
	Word             string  `json:"word"`
	Down             string  `json:"down"` // step of its Downlink
	Up               string  `json:"up"`   // step of its Uplink
	LossDownPermille int     `json:"loss_down_permille"`
	LossUpPermille   int     `json:"loss_up_permille"`
	RTTMs            int     `json:"rtt_ms"`
	Path             string  `json:"path"`
	GapPermille      int     `json:"gap_permille"`
}

// Lines is how good the lines of all devices in the room are.
type Lines struct {
	Lines []LineState `json:"lines"`
}

// Pong is the reply to Ping.
type Pong struct {
	Sent json.Number `json:"sent"`
}

// Refusal is the payload of an error message.
type Refusal struct {
	Code string `json:"code"`
}
