package signaling

import "slices"

// roster is everybody inside, a person's devices together, in order of arrival.
func (r *room) roster() Roster {
	people := []RosterPerson{}
	for _, s := range r.sessions {
		if !s.in {
			continue
		}
		i := slices.IndexFunc(people, func(p RosterPerson) bool { return p.Key == s.member.Key })
		if i < 0 {
			i = len(people)
			people = append(people, RosterPerson{Party: s.member.party()})
		}
		people[i].Devices = append(people[i].Devices, Device{
			Session: s.id, Muted: s.now.muted, Camera: s.now.camera, Hand: s.now.raised > 0, Screen: s.now.screen,
			Connected: s.conn != nil && !s.silent, Media: s.flows(),
		})
	}
	for n, key := range r.hands() {
		i := slices.IndexFunc(people, func(p RosterPerson) bool { return p.Key == key })
		people[i].Hand = n + 1
	}
	return Roster{People: people}
}

// lobby is who waits and would notice being admitted.
func (r *room) lobby() Lobby {
	return Lobby{People: r.parties(func(s *session) bool { return !s.in && s.conn != nil })}
}

// openers are the hosts who can admit somebody now.
func (r *room) openers() []Party {
	return r.parties(func(s *session) bool { return s.in && s.member.Host && s.conn != nil })
}

// parties lists the people with a session of which wanted is true, each once, first come first.
func (r *room) parties(wanted func(*session) bool) []Party {
	people := []Party{}
	for _, s := range r.sessions {
		if wanted(s) && !slices.ContainsFunc(people, func(p Party) bool { return p.Key == s.member.Key }) {
			people = append(people, s.member.party())
		}
	}
	return people
}

// notePresent publishes who is present and who waits, as Rooms.Present and Rooms.Lobby explain it.
func (r *room) notePresent() {
	present, waiting := []Presence{}, []Presence{}
	for _, s := range r.sessions {
		who := Presence{Key: s.member.Key, Session: s.id}
		switch {
		case s.in && (s.conn != nil || s.flows()):
			present = append(present, who)
		case !s.in && s.conn != nil:
			waiting = append(waiting, who)
		}
	}
	r.present.Store(&present)
	r.waiting.Store(&waiting)
}
