package signaling

import (
	"cmp"
	"slices"
)

// state takes what somebody has switched on.
func (r *room) state(s *session, m Message) string {
	var d DeviceState
	if m.read(&d) != nil {
		return CodeMalformed
	}
	raises, shares := d.Hand != nil && *d.Hand, d.Screen != nil && *d.Screen
	switch {
	case (raises || shares) && !s.in:
		return CodeNotIn
	case shares && !r.clearScreen(s):
		return CodeScreenTaken
	}
	before := s.now
	s.now.muted, s.now.camera = d.Muted, d.Camera
	if d.Screen != nil {
		s.now.screen = shares
	}
	switch {
	case raises && s.now.raised == 0:
		r.raises++
		s.now.raised = r.raises
	case d.Hand != nil && !raises:
		r.lowerAll(s.member.Key) // on whichever device it was raised
	}
	if s.now != before {
		r.changed |= topicRoster | topicSlots
	}
	return ""
}

// hands lists the people inside with a raised hand, first raised first.
func (r *room) hands() []string {
	var raised []*session
	for _, s := range r.sessions {
		if s.in && s.now.raised > 0 {
			raised = append(raised, s)
		}
	}
	slices.SortFunc(raised, func(a, b *session) int { return cmp.Compare(a.now.raised, b.now.raised) })
	var keys []string
	for _, s := range raised {
		if !slices.Contains(keys, s.member.Key) {
			keys = append(keys, s.member.Key)
		}
	}
	return keys
}

// lowerAll lowers a person's hand and reports whether it was raised.
func (r *room) lowerAll(key string) bool {
	raised := false
	for _, s := range r.sessions {
		if s.member.Key == key && s.now.raised > 0 {
			s.now.raised, raised = 0, true
			r.changed |= topicRoster
		}
	}
	return raised
}

// lower lets a host lower somebody's hand.
func (r *room) lower(_ Member, key string) string {
	if !r.lowerAll(key) {
		return CodeNoPerson
	}
	return ""
}

// sharing returns the session that shares its screen, or nil. There is one at most: two would leave no room for faces.
func (r *room) sharing() *session {
	for _, s := range r.sessions {
		if s.now.screen {
			return s
		}
	}
	return nil
}

// clearScreen makes way for s to share. It reports false when somebody else does, who is there to be asked.
func (r *room) clearScreen(s *session) bool {
	other := r.sharing()
	if other == nil {
		return true
	}
	if other.member.Key != s.member.Key && (other.conn != nil || other.flows()) {
		return false
	}
	r.stopScreen(other)
	return true
}

func (r *room) stopScreen(s *session) {
	s.now.screen = false
	r.changed |= topicRoster | topicSlots
}

// unshare lets a host end the sharing of somebody's screen.
func (r *room) unshare(_ Member, key string) string {
	s := r.sharing()
	if s == nil || s.member.Key != key {
		return CodeNoPerson
	}
	r.stopScreen(s)
	return ""
}
