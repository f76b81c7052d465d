package signaling

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/samtale/samtale/signaling/sfu"
)

// How often changes of numbers are told: a word costs a weak line more than it is worth when only a digit has changed.
const (
	linesEvery  = 2 * time.Second  // when a word, a step or a path has changed
	digitsEvery = 10 * time.Second // when only numbers have
	kbpsEvery   = 2 * time.Second
	reportFor   = 15 * time.Second // three reports of a client; then it is not known any more
)

// What a score means (ITU-T G.107 has the scale): from here on few are dissatisfied, and from here on many are.
const (
	scoreGood = 3.8
	scoreFair = 2.6
)

// survey tells everybody what the media server has found out about the lines. The media server decides; this is its voice.
func (r *room) survey(now time.Time) {
	for _, s := range r.sessions {
		if !s.in || s.link == nil {
			continue
		}
		down, up := s.link.peer.Downlink(), s.link.peer.Uplink()
		s.stepDown, s.stepUp = down.Step.String(), up.Step.String()
		s.tellDownlink(down, now)
		s.tellUplink(up, now)
		s.show(r.speakers, now)
		if s.link.notePauses() {
			s.tellSlots(false)
		}
	}
	if now.Sub(r.surveyed) >= linesEvery {
		r.tellLines(now)
	}
}

// notePauses asks which pictures are held back, and reports whether that has changed.
func (l *link) notePauses() bool {
	changed := false
	for i := range l.slots {
		at := &l.slots[i]
		if at.line.Kind != sfu.Video || at.on.from == nil {
			continue
		}
		held, weak := l.peer.Paused(at.line.Mid), at.on.from.tooWeak()
		changed = changed || held != at.held || weak != at.weak
		at.held, at.weak = held, weak
	}
	return changed
}

// tooWeak reports whether the session's line carries no picture up.
func (s *session) tooWeak() bool {
	return s.stepUp == stepSound || s.stepUp == stepLifeline
}

// Steps at which there are no pictures.
const (
	stepSound    = "sound"
	stepLifeline = "lifeline"
)

func (s *session) tellDownlink(found sfu.Downlink, now time.Time) {
	d := Downlink{Step: found.Step.String(), Why: string(found.Why), Kbps: found.Kbps}
	same := d.Step == s.down.Step && d.Why == s.down.Why
	if s.conn == nil || (same && !newDigits(s.down.Kbps, d.Kbps, now.Sub(s.downAt))) {
		return
	}
	s.down, s.downAt = d, now
	s.conn.pushLatest(KindDownlink, envelope(KindDownlink, 0, 0, payload(d)))
}

func (s *session) tellUplink(found sfu.Uplink, now time.Time) {
	u := Uplink{
		Step: found.Step.String(), Why: string(found.Why), Layers: found.Layers, Kbps: found.Kbps, AudioKbps: found.AudioKbps, RED: found.RED,
	}
	before := s.up
	before.Kbps = u.Kbps
	if s.conn == nil || (before == u && !newDigits(s.up.Kbps, u.Kbps, now.Sub(s.upAt))) {
		return
	}
	s.up, s.upAt = u, now
	s.conn.pushLatest(KindUplink, envelope(KindUplink, 0, 0, payload(u)))
}

// newDigits reports whether a rate has changed so much that it is told: by a fifth, less of it at once, more of it later.
func newDigits(told, kbps int, ago time.Duration) bool {
	return kbps*5 < told*4 || (kbps*5 > told*6 && ago >= kbpsEvery)
}

// repeatLines lets the next survey tell s all anew: on a new socket, or of a new connection.
func (s *session) repeatLines() { s.down, s.up, s.lines = Downlink{}, Uplink{}, nil }

// tellLines says how good everybody's line is, to those who have not heard it so.
func (r *room) tellLines(now time.Time) {
	r.surveyed = now
	lines := []LineState{}
	for _, s := range r.sessions {
		if state, known := s.lineState(now); s.in && known {
			lines = append(lines, state)
		}
	}
	var text []byte
	for _, s := range r.sessions {
		if s.conn == nil || !s.in || slices.Equal(lines, s.lines) {
			continue
		}
		if slices.EqualFunc(lines, s.lines, sameWords) && now.Sub(s.linesAt) < digitsEvery {
			continue
		}
		if text == nil {
			text = envelope(KindLines, 0, 0, payload(Lines{Lines: lines}))
		}
		s.lines, s.linesAt = lines, now
		s.conn.pushLatest(KindLines, text)
	}
}

func sameWords(a, b LineState) bool {
	return a.Session == b.Session && a.Word == b.Word && a.Down == b.Down && a.Up == b.Up && a.Path == b.Path
}

// lineState is how good the line of s is. It is not known before its first connection stands.
func (s *session) lineState(now time.Time) (LineState, bool) {
	state := LineState{
		Session: s.id, Key: s.member.Key, Word: WordLost, Down: cmp.Or(s.stepDown, stepLifeline), Up: cmp.Or(s.stepUp, stepLifeline),
	}
	switch {
	case s.link == nil:
		return state, s.peer > 0
	case !s.link.up:
		return state, s.link.stood
	}
	q := s.link.peer.Quality()
	state.Score, state.Word = math.Round(q.Score*10)/10, wordFor(q.Score)
	state.LossDownPermille, state.LossUpPermille = permille(q.DownLoss), permille(q.UpLoss)
	state.RTTMs, state.Path = int(q.RTT.Milliseconds()), q.Path
	if now.Sub(s.reportAt) < reportFor {
		state.GapPermille = s.report.GapPermille
		if s.report.Path != "" {
			state.Path = s.report.Path // the client knows how it reaches its relay
		}
	}
	return state, true
}

func wordFor(score float64) string {
	switch {
	case score >= scoreGood:
		return WordGood
	case score >= scoreFair:
		return WordFair
	}
	return WordPoor
}

func permille(share float64) int { return int(math.Round(share * 1000)) }

// reported takes what a device knows of its own line.
func (r *room) reported(s *session, m Message) string {
	var l LineReport
	if m.read(&l) != nil || l.check() != nil {
		return CodeMalformed
	}
	if !s.in {
		return CodeNotIn
	}
	s.report, s.reportAt = l, time.Now()
	if s.link != nil {
		s.link.peer.Reported(sfu.Report{UpKbps: l.UpKbps, Relay: strings.HasPrefix(l.Path, "relay")})
	}
	return ""
}
