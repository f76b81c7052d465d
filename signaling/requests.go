package signaling

// maxFaults is how many malformed messages one after the other show that the peer speaks something else.
const maxFaults = 5

// replied is what a handler returns when the reply has been sent or will be.
const replied = "replied"

// receive handles one message and replies to it. err is what Parse said about it.
func (r *room) receive(conn *Conn, m Message, err error) {
	s := r.conns[conn]
	if s == nil {
		return // closed meanwhile
	}
	code := CodeMalformed
	if err == nil {
		code = r.handle(s, m)
	}
	switch code {
	case replied:
	case "":
		reply(conn, m.ID, KindOK, nil)
	default:
		reply(conn, m.ID, KindError, Refusal{Code: code})
	}
	if code != CodeMalformed {
		conn.faults = 0
	} else if conn.faults++; conn.faults >= maxFaults {
		conn.end(ClosePolicy, "malformed")
	}
}

// handle returns "" when the request was done, replied, or the code of the error.
func (r *room) handle(s *session, m Message) string {
	switch m.T {
	case KindOffer:
		return r.offer(s, m)
	case KindState:
		return r.state(s, m)
	case KindView:
		return r.view(s, m)
	case KindLine:
		return r.reported(s, m)
	case KindAdmit:
		return r.byHost(s, m, r.admit)
	case KindDeny:
		return r.byHost(s, m, r.deny)
	case KindRemove:
		return r.byHost(s, m, r.remove)
	case KindLower:
		return r.byHost(s, m, r.lower)
	case KindUnshare:
		return r.byHost(s, m, r.unshare)
	case KindEnd:
		return r.finish(s, m)
	case KindPing:
		return r.ping(s, m)
	case KindBye:
		return r.bye(s, m)
	case KindHello:
		return CodeMalformed // it was the first message
	}
	return CodeUnknownKind
}

func (r *room) ping(s *session, m Message) string {
	var p Ping
	if m.read(&p) != nil {
		return CodeMalformed
	}
	s.forget(p.Seq)
	reply(s.conn, m.ID, KindPong, Pong{Sent: p.Sent})
	return replied
}

func (r *room) bye(s *session, m Message) string {
	reply(s.conn, m.ID, KindOK, nil)
	r.record(EventLeft, s, "", ReasonBye)
	r.dismiss(s, CloseDone, "bye")
	return replied
}

// finish ends the meeting for everybody.
func (r *room) finish(s *session, m Message) string {
	if code := hostOnly(s); code != "" {
		return code
	}
	reply(s.conn, m.ID, KindOK, nil)
	r.conclude(s.member.Key)
	return replied
}

// conclude ends the meeting for everybody; by is the host who wants it, or "" for the server.
func (r *room) conclude(by string) {
	r.rooms.record(Event{Conference: r.conference, Kind: EventEnded, By: by})
	r.close(CloseEnded, "ended", ReasonEnded, by)
}

func hostOnly(s *session) string {
	switch {
	case !s.in:
		return CodeNotIn
	case !s.member.Host:
		return CodeNotHost
	}
	return ""
}

// byHost lets a host act on all sessions of a person in the room or the lobby.
func (r *room) byHost(s *session, m Message, act func(host Member, key string) string) string {
	var who PersonRef
	if m.read(&who) != nil {
		return CodeMalformed
	}
	if code := hostOnly(s); code != "" {
		return code
	}
	return act(s.member, who.Key)
}

// of lists the sessions of a person that are in the room, or in the lobby.
func (r *room) of(key string, in bool) []*session {
	var own []*session
	for _, s := range r.sessions {
		if s.member.Key == key && s.in == in {
			own = append(own, s)
		}
	}
	return own
}

func (r *room) admit(host Member, key string) string {
	waiting := r.of(key, false)
	if len(waiting) == 0 {
		return CodeNoPerson
	}
	r.admitted[key] = true
	delete(r.removed, key)
	for _, s := range waiting {
		s.in = true
		s.tellNeed(r.need())
		s.tell(KindAdmitted, payload(Admitted{By: host.party()}))
		r.record(EventAdmitted, s, host.Key, "")
		r.record(EventJoined, s, "", "")
		r.settle(s)
	}
	return ""
}

func (r *room) deny(host Member, key string) string {
	waiting := r.of(key, false)
	for i, s := range waiting {
		if i == 0 {
			r.record(EventRefused, s, host.Key, "")
		} else {
			r.record(EventLeft, s, host.Key, ReasonRefused) // one refusal of the person, however many devices
		}
		r.dismiss(s, CloseRefused, "refused")
	}
	if len(waiting) == 0 {
		return CodeNoPerson
	}
	return ""
}

// remove sends a person out. Hosts cannot remove themselves: they would wait in a lobby that nobody may be left to open.
func (r *room) remove(host Member, key string) string {
	inside := r.of(key, true)
	if len(inside) == 0 || key == host.Key {
		return CodeNoPerson
	}
	delete(r.admitted, key)
	r.removed[key] = true
	r.expel(inside, host.Key)
	return ""
}

func (r *room) expel(sessions []*session, by string) {
	for _, s := range sessions {
		r.record(EventLeft, s, by, ReasonRemoved)
		r.dismiss(s, CloseRemoved, "removed")
	}
}
