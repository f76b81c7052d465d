package rate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// epoch is when all simulations begin.
var epoch = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// camera is a talker's picture as the server gets it.
type camera struct {
	kbps   [layers]int
	height int // shown
	choice Choice
	frame  uint32
	key    bool // the next frame has to be one
	next   time.Duration
}

// arrival is something that reaches an end at a time.
type arrival struct {
	at time.Time
	f  flying
	b  []byte // feedback, for the server
}

// sim is a server that sends to one listener: everything of this package in its place.
type sim struct {
	t        time.Duration
	down     link
	feedback float64 // share of feedback that is lost
	every    time.Duration
	talkers  int
	voice    int // bytes of a packet of sound, every 20 ms
	cameras  []camera
	up       *link                    // carries the feedback, behind what else the client sends; nil: as long a way, without a queue
	upload   func(time.Duration) int  // that, in bit/s
	uploaded float64                  // bytes, not yet sent
	plain    bool                     // no transport-cc: receiver reports only
	backlog  int                      // TCP: bytes the connection's buffer holds at most, the link's queue lies behind it; 0: UDP
	asleep   func(time.Duration) bool // the listener's machine is busy: what has come waits to be noticed. nil: never

	rand      *rand.Rand
	history   History
	estimator *Estimator
	ladder    *Ladder
	pacer     *Pacer[flying]
	arrivals  Arrivals
	toServer  []arrival
	toClient  []arrival
	acked     []Acked
	sound     []heard
	soundSent int
	reading   Reading
	step      Step
	why       Why
	steps     []change
	trace     []sample
	repeated  int
	pictures  int
	tcp       []flying
	rrSent    int
	rrCame    int
	choices   []Choice
	frames    int // of sound in a packet
	padded    int
	pictured  time.Duration // when anything but sound was last sent
	testing   testing.TB
}

// heard is a packet of sound that came, and how long it was on its way.
type heard struct{ at, took time.Duration }

type change struct {
	at   time.Duration
	step Step
	why  Why
}

type sample struct {
	at      time.Duration
	rate    int
	queue   time.Duration // real, in the link
	seen    time.Duration // what the estimator sees
	picture int           // bytes of pictures that came, in all
}

func newSim(t testing.TB, start int, down link, seed uint64) *sim {
	s := &sim{
		testing: t, down: down, talkers: 2, voice: 120, every: 100 * time.Millisecond, rand: rand.New(rand.NewPCG(seed, 7)),
		cameras: []camera{
			{kbps: [layers]int{150, 450, 1300}, height: 720},
			{kbps: [layers]int{150, 450, 1300}, height: 180},
			{kbps: [layers]int{150, 450, 1300}, height: 180},
		},
	}
	s.estimator, s.ladder = NewEstimator(start, epoch), NewLadder(start, true, epoch)
	s.step = s.ladder.step
	s.steps = []change{{0, s.step, Fine}}
	s.pacer = NewPacer(func(flying, Packet) {})
	for i := range s.cameras {
		s.cameras[i].choice, s.cameras[i].key = None(), true
	}
	return s
}

func (s *sim) now() time.Time { return epoch.Add(s.t) }

// run lets time pass until the instant.
func (s *sim) run(until time.Duration) {
	for ; s.t < until; s.t += time.Millisecond {
		s.talk()
		s.show()
		if s.t%(5*time.Millisecond) == 0 {
			s.release()
		}
		if s.t%(50*time.Millisecond) == 0 {
			s.tick()
		}
		s.carry()
		s.listen()
	}
}

func (s *sim) send(f flying) {
	f.at = s.now()
	f.number = 0
	if f.kind != Audio {
		s.pictured = s.t
	}
	if s.plain {
		s.history.Unnumbered(f.size)
		s.rrSent++
	} else {
		f.number = s.history.Sent(s.now(), f.size, f.kind)
	}
	if s.backlog == 0 {
		s.down.put(s.t, f)
		return
	}
	held := 0
	for _, w := range s.tcp {
		held += w.size
	}
	if held+f.size <= s.backlog {
		s.tcp = append(s.tcp, f)
	}
}

