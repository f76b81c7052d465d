package sfu

import "encoding/binary"

// header is what we need of an RTP packet. RFC 3550 section 5.1, RFC 8285.
type header struct {
	ssrc         uint32
	ts           uint32
	seq          uint16
	payloadType  uint8
	marker       bool
	payload      []byte // without padding; part of the packet
	mid          []byte // nil: not said
	rid          []byte // name of the encoding: RFC 8852; nil: not said
	repaired     []byte // name of the encoding that is repaired; nil: not said
	transport    uint16 // number over all packets of the connection
	hasTransport bool
	level        uint8 // RFC 6464: 0 loudest … 127 silent
	hasLevel     bool
}

const fixedHeader = 12 // bytes

// readHeader reads a decrypted RTP packet. It copies nothing.
func readHeader(raw []byte, ids extensions) (h header, ok bool) {
	if len(raw) < fixedHeader || raw[0]>>6 != 2 {
		return h, false
	}
	h.marker, h.payloadType = raw[1]&0x80 != 0, raw[1]&0x7f
	h.seq = binary.BigEndian.Uint16(raw[2:])
	h.ts = binary.BigEndian.Uint32(raw[4:])
	h.ssrc = binary.BigEndian.Uint32(raw[8:])
	rest := raw[fixedHeader:]
	if sources := 4 * int(raw[0]&0x0f); len(rest) >= sources {
		rest = rest[sources:]
	} else {
		return h, false
	}
	if raw[0]&0x10 != 0 { // X
		if len(rest) < 4 {
			return h, false
		}
		profile, size := binary.BigEndian.Uint16(rest), 4*int(binary.BigEndian.Uint16(rest[2:]))
		if len(rest) < 4+size {
			return h, false
		}
		h.readExtensions(profile, rest[4:4+size], ids)
		rest = rest[4+size:]
	}
	if raw[0]&0x20 != 0 { // P: the last byte counts the padding, itself too
		if len(rest) == 0 || int(rest[len(rest)-1]) > len(rest) {
			return h, false
		}
		rest = rest[:len(rest)-int(rest[len(rest)-1])]
	}
	h.payload = rest
	return h, true
}

// readExtensions walks the elements of one-byte and two-byte headers and stops at the first that does not fit.
func (h *header) readExtensions(profile uint16, block []byte, ids extensions) {
	oneByte := profile == 0xbede
	if !oneByte && profile&0xfff0 != 0x1000 {
		return
	}
	for len(block) > 0 {
		var id uint8
		var size int
		switch {
		case block[0] == 0: // padding
			block = block[1:]
			continue
		case oneByte:
			id, size = block[0]>>4, int(block[0]&0x0f)+1
			if id == 15 { // RFC 8285 section 4.2: stop here
				return
			}
			block = block[1:]
		case len(block) < 2:
			return
		default:
			id, size = block[0], int(block[1])
			block = block[2:]
		}
		if size > len(block) {
			return
		}
		h.takeExtension(id, block[:size], ids)
		block = block[size:]
	}
}

func (h *header) takeExtension(id uint8, value []byte, ids extensions) {
	switch {
	case id == ids.mid && len(value) > 0:
		h.mid = value
	case id == ids.rid && len(value) > 0:
		h.rid = value
	case id == ids.repairedRid && len(value) > 0:
		h.repaired = value
	case id == ids.transport && len(value) >= 2:
		h.transport, h.hasTransport = binary.BigEndian.Uint16(value), true
	case id == ids.level && len(value) > 0:
		h.level, h.hasLevel = value[0]&0x7f, true
	}
}
