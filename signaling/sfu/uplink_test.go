package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/rate"
)

// sender is a client's uplink on a clock of its own.
type sender struct {
	uplink
	now     time.Time
	watched int
	screen  bool
}

func newSender(encodings int) *sender {
	s := &sender{now: time.Unix(1e9, 0), watched: maxRids}
	s.open(s.now)
	s.watchedAt, s.encodings, s.red = s.now, encodings, true
	return s
}

// pass lets time go by.
func (s *sender) pass(d time.Duration) *sender {
	for until := s.now.Add(d); s.now.Before(until); {
		s.now = s.now.Add(tickEvery)
		s.advise(s.watched, s.screen, s.now)
	}
	return s
}

// measures is what the client and we see of its line.
func (s *sender) measures(sent, estimated int) *sender {
	s.kbps, s.report, s.reportedAt = sent, Report{UpKbps: estimated}, s.now
	return s
}

func (s *sender) check(t *testing.T, name string, want Uplink) {
	t.Helper()
	if s.advice != want {
		t.Errorf("%s: %+v, want %+v", name, s.advice, want)
	}
}

func TestUplinkSteps(t *testing.T) {
	s := newSender(3).pass(time.Second)
	full := Uplink{Layers: 3, Kbps: 1500, AudioKbps: 24}
	s.check(t, "a new line", full)
	s.measures(50, 300).pass(2*time.Second).check(t, "an estimate of a line that is not used", full)
	s.measures(280, 300).pass(2*time.Second).check(t, "a slow line", Uplink{Step: rate.Speaker, Why: rate.Slow, Layers: 1, Kbps: 150, AudioKbps: 24})
	s.screen = true
	s.pass(tickEvery).check(t, "a screen wins over the face", Uplink{Step: rate.Speaker, Why: rate.Slow, Kbps: 200, AudioKbps: 24})
	s.measures(230, 240).pass(tickEvery).check(t, "no more than the line takes", Uplink{Step: rate.Speaker, Why: rate.Slow, Kbps: 170, AudioKbps: 24})
	s.screen = false
	s.measures(100, 110).pass(2*time.Second).check(t, "sound only", Uplink{Step: rate.Sound, Why: rate.Slow, AudioKbps: 16})
	s.measures(60, 60).pass(2*time.Second).check(t, "lifeline", Uplink{Step: rate.Lifeline, Why: rate.Slow, AudioKbps: 12})
	for range 30 {
		s.measures(60, 2000).pass(5 * time.Second)
	}
	s.check(t, "a line that is well again", full)
}

func TestUplinkLoss(t *testing.T) {
	s := newSender(1)
	s.soundLoss = 0.04
	s.pass(time.Second).check(t, "some sound is lost", Uplink{Layers: 1, Kbps: 1500, AudioKbps: 24, RED: true})
	s.loss, s.soundLoss = 0.15, 0.15
	s.pass(time.Second).check(t, "much sound is lost", Uplink{Step: rate.Sound, Why: rate.Loss, AudioKbps: 16, RED: true})
	s.loss, s.soundLoss = 0, 0
	if s.pass(protectFor / 2); !s.advice.RED {
		t.Error("no RED soon after the loss")
	}
	if s.pass(protectFor); s.advice.RED {
		t.Error("RED long after the loss")
	}
	s.red, s.soundLoss = false, 0.04
	if s.pass(time.Second); s.advice.RED {
		t.Error("RED from a client that cannot")
	}
}

func TestSpeech(t *testing.T) {
	test := func(name string, step rate.Step, lossy, red bool, room, kbps int, twice bool) {
		t.Helper()
		if gotKbps, got := speech(step, lossy, red, room); gotKbps != kbps || got != twice {
			t.Errorf("%s: %d kbit/s, twice %v, want %d, %v", name, gotKbps, got, kbps, twice)
		}
	}
	test("a good line", rate.Full, false, true, unknown, 24, false)
	test("a good line that loses", rate.Full, true, true, unknown, 24, true)
	test("a client that cannot", rate.Full, true, false, unknown, 24, false)
	test("sound only", rate.Sound, false, true, 150, 16, false)
	test("sound only, loss", rate.Sound, true, true, 150, 16, true)
	test("sound only, loss, little room", rate.Sound, true, true, 70, 20, false)
	test("the lowest step", rate.Lifeline, false, true, 60, 12, false)
	test("the lowest step, loss, room", rate.Lifeline, true, true, 70, 12, true)
	test("the lowest step, loss, hardly any room", rate.Lifeline, true, true, 60, 20, false)
	test("the lowest step, loss, none", rate.Lifeline, true, true, 40, 12, false)
	test("the lowest step, a client that cannot", rate.Lifeline, true, false, 70, 20, false)
}

// Sound is sent twice beyond what the client believes in where much is lost and nothing waits, and not soon after it waited.
func TestUplinkTriesTwice(t *testing.T) {
	s := newSender(1)
	s.ladder = rate.NewLadder(60_000, false, s.now)
	s.measures(55, 60).soundLoss = 0.05
	s.pass(time.Second).check(t, "5 % of a line of 60", Uplink{Step: rate.Lifeline, Why: s.advice.Why, AudioKbps: 20})
	s.soundLoss = 0.15
	s.measures(55, 60).pass(time.Second).check(t, "not at once", Uplink{Step: rate.Lifeline, Why: s.advice.Why, AudioKbps: 20})
	for range 3 {
		s.measures(55, 60).pass(bareFor / 2)
	}
	s.check(t, "15 %", Uplink{Step: rate.Lifeline, Why: s.advice.Why, AudioKbps: 12, RED: true})
	s.uplink.measure(300*time.Millisecond, 0, time.Second, s.now)
	s.uplink.measure(600*time.Millisecond, 0, time.Second, s.now)
	s.measures(55, 60).pass(time.Second).check(t, "it waits", Uplink{Step: rate.Lifeline, Why: s.advice.Why, AudioKbps: 20})
}

