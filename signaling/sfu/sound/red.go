package sound

// MaxBlocks is how many frames a RED payload may have. Browsers send two; none is known to be able to send more than ten.
const MaxBlocks = 10

// Limits of a block's header: RFC 2198 section 3.
const (
	maxOffset = 1<<14 - 1 // in RTP time: 341 ms of Opus
	maxBlock  = 1<<10 - 1 // bytes
)

// Block is one frame of a RED payload.
type Block struct {
	PayloadType uint8
	Offset      uint16 // how much earlier than the packet it is, in its RTP time
	Data        []byte // a part of the payload
}

// SplitRED finds the frames of a RED payload, oldest first. The last is the packet's own, with offset 0. Empty frames of
// before are left out. It is false, and out is of no use, when the payload is not RED or has more than MaxBlocks frames.
func SplitRED(payload []byte, out *[MaxBlocks]Block) (n int, ok bool) {
	var lengths [MaxBlocks]int
	at := 0
	for ; at < len(payload) && payload[at]&0x80 != 0; n++ {
		if n == MaxBlocks-1 || at+4 > len(payload) {
			return 0, false
		}
		header := uint32(payload[at+1])<<16 | uint32(payload[at+2])<<8 | uint32(payload[at+3])
		out[n] = Block{PayloadType: payload[at] & 0x7f, Offset: uint16(header >> 10)}
		lengths[n] = int(header & maxBlock)
		at += 4
	}
	if at >= len(payload) {
		return 0, false
	}
	own := payload[at]
	at++
	kept := 0
	for i := range n {
		end := at + lengths[i]
		if end > len(payload) {
			return 0, false
		}
		if lengths[i] > 0 {
			out[kept] = out[i]
			out[kept].Data = payload[at:end:end]
			kept++
		}
		at = end
	}
	if at == len(payload) { // the packet's own frame is never empty
		return 0, false
	}
	out[kept] = Block{PayloadType: own, Data: payload[at:]}
	return kept + 1, true
}

// MaxDistance is how many earlier frames a packet can carry. Of 15 % random loss, two leave 0.3 %; a third would cost more than
// it mends.
const MaxDistance = 2

// REDEncoder puts the last frames beside the new one. It keeps copies: what it was given is used again. The zero value has
// no frames. Not safe for concurrent use.
type REDEncoder struct {
	kept   [MaxDistance]kept // a circle
	newest int               // of kept
	count  int
}

type kept struct {
	ts     uint32
	length int
	bytes  [maxBlock]byte
}

// Encode appends a RED payload to dst: frame, which begins at ts, after up to distance of the frames that were given before
// it, as far as they are near enough in time and do not make the payload longer than MaxPayload. All have the payload type
// opusType. A frame that comes late, or again, is encoded and not kept. An empty frame makes no RED.
func (e *REDEncoder) Encode(dst []byte, ts uint32, frame []byte, opusType uint8, distance int) []byte {
	opusType &= 0x7f
	take := 0
	var taken [MaxDistance]*kept // newest first
	for i, room := 0, MaxPayload-1-len(frame); i < e.count && take < distance; i++ {
		k := e.before(i)
		if offset := ts - k.ts; offset == 0 || offset > maxOffset { // of frames from after ts the difference wraps
			continue
		}
		if room -= 4 + k.length; room < 0 {
			break
		}
		taken[take] = k
		take++
	}
	for i := take - 1; i >= 0; i-- {
		k := taken[i]
		header := (ts-k.ts)<<10 | uint32(k.length)
		dst = append(dst, 0x80|opusType, byte(header>>16), byte(header>>8), byte(header))
	}
	dst = append(dst, opusType)
	for i := take - 1; i >= 0; i-- {
		dst = append(dst, taken[i].bytes[:taken[i].length]...)
	}
	e.keep(ts, frame)
	return append(dst, frame...)
}

// Reset forgets the frames. It is called when what follows has nothing to do with what was before: another talker.
func (e *REDEncoder) Reset() { e.count = 0 }

func (e *REDEncoder) before(i int) *kept { return &e.kept[(e.newest-i+MaxDistance)%MaxDistance] }

func (e *REDEncoder) keep(ts uint32, frame []byte) {
	if len(frame) == 0 || len(frame) > maxBlock || (e.count > 0 && int32(ts-e.before(0).ts) <= 0) {
		return
	}
	e.newest = (e.newest + 1) % MaxDistance
	e.count = min(e.count+1, MaxDistance)
	k := e.before(0)
	k.ts, k.length = ts, copy(k.bytes[:], frame)
}
