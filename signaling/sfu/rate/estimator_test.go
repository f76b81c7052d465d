package rate

import (
	"testing"
	"time"
)

// feeder gives an estimator fates without a link: packets of 500 bytes of one kind at a rate, with a queue as said.
type feeder struct {
	*Estimator
	h      History
	at     time.Duration
	number uint16
	kind   Kind
}

func newFeeder(start int) *feeder { return &feeder{Estimator: NewEstimator(start, epoch), kind: Video} }

// feed lets a time pass at bps; queue says how long each packet waits. What share says is lost evenly.
func (f *feeder) feed(d time.Duration, bps int, queue func(since time.Duration) time.Duration, share int) {
	step := time.Duration(float64(500*8) / float64(bps) * float64(time.Second))
	var acked []Acked
	told := f.at
	for begin, end := f.at, f.at+d; f.at < end; f.at += step {
		f.number++
		a := Acked{Number: f.number, Kind: f.kind, Size: 500, Sent: epoch.Add(f.at), Arrived: f.at + queue(f.at-begin)}
		if share > 0 && int(f.number)%share == 0 {
			a.Lost, a.Arrived = true, 0
		}
		acked = append(acked, a)
		if f.at-told >= 100*ms {
			told = f.at
			now := epoch.Add(f.at + 20*ms)
			f.Acked(acked, now)
			f.Tick(&f.h, now)
			acked = acked[:0]
		}
	}
}

func none(time.Duration) time.Duration { return 0 }

func TestEstimatorDrains(t *testing.T) {
	f := newFeeder(1_000_000)
	f.feed(5*sec, 900_000, none, 0)
	f.feed(400*ms, 900_000, func(since time.Duration) time.Duration { return since }, 0) // half of what is sent gets through
	f.feed(400*ms, 900_000, func(since time.Duration) time.Duration { return 400*ms + since/5 }, 0)
	r := f.Reading()
	if r.Queue < 300*ms || r.Rate > 600_000 {
		t.Fatalf("a full line: %+v", r)
	}
	if r.Carries <= r.Rate {
		t.Errorf("carries %d at a rate of %d", r.Carries, r.Rate)
	}
	carries := r.Carries
	f.feed(400*ms, r.Rate, func(since time.Duration) time.Duration { return 460*ms - since/2 }, 0)
	if now := f.Reading(); float64(now.Rate) > .8*float64(carries) {
		t.Errorf("a queue of %v drains at %d of %d", now.Queue, now.Rate, carries)
	}
	f.feed(sec, 400_000, none, 0)
	if now := f.Reading(); now.Rate < 300_000 || now.Queue > calmQueue {
		t.Errorf("after it: %+v", now)
	}
}

func TestEstimatorAcceptsALongerWay(t *testing.T) {
	f := newFeeder(1_000_000)
	f.feed(5*sec, 900_000, none, 0)
	f.feed(15*sec, 600_000, func(time.Duration) time.Duration { return 200 * ms }, 0)
	if r := f.Reading(); r.Queue > calmQueue || r.Rate < 300_000 {
		t.Errorf("a path of 200 ms more: %+v", r)
	}
}

func TestEstimatorDrift(t *testing.T) {
	for _, ppm := range []int{-500, 500} {
		f := newFeeder(1_000_000)
		f.feed(600*sec, 900_000, func(since time.Duration) time.Duration { return since / 1_000_000 * time.Duration(ppm) }, 0)
		if r := f.Reading(); r.Queue > calmQueue || r.Rate < 1_000_000 {
			t.Errorf("%d ppm: %+v", ppm, r)
		}
	}
}

func TestEstimatorClockIsSet(t *testing.T) {
	f := newFeeder(1_000_000)
	f.feed(5*sec, 900_000, none, 0)
	f.feed(5*sec, 900_000, func(time.Duration) time.Duration { return time.Hour }, 0)
	f.feed(5*sec, 900_000, func(time.Duration) time.Duration { return -time.Hour }, 0)
	if r := f.Reading(); r.Queue > calmQueue || r.Rate < 900_000 {
		t.Errorf("%+v", r)
	}
}

func TestEstimatorSilence(t *testing.T) {
	f := newFeeder(2_000_000)
	f.h.Sent(epoch, 500, Video)
	f.feed(3*sec, 500_000, none, 0)
	sent := f.at
	var h History
	h.Sent(epoch.Add(sent), 500, Video)
	for ; f.at < sent+6*sec; f.at += 50 * ms {
		f.Tick(&h, epoch.Add(f.at))
		if f.at == sent+500*ms && f.Reading().Queue > 0 {
			t.Errorf("alarm after half a second: %v", f.Reading().Queue)
		}
	}
	if r := f.Reading(); r.Queue < 4*sec || r.Rate > 200_000 || r.Rate < stallFloor {
		t.Errorf("silent for 6 s: %+v", r)
	}
}

