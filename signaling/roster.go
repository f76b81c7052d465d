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
			Session: s.id, Muted: s.now.Muted, Camera: s.now.Camera, Connected: s.conn != nil, Media: s.flows(),
		})
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

// notePresent publishes who is present, as Rooms.Present explains it.
func (r *room) notePresent() {
	present := []Presence{}
	for _, s := range r.sessions {
		if s.in && (s.conn != nil || s.flows()) {
			present = append(present, Presence{Key: s.member.Key, Session: s.id})
		}
	}
	r.present.Store(&present)
}
