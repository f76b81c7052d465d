package sfu

import (
	"testing"
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// busy says by tick whether the server was behind.
type busy func(at time.Duration, level thinning) bool

func TestThinner(t *testing.T) {
	test := func(name string, is busy, lasting time.Duration, want thinning, mostSteps int) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			var th thinner
			start := time.Unix(1e9, 0)
			level, steps := allPictures, 0
			for at := time.Duration(0); at < lasting; at += tickEvery {
				before := level
				if level = th.next(is(at, level), start.Add(at)); level != before {
					steps++
				}
			}
			if level != want || steps > mostSteps {
				t.Errorf("level %d after %d steps, want %d after %d at most", level, steps, want, mostSteps)
			}
		})
	}
	always := func(time.Duration, thinning) bool { return true }
	test("never behind", func(time.Duration, thinning) bool { return false }, time.Minute, allPictures, 0)
	test("a burst of key frames", func(at time.Duration, _ thinning) bool { return at%time.Second < 2*tickEvery }, time.Minute, allPictures, 0)
	test("behind for good", always, time.Minute, soundAlone, 3)
	test("at once", always, behindFor*tickEvery, fewerFrames, 1)
	test("sound only within a second", always, time.Second, soundAlone, 3)
	test("fewer frames are enough", func(_ time.Duration, l thinning) bool { return l < fewerFrames }, 2*time.Minute, fewerFrames, 13)
	test("it ends", func(at time.Duration, _ thinning) bool { return at < 5*time.Second }, 30*time.Second, allPictures, 6)
	test("smaller pictures are enough", func(_ time.Duration, l thinning) bool { return l < smallerFrames }, 10*time.Minute, smallerFrames, 32)
}

func TestThinning(t *testing.T) {
	full := rate.Choice{Layer: 2, Temporal: 2}
	test := func(level thinning, c, want rate.Choice) {
		t.Helper()
		if got := level.of(c); got != want {
			t.Errorf("level %d makes of %v %v, want %v", level, c, got, want)
		}
	}
	test(allPictures, full, full)
	test(fewerFrames, full, rate.Choice{Layer: 2})
	test(smallerFrames, full, rate.Choice{})
	test(smallerFrames, rate.None(), rate.Choice{Layer: -1})
	test(soundAlone, full, rate.None())
}

// Pictures give way to the sound on all lines when the server is behind, and come back.
func TestThinServer(t *testing.T) {
	p, to, src := shown(t)
	var seq uint16
	now := time.Unix(1e9, 0)
	shoot(src, &seq, true, now)
	if !to.isJoined() {
		t.Fatal("no picture to begin with")
	}
	p.server.thin.Store(uint32(soundAlone))
	p.egress.allot(now)
	if to.isJoined() || !p.egress.paused(to.line.Mid) || p.egress.downlink().Step != rate.Sound {
		t.Errorf("the picture goes on, or nobody is told: %+v", p.egress.downlink())
	}
	p.server.thin.Store(uint32(allPictures))
	p.egress.allot(now)
	shoot(src, &seq, true, now.Add(time.Second))
	if !to.isJoined() || p.egress.downlink().Step != rate.Full {
		t.Errorf("the picture does not come back: %+v", p.egress.downlink())
	}
}

func (s *slot) isJoined() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.joined
}