func TestEstimatorLimits(t *testing.T) {
	t.Run("little sent says little", func(t *testing.T) {
		f := newFeeder(150_000)
		f.feed(60*sec, 60_000, none, 0)
		if r := f.Reading(); r.Rate != 150_000 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a quarter beyond what was carried", func(t *testing.T) {
		f := newFeeder(150_000)
		f.feed(60*sec, 400_000, none, 0)
		if r := f.Reading(); r.Rate < 400_000 || r.Rate > 510_000 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("loss alone cuts nothing", func(t *testing.T) {
		f := newFeeder(500_000)
		f.feed(60*sec, 100_000, none, 5)
		if r := f.Reading(); r.Rate != 500_000 || r.Loss < .18 || r.Loss > .22 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("loss of repairs does", func(t *testing.T) {
		f := newFeeder(500_000)
		for range 40 {
			f.Nacked(15, 100, epoch.Add(f.at))
			f.feed(200*ms, 400_000, none, 5)
		}
		if r := f.Reading(); r.Rate > 350_000 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("loss of sound", func(t *testing.T) {
		f := newFeeder(500_000)
		f.kind = Audio
		f.feed(5*sec, 100_000, none, 10)
		if r := f.Reading(); r.AudioLoss < .08 || r.AudioLoss > .12 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("what the client can take", func(t *testing.T) {
		f := newFeeder(500_000)
		f.REMB(200_000, epoch)
		if f.Rate() != 200_000 {
			t.Errorf("%d", f.Rate())
		}
	})
	t.Run("a buffer that never empties", func(t *testing.T) {
		f := newFeeder(500_000)
		for range 20 {
			f.feed(200*ms, 200_000, none, 0)
			f.Backlog(16_000, epoch.Add(f.at))
			f.Backlog(20_000, epoch.Add(f.at+50*ms))
		}
		if r := f.Reading(); r.Queue < 500*ms || r.Rate > 250_000 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a buffer that does", func(t *testing.T) {
		f := newFeeder(500_000)
		for range 20 {
			f.feed(200*ms, 200_000, none, 0)
			f.Backlog(16_000, epoch.Add(f.at))
			f.Backlog(0, epoch.Add(f.at+50*ms))
		}
		if r := f.Reading(); r.Queue > 0 || r.Rate < 500_000 {
			t.Errorf("%+v", r)
		}
	})
}

// TestMeterGaps: packets whose feedback was lost count neither as bytes nor as time.
func TestMeterGaps(t *testing.T) {
	var m meter
	number := uint16(65_500)
	for i := range 100 {
		number++
		if i/10%2 == 1 {
			continue
		}
		at := time.Duration(i) * 10 * ms
		m.add(Acked{Number: number, Kind: Video, Size: 1000, Sent: epoch.Add(at), Arrived: at})
	}
	m.close(epoch.Add(sec))
	w := m.sum(epoch.Add(sec), sec, 1)
	if w.delivered() != 800_000 || w.offered() != 800_000 || w.span != 450*ms {
		t.Errorf("%d came of %d in %v", w.delivered(), w.offered(), w.span)
	}
}

func TestEstimatorBrakes(t *testing.T) {
	test := func(name string, queue func(since time.Duration) time.Duration, want bool) {
		t.Helper()
		f := newFeeder(2_000_000)
		f.feed(5*sec, 1_500_000, none, 0)
		f.feed(150*ms, 1_500_000, queue, 0)
		if got := f.Braked(); got != want {
			t.Errorf("%s: braked %v after 150 ms at a queue of %v", name, got, f.Queue())
		}
		if f.Braked() {
			t.Errorf("%s: braked twice", name)
		}
		if r := f.Reading(); want && (r.Rate > 200_000 || r.Carries > 250_000) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	test("a tenth gets through", func(since time.Duration) time.Duration { return 9 * since }, true)
	test("two thirds do", func(since time.Duration) time.Duration { return since / 2 }, false)
	test("a machine that was busy", func(since time.Duration) time.Duration { return max(90*ms-since, 0) }, false)
	test("a longer way", func(time.Duration) time.Duration { return 100 * ms }, false)
}

// Feedback that is overdue stops pictures; one that is lost does not.
func TestEstimatorBlind(t *testing.T) {
	f := newFeeder(1_000_000)
	f.feed(5*sec, 900_000, none, 0)
	f.h.Sent(epoch.Add(f.at), 500, Video)
	check := func(name string, after time.Duration, want bool) {
		t.Helper()
		f.Tick(&f.h, epoch.Add(f.at+after))
		if r := f.Reading(); r.Blind != want || r.Blind && r.Strong {
			t.Errorf("%s: %+v", name, r)
		}
	}
	check("in time", 100*ms, false)
	check("one is lost", 200*ms, false)
	check("too late", 400*ms, true)
	f.feed(100*ms+20*ms, 900_000, none, 0)
	if f.Reading().Blind {
		t.Error("blind although feedback has come")
	}
}

// A probe that came in a heap, after the client's machine had done nothing, says nothing against the line.
func TestClusterHeap(t *testing.T) {
	test := func(name string, arrived func(i int) time.Duration, want bool) {
		t.Helper()
		var c cluster
		told := false
		for i := range 40 {
			a := Acked{Number: uint16(i), Kind: Probe, Size: 300, Sent: epoch.Add(time.Duration(i) * 5 * ms), Arrived: arrived(i)}
			if _, ok := c.add(a); ok {
				told = true
			}
		}
		if _, ok := c.add(Acked{Number: 40, Size: 300, Sent: epoch.Add(sec), Arrived: sec}); ok {
			told = true
		}
		if told != want {
			t.Errorf("%s: told %v", name, told)
		}
	}
	test("a narrow line", func(i int) time.Duration { return time.Duration(i) * 15 * ms }, true)
	test("a busy machine", func(i int) time.Duration {
		if i < 10 {
			return time.Duration(i) * 5 * ms
		}
		return 500 * ms
	}, false)
}