func (s *sim) talk() {
	size, every := s.packed()
	talkers := s.talkers
	if s.step == Lifeline {
		talkers = min(talkers, 2)
	}
	for i := range talkers {
		if (s.t+time.Duration(i)*7*time.Millisecond)%every == 0 {
			s.soundSent++
			s.send(flying{size: size, kind: Audio})
			s.pacer.Charge(size, s.now())
		}
	}
}

// show makes the frames of the layers chosen, 25 a second, three temporal layers.
func (s *sim) show() {
	for i := range s.cameras {
		c := &s.cameras[i]
		if s.t < c.next {
			continue
		}
		c.next += 40 * time.Millisecond
		c.frame++
		if c.choice.Layer < 0 {
			continue
		}
		temporal := [4]uint8{0, 2, 1, 2}[c.frame%4]
		size := c.kbps[c.choice.Layer] * 1000 / 8 / 25
		share := [3]float64{1.6, 0.8, 0.8}[temporal]
		if c.key && temporal == 0 {
			share = 5
		} else if c.key || int(temporal) > c.choice.Temporal {
			continue
		}
		size = int(float64(size) * share * (0.8 + 0.4*s.rand.Float64()))
		for left := size; left > 0; left -= 1150 {
			k := Packet{Size: min(left, 1150) + 60, Stream: uint8(i), Frame: c.frame, Temporal: temporal, Key: c.key}
			f := flying{size: k.Size, kind: Video, frame: c.frame}
			if s.pacer.Pass(k, s.now()) {
				s.send(f)
				s.pictures++
			} else {
				s.pacer.Push(k, f, s.now())
			}
		}
		if temporal == 0 {
			c.key = false
		}
		if s.pacer.NeedsKey(uint8(i)) {
			c.key = true
		}
	}
}

func (s *sim) release() {
	for f, ok := s.pacer.Pop(s.now()); ok; f, ok = s.pacer.Pop(s.now()) {
		s.send(f)
		if f.kind == Video {
			s.pictures++
		}
	}
	if bps, ok := s.ladder.WantsProbe(s.want(), s.now()); ok {
		s.pacer.SetRate(max(bps, s.reading.Rate), s.now())
		for s.pacer.Spare(s.now()) >= 250 {
			s.padded += 300
			s.send(flying{size: 300, kind: Probe})
			s.pacer.Charge(300, s.now())
		}
	} else if s.reading.Strong {
		s.pacer.SetRate(0, s.now())
	} else {
		s.pacer.SetRate(s.reading.Rate, s.now())
	}
}

// packed is a packet of sound, and how often there is one.
func (s *sim) packed() (int, time.Duration) {
	frames := max(s.frames, 1)
	return 60 + frames*(s.voice-60), time.Duration(frames) * 20 * time.Millisecond
}

func (s *sim) soundRate() int {
	size, every := s.packed()
	return int(float64(s.talkers*size*8) / every.Seconds())
}

func (s *sim) wishes() []Wish {
	var w []Wish
	for i := range s.cameras {
		c := &s.cameras[i]
		w = append(w, Wish{
			Layers: [layers]int{c.kbps[0] * 1050, c.kbps[1] * 1050, c.kbps[2] * 1050}, Heights: [layers]int{180, 360, 720},
			Temporals: 3, Height: c.height, Now: c.choice,
		})
	}
	return w
}

func (s *sim) want() int {
	if len(s.cameras) == 0 {
		return 0
	}
	return Wanted(s.wishes()) + s.soundRate()
}

