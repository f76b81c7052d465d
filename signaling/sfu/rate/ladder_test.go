package rate

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestLadderDown checks what a line that was well for long answers to a reading that holds for a time.
func TestLadderDown(t *testing.T) {
	test := func(name string, r Reading, after time.Duration, want Step, why Why) {
		t.Run(name, func(t *testing.T) {
			l := NewLadder(2_000_000, true, epoch)
			var step Step
			var said Why
			for at := time.Duration(0); at <= after; at += 50 * ms {
				step, said = l.Step(r, epoch.Add(time.Minute+at))
			}
			if step != want || said != why {
				t.Errorf("%v %q, want %v %q", step, said, want, why)
			}
		})
	}
	test("nothing wrong", Reading{Rate: 2_000_000}, 10*sec, Full, Fine)
	test("a little below the threshold", Reading{Rate: 1_450_000}, 10*sec, Full, Fine)
	test("below it, for a moment", Reading{Rate: 1_300_000}, sec, Full, Fine)
	test("below it, for long", Reading{Rate: 1_300_000}, 2*sec, Reduced, Slow)
	test("far below it", Reading{Rate: 300_000}, 0, Speaker, Slow)
	test("collapse", Reading{Rate: 20_000}, 0, Lifeline, Slow)
	test("it carries more than may be sent now", Reading{Rate: 300_000, Carries: 600_000}, 2*sec, Reduced, Slow)
	test("a queue that is bearable", Reading{Rate: 2_000_000, Queue: 250 * ms}, 10*sec, Full, Fine)
	test("a queue that is not", Reading{Rate: 2_000_000, Queue: 350 * ms}, 0, Reduced, Delay)
	test("and stays", Reading{Rate: 2_000_000, Queue: 350 * ms}, 3100*ms, Sound, Delay)
	test("sound is lost", Reading{Rate: 2_000_000, AudioLoss: .12}, 0, Sound, Loss)
	test("sound is lost for long", Reading{Rate: 2_000_000, AudioLoss: .5}, time.Minute, Sound, Loss)
	test("sound is lost a little", Reading{Rate: 2_000_000, AudioLoss: .09}, time.Minute, Full, Fine)
	test("much is lost, repairs come", Reading{Rate: 2_000_000, Loss: .3}, time.Minute, Full, Fine)
	test("repairs are lost, for a moment", Reading{Rate: 2_000_000, Loss: .3, Repeated: .1}, sec, Full, Fine)
	test("repairs are lost", Reading{Rate: 2_000_000, Loss: .3, Repeated: .1}, 2*sec, Reduced, Loss)
	test("repairs are lost for long", Reading{Rate: 2_000_000, Loss: .3, Repeated: .1}, time.Minute, Sound, Loss)
}

// TestLadderMonotone: of two lines the one that reads worse never gets the higher step.
func TestLadderMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	draw := func() Reading {
		return Reading{
			Rate: r.IntN(2_500_000), Queue: time.Duration(r.IntN(400)) * ms, Loss: r.Float64() / 3, AudioLoss: r.Float64() / 6, Repeated: r.Float64() / 6,
		}
	}
	for range 5000 {
		good, bad := draw(), draw()
		bad = Reading{
			Rate: min(good.Rate, bad.Rate), Queue: max(good.Queue, bad.Queue), Loss: max(good.Loss, bad.Loss),
			AudioLoss: max(good.AudioLoss, bad.AudioLoss), Repeated: max(good.Repeated, bad.Repeated),
		}
		a, b := NewLadder(2_000_000, true, epoch), NewLadder(2_000_000, true, epoch)
		for at := time.Duration(0); at < 5*sec; at += 100 * ms {
			x, _ := a.Step(good, epoch.Add(at))
			y, _ := b.Step(bad, epoch.Add(at))
			if x > y {
				t.Fatalf("after %v: %v for %+v but %v for %+v", at, x, good, y, bad)
			}
		}
	}
}

// climber feeds a ladder with a line that carries so much, and grants probes up to that.
type climber struct {
	*Ladder
	at      time.Duration
	rate    int
	carries int
	probes  int
}

func (c *climber) run(d time.Duration) Step {
	for end := c.at + d; c.at < end; c.at += 50 * ms {
		now := epoch.Add(c.at)
		c.Step(Reading{Rate: c.rate}, now)
		before := c.probe.rate
		if bps, ok := c.WantsProbe(3_000_000, now); ok {
			if before == 0 {
				c.probes++
			}
			c.rate = max(c.rate, min(bps, c.carries))
		}
	}
	return c.step
}

