package sfu

import (
	"slices"
	"time"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// allotEvery is how often the line is shared anew among the pictures; views and steps do it at once.
	allotEvery = 100 * time.Millisecond
	// usualHeight is how tall a picture is taken to be shown when the client has not said.
	usualHeight = 360 // device pixels
	// screenHeight is taken for a screen's until its first key frame has come; screenRate is what it takes over some time, while
	// it stands still or moves.
	screenHeight = 1080
	screenRate   = 300_000
)

// usualHeights are a camera's by how many encodings it has, lowest first.
var usualHeights = [maxLayers + 1][maxLayers]int{1: {360}, 2: {180, 360}, 3: {180, 360, 720}}

// usualRates are taken for encodings that have just begun to flow, by their place from the lowest.
var usualRates = [maxLayers]int{150_000, 500_000, 1_500_000}

// show takes how the client shows the pictures, the most important first.
func (e *egress) show(views []View) {
	e.allotting.Lock()
	e.views = append(e.views[:0], views[:min(len(views), 2*maxSlots)]...)
	e.shown = true
	e.allotting.Unlock()
	e.allot(time.Now())
}

// setSoundOnly is the person's own choice.
func (e *egress) setSoundOnly(on bool) {
	e.allotting.Lock()
	e.soundOnly = on
	e.allotting.Unlock()
	e.allot(time.Now())
}

func (e *egress) lastAllotted() time.Time {
	e.allotting.Lock()
	defer e.allotting.Unlock()
	return e.allotAt
}

// paused reports whether a picture is held back from the slot with that mid.
func (e *egress) paused(mid string) bool {
	for _, each := range *e.slots.Load() {
		if each.line.Mid == mid && each.line.Kind == Video {
			return each.isHeldBack()
		}
	}
	return false
}

// allot shares the line among the pictures.
func (e *egress) allot(now time.Time) {
	e.allotting.Lock()
	defer e.allotting.Unlock()
	e.mu.Lock()
	if passed := now.Sub(e.allotAt); passed >= allotEvery {
		sent := int(int64(e.soundSent) * 8 * int64(time.Second) / int64(min(passed, time.Minute)))
		e.soundRate += (sent - e.soundRate) / 4
		e.soundSent, e.allotAt = 0, now
	}
	line := e.reading.Rate
	e.mu.Unlock()
	e.gather(now)
	if len(e.wishers) == 0 {
		e.wanted.Store(0)
		return
	}
	e.choices = e.choices[:0]
	if e.soundOnly {
		e.wanted.Store(0)
		for range e.wishers {
			e.choices = append(e.choices, rate.None())
		}
	} else {
		if wanted := rate.Wanted(e.wishes); wanted > 0 {
			e.wanted.Store(int64(wanted + e.soundRate))
		} else {
			e.wanted.Store(0)
		}
		e.choices = rate.Allocate(rate.Step(e.step.Load()), max(line-e.soundRate, 0), e.wishes, e.choices)
	}
	thin := thinning(e.peer.server.thin.Load())
	for i, each := range e.wishers {
		each.allow(thin.of(e.choices[i]))
	}
	clear(e.wishers)
}

// gather lists the slots that have a picture, the most important first, and what could be sent of each. It needs allotting.
func (e *egress) gather(now time.Time) {
	e.wishers, e.wishes = e.wishers[:0], e.wishes[:0]
	slots := *e.slots.Load()
	for _, v := range e.views {
		for _, each := range slots {
			if each.line.Mid == v.Mid && each.line.Kind == Video && !slices.Contains(e.wishers, each) {
				e.wish(each, v.Height, now)
			}
		}
	}
	for _, each := range slots {
		if each.line.Kind == Video && !slices.Contains(e.wishers, each) {
			e.wish(each, usualHeight, now)
		}
	}
}

func (e *egress) wish(s *slot, height int, now time.Time) {
	s.mu.Lock()
	src, choice := s.source, s.choice
	s.shown = height > 0
	s.mu.Unlock()
	if src == nil {
		return
	}
	w := src.wish(now)
	w.Height, w.Now = max(height, 0), choice
	e.wishers, e.wishes = append(e.wishers, s), append(e.wishes, w)
}

// wish tells what could be sent of the source.
func (s *Source) wish(now time.Time) rate.Wish {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := rate.Wish{Screen: s.content == Screen, Heights: usualHeights[s.count], Temporals: 1}
	if w.Screen {
		w.Heights[0] = screenHeight
	}
	for i := range s.count {
		l := &s.layers[i]
		if l.height > 0 {
			w.Heights[i] = l.height
		}
		w.Temporals = max(w.Temporals, int(l.tiers)+1)
		switch {
		case w.Screen:
			w.Layers[i] = max(l.bitrate, screenRate)
		case !l.flows(now):
		case l.bitrate > 0:
			w.Layers[i] = l.bitrate
		case s.count > 1:
			w.Layers[i] = usualRates[i]
		default:
			w.Layers[i] = usualRates[1]
		}
	}
	return w
}

// isHeldBack reports whether there is a picture for the slot that is not sent.
func (s *slot) isHeldBack() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source != nil && s.shown && s.choice.Layer < 0
}

// watched is how many of the encodings somebody wants, from the lowest; 0: nobody looks.
func (s *Source) watched() int {
	most := 0
	for _, each := range *s.slots.Load() {
		most = max(most, int(each.target.Load())+1)
	}
	return most
}

// shows reports whether a picture of it comes.
func (s *Source) shows(now time.Time) bool {
	if s.kind != Video {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.count {
		if s.layers[i].flows(now) {
			return true
		}
	}
	return false
}
