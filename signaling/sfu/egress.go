package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"github.com/samtale/samtale/signaling/sfu/link"
	"github.com/samtale/samtale/signaling/sfu/rate"
)

const (
	// startRate is believed of a line whose client will tell how packets arrive; probes find out within seconds what it takes.
	// Other clients' lines are trusted until they report losses.
	startRate   = 150_000
	trustedRate = 20_000_000
	// repairShare of what the line takes may be repairs of pictures: a line that loses more is helped by less, not by more.
	// repairBurst is what a key frame may lose at once.
	repairShare = 5 // the reciprocal
	repairBurst = 24_000
)

// egress is the line from us to a client: what it takes, and what is sent of that. Locks are taken in the order allotting, a
// slot's, a source's or mu; nothing is locked with mu.
type egress struct {
	peer     *Peer
	slots    atomic.Pointer[[]*slot] // all of the peer's; appended to only
	pacing   atomic.Bool             // pictures wait for their turn
	mode     atomic.Pointer[protection]
	step     atomic.Uint32 // rate.Step
	repeated atomic.Int32  // packets asked for again although they were repaired, since the last tick

	// Of the goroutine that receives from the client.
	toll      bucket
	arrivals  rtcp.TransportLayerCC
	acked     []rate.Acked
	repairBuf [repairPrefix + maxPayload]byte

	// Of the server's ticker.
	releaseBuf [repairPrefix + maxPayload]byte
	reports    []rtcp.Packet // of slots, to be sent
	dropping   []parcel      // scratch
	guard      guard
	loudest    loudest

	mu        sync.Mutex
	transport bool // the client tells how packets arrive
	begun     bool // anything was sent
	history   rate.History
	estimator *rate.Estimator
	ladder    *rate.Ladder
	pacer     *rate.Pacer[parcel]
	dropped   []parcel
	repairs   bucket
	why       rate.Why
	reading   rate.Reading
	probing   bool
	soundSent int // bytes since the last allotment
	pictures  int // packets since the last tick

	allotting sync.Mutex // held while pictures are allotted; slots' mutexes are taken with it
	views     []View
	shown     bool // views count
	soundOnly bool
	soundRate int // bit/s
	allotAt   time.Time
	wanted    atomic.Int64 // bit/s of all pictures, had the line room
	wishes    []rate.Wish
	wishers   []*slot
	choices   []rate.Choice
}

// parcel is a packet that waits for the line. What it holds is in the source's ring.
type parcel struct {
	rate.Packet
	slot *slot
	out  uint32 // its number on the slot
}

func (e *egress) open(p *Peer, now time.Time) {
	e.peer = p
	e.slots.Store(&[]*slot{})
	e.mode.Store(&protection{frames: 1})
	e.toll = bucket{rate: feedbackRate, depth: feedbackRate}
	e.pacer = rate.NewPacer(func(v parcel, _ rate.Packet) { e.dropped = append(e.dropped, v) })
	e.begin(trustedRate, now)
}

// begin starts the estimate. It needs mu.
func (e *egress) begin(start int, now time.Time) {
	e.estimator = rate.NewEstimator(start, now)
	e.ladder = rate.NewLadder(start, e.transport, now)
	step, why := e.ladder.Step(e.estimator.Reading(), now)
	e.step.Store(uint32(step))
	e.why, e.reading = why, e.estimator.Reading()
	e.repairs = bucket{rate: start / 8 / repairShare, depth: repairBurst}
}

// add makes a slot known.
func (e *egress) add(to *slot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	slots := append(slices.Clone(*e.slots.Load()), to)
	to.index = uint8(len(slots) - 1)
	e.slots.Store(&slots)
	if to.transport != 0 && !e.transport {
		e.transport = true
		if !e.begun {
			e.begin(startRate, time.Now())
		}
	}
}

// close drops what waits.
func (e *egress) close() {
	for _, each := range *e.slots.Load() {
		e.forget(each)
	}
}

// number gives a packet its place in the client's reports of arrivals.
func (e *egress) number(size int, kind rate.Kind, now time.Time) uint16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count(size, kind, now)
	return e.history.Sent(now, size, kind)
}

// unnumbered counts a packet that those reports do not speak of.
func (e *egress) unnumbered(size int, kind rate.Kind, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count(size, kind, now)
	e.history.Unnumbered(size)
}

func (e *egress) count(size int, kind rate.Kind, now time.Time) {
	e.begun = true
	switch kind {
	case rate.Audio:
		e.soundSent += size
		if e.pacing.Load() {
			e.pacer.Charge(size, now)
		}
	case rate.Video:
		e.pictures++
	case rate.Repair, rate.Probe:
	}
}

// admission is what becomes of a packet on a line that is paced.
type admission uint8

const (
	passes admission = iota
	waits
	refused
)

// admit asks whether a packet may go now. What waits is sent by release.
func (e *egress) admit(v parcel, now time.Time) admission {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.pacer.Pass(v.Packet, now):
		return passes
	case e.pacer.Push(v.Packet, v, now):
		e.peer.server.pace(e.peer)
		return waits
	}
	return refused
}

