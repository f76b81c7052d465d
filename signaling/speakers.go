package signaling

import (
	"slices"
	"time"
)

// Loudness as sfu.Peer tells it: 127 minus the RFC 6464 level, so 77 is -50 dBov. Speech at a laptop lies around -30, a
// ward's background around -65; the pauses between words are in the mean.
const (
	speaks  = 77 // whoever was silent and is louder than this speaks
	silence = 67 // whoever spoke and is softer than this is silent
	louder  = 6  // 6 dB: what takes the floor from a speaker
)

const (
	takesAfter  = time.Second     // how long somebody must be the loudest to take the floor: not by a cough
	floorStands = 3 * time.Second // how long it stays with a speaker who pauses
)

// floor decides who speaks and who is dominant. Pure; the zero value is silence.
type floor struct {
	last     map[string]time.Time // when each key was last heard speaking
	speaking map[string]bool
	dominant string
	rival    string
	since    time.Time // rival is the loudest since then
}

// spokeAt is when key last spoke; zero: never.
func (f *floor) spokeAt(key string) time.Time { return f.last[key] }

// hear takes the loudness of everybody inside and returns who speaks, the dominant one first, then by loudness. Who is not
// in levels is gone.
func (f *floor) hear(now time.Time, levels map[string]int) []string {
	if f.last == nil {
		f.last, f.speaking = map[string]time.Time{}, map[string]bool{}
	}
	var keys []string
	for key, level := range levels {
		if f.speaking[key] = level >= speaks || (f.speaking[key] && level >= silence); f.speaking[key] {
			f.last[key] = now
			keys = append(keys, key)
		}
	}
	for key := range f.last {
		if _, here := levels[key]; !here {
			delete(f.last, key)
			delete(f.speaking, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := levels[b] - levels[a]; d != 0 {
			return d
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	f.decide(now, keys, levels)
	if f.dominant == "" {
		return nil
	}
	return append([]string{f.dominant}, slices.DeleteFunc(keys, func(key string) bool { return key == f.dominant })...)
}

// decide moves the floor; keys are the speakers, loudest first.
func (f *floor) decide(now time.Time, keys []string, levels map[string]int) {
	level, here := levels[f.dominant]
	if !here || now.Sub(f.last[f.dominant]) >= floorStands {
		f.dominant = ""
	}
	rival := ""
	if len(keys) > 0 && keys[0] != f.dominant && (!f.speaking[f.dominant] || levels[keys[0]] >= level+louder) {
		rival = keys[0]
	}
	if rival != f.rival {
		f.rival, f.since = rival, now
	}
	if rival != "" && (f.dominant == "" || now.Sub(f.since) >= takesAfter) {
		f.dominant, f.rival = rival, ""
	}
}

// listen asks how loud everybody is and tells who speaks when that has changed.
func (r *room) listen(now time.Time) {
	levels := map[string]int{}
	for _, s := range r.sessions {
		if !s.in {
			continue
		}
		level := 0
		if s.flows() && !s.now.muted {
			level = s.link.peer.Loudness()
		}
		levels[s.member.Key] = max(levels[s.member.Key], level)
	}
	keys := r.floor.hear(now, levels)
	if slices.Equal(keys, r.speakers) {
		return
	}
	r.speakers = keys
	r.changed |= topicSlots // who speaks is seen
	for _, s := range r.sessions {
		if s.in {
			s.tellFloor(keys)
		}
	}
}

// tellFloor is not numbered and not kept: the next one tells more.
func (s *session) tellFloor(keys []string) {
	if s.conn == nil || !s.in {
		return
	}
	if keys == nil {
		keys = []string{}
	}
	s.conn.pushLatest(KindSpeakers, envelope(KindSpeakers, 0, 0, payload(Speakers{Keys: keys})))
}
