package sfu

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// reportEvery: a talker's encoder answers to the loss that reports tell, so they come oftener than RFC 3550 asks.
	reportEvery = time.Second
	// unwatchedFor is how long an encoding that nobody watches is still sent: people change their view and change it back.
	unwatchedFor = 5 * time.Second
	// strangerFor is how long a new camera sends all, before anybody can have looked at it.
	strangerFor = 10 * time.Second
	// reportedFor is how long a client's own numbers are believed: three of its messages.
	reportedFor = 15 * time.Second
	// openRate is believed of a line that nothing is known of: its losses tell when it is less.
	openRate = 2_000_000 // bit/s
	// poorListener is the least loss that a talker is told of while any listener is at the lowest step: 5 %, in RTCP's 256ths.
	poorListener = 13
	// A client's estimate is of the line it has used: for settleFor after pictures begin, or more of them, it counts only when
	// losses or delay agree.
	settleFor = 10 * time.Second
	agreeLoss = 0.02
	agreeWait = 150 * time.Millisecond
	// tripCreep is how fast the shortest round trip is doubted, a second: routes change.
	tripCreep = time.Millisecond
	// protectAbove and bareBelow are the losses at which a talker is asked to send every frame twice, and to stop it.
	protectAbove, bareBelow = 0.02, 0.005
	protectFor              = 20 * time.Second
)

// Uplink is what the client should send.
type Uplink struct {
	Step      rate.Step
	Why       rate.Why
	Layers    int  // encodings of the camera, lowest first; 0: none, because nobody watches or the line is weak
	Kbps      int  // all pictures together
	AudioKbps int  // Opus
	RED       bool // every frame of sound twice
}

// Report is what a client measures itself.
type Report struct {
	UpKbps int     // its estimate of what its line takes; 0: unknown
	UpLoss float64 // 0 … 1
	Relay  bool    // its packets go through a relay
}

// uplink is the line from a client to us: what came, what the client is told of it, and what it should send.
type uplink struct {
	mu         sync.Mutex // for what follows
	arrivals   rate.Arrivals
	bytes      int // since the last second's end
	report     Report
	reportedAt time.Time
	advice     Uplink
	quality    Quality
	media      uint32 // any SSRC of the client's
	encodings  int    // of the camera
	red        bool   // the client can

	// Of the server's ticker.
	ladder     *rate.Ladder
	scratch    []byte
	blocks     []rtcp.ReceptionReport
	secondAt   time.Time // when the last second ended
	kbps       int       // came in the last second
	sound      losing
	loss       float64 // of late: all, and sound
	soundLoss  float64
	watched    int // encodings of the camera
	watchedAt  time.Time
	showing    bool          // pictures come
	begunAt    time.Time     // pictures, or more of them
	trip       time.Duration // the shortest
	wait       time.Duration // what of the last is the line's queue
	waitAt     time.Time     // when that was last long
	protect    bool
	protectAt  time.Time
	bareAt     time.Time // when there was last no room to send sound twice
	rating     rate.Rating
	everTicked bool
}

func (u *uplink) open(now time.Time) {
	u.ladder = rate.NewLadder(openRate, false, now)
	u.advice = Uplink{Layers: maxRids, Kbps: picturesAt[rate.Full], AudioKbps: soundAt[rate.Full]}
	u.watched = maxRids
}

// offer takes what the client has offered to send.
func (u *uplink) offer(sections []section) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range sections {
		for ssrc, repair := range s.ssrcs {
			if !repair && u.media == 0 {
				u.media = ssrc
			}
		}
		switch s.content {
		case Camera:
			u.encodings = max(1, len(s.rids))
		case Microphone:
			u.red = s.formats.red != 0
		}
	}
}

// arrived notes a packet for the client's bandwidth estimate.
func (p *Peer) arrived(number uint16, size int, at time.Time) {
	u := &p.uplink
	u.mu.Lock()
	defer u.mu.Unlock()
	u.arrivals.Record(number, at)
	u.bytes += size + rate.Overhead
}

// Reported takes the client's own numbers; the latest count.
func (p *Peer) Reported(r Report) {
	u := &p.uplink
	u.mu.Lock()
	defer u.mu.Unlock()
	u.report, u.reportedAt = r, time.Now()
}

// Uplink tells what the client should send.
func (p *Peer) Uplink() Uplink {
	u := &p.uplink
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.advice
}