func (s *sim) tick() {
	s.estimator.Nacked(s.repeated, s.pictures, s.now())
	s.repeated, s.pictures = 0, 0
	if s.backlog > 0 {
		held := 0
		for _, w := range s.tcp {
			held += w.size
		}
		s.estimator.Backlog(held, s.now())
	}
	s.estimator.Tick(&s.history, s.now())
	s.reading = s.estimator.Reading()
	s.pacer.Hold(s.reading.Blind)
	step, why := s.ladder.Step(s.reading, s.now())
	if step != s.step {
		s.steps = append(s.steps, change{s.t, step, why})
	}
	s.step, s.why = step, why
	voices, room := s.talkers, max(s.reading.Rate, s.reading.Carries)
	if step == Lifeline {
		voices, room = min(voices, 2), min(room, least[Sound])
	}
	if s.reading.Queue < drainedQueue || !(Bundle{Frames: max(s.frames, 1)}).Fits(voices, room*10/9) {
		s.frames = Bundling(0, voices, room).Frames
	}
	s.choices = Allocate(step, s.reading.Rate-s.soundRate(), s.wishes(), s.choices[:0])
	for i, c := range s.choices {
		if old := s.cameras[i].choice; old.Layer != c.Layer {
			s.cameras[i].key = true
			if c.Layer < 0 {
				s.pacer.Forget(uint8(i))
			}
		}
		s.cameras[i].choice = c
	}
	if s.plain && s.t%time.Second == 0 && s.rrSent > 0 {
		loss := max(1-float64(s.rrCame)/float64(s.rrSent), 0)
		rtt := 2*s.down.delay + s.down.wait(s.t)
		s.rrSent, s.rrCame = 0, 0
		s.estimator.Report(Audio, loss, rtt, s.now())
	}
	if r := s.reading.Rate; r < leastRate || r > mostRate {
		s.testing.Fatalf("%v: rate %d", s.t, r)
	}
	picture := 0
	if n := len(s.trace); n > 0 {
		picture = s.trace[n-1].picture
	}
	s.trace = append(s.trace, sample{s.t, s.reading.Rate, s.down.wait(s.t) + s.buffered(), s.reading.Queue, picture})
}

// carry moves packets out of the link and feedback to the server.
func (s *sim) carry() {
	for len(s.tcp) > 0 && s.down.bytes < 4000 { // a connection keeps little on the way beyond what is acknowledged
		s.down.put(s.t, s.tcp[0])
		s.tcp = s.tcp[1:]
	}
	for _, f := range s.down.step(s.t) {
		at := s.now().Add(s.down.delay)
		if s.down.jitter > 0 {
			at = at.Add(time.Duration(s.rand.Int64N(int64(s.down.jitter))))
		}
		s.toClient = append(s.toClient, arrival{at: at, f: f})
	}
	s.toServer = slices.DeleteFunc(s.toServer, func(a arrival) bool {
		if s.now().Before(a.at) {
			return false
		}
		packets, err := rtcp.Unmarshal(a.b)
		if err != nil {
			s.testing.Fatal(err)
		}
		for _, p := range packets {
			s.acked = s.history.Feedback(p.(*rtcp.TransportLayerCC), s.now(), s.acked[:0])
			s.repair()
			s.estimator.Acked(s.acked, s.now())
			if s.estimator.Braked() {
				s.pacer.SetRate(s.estimator.Rate(), s.now())
				s.pacer.Clear()
				s.pacer.Hold(true)

				s.reading = s.estimator.Reading()
			}
		}
		return true
	})
}

// repair answers what the client would ask for again: pictures, once; what is lost a second time counts as asked twice.
func (s *sim) repair() {
	for _, a := range s.acked {
		switch {
		case !a.Lost || a.Late:
		case a.Kind == Repair:
			s.repeated++
		case a.Kind == Video && s.step < Sound:
			k := Packet{Size: a.Size, Repair: true}
			if f := (flying{size: a.Size, kind: Repair}); s.pacer.Pass(k, s.now()) {
				s.send(f)
			} else {
				s.pacer.Push(k, f, s.now())
			}
		}
	}
}

func (s *sim) listen() {
	if s.asleep != nil && s.asleep(s.t) {
		return
	}
	s.toClient = slices.DeleteFunc(s.toClient, func(a arrival) bool {
		if s.now().Before(a.at) {
			return false
		}
		s.rrCame++
		if !s.plain {
			s.arrivals.Record(a.f.number, s.now().Add(time.Duration(s.t.Seconds()*50)*time.Microsecond)) // its clock drifts by 50 ppm
		}
		switch a.f.kind {
		case Audio:
			s.sound = append(s.sound, heard{s.t, s.now().Sub(a.f.at)})
		case Video:
			if len(s.trace) > 0 {
				s.trace[len(s.trace)-1].picture += a.f.size
			}
		}
		return true
	})
	if b := s.arrivals.Feedback(nil, 1, 2, s.every, s.now()); len(b) > 0 && s.rand.Float64() >= s.feedback {
		if s.up == nil {
			s.toServer = append(s.toServer, arrival{at: s.now().Add(s.down.delay), b: b})
		} else {
			s.up.put(s.t, flying{size: len(b) + Overhead, feedback: b})
		}
	}
	s.climb()
}
