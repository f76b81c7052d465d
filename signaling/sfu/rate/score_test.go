package rate

import (
	"testing"
	"time"
)

func TestScore(t *testing.T) {
	test := func(loss float64, rtt time.Duration, step Step, least, most float64) {
		t.Helper()
		s := Score(loss, rtt, step)
		if s < least || s > most {
			t.Errorf("%v loss, %v, %v: %v, want %v to %v", loss, rtt, step, s, least, most)
		}
	}
	test(0, 20*ms, Full, 4.8, 5)
	test(0, 300*ms, Full, 4, 4.9)
	test(.02, 50*ms, Full, 3.8, 4.9)
	test(.05, 100*ms, Full, 3, 4.4)
	test(.10, 100*ms, Full, 2.6, 3.8)
	test(.30, 300*ms, Full, 1, 2.5)
	test(0, 900*ms, Full, 1, 3.7)
	test(0, 20*ms, Sound, 3.2, 3.2)
	test(0, 20*ms, Lifeline, 2.4, 2.4)
	test(7, -time.Hour, 99, 1, 2.4)
	for loss := 0.0; loss < 1; loss += .01 {
		if Score(loss, 100*ms, Full) < Score(loss+.01, 100*ms, Full) {
			t.Errorf("more loss than %v is better", loss)
		}
	}
}

func TestRating(t *testing.T) {
	var r Rating
	if v := r.Next(4.5); v != 4.5 {
		t.Errorf("the first: %v", v)
	}
	if v := r.Next(2); v > 2.6 {
		t.Errorf("down: %v", v)
	}
	if v := r.Next(4.5); v > 3.6 || v < 3 {
		t.Errorf("up: %v", v)
	}
}