func TestLadderUp(t *testing.T) {
	t.Run("a new line climbs at once", func(t *testing.T) {
		c := &climber{Ladder: NewLadder(150_000, true, epoch), rate: 150_000, carries: 3_000_000}
		if step := c.run(6 * sec); step != Full || c.why != Fine {
			t.Errorf("%v %q", step, c.why)
		}
	})
	t.Run("as far as probes go", func(t *testing.T) {
		c := &climber{Ladder: NewLadder(150_000, true, epoch), rate: 150_000, carries: 400_000}
		if step := c.run(60 * sec); step != Speaker {
			t.Errorf("%v", step)
		}
		if c.probes > 30 {
			t.Errorf("%d probes", c.probes)
		}
	})
	fallen := func(carries int) *climber {
		c := &climber{Ladder: NewLadder(2_000_000, true, epoch), rate: 100_000, carries: carries}
		c.run(sec)
		return c
	}
	t.Run("not before 20 s", func(t *testing.T) {
		c := fallen(3_000_000)
		if step := c.run(18 * sec); step != Sound || c.probes > 0 {
			t.Errorf("%v after %d probes", step, c.probes)
		}
		if step := c.run(10 * sec); step != Full {
			t.Errorf("%v", step)
		}
	})
	t.Run("not without a probe", func(t *testing.T) {
		c := fallen(0)
		c.rate = 110_000
		if step := c.run(90 * sec); step != Sound {
			t.Errorf("%v", step)
		}
		if c.probes == 0 {
			t.Error("no probes")
		}
	})
	t.Run("a weak line is probed by a quarter", func(t *testing.T) {
		c := fallen(0)
		c.run(21 * sec)
		if c.probe.rate > 125_000 {
			t.Errorf("%d", c.probe.rate)
		}
	})
	t.Run("trouble takes the clean time anew", func(t *testing.T) {
		c := fallen(3_000_000)
		c.run(15 * sec)
		c.Step(Reading{Rate: 100_000, Queue: 150 * ms}, epoch.Add(c.at))
		if step := c.run(15 * sec); step != Sound {
			t.Errorf("%v", step)
		}
	})
	t.Run("a step that does not hold doubles it", func(t *testing.T) {
		c := fallen(300_000)
		c.run(30 * sec)
		if c.step != Speaker {
			t.Fatalf("%v", c.step)
		}
		c.rate = 100_000
		c.run(sec)
		if step := c.run(35 * sec); step != Sound {
			t.Errorf("%v", step)
		}
		if step := c.run(20 * sec); step != Speaker {
			t.Errorf("%v", step)
		}
	})
	t.Run("no pictures, no probes", func(t *testing.T) {
		l := NewLadder(150_000, true, epoch)
		l.Step(Reading{Rate: 150_000}, epoch)
		if _, ok := l.WantsProbe(0, epoch.Add(sec)); ok {
			t.Error("probed")
		}
	})
	t.Run("enough for all there is", func(t *testing.T) {
		l := NewLadder(2_000_000, true, epoch)
		l.Step(Reading{Rate: 2_000_000}, epoch)
		if _, ok := l.WantsProbe(300_000, epoch.Add(sec)); ok {
			t.Error("probed")
		}
	})
	uplink := func(l *Ladder, from, to time.Duration, rate int) (Step, Why) {
		for at := from; at < to; at += 200 * ms {
			l.Step(Reading{Rate: rate}, epoch.Add(at))
		}
		return l.step, l.why
	}
	t.Run("an uplink tries the step itself", func(t *testing.T) {
		l := NewLadder(100_000, false, epoch)
		if step, _ := uplink(l, 0, 19*sec, 100_000); step != Sound {
			t.Errorf("too early: %v", step)
		}
		if step, _ := uplink(l, 19*sec, 29*sec, 110_000); step != Speaker {
			t.Errorf("%v", step)
		}
		if step, _ := uplink(l, 29*sec, 38*sec, 230_000); step != Speaker {
			t.Errorf("the rate has followed: %v", step)
		}
	})
	t.Run("and gives up when the rate does not follow", func(t *testing.T) {
		l := NewLadder(100_000, false, epoch)
		if step, why := uplink(l, 0, 33*sec, 100_000); step != Sound || why != Slow {
			t.Errorf("%v %q", step, why)
		}
	})
}
