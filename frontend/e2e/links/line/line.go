package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Setting is how bad the line is.
type Setting struct {
	DelayMS  int   `json:"delay_ms"`  // each way
	JitterMS int   `json:"jitter_ms"` // the delay is uniform within so much of it; the order is kept
	Up       Burst `json:"up"`        // losses of each way
	Down     Burst `json:"down"`
}

// Burst is a Gilbert-Elliott model of losses, in percent: a line goes bad, loses some, and becomes good again. All zero: it
// loses nothing.
type Burst struct {
	Enter float64 `json:"enter"` // chance that a good line is bad at the next packet
	Leave float64 `json:"leave"` // that a bad one is good again
	Bad   float64 `json:"bad"`   // lost while bad
	Good  float64 `json:"good"`  // lost while good
}

// maxWaiting bounds the frames on their way: 150 ms of 100 Mbit/s in full ones. What comes then is lost, as elsewhere.
const maxWaiting = 1250

// frame is what was heard, and when it must arrive.
type frame struct {
	due   time.Time
	bytes []byte
}

// way is one direction of the line.
type way struct {
	waiting chan frame // in order of due

	mu     sync.Mutex
	delay  time.Duration
	jitter time.Duration
	burst  Burst
	bad    bool
	last   time.Time // due of the newest frame
	random *rand.Rand
}

func newWay(seed uint64) *way {
	return &way{waiting: make(chan frame, maxWaiting), random: rand.New(rand.NewPCG(seed, seed))}
}

// set changes the way for what is heard from now on.
func (w *way) set(s Setting, b Burst) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay, w.jitter, w.burst = time.Duration(s.DelayMS)*time.Millisecond, time.Duration(s.JitterMS)*time.Millisecond, b
}

// hear takes a frame and keeps a copy, or loses it.
func (w *way) hear(bytes []byte, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.loses() {
		return
	}
	due := now.Add(w.delay)
	if w.jitter > 0 {
		due = due.Add(time.Duration(w.random.Int64N(int64(2*w.jitter))) - w.jitter)
	}
	if due.Before(w.last) {
		due = w.last
	}
	select {
	case w.waiting <- frame{due: due, bytes: append([]byte(nil), bytes...)}:
		w.last = due
	default:
	}
}

func (w *way) loses() bool {
	if w.bad {
		w.bad = w.random.Float64()*100 >= w.burst.Leave
	} else {
		w.bad = w.random.Float64()*100 < w.burst.Enter
	}
	if w.bad {
		return w.random.Float64()*100 < w.burst.Bad
	}
	return w.random.Float64()*100 < w.burst.Good
}

// deliver sends every frame when it is due, until stop is closed.
func (w *way) deliver(send func([]byte), stop <-chan struct{}) {
	for {
		select {
		case f := <-w.waiting:
			if wait := time.Until(f.due); wait > 0 {
				select {
				case <-time.After(wait):
				case <-stop:
					return
				}
			}
			send(f.bytes)
		case <-stop:
			return
		}
	}
}
