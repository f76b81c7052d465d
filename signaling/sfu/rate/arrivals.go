package rate

import "time"

const (
	// arrivalsKept bounds the numbers of one feedback: half a second at 12,000 packets a second.
	arrivalsKept = 4096
	// oldest is how far back a late packet still counts.
	oldest = 500
	// leastEvery sends a feedback early when so many packets have come: a line that is fast deserves to be known as fast.
	leastEvery = arrivalsKept / 4
	lossWindow = time.Second
)

// Arrivals keeps when packets came by their transport-wide number, and writes the feedback about them. The zero value is
// ready. It allocates once, at the first packet.
type Arrivals struct {
	at      []int64 // by number: ticks of 250 microseconds after the origin, 0: has not come
	symbols []uint8 // of the feedback being written
	origin  time.Time
	started bool
	base    uint64 // the first number the next feedback speaks of
	next    uint64 // after the highest that came
	told    uint64 // how far feedback has gone
	last    time.Time
	count   uint8 // of feedbacks
	came    int
	from    uint64 // where the window of loss began
	window  time.Time
	loss    float64
}

// Record notes that the packet came.
func (a *Arrivals) Record(number uint16, at time.Time) {
	if !a.started {
		// The origin lies back, so that no packet is before it; the first number has room for late ones before it.
		a.at, a.symbols = make([]int64, arrivalsKept), make([]uint8, arrivalsKept)
		a.origin, a.started = at.Add(-time.Hour), true
		a.next = 1<<16 + uint64(number)
		a.base, a.told, a.from = a.next, a.next, a.next
		a.last, a.window = at, at
	}
	n := a.next + uint64(int64(int16(number-uint16(a.next)))) // the nearest to what is expected
	switch {
	case n >= a.next:
		if n-a.next > arrivalsKept/2 { // a gap no line explains
			a.restart(n)
		}
		for ; a.next <= n; a.next++ {
			a.at[a.next%arrivalsKept] = 0
		}
		if a.next-a.base > arrivalsKept {
			a.base = a.next - arrivalsKept
		}
	case a.next-n > oldest:
		return
	case n < a.base:
		a.base = n
	}
	if cell := &a.at[n%arrivalsKept]; *cell == 0 {
		*cell = max(int64(at.Sub(a.origin)/tick), 1)
		if n >= a.from {
			a.came++
		}
	}
}

// restart forgets what came: the sender has begun anew.
func (a *Arrivals) restart(n uint64) {
	clear(a.at)
	a.base, a.next, a.told, a.from, a.came = n, n, n, n, 0
}

// Feedback appends RTCP packets about what has come since the last ones, when every has passed; else dst is returned as it
// is. sender and media are the SSRCs of us and of any stream of the client. It also ends the window of Loss.
func (a *Arrivals) Feedback(dst []byte, sender, media uint32, every time.Duration, now time.Time) []byte {
	if !a.started {
		return dst
	}
	a.measure(now)
	if a.next == a.told && a.base >= a.told || now.Sub(a.last) < every && a.next-a.told < leastEvery {
		return dst
	}
	a.last = now
	for a.base < a.next {
		dst = a.packet(dst, sender, media)
	}
	a.told = a.next
	return dst
}

// measure ends the window of loss. What has not come a while after its successors is lost; the last of a window count as
// come late at worst in the next one.
func (a *Arrivals) measure(now time.Time) {
	if now.Sub(a.window) < lossWindow || a.next-a.from < 20 && now.Sub(a.window) < 3*lossWindow {
		return
	}
	expected := int(a.next - a.from)
	if expected == 0 {
		a.loss = 0
	} else {
		a.loss = max(1-float64(a.came)/float64(expected), 0)
	}
	a.from, a.came, a.window = a.next, 0, now
}

// Loss is the share of packets that did not come in the last window of a second or more.
func (a *Arrivals) Loss() float64 { return a.loss }

// Interval is how often to tell a client what came from it: the feedback costs 5 kbit/s at the usual pace.
func Interval(s Step) time.Duration {
	switch s {
	case Full, Reduced:
		return 100 * time.Millisecond
	case Speaker, Sound:
		return 250 * time.Millisecond
	default:
		return 500 * time.Millisecond
	}
}
