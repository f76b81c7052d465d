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
	// bundleFor is how long a way to pack is kept before a dearer one is tried: another talker may come in between two words.
	bundleFor = 10 * time.Second
	// fullQueue is a line that is full, quietQueue one that is not. For tryAfter without the first nobody knows what the line
	// carries beyond what is sent; then tryShare of that is tried where sound is lost.
	fullQueue, quietQueue = 120 * time.Millisecond, 60 * time.Millisecond
	tryAfter              = 20 * time.Second
	tryShare              = 1.6
)

// guard decides how sound is put together. It changes seldom: clients take time to adapt.
type guard struct {
	distance int
	badAt    time.Time // when the loss was last too high for less
	bundle   rate.Bundle
	since    time.Time // of the bundle
	fullAt   time.Time // when the line was last full
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

// pack takes what is known of the line, how many talk and whether the client takes copies. While a queue drains nothing changes, unless it could not drain
// else: a client that hears longer packets just then takes the delay for theirs, and keeps it.
func (g *guard) pack(r rate.Reading, talkers int, red bool, now time.Time) rate.Bundle {
	if r.Queue > fullQueue {
		g.fullAt = now
	}
	if g.bundle.Frames == 0 {
		g.bundle, g.since = rate.Bundle{Frames: 1}, now.Add(-bundleFor)
	}
	copies := g.next(r.AudioLoss, now)
	if !red {
		copies = 0
	}
	carries := max(r.Rate, r.Carries)
	if r.Queue > quietQueue && g.bundle.Fits(talkers, carries*10/9) {
		return g.bundle
	}
	room := carries
	if copies > 0 && r.Queue <= quietQueue && now.Sub(g.fullAt) >= tryAfter {
		room = int(tryShare * float64(room))
	}
	wanted := rate.Bundling(copies, talkers, room)
	more := wanted.Copies > g.bundle.Copies && r.Queue <= quietQueue
	if wanted != g.bundle && (!wanted.Dearer(g.bundle) || more || now.Sub(g.since) >= bundleFor) {
		g.bundle, g.since = wanted, now
	}
	return g.bundle
}

// shield decides how the listener's sound is put together.
func (e *egress) shield(r rate.Reading, now time.Time) {
	talkers, red := 0, false
	for _, each := range *e.slots.Load() {
		if each.line.Kind != Audio {
			continue
		}
		red = red || each.formats.red != 0
		if each.speaks(now) {
			talkers++
		}
	}
	if rate.Step(e.step.Load()) == rate.Lifeline { // perhaps the line's queue says so, and its rate does not know
		talkers = min(talkers, mostVoices)
		r.Rate, r.Carries = min(r.Rate, takes[rate.Sound]), min(r.Carries, takes[rate.Sound])
	}
	b := e.guard.pack(r, talkers, red, now)
	if mode := (protection{distance: b.Copies, frames: b.Frames}); mode != e.protection() {
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
