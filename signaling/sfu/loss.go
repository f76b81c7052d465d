package sfu

import "time"

const (
	// reorderWindow is how long a missing packet may just be late.
	reorderWindow = 10 * time.Millisecond
	// nackTries: after these, and at least a second on usual lines, a packet would come too late to be shown.
	nackTries = 6
	// minNackInterval bounds the repeats on short lines; longer ones wait for a round trip and a quarter.
	minNackInterval = 40 * time.Millisecond
	// maxLosses missing at once are a broken line, not a loss: a key frame mends them cheaper.
	maxLosses = 128
)

// losses holds the packets of a source that are missing and asked for. Not safe for concurrent use.
type losses struct {
	missing []loss // oldest first
}

type loss struct {
	seq   uint32
	tries int
	next  time.Time // when to ask (again)
}

// open notes the half-open range [from, to) as missing. It reports false, and forgets all, when that is too much to mend.
func (l *losses) open(from, to uint32, now time.Time) bool {
	if int(to-from)+len(l.missing) > maxLosses {
		l.missing = l.missing[:0]
		return false
	}
	for seq := from; seq != to; seq++ {
		l.missing = append(l.missing, loss{seq: seq, next: now.Add(reorderWindow)})
	}
	return true
}

// mend notes that seq has come, and reports whether it was asked for.
func (l *losses) mend(seq uint32) bool {
	for i := range l.missing {
		if l.missing[i].seq == seq {
			asked := l.missing[i].tries > 0
			l.missing = append(l.missing[:i], l.missing[i+1:]...)
			return asked
		}
	}
	return false
}

// due returns the packets to ask for now, and whether others have just been given up.
func (l *losses) due(now time.Time, roundTrip time.Duration) (ask []uint16, lost bool) {
	kept := l.missing[:0]
	for _, m := range l.missing {
		if !now.Before(m.next) {
			if m.tries == nackTries {
				lost = true
				continue
			}
			ask = append(ask, uint16(m.seq))
			m.next = now.Add(max(roundTrip*5/4, minNackInterval) * time.Duration(4+m.tries) / 4)
			m.tries++
		}
		kept = append(kept, m)
	}
	l.missing = kept
	return ask, lost
}

func (l *losses) clear() { l.missing = l.missing[:0] }
