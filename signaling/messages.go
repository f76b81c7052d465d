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
	"strconv"
)

// Version of the protocol that is spoken here.
const Version = 1

// Kinds of message; what each means is in PROTOCOL.md.
const (
	KindHello   = "hello"
	KindOffer   = "offer"
	KindState   = "state"
	KindView    = "view"
	KindLine    = "line"
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
	KindDownlink = "downlink"
	KindUplink   = "uplink"
	KindLines    = "lines"
	KindRelay    = "relay"
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
