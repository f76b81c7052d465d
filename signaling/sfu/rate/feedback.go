package rate

import (
	"encoding/binary"
	"math"
	"time"
)

const (
	// tick is the unit of a feedback's deltas, and ticksPerReference how many are in the unit of its reference time;
	// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
	tick              = 250 * time.Microsecond
	ticksPerReference = int64(referenceUnit / tick)
	// statusMost and deltasMost (bytes) bound one feedback packet; what is left gets another.
	statusMost = 1200
	deltasMost = 800
)

// The symbols of a status; section 3.1.1.
const (
	notReceived = iota
	smallDelta
	largeDelta
)

// packet appends one feedback about the numbers from the base on, and moves the base.
func (a *Arrivals) packet(dst []byte, sender, media uint32) []byte {
	for a.at[a.base%arrivalsKept] == 0 && a.base < a.told {
		a.base++ // told as missing before
	}
	count, reference := a.prepare()
	start := len(dst)
	dst = append(dst, 0x8f, 205, 0, 0) // version 2, format 15 of transport feedback; the length follows
	dst = binary.BigEndian.AppendUint32(dst, sender)
	dst = binary.BigEndian.AppendUint32(dst, media)
	dst = binary.BigEndian.AppendUint16(dst, uint16(a.base))
	dst = binary.BigEndian.AppendUint16(dst, uint16(count))
	dst = binary.BigEndian.AppendUint32(dst, uint32(reference)<<8|uint32(a.count))
	for symbols := a.symbols[:count]; len(symbols) > 0; {
		var chunk uint16
		var n int
		chunk, n = chunkOf(symbols)
		dst = binary.BigEndian.AppendUint16(dst, chunk)
		symbols = symbols[n:]
	}
	dst = a.deltas(dst, count, reference*ticksPerReference)
	if pad := (4 - (len(dst)-start)%4) % 4; pad > 0 {
		dst[start] |= 0x20
		dst = append(dst, 0, 0, 0)[:len(dst)+pad]
		dst[len(dst)-1] = byte(pad)
	}
	binary.BigEndian.PutUint16(dst[start+2:], uint16((len(dst)-start)/4-1))
	a.base += uint64(count)
	a.count++
	return dst
}

// prepare fills the symbols of as many statuses as one feedback holds, up to one that came, and returns how many, and the
// reference time.
func (a *Arrivals) prepare() (count int, reference int64) {
	var before int64
	size := 0
	for n := a.base; n < a.next; n++ {
		i := int(n - a.base)
		a.symbols[i] = notReceived
		came := a.at[n%arrivalsKept]
		if came == 0 {
			continue
		}
		if count == 0 {
			reference = came / ticksPerReference
			before = reference * ticksPerReference
		}
		delta := came - before
		if count > 0 && (delta > math.MaxInt16 || delta < math.MinInt16 || size >= deltasMost || i >= statusMost) {
			break
		}
		a.symbols[i] = largeDelta
		size += 2
		if delta >= 0 && delta <= math.MaxUint8 {
			a.symbols[i] = smallDelta
			size--
		}
		before, count = came, i+1
	}
	return count, reference
}

// deltas appends when those came that did, each after the one before.
func (a *Arrivals) deltas(dst []byte, count int, before int64) []byte {
	for i, symbol := range a.symbols[:count] {
		if symbol == notReceived {
			continue
		}
		came := a.at[(a.base+uint64(i))%arrivalsKept]
		if delta := came - before; symbol == smallDelta {
			dst = append(dst, byte(delta))
		} else {
			dst = binary.BigEndian.AppendUint16(dst, uint16(int16(delta)))
		}
		before = came
	}
	return dst
}

// chunkOf packs the first symbols into one chunk and returns how many; sections 3.1.3 and 3.1.4. A run where it holds more
// than a list would, else fourteen symbols of one bit where they are small enough, else seven of two.
func chunkOf(symbols []uint8) (chunk uint16, n int) {
	run, single := 1, symbols[0] <= smallDelta
	for run < len(symbols) && symbols[run] == symbols[0] {
		run++
	}
	for i := 1; i < min(14, len(symbols)); i++ {
		single = single && symbols[i] <= smallDelta
	}
	if run >= 14 || run == len(symbols) || !single && run >= 7 {
		return uint16(symbols[0])<<13 | uint16(run), run
	}
	if single {
		n = min(14, len(symbols))
		for i := range n {
			chunk |= uint16(symbols[i]) << (13 - i)
		}
		return 1<<15 | chunk, n
	}
	n = min(7, len(symbols))
	for i := range n {
		chunk |= uint16(symbols[i]) << (12 - 2*i)
	}
	return 3<<14 | chunk, n
}