// An estimate from the time before there were pictures is no reason to send less of them.
func TestUplinkSettles(t *testing.T) {
	begin := func() *sender {
		s := newSender(3)
		s.pass(time.Minute)
		s.show(true, s.now)
		return s.measures(200, 240)
	}
	full := Uplink{Layers: 3, Kbps: 1500, AudioKbps: 24}
	s := begin()
	s.pass(settleFor-time.Second).check(t, "it may climb", full)
	if s.pass(3 * time.Second); s.advice.Step != rate.Speaker {
		t.Errorf("an estimate that has not climbed: %+v", s.advice)
	}
	s = begin()
	s.loss = 0.04
	if s.pass(3 * time.Second); s.advice.Step != rate.Speaker {
		t.Errorf("losses agree: %+v", s.advice)
	}
	s = begin()
	s.uplink.measure(50*time.Millisecond, 0, time.Second, s.now)
	s.uplink.measure(450*time.Millisecond, 300*time.Millisecond, time.Second, s.now)
	s.pass(3*time.Second).check(t, "the other way's queue", full)
	s.uplink.measure(450*time.Millisecond, 0, time.Second, s.now)
	if s.measures(200, 240).pass(3 * time.Second); s.advice.Step != rate.Speaker {
		t.Errorf("the delay agrees: %+v", s.advice)
	}
}

func TestLosing(t *testing.T) {
	var l losing
	check := func(name string, packets uint32, fraction uint8, want float64) {
		t.Helper()
		l.add(rtcp.ReceptionReport{SSRC: 1, LastSequenceNumber: l.highest + packets, FractionLost: fraction})
		if got := l.share(); got < want-0.005 || got > want+0.005 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	check("the beginning", 50, 0, 0)
	check("a second", 50, 128, 0.5)
	check("another", 50, 0, 0.25)
	check("three", 50, 0, 1.0/6)
	check("the first is forgotten", 50, 0, 0)
	check("silence", 5, 51, 0.01)
	check("more of it", 5, 51, 2.0/60)
	check("too little to tell", 5, 51, 0)
	check("nothing", 0, 0, 0)
	l.add(rtcp.ReceptionReport{SSRC: 2, LastSequenceNumber: 7, FractionLost: 255})
	if got := l.share(); got != 0 {
		t.Errorf("another stream has lost %v before it began", got)
	}
}

func TestUnwatchedEncodingsStop(t *testing.T) {
	s := newSender(3)
	layers := func(name string, watched int, after time.Duration, want int) {
		t.Helper()
		s.watched = watched
		if s.pass(after); s.advice.Layers != want {
			t.Errorf("%s: %d encodings, want %d", name, s.advice.Layers, want)
		}
	}
	layers("all", 3, time.Second, 3)
	layers("nobody, for a moment", 0, unwatchedFor/2, 3)
	layers("nobody", 0, unwatchedFor, 0)
	layers("two, at once", 2, tickEvery, 2)
	layers("one, for a moment", 1, unwatchedFor/2, 2)
	layers("two again", 2, tickEvery, 2)
	layers("one, for a moment again", 1, unwatchedFor-2*tickEvery, 2)
	layers("one", 1, 3*tickEvery, 1)
}

// A talker whose own line is clean hears of the listener who loses most, and of a picture's losses only what is its own.
func TestTalkerIsToldOfWorstListener(t *testing.T) {
	s := newServer(t, nil)
	a := newClient(t, s, []Content{Microphone, Camera}, 0).join()
	b, c := newClient(t, s, nil, 1).join(), newClient(t, s, nil, 1).join()
	f := &film{from: a}
	for _, each := range []*client{b, c} {
		each.put(each.mid(Audio, 0), a.peer.Source(Microphone))
		each.put(each.mid(Video, 0), a.peer.Source(Camera))
	}
	a.sends[Microphone].write(t, 1, 960, []byte{0x78, 1}, nil)
	f.frame(t, true)
	for _, each := range []*client{b, c} {
		each.next(each.mid(Audio, 0))
		each.next(each.mid(Video, 0))
	}
	losses := func(lost uint8, to *client) {
		var blocks []rtcp.ReceptionReport
		for _, kind := range []Kind{Audio, Video} {
			blocks = append(blocks, rtcp.ReceptionReport{SSRC: to.ssrcs[to.mid(kind, 0)][0], FractionLost: lost})
		}
		to.control(&rtcp.ReceiverReport{SSRC: 1, Reports: blocks})
	}
	for r := range arrivals(t, a.sends[Microphone].asked, "report of the worst listener's loss") {
		rr, ok := r.(*rtcp.ReceiverReport)
		losses(20, b)
		losses(40, c)
		if !ok {
			continue
		}
		of := func(ssrc uint32) uint8 {
			i := slices.IndexFunc(rr.Reports, func(b rtcp.ReceptionReport) bool { return b.SSRC == ssrc })
			if i < 0 {
				return 0
			}
			return rr.Reports[i].FractionLost
		}
		if got := of(a.sends[Camera].ssrc); got != 0 {
			t.Fatalf("%d of the picture is lost", got)
		}
		if of(a.sends[Microphone].ssrc) == 40 {
			return
		}
	}
}
