package rate

import (
	"math/rand/v2"
	"testing"
	"time"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

// line is a link with 400 ms of queue.
func line(bps int, roundTrip time.Duration) link {
	return link{rate: steady(bps), most: 400 * ms, delay: roundTrip / 2}
}

// losing is l with loss.
func losing(l link, lose func(time.Duration) bool) link {
	l.lose = lose
	return l
}

// changing is l with a rate that changes: at 30 s to 100k, at 60 s to 2M …
func changing(l link, changes ...int) link {
	first := l.rate(0)
	l.rate = func(t time.Duration) int {
		rate := first
		for i := 0; i < len(changes); i += 2 {
			if t >= time.Duration(changes[i])*sec {
				rate = changes[i+1]
			}
		}
		return rate
	}
	return l
}

func within(s Step) func(Step) bool { return func(is Step) bool { return is <= s } }

func below(s Step) func(Step) bool { return func(is Step) bool { return is >= s } }

// TestLines holds the acceptance matrix of the project (A1 …) and its neighbours against simulated lines.
func TestLines(t *testing.T) {
	test := func(name string, l link, set func(*sim), lasting time.Duration, check func(*testing.T, *sim)) {
		t.Run(name, func(t *testing.T) {
			s := newSim(t, 150_000, l, 1)
			if set != nil {
				set(s)
			}
			s.run(lasting)
			check(t, s)
			if t.Failed() {
				s.log()
			}
		})
	}
	one := func(s *sim) { s.talkers = 1 }

	test("a clean join reaches full in seconds", line(100_000_000, 2*ms), nil, 20*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 0, within(Full), 6*sec)
		s.rates(t, 6*sec, 20*sec, 1_500_000, mostRate)
	})
	test("2 Mbit, round trip 40 ms", line(2_000_000, 40*ms), nil, 60*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 0, within(Full), 6*sec)
		s.rates(t, 6*sec, 60*sec, 1_500_000, 3_000_000)
		s.falls(t, 0, 60*sec, 0)
		s.queues(t, 10*sec, 60*sec, 250*ms)
	})
	test("A1", line(1_000_000, 40*ms), nil, 120*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 0, within(Reduced), 5*sec)
		s.falls(t, 0, 120*sec, 0)
		s.queues(t, 0, 120*sec, 350*ms)
		s.sees(t, 20*sec, 120*sec, 500_000)
	})
	test("A2", losing(line(150_000, 300*ms), random(.05, 1)), nil, 120*sec, func(t *testing.T, s *sim) {
		s.sees(t, 10*sec, 120*sec, 0)
		s.rates(t, 5*sec, 120*sec, 85_000, 215_000)
		s.queues(t, 0, 120*sec, 350*ms)
	})
	test("A3", losing(line(64_000, 300*ms), random(.05, 1)), one, 120*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 0, below(Lifeline), 4*sec)
		s.sees(t, 5*sec, 120*sec, 0)
		s.rates(t, 5*sec, 120*sec, 40_000, 140_000) // a shaper lets some of a probe through
		s.falls(t, 5*sec, 120*sec, 1)
		s.queues(t, 10*sec, 120*sec, 300*ms)
	})
	test("A4", losing(line(64_000, 300*ms), random(.10, 1)), one, 120*sec, func(t *testing.T, s *sim) {
		s.sees(t, 5*sec, 120*sec, 0)
		s.rates(t, 5*sec, 120*sec, 40_000, 90_000)
		s.queues(t, 10*sec, 120*sec, 300*ms)
	})
	test("A5", losing(line(150_000, 300*ms), bursts(.05, .2, .9, .02, 3)), nil, 120*sec, func(t *testing.T, s *sim) {
		s.sees(t, 10*sec, 120*sec, 0)
		s.rates(t, 5*sec, 120*sec, 60_000, 230_000)
	})
	test("A6", changing(line(2_000_000, 40*ms), 30, 100_000, 60, 2_000_000), nil, 110*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 30*sec, below(Sound), 2*sec)
		s.queues(t, 33*sec, 50*sec, 100*ms)
		s.queues(t, 50*sec, 60*sec, 250*ms) // probes
		s.reaches(t, 60*sec, within(Speaker), 25*sec)
		s.reaches(t, 60*sec, within(Full), 35*sec)
		s.falls(t, 33*sec, 110*sec, 0)
	})
	test("A6 at a round trip of 300 ms, 4 s long and 2 min long",
		changing(line(2_000_000, 300*ms), 30, 100_000, 34, 2_000_000, 80, 100_000, 200, 2_000_000), nil, 260*sec, func(t *testing.T, s *sim) {
			s.reaches(t, 30*sec, below(Sound), 2*sec)
			s.reaches(t, 34*sec, within(Speaker), 28*sec)
			s.reaches(t, 80*sec, below(Sound), 2*sec)
			s.sees(t, 83*sec, 200*sec, 0)
			s.queues(t, 86*sec, 200*sec, 250*ms)
			s.reaches(t, 200*sec, within(Speaker), 28*sec)
		})
	for _, roundTrip := range []time.Duration{40 * ms, 300 * ms} {
		narrow := changing(line(2_000_000, roundTrip), 30, 100_000, 50, 2_000_000)
		narrow.most, narrow.jitter = 620*ms, 20*ms
		up := narrow
		both := func(s *sim) { s.up, s.upload = &up, falling(30*sec) }
		for _, set := range []func(*sim){one, func(s *sim) { one(s); both(s) }} {
			test("A6 stops at once", narrow, set, 35*sec, func(t *testing.T, s *sim) {
				s.stopped(t, 30*sec, roundTrip+450*ms)
				s.late(t, 30*sec, 120*ms, 2*sec)
				if s.frames != 1 {
					t.Errorf("%d frames in a packet", s.frames)
				}
				s.pictured = 0
				s.run(100 * sec)
				s.reaches(t, 50*sec, within(Speaker), 15*sec)
			})
		}
	}
	for _, p := range []struct {
		bps                  int
		least, most, between time.Duration
		step                 Step
	}{
		{1_000_000, 20 * ms, 80 * ms, 100 * ms, Reduced},
		{2_000_000, 20 * ms, 80 * ms, 100 * ms, Full},
		{2_000_000, 20 * ms, 80 * ms, 20 * ms, Full},
		{2_000_000, 20 * ms, 200 * ms, 100 * ms, Full},
		{20_000_000, 20 * ms, 200 * ms, 100 * ms, Full},
	} {
		test("a busy machine is no queue", line(p.bps, 40*ms), func(s *sim) { s.asleep = pausing(p.least, p.most, p.between, 1) }, 60*sec,
			func(t *testing.T, s *sim) {
				s.reaches(t, 0, within(p.step), 15*sec)
				s.falls(t, 0, 60*sec, 0)
			})
	}
	test("A14: TCP with a buffer of its own", line(150_000, 300*ms), func(s *sim) { s.backlog = 32 << 10 }, 90*sec, func(t *testing.T, s *sim) {
		s.sees(t, 10*sec, 90*sec, 0)
		s.queues(t, 5*sec, 90*sec, 400*ms)
	})
	test("TCP that slows down in mid-call", changing(line(2_000_000, 100*ms), 30, 150_000), func(s *sim) { s.backlog = 32 << 10 }, 90*sec,
		func(t *testing.T, s *sim) {
			s.reaches(t, 30*sec, below(Sound), 3*sec)
			s.queues(t, 37*sec, 90*sec, 400*ms)
		})
	for _, share := range []float64{.05, .10, .20} {
		test("random loss begins on a good line", losing(line(2_000_000, 100*ms), after(20*sec, random(share, 5))), nil, 80*sec,
			func(t *testing.T, s *sim) {
				before := s.rateAt(20 * sec)
				s.rates(t, 30*sec, 80*sec, before*3/4, mostRate)
				if share < .1 {
					s.falls(t, 0, 80*sec, 0)
				}
			})
	}
	test("a line of 2 Mbit with 5 percent from the start", losing(line(2_000_000, 300*ms), random(.05, 5)), nil, 60*sec,
		func(t *testing.T, s *sim) {
			s.reaches(t, 0, within(Reduced), 15*sec)
			s.reaches(t, 0, within(Full), 25*sec)
		})
	test("a rate that swings around a threshold", swinging(350_000, 230_000, 5*sec), nil, 300*sec, func(t *testing.T, s *sim) {
		s.falls(t, 0, 300*sec, 3)
		s.falls(t, 150*sec, 300*sec, 1)
	})
	test("a rate that swings across two", swinging(700_000, 150_000, 15*sec), nil, 600*sec, func(t *testing.T, s *sim) {
		s.falls(t, 0, 600*sec, 12)
		s.falls(t, 300*sec, 600*sec, 5)
	})
	test("an outage of 30 s", changing(line(2_000_000, 100*ms), 30, 1, 60, 2_000_000), nil, 120*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 30*sec, below(Sound), 6*sec)
		s.reaches(t, 60*sec, within(Speaker), 30*sec)
	})
	test("feedback is lost, not media", line(1_000_000, 300*ms), func(s *sim) { s.feedback, s.every = .2, 250*ms }, 120*sec,
		func(t *testing.T, s *sim) {
			s.reaches(t, 0, within(Reduced), 30*sec)
			s.falls(t, 0, 120*sec, 1)
		})
	jittery := line(1_000_000, 100*ms)
	jittery.jitter = 50 * ms
	test("jitter is no queue", jittery, nil, 120*sec, func(t *testing.T, s *sim) {
		s.reaches(t, 0, within(Reduced), 15*sec)
		s.falls(t, 0, 120*sec, 1)
	})
	policer := line(700_000, 100*ms)
	policer.most = 25 * ms
	test("a policer drops without a queue", policer, nil, 120*sec, func(t *testing.T, s *sim) {
		s.rates(t, 10*sec, 120*sec, 300_000, 1_100_000)
		s.falls(t, 0, 120*sec, 4)
	})
	test("no pictures, no probes", line(2_000_000, 100*ms), func(s *sim) { s.cameras = nil }, 30*sec, func(t *testing.T, s *sim) {
		if s.padded > 0 {
			t.Errorf("%d bytes of padding for nothing", s.padded)
		}
	})
	test("receiver reports only", line(60_000, 100*ms), func(s *sim) { s.plain, s.cameras, s.talkers, s.voice = true, nil, 3, 100 }, 60*sec,
		func(t *testing.T, s *sim) {
			s.reaches(t, 0, below(Lifeline), 15*sec)
			s.queues(t, 20*sec, 60*sec, 150*ms)
		})
}

// falling is what a client sends up whose browser notices within a second that the line has become narrow.
func falling(at time.Duration) func(time.Duration) int {
	return func(t time.Duration) int {
		switch {
		case t < at:
			return 1_500_000
		case t < at+sec:
			return 500_000
		}
		return 50_000
	}
}

// pausing is a machine that does nothing for a while, time and again.
func pausing(least, most, between time.Duration, seed uint64) func(time.Duration) bool {
	r := rand.New(rand.NewPCG(seed, 3))
	var from, to time.Duration
	return func(t time.Duration) bool {
		if t >= to {
			from = t + time.Duration(r.Int64N(int64(2*between)))
			to = from + least + time.Duration(r.Int64N(int64(most-least)))
		}
		return t >= from
	}
}

// after loses nothing before the instant.
func after(from time.Duration, lose func(time.Duration) bool) func(time.Duration) bool {
	return func(t time.Duration) bool { return t >= from && lose(t) }
}

func swinging(high, low int, each time.Duration) link {
	l := line(high, 100*ms)
	l.rate = func(t time.Duration) int {
		if t/each%2 == 0 {
			return high
		}
		return low
	}
	return l
}
