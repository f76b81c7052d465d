package signaling

import (
	"slices"
	"time"
)

const (
	// maxSessions: with 24 receiving lines of a kind everybody hears everybody.
	maxSessions = 25
	// maxDevices: telephone, tablet, laptop, and one that was forgotten. Another one takes the place of the oldest.
	maxDevices = 4
	// silentFor: who pings every 4 s and has not been heard for so long, by no way, is shown as away. A dead radio link ends
	// no TCP connection for minutes.
	silentFor = 8 * time.Second
)

// arrive takes a socket in: back to its seat, in the place of the same device's old page, or as a new session.
func (r *room) arrive(conn *Conn, m Member, hello Hello) {
	r.expected = max(r.expected, min(m.Expected, mostExpected))
	if i := slices.IndexFunc(r.sessions, func(s *session) bool { return s.opens(m.Key, hello.Resume) }); i >= 0 {
		r.resume(r.sessions[i], conn, m, hello)
		return
	}
	s := newSession(m, hello, conn)
	s.in = !r.mustWait(m)
	if old := r.supersededBy(s); old >= 0 {
		r.record(EventLeft, r.sessions[old], "", ReasonReplaced)
		r.dismiss(r.sessions[old], CloseReplaced, "replaced")
		r.sessions = slices.Insert(r.sessions, old, s) // keeps the place in roster and lobby
	} else if len(r.sessions) >= maxSessions {
		conn.end(CloseFull, "full")
		return
	} else {
		r.sessions = append(r.sessions, s)
	}
	r.conns[conn] = s
	r.welcome(s, hello.id, false)
	if s.in {
		r.record(EventJoined, s, "", "")
	} else {
		r.record(EventLobbyIn, s, "", "")
	}
	r.settle(s)
}

// supersededBy finds the session whose place a new one takes, or -1: that of the same device, or, when a person has too
// many, the one whose socket is lost, else the oldest.
func (r *room) supersededBy(s *session) int {
	var own []int
	for i, other := range r.sessions {
		if other.member.Key != s.member.Key {
			continue
		}
		if other.device == s.device {
			return i
		}
		own = append(own, i)
	}
	if len(own) < maxDevices {
		return -1
	}
	if lost := slices.IndexFunc(own, func(i int) bool { return r.sessions[i].conn == nil }); lost >= 0 {
		return own[lost]
	}
	return own[0]
}

// mustWait decides where somebody comes in. Who is inside on another device, or on the page that is being reloaded, need
// not wait: the door may have been locked behind them.
func (r *room) mustWait(m Member) bool {
	if r.removed[m.Key] {
		return true
	}
	return (m.Guest || m.Waits) && !m.Host && !r.admitted[m.Key] && len(r.of(m.Key, true)) == 0
}

// resume gives a session its new socket and what it has missed.
func (r *room) resume(s *session, conn *Conn, m Member, hello Hello) {
	if s.conn != nil {
		delete(r.conns, s.conn)
		s.conn.end(CloseReplaced, "resumed")
	}
	r.conns[conn] = s
	s.conn, s.member, s.device, s.screens = conn, m, hello.Device, hello.Screens
	s.repeatLines()
	s.now.muted, s.now.camera = hello.Muted, hello.Camera
	r.welcome(s, hello.id, true)
	if s.repeat(hello.Resume.Seq) {
		r.changed |= topicRoster | topicSlots | topicLobby | topicHosts // the camera may have changed meanwhile
		s.tellFloor(r.speakers)
	} else {
		s.forget(s.seq)
		r.settle(s)
		s.tell(KindChanged, nil) // one may have been among them
		switch {                 // so may have been what its connection needs
		case s.peer > 0 && s.link == nil:
			s.tell(KindRebuild, payload(Reason{Reason: "failed"}))
		case s.link != nil && s.link.stood && !s.link.up:
			s.tell(KindRestart, payload(Reason{Reason: "disconnected"}))
		}
	}
	if s.in {
		r.record(EventReconnected, s, "", "")
	}
}

// welcome is the reply to hello.
func (r *room) welcome(s *session, re uint64, resumed bool) {
	need := r.need()
	s.need = Need{Audio: max(s.need.Audio, need.Audio), Video: max(s.need.Video, need.Video)}
	place := PlaceLobby
	if s.in {
		place = PlaceIn
	}
	d := payload(Welcome{
		V: Version, Session: s.id, Secret: s.secret, Resumed: resumed, Place: place, You: s.member.party(), Need: s.need,
		ResumeSeconds: int(r.rooms.resumeFor.Seconds()), Relay: r.relayFor(s, time.Now()),
	})
	_ = s.conn.push(envelope(KindWelcome, re, 0, d)) // a connection that has ended is told by attend
}

// relayFor makes a relay for s, and notes to do so again before its time is over.
func (r *room) relayFor(s *session, now time.Time) *Relay {
	relay := r.rooms.relay(s.id)
	s.renewAt = time.Time{}
	if relay != nil {
		s.renewAt = now.Add(time.Duration(relay.Seconds) * time.Second * 3 / 4)
	}
	return relay
}

// renew gives everybody a new relay in time. Who has lost the socket gets one with the next welcome.
func (r *room) renew(now time.Time) {
	for _, s := range r.sessions {
		if s.conn == nil || s.renewAt.IsZero() || now.Before(s.renewAt) {
			continue
		}
		if relay := r.relayFor(s, now); relay != nil {
			s.conn.pushLatest(KindRelay, envelope(KindRelay, 0, 0, payload(relay)))
		}
	}
}

// settle lets flush tell s everything, and the others that s is here.
func (r *room) settle(s *session) {
	s.due = topicRoster | topicSlots | topicLobby | topicHosts
	r.changed |= topicRoster | topicSlots | topicLobby | topicHosts
	s.tellFloor(r.speakers)
}

// lose notes that a socket is gone. The seat waits for it.
func (r *room) lose(conn *Conn) {
	s := r.conns[conn]
	if s == nil {
		return // it was closed by the room, or the session has another one
	}
	delete(r.conns, conn)
	s.conn, s.lostAt, s.silent = nil, time.Now(), false
	r.changed |= topicRoster | topicLobby | topicHosts
}

// watch notes whose socket stands only in name: nothing comes on it, and neither sound nor picture gets through.
func (r *room) watch(now time.Time) {
	for _, s := range r.sessions {
		silent := s.conn != nil && s.peer > 0 && !s.flows() && now.Sub(s.conn.lastHeard()) >= silentFor
		if silent != s.silent {
			s.silent = silent
			r.changed |= topicRoster
		}
	}
}

// expire ends the sessions that have not come back in time.
func (r *room) expire(now time.Time) {
	for _, s := range slices.Clone(r.sessions) {
		if s.conn == nil && now.Sub(s.lostAt) >= r.rooms.resumeFor {
			r.record(EventLeft, s, "", ReasonTimeout)
			r.dismiss(s, CloseGone, "")
		}
	}
}

// dismiss ends a session. Whoever calls it has recorded why.
func (r *room) dismiss(s *session, code int, word string) {
	if s.conn != nil {
		delete(r.conns, s.conn)
	}
	s.end(code, word)
	r.sessions = slices.DeleteFunc(r.sessions, func(other *session) bool { return other == s })
	r.changed |= topicRoster | topicSlots | topicLobby | topicHosts
}

// inside counts the devices in the room.
func (r *room) inside() int {
	n := 0
	for _, s := range r.sessions {
		if s.in {
			n++
		}
	}
	return n
}
