package sound

// maxFrames is how many frames a packet may hold: 120 ms of the shortest, RFC 6716 section 3.2.5.
const maxFrames = 48

// silentBytes: encoders need not send packets of two bytes or less, and send one in 400 ms. RFC 6716 section 2.1.9.
const silentBytes = 2

// Packer gathers a run of frames that follow each other and makes one packet of them, so that a narrow line has to carry
// fewer headers. It keeps copies. The zero value is empty. Not safe for concurrent use.
//
//	if !p.Add(seq, ts, frame) {
//		send(p.Flush(buf)) // the run has ended
//		if !p.Add(seq, ts, frame) {
//			send(frame) // it cannot be part of any
//		}
//	}
//	if p.Ready(samples) {
//		send(p.Flush(buf))
//	}
//
// A talker who goes away leaves a run behind: the caller flushes what has waited for longer than a packet lasts.
type Packer struct {
	count   int
	seq     uint32 // of the newest frame
	ts      uint32 // of the first
	samples int    // of all
	toc     toc
	silent  bool // the newest says that silence follows
	used    int
	lengths [maxFrames]uint16
	bytes   [MaxPayload]byte
}

// Add takes an Opus packet of one frame that begins at ts, and reports whether it has. It does not take what is no such
// packet, and does not follow the run: another mode, a number or a time that is not the next, or more than a packet may hold.
func (p *Packer) Add(seq, ts uint32, frame []byte) bool {
	if len(frame) == 0 {
		return false
	}
	t, body := toc(frame[0]), frame[1:]
	if t.code() != 0 {
		return false
	}
	switch {
	case p.count == 0:
		p.toc, p.ts, p.samples, p.used = t, ts, 0, 0
		if 2+len(body) > MaxPayload {
			return false
		}
	case t != p.toc, seq != p.seq+1, ts != p.ts+uint32(p.samples):
		return false
	case p.samples+t.samples() > maxDuration, 2+p.lengthBytes()+p.used+len(body) > MaxPayload:
		return false
	}
	p.lengths[p.count] = uint16(len(body))
	p.used += copy(p.bytes[p.used:], body)
	p.count++
	p.seq, p.silent = seq, len(frame) <= silentBytes
	p.samples += t.samples()
	return true
}

// Ready reports whether the run should be sent: it lasts for samples of 48 kHz, or the talker has fallen silent and the next
// frame may be long in coming.
func (p *Packer) Ready(samples int) bool {
	return p.count > 0 && (p.samples >= samples || p.silent)
}

// Waiting is how long the run lasts, in samples of 48 kHz; 0 when there is none.
func (p *Packer) Waiting() int {
	if p.count == 0 {
		return 0
	}
	return p.samples
}

// Flush appends the run to dst as one Opus packet, which begins at ts, and forgets it. It is false when there is none.
func (p *Packer) Flush(dst []byte) (out []byte, ts uint32, ok bool) {
	switch p.count {
	case 0:
		return dst, 0, false
	case 1:
		dst = append(dst, byte(p.toc)) // as it came
	default:
		dst = append(dst, byte(p.toc)|3, 0x80|byte(p.count)) // code 3, VBR: RFC 6716 section 3.2.5
		for _, n := range p.lengths[:p.count-1] {            // the last takes what is left
			dst = appendLength(dst, n)
		}
	}
	dst = append(dst, p.bytes[:p.used]...)
	p.count = 0
	return dst, p.ts, true
}

// Reset forgets the run.
func (p *Packer) Reset() { p.count = 0 }

// lengthBytes is what the lengths of the frames so far take when another follows.
func (p *Packer) lengthBytes() int {
	sum := p.count
	for _, n := range p.lengths[:p.count] {
		if n >= twoBytes {
			sum++
		}
	}
	return sum
}

// twoBytes is the shortest frame whose length takes two bytes: RFC 6716 section 3.2.1.
const twoBytes = 252

func appendLength(dst []byte, n uint16) []byte {
	if n < twoBytes {
		return append(dst, byte(n))
	}
	first := twoBytes + n&3
	return append(dst, byte(first), byte((n-first)>>2))
}