// forget drops what waits of a slot.
func (e *egress) forget(s *slot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := len(e.dropped)
	e.pacer.Forget(s.index)
	e.dropped = e.dropped[:before]
}

// affords reports whether a repair of a picture may be sent.
func (e *egress) affords(size int, now time.Time) bool {
	if rate.Step(e.step.Load()) >= rate.Sound {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.repairs.take(size, now)
}

// acknowledge takes how packets have arrived.
func (e *egress) acknowledge(f *rtcp.TransportLayerCC, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.acked = e.history.Feedback(f, now, e.acked[:0])
	e.estimator.Acked(e.acked, now)
	if e.estimator.Braked() {
		e.brake(now)
	}
}

// brake throws away what waits and holds what comes until the next tick finds the step: it would only make the sound wait.
// So would padding in its place, of which a line that has become narrow would be full again: the client may ask for some of
// it in vain. It needs mu.
func (e *egress) brake(now time.Time) {
	e.reading = e.estimator.Reading()
	before := len(e.dropped)
	e.pacer.Clear()
	e.pacer.SetRate(e.reading.Rate, now)
	e.dropped = e.dropped[:before]
	e.pacer.Hold(true)
	e.pacing.Store(true)
	e.probing = false
	e.peer.server.pace(e.peer)
}

// report takes what a receiver report says of one slot.
func (e *egress) report(kind rate.Kind, loss float64, trip time.Duration, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.estimator.Report(kind, loss, trip, now)
}

// believe takes what the client says that its line takes.
func (e *egress) believe(bitrate int, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.estimator.REMB(bitrate, now)
}

// tick looks at the line and fits to it what is sent.
func (e *egress) tick(b *link.Batch, now time.Time) {
	e.peer.control(b, e.reports...)
	clear(e.reports)
	e.reports = e.reports[:0]
	tcp := e.peer.conn.Path().Network == "tcp"
	backlog := 0
	if tcp {
		backlog = e.peer.conn.Backlog()
	}
	e.mu.Lock()
	if tcp {
		e.estimator.Backlog(backlog, now)
	}
	e.estimator.Tick(&e.history, now)
	e.estimator.Nacked(int(e.repeated.Swap(0)), e.pictures, now)
	e.pictures = 0
	e.reading = e.estimator.Reading()
	before := rate.Step(e.step.Load())
	step, why := e.ladder.Step(e.reading, now)
	e.step.Store(uint32(step))
	e.why = why
	e.repairs.rate = e.reading.Rate / 8 / repairShare
	e.regulate(now)
	reading := e.reading
	e.mu.Unlock()
	e.shield(reading, now)
	if step != before || now.Sub(e.lastAllotted()) >= allotEvery {
		e.allot(now)
	}
	e.hush(step, now)
	for _, each := range *e.slots.Load() {
		if each.line.Kind == Audio {
			each.expire(b, now)
		}
	}
}

// regulate sets the pace, and begins and ends probes. It needs mu.
func (e *egress) regulate(now time.Time) {
	pace := 0
	waiting, _ := e.pacer.Waiting()
	if !e.reading.Strong || waiting > 0 {
		pace = e.reading.Rate
	}
	e.probing = false
	if wanted := int(e.wanted.Load()); e.transport && wanted > 0 {
		var bitrate int
		if bitrate, e.probing = e.ladder.WantsProbe(wanted, now); e.probing {
			pace = bitrate
		}
	}
	e.pacer.SetRate(pace, now)
	e.pacer.Hold(e.reading.Blind)
	e.pacing.Store(pace > 0)
	if waiting > 0 || e.probing {
		e.peer.server.pace(e.peer)
	}
}

// release sends what has waited for its turn, and padding while the line is probed. It reports whether there is more.
func (e *egress) release(b *link.Batch, now time.Time) bool {
	for {
		e.mu.Lock()
		v, ok := e.pacer.Pop(now)
		e.mu.Unlock()
		if !ok {
			break
		}
		v.slot.deliver(b, v, e.releaseBuf[:], now)
	}
	e.mu.Lock()
	e.dropping, e.dropped = e.dropped, e.dropping[:0]
	e.mu.Unlock()
	for _, v := range e.dropping {
		if !v.Repair {
			v.slot.fill(b, v.out, now)
		}
	}
	e.pad(b, now)
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting, _ := e.pacer.Waiting()
	return waiting > 0 || e.probing
}

// downlink tells how the line is used.
func (e *egress) downlink() Downlink {
	e.allotting.Lock()
	chosen := e.soundOnly
	e.allotting.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	d := Downlink{Step: rate.Step(e.step.Load()), Why: e.why, Kbps: e.reading.Rate / 1000}
	if thinning(e.peer.server.thin.Load()) == soundAlone && d.Step < rate.Sound {
		d.Step, d.Why = rate.Sound, rate.Slow // for the client our machine is a part of the way
	}
	if chosen {
		d.Step, d.Why = max(d.Step, rate.Sound), rate.Chosen
	}
	return d
}

// quality tells what the client's line loses, and how long packets wait on it.
func (e *egress) quality() (loss float64, queue time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reading.Loss, e.reading.Queue
}
