package rate

import "time"

const (
	// windowLength is long enough for ten packets of sound, short enough to see a collapse in half a second.
	windowLength = 200 * time.Millisecond
	windowsKept  = 16
	// maxSpan bounds what two packets may say about the time between them: longer is silence, not load.
	maxSpan = 2 * time.Second
)

// window is what happened to the packets spoken of in one stretch of time.
type window struct {
	ended              time.Time
	bytes, sentBytes   int
	span, sentSpan     time.Duration // between the packets counted, on the client's clock and on ours
	lost, total        int
	soundLost, soundOf int
}

// meter makes windows of fates. Packets that no feedback has spoken of, because it was lost itself, leave a gap: neither
// their bytes nor their time count.
type meter struct {
	now     window
	opened  time.Time
	past    [windowsKept]window
	next    int
	last    Acked // the last fate
	any     bool
	came    bool // a packet has come since the gap
	arrival time.Duration
}

func (m *meter) add(a Acked) {
	if a.Late {
		m.now.lost-- // the window may be another one: the sum is right
		if a.Kind == Audio {
			m.now.soundLost--
		}
		return
	}
	w := &m.now
	w.total++
	if a.Kind == Audio {
		w.soundOf++
	}
	if !m.any || a.Number != m.last.Number+1 {
		m.came = false
	} else if d := a.Sent.Sub(m.last.Sent); d < maxSpan {
		w.sentBytes += a.Size
		w.sentSpan += d
	}
	m.any, m.last = true, a
	if a.Lost {
		w.lost++
		if a.Kind == Audio {
			w.soundLost++
		}
		return
	}
	if d := a.Arrived - m.arrival; m.came && d < maxSpan {
		w.bytes += a.Size
		w.span += d
	}
	m.came, m.arrival = true, a.Arrived
}

// close ends the window.
func (m *meter) close(now time.Time) {
	m.now.ended = now
	m.past[m.next] = m.now
	m.next = (m.next + 1) % windowsKept
	m.now = window{}
	m.opened = now
}

// sum adds up the windows that have ended within the time before now, the last n at most.
func (m *meter) sum(now time.Time, within time.Duration, n int) window {
	var s window
	for i := range min(n, windowsKept) {
		w := &m.past[(m.next-1-i+2*windowsKept)%windowsKept]
		if w.ended.IsZero() || now.Sub(w.ended) > within {
			break
		}
		s.bytes += w.bytes
		s.span += w.span
		s.sentBytes += w.sentBytes
		s.sentSpan += w.sentSpan
		s.lost += w.lost
		s.total += w.total
		s.soundLost += w.soundLost
		s.soundOf += w.soundOf
	}
	return s
}

// leastSpan is too short a time to tell a rate from.
const leastSpan = 50 * time.Millisecond

// delivered is the bit rate at which packets came; 0: unknown.
func (w window) delivered() int { return bitrate(w.bytes, w.span) }

// offered is the bit rate at which they were sent.
func (w window) offered() int { return bitrate(w.sentBytes, w.sentSpan) }

func bitrate(bytes int, span time.Duration) int {
	if span < leastSpan {
		return 0
	}
	return int(float64(bytes) * 8 / span.Seconds())
}

// share is lost of all, 0 while there are too few to tell.
func share(lost, all int) float64 {
	if all < 20 {
		return 0
	}
	return min(max(float64(lost)/float64(all), 0), 1)
}

// worst is the loss of all packets or of pictures: small packets of sound often fit where those do not.
func (w window) worst() float64 {
	return max(share(w.lost, w.total), share(w.lost-w.soundLost, w.total-w.soundOf))
}
