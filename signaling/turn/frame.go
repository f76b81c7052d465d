package turn

import (
	"encoding/binary"

	"github.com/pion/stun/v4"
)

// Framing of RFC 8656 section 12 and RFC 8489 section 5, as far as it must be known before pion sees it.
const (
	stunHeader    = 20
	magicCookie   = 0x2112A442
	channelHeader = 4
	maxFrame      = 2048 // of a client
)

// verdict is what a connection's first bytes say.
type verdict int

const (
	undecided verdict = iota
	isTURN
	isHTTP
)

// judge looks at the first bytes of a connection. The first message of a TURN client is a request (Binding 0x0001 or Allocate
// 0x0003) and has the magic cookie; HTTP begins with a letter.
func judge(first []byte) verdict {
	switch {
	case len(first) == 0:
		return undecided
	case first[0] != 0:
		return isHTTP
	case len(first) < 8:
		return undecided
	case binary.BigEndian.Uint32(first[4:]) == magicCookie:
		return isTURN
	}
	return isHTTP // which answers that it does not understand
}

// frameLength is how long the frame is that begins with the four bytes of b, padding included. It reports false for what is no
// frame, or one that is longer than any we take: the stream is of no use any more.
func frameLength(b []byte) (n int, ok bool) {
	length := int(binary.BigEndian.Uint16(b[2:]))
	switch b[0] >> 6 {
	case 0:
		n = stunHeader + length
		ok = length%4 == 0
	case 1:
		n = channelHeader + (length+3)&^3
		ok = true
	}
	return n, ok && n <= maxFrame
}

// isRequest reports whether a frame is a message that wants an answer (RFC 8489 section 5: both bits of the class are 0).
func isRequest(b []byte) bool { return stun.IsMessage(b) && binary.BigEndian.Uint16(b)&0x0110 == 0 }
