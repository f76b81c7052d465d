package turn

import (
	"encoding/binary"
	"net/netip"
)

// Framing of RFC 8656 section 12 and RFC 8489 section 5. What is sent by the packet is read and written here, in place; requests
// are few and are left to pion/stun.
const (
	stunHeader    = 20
	magicCookie   = 0x2112A442
	channelHeader = 4
	// headroom before a payload holds whichever header it gets: a Data indication's with an IPv6 peer is the longest.
	headroom   = stunHeader + 4 + 20 + 4
	maxPayload = 1500 // media packets are shorter; our sockets send nothing larger
	maxFrame   = 2048 // of a client

	sendIndication = 0x0016
	dataIndication = 0x0017
	attrPeer       = 0x0012
	attrData       = 0x0013

	firstChannel, lastChannel = 0x4000, 0x4FFF
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

// frameLength is how long the frame at the beginning of a stream is, padding included; 0: more bytes are needed to know. It
// reports false for what is no frame, or one that is longer than any we take: the stream is of no use any more.
func frameLength(b []byte) (n int, ok bool) {
	if len(b) < channelHeader {
		return 0, true
	}
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

// isMessage reports whether a frame is a STUN message whose length is right.
func isMessage(b []byte) bool {
	return len(b) >= stunHeader && b[0]>>6 == 0 && binary.BigEndian.Uint32(b[4:]) == magicCookie && int(binary.BigEndian.Uint16(b[2:]))+stunHeader == len(b)
}

// isSend reports whether a message is a Send indication.
func isSend(message []byte) bool { return binary.BigEndian.Uint16(message) == sendIndication }

// channelData splits a ChannelData frame; over UDP it may come without padding.
func channelData(b []byte) (number uint16, payload []byte, ok bool) {
	if len(b) < channelHeader || b[0]>>6 != 1 {
		return 0, nil, false
	}
	length := int(binary.BigEndian.Uint16(b[2:]))
	if channelHeader+length > len(b) {
		return 0, nil, false
	}
	return binary.BigEndian.Uint16(b), b[channelHeader : channelHeader+length], true
}

// sent splits a Send indication.
func sent(message []byte) (to netip.AddrPort, payload []byte, ok bool) {
	rest := message[stunHeader:]
	for len(rest) >= 4 {
		kind, length := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if 4+length > len(rest) {
			break
		}
		value := rest[4 : 4+length]
		switch kind {
		case attrPeer:
			to, _ = readAddress(value, message[4:stunHeader])
		case attrData:
			payload = value
		}
		rest = rest[min(4+(length+3)&^3, len(rest)):]
	}
	return to, payload, to.IsValid() && payload != nil
}

// readAddress reads the value of an XOR-…-ADDRESS; mask is the cookie with the transaction id (RFC 8489 section 14.2).
func readAddress(value, mask []byte) (netip.AddrPort, bool) {
	var ip [16]byte
	if len(value) < 4 || copy(ip[:], value[4:]) != len(value)-4 {
		return netip.AddrPort{}, false
	}
	for i := range ip {
		ip[i] ^= mask[i]
	}
	port := binary.BigEndian.Uint16(value[2:]) ^ magicCookie>>16
	switch {
	case value[1] == 1 && len(value) == 8:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[:4])), port), true
	case value[1] == 2 && len(value) == 20:
		return netip.AddrPortFrom(netip.AddrFrom16(ip), port), true
	}
	return netip.AddrPort{}, false
}

// wrapChannel writes the header and the padding around the n bytes of payload at b[headroom:], and returns the frame.
func wrapChannel(b []byte, n int, number uint16, pad bool) []byte {
	start := headroom - channelHeader
	binary.BigEndian.PutUint16(b[start:], number)
	binary.BigEndian.PutUint16(b[start+2:], uint16(n))
	end := headroom + n
	if pad { // only streams need it (RFC 8656 section 12.5)
		end = padded(b, end, n)
	}
	return b[start:end]
}

// wrapData makes a Data indication of the n bytes of payload at b[headroom:], and returns the frame.
func wrapData(b []byte, n int, from netip.AddrPort, id [12]byte) []byte {
	address, family := 8, byte(1)
	if from.Addr().Is6() {
		address, family = 20, 2
	}
	end := padded(b, headroom+n, n)
	start := headroom - stunHeader - 4 - address - 4
	head := b[start:]
	binary.BigEndian.PutUint16(head, dataIndication)
	binary.BigEndian.PutUint16(head[2:], uint16(end-start-stunHeader))
	binary.BigEndian.PutUint32(head[4:], magicCookie)
	copy(head[8:stunHeader], id[:])
	binary.BigEndian.PutUint16(head[stunHeader:], attrPeer)
	binary.BigEndian.PutUint16(head[stunHeader+2:], uint16(address))
	value := head[stunHeader+4 : stunHeader+4+address]
	value[0], value[1] = 0, family
	binary.BigEndian.PutUint16(value[2:], from.Port()^magicCookie>>16)
	if family == 1 {
		ip := from.Addr().As4()
		copy(value[4:], ip[:])
	} else {
		ip := from.Addr().As16()
		copy(value[4:], ip[:])
	}
	for i := range value[4:] {
		value[4+i] ^= head[4+i]
	}
	binary.BigEndian.PutUint16(head[stunHeader+4+address:], attrData)
	binary.BigEndian.PutUint16(head[stunHeader+4+address+2:], uint16(n))
	return b[start:end]
}

// padded writes zeros after n bytes that end at end, up to a multiple of four.
func padded(b []byte, end, n int) int {
	for ; n%4 != 0; n++ {
		b[end] = 0
		end++
	}
	return end
}
