// Package signaling runs the calls: it speaks PROTOCOL.md over WebSockets, keeps who is in which room, who waits in the
// lobby, whose socket is lost and waited for, and says what comes on each line of everybody's media connection. It knows
// keys, names and who is a host; it does not know clinicians, meetings, cookies or stores. Packages above it decide who
// may come, and are told what happened.
//
//	socket -> Conn (limits, two goroutines) -> Rooms.Serve -> room (one loop, all state) -> Conn.queue -> socket
//	                                                          room -> sfu.Peer (offers, slots), sfu.Peer -> room (state)
package signaling

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/samtale/samtale/signaling/sfu"
)

// Version of the protocol that is spoken here.
const Version = 1

// Kinds of message; what each means is in PROTOCOL.md.
const (
	KindHello   = "hello"
	KindOffer   = "offer"
	KindState   = "state"
	KindAdmit   = "admit"
	KindDeny    = "deny"
	KindRemove  = "remove"
	KindLower   = "lower"
	KindUnshare = "unshare"
	KindEnd     = "end"
	KindPing    = "ping"
	KindBye     = "bye"

	KindWelcome  = "welcome"
	KindWaiting  = "waiting"
	KindAdmitted = "admitted"
	KindRoster   = "roster"
	KindLobby    = "lobby"
	KindNeed     = "need"
	KindSlots    = "slots"
	KindRestart  = "restart"
	KindRebuild  = "rebuild"
	KindChanged  = "changed"
	KindAnswer   = "answer"
	KindSpeakers = "speakers"
	KindPong     = "pong"
	KindOK       = "ok"
	KindError    = "error"
)

// Codes of an error message.
const (
	CodeMalformed   = "malformed"
	CodeUnknownKind = "unknown_kind"
	CodeNotHost     = "not_host"
	CodeNotIn       = "not_in"
	CodeNoPerson    = "no_such_person"
	CodeBadOffer    = "bad_offer"
	CodeScreenTaken = "screen_taken"
)

// ErrMalformed is a message that PROTOCOL.md does not allow.
var ErrMalformed = errors.New("signaling: malformed message")

// Message is the envelope. Numbers that are 0 are absent.
type Message struct {
	T   string          `json:"t"`
	ID  uint64          `json:"id,omitempty"`
	Re  uint64          `json:"re,omitempty"`
	Seq uint64          `json:"seq,omitempty"`
	D   json.RawMessage `json:"d,omitempty"`
}

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

// PersonRef names the person whom admit, deny, remove, lower or unshare is about.
type PersonRef struct {
	Key string `json:"key"`
}

// Ping asks for a Pong. Sent comes back as it was; Seq is the last event seen.
type Ping struct {
	Sent json.Number `json:"sent"`
	Seq  uint64      `json:"seq"`
}

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
	SlotPaused = "paused" // the sender's connection is down
	SlotOff    = "off"
)

// Slot is what comes on a receiving line. Key, Session and Source are empty when it is off.
type Slot struct {
	Mid     string   `json:"mid"`
	Kind    sfu.Kind `json:"kind"`
	State   string   `json:"state"`
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

// Pong is the reply to Ping.
type Pong struct {
	Sent json.Number `json:"sent"`
}

// Refusal is the payload of an error message.
type Refusal struct {
	Code string `json:"code"`
}

// Parse reads an envelope of either side. Its error is ErrMalformed.
func Parse(text []byte) (Message, error) {
	var m Message
	if err := json.Unmarshal(text, &m); err != nil || m.T == "" {
		return Message{}, ErrMalformed
	}
	return m, nil
}

// read takes the fields of m into d. A kind with fields must have them. Its error is ErrMalformed.
func (m Message) read(d any) error {
	if len(m.D) == 0 {
		return fmt.Errorf("%w: %s without fields", ErrMalformed, m.T)
	}
	if err := json.Unmarshal(m.D, d); err != nil {
		return fmt.Errorf("%w: fields of %s", ErrMalformed, m.T)
	}
	return nil
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

// payload encodes the fields of a message once, however many receive it.
func payload(d any) json.RawMessage {
	text, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Sprintf("signaling: %T cannot be encoded: %v", d, err)) // our own structs always can
	}
	return text
}

// envelope writes a message of ours around fields that are encoded already; re and seq are left out when 0.
func envelope(kind string, re, seq uint64, d json.RawMessage) []byte {
	text := make([]byte, 0, len(kind)+len(d)+48)
	text = append(text, `{"t":"`...)
	text = append(text, kind...)
	text = append(text, '"')
	if re > 0 {
		text = strconv.AppendUint(append(text, `,"re":`...), re, 10)
	}
	if seq > 0 {
		text = strconv.AppendUint(append(text, `,"seq":`...), seq, 10)
	}
	if d != nil {
		text = append(append(text, `,"d":`...), d...)
	}
	return append(text, '}')
}