// tick tells the client of its packets and works out what it should send.
func (u *uplink) tick(p *Peer, b *link.Batch, sources []*Source, now time.Time) {
	if !u.everTicked {
		u.everTicked, u.watchedAt = true, now.Add(strangerFor-unwatchedFor)
	}
	down := p.egress.downlink()
	u.mu.Lock()
	every := rate.Interval(max(down.strained(), u.advice.Step))
	u.scratch = u.arrivals.Feedback(u.scratch[:0], p.ssrc, u.media, every, now)
	u.mu.Unlock()
	for rest := u.scratch; len(rest) >= 4; { // each is as long as a datagram may be
		size := min(4*(1+int(binary.BigEndian.Uint16(rest[2:]))), len(rest))
		p.conn.SendRTCP(b, rest[:size])
		rest = rest[size:]
	}
	if passed := now.Sub(u.secondAt); passed >= reportEvery {
		u.tellLosses(p, b, sources, now)
		u.endSecond(passed)
		_, queue := p.egress.quality()
		u.measure(time.Duration(p.trip.Load()), queue, passed, now)
		u.judge(p, down)
		u.secondAt = now
	}
	watched, screen, showing := 0, false, false
	for _, src := range sources {
		showing = showing || src.shows(now)
		switch src.content {
		case Camera:
			watched = src.watched()
		case Screen:
			screen = src.watched() > 0
		}
	}
	u.show(showing, now)
	u.advise(watched, screen, now)
}

// show notes whether pictures come.
func (u *uplink) show(showing bool, now time.Time) {
	if showing && !u.showing {
		u.begunAt = now
	}
	u.showing = showing
}

// measure takes the last round trip, and how much of it is the queue of the other way. What is more than the shortest was
// spent waiting on the client's line.
func (u *uplink) measure(trip, queue, passed time.Duration, now time.Time) {
	if trip == 0 {
		return
	}
	creep := time.Duration(float64(tripCreep) * min(passed, time.Minute).Seconds())
	if u.trip == 0 || trip < u.trip+creep {
		u.trip = trip
	} else {
		u.trip += creep
	}
	if u.wait = max(trip-u.trip-queue, 0); u.wait > agreeWait {
		u.waitAt = now
	}
}

// tellLosses sends a receiver report of all that comes. A talker's encoder adds repair data for what it is told is lost; so
// it is told of the listener who hears worst, whose line it cannot know.
func (u *uplink) tellLosses(p *Peer, b *link.Batch, sources []*Source, now time.Time) {
	u.blocks = u.blocks[:0]
	for _, src := range sources {
		from := len(u.blocks)
		u.blocks = src.blocks(now, u.blocks)
		if src.content != Microphone {
			continue
		}
		worst, lifeline := src.worstListener()
		if lifeline {
			worst = max(worst, poorListener)
		}
		for i := from; i < len(u.blocks); i++ {
			block := &u.blocks[i]
			u.sound.add(*block)
			block.FractionLost = max(block.FractionLost, worst)
		}
	}
	if len(u.blocks) == 0 {
		return
	}
	u.mu.Lock()
	u.media = u.blocks[0].SSRC
	u.mu.Unlock()
	p.control(b, &rtcp.ReceiverReport{SSRC: p.ssrc, Reports: u.blocks})
}

// losing is what the last seconds of a stream have lost. The zero value is ready.
type losing struct {
	ssrc           uint32
	highest        uint32
	expected, lost [3]int // a second each
	next           int
}

// leastTold packets tell a loss from an accident: a silent talker sends five a second.
const leastTold = 40

// add takes the report of a second.
func (l *losing) add(b rtcp.ReceptionReport) {
	if b.SSRC != l.ssrc {
		*l = losing{ssrc: b.SSRC, highest: b.LastSequenceNumber}
		return
	}
	expected := max(int(int32(b.LastSequenceNumber-l.highest)), 0)
	l.highest = b.LastSequenceNumber
	l.expected[l.next], l.lost[l.next] = expected, (expected*int(b.FractionLost)+128)/256
	l.next = (l.next + 1) % len(l.expected)
}

// share is 0 … 1; 0 while there is too little to tell.
func (l *losing) share() float64 {
	expected, lost := 0, 0
	for i := range l.expected {
		expected, lost = expected+l.expected[i], lost+l.lost[i]
	}
	if expected < leastTold {
		return 0
	}
	return float64(lost) / float64(expected)
}

