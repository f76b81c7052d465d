package sfu

import (
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// thinning is how much of all pictures is left out because the server cannot keep up with what comes. What the system drops
// then it drops blindly, sound like pictures; so the pictures must become less before.
type thinning uint8

const (
	allPictures   thinning = iota
	fewerFrames            // only those that others need
	smallerFrames          // of the lowest encoding
	soundAlone
	thinningLevels = iota
)

const (
	// behindFor many ticks in a row without an empty socket are no burst of key frames.
	behindFor = 3
	// thinAgain is how long a step has to show its effect before the next one down: a switch needs a key frame.
	thinAgain = 300 * time.Millisecond
	// thickenAfter is how long all must be well before a step up; twice as long after each step that was too much, to a bound.
	thickenAfter, thickenAtMost = 3 * time.Second, time.Minute
	// tooSoon after a step up, being behind again is its fault.
	tooSoon = 10 * time.Second
)

// thinner decides about the pictures of all lines. The zero value is ready.
type thinner struct {
	level    thinning
	behind   int           // ticks in a row
	downAt   time.Time     // the last step down, or when the last level was not enough
	upAt     time.Time     // the last step up
	patience time.Duration // before the next step up
}

// next takes whether the server was behind since the last tick.
func (t *thinner) next(behind bool, now time.Time) thinning {
	if !behind {
		t.behind = 0
		if t.level > allPictures && now.Sub(t.downAt) >= t.patience && now.Sub(t.upAt) >= t.patience {
			t.level--
			t.upAt = now
		}
		return t.level
	}
	if t.behind++; t.behind < behindFor {
		return t.level
	}
	if t.level+1 < thinningLevels && now.Sub(t.downAt) >= thinAgain {
		if t.patience == 0 || now.Sub(t.upAt) >= tooSoon {
			t.patience = thickenAfter
		} else {
			t.patience = min(2*t.patience, thickenAtMost)
		}
		t.level++
		t.downAt = now
	}
	if t.level+1 == thinningLevels {
		t.downAt = now
	}
	return t.level
}

// of makes the choice for a picture less by that much.
func (t thinning) of(c rate.Choice) rate.Choice {
	switch {
	case t >= soundAlone:
		return rate.None()
	case t >= smallerFrames:
		c.Layer = min(c.Layer, 0)
	}
	if t >= fewerFrames {
		c.Temporal = 0
	}
	return c
}
