package rate

import (
	"testing"
	"time"
)

// firstAt is when, from an instant on, the step was first ok; -1: never.
func (s *sim) firstAt(from time.Duration, ok func(Step) bool) time.Duration {
	held := s.steps[0].step
	for _, c := range s.steps {
		if c.at >= from && ok(held) {
			return from
		}
		held = c.step
		if c.at >= from && ok(held) {
			return c.at
		}
	}
	if ok(held) {
		return from
	}
	return -1
}

// buffered is how long what the TCP connection holds will take.
func (s *sim) buffered() time.Duration {
	held := 0
	for _, w := range s.tcp {
		held += w.size
	}
	return time.Duration(float64(held*8) / float64(s.down.rate(s.t)) * float64(time.Second))
}

func (s *sim) log() {
	for _, c := range s.steps {
		s.testing.Logf("%8v %v %q", c.at, c.step, c.why)
	}
	for i := 0; i < len(s.trace); i += 80 {
		p := s.trace[i]
		s.testing.Logf("%8v rate %7d queue %5d ms seen %5d ms picture %d KB", p.at, p.rate, p.queue.Milliseconds(), p.seen.Milliseconds(), p.picture/1000)
	}
}

// reaches checks that a step that is ok holds at most after the instant from.
func (s *sim) reaches(t *testing.T, from time.Duration, ok func(Step) bool, most time.Duration) {
	t.Helper()
	if at := s.firstAt(from, ok); at < 0 || at-from > most {
		t.Errorf("after %v: at %v, at most %v", from, at-from, most)
	}
}

// falls checks how often the step went down in the half-open range.
func (s *sim) falls(t *testing.T, from, to time.Duration, most int) {
	t.Helper()
	n := 0
	for i := 1; i < len(s.steps); i++ {
		if c := s.steps[i]; c.step > s.steps[i-1].step && c.at >= from && c.at < to {
			n++
		}
	}
	if n > most {
		t.Errorf("%v to %v: %d steps down, at most %d", from, to, n, most)
	}
}

// rates checks the bounds of the estimate in the half-open range.
func (s *sim) rates(t *testing.T, from, to time.Duration, least, most int) {
	t.Helper()
	for _, p := range s.trace {
		if p.at >= from && p.at < to && (p.rate < least || p.rate > most) {
			t.Errorf("%v: rate %d, should be %d to %d", p.at, p.rate, least, most)
			return
		}
	}
}

// queues checks the true queue of the link in the half-open range.
func (s *sim) queues(t *testing.T, from, to, most time.Duration) {
	t.Helper()
	for _, p := range s.trace {
		if p.at >= from && p.at < to && p.queue > most {
			t.Errorf("%v: a queue of %v, at most %v", p.at, p.queue, most)
			return
		}
	}
}

// sees checks that pictures came at least at the bit rate on average; 0: that none came.
func (s *sim) sees(t *testing.T, from, to time.Duration, least int) {
	t.Helper()
	first, last := -1, 0
	for _, p := range s.trace {
		if p.at >= from && first < 0 {
			first = p.picture
		}
		if p.at < to {
			last = p.picture
		}
	}
	got := int(float64(last-first) * 8 / (to - from).Seconds())
	if least == 0 && got > 0 || got < least {
		t.Errorf("%v to %v: %d bit/s of pictures, should be %d", from, to, got, least)
	}
}

func (s *sim) rateAt(at time.Duration) int {
	for _, p := range s.trace {
		if p.at >= at {
			return p.rate
		}
	}
	return 0
}

// stopped is how long after the instant the last picture, repair or padding was sent.
func (s *sim) stopped(t *testing.T, from, most time.Duration) {
	t.Helper()
	if after := s.pictured - from; after > most {
		t.Errorf("pictures are sent until %v after %v, at most %v", after, from, most)
	}
}

// late checks how long after the instant sound still waited more than it may.
func (s *sim) late(t *testing.T, from, wait, most time.Duration) {
	t.Helper()
	var last time.Duration
	for _, h := range s.sound {
		if h.at >= from && h.took > s.down.delay+wait {
			last = h.at - from
		}
	}
	if last > most {
		t.Errorf("sound is late until %v after %v, at most %v", last, from, most)
	}
}
