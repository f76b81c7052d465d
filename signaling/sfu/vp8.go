package sfu

import "encoding/binary"

// picture tells where a VP8 payload's picture numbers stand, and what they are. RFC 7741 section 4.2.
type picture struct {
	idAt, levelAt int    // offsets in the payload; 0: there is none
	wide          bool   // the picture id has 15 bits, else 7
	id            uint16 // PictureID
	level         uint8  // TL0PICIDX, the count of base layer frames
}

// readPicture reads a payload descriptor. The second result is false when the payload ends in it.
func readPicture(payload []byte) (p picture, length int, ok bool) {
	if len(payload) < 1 {
		return p, 0, false
	}
	at := 1
	if payload[0]&0x80 == 0 { // X: extension byte
		return p, at, len(payload) > at
	}
	if len(payload) <= at {
		return p, 0, false
	}
	extension := payload[at]
	at++
	if extension&0x80 != 0 { // I
		if len(payload) <= at+1 {
			return p, 0, false
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
			return p, 0, false
		}
		p.levelAt, p.level = at, payload[at]
		at++
	}
	if extension&0x30 != 0 { // T or K share a byte
		at++
	}
	return p, at, len(payload) > at
}

// write puts other numbers into the payload that p was read from.
func (p picture) write(payload []byte, id uint16, level uint8) {
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

// startsKeyFrame reports whether a VP8 payload holds the beginning of a key frame: first partition, start of it, and the
// frame header's inverse key frame bit clear. RFC 7741 section 4.2 and 4.3.
func startsKeyFrame(payload []byte) bool {
	_, length, ok := readPicture(payload)
	const startAndPartition = 0x17 // S bit and PID
	return ok && payload[0]&startAndPartition == 0x10 && payload[length]&0x01 == 0
}