// endSecond takes what came within it.
func (u *uplink) endSecond(passed time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.secondAt.IsZero() {
		return
	}
	u.kbps = int(int64(u.bytes) * 8 / max(passed.Milliseconds(), 1))
	u.soundLoss = u.sound.share()
	u.loss = max(u.soundLoss, u.arrivals.Loss())
	u.bytes = 0
}

// advise works out what the client should send, when so many encodings of its camera are watched, and its screen or not.
func (u *uplink) advise(watched int, screen bool, now time.Time) {
	if watched >= u.watched {
		u.watched, u.watchedAt = watched, now
	} else if now.Sub(u.watchedAt) >= unwatchedFor {
		u.watched = watched
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	known := u.known(now)
	step, why := u.ladder.Step(rate.Reading{Rate: u.believed(known, now), Loss: u.loss, AudioLoss: u.soundLoss}, now)
	a := Uplink{Step: step, Why: why}
	a.AudioKbps, a.RED = u.guard(step, now)
	a.Layers = min(layersAt[step], u.watched, u.encodings)
	if step == rate.Speaker && screen {
		a.Layers = 0 // one picture, and that is the screen
	}
	if a.Layers > u.advice.Layers {
		u.begunAt = now
	}
	a.Kbps = pictures(a.Layers, u.encodings, screen, step, known-a.AudioKbps-soundOverhead)
	u.advice = a
}

// Of each step: encodings of the camera, kbit/s of the pictures and as much again of a shared screen, and of Opus.
var (
	layersAt   = [...]int{rate.Full: 3, rate.Reduced: 2, rate.Speaker: 1, rate.Sound: 0, rate.Lifeline: 0}
	picturesAt = [...]int{rate.Full: 1500, rate.Reduced: 550, rate.Speaker: 200, rate.Sound: 0, rate.Lifeline: 0}
	soundAt    = [...]int{rate.Full: 24, rate.Reduced: 24, rate.Speaker: 24, rate.Sound: 16, rate.Lifeline: 12}
	// takes is the least that a line carries at a step, in bit/s.
	takes = [...]int{rate.Full: 1_500_000, rate.Reduced: 500_000, rate.Speaker: 200_000, rate.Sound: 90_000, rate.Lifeline: 0}
	// encodingsTake is what so many of three encodings take together.
	encodingsTake = [...]int{0, 150, 550, 1500}
)

const (
	// soundOverhead is what the headers of 50 packets a second take.
	soundOverhead = 27 // kbit/s
	// leastPicture is what a picture worth sending takes.
	leastPicture = 60 // kbit/s
)

// pictures is how many kbit/s all pictures together may take, when the line leaves so much for them.
func pictures(layers, encodings int, screen bool, step rate.Step, left int) int {
	kbps := 0
	switch {
	case layers > 0 && encodings > 1:
		kbps = min(picturesAt[step], encodingsTake[layers])
	case layers > 0:
		kbps = picturesAt[step]
	}
	if screen {
		kbps += picturesAt[step]
	}
	if kbps > 0 {
		kbps = max(min(kbps, left*9/10), leastPicture)
	}
	return kbps
}

// known is what the client says of its line in kbit/s; needs mu. A large number: it says nothing, sends so much less than it
// believes in that it cannot know, or has sent so much for a moment only.
func (u *uplink) known(now time.Time) int {
	r := u.reported(now)
	settling := now.Sub(u.begunAt) < settleFor && u.loss < agreeLoss && u.wait < agreeWait
	if r.UpKbps == 0 || settling || u.kbps*4/3 < r.UpKbps {
		return unknown
	}
	return r.UpKbps
}

// unknown stands for a rate that nobody has measured.
const unknown = 1 << 20 // kbit/s

// reported are the client's numbers while they count; needs mu.
func (u *uplink) reported(now time.Time) Report {
	if now.Sub(u.reportedAt) > reportedFor {
		return Report{}
	}
	return u.report
}

// believed is the rate in bit/s that the step is worked out from; needs mu. An estimate of a line that is hardly used is no
// reason to send less, only one to send more.
func (u *uplink) believed(known int, now time.Time) int {
	if known != unknown {
		return known * 1000
	}
	if r := u.reported(now); r.UpKbps > 0 {
		return max(r.UpKbps*1000, takes[u.advice.Step])
	}
	return openRate
}
