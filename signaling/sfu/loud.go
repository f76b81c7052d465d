package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// Loss of sound above which earlier frames go beside each: one, and two where losses come in rows.
	guardAbove, guardMore = 0.02, 0.08
	// guardBelow for guardFor ends it.
	guardBelow = 0.005
	guardFor   = 15 * time.Second
	// Bit rates of one voice: plain, and what an earlier frame beside each adds; the same packed.
	voiceRate, frameRate           = 52_000, 24_000
	packedVoiceRate, packedCopying = 30_000, 17_000
)

// guard decides how many earlier frames go beside each frame of sound. It changes seldom: clients take time to adapt.
type guard struct {
	distance int
	badAt    time.Time // when the loss was last too high for less
}

// next takes the loss of sound.
func (g *guard) next(loss float64, now time.Time) int {
	wanted := 0
	switch {
	case loss > guardMore:
		wanted = 2
	case loss > guardAbove, loss > guardBelow && g.distance > 0:
		wanted = 1
	}
	if wanted >= g.distance || now.Sub(g.badAt) >= guardFor {
		g.distance, g.badAt = wanted, now
	}
	return g.distance
}

// shield decides how the listener's sound is put together.
func (e *egress) shield(r rate.Reading, step rate.Step, now time.Time) {
	talkers := 0
	for _, each := range *e.slots.Load() {
		if each.line.Kind == Audio && each.speaks(now) {
			talkers++
		}
	}
	mode := protection{pack: step == rate.Lifeline, distance: e.guard.next(r.AudioLoss, now)}
	one, more := voiceRate, frameRate
	if mode.pack {
		one, more = packedVoiceRate, packedCopying
		mode.distance = min(mode.distance, 1) // the frame before the last is too old to be played, and too long
	}
	talkers = max(talkers, 1)
	for mode.distance > 0 && talkers*(one+mode.distance*more) > r.Rate {
		mode.distance--
	}
	if mode != e.protection() {
		e.mode.Store(&mode)
	}
}

func (e *egress) protection() protection { return *e.mode.Load() }

// speaks reports whether sound was sent on the slot just now.
func (s *slot) speaks(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.joined && now.Sub(s.headAt) < stoppedAfter
}

const (
	// mostVoices are forwarded at the lowest step.
	mostVoices = 2
	// louderFor is how long another must be louder to take a voice's place: less would cut words.
	louderFor = 300 * time.Millisecond
	// silentLevel is less than anybody's speech, as loudness has it.
	silentLevel = 50
)

// loudest chooses whose voices a listener gets when there is no room for all. It is told of all loudnesses time and again.
type loudest struct {
	chosen     [mostVoices]int       // slots by index; none: free
	spoke      [mostVoices]time.Time // when the voice was last more than silence
	challenger int
	since      time.Time // the challenger has been louder
	ready      bool
}

// choose takes the loudness of each voice, and reports who is heard. A voice keeps its place, also in silence, until
// another is louder for a while: who spoke last answers first.
func (l *loudest) choose(levels []int, now time.Time) [mostVoices]int {
	if !l.ready {
		l.ready, l.challenger = true, none
		for i := range l.chosen {
			l.chosen[i] = none
		}
	}
	quietest := len(l.chosen) - 1
	for i, c := range l.chosen {
		if c >= len(levels) {
			l.chosen[i] = none
		}
		if l.level(levels, i) > silentLevel {
			l.spoke[i] = now
		}
	}
	for i := range l.chosen {
		switch mine, other := l.level(levels, i), l.level(levels, quietest); {
		case mine <= silentLevel && other <= silentLevel && mine >= 0 && other >= 0:
			if l.spoke[i].Before(l.spoke[quietest]) {
				quietest = i
			}
		case mine < other:
			quietest = i
		}
	}
	best := none
	for i, level := range levels {
		if i != l.chosen[0] && i != l.chosen[1] && level > silentLevel && (best == none || level > levels[best]) {
			best = i
		}
	}
	switch held := l.level(levels, quietest); {
	case best == none || held >= levels[best]:
		l.challenger = none
	case held <= silentLevel: // the place is of no use to who has it
		l.chosen[quietest], l.challenger = best, none
	case l.challenger != best:
		l.challenger, l.since = best, now
	case now.Sub(l.since) >= louderFor:
		l.chosen[quietest], l.challenger = best, none
	}
	return l.chosen
}

// level is the loudness of who has a place; below silence when nobody has.
func (l *loudest) level(levels []int, place int) int {
	if l.chosen[place] == none {
		return -1
	}
	return levels[l.chosen[place]]
}

// hush leaves out all but the loudest voices at the lowest step.
func (e *egress) hush(step rate.Step, now time.Time) {
	if step != rate.Lifeline {
		if e.loudest.ready {
			e.loudest = loudest{}
			for _, each := range *e.slots.Load() {
				each.silence(false)
			}
		}
		return
	}
	var levels [2 * maxSlots]int
	var voices [2 * maxSlots]*slot
	n, sources := 0, 0
	for _, each := range *e.slots.Load() {
		if each.line.Kind != Audio || n == len(voices) {
			continue
		}
		each.mu.Lock()
		src := each.source
		each.mu.Unlock()
		voices[n] = each
		if src != nil {
			sources++
			levels[n] = src.loudness(now)
		}
		n++
	}
	chosen := e.loudest.choose(levels[:n], now)
	for i, each := range voices[:n] {
		each.silence(sources > mostVoices && i != chosen[0] && i != chosen[1])
	}
}

func (s *slot) silence(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silenced = on
}
