package sfu

import "encoding/binary"

// picture tells where a VP8 payload's picture numbers stand, what they are, and what the frame is. RFC 7741 section 4.2.
type picture struct {
	idAt, levelAt int    // offsets in the payload; 0: there is none
	wide          bool   // the picture id has 15 bits, else 7
	id            uint16 // PictureID
	level         uint8  // TL0PICIDX, the count of base layer frames
	tier          uint8  // TID, the temporal layer: frames of higher ones can be left out
	sync          bool   // Y: the frame builds on the base layer only
	start         bool   // the first packet of its frame
	key           bool   // the first packet of a key frame
	height        uint16 // of key: pixels; 0: not in this packet
}

// readPicture reads a payload descriptor and looks at what follows. The second result is false when the payload ends in the
// descriptor.
func readPicture(payload []byte) (p picture, length int, ok bool) {
	at, ok := p.readDescriptor(payload)
	if !ok || len(payload) <= at {
		return p, at, false
	}
	const startAndPartition = 0x17 // S bit and PID
	p.start = payload[0]&startAndPartition == 0x10
	if frame := payload[at:]; p.start && frame[0]&0x01 == 0 { // the inverse key frame bit, RFC 7741 section 4.3
		p.key = true
		if len(frame) >= 10 && frame[3] == 0x9d && frame[4] == 0x01 && frame[5] == 0x2a { // RFC 6386 section 9.1
			p.height = binary.LittleEndian.Uint16(frame[8:]) & 0x3fff
		}
	}
	return p, at, true
}

// readDescriptor returns the descriptor's length.
func (p *picture) readDescriptor(payload []byte) (at int, ok bool) {
	if len(payload) < 1 {
		return 0, false
	}
	at = 1
	if payload[0]&0x80 == 0 { // X: extension byte
		return at, true
	}
	if len(payload) <= at {
		return at, false
	}
	extension := payload[at]
	at++
	if extension&0x80 != 0 { // I
		if len(payload) <= at+1 {
			return at, false
		}
		p.idAt, p.id = at, uint16(payload[at]&0x7f)
		if payload[at]&0x80 != 0 { // M
			p.wide, p.id = true, binary.BigEndian.Uint16(payload[at:])&0x7fff
			at++
		}
		at++
	}
	if extension&0x40 != 0 { // L
		if len(payload) <= at {
			return at, false
		}
		p.levelAt, p.level = at, payload[at]
		at++
	}
	if extension&0x30 != 0 { // T or K share a byte
		if len(payload) <= at {
			return at, false
		}
		if extension&0x20 != 0 {
			p.tier, p.sync = payload[at]>>6, payload[at]&0x20 != 0
		}
		at++
	}
	return at, true
}

// write puts other numbers into the payload that p was read from.
func (p *picture) write(payload []byte, id uint16, level uint8) {
	switch {
	case p.idAt == 0:
	case p.wide:
		binary.BigEndian.PutUint16(payload[p.idAt:], id|0x8000)
	default:
		payload[p.idAt] = byte(id & 0x7f)
	}
	if p.levelAt != 0 {
		payload[p.levelAt] = level
	}
}
