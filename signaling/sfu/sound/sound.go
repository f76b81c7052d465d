// Package sound takes the bytes of sound payloads apart and puts them together: frames of Opus (RFC 6716) and their
// redundant form (RED, RFC 2198). A listener who loses packets is given the last frames again beside the new one, and one
// whose line is narrow is given three frames in one packet; neither needs to decode anything.
//
// It works in the caller's buffers and in fixed arrays of its own, and allocates nothing. It knows no packets, no clock and
// no line: which frames go to whom, and when, is the caller's to say.
package sound

// MaxPayload bounds what is put together: with all headers it passes any path of IPv6's least MTU, also inside TURN.
const MaxPayload = 1100

// rate is the clock of Opus in RTP, whatever it codes: RFC 7587 section 4.1.
const rate = 48000

// maxDuration is the most one Opus packet may hold: RFC 6716 section 3.2.5.
const maxDuration = rate * 120 / 1000

// toc is the first byte of an Opus packet: five bits of mode, width and duration, one of stereo, and the code, which says how
// the frames lie. RFC 6716 section 3.1.
type toc byte

// code 0 is one frame, 1 two of one size, 2 two of any size, 3 any number.
func (t toc) code() int { return int(t & 3) }

// samples is the duration of one frame: RFC 6716 section 3.1, table 2.
func (t toc) samples() int {
	config := t >> 3
	switch {
	case config < 12: // SILK
		return [4]int{rate / 100, rate / 50, rate / 25, rate * 60 / 1000}[config&3]
	case config < 16: // hybrid
		return [2]int{rate / 100, rate / 50}[config&1]
	default: // CELT
		return rate / 400 << (config & 3)
	}
}

// Duration returns how long the sound in an Opus packet is, in samples of 48 kHz. It is false for what cannot be Opus; no
// more than two bytes are looked at.
func Duration(frame []byte) (samples int, ok bool) {
	if len(frame) == 0 {
		return 0, false
	}
	t, count := toc(frame[0]), 1
	switch t.code() {
	case 1, 2:
		count = 2
	case 3:
		if len(frame) < 2 {
			return 0, false
		}
		count = int(frame[1] & 0x3f)
	}
	samples = t.samples() * count
	return samples, samples > 0 && samples <= maxDuration
}
