package sfu

import "time"

const (
	// maxLayers is how many encodings of a camera are told apart; browsers send no more.
	maxLayers = 3
	audioRing = 64 // packets: 1.3 s
	// screenRing: one key frame of a page full of text has up to three hundred packets.
	screenRing = 1024
	onlyRing   = 256 // packets of a camera with one encoding: about two seconds at 700 kbit/s, longer than any repair is worth
	// keyFrameEvery spaces requests: a key frame costs ten others.
	keyFrameEvery = 500 * time.Millisecond
	// maxReplayAge bounds what a slot is sent at once from the ring when it begins with a key frame that has passed: one that
	// was mended late, or that somebody else has asked for so lately that no other may be asked for. After older ones the
	// picture would lag. A slot that has another picture meanwhile can wait for a better one.
	maxReplayAge = uint32(keyFrameEvery * 90000 / time.Second)
	maxSwitchAge = maxReplayAge / 5
	// maxDropout: a greater jump is a new beginning, not a loss. RFC 3550 appendix A.1.
	maxDropout = 3000 // packets
	// quietAfter: what sends no packets for so long is off; asking it for key frames is useless. A screen on which nothing
	// moves is as quiet and must be asked, or who comes later never sees it.
	quietAfter = 2 * time.Second
	// stoppedAfter: when another encoding of the camera still comes, one that is silent for so long was stopped by the sender.
	stoppedAfter = 500 * time.Millisecond
	// rateWindow is what an encoding's bit rate is measured over: some frames, and less than an allocation may be late.
	rateWindow = 500 * time.Millisecond
)

// layerRings are the sizes of a camera's encodings, lowest first: two seconds of each.
var layerRings = [maxLayers]int{128, 256, 512}

// layer is one encoding of a source. It is guarded by the source's mutex.
type layer struct {
	size int   // of the ring
	ring *ring // nil: nothing has come

	ssrc     uint32
	epoch    uint32 // counts SSRCs; 0: nothing has come
	highest  uint32 // extended sequence number
	newestTS uint32 // of that packet
	lastAt   time.Time
	losses   losses
	keySeq   uint32 // of the newest key frame's first packet
	keyTS    uint32
	hasKey   bool // in this epoch
	wantsKey bool
	askedKey time.Time
	stats    reception

	height   int   // of the newest key frame
	tiers    uint8 // the highest temporal layer that has come
	bytes    int   // in this window, with all headers
	windowAt time.Time
	bitrate  int // of the last windows
}

// begin starts a new epoch with seq as its first number.
func (l *layer) begin(ssrc uint32, seq uint16) {
	if l.ring == nil {
		l.ring = newRing(l.size)
	}
	l.ssrc, l.hasKey, l.tiers = ssrc, false, 0
	l.epoch++
	l.highest = 1<<16 | uint32(seq) // not 0: packets before the first may come late
	l.losses.clear()
	l.stats = reception{base: l.highest}
}

// order gives p its extended number, keeps it, and counts what is missing if mend says that anybody is served by that. It
// reports false when p is of no use.
func (l *layer) order(p *packet, h *header, repair, mend bool, kind Kind, now time.Time) bool {
	if repair && l.epoch == 0 {
		return false
	}
	if !repair && (l.epoch == 0 || h.ssrc != l.ssrc) {
		l.begin(h.ssrc, h.seq)
	}
	ahead := int(int16(h.seq - uint16(l.highest)))
	switch {
	case ahead > maxDropout && repair:
		return false
	case ahead > maxDropout:
		l.begin(l.ssrc, h.seq)
		ahead = 0
	}
	p.seq, p.epoch = l.highest+uint32(ahead), l.epoch
	switch {
	case ahead <= -len(l.ring.cells):
		return false
	case ahead > 1 && mend && !l.losses.open(l.highest+1, p.seq, now):
		l.wantsKey = kind == Video
	case ahead <= 0:
		repair = l.losses.mend(p.seq) || repair // sound is repaired on its own SSRC
	}
	if !repair {
		l.stats.count(p.seq, p.ts, now, rateOf(kind))
		l.lastAt = now
		l.weigh(len(p.payload)+wireOverhead, now)
	}
	if ahead >= 0 {
		l.highest, l.newestTS = p.seq, p.ts
	}
	if !l.ring.put(p) {
		return false
	}
	l.look(p)
	return true
}

// look notes what a picture tells of the encoding.
func (l *layer) look(p *packet) {
	l.tiers = max(l.tiers, p.picture.tier)
	if !p.picture.key {
		return
	}
	if !l.hasKey || int32(p.seq-l.keySeq) > 0 {
		l.keySeq, l.keyTS, l.hasKey, l.wantsKey = p.seq, p.ts, true, false
		if p.picture.height != 0 {
			l.height = int(p.picture.height)
		}
	}
}

// weigh measures the bit rate. What flowed before a pause says nothing of what flows after it.
func (l *layer) weigh(size int, now time.Time) {
	passed := now.Sub(l.windowAt)
	if passed >= rateWindow {
		current := int(int64(l.bytes) * 8 * int64(time.Second) / int64(passed))
		switch {
		case passed > 4*rateWindow: // nothing came for long
		case l.bitrate == 0:
			l.bitrate = current
		default:
			l.bitrate = (l.bitrate + current) / 2
		}
		l.bytes, l.windowAt = 0, now
	}
	l.bytes += size
}

// flows reports whether the encoding comes at all.
func (l *layer) flows(now time.Time) bool {
	return l.epoch != 0 && now.Sub(l.lastAt) < stoppedAfter
}

// known reports whether a slot may begin with the newest key frame, which is no older than maxAge.
func (l *layer) known(maxAge uint32) bool {
	return l.hasKey && l.highest-l.keySeq < uint32(l.size)/2 && l.newestTS-l.keyTS <= maxAge
}
