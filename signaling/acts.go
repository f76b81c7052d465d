package signaling

// What the server asks of running calls. These methods do not wait for the room to have done it, and do nothing where
// there is no room. They must not be called from Options.Record, which runs in the room's loop.

// Remove closes the sockets of a person in the room and in its lobby with CloseRemoved and ends their sessions. Whether they
// may come again is for the caller to say when they do; if so they come as at first, for an admission is forgotten.
func (rs *Rooms) Remove(conference, key string) {
	rs.ask(conference, func(r *room) {
		delete(r.admitted, key)
		r.expel(append(r.of(key, true), r.of(key, false)...), "")
	})
}

// Close ends the meeting for everybody in the room and the lobby, as a host's "end" does.
func (rs *Rooms) Close(conference string) {
	rs.ask(conference, func(r *room) { r.conclude("") })
}

// Tell lets everybody in the room and the lobby know that the meeting's page has changed.
func (rs *Rooms) Tell(conference string) {
	rs.ask(conference, func(r *room) {
		for _, s := range r.sessions {
			s.tell(KindChanged, nil)
		}
	})
}

func (rs *Rooms) ask(conference string, act func(*room)) {
	if r := rs.find(conference); r != nil {
		r.post(func() { act(r) })
	}
}

// Present returns who is in which call, by conference; rooms with nobody inside are left out, and so is the lobby. Who has
// lost the socket is present while their media goes on: they are heard. Who has lost both is not, and is again if they
// come back in time, on the same session.
func (rs *Rooms) Present() map[string][]Presence {
	return rs.snapshot(func(r *room) []Presence { return *r.present.Load() })
}

// Lobby returns who waits before which call, by conference, first come first; lobbies with nobody in them are left out. Who
// has lost the socket does not count.
func (rs *Rooms) Lobby() map[string][]Presence {
	return rs.snapshot(func(r *room) []Presence { return *r.waiting.Load() })
}

func (rs *Rooms) snapshot(of func(*room) []Presence) map[string][]Presence {
	all := map[string][]Presence{}
	for _, r := range rs.list() {
		if who := of(r); len(who) > 0 {
			all[r.conference] = who
		}
	}
	return all
}
