package signaling

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// How many events are kept for a socket that may be lost: a resuming client that has seen less gets a snapshot.
const (
	keptEvents = 256
	keptBytes  = 128 << 10
)

// session is one device's stay, in the room or in its lobby. Owned by the room's loop.
type session struct {
	id, secret string
	member     Member
	device     string
	in         bool // false: waits in the lobby
	screens    bool // shows shared screens
	now        switches

	conn   *Conn     // nil: lost and waited for
	lostAt time.Time // when conn was lost
	silent bool      // nothing comes from conn or by media, although both stand in name

	due  topic // what this session must be told although it has not changed
	seq  uint64
	kept []event // the last ones, not yet seen by the client as far as we know
	size int     // bytes in kept
	need Need    // what the client has been told

	renewAt time.Time // when its relay's credentials are to be renewed; zero: it has none

	view     *View // what it shows; nil: it has not said
	report   LineReport
	reportAt time.Time

	stepDown, stepUp      string   // of its connection; "": there was none yet
	down                  Downlink // what the client has been told, and when
	up                    Uplink
	lines                 []LineState
	downAt, upAt, linesAt time.Time

	link *link  // its media connection; nil: none yet, or it has failed
	peer int    // number of the last connection
	told []Slot // what the client knows to come on its lines
}

// switches is what a person has switched on on this device.
type switches struct {
	muted, camera, screen bool
	raised                uint64 // when the hand was raised, counted in the room; 0: it is not
}

// event is a numbered message; its payload is shared with all who received the same.
type event struct {
	seq  uint64
	kind string
	d    json.RawMessage
}

func newSession(m Member, hello Hello, conn *Conn) *session {
	var id [8]byte
	var secret [16]byte
	_, _ = rand.Read(id[:]) // crypto/rand never fails
	_, _ = rand.Read(secret[:])
	return &session{
		id: hex.EncodeToString(id[:]), secret: base64.RawURLEncoding.EncodeToString(secret[:]),
		member: m, device: hello.Device, screens: hello.Screens, now: switches{muted: hello.Muted, camera: hello.Camera}, conn: conn,
	}
}

// opens reports whether resume names this session and knows its secret.
func (s *session) opens(key string, resume *Resume) bool {
	return resume != nil && s.id == resume.Session && s.member.Key == key && subtle.ConstantTimeCompare([]byte(s.secret), []byte(resume.Secret)) == 1
}

// tell sends a numbered event and keeps it. To a lost socket it only keeps it.
func (s *session) tell(kind string, d json.RawMessage) {
	s.seq++
	s.kept = append(s.kept, event{seq: s.seq, kind: kind, d: d})
	s.size += len(d)
	for len(s.kept) > keptEvents || s.size > keptBytes {
		s.forget(s.kept[0].seq)
	}
	if s.conn != nil {
		_ = s.conn.push(envelope(kind, 0, s.seq, d)) // a connection that has ended is told by attend
	}
}

// forget drops the events up to seq.
func (s *session) forget(seq uint64) {
	n := 0
	for ; n < len(s.kept) && s.kept[n].seq <= seq; n++ {
		s.size -= len(s.kept[n].d)
	}
	s.kept = slices.Delete(s.kept, 0, n)
}

// repeat sends the events after seq once more. It reports false when they are not all there.
func (s *session) repeat(seq uint64) bool {
	if seq > s.seq || (seq < s.seq && (len(s.kept) == 0 || s.kept[0].seq > seq+1)) {
		return false
	}
	s.forget(seq)
	for _, e := range s.kept {
		_ = s.conn.push(envelope(e.kind, 0, e.seq, e.d))
	}
	return true
}

// reply answers a request that wants an answer.
func reply(conn *Conn, re uint64, kind string, d any) {
	if re == 0 {
		return
	}
	var text json.RawMessage
	if d != nil {
		text = payload(d)
	}
	_ = conn.push(envelope(kind, re, 0, text))
}

// tellNeed asks for more lines when need has grown; lines are never taken away.
func (s *session) tellNeed(need Need) {
	if need.Audio <= s.need.Audio && need.Video <= s.need.Video {
		return
	}
	s.need = Need{Audio: max(s.need.Audio, need.Audio), Video: max(s.need.Video, need.Video)}
	s.tell(KindNeed, payload(s.need))
}

// end closes socket and media. The caller takes s out of the room.
func (s *session) end(code int, word string) {
	if s.conn != nil {
		s.conn.end(code, word)
		s.conn = nil
	}
	if s.link != nil {
		s.link.peer.Close()
		s.link = nil
	}
}
