package main

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestWayDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, stop := newWay(1), make(chan struct{})
		w.set(Setting{DelayMS: 150, JitterMS: 10}, Burst{})
		type arrival struct {
			number byte
			after  time.Duration
		}
		var arrived []arrival
		begun := time.Now()
		go w.deliver(func(b []byte) { arrived = append(arrived, arrival{b[0], time.Since(begun)}) }, stop)
		buf := make([]byte, 1)
		for i := range 50 {
			buf[0] = byte(i) // used again: the way keeps copies
			w.hear(buf, time.Now())
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		close(stop)
		synctest.Wait()
		if len(arrived) != 50 {
			t.Fatalf("%d of 50 arrived", len(arrived))
		}
		for i, a := range arrived {
			if late := a.after - time.Duration(i)*time.Millisecond; int(a.number) != i || late < 140*time.Millisecond || late > 160*time.Millisecond {
				t.Errorf("place %d: frame %d after %v", i, a.number, late)
			}
		}
	})
}

func TestWayLoses(t *testing.T) {
	for _, c := range []struct {
		name   string
		burst  Burst
		lost   float64 // percent
		within float64
		run    float64 // mean losses in a row
	}{
		{"nothing", Burst{}, 0, 0, 0},
		{"everything", Burst{Good: 100, Bad: 100}, 100, 0, 0},
		{"a fifth, in bursts", Burst{Enter: 8, Leave: 20, Bad: 70, Good: 0.1}, 20, 2, 2.3},
		{"five in a row", Burst{Enter: 5, Leave: 20, Bad: 100}, 20, 2, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWay(7)
			w.set(Setting{}, c.burst)
			const frames = 100_000
			lost, runs, before := 0, 0, false
			for range frames {
				now := w.loses()
				if now {
					lost++
				}
				if now && !before {
					runs++
				}
				before = now
			}
			if got := 100 * float64(lost) / frames; math.Abs(got-c.lost) > c.within {
				t.Errorf("%.1f %% lost, want %.1f", got, c.lost)
			}
			if mean := float64(lost) / float64(max(runs, 1)); c.run != 0 && math.Abs(mean-c.run) > 0.3 {
				t.Errorf("%.1f in a row, want %.1f", mean, c.run)
			}
		})
	}
}

func TestWayIsBounded(t *testing.T) {
	w := newWay(1)
	for range 2 * maxWaiting {
		w.hear([]byte{1}, time.Now())
	}
	if len(w.waiting) != maxWaiting {
		t.Errorf("%d wait", len(w.waiting))
	}
}
